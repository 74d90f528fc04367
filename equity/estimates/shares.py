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
    x1: int, n1: int, x2: int, n2: int, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Ratio (x1/n1)/(x2/n2) with the score interval of Miettinen and Nurminen. Scalars only.

    NaN where either n is 0, or where both x are 0. The ratio is infinite where only x2 is 0.
    Source: Miettinen & Nurminen 1985, Statistics in Medicine 4: 213–226.
    """
    if not n1 or not n2 or not (x1 or x2):
        return float("nan"), float("nan"), float("nan")
    from statsmodels.stats.proportion import confint_proportions_2indep

    lower, upper = confint_proportions_2indep(
        x1, n1, x2, n2, method="score", compare="ratio", alpha=1 - confidence
    )
    ratio = (x1 / n1) / (x2 / n2) if x2 else float("inf")
    return ratio, float(lower), float(upper)


def standard_error(lower: Numbers, upper: Numbers, confidence: Numbers = 0.95) -> Array:
    """The standard error that an interval stands for: its half-width over z.

    Unlike √(p(1−p)/n) it is not 0 when every record, or none, is a success.
    """
    low, high, level = floats(lower, upper, confidence)
    return (high - low) / (2 * z(level))
