"""Which versions there are, which one is in service, and the one factory of connections to them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import date
from pathlib import Path

import duckdb

from equity.errors import Problem, PublicationError
from equity.publication.reader import Publication
from equity.schema import POINTER, PUBLICATION_FILE, READ_ONLY, READABLE, pointed_at
from equity.workspace import Workspace

_PREFIX, _SUFFIX = PUBLICATION_FILE.split("{version:06d}")
_Stamp = tuple[int, int, int]
_KEPT = 4
"""Versions kept open in a process: the one in service and those that links to evidence name."""
_open: OrderedDict[str, tuple[_Stamp | None, Publication]] = OrderedDict()
"""By path. Another file under the same path (a store deleted and built anew) is another one."""
_lock = threading.Lock()


def current_version(workspace: Workspace) -> int:
    """The version in service: 1, 2, … Raises `PublicationError` where none has been published."""
    pointer = workspace.publications / POINTER
    try:
        version = pointed_at(pointer.read_bytes())
    except FileNotFoundError:
        raise _error(
            workspace, pointer, "no such file", "a published version",
            "Run `python -m equity build --publish` to make the first one.",
        ) from None  # fmt: skip
    if version is None:
        raise _error(
            workspace, pointer, "something else", "the name of a publication file",
            "Run `python -m equity publish --force` to write it anew.",
        )  # fmt: skip
    return version


def versions(workspace: Workspace) -> list[int]:
    """Every version that is kept, oldest first; `[]` where nothing was published."""
    found = workspace.publications.glob(PUBLICATION_FILE.format(version=0).replace("0" * 6, "*"))
    digits = (path.name.removeprefix(_PREFIX).removesuffix(_SUFFIX) for path in found)
    return sorted(int(text) for text in digits if text.isdecimal())


def earlier(workspace: Workspace, version: int, day: date | None = None) -> Publication | None:
    """The newest readable version before `version`, made before `day` where one is given."""
    for number in reversed([kept for kept in versions(workspace) if kept < version]):
        try:
            publication = open_publication(workspace, number)
        except PublicationError:
            continue
        if day is None or str(publication.meta["created"])[:10] < day.isoformat():
            return publication
    return None


def open_publication(workspace: Workspace, version: int | None = None) -> Publication:
    """The publication `version`, or the one in service, opened read-only.

    Connections are shared: within a process the same file gives the same object, which any number
    of threads may use at once. Raises `PublicationError`, with the remedy, where there is
    no such version, or where its file is half-built or has columns that this program cannot read.
    """
    wanted = current_version(workspace) if version is None else version
    path = workspace.publications / PUBLICATION_FILE.format(version=wanted)
    key, stamp = str(path), _stamp(path)
    with _lock:
        kept = _open.get(key)
        if kept is not None and kept[0] != stamp:
            # DuckDB gives the file that it holds open for a path, so that one must go first.
            del _open[key]
            kept[1].close()
            kept = None
        if kept is None:
            kept = stamp, _connect(workspace, path, wanted)
            _open[key] = kept
        _open.move_to_end(key)
        # Whoever still uses one that is let go keeps it open by using it.
        while len(_open) > _KEPT:
            _open.popitem(last=False)
        return kept[1]


def _stamp(path: Path) -> _Stamp | None:
    """Which file lies under `path`; None where there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _connect(workspace: Workspace, path: Path, version: int) -> Publication:
    if not path.is_file():
        kept = ", ".join(map(str, versions(workspace))) or "none"
        raise _error(
            workspace, path, "no such file", f"one of the versions that are kept ({kept})",
            "Ask for one of those, or run `python -m equity publish --force`.",
        )  # fmt: skip
    try:
        connection = duckdb.connect(str(path), read_only=True, config=dict(READ_ONLY))
    except duckdb.Error:
        raise _half_built(workspace, path) from None
    try:
        publication = Publication.over(connection, version)
        schema_version = publication.meta["schema_version"]
    except (duckdb.Error, ValueError, KeyError):
        connection.close()
        raise _half_built(workspace, path) from None
    if schema_version not in READABLE:
        connection.close()
        known = " or ".join(map(str, READABLE))
        raise _error(
            workspace, path, f"schema version {schema_version}", f"schema version {known}",
            "Publish again with this program: `python -m equity build --publish --force`.",
        )  # fmt: skip
    return publication


def _half_built(workspace: Workspace, path: Path) -> PublicationError:
    return _error(
        workspace, path, "a file that is not a whole publication", "a whole one",
        "Publish again: `python -m equity build --publish --force`.",
    )  # fmt: skip


def _error(
    workspace: Workspace, path: Path, found: str, expected: str, remedy: str
) -> PublicationError:
    name = workspace.name_of(path)
    return PublicationError(
        f"{name}: Found {found}. Expected {expected}. {remedy}",
        [Problem(name, "(file)", found, expected, remedy)],
    )
