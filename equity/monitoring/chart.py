"""The individuals control chart: which points chance alone does not explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from equity.monitoring.limits import TRIAL, Numbers, centre_and_reach
from equity.monitoring.rules import SIGNALS, Signs, fired

Direction = Literal["higher_is_better", "lower_is_better", "neutral"]
Assurance = Literal["passes", "hits_and_misses", "fails"]
COLUMNS = ("value", "centre", "lower", "upper", "signal")
_NAMES = pd.array(SIGNALS, dtype="str")


@dataclass(frozen=True, eq=False)
class ControlChart:
    """A series with its limits and signals.

    `value`, `centre`, `lower`, `upper`: a number each period (NaN where there is none); `signal`:
    index in `SIGNALS`; `frame`: the same as a table. `assurance`: whether a process that goes on as
    in the last segment meets the target always, sometimes or never; None without a target or limits.
    `trial`: some limits rest on fewer than 13 points and may yet move.
    """

    value: Numbers
    centre: Numbers
    lower: Numbers
    upper: Numbers
    signal: Signs
    assurance: Assurance | None
    trial: bool

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a value, in order, columns `COLUMNS`; `signal` is one of `SIGNALS`."""
        numbers = (self.value, self.centre, self.lower, self.upper)
        names = _NAMES.take(self.signal.astype(np.intp))
        return pd.DataFrame(dict(zip(COLUMNS, (*numbers, names), strict=True)))


def control_chart(
    values: ArrayLike,
    *,
    direction: Direction,
    screen_outliers: bool = True,
    fix_after: int | None = None,
    rebase_at: Sequence[int] = (),
    target: float | None = None,
) -> ControlChart:
    """The XmR chart of a series: mean, mean ± 2.66 mean moving ranges, and what lies beyond chance.

    `fix_after`: limits from the first so many points of each segment only. `rebase_at`: zero-based
    positions at which a new segment begins, with limits, runs and moving ranges of its own.
    A missing value (NaN: a month that is withheld or has no records) has the centre and limits of
    its segment and no signal, and is passed over: the known points before and after it are
    neighbours, and it counts for no rule. Where nothing moves (mean moving range 0) there are no
    limits and no signals. `direction` "neutral" is judged against a target as higher is better.
    Raises `ValueError` for values that are no series, a position outside it, or `fix_after` < 1.
    Source: NHS England, Making Data Count.

    >>> chart = control_chart([4, 6, 4, 6, 4, 6, 4, 6, 4, 6, 4, 6, 14], direction="neutral")
    >>> chart.frame["signal"].iloc[-1], chart.trial
    ('above_limit', False)
    """
    points = np.asarray(values, dtype=float)
    if points.ndim != 1:
        raise ValueError("values must be one series")
    if fix_after is not None and fix_after < 1:
        raise ValueError("fix_after must be at least 1")
    centre = np.full(len(points), np.nan)
    reach, signal = np.zeros(len(points)), np.zeros(len(points), dtype=np.int8)
    trial = False
    for part in segments(len(points), rebase_at):
        known = np.flatnonzero(~np.isnan(points[part])) + part.start
        base = points[known][:fix_after]
        centre[part], reach[part] = centre_and_reach(base, screen_outliers)
        signal[known] = fired(points[known] - centre[known], reach[known]).signals()
        trial |= len(base) < TRIAL
    lower, upper = _around(centre, reach)
    met = assurance(lower, upper, target, direction)
    return ControlChart(points, centre, lower, upper, signal, met, trial)


def segments(length: int, rebase_at: Sequence[int]) -> list[slice]:
    """The stretches between rebases; `ValueError` for a position outside the series.

    >>> segments(5, [2])
    [slice(0, 2, None), slice(2, 5, None)]
    """
    if any(not 0 <= position < length for position in rebase_at):
        raise ValueError(f"rebase_at must lie within the {length} values")
    starts = sorted({0, *rebase_at})
    return [slice(a, b) for a, b in zip(starts, [*starts[1:], length], strict=True)]


def assurance(
    lower: Numbers, upper: Numbers, target: float | None, direction: str
) -> Assurance | None:
    """What the last limits say of a target: nearly every value of an unchanged process lies in them."""
    if target is None or not len(lower) or np.isnan(lower[-1]):
        return None
    above, below = bool(lower[-1] > target), bool(upper[-1] < target)
    if direction == "lower_is_better":
        above, below = below, above
    return "passes" if above else "fails" if below else "hits_and_misses"


def _around(centre: Numbers, reach: Numbers) -> tuple[Numbers, Numbers]:
    limit = np.where(reach > 0, reach, np.nan)
    return centre - limit, centre + limit
