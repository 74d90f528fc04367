"""The number of the version in service, without opening it."""

from __future__ import annotations

from equity.schema import POINTER, PUBLICATION_FILE, pointed_at
from equity.workspace import Workspace


def version_in_service(workspace: Workspace) -> int | None:
    """What the pointer names; None where it names no version that is there.

    The reader's `current_version` says what to do about it; this only looks, in no time.
    """
    try:
        version = pointed_at((workspace.publications / POINTER).read_bytes())
    except OSError:
        return None
    if version is None:
        return None
    path = workspace.publications / PUBLICATION_FILE.format(version=version)
    return version if path.is_file() else None
