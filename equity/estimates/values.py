"""Means and percentiles of measured values."""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import Array, Numbers, floats


def mean(
    n: Numbers, mean: Numbers, m2: Numbers, confidence: Numbers = 0.95
) -> tuple[Array, Array, Array]:
    """Standard error and Student's t interval of a mean: (se, lower, upper).

    `m2` is the sum of squared deviations from the mean. NaN for fewer than two records.

    >>> se, lower, upper = mean(5, 3.0, 10.0)
    >>> round(float(se), 4), round(float(lower), 3), round(float(upper), 3)
    (0.7071, 1.037, 4.963)
    """
    from scipy.special import stdtrit

    count, average, squares, level = floats(n, mean, m2, confidence)
    freedom = np.where(count > 1, count - 1, np.nan)
    se = np.sqrt(np.maximum(squares, 0) / freedom / np.where(count > 1, count, np.nan))
    half = stdtrit(freedom, 1 - (1 - level) / 2) * se
    return se, average - half, average + half


def percentile_ranks(
    n: Numbers, p: Numbers = 0.5, confidence: Numbers = 0.95
) -> tuple[Array, Array]:
    """Ranks (from 1) of the two ordered records between which the `p` quantile lies.

    From the binomial: of n records, the number below the true quantile is binomial(n, p). The
    lower rank is the largest l with P(X < l) ≤ α/2 and the upper the smallest u with
    P(X ≥ u) ≤ α/2. NaN where either does not exist: at 95 % the interval exists for n ≥ 6 (median),
    36 (90th percentile), 72 (95th). Source: Conover 1999, Practical Nonparametric Statistics, 3.2.

    >>> [int(rank) for rank in percentile_ranks(6)], [int(rank) for rank in percentile_ranks(100)]
    ([1, 6], [40, 61])
    """
    count, share, level = floats(n, p, confidence)
    tail = (1 - level) / 2
    low = _largest_within(count, share, tail)
    # The upper end for p is the lower end for 1 − p, counted from above.
    high = count + 1 - _largest_within(count, 1 - share, tail)
    exists = (low >= 1) & (high <= count)
    return np.where(exists, low, np.nan), np.where(exists, high, np.nan)


def _largest_within(n: Array, p: Array, tail: Array) -> Array:
    """The largest l in 0…n with P(binomial(n, p) ≤ l − 1) ≤ tail, by bisection."""
    from scipy.special import betainc

    low, high = np.zeros(n.shape), np.nan_to_num(n)
    for _ in range(int(np.ceil(np.log2(high.max(initial=1) + 2)))):
        middle = np.ceil((low + high) / 2)
        # P(X ≤ m − 1) of a binomial is the regularised incomplete beta I(n − m + 1, m) at 1 − p.
        below = betainc(n - middle + 1, np.maximum(middle, 1), 1 - p)
        fits = (below <= tail) | (middle == 0)
        low, high = np.where(fits, middle, low), np.where(fits, high, np.maximum(middle - 1, low))
    return low
