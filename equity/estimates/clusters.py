"""Groups of places: how much less a record says because places differ among themselves.

Records of one place are alike, so a comparison of groups of places (fifths of the city by income)
has as many independent witnesses as there are places, not records. What places differ by is
estimated within groups and becomes a dispersion, by which intervals are widened.
"""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import Array, Numbers, floats, z


def between_places(y: Numbers, w: Numbers, variance: Numbers) -> tuple[Array, Array]:
    """Dispersion of each group's y/w that its places show (≥ 1), and its degrees of freedom.

    `y` and `w` have the shape (…, groups, places): of every place of every group the successes and
    records, the events and people, or the sum of values and records; w = 0 where there is no such
    place. `variance` (…, groups): what y would vary by per unit of w if places were alike, p(1 − p)
    for shares, the rate itself for counts, the values' variance for means.

    The variance of y_i is taken as variance·w_i·(1 + ρw_i). Pearson's Σ(y_i − w_i·y/w)² over
    (w_i·variance), whose expectation in a group is (places − 1) + ρ(Σw − Σw²/Σw), gives ρ by the
    method of moments: that of all groups together, or the group's own where that is larger, because
    places of one group may differ more. The dispersion of a group is 1 + ρ·Σw²/Σw. The degrees of
    freedom are Satterthwaite's for the sum of squares over all groups: places less groups where
    places are of one size. Groups whose variance is 0 or NaN say nothing; 0 degrees where no group
    has two places. Sources: Rao & Scott 1992, Biometrics 48: 577–585; Donner & Klar 2000, Design
    and Analysis of Cluster Randomization Trials, section 7; Satterthwaite 1946, Biometrics Bulletin
    2: 110–114.

    >>> spread, freedom = between_places([[12, 18, 15], [40, 20, 30]], [[50, 50, 50], [50, 50, 50]],
    ...                                  [0.21, 0.24])
    >>> [round(float(value), 2) for value in spread], round(float(freedom), 1)
    ([4.6, 8.33], 4.0)
    """
    total, size = floats(y, w)
    there = size > 0
    total, size = np.where(there, total, 0.0), np.where(there, size, 0.0)
    whole = size.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = size / whole[..., np.newaxis]
        moved = total - size * (total.sum(axis=-1) / whole)[..., np.newaxis]
        unit = np.broadcast_to(np.asarray(variance, dtype=float), whole.shape)
        squares = np.where(there, moved**2 / size, 0.0).sum(axis=-1) / unit
        design = np.where(whole > 0, (size * part).sum(axis=-1), 0.0)  # Σw²/Σw
    telling = (there.sum(axis=-1) > 1) & (unit > 0) & np.isfinite(squares)
    places = np.where(telling, there.sum(axis=-1) - 1, 0).sum(axis=-1)
    excess = np.where(telling, squares - there.sum(axis=-1) + 1, 0.0)
    lever = np.where(telling, whole - design, 0.0)
    common = _ratio(excess.sum(axis=-1), lever.sum(axis=-1))[..., np.newaxis]
    rho = np.maximum(common, _ratio(excess, lever))
    own = np.where(there & telling[..., np.newaxis], 1 + common[..., np.newaxis] * size, 0)
    part = np.where(own > 0, part, 0.0)
    # The sum of squares is a quadratic form with these first and second moments.
    trace = (own * (1 - part)).sum(axis=(-1, -2))
    second = (own**2 * (1 - 2 * part)).sum(axis=(-1, -2))
    second = second + ((own * part).sum(axis=-1) ** 2).sum(axis=-1)
    plural = np.where(there.sum(axis=-1) > 1, there.sum(axis=-1) - 1, 0).sum(axis=-1)
    # Where no group's places could differ (all shares are 0 or 1) they are taken as alike.
    freedom = np.where(places > 0, trace**2 / np.where(second > 0, second, np.inf), plural)
    return 1 + rho * design, freedom


def _ratio(excess: Array, lever: Array) -> Array:
    return np.maximum(excess, 0.0) / np.where(lever > 0, lever, np.inf)


def for_few(dispersion: Numbers, freedom: Numbers, confidence: Numbers = 0.95) -> Array:
    """The dispersion that, with normal quantiles, gives the interval that Student's t would.

    `dispersion` times (t/z)² at `confidence`, with `freedom` degrees (infinite: no change). NaN
    below 1 degree: nothing can be said from one place a group.

    >>> [round(float(value), 3) for value in for_few(2.0, [1, 25, float("inf")])]
    [84.055, 2.208, 2.0]
    """
    from scipy.special import stdtrit

    spread, degrees, level = floats(dispersion, freedom, confidence)
    with np.errstate(invalid="ignore"):
        usable = np.where(degrees >= 1 - 1e-9, np.maximum(degrees, 1.0), np.nan)
        student = stdtrit(np.minimum(usable, 1e9), 1 - (1 - level) / 2)
    factor = np.where(np.isinf(usable), 1.0, (student / z(level)) ** 2)
    return spread * factor
