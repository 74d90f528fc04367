"""The first pass over a text file: may it be read at all, and how.

Looks at every byte once in blocks of 1 MiB, so that a file of any size needs the same memory.
The encoding: with a contract of `auto`, a file that is UTF-8 throughout is UTF-8, one in which no
line with letters beyond ASCII is UTF-8 is Windows-1252, and one that has lines of both kinds is
refused, because no choice is right for all of it. With a declared encoding, rows that are not
text in it are quarantined as `encoding`, one by one.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from equity.framework.models import Dataset
from equity.records.files import BLOCK, SourceFile, fault

MAXIMUM_LINE = BLOCK
"""Bytes in one line; a longer one is not a table of records."""
NEWLINE = b"\n"
UTF8, WINDOWS = "utf-8", "windows-1252"
_CODECS = {UTF8: "utf-8-sig", WINDOWS: "cp1252"}
_DELIMITERS = {",": ",", ";": ";", "tab": "\t"}


@dataclass(frozen=True)
class Probe:
    """How to read a text file: `encoding`, whether some rows are `undecodable` in it, `delimiter`,
    `header` (names trimmed), and the hash of its `content`."""

    encoding: str
    undecodable: bool
    delimiter: str
    header: list[str]
    content: str


def probe(source: SourceFile, dataset: Dataset, columns: list[str],
          progress: Callable[[float], None]) -> Probe:  # fmt: skip
    """Look at the whole file; `columns` are those of the contract, by which the delimiter is known.

    Raises `IntakeError` for what is named in the module's first lines, for NUL bytes, a line over
    1 MiB, a file cut short, and a file without rows.
    """
    content, valid, begins_with_bom = _scan(source, progress)
    encoding: str = dataset.encoding
    if begins_with_bom and encoding == WINDOWS:
        raise fault(
            source.name, "encoding", "a UTF-8 byte order mark", "Windows-1252, as the contract says",
            "Set encoding to auto or utf-8 in the contract.",
        )  # fmt: skip
    undecodable = not valid
    if encoding == "auto":
        encoding = UTF8 if valid else _windows_or_mixed(source)
    if encoding == WINDOWS:
        undecodable = True  # five bytes mean nothing in it; rows that hold one are quarantined
    delimiter, header = _header(source, encoding, dataset, columns)
    return Probe(encoding, undecodable, delimiter, [cell.strip() for cell in header], content)


def text_rows(source: SourceFile, encoding: str, delimiter: str) -> tuple[Any, io.TextIOWrapper]:
    """A csv reader over the file from its beginning, and the stream to close after it.

    Bytes that are not text in `encoding` come as lone surrogates.
    """
    stream = io.TextIOWrapper(
        source.content(), encoding=_CODECS[encoding], errors="surrogateescape", newline=""
    )
    return csv.reader(stream, delimiter=_DELIMITERS[delimiter], strict=True), stream


def is_undecodable(text: str) -> bool:
    """Whether `text` holds bytes that could not be decoded.

    >>> is_undecodable("Jos\\udce9"), is_undecodable("José")
    (True, False)
    """
    return not text.isascii() and any("\udc80" <= letter <= "\udcff" for letter in text)


def _scan(source: SourceFile, progress: Callable[[float], None]) -> tuple[str, bool, bool]:
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    valid, since_newline, line, done, last = True, 0, 1, 0, b""
    bom = False
    with source.content() as stream:
        while block := stream.read(BLOCK):
            bom = bom or (done == 0 and block.startswith(codecs.BOM_UTF8))
            digest.update(block)
            _refuse_nul(source, block, line)
            ends = [at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0]
            first, final = (
                min(ends, default=len(block)),
                max(block.rfind(b"\n"), block.rfind(b"\r")),
            )
            if since_newline + first > MAXIMUM_LINE:
                raise fault(
                    source.name, f"line {line}", "a line of more than 1 MiB",
                    "one record a line", "Check the export: are its line ends missing?",
                )  # fmt: skip
            since_newline = len(block) - final - 1 if ends else since_newline + len(block)
            line += block.count(b"\n")
            if valid and not (block.isascii() and decoder.getstate()[0] == b""):
                valid = _decodes(decoder, block)
            done += len(block)
            last = block
            progress(min(done / max(source.size, 1), 1))
    if valid and last:
        valid = _decodes(decoder, b"", final=True)
    if done == 0:
        raise fault(
            source.name, "(file)", "an empty file", "a header and rows", "Export the file again."
        )  # fmt: skip
    return digest.hexdigest(), valid, bom


def _decodes(decoder: codecs.IncrementalDecoder, block: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError:
        return False
    return True


def _refuse_nul(source: SourceFile, block: bytes, line: int) -> None:
    at = block.find(b"\0")
    if at >= 0:
        raise fault(
            source.name, f"line {line + block.count(NEWLINE, 0, at)}", "a NUL byte", "text",
            "The file is damaged, binary or UTF-16: export it again as UTF-8.",
        )  # fmt: skip


def _windows_or_mixed(source: SourceFile) -> str:
    first: dict[bool, int] = {}
    with source.content() as stream:
        for number, line in enumerate(stream, 1):
            if not line.isascii():
                try:
                    line.decode("utf-8")
                    first.setdefault(True, number)
                except UnicodeDecodeError:
                    first.setdefault(False, number)
                if len(first) == 2:
                    raise fault(
                        source.name, "encoding",
                        f"line {first[True]} in UTF-8 and line {first[False]} in another encoding",
                        "one encoding",
                        "Export again in UTF-8, or declare the encoding in the contract: rows that "
                        "are not text in it are then quarantined.",
                    )  # fmt: skip
    return WINDOWS


def _header(
    source: SourceFile, encoding: str, dataset: Dataset, columns: list[str]
) -> tuple[str, list[str]]:
    """The delimiter under which the first row holds most of the contract's columns, and that row."""
    wanted = set(columns)
    names = list(_DELIMITERS) if dataset.delimiter == "auto" else [dataset.delimiter]
    best: tuple[tuple[int, int], str, list[str], bool] | None = None
    for name in names:
        rows, stream = text_rows(source, encoding, name)
        with stream:
            filled = _filled(rows)
            header = next(filled, [])
            score = (len(wanted & {cell.strip() for cell in header}), len(header))
            if best is None or score > best[0]:
                best = (score, name, header, next(filled, None) is not None)
    assert best is not None
    _, name, header, has_rows = best
    if any(is_undecodable(cell) for cell in header):
        raise fault(
            source.name, "(header)", f"column names that are not {encoding}", f"names in {encoding}",
            "Correct the encoding in the contract, or export again.",
        )  # fmt: skip
    if not has_rows:
        raise fault(
            source.name, "(file)", "no row after the header" if header else "no text",
            "at least one record", "Export again: was a filter left on?",
        )  # fmt: skip
    return name, header


def _filled(rows: Any) -> Iterator[list[str]]:
    """Rows that are not blank lines; one that is not well formed counts as a row without cells."""
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            yield []
            continue
        if row:
            yield row
