"""The second pass: a source file as batches of rows, the contract's columns and nothing else.

Row numbers are those that a person sees. In CSV they count as a spreadsheet does: the header is
row 1, a quoted value over several lines is one row, and a blank line has a number but is no row.
In Parquet the first row is 1.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from equity.records.files import SourceFile, fault
from equity.records.probe import Probe, is_undecodable, text_rows

BATCH = 100_000
"""Rows at a time: bounds memory whatever the size of the file."""


@dataclass
class Batch:
    """Rows read together: `numbers` and `columns` of those that are rows of a table; `refused`,
    (number, reason), of those that are not."""

    numbers: np.ndarray
    columns: dict[str, pa.Array]
    refused: list[tuple[int, str]] = field(default_factory=list)
    blank_lines: int = 0

    @property
    def rows(self) -> int:
        """Rows read, whatever becomes of them."""
        return len(self.numbers) + len(self.refused)


def csv_rows(source: SourceFile, probe: Probe) -> Iterator[tuple[int, list[str] | None]]:
    """(row number, cells) of every row after the header; `[]` for a blank line, None where the
    quotes of a line are not well formed.

    Raises `IntakeError` where a row over several lines is not well formed: how many records it
    swallowed cannot be known.
    """
    rows, stream = text_rows(source, probe.encoding, probe.delimiter)
    with stream:
        number, header_seen = 0, False
        while True:
            line = rows.line_num
            try:
                row: list[str] | None = next(rows)
            except StopIteration:
                return
            except csv.Error:
                if rows.line_num - line > 1:
                    raise fault(
                        source.name, f"line {line + 1}",
                        f"a quoted value that begins here and is not well closed by line {rows.line_num}",
                        "quotes that are closed on the record they belong to",
                        "Export again with quotes doubled inside values, or mend that line.",
                    ) from None  # fmt: skip
                row = None
            number += 1
            if header_seen:
                yield number, row
            header_seen = header_seen or row != []


def csv_batches(source: SourceFile, probe: Probe, columns: dict[str, int],
                size: int = BATCH) -> Iterator[Batch]:  # fmt: skip
    """The rows of a CSV file; `columns` is the position of every column to read."""
    width = len(probe.header)
    kept: list[list[str]] = []
    numbers: list[int] = []
    refused: list[tuple[int, str]] = []
    blank = 0

    def batch() -> Batch:
        arrays = {
            name: pa.array([row[at] for row in kept], pa.string()) for name, at in columns.items()
        }
        return Batch(np.array(numbers, "int64"), arrays, refused, blank)

    for number, row in csv_rows(source, probe):
        if row is None:
            refused.append((number, "quoting"))
        elif len(row) == width and not (probe.undecodable and any(map(is_undecodable, row))):
            numbers.append(number)
            kept.append(row)
        elif not row:
            blank += 1
        else:
            refused.append((number, "columns" if len(row) != width else "encoding"))
        if len(kept) + len(refused) >= size:
            yield batch()
            kept, numbers, refused, blank = [], [], [], 0
    if kept or refused or blank:
        yield batch()


def parquet_header(source: SourceFile) -> list[str]:
    """Column names of a Parquet file; `IntakeError` where it is damaged or has no rows."""
    source.handle.seek(0)
    try:
        file = pq.ParquetFile(source.handle)
    except (pa.ArrowException, OSError):
        raise _damaged(source) from None
    if file.metadata.num_rows == 0:
        raise fault(
            source.name, "(file)", "a Parquet file without rows", "at least one record",
            "Export again: was a filter left on?",
        )  # fmt: skip
    return list(file.schema_arrow.names)


def parquet_batches(source: SourceFile, columns: list[str], size: int = BATCH) -> Iterator[Batch]:
    """The rows of a Parquet file, a row group's columns at a time."""
    source.handle.seek(0)
    start = 1
    try:
        file = pq.ParquetFile(source.handle, pre_buffer=False)
        for record_batch in file.iter_batches(batch_size=size, columns=columns):
            numbers = np.arange(start, start + len(record_batch), dtype="int64")
            start += len(record_batch)
            yield Batch(numbers, {name: record_batch.column(name) for name in columns})
    except (pa.ArrowException, OSError):
        raise _damaged(source) from None


def _damaged(source: SourceFile) -> Exception:
    return fault(
        source.name, "(file)", "a Parquet file that is cut short or damaged", "a complete file",
        "Copy or download it again and compare its size with the original.",
    )  # fmt: skip
