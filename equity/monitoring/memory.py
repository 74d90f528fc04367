"""How much of a point's distance from the level is still there one period later."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equity.monitoring.limits import Numbers

FEWEST = 20
"""Points below which autocorrelation is not estimated (it is taken to be 0)."""
_SIGNIFICANT = 1.645
"""Standard errors above 0 from which a chart takes it into account: the 5 % point, one-sided."""
_EDGE = 3
_FAR = 3 * 1.4826
_BIAS, _SHRINK = 4.0, 8.0
MOST = 0.95


class Memory(NamedTuple):
    """`value`: the lag-1 autocorrelation; `error`: its standard error; `found`: whether it is above
    0 beyond chance."""

    value: float
    error: float
    found: bool

    @property
    def upper(self) -> float:
        """One standard error above the estimate, 0–0.95: for who must not take it for too small."""
        return min(max(self.value + self.error, 0.0), MOST)


def memory(deviations: ArrayLike) -> Memory:
    """The lag-1 autocorrelation of a series, as far as it is not one change of level.

    A lasting change of level looks like autocorrelation, and a residual chart would hide it. So the
    largest single step is taken out first, and what lies three robust standard deviations from 0 is
    cut. Taking a step out lowers the estimate r by about (4 + 8r)/n (found by simulating AR(1)
    series of 24 to 120 points; `tests/monitoring/test_memory.py` holds it), which is given back.

    >>> rng = np.random.default_rng(7)
    >>> memory(rng.standard_normal(84)).found
    False
    """
    points = np.asarray(deviations, dtype=float)
    n = len(points)
    if n < FEWEST:
        return Memory(0.0, 0.0, False)
    rest = _without_step(points - points.mean())
    reach = _FAR * np.median(np.abs(rest))
    rest = np.clip(rest, -reach, reach)
    square = float(rest @ rest)
    if square == 0:
        return Memory(0.0, 0.0, False)
    raw = float(rest[1:] @ rest[:-1]) / square + _BIAS / n
    error = 1 / np.sqrt(n)
    value = min(raw / max(1 - _SHRINK / n, 0.5), MOST)
    return Memory(value, float(error), bool(raw > _SIGNIFICANT * error))


def _without_step(points: Numbers) -> Numbers:
    """Points less the two means of the split, at least three from the ends, that fits them best."""
    n = len(points)
    last = np.arange(_EDGE, n - _EDGE + 1)
    left = np.cumsum(points)[last - 1]
    best = int(np.argmax(left**2 / (last * (n - last))))
    cut = int(last[best])
    return np.concatenate([points[:cut] - points[:cut].mean(), points[cut:] - points[cut:].mean()])


def residuals(deviations: Numbers, position: NDArray[np.intp], carried: float) -> tuple[Numbers, Numbers]:  # fmt: skip
    """What each point adds to what the one before lets expect, and how wide it scatters for that.

    `position`: in which period each point lies, so that over a missing period less is expected;
    `carried`: the part that is still there one period later. The second array is 1 where the point
    before is the last period's; a first point, of which nothing is expected, scatters more.
    """
    if not carried or not len(deviations):
        return deviations, np.ones(len(deviations))
    left = carried ** np.diff(position)
    expected = np.concatenate([[0.0], left * deviations[:-1]])
    spread = np.sqrt((1 - np.concatenate([[0.0], left]) ** 2) / (1 - carried**2))
    return deviations - expected, spread
