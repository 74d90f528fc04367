"""The quarantine opened again: the rows themselves, read from the original file."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from equity.errors import EquityError
from equity.framework.models import Definitions
from equity.records.contract import contract_of, nearest
from equity.records.files import SourceFile, fault, opened, source_files
from equity.records.ledger import LedgerEntry, read_entries
from equity.records.probe import Probe, probe
from equity.records.reading import csv_rows
from equity.records.rows import NUMBER_COLUMN
from equity.records.storage import quarantine_file
from equity.workspace import Workspace


@dataclass(frozen=True)
class QuarantinedRow:
    """A row as it stands in the original: private, for the steward's eyes and never stored.

    `cells` are in the order of `columns`; of a row whose quotes are not well formed there are
    none. Bytes that are not text are shown as `\\ufffd`.
    """

    row_number: int
    reason: str
    columns: list[str]
    cells: list[str]


def quarantined_rows(
    workspace: Workspace, definitions: Definitions, dataset_id: str, file: str
) -> Iterator[QuarantinedRow]:
    """The quarantined rows of `file` (its name in the ledger), read again from the original.

    Raises `IntakeError` where the original is no longer the file that was taken in, `EquityError`
    where the ledger does not name it.
    """
    contract = contract_of(workspace, definitions, dataset_id)
    entries = {entry.file: entry for entry in read_entries(workspace, dataset_id)}
    if file not in entries:
        near = nearest(file, list(entries))
        raise EquityError(
            f"The ledger of {dataset_id} has no file {file}."
            + (f" Did you mean {near}?" if near else "")
        )
    entry = entries[file]
    reasons = _reasons(workspace, entry)
    names = {workspace.name_of(path): path
             for path in source_files(workspace, dataset_id, contract.dataset)}  # fmt: skip
    if file not in names:
        raise fault(
            file, "(file)", "no such file", "the original, to read its rows again",
            "Put the export back where it was.",
        )  # fmt: skip
    with opened(workspace, names[file]) as source:
        if source.sha256 != entry.sha256:
            raise fault(
                file, "(file)", "another file than the one that was taken in",
                "the original, to read its rows again",
                "Take the dataset in again, or put the original back.",
            )  # fmt: skip
        if source.kind == "parquet":
            yield from _from_parquet(source, reasons)
            return
        found = probe(source, contract.dataset, contract.columns, lambda part: None)
        yield from _from_csv(source, found, reasons)


def write_quarantined(
    workspace: Workspace, definitions: Definitions, dataset_id: str, file: str, out: Path
) -> int:
    """Write `quarantined_rows` to `out` as CSV, for nobody but its owner to read; how many.

    Columns: `row_number`, `reason` (its code), then the original's. A row with more cells than the
    header keeps them all. Raises what `quarantined_rows` raises, and `EquityError` where `out`
    exists, cannot be written, or lies in the store; then no file is left.
    """
    if out.resolve().is_relative_to(workspace.store.resolve()):
        raise EquityError(
            f"{out}: private rows are never written to the store. Name another folder."
        )
    try:
        descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise EquityError(
            f"{out} cannot be written ({error.strerror}). Name a new file in a folder that is there."
        ) from None
    count = 0
    try:
        with open(descriptor, "w", encoding="utf-8-sig", newline="") as target:
            writer = csv.writer(target)
            for row in quarantined_rows(workspace, definitions, dataset_id, file):
                if not count:
                    writer.writerow(["row_number", "reason", *row.columns])
                writer.writerow([row.row_number, row.reason, *row.cells])
                count += 1
    except BaseException:
        out.unlink()
        raise
    return count


def _reasons(workspace: Workspace, entry: LedgerEntry) -> dict[int, str]:
    if entry.already_loaded_as:
        return {}
    table = pq.read_table(quarantine_file(workspace, entry.dataset, entry.key))
    reasons = table["reason"].cast(pa.string()).to_pylist()
    return dict(zip(table[NUMBER_COLUMN].to_pylist(), reasons, strict=True))


def _from_csv(
    source: SourceFile, found: Probe, reasons: dict[int, str]
) -> Iterator[QuarantinedRow]:  # fmt: skip
    for number, row in csv_rows(source, found):
        if number in reasons:
            cells = [
                c.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for c in row or []
            ]
            yield QuarantinedRow(number, reasons[number], found.header, cells)


def _from_parquet(source: SourceFile, reasons: dict[int, str]) -> Iterator[QuarantinedRow]:
    source.handle.seek(0)
    number = 0
    for batch in pq.ParquetFile(source.handle).iter_batches(batch_size=10_000):
        wanted = [at for at in range(len(batch)) if number + at + 1 in reasons]
        for at, row in zip(
            wanted, batch.take(pa.array(wanted, pa.int64())).to_pylist(), strict=True
        ):
            place = number + at + 1
            cells = ["" if value is None else str(value) for value in row.values()]
            yield QuarantinedRow(place, reasons[place], list(row), cells)
        number += len(batch)
