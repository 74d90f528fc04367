"""Many findings on one screen: which are certain, and how wide the picked ones' intervals must be."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from equity.estimates.arrays import Numbers

RATE = 0.05
"""Expected share of findings called certain that are not."""


def discoveries(p_values: Numbers, rate: float = RATE) -> tuple[npt.NDArray[np.bool_], float]:
    """Which findings are discoveries, and the confidence of an interval of one that is picked out.

    `p_values` against the tolerance, one a finding; NaN is no discovery and counts as one looked at.
    Benjamini and Hochberg's procedure (1995, JRSS B 57: 289–300) keeps the expected share of false
    ones at `rate`. Of m findings R are picked: intervals at 1 − R·rate/m keep the expected share of
    picked ones that miss at `rate` (Benjamini & Yekutieli 2005, JASA 100: 71–81). Where none is
    picked, the confidence is that of a first one.

    >>> found, confidence = discoveries([0.001, 0.01, 0.03, 0.9])
    >>> found.tolist(), confidence
    ([True, True, True, False], 0.9625)
    """
    from scipy.stats import false_discovery_control

    values = np.asarray(p_values, dtype=float)
    if not values.size:
        return np.zeros(0, dtype=bool), 1 - rate
    adjusted = false_discovery_control(np.where(np.isnan(values), 1.0, values))
    found = adjusted <= rate
    picked = max(int(found.sum()), 1)
    return found, 1 - picked * rate / values.size
