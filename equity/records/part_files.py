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
    """A part being written under a temporary name. Where `with_keys`, the keys of its rows are
    kept in memory (9 bytes a row), so that duplicates are found without reading it again."""

    def __init__(self, path: Path, schema: pa.Schema, *, with_keys: bool):
        folder(path.parent)
        self.path, self.written, self._schema = path, temporary(path), schema
        self._writer = pq.ParquetWriter(self.written, schema, compression=COMPRESSION)
        self._with_keys = with_keys
        self._keys, self._present = [np.array([], "uint64")], [np.array([], bool)]

    def write(self, table: pa.Table) -> None:
        """Append accepted rows."""
        self._writer.write_table(table)
        if self._with_keys:
            for chunk in table[KEY_COLUMN].chunks:
                self._keys.append(chunk.fill_null(0).to_numpy(zero_copy_only=False))
                self._present.append(np.asarray(chunk.is_valid().to_numpy(zero_copy_only=False)))

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
        keys, present = np.concatenate(self._keys), np.concatenate(self._present)
        self._keys, self._present = [], []
        drop = repeated(keys, present, keep_last=rule.rule == "keep_last")
        for other in others:
            theirs = pq.read_table(other, columns=[KEY_COLUMN])[KEY_COLUMN].drop_null().to_numpy()
            drop |= present & _is_among(keys, np.sort(theirs))
        if not drop.any():
            return
        dropped = self._keep_only(~drop)
        if rule.rule == "refuse":
            rows = ", ".join(str(number) for number in dropped[:5])
            raise fault(
                file, ", ".join(rule.key),
                f"{len(dropped)} rows with a key that came before, the first being rows {rows}",
                "every key once", "Correct the export, or choose duplicates.rule: keep_first.",
            )  # fmt: skip
        refused.add(dropped, np.full(len(dropped), "duplicate", object))

    def _keep_only(self, keep: np.ndarray) -> np.ndarray:
        """Write the part again without the other rows, whose numbers it gives."""
        full, dropped, start = self.written, [], 0
        self.written = temporary(self.path.with_suffix(".kept.parquet"))
        try:
            with (
                pq.ParquetFile(full) as source,
                pq.ParquetWriter(self.written, self._schema, compression=COMPRESSION) as target,
            ):
                for batch in source.iter_batches(batch_size=100_000):
                    kept = keep[start : start + len(batch)]
                    target.write_batch(batch.filter(pa.array(kept)))
                    dropped.append(batch.column(NUMBER_COLUMN).to_numpy()[~kept])
                    start += len(batch)
        finally:
            full.unlink(missing_ok=True)
        return np.concatenate(dropped)


def repeated(keys: np.ndarray, present: np.ndarray, *, keep_last: bool = False) -> np.ndarray:
    """Mask of the rows whose key came before (keep_last: comes after), where `present`.

    >>> repeated(np.array([7, 8, 7, 7]), np.array([True, True, True, False])).tolist()
    [False, False, True, False]
    """
    drop = np.zeros(len(keys), bool)
    ordered = np.sort(keys)  # first without positions: mostly there are no duplicates at all
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    rows = np.flatnonzero(present & _is_among(keys, twice))
    order = rows[np.argsort(keys[rows], kind="stable")]
    same = keys[order][1:] == keys[order][:-1]
    drop[(order[:-1] if keep_last else order[1:])[same]] = True
    return drop


def _is_among(keys: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Mask of the keys that are among the `ordered` ones, a million at a time."""
    found = np.zeros(len(keys), bool)
    if len(ordered):
        for start in range(0, len(keys), 1_000_000):
            some = keys[start : start + 1_000_000]
            at = np.minimum(np.searchsorted(ordered, some), len(ordered) - 1)
            found[start : start + len(some)] = ordered[at] == some
    return found


@contextmanager
def writing(path: Path, schema: pa.Schema, *, with_keys: bool) -> Iterator[PartWriter]:
    """A part that is put in place at the end, and of which nothing is left after an error."""
    writer = PartWriter(path, schema, with_keys=with_keys)
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
