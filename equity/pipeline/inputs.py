"""What a build depends on, and whether it has changed since the last one.

Only the standard library: asking whether anything changed must cost less than a second.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from equity.errors import DefinitionError
from equity.workspace import DATA_ROOT_PREFIX, STORE_PREFIX, Workspace

_CHUNK = 1 << 20
_PACKAGE = Path(__file__).resolve().parent.parent
# Rooms that show what was published: changing them changes no number.
_SHOWING = {"ui", "steward", "charts", "narrative", "i18n", "publication"}


@dataclass(frozen=True)
class Inputs:
    """Every file that a build read, with its size, time of change and SHA-256, and the program's.

    `patterns` are the paths outside the workspace's own folder that its definitions name
    (`data_root:…`, `store:…`); `rows` the number of synthetic
    records that was asked for, None where nobody did.
    """

    files: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    patterns: tuple[str, ...] = ()
    program: str = ""
    rows: int | None = None

    @property
    def digest(self) -> str:
        """The same for the same content, whenever and wherever it was written."""
        content = [self.program, self.rows, [[name, self.files[name][2]] for name in sorted(self.files)]]  # fmt: skip
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def differences(self, earlier: Inputs) -> list[str]:
        """What changed since `earlier`, in words, one a file."""
        found = [
            f"{name} is new" if name not in earlier.files else f"{name} changed"
            for name in sorted(self.files)
            if name not in earlier.files or earlier.files[name][2] != self.files[name][2]
        ]
        found += [f"{name} is gone" for name in sorted(earlier.files.keys() - self.files.keys())]
        if self.program != earlier.program:
            found.append("the program changed")
        if self.rows != earlier.rows:
            found.append(f"{self.rows:,} synthetic records are asked for")
        return found

    def to_json(self) -> dict[str, Any]:
        """As plain values, for the manifest."""
        return {
            "files": self.files,
            "patterns": self.patterns,
            "program": self.program,
            "rows": self.rows,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Inputs:
        """The inverse of `to_json`; `KeyError`, `TypeError` or `ValueError` for anything else."""
        files = {name: (int(s), int(t), str(h)) for name, (s, t, h) in values["files"].items()}
        return cls(files, tuple(values["patterns"]), values["program"], values["rows"])


def read_inputs(
    workspace: Workspace, patterns: Iterable[str], rows: int | None, earlier: Inputs | None = None
) -> Inputs:
    """The inputs as they lie there now.

    A file whose size and time of change are those of `earlier` is not read again.
    """
    known = earlier.files if earlier else {}
    kept = tuple(sorted(set(patterns)))
    files = {}
    for name, path in _files(workspace, kept):
        stat = path.stat()
        before = known.get(name)
        if before is not None and before[:2] == (stat.st_size, stat.st_mtime_ns):
            files[name] = before
        else:
            files[name] = (stat.st_size, stat.st_mtime_ns, _sha256(path))
    return Inputs(files, kept, program_digest(), rows)


def outside_patterns(values: Any) -> Iterator[str]:
    """Every text in nested `values` (of a definition) that names a path outside the workspace.

    >>> list(outside_patterns({"files": ["data_root:a.csv", "b.csv"], "n": 1}))
    ['data_root:a.csv']
    """
    if isinstance(values, str):
        if values.startswith((DATA_ROOT_PREFIX, STORE_PREFIX)):
            yield values
    elif isinstance(values, dict):
        for value in values.values():
            yield from outside_patterns(value)
    elif isinstance(values, (list, tuple)):
        for value in values:
            yield from outside_patterns(value)


@cache
def program_digest() -> str:
    """SHA-256 of the sources that decide what is published."""
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        parts = path.relative_to(_PACKAGE).parts
        if parts[0] not in _SHOWING:
            digest.update("/".join(parts).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(workspace: Workspace, patterns: Iterable[str]) -> Iterator[tuple[str, Path]]:
    store = workspace.store
    for path in sorted(workspace.root.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(workspace.root).parts)
        if path.is_file() and not hidden and not path.is_relative_to(store):
            yield workspace.name_of(path), path
    for pattern in patterns:
        try:
            target = workspace.resolve(pattern)
        except DefinitionError:
            continue  # the setting that it needs is gone: its files are gone, too
        if target.parent.is_dir():
            for path in sorted(target.parent.glob(target.name)):
                if path.is_file():
                    yield workspace.name_of(path), path


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
