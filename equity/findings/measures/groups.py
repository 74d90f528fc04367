"""The groups of one table, or of many at once, as arrays that every measure is computed from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equity.estimates.arrays import Array, Numbers

Mask = npt.NDArray[np.bool_]

_SMALLEST = np.finfo(float).tiny
"""Stands in for 0 under a logarithm, so that 0·ln 0 is 0."""


@dataclass(frozen=True)
class Groups:
    """Groups of tables: arrays of shape (…, k), the last axis being the groups.

    `estimate` and its standard error `se` (NaN where unknown) are in the metric's unit; `share` is
    each group's share of the population and sums to 1. Groups that are absent from a table
    (`present` false) have share 0 and the estimate of some group that is there. `sign` is +1 where
    higher is better, −1 where lower is better, 0 where neither is. `reference` is the position of
    the reference group, or None. `ordered`: groups run from least to most advantaged. `scale` is
    the upper bound of a metric that is bounded by 0 and `scale`, or None.
    """

    estimate: Array
    se: Array
    share: Array
    present: Mask
    sign: int
    reference: int | None = None
    ordered: bool = False
    scale: float | None = None

    @property
    def equal_share(self) -> Array:
        """1/k for each of the k groups that are present."""
        return self.present / np.maximum(self.present.sum(-1, keepdims=True), 1)


def groups_of(
    estimate: Numbers,
    se: Numbers,
    population: Numbers,
    *,
    sign: int,
    reference: int | None = None,
    ordered: bool = False,
    scale: float | None = None,
) -> Groups:
    """Groups from arrays that broadcast to (…, k); no estimate or no population is absent.

    >>> groups_of([1.0, float("nan"), 3.0], 0.1, [10, 10, 30], sign=1).share.tolist()
    [0.25, 0.0, 0.75]
    """
    y, s, people = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (estimate, se, population)))  # fmt: skip
    present = ~(np.isnan(y) | np.isnan(people))
    weight = np.where(present, people, 0.0)
    total = weight.sum(-1, keepdims=True)
    share = weight / np.where(total > 0, total, np.nan)
    some = np.max(y, axis=-1, keepdims=True, where=present, initial=-np.inf)
    filled = np.where(present, y, np.where(np.isfinite(some), some, 0.0))
    return Groups(
        filled, np.where(present, s, 0.0), share, present, sign, reference, ordered, scale
    )


def weighted(weights: Array, values: Array) -> Array:
    """Σ weights·values over the groups, without a temporary of the size of `values`."""
    return np.asarray(np.einsum("...k,...k->...", values, weights))


def logarithm(values: Array) -> Array:
    """ln of each value, that of 0 being very small instead of infinite."""
    return np.asarray(np.log(np.maximum(values, _SMALLEST)))


def highest(values: Array, present: Mask) -> Array:
    """The largest value among the groups that are present; −∞ where none is."""
    if present.all():
        return np.asarray(values.max(-1, initial=-np.inf))
    return np.asarray(np.max(values, axis=-1, where=present, initial=-np.inf))


def lowest(values: Array, present: Mask) -> Array:
    """The smallest value among the groups that are present; ∞ where none is."""
    if present.all():
        return np.asarray(values.min(-1, initial=np.inf))
    return np.asarray(np.min(values, axis=-1, where=present, initial=np.inf))
