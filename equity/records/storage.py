"""Files of the store: written whole or not at all, locked against a second intake, swept."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from equity.errors import IntakeError
from equity.workspace import Workspace

PRIVATE_MODE = 0o700


def folder(path: Path) -> Path:
    """`path` as a folder that only this user can open, made where it is missing."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(exist_ok=True, mode=PRIVATE_MODE)  # parents=True would leave parents open
    return path


def temporary(path: Path) -> Path:
    """The name under which `path` is written before it is renamed; this process's own."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def commit(written: Path, path: Path) -> None:
    """Give the finished file its name in one step, on disk before it is seen."""
    with written.open("rb") as handle:
        os.fsync(handle.fileno())
    written.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` so that a reader sees the old file or the new one, never half."""
    folder(path.parent)
    written = temporary(path)
    written.write_bytes(content)
    commit(written, path)


def records_folder(workspace: Workspace, dataset_id: str) -> Path:
    """The folder of a dataset's accepted records."""
    return workspace.records / dataset_id


def part_file(workspace: Workspace, dataset_id: str, key: str) -> Path:
    """The accepted records of one file."""
    return records_folder(workspace, dataset_id) / f"{key}.parquet"


def quarantine_file(workspace: Workspace, dataset_id: str, key: str) -> Path:
    """The quarantine of one file: row numbers and reasons."""
    return workspace.ledger / "quarantine" / dataset_id / f"{key}.parquet"


@contextmanager
def only_intake(workspace: Workspace, dataset_id: str) -> Iterator[None]:
    """Hold the dataset's lock; `IntakeError` where another process is taking it in."""
    path = folder(records_folder(workspace, dataset_id)) / ".lock"
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IntakeError(
                f"{dataset_id} is being taken in by another process. Wait until it has finished."
            ) from None
        yield


def sweep(workspace: Workspace, dataset_id: str, keys: set[str]) -> None:
    """Delete parts and quarantines that are not in service, and what a killed intake left.

    Records are private: what the ledger does not name is not kept.
    """
    for place in (
        records_folder(workspace, dataset_id),
        quarantine_file(workspace, dataset_id, "").parent,
    ):
        for path in place.glob("*"):
            if path.suffix in {".parquet", ".tmp"} and path.stem not in keys:
                path.unlink(missing_ok=True)
