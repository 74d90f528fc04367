"""What the three kinds of records share: drawing groups, planting effects and faults, free text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from equity.simulate.city import SampleCity
from equity.simulate.clock import DAY, Clock, sample_days, sample_seconds
from equity.simulate.parameters import day_number, follow
from equity.simulate.tally import Index, Tally

_FIRST = ["Ana", "Binh", "Chen", "Dara", "Elena", "Farid", "Grace", "Hoa", "Ines", "José", "Kim", "Luz", "Mai", "Noor", "Omar", "Pat", "Quyen", "Rosa", "Sam", "Tam"]  # fmt: skip
_LAST = ["Abad", "Bui", "Cruz", "Dang", "Ellis", "Flores", "Garcia", "Ho", "Iyer", "Johnson", "Khan", "Le", "Mora", "Nguyen", "Ortiz", "Patel", "Quach", "Ruiz", "Singh", "Tran"]  # fmt: skip
NAMES = pa.array([f"{last}, {first}" for last in _LAST for first in _FIRST], pa.string())
"""Invented names: in the raw exports only, so that intake has something private to drop."""
PHONES = pa.array([f"(408) 555-{number:04d}" for number in range(100, 200)], pa.string())
"""Telephone numbers of the range that is kept free for fiction."""


@dataclass(frozen=True)
class Batch:
    """One batch of records to make: `n` rows of one fiscal year (the `position`-th of the sample)."""

    n: int
    fiscal_year: int
    start_month: int
    position: int
    serial: int
    settings: dict[str, Any]
    city: SampleCity
    clock: Clock
    rng: np.random.Generator
    tally: Tally

    @property
    def middle(self) -> np.ndarray:
        """The middle day of the fiscal year, as an array of one."""
        first = np.datetime64(date(self.fiscal_year, self.start_month, 1), "D").astype(int)
        return np.array([first + 182])


def draw(rng: np.random.Generator, n: int, weights: Any) -> np.ndarray:
    """`n` indices, each in proportion to its weight."""
    cumulative = np.cumsum(np.asarray(weights, float))
    at = np.searchsorted(cumulative / cumulative[-1], rng.random(n), side="right")
    return np.minimum(at, len(cumulative) - 1)


def draw_by_row(rng: np.random.Generator, table: np.ndarray, row: np.ndarray) -> np.ndarray:
    """One column index for each of `row`, in proportion to that row of `table`."""
    cumulative = np.cumsum(table, axis=1)
    cumulative = cumulative / cumulative[:, -1:]
    position = rng.random(len(row))
    at = np.zeros(len(row), np.int64)
    for column in range(table.shape[1] - 1):
        at += position > cumulative[row, column]
    return at


def with_average(table: np.ndarray) -> np.ndarray:
    """`table` and, as its last row, its sums: what index −1 (outside) draws from."""
    return np.vstack([table, table.sum(axis=0)])


def moments(batch: Batch) -> tuple[np.ndarray, np.ndarray, int]:
    """Days, instants (UTC seconds) within them, and the first second of the fiscal year."""
    rng, n, settings, clock = batch.rng, batch.n, batch.settings, batch.clock
    days = sample_days(rng, n, batch.fiscal_year, batch.start_month, settings["months"])
    begin = day_number(date(batch.fiscal_year, batch.start_month, 1)) * DAY
    shift = begin - int(clock.to_wall(np.array([begin + DAY]))[0]) + DAY
    return days, days * DAY + sample_seconds(rng, n, settings["hours"]) + shift, begin


def stray(batch: Batch, area: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`area` with some records outside (−1), and which records have coordinates."""
    rng, n, settings = batch.rng, batch.n, batch.settings
    area = np.where(rng.random(n) < settings["outside"], -1, area)
    return area, rng.random(n) >= settings["no_coordinates"]


def area_groups(city: SampleCity, address: np.ndarray, located: np.ndarray) -> dict[str, Index]:
    """City, places and groups by area of each record; not `located` is outside and unknown."""
    area = np.where(located, city.zip_of[address], -1)
    district = np.where(located, city.district_of[address], -1)
    groups: dict[str, Index] = {
        "city": (["city"], np.zeros(len(address), np.int64)),
        "place:zip": (city.zips, area),
        "place:district": (city.districts, district),
    }
    for dimension, (codes, index) in city.attributes.items():
        groups[dimension] = (codes, np.append(index, -1)[area])
    return groups


def effects(
    batch: Batch, metric: str, groups: dict[str, Index], days: np.ndarray, how: str
) -> np.ndarray:
    """What is planted for `metric` in each record: product of `multiply`, or sum of `add` paths."""
    result = np.zeros(len(days)) if how == "add" else np.ones(len(days))
    for effect in batch.settings["effects"]:
        if effect["metric"] != metric or how not in effect:
            continue
        codes, index = groups[effect["by"]]
        hit = index == codes.index(effect["group"])
        value = follow(effect[how], days[hit])
        result[hit] = result[hit] + value if how == "add" else result[hit] * value
    return result


def plant_faults(batch: Batch) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Rows for each kind of fault, all different, and the mask of the rows without any."""
    counts = {
        kind: max(int(batch.n >= 1000), round(share * batch.n))
        for kind, share in batch.settings["faults"].items()
    }
    rows = batch.rng.choice(batch.n, min(batch.n, sum(counts.values())), replace=False)
    ends = np.cumsum(list(counts.values()))[:-1]
    faults = dict(zip(counts, np.split(rows, ends), strict=True))
    clean = np.ones(batch.n, bool)
    clean[rows] = False
    return faults, clean


def count_faults(
    batch: Batch, dataset: str, faults: dict[str, np.ndarray], reasons: dict[str, str]
) -> None:
    """Count planted faults under the ledger's reason for each kind."""
    for kind, reason in reasons.items():
        batch.tally.quarantine(dataset, reason, len(faults[kind]))


def copy_duplicates(
    batch: Batch, table: pa.Table, duplicates: np.ndarray, clean: np.ndarray
) -> pa.Table:
    """`table` with the rows `duplicates` replaced by copies of clean rows."""
    if not len(duplicates):
        return table
    order = np.arange(batch.n)
    order[duplicates] = batch.rng.choice(np.flatnonzero(clean), len(duplicates))
    return table.take(pa.array(order))


def texts(pool: pa.Array | list[str], index: np.ndarray) -> pa.Array:
    """The text of `pool` at each of `index`; −1 is empty."""
    values = pool if isinstance(pool, pa.Array) else pa.array(pool, pa.string())
    return values.take(pa.array(index, mask=index < 0))


def replaced(values: pa.Array, rows: np.ndarray, by: str | None) -> pa.Array:
    """Text `values` with `rows` set to `by` (None: empty)."""
    if not len(rows):
        return values
    mask = np.zeros(len(values), bool)
    mask[rows] = True
    return pc.if_else(pa.array(mask), pa.scalar(by, pa.string()), values)


def serials(prefix: str, batch: Batch) -> pa.Array:
    """Identifiers of the batch's rows: a prefix and a running number of the fiscal year."""
    numbers = pa.array(np.arange(batch.serial, batch.serial + batch.n) + 1_000_000_000)
    digits = pc.utf8_slice_codeunits(numbers.cast(pa.string()), 1)
    return pc.binary_join_element_wise(f"{prefix}{batch.fiscal_year % 100:02d}-", digits, "")


def coordinate(pool: np.ndarray, address: np.ndarray, given: np.ndarray) -> pa.Array:
    """One coordinate of each address; empty where it is not `given`."""
    return pa.array(pool[address], mask=~given)


def split_rows(total: int, weights: Any) -> list[int]:
    """`total` in whole parts that resemble `weights`."""
    from equity.simulate.geography import whole_numbers

    return [int(part) for part in whole_numbers(np.asarray(weights, float), total)]


def private_columns(
    batch: Batch, name: str, phone: str, notes: str, pool: list[str]
) -> dict[str, pa.Array]:
    """A name, a telephone number and a note for each row: what intake must never keep."""
    rng, n = batch.rng, batch.n
    return {
        name: NAMES.take(pa.array(rng.integers(0, len(NAMES), n))),
        phone: PHONES.take(pa.array(rng.integers(0, len(PHONES), n))),
        notes: texts(pool, rng.integers(-2, len(pool), n).clip(-1)),
    }
