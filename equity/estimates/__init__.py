"""Intervals and standard errors: pure functions over arrays.

Every function takes scalars or arrays that broadcast, and answers in the same shape. Confidence is
a probability (0.95), and may be an array too. Where an interval does not exist the answer is NaN.
Units are those of the arguments: shares are proportions (0–1), not percent.
"""

from equity.estimates.arrays import MARGIN_Z, bonferroni, z
from equity.estimates.clusters import between_places, for_few
from equity.estimates.counts import poisson, rate, total
from equity.estimates.over_time import dispersion, dispersion_of_shares
from equity.estimates.represented import (
    acs_share_margin,
    area_attributed,
    relative_inequity,
    representation,
)
from equity.estimates.shares import (
    ShareInterval,
    clopper_pearson,
    difference_of_shares,
    newcombe,
    ratio_of_shares,
    standard_error,
    wilson,
)
from equity.estimates.values import mean, percentile_ranks

__all__ = [
    "MARGIN_Z",
    "ShareInterval",
    "acs_share_margin",
    "area_attributed",
    "between_places",
    "bonferroni",
    "clopper_pearson",
    "difference_of_shares",
    "dispersion",
    "dispersion_of_shares",
    "for_few",
    "mean",
    "newcombe",
    "percentile_ranks",
    "poisson",
    "rate",
    "ratio_of_shares",
    "relative_inequity",
    "representation",
    "standard_error",
    "total",
    "wilson",
    "z",
]
