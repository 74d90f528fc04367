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
