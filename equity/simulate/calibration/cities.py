"""Cities with known truth, drawn many times over.

Every function takes a source of chance and a number of runs, and answers with a run a row. What is
known is the process: the chances and rates behind the records. The records differ from run to run
as one year's would from another's with the same underlying rates.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from equity.estimates.arrays import Array

Counts = npt.NDArray[np.int64]


def sizes(k: int, kind: str = "mixed") -> Counts:
    """Records of each of `k` groups: `small` (60 each), `large` (4,000), `mixed` (40 to 4,000).

    >>> sizes(3).tolist()
    [40, 400, 4000]
    """
    if kind == "mixed":
        return np.round(np.geomspace(40, 4000, k)).astype(np.int64)
    return np.full(k, {"small": 60, "large": 4000}[kind], dtype=np.int64)


def shares(
    rng: np.random.Generator, runs: int, chances: npt.ArrayLike, records: npt.ArrayLike
) -> Counts:
    """Successes of each group: (runs, groups)."""
    chance, count = np.broadcast_arrays(np.asarray(chances, float), np.asarray(records))
    return rng.binomial(count, chance, (runs, *chance.shape))


def counts(rng: np.random.Generator, expected: npt.ArrayLike, dispersion: float = 1.0) -> Counts:
    """Counts around `expected` (of any shape), with variance `dispersion` times the mean.

    Above 1 they are negative binomial: Poisson counts whose rate itself varies (a gamma number).
    """
    mean = np.asarray(expected, dtype=float)
    if dispersion > 1:
        mean = rng.gamma(mean / (dispersion - 1), dispersion - 1)
    return rng.poisson(mean)


def varying(rng: np.random.Generator, expected: npt.ArrayLike, spread: float) -> Counts:
    """Counts around `expected` whose rates vary by themselves, by `spread` of their mean (0.3: 30 %).

    Their variance is the mean plus the square of `spread` times the mean: large counts are more
    dispersed than small ones.
    """
    shape = 1 / spread**2
    mean = np.asarray(expected, dtype=float)
    return rng.poisson(mean * rng.gamma(shape, 1 / shape, mean.shape))


def autoregressive(rng: np.random.Generator, runs: int, length: int, ar: float) -> Array:
    """Noise of variance 1 with autocorrelation `ar` from one point to the next: (runs, length)."""
    drawn = rng.standard_normal((runs, length))
    series = np.empty_like(drawn)
    series[:, 0] = drawn[:, 0]
    step = np.sqrt(1 - ar**2)
    for t in range(1, length):
        series[:, t] = ar * series[:, t - 1] + step * drawn[:, t]
    return series


def seasons(length: int, depth: float = 0.3) -> Array:
    """What each month is to the average one: a yearly wave of `depth`, with a quiet December.

    >>> round(float(seasons(12).mean()), 6)
    1.0
    """
    month = np.arange(length) % 12
    wave = depth * np.sin(2 * np.pi * month / 12) - depth / 2 * (month == 11)
    year = depth * np.sin(2 * np.pi * np.arange(12) / 12) - depth / 2 * (np.arange(12) == 11)
    return 1 + wave - float(year.mean())
