"""The sums that anybody can form from published entries: total = its parts.

An entry that is not shown can be derived from the total and the other parts. These are the
equations among the entries of one metric and treatment, over places (city = all places of a level,
outside included), groups (all = all groups, unknown included; in crossed tables both ways) and
time (a year = its months).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from equity.schema import CITY

PLACE = ["place_level", "place"]
GROUP = ["dimension", "group"]
GROUP_2 = ["dimension_2", "group_2"]
TIME = ["period_kind", "period"]
_KEY = [*TIME, *PLACE, *GROUP, *GROUP_2]
# A total is tied to the coarsest parts that are published; ties to finer ones follow from those.
_PARTS = {
    "quarter": ("month",),
    "year": ("quarter", "month"),
    "fiscal_year": ("quarter", "month"),
    "all": ("year", "fiscal_year", "quarter", "month"),
}


@dataclass(frozen=True)
class Equations:
    """Total = sum of parts, as lists of (equation, entry) pairs.

    `total[e]` is the position of the entry that is the total of equation e; `equation[i]`,
    `part[i]` say that entry part[i] is one of the parts of equation[i].
    """

    total: np.ndarray
    equation: np.ndarray
    part: np.ndarray

    def joined(self, totals: list[int], parts: list[np.ndarray]) -> Equations:
        """These and one more for each of `totals`: it is the sum of its `parts`."""
        count = len(self.total)
        sizes = [len(rows) for rows in parts]
        return Equations(
            np.concatenate([self.total, np.asarray(totals, dtype=np.int64)]),
            np.concatenate(
                [self.equation, count + np.repeat(np.arange(len(parts)), sizes).astype(np.int64)]
            ),
            np.concatenate([self.part, *parts]),
        )


def equations(entries: pd.DataFrame, fiscal_year_start: int = 7) -> Equations:
    """Every equation among `entries` (one metric, one treatment, each key once).

    Positions are rows of `entries`. A total whose parts are not published, or parts whose total is
    not, give none.
    """
    frame = entries[_KEY].reset_index(drop=True)
    frame["period"] = pd.to_datetime(frame["period"])
    frame["row"] = np.arange(len(frame))
    found = [
        *_places(frame),
        *_groups(frame),
        *_crossed(frame),
        *_times(frame, fiscal_year_start),
    ]
    totals, equation, part, count = [], [], [], 0
    for pairs in found:
        if pairs.empty:
            continue
        code, total = pd.factorize(pairs["total"])
        totals.append(np.asarray(total))
        equation.append(code + count)
        part.append(pairs["part"].to_numpy())
        count += len(total)
    if not totals:
        none = np.zeros(0, dtype=np.int64)
        return Equations(none, none, none)
    return Equations(np.concatenate(totals), np.concatenate(equation), np.concatenate(part))


def _pairs(frame: pd.DataFrame, parts: pd.DataFrame, **total_key: Any) -> pd.DataFrame:
    """(total, part) rows: each of `parts` with the entry whose key differs by `total_key`."""
    key = parts.assign(**total_key)
    merged = key.merge(frame, on=_KEY, suffixes=("_part", "_total"))
    return pd.DataFrame({"part": merged["row_part"], "total": merged["row_total"]})


def _places(frame: pd.DataFrame) -> list[pd.DataFrame]:
    parts = frame[frame["place_level"] != CITY]
    return [
        _pairs(frame, level, place_level=CITY, place=CITY)
        for _, level in parts.groupby("place_level", sort=True)
    ]


def _groups(frame: pd.DataFrame) -> list[pd.DataFrame]:
    parts = frame[(frame["dimension"] != "") & (frame["dimension_2"] == "")]
    return [
        _pairs(frame, dimension, dimension="", group="")
        for _, dimension in parts.groupby("dimension", sort=True)
    ]


def _crossed(frame: pd.DataFrame) -> list[pd.DataFrame]:
    found = []
    parts = frame[frame["dimension_2"] != ""]
    for _, crossed in parts.groupby(["dimension", "dimension_2"], sort=True):
        found.append(_pairs(frame, crossed, dimension_2="", group_2=""))
        key = crossed.assign(
            dimension=crossed["dimension_2"], group=crossed["group_2"], dimension_2="", group_2=""
        )
        merged = key.merge(frame, on=_KEY, suffixes=("_part", "_total"))
        found.append(pd.DataFrame({"part": merged["row_part"], "total": merged["row_total"]}))
    return found


def _times(frame: pd.DataFrame, fiscal_year_start: int) -> list[pd.DataFrame]:
    found = []
    for _, table in frame.groupby(["place_level", "dimension", "dimension_2"], sort=True):
        kinds = set(table["period_kind"])
        for coarse in kinds & set(_PARTS):
            for fine in _finer(coarse, kinds, fiscal_year_start):
                parts = table[table["period_kind"] == fine]
                start = _begin(parts["period"], coarse, fiscal_year_start)
                if coarse == "all":
                    start = table.loc[table["period_kind"] == "all", "period"].min()
                found.append(_pairs(table, parts, period_kind=coarse, period=start))
    return found


def _finer(coarse: str, kinds: set[str], fiscal_year_start: int) -> list[str]:
    """The kinds of period whose sum is a `coarse` one and that nothing between makes redundant."""
    candidates = [kind for kind in _PARTS[coarse] if kind in kinds]
    if coarse == "fiscal_year" and fiscal_year_start % 3 != 1:
        candidates = [kind for kind in candidates if kind != "quarter"]
    # Calendar and fiscal years do not follow from each other: everything is the sum of either.
    both = coarse == "all" and candidates[:2] == ["year", "fiscal_year"]
    return candidates[: 2 if both else 1]


def _begin(period: pd.Series, kind: str, fiscal_year_start: int) -> pd.Series:
    """The first day of the period of `kind` in which each `period` lies."""
    if kind == "quarter":
        return period.dt.to_period("Q").dt.start_time
    month = 1 if kind == "year" else fiscal_year_start
    year = period.dt.year - (period.dt.month < month)
    return pd.to_datetime(pd.DataFrame({"year": year, "month": month, "day": 1}))
