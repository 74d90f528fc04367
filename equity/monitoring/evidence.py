"""How probable a signal is in a series that does not change: a p-value a rule and period.

Each p-value is that of one period and one rule, fixed beforehand, so that a reader who looks at
several periods or series knows by how much to correct.
"""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

from equity.monitoring.limits import Numbers
from equity.monitoring.rules import RUN, WINDOW, Fired, Signs

RULES = 4
"""Rules that each get a chance to be wrong at every period."""
_LONGEST = 20


def window_p(points: Numbers, width: int, lost: int = 0) -> Numbers:
    """The two-sided t test of the `width` points that end at each one against all others.

    Exact for independent normal points of one mean. 1 where fewer than `width` points have passed
    or too few others remain; `lost`: degrees of freedom spent on the series' own effects.

    >>> window_p(np.array([0.1, -0.1, 0.2, -0.2, 0.0, 0.1, -0.1, 3.0]), 1).round(4).tolist()[-1]
    0.0
    """
    n = len(points)
    free = n - 2 - lost
    out = np.ones(n)
    if n - width < 2 or free < 1:
        return out
    from scipy.special import stdtr

    centred = points - points.mean()
    running = np.concatenate([[0.0], np.cumsum(centred)])
    inside = (running[width:] - running[:-width]) / width
    apart = inside * n / (n - width)  # the others' mean is −inside·width/(n − width)
    square = float(centred @ centred) - inside**2 * width * n / (n - width)
    variance = np.maximum(square, 0.0) / free * n / (width * (n - width))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(variance > 0, apart / np.sqrt(variance), np.where(apart == 0, 0.0, np.inf))
    out[width - 1 :] = 2 * stdtr(free, -np.abs(t))
    return out


def trend_p(ends: Signs) -> Numbers:
    """The probability that so many points in a row keep their direction: 2 ÷ k! for k points.

    `ends`: where a trend of seven ends (`rules.trend`). Exact for points that come in any order
    with the same probability.
    """
    out = np.ones(len(ends))
    length = 0
    for i, end in enumerate(ends):
        length = 0 if end == 0 else length + 1 if length and ends[i - 1] == end else RUN
        if length:
            out[i] = 2 / factorial(min(length, _LONGEST))
    return out


def over_run(p: Numbers, fires: NDArray[np.bool_], run: int) -> Numbers:
    """The smallest p among the ends at which a rule fires and whose run a point belongs to."""
    kept = np.where(fires, p, 1.0)
    if not len(kept):
        return kept
    padded = np.concatenate([kept, np.ones(run - 1)])
    smallest: Numbers = np.lib.stride_tricks.sliding_window_view(padded, run).min(axis=-1)
    return smallest


def signal_p(points: Numbers, found: Fired, lost: int = 0) -> Numbers:
    """The smallest p-value among the rules that mark each point; 1 where none does.

    `points`: independent and alike while nothing changes; `found`: what the rules found in the
    chart of the same points.
    """
    by_rule = (
        np.where(found.outside != 0, window_p(points, 1, lost), 1.0),
        over_run(trend_p(found.trends), found.trends != 0, RUN),
        over_run(window_p(points, WINDOW, lost), found.threes != 0, WINDOW),
        over_run(window_p(points, RUN, lost), found.sides != 0, RUN),
    )
    smallest: Numbers = np.min(by_rule, axis=0)
    return smallest
