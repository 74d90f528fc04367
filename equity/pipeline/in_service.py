"""The number of the version in service, without opening it."""

from __future__ import annotations

from equity.schema import POINTER, PUBLICATION_FILE
from equity.workspace import Workspace


def version_in_service(workspace: Workspace) -> int | None:
    """What the pointer names; None where it names no version that is there.

    The reader's `current_version` says what to do about it; this only looks, in no time.
    """
    try:
        name = (workspace.publications / POINTER).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    prefix, suffix = PUBLICATION_FILE.split("{version:06d}")
    digits = name.removeprefix(prefix).removesuffix(suffix)
    there = digits.isdecimal() and (workspace.publications / name).is_file()
    return int(digits) if there else None
