"""Source files: which they are, what they are made of, and that they stay the same while read."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from equity.errors import IntakeError, Problem
from equity.framework.models import Dataset
from equity.workspace import Workspace

BLOCK = 1 << 20
MAXIMUM_CONTENT = 64 << 30
"""Bytes that a compressed file may hold."""
RATIO_FROM = 64 << 20
MAXIMUM_RATIO = 200
"""A compressed file that is this much smaller than its content is refused beyond RATIO_FROM."""

_UNREADABLE = {
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xd0\xcf\x11\xe0": "an Excel workbook (.xls)",
    b"%PDF": "a PDF",
    b"SQLite format 3": "an SQLite database",
}


def fault(file: str, field: str, found: str, expected: str, remedy: str) -> IntakeError:
    """The error that says why `file` cannot be taken in."""
    return cast(IntakeError, IntakeError.of([Problem(file, field, found, expected, remedy)]))


@dataclass
class SourceFile:
    """An open source file. `name` is shown to people; `kind` csv, gzip, zip or parquet."""

    path: Path
    name: str
    handle: io.BufferedReader
    sha256: str
    size: int
    kind: str

    def content(self) -> io.BufferedReader:
        """Its bytes from the beginning, decompressed."""
        self.handle.seek(0)
        if self.kind == "gzip":
            return _limited(cast(BinaryIO, gzip.GzipFile(fileobj=self.handle)), self)
        if self.kind == "zip":
            return _limited(_zip_member(self), self)
        return io.BufferedReader(_Guarded(self.handle, self), BLOCK)

    def verify(self) -> None:
        """Raise `IntakeError` where the file is not the one that was hashed at the beginning."""
        try:
            now, held = os.stat(self.path), os.fstat(self.handle.fileno())
            same = (now.st_dev, now.st_ino, now.st_size) == (held.st_dev, held.st_ino, self.size)
        except OSError:
            same = False
        if not same or _sha256(self.handle) != self.sha256:
            raise fault(
                self.name, "(file)", "a file that was replaced while it was being read",
                "a file that stays the same until it is taken in",
                "Wait until the export has finished, then take it in again.",
            )  # fmt: skip


def source_files(workspace: Workspace, dataset_id: str, dataset: Dataset) -> list[Path]:
    """The files of a dataset: in the order of its patterns, by name within one.

    Raises `IntakeError` where a pattern finds none, `DefinitionError` where it leaves its folder.
    """
    contract = f"datasets/{dataset_id}.yml"
    found: dict[Path, None] = {}
    for index, pattern in enumerate(dataset.files):
        path = workspace.resolve(pattern, file=contract, field=f"files.{index}")
        matches = sorted(path.parent.glob(path.name)) if "*" in path.name else [path]
        matches = [match for match in matches if match.is_file()]
        if not matches:
            raise fault(
                contract, f"files.{index}", pattern, "the name of a file that is there",
                "Put the export there, or correct the path.",
            )  # fmt: skip
        found |= dict.fromkeys(matches)
    return list(found)


@contextmanager
def opened(workspace: Workspace, path: Path) -> Iterator[SourceFile]:
    """Open and hash a source file; see what it is by its first bytes, not by its name."""
    name = workspace.name_of(path)
    try:
        handle = path.open("rb")
    except OSError as error:
        raise fault(
            name, "(file)", error.strerror or "an unreadable file", "a file that can be read",
            "Check that it is there and that this user may read it.",
        ) from None  # fmt: skip
    with handle:
        start = handle.read(16)
        kind = _kind(name, start)
        size = os.fstat(handle.fileno()).st_size
        yield SourceFile(path, name, handle, _sha256(handle), size, kind)


def _kind(name: str, start: bytes) -> str:
    if not start:
        raise fault(
            name, "(file)", "an empty file", "a header and rows", "Export the file again."
        )  # fmt: skip
    for magic, what in _UNREADABLE.items():
        if start.startswith(magic):
            raise fault(
                name, "(file)", what, "CSV (plain, gzip or zip) or Parquet",
                "Export the data as CSV or Parquet.",
            )  # fmt: skip
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise fault(
            name, "encoding", "UTF-16", "UTF-8 or Windows-1252", "Save the file as UTF-8."
        )  # fmt: skip
    for magic, kind in ((b"\x1f\x8b", "gzip"), (b"PK", "zip"), (b"PAR1", "parquet")):
        if start.startswith(magic):
            return kind
    return "csv"


def _sha256(handle: io.BufferedReader) -> str:
    handle.seek(0)
    return hashlib.file_digest(handle, "sha256").hexdigest()


def _zip_member(source: SourceFile) -> BinaryIO:
    try:
        archive = zipfile.ZipFile(source.handle)
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir() and not member.filename.startswith("__MACOSX/")
        ]
        workbook = any(member.filename == "[Content_Types].xml" for member in members)
        if workbook or len(members) != 1 or members[0].flag_bits & 1:
            found = "an Excel workbook" if workbook else f"{len(members)} files in it"
            if len(members) == 1 and members[0].flag_bits & 1:
                found = "an encrypted archive"
            raise fault(
                source.name, "(file)", found, "a zip archive with one CSV file that is not encrypted",
                "Export as CSV, one file an archive.",
            )  # fmt: skip
        return cast(BinaryIO, archive.open(members[0]))
    except (zipfile.BadZipFile, NotImplementedError):
        raise _broken(source) from None


def _broken(source: SourceFile) -> IntakeError:
    return fault(
        source.name, "(file)", f"a {source.kind} file that is cut short or damaged",
        "a complete file", "Copy or download it again and compare its size with the original.",
    )  # fmt: skip


class _Guarded(io.RawIOBase):
    """A stream whose faults name the file, and that stops before a compression bomb unfolds."""

    def __init__(self, stream: BinaryIO, source: SourceFile):
        self._stream, self._source, self._read = stream, source, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        source = self._source
        try:
            data = self._stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile):
            raise _broken(source) from None
        self._read += len(data)
        if source.kind in {"gzip", "zip"} and (
            self._read > MAXIMUM_CONTENT
            or (self._read > RATIO_FROM and self._read > MAXIMUM_RATIO * source.size)
        ):
            raise fault(
                source.name, "(file)", f"{source.size} bytes that unfold to over {self._read}",
                f"content at most {MAXIMUM_RATIO} times as large as the archive",
                "Unpack the file and look at it before taking it in.",
            )  # fmt: skip
        buffer[: len(data)] = data
        return len(data)


def _limited(stream: BinaryIO, source: SourceFile) -> io.BufferedReader:
    return io.BufferedReader(_Guarded(stream, source), BLOCK)
