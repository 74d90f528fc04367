"""Shares x/n, and the difference and ratio of two of them."""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import Array, Interval, Numbers, floats, z


def wilson(x: Numbers, n: Numbers, confidence: Numbers = 0.95) -> Interval:
    """Wilson's score interval of the share x/n, as proportions.

    0 ≤ x ≤ n; NaN where n is 0. Source: Wilson 1927, JASA 22: 209–212.

    >>> lower, upper = wilson(1372, 1887)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.7065, 0.7467)
    """
    successes, records, level = floats(x, n, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        square = z(level) ** 2
        p = successes / records
        centre = (p + square / (2 * records)) / (1 + square / records)
        half = np.sqrt(square * (p * (1 - p) + square / (4 * records)) / records)
        half = half / (1 + square / records)
        # At 0 and n the end is exact; rounding would leave it a hair off.
        lower = np.where(successes == 0, 0.0 * p, np.maximum(centre - half, 0))
        upper = np.where(successes == records, 0.0 * p + 1, np.minimum(centre + half, 1))
    return lower, upper


def newcombe(
    x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, confidence: Numbers = 0.95
) -> tuple[Array, Array, Array]:
    """Difference x1/n1 − x2/n2 with Newcombe's hybrid score interval (his method 10).

    Source: Newcombe 1998, Statistics in Medicine 17: 873–890.

    >>> [round(float(v), 4) for v in newcombe(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    a, m, b, n = floats(x1, n1, x2, n2)
    lower1, upper1 = wilson(a, m, confidence)
    lower2, upper2 = wilson(b, n, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        p1, p2 = a / m, b / n
    difference = p1 - p2
    lower = difference - np.hypot(p1 - lower1, upper2 - p2)
    upper = difference + np.hypot(upper1 - p1, p2 - lower2)
    return difference, lower, upper


def ratio_of_shares(
    x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, confidence: Numbers = 0.95
) -> tuple[Array, Array, Array]:
    """Ratio (x1/n1)/(x2/n2) with the score interval of Miettinen and Nurminen.

    All NaN where an n is 0 or both x are 0. Where only x2 is 0 the ratio and the upper end are
    infinite; where only x1 is 0 the ratio and the lower end are 0. Source: Miettinen & Nurminen
    1985, Statistics in Medicine 4: 213–226 (Koopman's interval, with their variance correction).

    >>> [round(float(v), 3) for v in ratio_of_shares(36, 40, 16, 80)]
    [4.5, 2.935, 7.166]
    """
    a, m, b, n, level = floats(x1, n1, x2, n2, confidence)
    defined = (m > 0) & (n > 0) & ((a > 0) | (b > 0))
    a, b = np.where(defined, a, 1), np.where(defined, b, 1)
    m, n = np.where(defined, m, 2), np.where(defined, n, 2)
    limit = z(level)
    with np.errstate(divide="ignore"):
        ratio = (a / m) / (b / n)
    # The score falls as the ratio tested grows, so each end is found by halving on a log scale.
    lower, upper = (_where_score_is(sign * limit, a, m, b, n) for sign in (1.0, -1.0))
    lower, upper = np.where(a > 0, lower, 0.0), np.where(b > 0, upper, np.inf)
    unknown = np.where(defined, 1.0, np.nan)
    return ratio * unknown, lower * unknown, upper * unknown


_LOG_RANGE, _HALVINGS = 30.0, 64


def _where_score_is(target: Array, a: Array, m: Array, b: Array, n: Array) -> Array:
    low, high = np.full(a.shape, -_LOG_RANGE), np.full(a.shape, _LOG_RANGE)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = _score(np.exp(middle), a, m, b, n) > target
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return np.exp((low + high) / 2)


def _score(theta: Array, a: Array, m: Array, b: Array, n: Array) -> Array:
    """Standardised distance of a/m from theta·b/n, with both shares estimated under theta."""
    total = m + n
    linear = m * theta + a + n + b * theta
    root = np.sqrt(np.maximum(linear**2 - 4 * total * theta * (a + b), 0))
    second = 2 * (a + b) / (linear + root)  # the stable form of the quadratic's smaller root
    first = np.minimum(theta * second, 1)
    variance = first * (1 - first) / m + theta**2 * second * (1 - second) / n
    difference = a / m - theta * b / n
    with np.errstate(divide="ignore", invalid="ignore"):
        score = difference / np.sqrt(variance * total / (total - 1))
    return np.where(difference == 0, 0.0, score)


def standard_error(lower: Numbers, upper: Numbers, confidence: Numbers = 0.95) -> Array:
    """The standard error that an interval stands for: its half-width over z.

    Unlike √(p(1−p)/n) it is not 0 when every record, or none, is a success.
    """
    low, high, level = floats(lower, upper, confidence)
    return (high - low) / (2 * z(level))
