"""The intake ledger: what became of every row of every file, and the balance that must hold.

One JSON file a dataset, `store/ledger/<dataset>.json`, replaced in one step: it is also the
manifest of the parts in service, so records and ledger never disagree. It holds counts, reasons
and names of columns; never a row and never a value of a row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

import pandas as pd

from equity.errors import LedgerError
from equity.records.storage import write_atomically
from equity.workspace import Workspace

REASON_KINDS = (
    "columns",
    "quoting",
    "encoding",
    "required",
    "type",
    "range",
    "code",
    "time_ambiguous",
    "time_nonexistent",
    "rule",
    "duplicate",
)
"""What stands before the colon of a reason; after it the field's or the rule's name.

`columns`: more or fewer cells than the header; `quoting`: a quote that is not closed as it should
be; `encoding`: bytes that are not text in the file's encoding; `required:<field>`: no value;
`type:<field>`: not a value of the type; `range:<field>`: outside the sanity range;
`code:<field>`: not in the crosswalk, or not a code; `time_ambiguous:<field>` and
`time_nonexistent:<field>`: a wall time that happens twice or never; `rule:<id>`: a `reject` rule;
`duplicate`: the key came before. The field is `coordinates` for the pair of them.
"""


@dataclass(frozen=True)
class LedgerEntry:
    """What became of one file: `rows_read == accepted + sum(quarantined.values())`.

    `file` is shown to people (relative to its folder); `sha256` is of the file as it lies there
    and `content` of what is in it once decompressed; `key` names the part and the quarantine.
    `already_loaded_as` names the file that holds the same content: this one then counts no rows.
    `outside`: accepted rows outside every place, by level; `unknown`: accepted rows of unknown
    group, by dimension; `emptied`: values outside their range that the contract leaves empty, by
    field; `without_location`: accepted rows whose coordinates are missing or a known false point.
    Dates are ISO text; `taken_in_at` is UTC.
    """

    dataset: str
    file: str
    sha256: str
    content: str
    key: str
    bytes: int
    format: str
    encoding: str = ""
    delimiter: str = ""
    rows_read: int = 0
    accepted: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    blank_lines: int = 0
    columns_private: list[str] = field(default_factory=list)
    columns_ignored: list[str] = field(default_factory=list)
    columns_not_in_contract: list[str] = field(default_factory=list)
    outside: dict[str, int] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    emptied: dict[str, int] = field(default_factory=dict)
    without_location: int = 0
    first_date: str = ""
    last_date: str = ""
    already_loaded_as: str = ""
    taken_in_at: str = ""

    @property
    def in_quarantine(self) -> int:
        """Rows quarantined, for whatever reason."""
        return sum(self.quarantined.values())


def check_balance(entries: Iterable[LedgerEntry]) -> None:
    """Raise `LedgerError` where rows read are not rows accepted and rows quarantined.

    A row whose reason is of no kind in `REASON_KINDS` is not accounted for either.

    >>> check_balance([LedgerEntry("d", "a.csv", "", "", "", 1, "csv", rows_read=3, accepted=2)])
    Traceback (most recent call last):
    ...
    equity.errors.LedgerError: d: a.csv does not balance: 3 rows read, 2 accepted, 0 quarantined.
    """
    entries = list(entries)
    faults = [
        f"{entry.dataset}: {entry.file} does not balance: {entry.rows_read} rows read, "
        f"{entry.accepted} accepted, {entry.in_quarantine} quarantined."
        for entry in entries
        if entry.rows_read != entry.accepted + entry.in_quarantine
    ]
    faults += [
        f"{entry.dataset}: {entry.file} has rows quarantined for {reason}, which is no known reason."
        for entry in entries
        for reason in entry.quarantined
        if reason.partition(":")[0] not in REASON_KINDS
    ]
    if faults:
        raise LedgerError("\n".join(faults))


def ledger_file(workspace: Workspace, dataset_id: str) -> Path:
    """Where the ledger of a dataset is kept."""
    return workspace.ledger / f"{dataset_id}.json"


def read_entries(workspace: Workspace, dataset_id: str) -> list[LedgerEntry]:
    """The entries in service for a dataset, in the order of its files; `[]` before any intake.

    Raises `LedgerError` where the ledger cannot be read or does not balance.
    """
    path = ledger_file(workspace, dataset_id)
    try:
        entries = [LedgerEntry(**entry) for entry in json.loads(path.read_text("utf-8"))["entries"]]
    except FileNotFoundError:
        return []
    except (ValueError, TypeError, KeyError):
        raise LedgerError(
            f"{workspace.name_of(path)} is not a ledger that this program wrote. "
            "Delete it and take the dataset in again."
        ) from None
    check_balance(entries)
    return entries


def write_entries(workspace: Workspace, dataset_id: str, entries: list[LedgerEntry]) -> None:
    """Put `entries` in service in one step; refuses a ledger that does not balance."""
    check_balance(entries)
    text = json.dumps({"entries": [asdict(entry) for entry in entries]}, indent=1)
    write_atomically(ledger_file(workspace, dataset_id), text.encode())


def read_ledger(workspace: Workspace) -> pd.DataFrame:
    """Every file of every dataset, one a row: the columns of `LedgerEntry` and `in_quarantine`.

    Columns that count by reason, level, dimension or field hold dicts. Safe while a build runs.
    Raises `LedgerError` where a ledger does not balance.
    """
    datasets = sorted(path.stem for path in workspace.ledger.glob("*.json"))
    rows = [
        {**asdict(entry), "in_quarantine": entry.in_quarantine}
        for dataset in datasets
        for entry in read_entries(workspace, dataset)
    ]
    names = [column.name for column in fields(LedgerEntry)] + ["in_quarantine"]
    return pd.DataFrame(rows, columns=names)
