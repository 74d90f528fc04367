"""A group's share of recipients against its share of the eligible population.

Where records name no group, the places they come from stand in: `area_attributed`.
"""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import MARGIN_Z, Array, Numbers, floats, z
from equity.estimates.shares import ShareInterval, wilson


def acs_share_margin(x: Numbers, y: Numbers, moe_x: Numbers, moe_y: Numbers) -> Array:
    """Margin of error of the share x/y of two survey counts with margins, at the margins' level.

    √(moe_x² − p²·moe_y²)/y; where the root is negative, the ratio's formula with a plus. NaN where
    y is not positive. Source: US Census Bureau, Understanding and Using American Community Survey
    Data, 2018, chapter 8.

    >>> round(float(acs_share_margin(203119, 630498, 5070, 831)), 5)
    0.00803
    """
    part, whole, margin, whole_margin = floats(x, y, moe_x, moe_y)
    whole = np.where(whole > 0, whole, np.nan)
    carried = (part / whole * whole_margin) ** 2
    squares = margin**2 - carried
    return np.sqrt(np.where(squares >= 0, squares, margin**2 + carried)) / whole


def representation(
    x: Numbers,
    n: Numbers,
    expected: Numbers,
    expected_moe: Numbers = 0.0,
    confidence: Numbers = 0.95,
    interval: ShareInterval = wilson,
) -> tuple[Array, Array, Array]:
    """Ratio of the share x/n of recipients to the `expected` share, with a log-scale interval.

    1 is a fair share. On the log scale, the distance to each end of the interval of x/n (Wilson's, or
    the `interval` named) and z times the relative error of `expected` (its 90 % margin over 1.645, over itself) add in
    squares; so the interval has a width even where every recipient, or none, is of the group. NaN
    where n or `expected` is not positive. Source: Zou & Donner 2008, Statistics in Medicine 27:
    1693–1702 (recovery of variances from the ends of intervals), with a ratio's logarithm as in
    Katz et al. 1978, Biometrics 34: 469–474.

    >>> [round(float(v), 3) for v in representation(30, 100, 0.4)]
    [0.75, 0.547, 0.99]
    """
    part, whole, fair, margin, level = floats(x, n, expected, expected_moe, confidence)
    whole, fair = np.where(whole > 0, whole, np.nan), np.where(fair > 0, fair, np.nan)
    share = part / whole
    low, high = interval(part, whole, level)
    relative = z(level) * np.nan_to_num(margin) / MARGIN_Z / fair
    # Without a success there is no logarithm: only the upper end moves, by the margin alone.
    held = np.where(part > 0, share, high)
    down = np.hypot(np.log(held / np.where(part > 0, low, high)), relative)
    up = np.hypot(np.log(high / held), relative)
    return share / fair, share / fair * np.exp(-down), held / fair * np.exp(up)


def relative_inequity(share: Numbers, population_share: Numbers) -> Array:
    """How far a share lies above the share of the population, in percent of that: 0 is fair.

    100·(share − population share)/population share, both in one unit; −100 where the group has
    nothing of what is shared, and NaN where it has no population or either is unknown.

    >>> relative_inequity([0.4, 0.0, 0.1], [0.8, 0.1, 0.0]).round(1).tolist()
    [-50.0, -100.0, nan]
    """
    part, fair = floats(share, population_share)
    fair = np.where(fair > 0, fair, np.nan)
    return 100 * (part - fair) / fair


def area_attributed(
    records: Numbers, base: Numbers, share: Numbers, share_moe: Numbers = 0.0
) -> tuple[Array, Array, Array]:
    """The share of a group that places attribute to records, and to the base: (v, X, se of v − X).

    Arrays (…, places). `records`: how many come from each place; `base`: what they are held
    against in each (people, households); `share`: the group's share of the place's people, 0–1,
    with its 90 % margin of error. With w and p the places' shares of records and base,
    v = Σwx is the share that the records' places suggest and X = Σpx that of the base. The variance
    of v − X is Σ((w − p)·margin/1.645)² + (Σwx² − v²)/n: places that both share are uncertain once,
    and n records could have come from other places. (The usual sum of two variances without the
    second term calls 12 % of fair samples of 50 unfair.) It is about the places, never about who
    made the records. NaN where there is no record or no base.

    >>> v, x, se = area_attributed([80, 20], [500, 500], [0.2, 0.4])
    >>> round(float(v), 2), round(float(x), 2), round(float(se), 4)
    (0.24, 0.3, 0.008)
    """
    count, people, part, margin = floats(records, base, share, share_moe)
    total, whole = count.sum(-1), people.sum(-1)
    known = np.where((total > 0) & (whole > 0), 1.0, np.nan)
    of_records = count / np.where(total > 0, total, 1)[..., None]
    of_base = people / np.where(whole > 0, whole, 1)[..., None]
    attributed, fair = (of_records * part).sum(-1), (of_base * part).sum(-1)
    survey = (((of_records - of_base) * margin / MARGIN_Z) ** 2).sum(-1)
    spread = np.maximum((of_records * part**2).sum(-1) - attributed**2, 0)
    se = np.sqrt(survey + spread / np.where(total > 0, total, 1))
    return attributed * known, fair * known, se * known
