"""What the last build was: kept beside the store, so that the next one knows what to do."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from equity.errors import EquityError
from equity.pipeline.inputs import Inputs
from equity.workspace import Workspace

_NAME = "build.json"
_LOCK = ".build.lock"


@dataclass(frozen=True)
class Manifest:
    """The last successful build: its inputs, when it ended (UTC), how long each stage took.

    `statuses` counts the entries of the candidate by status; `published` is the version it became,
    None while it is a candidate only. `contents` are digests of the candidate's entries by metric,
    `in_service` those of the version that was published last.
    """

    inputs: Inputs
    built: str
    seconds: dict[str, float] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    published: int | None = None
    contents: dict[str, str] = field(default_factory=dict)
    in_service: dict[str, str] = field(default_factory=dict)


def read_manifest(workspace: Workspace) -> Manifest | None:
    """The manifest of the last build; None where there was none, or it cannot be read."""
    try:
        values: dict[str, Any] = json.loads((workspace.store / _NAME).read_text("utf-8"))
        return Manifest(
            Inputs.from_json(values["inputs"]),
            values["built"],
            values["seconds"],
            values["statuses"],
            values["published"],
            values["contents"],
            values["in_service"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_manifest(workspace: Workspace, manifest: Manifest) -> None:
    """Replace the manifest in one step."""
    values = {**manifest.__dict__, "inputs": manifest.inputs.to_json()}
    target = workspace.store / _NAME
    draft = target.with_suffix(".draft")
    draft.write_text(json.dumps(values, indent=1), encoding="utf-8")
    os.replace(draft, target)


def forget(workspace: Workspace) -> None:
    """Say that there is no finished build, before its candidate is replaced."""
    (workspace.store / _NAME).unlink(missing_ok=True)


def changed(manifest: Manifest) -> tuple[str, ...]:
    """The metrics whose entries in the candidate are not those in service."""
    now, before = manifest.contents, manifest.in_service
    return tuple(sorted(name for name in now | before if now.get(name) != before.get(name)))


@contextmanager
def one_at_a_time(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace's build lock; `EquityError` where another process holds it.

    The operating system frees it when the process ends, however it ends.
    """
    workspace.store.mkdir(parents=True, exist_ok=True)
    path: Path = workspace.store / _LOCK
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EquityError(
                "Another build of this workspace is running. Wait until it has finished, "
                "or stop it; the publication in service is not touched either way."
            ) from None
        yield
