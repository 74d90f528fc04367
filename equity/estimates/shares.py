"""Shares x/n, and the difference and ratio of two of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from equity.estimates.arrays import Array, Interval, Numbers, floats, z

ShareInterval: TypeAlias = Callable[[Numbers, Numbers, Numbers], Interval]
"""An interval of the share x/n at a confidence: `wilson` or `clopper_pearson`."""


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


def clopper_pearson(x: Numbers, n: Numbers, confidence: Numbers = 0.95) -> Interval:
    """Exact binomial interval of the share x/n, as proportions: it never covers too seldom.

    Each end is missed with a chance of at most (1 − confidence)/2, whatever the share and however
    few the records. Wilson's interval is nearer 95 % when it stands alone, but at the confidences
    of many intervals that must hold together it misses rare events (30 groups of 60 records at 2 %
    hold together in 81 % of draws, not 95 %). 0 ≤ x ≤ n, not only whole numbers (counts divided by
    their dispersion); NaN where n is 0. Source: Clopper &
    Pearson 1934, Biometrika 26: 404–413.

    >>> lower, upper = clopper_pearson(0, 10)
    >>> round(float(lower), 4), round(float(upper), 4)
    (0.0, 0.3085)
    """
    from scipy.special import betaincinv

    successes, records, level = floats(x, n, confidence)
    tail = (1 - level) / 2
    known = np.where(records > 0, 1.0, np.nan)
    failures = np.where(records > 0, records - successes, 1.0)
    low = betaincinv(np.where(successes > 0, successes, 1.0), failures + 1, tail)
    high = betaincinv(successes + 1, np.where(failures > 0, failures, 1.0), 1 - tail)
    lower, upper = np.where(successes > 0, low, 0.0), np.where(failures > 0, high, 1.0)
    return lower * known, upper * known


def difference_of_shares(
    x1: Numbers, n1: Numbers, x2: Numbers, n2: Numbers, confidence: Numbers = 0.95
) -> tuple[Array, Array, Array]:
    """Difference x1/n1 − x2/n2 with the score interval of Miettinen and Nurminen.

    Keeps 94 % wherever each group expects ten successes and ten failures, which Newcombe's does
    not (`docs/methods/calibration.md`). All NaN where an n is 0. Source: Miettinen & Nurminen 1985,
    Statistics in Medicine 4: 213–226.

    >>> [round(float(v), 4) for v in difference_of_shares(56, 70, 48, 80)]
    [0.2, 0.0528, 0.3382]
    """
    a, m, b, n, level = floats(x1, n1, x2, n2, confidence)
    known = (m > 0) & (n > 0)
    a, b = np.where(known, a, 0), np.where(known, b, 0)
    m, n = np.where(known, m, 1), np.where(known, n, 1)
    limit = z(level)

    def score(delta: Array) -> Array:
        return _difference_score(delta, a, m, b, n)

    start, end = np.full(a.shape, -1.0), np.full(a.shape, 1.0)
    lower, upper = (_where_score_is(sign * limit, score, start, end) for sign in (1.0, -1.0))
    # At −1 and 1 the end is exact; halving would leave it a hair off.
    difference = a / m - b / n
    lower = np.where(difference == -1, -1.0, lower)
    upper = np.where(difference == 1, 1.0, upper)
    unknown = np.where(known, 1.0, np.nan)
    return difference * unknown, lower * unknown, upper * unknown


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

    def score(log_ratio: Array) -> Array:
        return _ratio_score(np.exp(log_ratio), a, m, b, n)

    start, end = np.full(a.shape, -_LOG_RANGE), np.full(a.shape, _LOG_RANGE)
    lower, upper = (
        np.exp(_where_score_is(sign * limit, score, start, end)) for sign in (1.0, -1.0)
    )
    lower, upper = np.where(a > 0, lower, 0.0), np.where(b > 0, upper, np.inf)
    unknown = np.where(defined, 1.0, np.nan)
    return ratio * unknown, lower * unknown, upper * unknown


_LOG_RANGE, _HALVINGS = 30.0, 64


def _where_score_is(
    target: Array, score: Callable[[Array], Array], low: Array, high: Array
) -> Array:
    """Where `score`, which falls from `low` to `high`, passes the target: found by halving."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = score(middle) > target
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return (low + high) / 2


def _ratio_score(theta: Array, a: Array, m: Array, b: Array, n: Array) -> Array:
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


def _difference_score(delta: Array, a: Array, m: Array, b: Array, n: Array) -> Array:
    """Standardised distance of a/m − b/n from delta, with both shares estimated under delta.

    The estimate solves a cubic that has one root in range, in trigonometric form (appendix 1 of
    the source).
    """
    p1, p2, ratio = a / m, b / n, n / m
    cubic = 1 + ratio
    square = -(1 + ratio + p1 + ratio * p2 + delta * (ratio + 2))
    linear = delta**2 + delta * (2 * p1 + ratio + 1) + p1 + ratio * p2
    constant = -p1 * delta * (1 + delta)
    third = square / (3 * cubic)
    v = third**3 - square * linear / (6 * cubic**2) + constant / (2 * cubic)
    u = np.where(v < 0, -1.0, 1.0) * np.sqrt(np.maximum(third**2 - linear / (3 * cubic), 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        angle = np.where(u == 0, 0.0, np.clip(v / u**3, -1, 1))
    first = np.clip(2 * u * np.cos((np.pi + np.arccos(angle)) / 3) - third, 0, 1)
    second = np.clip(first - delta, 0, 1)
    variance = first * (1 - first) / m + second * (1 - second) / n
    away = p1 - p2 - delta
    with np.errstate(divide="ignore", invalid="ignore"):
        score = away / np.sqrt(variance * (m + n) / (m + n - 1))
    return np.where(away == 0, 0.0, score)


def standard_error(lower: Numbers, upper: Numbers, confidence: Numbers = 0.95) -> Array:
    """The standard error that an interval stands for: its half-width over z.

    Unlike √(p(1−p)/n) it is not 0 when every record, or none, is a success.
    """
    low, high, level = floats(lower, upper, confidence)
    return (high - low) / (2 * z(level))
