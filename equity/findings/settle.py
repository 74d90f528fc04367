"""What would settle a comparison that cannot be told: how many records, and how many years of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from equity.estimates.arrays import Array, Numbers, floats

MOST_YEARS = 10
"""Beyond so many years' supply the answer is: not with these data."""
POWER_Z = 0.8416212335729143
"""Four times in five the verdict then falls, if the groups are where they seem to be."""


class Supply(NamedTuple):
    """Times as many records as there are, and the years in which they come; inf: never."""

    times: Array
    years: Array


def supply(distance: Numbers, reach: Numbers, critical: Numbers, years: Numbers) -> Supply:
    """How many times the records (and years) it takes until a contrast clears the tolerance.

    `distance` of the estimated contrast from the edge of the tolerance; `reach` of its interval
    towards the edge at critical value `critical`; `years` that the records at hand took. Intervals
    shrink with the square root of the records, so it takes ((critical + 0.84)/critical ·
    reach/distance)² times as many for the verdict to fall four times in five. Infinite where the
    estimate lies on the edge, or where it takes more than ten years.

    >>> found = supply(2.0, 4.0, 2.8, 1.0)
    >>> round(float(found.times), 1), round(float(found.years), 1)
    (6.8, 6.8)
    >>> float(supply(0.5, 4.0, 2.8, 1.0).years)
    inf
    """
    far, wide, at, took = floats(distance, reach, critical, years)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = np.maximum(((at + POWER_Z) / at * wide / np.abs(far)) ** 2, 1.0)
    span = times * took
    never = ~(span <= MOST_YEARS)
    return Supply(np.where(never, np.inf, times), np.where(never, np.inf, span))
