"""One batch of rows sorted out: accepted with their places and groups, or refused with a reason.

A row's reason is the first that fits, in this order: its shape (`quoting`, `columns`,
`encoding`), its fields in the order of the contract (`required`, `type`, `range`, `code`, time),
its coordinates, the contract's `reject` rules; `duplicate` comes last, over whole files.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from equity.errors import IntakeError
from equity.framework.expressions import columns_of
from equity.records import times
from equity.records.contract import Contract
from equity.records.files import fault
from equity.records.location import Located, Orientation, known_place, locate, places, recode
from equity.records.periods import period_starts
from equity.records.reading import Batch
from equity.records.rules import Rules
from equity.records.values import ARROW_TYPES, blank, mask, plain, type_field
from equity.schema import DATE_COLUMN, GROUP_COLUMN, OUTSIDE, PLACE_COLUMN, UNKNOWN

KEY_COLUMN = "record_key"
NUMBER_COLUMN = "row_number"
PARTIAL_COLUMN = "partial"
MAXIMUM_CODES = 5_000
"""Different values of a code field without a crosswalk in one file; more is free text."""


@dataclass
class Tally:
    """What is counted while a file is read, and can no longer be seen in its part."""

    rows_read: int = 0
    blank_lines: int = 0
    without_location: int = 0
    emptied: Counter[str] = field(default_factory=Counter)
    kept_codes: dict[str, set[str]] = field(default_factory=dict)
    orientation: Orientation = field(default_factory=Orientation)


@dataclass
class Refused:
    """Rows in quarantine: their numbers and reasons, together."""

    numbers: list[np.ndarray] = field(default_factory=list)
    reasons: list[np.ndarray] = field(default_factory=list)

    def add(self, numbers: np.ndarray, reasons: np.ndarray) -> None:
        """Put rows in quarantine."""
        self.numbers.append(np.asarray(numbers, "int64"))
        self.reasons.append(np.asarray(reasons, object))

    def table(self) -> pa.Table:
        """`row_number`, `reason`, in the order of the file."""
        numbers = np.concatenate([np.array([], "int64"), *self.numbers])
        reasons = np.concatenate([np.array([], object), *self.reasons])
        order = np.argsort(numbers, kind="stable")
        return pa.table(
            {
                NUMBER_COLUMN: pa.array(numbers[order]),
                "reason": pa.array(reasons[order], pa.string()).dictionary_encode(),
            }
        )


class _Reasons:
    """The first reason of each row; "" for rows that have none."""

    def __init__(self, rows: int):
        self.values = np.full(rows, "", dtype=object)

    def mark(self, faults: dict[str, np.ndarray]) -> None:
        for reason, where in faults.items():
            if where.any():
                self.values[where & (self.values == "")] = reason

    @property
    def none(self) -> np.ndarray:
        return self.values == ""


def sort_out(
    contract: Contract, rules: Rules, batch: Batch, tally: Tally, refused: Refused, file: str
) -> pa.Table:
    """The accepted rows of `batch` in the columns of a part; the others go to `refused`."""
    tally.rows_read += batch.rows
    tally.blank_lines += batch.blank_lines
    if batch.refused:
        numbers, why = zip(*batch.refused, strict=True)
        refused.add(np.array(numbers), np.array(why, object))
    reasons = _Reasons(len(batch.numbers))
    columns: dict[str, pa.Array] = {NUMBER_COLUMN: pa.array(batch.numbers)}
    emptied: dict[str, np.ndarray] = {}
    for name, spec in contract.fields.items():
        typed = type_field(name, spec, batch.columns[contract.column(name)], contract.zone)
        reasons.mark(typed.faults)
        columns[name] = typed.values
        if typed.emptied is not None:
            emptied[name] = typed.emptied
    located = None
    if contract.dataset.coordinates:
        located = locate(contract, batch.columns, tally.orientation)
        reasons.mark(located.faults)
    if contract.dataset.aggregate:
        columns |= _period_and_place(contract, batch, reasons)

    table, kept = pa.table(columns), reasons.none
    derived, faults = rules.apply(table.filter(pa.array(kept)))
    late = {reason: np.zeros(len(kept), bool) for reason in faults}
    for reason, where in faults.items():
        late[reason][kept] = where
    reasons.mark(late)
    survived, kept = reasons.none[kept], reasons.none
    refused.add(batch.numbers[~kept], reasons.values[~kept])

    table = table.filter(pa.array(kept))
    for name, column in derived.items():
        table = table.append_column(name, column.filter(pa.array(survived)))
    for name, where in emptied.items():
        tally.emptied[name] += int((where & kept).sum())
    if located:
        located = Located(located.x[kept], located.y[kept])
        tally.without_location += int(np.isnan(located.x).sum())
    _count_codes(contract, table, tally, file)
    return _finished(contract, table, located)


def part_schema(contract: Contract) -> pa.Schema:
    """The columns of the dataset's parts, in order, with their types."""
    dataset, text = contract.dataset, pa.string()
    names: list[tuple[str, pa.DataType]] = [(NUMBER_COLUMN, pa.int64())]
    if contract.key_fields:
        names.append((KEY_COLUMN, pa.uint64()))
    if dataset.time or dataset.aggregate:
        names.append((DATE_COLUMN, pa.date32()))
    if dataset.aggregate:
        names.append((PARTIAL_COLUMN, pa.bool_()))
    names += [(n, ARROW_TYPES[s.type]) for n, s in contract.fields.items() if s.type != "key"]
    types = columns_of(dataset, at_intake=True)
    names += [(name, ARROW_TYPES[types[name]]) for name in dataset.derived]
    names += [(PLACE_COLUMN.format(level=level), text) for level in contract.levels]
    groups = [*contract.group_fields, *contract.group_attributes]
    names += [(GROUP_COLUMN.format(dimension=id), text) for id in groups]
    return pa.schema(names)


def _finished(contract: Contract, table: pa.Table, located: Located | None) -> pa.Table:
    """The accepted rows with key, date, places and groups; keys and coordinates left behind."""
    more: dict[str, pa.Array] = {}
    dataset = contract.dataset
    if contract.key_fields:
        more[KEY_COLUMN] = _keys(table, contract.key_fields)
    if dataset.time:
        more[DATE_COLUMN] = local_dates(contract, table[dataset.time].combine_chunks())
    if not dataset.aggregate:
        x, y = (located.x, located.y) if located else (None, None)
        for level, codes in places(contract, table, x, y).items():
            more[PLACE_COLUMN.format(level=level)] = codes
    for dimension, name in contract.group_fields.items():
        known = frozenset(contract.definitions.dimensions[dimension].codes)
        more[GROUP_COLUMN.format(dimension=dimension)] = recode(
            table[name], lambda value, known=known: value if value in known else UNKNOWN
        )
    for dimension, (level, groups) in contract.group_attributes.items():
        known = frozenset(contract.definitions.dimensions[dimension].codes)
        more[GROUP_COLUMN.format(dimension=dimension)] = recode(
            more[PLACE_COLUMN.format(level=level)],
            lambda place, known=known, groups=groups: (
                groups[place] if groups.get(place) in known else UNKNOWN
            ),
        )
    for name, column in more.items():
        table = table.append_column(name, column)
    schema = part_schema(contract)
    return table.select(schema.names).cast(schema)


def local_dates(contract: Contract, column: pa.Array) -> pa.Array:
    """The city's date of each instant (or the date itself), as DATE."""
    if pa.types.is_date(column.type):
        return column
    utc = column.to_numpy(zero_copy_only=False).astype("M8[us]")
    return pa.array(times.to_local(utc, contract.zone).astype("M8[D]"), pa.date32())


def _keys(table: pa.Table, names: list[str]) -> pa.Array:
    """A 64-bit hash of the key (SipHash, the same everywhere); null where a part is missing.

    Two different keys among 50 million share a hash with a probability of 1 in 15,000.
    """
    missing = np.zeros(table.num_rows, bool)
    combined = np.zeros(table.num_rows, "uint64")
    for name in names:
        text = table[name].combine_chunks().cast(pa.string())
        missing |= ~mask(pc.is_valid(text))
        values = text.fill_null("").to_numpy(zero_copy_only=False)
        hashed = pd.util.hash_array(values.astype(object), categorize=False)
        combined = combined * np.uint64(1_000_003) + hashed
    return pa.array(combined, mask=missing)


def _count_codes(contract: Contract, table: pa.Table, tally: Tally, file: str) -> None:
    """Refuse a code field whose values do not end: that is free text, which is never kept."""
    for name, spec in contract.fields.items():
        if spec.type == "code" and (not spec.codes or spec.other_codes == "keep"):
            seen = tally.kept_codes.setdefault(name, set())
            seen.update(table[name].unique().drop_null().to_pylist())
            if len(seen) > MAXIMUM_CODES:
                raise _free_text(name, file)


def _free_text(name: str, file: str) -> IntakeError:
    return fault(
        file, name, f"more than {MAXIMUM_CODES} different values",
        "one of a bounded set of codes",
        "Free text is never kept: list the column under private, or give the field a crosswalk.",
    )  # fmt: skip


def _period_and_place(
    contract: Contract, batch: Batch, reasons: _Reasons
) -> dict[str, pa.Array]:  # fmt: skip
    """The place and the period of rows that are already aggregated.

    A place that the level does not have is refused, not put outside: it may be a total.
    """
    aggregate = contract.dataset.aggregate
    assert aggregate is not None
    text = plain(batch.columns[aggregate.period]).cast(pa.string())
    starts, wrong = period_starts(
        text, aggregate.period_kind, contract.definitions.city.fiscal_year_start
    )
    place = _aggregate_place(contract, plain(batch.columns[aggregate.place]))
    missing = {
        "required:place": ~mask(pc.is_valid(plain(batch.columns[aggregate.place]))),
        "required:period": ~mask(pc.is_valid(text)),
    }
    outside = mask(pc.equal(place, OUTSIDE))
    reasons.mark({**missing, "code:place": outside, "type:period": wrong})
    return {
        DATE_COLUMN: starts,
        PARTIAL_COLUMN: pc.fill_null(pc.is_in(text, pa.array(aggregate.partial_periods, pa.string())), False),
        PLACE_COLUMN.format(level=aggregate.level): blank(place, outside),
    }  # fmt: skip


def _aggregate_place(contract: Contract, column: pa.Array) -> pa.Array:
    """The code of each row's place at the aggregate's level; `outside` where there is none."""
    aggregate = contract.dataset.aggregate
    assert aggregate is not None
    codes = contract.levels[aggregate.level].codes
    return recode(column, lambda value: known_place(value, codes))
