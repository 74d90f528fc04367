"""One file's accepted records and quarantine: written aside, freed of duplicates, put in place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from equity.framework.models import Duplicates
from equity.records.files import fault
from equity.records.rows import KEY_COLUMN, NUMBER_COLUMN, Refused
from equity.records.storage import commit, folder, temporary
from equity.schema import DATE_COLUMN, OUTSIDE, UNKNOWN

COMPRESSION = "zstd"


class PartWriter:
    """A part being written under a temporary name; the keys of its rows are kept in memory
    (8 bytes a row) so that duplicates can be found without reading it again."""

    def __init__(self, path: Path, schema: pa.Schema):
        folder(path.parent)
        self.path, self.written, self._schema = path, temporary(path), schema
        self._writer = pq.ParquetWriter(self.written, schema, compression=COMPRESSION)
        self._keys: list[pa.Array] = []
        self._numbers: list[np.ndarray] = []

    def write(self, table: pa.Table) -> None:
        """Append accepted rows."""
        self._writer.write_table(table)
        if KEY_COLUMN in self._schema.names:
            self._keys += table[KEY_COLUMN].chunks
            self._numbers.append(table[NUMBER_COLUMN].to_numpy())

    def close(self) -> None:
        """Finish the file."""
        self._writer.close()

    def drop_duplicates(
        self, rule: Duplicates, others: list[Path], refused: Refused, file: str
    ) -> None:
        """Send rows whose key came before (keep_last: comes after) to `refused`.

        `others` are the parts whose rows win over this one's. Rows without a key are all kept.
        Raises `IntakeError` where the rule is to refuse them.
        """
        keys = pa.chunked_array(self._keys, pa.uint64())
        present = np.asarray(keys.is_valid().to_numpy(), dtype=bool)
        values = keys.fill_null(0).to_numpy()
        drop = np.zeros(len(values), bool)
        where = np.flatnonzero(present)
        order = where[np.argsort(values[where], kind="stable")]
        same = values[order][1:] == values[order][:-1]
        drop[(order[:-1] if rule.rule == "keep_last" else order[1:])[same]] = True
        for other in others:
            theirs = pq.read_table(other, columns=[KEY_COLUMN])[KEY_COLUMN].drop_null().to_numpy()
            drop |= present & np.isin(values, theirs)
        if not drop.any():
            return
        numbers = np.concatenate(self._numbers)
        if rule.rule == "refuse":
            rows = ", ".join(str(number) for number in numbers[drop][:5])
            raise fault(
                file, ", ".join(rule.key), f"{drop.sum()} rows with a key that came before, rows {rows} …",
                "every key once", "Correct the export, or choose duplicates.rule: keep_first.",
            )  # fmt: skip
        refused.add(numbers[drop], np.full(int(drop.sum()), "duplicate", object))
        self._rewrite(~drop)

    def _rewrite(self, keep: np.ndarray) -> None:
        full = self.written
        self.written = temporary(self.path.with_suffix(".kept.parquet"))
        start = 0
        try:
            with (
                pq.ParquetFile(full) as source,
                pq.ParquetWriter(self.written, self._schema, compression=COMPRESSION) as target,
            ):
                for batch in source.iter_batches(batch_size=100_000):
                    kept = pa.array(keep[start : start + len(batch)])
                    target.write_batch(batch.filter(kept))
                    start += len(batch)
        finally:
            full.unlink(missing_ok=True)


@contextmanager
def writing(path: Path, schema: pa.Schema) -> Iterator[PartWriter]:
    """A part that is put in place at the end, and of which nothing is left after an error."""
    writer = PartWriter(path, schema)
    try:
        yield writer
        commit(writer.written, path)
    finally:
        writer.close()
        writer.written.unlink(missing_ok=True)


def write_quarantine(path: Path, refused: Refused) -> None:
    """Write row numbers and reasons."""
    folder(path.parent)
    written = temporary(path)
    pq.write_table(refused.table(), written, compression=COMPRESSION)
    commit(written, path)


def quarantined_counts(path: Path) -> dict[str, int]:
    """Reason → rows, as they stand in the file, most first."""
    reasons = pq.read_table(path, columns=["reason"])["reason"].combine_chunks()
    counts = {
        row["values"]: row["counts"] for row in reasons.cast(pa.string()).value_counts().to_pylist()
    }
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True)
class PartFacts:
    """What a finished part holds, counted from the file itself."""

    rows: int
    first_date: str
    last_date: str
    outside: dict[str, int]
    unknown: dict[str, int]


def part_facts(path: Path) -> PartFacts:
    """Count the rows of a part, those outside by level, those of unknown group by dimension."""
    names = pq.read_schema(path).names
    levels = [name for name in names if name.startswith("place_")]
    groups = [name for name in names if name.startswith("group_")]
    columns = ["count(*)"]
    columns += (
        [f"min({DATE_COLUMN}), max({DATE_COLUMN})"] if DATE_COLUMN in names else ["NULL, NULL"]
    )
    columns += [f"count(*) FILTER (\"{name}\" = '{OUTSIDE}')" for name in levels]
    columns += [f"count(*) FILTER (\"{name}\" = '{UNKNOWN}')" for name in groups]
    with duckdb.connect() as connection:
        query = f"SELECT {', '.join(columns)} FROM read_parquet(?)"  # noqa: S608 - schema's names
        row = connection.execute(query, [str(path)]).fetchone()
    assert row is not None
    counts = list(row[3:])
    return PartFacts(
        rows=row[0],
        first_date=str(row[1] or ""),
        last_date=str(row[2] or ""),
        outside=dict(zip((n.removeprefix("place_") for n in levels), counts, strict=False)),
        unknown=dict(
            zip((n.removeprefix("group_") for n in groups), counts[len(levels) :], strict=True)
        ),
    )
