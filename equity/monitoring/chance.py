"""How often a chart signals although nothing changed: simulated, never taken from a table."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from equity.monitoring.limits import Numbers, centre_and_reach
from equity.monitoring.rules import fired

SEED = 20_240_701
RUNS = 1000
_STEP = 6
_FINE = 20


def false_signal(points: int, autocorrelation: float = 0.0) -> float:
    """The probability that a chart of an unchanged series has at least one signal.

    `points`: its length (0 gives 0); `autocorrelation`: what its points have of the one before and
    the chart takes no account of. From 1,000 simulated normal series with a fixed seed, of the
    nearest length in steps of six and the nearest autocorrelation in twentieths, so within about
    0.03. On the scale on which a p′-, u′-, seasonal or residual chart judges its points they are,
    where the model holds, such a series.

    >>> false_signal(84) < false_signal(84, 0.3)
    True
    """
    if points < 2:
        return 0.0
    length = max(round(points / _STEP) * _STEP, _STEP)
    return _simulated(length, round(min(max(autocorrelation, 0.0), 0.95) * _FINE))


@lru_cache(maxsize=1024)
def _simulated(length: int, twentieths: int) -> float:
    rng = np.random.default_rng((SEED, length, twentieths))
    points = autoregressive(rng, RUNS, length, twentieths / _FINE)
    centre, reach = centre_and_reach(points)
    found = fired(points - centre[:, None], reach[:, None])
    return float((found.signals() != 0).any(axis=1).mean())


def autoregressive(
    rng: np.random.Generator, series: int, length: int, autocorrelation: float
) -> Numbers:
    """Unchanged series (rows) of mean 0 and standard deviation 1 with this lag-1 autocorrelation."""
    points = rng.standard_normal((series, length))
    if autocorrelation:
        new = np.sqrt(1 - autocorrelation**2)
        for t in range(1, length):
            points[:, t] = autocorrelation * points[:, t - 1] + new * points[:, t]
    return points
