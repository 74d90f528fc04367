"""The part of a series that comes back every year, told from its level and from its signals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equity.monitoring.limits import Numbers

FEWEST = 24
"""Known points below which a season cannot be told from chance."""
SIGNIFICANT = 0.01
"""Level of the test for a season. A season that is there is seldom missed; one that is not there
costs a chart its sharpness."""
_FAR = 3 * 1.4826
"""Median absolute deviations (three standard deviations) at which a distance is cut."""
_ROUNDS = 2


def seasonal_effects(values: ArrayLike, season: ArrayLike, seasons: int) -> tuple[Numbers, float]:
    """How far each season lies from the level of its year, and the p-value of there being none.

    `values`: known points in order; `season`: 0 … `seasons` − 1 for each. The effects sum to 0.
    What a signal does is kept out of them: distances are taken from the mean of the year around
    each point, so that a shift or a trend is part of the level, and are cut at three robust
    standard deviations, so that an outlier counts like an ordinary point. The test is the F test of
    equal season means. No effects (zeros) and p = 1 for fewer than `FEWEST` points, a season with
    fewer than two, or a series that does not move.

    >>> effects, p = seasonal_effects([3.0, 5, 4, 4.1, 3.1, 5, 4, 4] * 6, [0, 1, 2, 3] * 12, 4)
    >>> [round(float(e), 1) + 0 for e in effects], p < 0.001
    ([-1.0, 1.0, 0.0, 0.0], True)
    """
    points = np.asarray(values, dtype=float)
    which: NDArray[np.intp] = np.asarray(season, dtype=np.intp)
    none = np.zeros(seasons)
    count = np.bincount(which, minlength=seasons)
    if seasons < 2 or len(points) < FEWEST or count.min() < 2:
        return none, 1.0
    effects = none
    for _ in range(_ROUNDS):
        distance = points - _level(points - effects[which], seasons)
        reach = _FAR * np.median(np.abs(distance - effects[which]))
        kept = np.clip(distance - effects[which], -reach, reach) + effects[which]
        effects = np.bincount(which, kept, seasons) / count
        effects = effects - effects.mean()
    residual = kept - (np.bincount(which, kept, seasons) / count)[which]
    within, free = float(residual @ residual), len(points) - seasons
    if within <= 1e-18 * float(points @ points):
        moves = float(np.ptp(effects)) > 1e-9 * max(float(np.abs(points).max()), 1e-300)
        return (effects, 0.0) if moves else (none, 1.0)
    between = float(count @ effects**2)
    from scipy.special import fdtrc

    return effects, float(fdtrc(seasons - 1, free, between / (seasons - 1) / (within / free)))


def _level(points: Numbers, width: int) -> Numbers:
    """The mean of the `width` points around each one; at the ends of the first or last `width`.

    Of an even width both windows around a point count half, so that no season counts twice.
    """
    total = np.concatenate([[0.0], np.cumsum(points)])
    means = (total[width:] - total[:-width]) / width
    first = np.arange(len(points)) - width // 2
    left = np.clip(first, 0, len(means) - 1)
    right = np.clip(first + (width + 1) % 2, 0, len(means) - 1)
    level: Numbers = (means[left] + means[right]) / 2
    return level
