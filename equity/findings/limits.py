"""Estimates that know their limits at any critical value: what contrasts are made of.

A verdict needs the same estimate's limits at several confidences: 95 % for parity, wider for a gap
among many groups, wider again for what is picked out of many findings. `Estimates` answers with the
distances from the value to its lower and upper limit, for whatever critical value is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from equity.estimates import clopper_pearson, poisson, wilson, z
from equity.estimates.arrays import Array, Interval, Numbers, floats

_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Estimates:
    """Values with their limits; arrays of one shape, NaN where there is no estimate.

    `at(c)` gives the distances (below, above) to the limits at critical value `c` (1.96 is 95 %),
    which broadcasts against the values. `exact_at` is the same where every tail must keep its
    level, for *gap*: by default the same limits.
    """

    value: Array
    at: Callable[[Array], Interval]
    exact_at: Callable[[Array], Interval] | None = field(default=None)

    def distances(self, critical: Numbers, exact: bool = False) -> Interval:
        """(below, above) at a critical value that broadcasts against the values."""
        limits = self.exact_at if exact and self.exact_at else self.at
        return limits(np.asarray(critical, dtype=float))

    @property
    def se(self) -> Array:
        """The standard error that the 95 % limits stand for, both sides taken together."""
        below, above = self.at(np.asarray(_Z95))
        return (below + above) / (2 * _Z95)


def shares(x: Numbers, n: Numbers, dispersion: Numbers = 1.0) -> Estimates:
    """Shares x/n as proportions: Wilson's limits; exact ones where a tail must keep its level.

    Far out, Wilson's limit of a rare event is much too near (its lower limit of 1 in 1,000 at 95 %
    is missed 16 % of the time, not 2.5 %), so that among thirty small groups one would seem certain
    by chance alone. `exact_at` is the wider of Wilson's and Clopper and Pearson's (1934, Biometrika
    26: 404–413). With `dispersion` φ, x/φ of n/φ records.

    >>> one = shares(0, 50)
    >>> [round(float(d), 4) for d in one.distances(1.96)]
    [0.0, 0.0714]
    """
    successes, records, spread = floats(x, n, dispersion)
    held = records > 0
    records = np.where(held, records, np.nan) / spread
    successes = np.where(held, successes, np.nan) / spread
    value = successes / records

    def at(critical: Array) -> Interval:
        lower, upper = wilson(successes, records, _confidence(critical))
        return value - lower, upper - value

    def exact_at(critical: Array) -> Interval:
        below, above = at(critical)
        lower, upper = clopper_pearson(successes, records, _confidence(critical))
        return np.fmax(below, value - lower), np.fmax(above, upper - value)

    return Estimates(value, at, exact_at)


def rates(
    x: Numbers, base: Numbers, dispersion: Numbers = 1.0, relative_error: Numbers = 0.0
) -> Estimates:
    """Rates x/base per one of the base: exact Poisson limits, widened by dispersion.

    `relative_error` of the base (its standard error over itself) is added in squares.

    >>> [round(float(d), 4) for d in rates(10, 100).distances(1.96)]
    [0.052, 0.0839]
    """
    count, people, spread, relative = floats(x, base, dispersion, relative_error)
    people = np.where(people > 0, people, np.nan)
    value = count / people

    def at(critical: Array) -> Interval:
        low, high = poisson(count, _confidence(critical), spread)
        carried = critical * value * relative
        return np.hypot(value - low / people, carried), np.hypot(high / people - value, carried)

    return Estimates(value, at)


def published(
    value: Numbers,
    lower: Numbers,
    upper: Numbers,
    lower_simultaneous: Numbers,
    upper_simultaneous: Numbers,
    compared: Numbers,
) -> Estimates:
    """Estimates of which two pairs of limits are known: at 95 %, and at 1 − 0.05/`compared`.

    Each side is a parabola in the critical value through its two distances and 0, so that what
    widens an interval (dispersion, a survey's margin, few records) widens every contrast alike, and
    a skewed interval stays skewed. Where the two are one (`compared` 1) it is a straight line. NaN
    without limits.

    >>> both = published(10, 6, 16, 5, 18, 10)
    >>> [round(float(d), 3) for d in both.distances(1.959964)]
    [4.0, 6.0]
    """
    centre, low, high, low_k, high_k, k = floats(
        value, lower, upper, lower_simultaneous, upper_simultaneous, compared
    )
    second = z(1 - 0.05 / np.maximum(k, 1))
    below = _parabola(centre - low, centre - low_k, second)
    above = _parabola(high - centre, high_k - centre, second)
    return Estimates(centre, lambda c: (_on(below, c), _on(above, c)))


def known(value: Numbers) -> Estimates:
    """Values without an error of their own, such as a share that is expected."""
    (fixed,) = floats(value)
    nothing = np.zeros(fixed.shape)
    return Estimates(fixed, lambda c: (nothing + 0 * c, nothing + 0 * c))


def rest(whole: Estimates, own: Estimates, part: Numbers) -> Estimates:
    """Everybody else's value, where only the whole's and a member's are known.

    `part` is the member's weight in the whole, 0–1: the whole is part·own + (1 − part)·rest, so the
    rest's variance is what the member's does not account for, never below 0. NaN where the member
    is the whole.
    """
    share = np.asarray(part, dtype=float)
    others = np.where(share < 1, 1 - share, np.nan)

    def at(critical: Array) -> Interval:
        total, mine = whole.at(critical), own.at(critical)
        below, above = (
            np.sqrt(np.maximum(all_**2 - (share * one) ** 2, 0)) / others
            for all_, one in zip(total, mine, strict=True)
        )
        return below, above

    return Estimates((whole.value - share * own.value) / others, at)


def _parabola(first: Array, second: Array, at_second: Array) -> tuple[Array, Array]:
    """(slope, bend) of slope·c + bend·c² through `first` at 95 % and `second` at its value."""
    apart = at_second - _Z95
    straight = first / _Z95
    bend = np.where(
        apart > 1e-6,
        (second / at_second - straight) / np.where(apart > 1e-6, apart, 1.0),
        0.0,
    )
    return straight - bend * _Z95, bend


def _on(parabola: tuple[Array, Array], critical: Array) -> Array:
    slope, bend = parabola
    # A falling parabola is followed to its summit: a wider interval is never nearer.
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.where(bend < 0, np.minimum(critical, -slope / (2 * bend)), critical)
    return np.asarray(np.maximum(slope * reach + bend * reach**2, 0))


def _confidence(critical: Array) -> Array:
    from scipy.special import ndtr

    # Beyond eight standard errors a confidence is 1 to the last digit, and has no limits.
    return np.asarray(1 - 2 * ndtr(-np.minimum(critical, 8.0)))


def scaled(estimates: Estimates, factor: float) -> Estimates:
    """The same in another unit: percent instead of proportions, for example."""

    def times(limits: Callable[[Array], Interval]) -> Callable[[Array], Interval]:
        def at(critical: Array) -> Interval:
            below, above = limits(critical)
            return factor * below, factor * above

        return at

    exact = estimates.exact_at
    return Estimates(factor * estimates.value, times(estimates.at), times(exact) if exact else None)


def at_least(estimates: Estimates, others: Estimates) -> Estimates:
    """`estimates` with limits no nearer than those of `others`."""

    def at(critical: Array) -> Interval:
        pairs = zip(estimates.at(critical), others.at(critical), strict=True)
        below, above = (np.fmax(one, other) for one, other in pairs)
        return below, above

    return Estimates(estimates.value, at)
