"""The four rules that tell a signal from the ups and downs of an unchanged process.

Pure functions along the last axis, so that one series and ten thousand simulated ones are the same
call. Source: NHS England, Making Data Count; the numbers in brackets are theirs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

RUN = 7
"""Points on one side of the centre, or moving one way, that make a signal."""
WINDOW, NEAR = 3, 2
"""Of three points in a row, so many near one limit make a signal."""
NEAR_ZONE = 2 / 3
"""Part of the way from the centre to a limit from which a point is near it."""

NO_SIGNAL = "none"
SIGNALS = (
    NO_SIGNAL,
    "above_limit",
    "below_limit",
    "trend_up",
    "trend_down",
    "near_upper",
    "near_lower",
    "shift_up",
    "shift_down",
)
"""What a point of a chart can be; the order is that of precedence, `none` apart."""

Signs = NDArray[np.int8]
_SLACK = 1e-9


def one_side(side: ArrayLike, run: int = RUN) -> Signs:
    """Where the last `run` points lie on one side: that side, at the last of them; 0 elsewhere.

    `side` is 1 above the centre, −1 below, 0 on it; a point on it breaks a run.

    >>> one_side([1, 1, 1, 1, 1, 1, 1, 1, -1]).tolist()
    [0, 0, 0, 0, 0, 0, 1, 1, 0]
    """
    signs = np.asarray(side, dtype=np.int8)
    ends = np.zeros_like(signs)
    if signs.shape[-1] >= run:
        total = sliding_window_view(signs, run, axis=-1).sum(axis=-1, dtype=np.int8)
        ends[..., run - 1 :] = np.where(np.abs(total) == run, np.sign(total), 0)
    return ends


def trend(values: ArrayLike, run: int = RUN) -> Signs:
    """Where the last `run` points each lie above (1) or below (−1) the one before; 0 elsewhere.

    Marked at the last of them; a tie breaks a trend.

    >>> trend([2, 1, 2, 3, 4, 5, 6, 7, 3]).tolist()
    [0, 0, 0, 0, 0, 0, 0, 1, 0]
    """
    points = np.asarray(values, dtype=float)
    ends = np.zeros(points.shape, dtype=np.int8)
    if points.shape[-1] >= run:
        ends[..., 1:] = one_side(np.sign(np.diff(points, axis=-1)), run - 1)
    return ends


def two_of_three(near: ArrayLike, side: ArrayLike) -> NDArray[np.bool_]:
    """Every point of three in a row, all on one side, of which at least two are near its limit.

    `near`: whether a point is near a limit but not beyond it; `side` as in `one_side`.

    >>> two_of_three([0, 0, 1, 0, 1, 0, 0], [1, 1, 1, 1, 1, 1, 1]).tolist()
    [False, False, True, True, True, False, False]
    """
    return spread(_threes(np.asarray(near), one_side(side, WINDOW)), WINDOW) != 0


def _threes(near: NDArray[np.bool_], three_on_one_side: Signs) -> Signs:
    """Where three on one side end of which two are near: that side."""
    ends = np.zeros_like(three_on_one_side)
    if near.shape[-1] >= WINDOW:
        close = sliding_window_view(near.astype(np.int8), WINDOW, axis=-1).sum(axis=-1)
        ends[..., WINDOW - 1 :] = np.where(close >= NEAR, three_on_one_side[..., WINDOW - 1 :], 0)
    return ends


def spread(ends: ArrayLike, run: int = RUN) -> Signs:
    """Marks all `run` points of what is marked at its last one.

    >>> spread([0, 0, 0, 1, 0], 3).tolist()
    [0, 1, 1, 1, 0]
    """
    marks = np.asarray(ends, dtype=np.int8)
    out = marks.copy()
    for back in range(1, min(run, marks.shape[-1])):
        earlier, here = marks[..., back:], out[..., :-back]
        out[..., :-back] = np.where(here == 0, earlier, here)
    return out


class Fired(NamedTuple):
    """What the rules found, as signs: points outside and near, and where a trend of seven, two of
    three near a limit, and seven on one side end."""

    outside: Signs
    near: Signs
    trends: Signs
    threes: Signs
    sides: Signs

    def signals(self) -> Signs:
        """The signal at every point, by precedence, as its index in `SIGNALS`."""
        marks = (
            self.outside,
            spread(self.trends),
            np.where(spread(self.threes, WINDOW) == self.near, self.near, 0),
            spread(self.sides),
        )
        found = np.zeros_like(self.outside)
        for rule, mark in reversed(list(enumerate(marks))):
            found = np.where(mark == 0, found, 1 + 2 * rule + (mark < 0)).astype(np.int8)
        return found


def fired(deviations: ArrayLike, limit: ArrayLike) -> Fired:
    """Which rules fire where.

    `deviations`: points less their centre; `limit`: the distance of the limits from it, which
    broadcasts; where it is 0 or not a number no rule fires. Whatever lies within a billionth of a
    limit of the centre is on it, so that rounding decides nothing.

    >>> calm = [0.1, -0.2, 0.1, 3.5, -0.1]
    >>> [SIGNALS[i] for i in fired(calm, 3.0).signals()]
    ['none', 'none', 'none', 'above_limit', 'none']
    """
    points, reach = np.asarray(deviations, dtype=float), np.asarray(limit, dtype=float)
    known = reach > 0
    scaled = np.round(points / np.where(known, reach, np.inf) / _SLACK) * _SLACK
    side, size = np.sign(scaled).astype(np.int8), np.abs(scaled)
    outside = np.where(size > 1 + _SLACK, side, 0).astype(np.int8)
    near = np.where((size > NEAR_ZONE + _SLACK) & (outside == 0), side, 0).astype(np.int8)
    threes = _threes(near != 0, one_side(side, WINDOW))
    return Fired(outside, near, trend(scaled), threes, one_side(side))
