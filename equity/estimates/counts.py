"""Counts, counts over a population, and totals of amounts."""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import MARGIN_Z, Array, Interval, Numbers, floats, z


def poisson(x: Numbers, confidence: Numbers = 0.95, dispersion: Numbers = 1.0) -> Interval:
    """Exact interval of the expected count behind an observed count `x`.

    Garwood's gamma interval. With `dispersion` φ > 1 (variance φ times the mean) the interval is
    that of x/φ, times φ: exact at φ = 1, and wider by about √φ above it. Source: Garwood 1936,
    Biometrika 28: 437–442.

    >>> lower, upper = poisson(10)
    >>> round(float(lower), 2), round(float(upper), 2)
    (4.8, 18.39)
    """
    from scipy.special import gammaincinv

    count, level, spread = floats(x, confidence, dispersion)
    tail = (1 - level) / 2
    scaled = count / spread
    with np.errstate(invalid="ignore"):
        lower = spread * gammaincinv(np.where(scaled > 0, scaled, 1.0), tail)
        upper = spread * gammaincinv(scaled + 1, 1 - tail)
    return np.where(count > 0, lower, 0.0 * count), upper


_MEDIAN_OF_SQUARE = 0.4549
"""Median of a squared standard normal number."""
_LARGE_PAIR, _FAR = 20, 3.0


def dispersion(series: Numbers, minimum_pairs: int = 10, lag: int = 1) -> float:
    """How much more counts vary from one period to the next than Poisson counts would (≥ 1).

    `series` has a row a place or group and a column a period, in order, NaN where there is none.
    Neighbours are `lag` columns apart: a year, for a single row, so that seasons do not count. Of two neighbouring Poisson counts a and b, given a + b, b is binomial; its share is that of all
    rows together (a half for a single row), so that what the whole city went through does not
    count. The squared standardised distance of b from its expectation is 1 on average, exactly and
    however small the counts; the mean over all pairs, times k/(k − 1) for k rows, estimates the
    dispersion. One artefact must not widen everything: distances beyond three times what the median
    pair suggests are cut to that, where pairs are large enough (20) to have a median worth the name.
    NaN where fewer than `minimum_pairs` pairs hold any record. After von Neumann's successive
    differences (1941, Annals of Mathematical Statistics 12: 367–395), applied to counts.

    >>> dispersion([[4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]])
    1.0
    """
    counts = np.atleast_2d(np.asarray(series, dtype=float))
    first, second = counts[:, :-lag], counts[:, lag:]
    sums = first + second
    held = sums > 0  # false where either is NaN
    rows = held.sum(axis=0)
    alone = rows < 2
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(held, second, 0).sum(axis=0) / np.where(held, sums, 0).sum(axis=0)
        share = np.where(alone, 0.5, moved)
        squares = (second - sums * share) ** 2 / (sums * share * (1 - share))
        squares = squares * np.where(alone, 1.0, rows / (rows - 1))
    held = held & np.isfinite(squares)
    if held.sum() < minimum_pairs:
        return float("nan")
    large = squares[held & (sums >= _LARGE_PAIR)]
    found = squares[held]
    if len(large) >= minimum_pairs:
        typical = max(1.0, float(np.median(large)) / _MEDIAN_OF_SQUARE)
        found = np.minimum(found, _FAR**2 * typical)
    return max(1.0, float(found.mean()))


def rate(
    x: Numbers,
    denominator: Numbers,
    moe: Numbers = 0.0,
    confidence: Numbers = 0.95,
    dispersion: Numbers = 1.0,
) -> tuple[Array, Array, Array]:
    """Rate x/denominator with its interval, per one of the denominator.

    `moe` is the denominator's published 90 % margin of error (0 or NaN: none); its standard error
    moe/1.645 is carried by the delta method: the distance from the rate to each end of the Poisson
    interval and z·rate·(relative error of the denominator) add in squares. NaN where the
    denominator is not positive.

    >>> [round(float(v), 5) for v in rate(10, 1000)]
    [0.01, 0.0048, 0.01839]
    """
    count, people, margin, level = floats(x, denominator, moe, confidence)
    people = np.where(people > 0, people, np.nan)
    low, high = poisson(count, level, dispersion)
    value = count / people
    carried = z(level) * value * np.nan_to_num(margin) / MARGIN_Z / people
    lower = np.maximum(value - np.hypot(value - low / people, carried), 0)
    upper = value + np.hypot(high / people - value, carried)
    return value, lower, upper


def total(
    n: Numbers,
    mean: Numbers,
    m2: Numbers,
    confidence: Numbers = 0.95,
    dispersion: Numbers = 1.0,
) -> tuple[Array, Array, Array]:
    """Total n·mean of amounts, its standard error and normal interval, in the amounts' unit.

    Both the number of records and their amounts could have been different: a compound Poisson
    total has variance Σv² = m2 + n·mean², times the dispersion of the counts. Returns
    (se, lower, upper).
    """
    count, average, squares, level, spread = floats(n, mean, m2, confidence, dispersion)
    amount = count * average
    se = np.sqrt(spread * (squares + count * average**2))
    return se, amount - z(level) * se, amount + z(level) * se
