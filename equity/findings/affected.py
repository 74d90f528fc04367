"""How many more people would have been reached: what is left once chance has had its share.

Adding up how far each group lies behind the reference counts chance as need: with equal groups half
of them lie behind, and the sum is always positive. So the sum is taken over all groups, not only the
one picked, and what chance alone would add is simulated and taken off.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from equity.estimates.arrays import Array, Numbers

DRAWS, SEED = 2000, 20210322
_CONFIDENCE = 0.95
_CERTAIN = 1.959963984540054


@dataclass(frozen=True)
class Affected:
    """By table: people (or records) behind the reference, corrected, and where that surely begins.

    `observed` is the plain sum; `corrected` what is left when chance has been taken off; `lower` the
    lower end of its 95 % interval: only above 0 may a number be said.
    """

    observed: Array
    corrected: Array
    lower: Array


def people_affected(
    shortfall: Numbers,
    se: Numbers,
    base: Numbers,
    *,
    surely: Numbers = 0.0,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Affected:
    """People behind the reference: Σ base·max(0, shortfall), over all groups of each table.

    `shortfall` (tables, groups) is how far each group lies behind its reference, negative ahead of
    it; `se` the standard error of that difference; `base` the people or records it is per (so that
    base·shortfall is a number of people). NaN where there is no group. The sum is simulated from
    groups whose difference is certain by itself at their estimate and all others at the reference,
    which gives chance everything it could claim; the mean excess is taken off, and the lower end is
    the basic bootstrap's. `surely`: the lower ends of simultaneous intervals of the shortfalls, where
    they are known; their sum is a lower end of its own, and the larger one counts. Same seed, same
    answer, whatever the order of the groups.

    >>> equal = people_affected([[0.01, -0.01, 0.0]], [[0.02, 0.02, 0.02]], [[1000, 1000, 1000]])
    >>> bool(equal.lower[0] > 0)
    False
    >>> behind = people_affected([[0.2, -0.1]], [[0.02, 0.02]], [[1000, 2000]])
    >>> round(float(behind.observed[0])), bool(150 < behind.lower[0] < 165)
    (200, True)
    """
    gap, error, people = (np.atleast_2d(np.asarray(v, dtype=float)) for v in (shortfall, se, base))
    gap, error, people = np.broadcast_arrays(gap, error, people)
    known = np.isfinite(gap) & np.isfinite(error) & np.isfinite(people)
    least = np.where(known, np.nan_to_num(np.broadcast_to(surely, gap.shape)), 0.0)
    gap, error, people = (np.where(known, v, 0.0) for v in (gap, error, people))
    certain = (people * np.maximum(least, 0)).sum(axis=-1)
    order = np.lexsort((people, error, gap), axis=-1)
    gap, error, people = (np.take_along_axis(v, order, axis=-1) for v in (gap, error, people))
    observed = (people * np.maximum(gap, 0)).sum(axis=-1)
    true = np.where(np.abs(gap) > _CERTAIN * error, gap, 0.0)
    planted = (people * np.maximum(true, 0)).sum(axis=-1)
    noise = np.random.default_rng(seed).standard_normal((draws, gap.shape[-1]))
    excess = np.empty((len(gap), draws))
    for row in range(len(gap)):
        drawn = np.maximum(true[row] + error[row] * noise, 0)
        excess[row] = drawn @ people[row] - planted[row]
    highest = np.quantile(excess, 1 - (1 - _CONFIDENCE) / 2, axis=-1)
    corrected = np.maximum(observed - excess.mean(axis=-1), 0)
    lower = np.maximum(observed - highest, certain)
    return Affected(observed, np.maximum(corrected, lower), lower)
