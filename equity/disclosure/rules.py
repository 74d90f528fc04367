"""Which entries may not be shown for their own sake: the primary rules.

Source: FORMULAS (Disclosure): counts of 1 to 10 are sensitive whether published or derivable; an
estimate with its interval gives away numerator and n; a percentile needs enough records on both
sides; 0 % and 100 % say something about everybody in the group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from equity.framework.models import Metric, Thresholds

MEDIAN = 0.5


@dataclass(frozen=True)
class Counts:
    """What a metric's entries tell about people, entry by entry.

    `values` is an integer array, one row a quantity (for a share: successes and failures; their sum
    is n), one column an entry; `sensitive`, of the same shape, marks the numbers that must not be
    derivable; `withheld`, one an entry, marks entries that are not shown for their own sake.
    """

    values: np.ndarray
    sensitive: np.ndarray
    withheld: np.ndarray


def counts(entries: pd.DataFrame, metric: Metric, thresholds: Thresholds) -> Counts:
    """The quantities of `entries` (all of one metric and treatment) and what the rules say of them.

    An entry without n counts as zero records. Shares, rates and representation have two quantities
    (counted, not counted), the others one (n).
    """
    n = _whole(entries["n"])
    small = thresholds.sensitive_at_most
    if metric.kind in {"share", "rate", "representation"}:
        counted = np.minimum(_whole(entries["numerator"]), np.maximum(n, 0))
        if metric.kind != "share":  # n may be absent where only the events are counted
            counted = _whole(entries["numerator"])
            n = np.maximum(n, counted)
        values = np.stack([counted, n - counted])
    else:
        values = n[np.newaxis]
    sensitive = (values >= 1) & (values <= small)
    if metric.kind == "share":
        extreme = (n > 0) & (n < thresholds.minimum_for_extremes)
        sensitive |= extreme & (values == 0)
    withheld = np.asarray(sensitive.any(axis=0))
    if metric.kind in {"duration", "amount"} and metric.statistic in {"median", "percentile"}:
        p = metric.percentile or MEDIAN
        withheld = withheld | ((n > 0) & (np.round(n * min(p, 1 - p), 9) < small + 1))
    return Counts(values, sensitive, withheld)


def _whole(column: pd.Series) -> np.ndarray:
    return np.rint(pd.to_numeric(column).fillna(0).to_numpy(float)).astype(np.int64)
