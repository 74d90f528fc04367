"""Groups of places: how much less a record says because places differ among themselves.

Records of one place are alike, so a comparison of groups of places (fifths of the city by income)
has as many independent witnesses as there are places, not records. What places differ by is
estimated within groups and becomes a dispersion, by which intervals are widened.
"""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import Array, Numbers, floats, z

ENOUGH_PLACES = 5
"""From so many places a group speaks for itself; with fewer it borrows from the other groups."""


def between_places(y: Numbers, w: Numbers, variance: Numbers) -> tuple[Array, Array]:
    """Dispersion of each group's y/w that its places show (≥ 1), and its degrees of freedom.

    `y` and `w` have the shape (…, groups, places): of every place of every group the successes and
    records, the events and people, or the sum of values and records; w = 0 where there is no such
    place. `variance` (…, groups): what y would vary by per unit of w if places were alike, p(1 − p)
    for shares, the rate itself for counts, the values' variance for means.

    The variance of y_i is taken as variance·w_i·(1 + ρw_i). Pearson's Σ(y_i − w_i·y/w)² over
    (w_i·variance), whose expectation in a group is (places − 1) + ρ(Σw − Σw²/Σw), gives ρ by the
    method of moments, and the dispersion of a group is 1 + ρ·Σw²/Σw. The degrees of freedom are
    Satterthwaite's for the sum of squares: places − 1 where places are of one size. A group of
    `ENOUGH_PLACES` or more has its own ρ; one of fewer that of all groups together, with their
    degrees of freedom, unless its own is larger. Groups whose variance is 0 or NaN say nothing; 0
    degrees where no group has two places. Sources: Rao & Scott 1992, Biometrics 48: 577–585;
    Satterthwaite 1946, Biometrics Bulletin 2: 110–114.

    >>> spread, freedom = between_places([[12, 18, 15], [40, 20, 30]], [[50, 50, 50], [50, 50, 50]],
    ...                                  [0.21, 0.24])
    >>> [round(float(value), 2) for value in spread], [round(float(value), 1) for value in freedom]
    ([4.6, 8.33], [4.0, 4.0])
    """
    total, size = floats(y, w)
    there = size > 0
    total, size = np.where(there, total, 0.0), np.where(there, size, 0.0)
    whole, places = size.sum(axis=-1), there.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(there, size / whole[..., np.newaxis], 0.0)
        moved = total - size * (total.sum(axis=-1) / whole)[..., np.newaxis]
        unit = np.broadcast_to(np.asarray(variance, dtype=float), whole.shape)
        squares = np.where(there, moved**2 / size, 0.0).sum(axis=-1) / unit
    design = (size * part).sum(axis=-1)  # Σw²/Σw
    telling = (places > 1) & (unit > 0) & np.isfinite(squares)
    excess = np.where(telling, squares - places + 1, 0.0)
    lever = np.where(telling, whole - design, 0.0)
    own = _ratio(excess, lever)
    common = _ratio(excess.sum(axis=-1), lever.sum(axis=-1))[..., np.newaxis]

    def moments(rho: Array) -> tuple[Array, Array]:
        """Trace and sum of squares of the quadratic form's matrix, of each group that tells."""
        each = np.where(there & telling[..., np.newaxis], 1 + rho[..., np.newaxis] * size, 0.0)
        second = (each**2 * (1 - 2 * part)).sum(axis=-1) + (each * part).sum(axis=-1) ** 2
        return (each * (1 - part)).sum(axis=-1), second

    alone = telling & (places >= ENOUGH_PLACES)
    trace, second = moments(own)
    for_itself = trace**2 / np.where(second > 0, second, np.inf)
    trace, second = (each.sum(axis=-1, keepdims=True) for each in moments(common + 0 * own))
    together = trace**2 / np.where(second > 0, second, np.inf)
    # Where no group's places could differ (all shares are 0 or 1) they are taken as alike.
    plural = np.maximum(places - 1, 0).sum(axis=-1, keepdims=True)
    together = np.where(telling.any(axis=-1, keepdims=True), together, plural)
    rho = np.where(alone, own, np.maximum(common, own))
    return 1 + rho * design, np.where(alone, for_itself, together)


def _ratio(excess: Array, lever: Array) -> Array:
    return np.asarray(np.maximum(excess, 0.0) / np.where(lever > 0, lever, np.inf))


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
