"""Writes batches of records as a system would export them: CSV in gzip, or Parquet."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def write_export(path: Path, batches: Iterable[pa.Table], *, mark: bool = False) -> int:
    """Writes `batches` to `path` in one step; the number of rows.

    `.csv.gz` (with a byte order mark where `mark`) or `.parquet`. The same batches give the same
    bytes: no time stamp, no name in the header.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.suffix == ".parquet":
            rows = _write_parquet(unfinished, batches)
        else:
            rows = _write_csv(unfinished, batches, mark)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def _write_csv(path: Path, batches: Iterable[pa.Table], mark: bool) -> int:
    rows = 0
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as packed:
        if mark:
            packed.write(BYTE_ORDER_MARK)
        for batch in batches:
            options = pyarrow.csv.WriteOptions(include_header=rows == 0, batch_size=65_536)
            sink = pa.BufferOutputStream()
            pyarrow.csv.write_csv(batch, sink, options)
            packed.write(sink.getvalue())
            rows += batch.num_rows
    return rows


def _write_parquet(path: Path, batches: Iterable[pa.Table]) -> int:
    rows, writer = 0, None
    try:
        for batch in batches:
            if writer is None:
                writer = pq.ParquetWriter(path, batch.schema, compression="zstd")
            writer.write_table(batch)
            rows += batch.num_rows
    finally:
        if writer is not None:
            writer.close()
    return rows
