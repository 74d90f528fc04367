"""The column names of a file, read without reading the file: enough to check a definition."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

MAX_HEADER = 64 * 1024


def header(path: Path) -> list[str] | None:
    """Column names of a CSV (plain, gzip, zip) or Parquet file, property names of a GeoJSON one.

    None where there is no header to read; what exactly is wrong with a file is for those to say
    who read all of it.
    """
    try:
        if path.suffix.lower() in (".geojson", ".json"):
            return _properties(path)
        if path.suffix.lower() == ".parquet":
            import pyarrow.parquet as pq

            return list(pq.read_schema(path).names)
        return _csv(path)
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, KeyError, TypeError, IndexError):
        return None


def _properties(path: Path) -> list[str]:
    features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
    return list(features[0]["properties"])


def _csv(path: Path) -> list[str] | None:
    raw = _start(path)
    if b"\n" not in raw and len(raw) == MAX_HEADER:
        return None
    try:
        text = raw.decode("utf-8-sig", errors="ignore" if len(raw) == MAX_HEADER else "strict")
    except UnicodeDecodeError:
        text = raw.decode("windows-1252", errors="replace")
    first = text.splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    # Through `csv` and not `split`: a quoted name may hold the delimiter or a line end.
    return [name.strip() for name in next(csv.reader(io.StringIO(text), delimiter=delimiter))]


def _start(path: Path) -> bytes:
    """The first bytes of a file's text, or of the one file in a zip archive."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic.startswith(b"\x1f\x8b"):
        with gzip.open(path, "rb") as stream:
            return stream.read(MAX_HEADER)
    if magic == b"PK\x03\x04":
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as member:
            return member.read(MAX_HEADER)
    with path.open("rb") as file:
        return file.read(MAX_HEADER)
