"""The full grid of a metric's entries: what exists, and what could have existed and does not."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from equity.cube import periods, plan
from equity.framework.models import Definitions, Metric
from equity.schema import CITY, KEY, OUTSIDE, UNKNOWN


def grid(
    definitions: Definitions,
    metric_id: str,
    tables: list[plan.Table],
    places: pd.DataFrame,
    first: date,
    last: date,
) -> pd.DataFrame:
    """Every `KEY` of `tables`: all periods from `first` to `last`, places and declared groups.

    `places` has columns `place_level` and `place`; `outside` is added to each level, and `unknown`
    to each dimension.
    """
    fiscal = definitions.city.fiscal_year_start
    parts = [
        pd.MultiIndex.from_product(
            [
                [metric_id],
                [table.treatment],
                [table.period_kind],
                periods.between(table.period_kind, first, last, fiscal),
                [table.level],
                place_codes(places, table.level),
                *_groups(definitions, table.dimensions),
            ],
            names=list(KEY),
        ).to_frame(index=False)
        for table in tables
    ]
    return pd.concat(parts, ignore_index=True)


def place_codes(places: pd.DataFrame, level: str) -> list[str]:
    """The codes of a level's places, `outside` last; the city's one place."""
    if level == CITY:
        return [CITY]
    codes = places.loc[places["place_level"] == level, "place"]
    return [*(code for code in codes if code != OUTSIDE), OUTSIDE]


def _groups(definitions: Definitions, dimensions: tuple[str, ...]) -> list[list[str]]:
    columns: list[list[str]] = []
    for dimension in dimensions:
        columns += [[dimension], [*definitions.dimensions[dimension].codes, UNKNOWN]]
    return columns + [[""]] * (4 - len(columns))


def compared(frame: pd.DataFrame, definitions: Definitions, places: pd.DataFrame) -> pd.Series:
    """How many entries each entry is compared among: k of its simultaneous interval.

    The number of places of its level (without `outside`) or of declared groups of a dimension
    (without `unknown`). An entry that belongs to several comparisons, of groups within a place and
    of places within a group, gets the largest, so that its one interval serves each of them.
    """
    size: dict[str, int] = {"": 1, CITY: 1}
    levels = {level: len(place_codes(places, level)) - 1 for level in frame["place_level"].unique() if level != CITY}  # fmt: skip
    groups = {id: len(dimension.codes) for id, dimension in definitions.dimensions.items()}
    counts = [
        frame["place_level"].map(size | levels),
        frame["dimension"].map(size | groups),
        frame["dimension_2"].map(size | groups),
    ]
    return pd.concat(counts, axis=1).max(axis=1).clip(lower=1)


IMMATURE_TAIL = 0.05
"""Share of a pooled period that may still be immature without the whole being called so."""


def period_flags(
    frame: pd.DataFrame, metric: Metric, first: date, last: date, fiscal_year_start: int
) -> tuple[np.ndarray, np.ndarray]:
    """Two boolean columns beside `frame`: periods that are immature, and periods that are partial.

    Immature: the period's last day plus the metric's maturity lies after `last`, the last record's
    date; for `all` periods together, which always end with the last record, when that tail is more
    than `IMMATURE_TAIL` of their length. Partial: it ends after `last`, or begins in a month before
    that of `first`.
    """
    answers: dict[tuple[str, date], tuple[bool, bool]] = {}
    keys = list(zip(frame["period_kind"], frame["period"], strict=True))
    for kind, start in set(keys):
        end = periods.last_day(kind, start, last)
        if kind == "all":
            late = metric.maturity_days > IMMATURE_TAIL * (last - first).days
        else:
            late = end + timedelta(days=metric.maturity_days) > last
        answers[kind, start] = late, end > last or start < first.replace(day=1)
    flags = np.array([answers[key] for key in keys], dtype=bool).reshape(-1, 2)
    return flags[:, 0], flags[:, 1]
