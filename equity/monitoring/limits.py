"""Limits of an individuals chart (XmR): mean of the points ± 2.66 mean moving ranges.

Along the last axis, like the rules. Source: NHS England, Making Data Count; Wheeler, Understanding
Variation, 1993.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

REACH = 2.66
"""Mean moving ranges from the centre to a limit: 3 ÷ 1.128, as the source rounds it."""
SCREEN = 3.267
"""Moving ranges from so many times their mean are left out once."""
TRIAL = 13
"""Points from which limits are no longer trial limits."""

Numbers = NDArray[np.float64]


def moving_range(values: ArrayLike, screen: bool = True) -> Numbers:
    """The mean distance between neighbouring points; 0 for fewer than two.

    `screen` leaves out, once, the distances that are at least `SCREEN` times their mean: an
    outlier must not widen the limits by which it is judged.

    >>> float(moving_range([1, 2, 1, 2, 1]))
    1.0
    """
    points = np.asarray(values, dtype=float)
    if points.shape[-1] < 2:
        return np.zeros(points.shape[:-1])
    ranges = np.abs(np.diff(points, axis=-1))
    mean: Numbers = ranges.mean(axis=-1)
    if not screen:
        return mean
    kept = ranges < SCREEN * mean[..., None]
    count = kept.sum(axis=-1)
    screened = (ranges * kept).sum(axis=-1) / np.maximum(count, 1)
    return np.where(count > 0, screened, mean)


def centre_and_reach(values: ArrayLike, screen: bool = True) -> tuple[Numbers, Numbers]:
    """The mean, and the distance from it to the limits; that is 0 where nothing moves.

    >>> [float(x) for x in centre_and_reach([4, 6, 4, 6])]
    [5.0, 5.32]
    """
    points = np.asarray(values, dtype=float)
    centre = points.mean(axis=-1) if points.shape[-1] else np.full(points.shape[:-1], np.nan)
    ranges = moving_range(points, screen)
    still = ranges <= 1e-12 * np.abs(centre)
    return centre, np.where(still, 0.0, REACH * ranges)
