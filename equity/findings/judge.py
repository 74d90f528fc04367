"""Verdicts over many tables at once: gap, parity or cannot tell, and how sure.

*Gap*: at least one simultaneous contrast lies wholly outside the tolerance. *Parity*: every 95 %
contrast lies wholly inside it (intersection–union: no correction is needed). Pure: arrays in,
arrays out; what is missing or unknown is for the caller to weigh (`equity.findings.compare`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from equity.estimates.arrays import Array, Numbers
from equity.findings.contrasts import (
    ON_REFERENCE,
    Against,
    Edge,
    Reach,
    chance,
    contrast,
    critical_value,
    ends,
    reach,
)
from equity.findings.limits import Estimates

Z95 = 1.959963984540054
_REFINEMENTS = 3

Flags: TypeAlias = npt.NDArray[np.bool_]
"""An array of truths."""


@dataclass(frozen=True)
class Judged:
    """What the contrasts of each table show. By table, or (tables, groups) where said.

    `gap`, `parity`: the verdicts on what was given. `p_value`: how probable contrasts at least as
    far outside the tolerance are if no group lies beyond it, over all of the table's contrasts.
    `critical`: the simultaneous critical value. By group: `outside` −1 below, +1 above the
    tolerance, 0 neither; `inside`; `difference` from the reference with its simultaneous
    `lower`, `upper`; `beyond`: by how much the interval end nearest the tolerance clears it on the
    lower and on the upper side (positive is outside; the end of the simultaneous contrast).
    """

    gap: Flags
    parity: Flags
    p_value: Array
    critical: Array
    outside: npt.NDArray[np.int_]
    inside: Flags
    difference: Array
    lower: Array
    upper: Array
    beyond_lower: Array
    beyond_upper: Array


def judge(
    own: Estimates,
    against: Against,
    tolerance: tuple[Edge, Edge],
    *,
    favourable: int = 1,
    confidence: Numbers = 0.95,
) -> Judged:
    """Judge tables of groups, (tables, groups), against their reference within `tolerance`.

    `tolerance`: `edges(percent=…)` or `edges(points=…)`, in the values' unit. `favourable` +1 where
    higher is better, −1 where lower is; it matters only among all pairs, where the reference is the
    best of them and nobody can be ahead of it. `confidence` of the simultaneous contrasts, scalar
    or by table; parity is at 95 % always.

    >>> from equity.findings.contrasts import edges
    >>> from equity.findings.limits import shares
    >>> own = shares([[400, 700, 700]], [[1000, 1000, 1000]])
    >>> others = shares([[1400, 1100, 1100]], [[2000, 2000, 2000]])
    >>> found = judge(own, Against(others, part=1 / 3), edges(percent=10))
    >>> found.gap.tolist(), found.outside.tolist()
    ([True], [[-1, 1, 1]])
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        at = critical_value(own, against, confidence)
        pairs = against.family == "tukey"
        low, high = tolerance
        together, alone = reach(own, against, at, exact=True), reach(own, against, Z95)
        beyond_lower = -ends(own, against, low, together)[1]
        beyond_upper = ends(own, against, high, together)[0]
        within_lower = ends(own, against, low, alone)[0]
        within_upper = -ends(own, against, high, alone)[1]
        lower, upper = ends(own, against, ON_REFERENCE, together)
        difference = contrast(own, against, ON_REFERENCE)
        known = np.isfinite(difference)
        if pairs:
            # Nobody can be ahead of the best: only the unfavourable side counts.
            near, inner = (
                (beyond_lower, within_lower) if favourable > 0 else (beyond_upper, within_upper)
            )
            nearest = np.where(known, near, -np.inf).max(axis=-1, initial=-np.inf)
            inside = np.where(known, inner >= 0, True).all(axis=-1)
            best = _best(own.value, against, favourable)
            difference, lower, upper = (_at(values, best) for values in (difference, lower, upper))
            own_known = np.isfinite(own.value)
            none = np.full(nearest.shape, -np.inf)
            beyond_lower, beyond_upper = (nearest, none) if favourable > 0 else (none, nearest)
            known = own_known
        else:
            inside = (within_lower >= 0) & (within_upper >= 0)
        bounded = np.isfinite(lower) & np.isfinite(upper)
        below, above = bounded & (beyond_lower > 0), bounded & (beyond_upper > 0)
        outside = np.where(below, -1, 0) + np.where(above, 1, 0)
        inside = inside & known & (bounded | pairs)
        parity = np.where(known, inside, True).all(axis=-1) & known.any(axis=-1)
        p_value = _p_value(own, against, tolerance, favourable, at, together)
    said = np.asarray(np.any(outside != 0, axis=-1))
    return Judged(
        gap=said,
        parity=parity & ~said,
        p_value=p_value,
        critical=at,
        outside=outside,
        inside=inside & (outside == 0),
        difference=difference,
        lower=lower,
        upper=upper,
        beyond_lower=np.where(known, beyond_lower, np.nan),
        beyond_upper=np.where(known, beyond_upper, np.nan),
    )


def _p_value(
    own: Estimates,
    against: Against,
    tolerance: tuple[Edge, Edge],
    favourable: int,
    at: Array,
    together: Reach,
) -> Array:
    """The chance of contrasts as far outside the tolerance, from the widest interval that is.

    The critical value at which the furthest contrast just touches the tolerance, found from the one
    in use by proportion, a few times; then the tail probability of that.
    """
    pairs = against.family == "tukey"
    low, high = tolerance
    sides = [(low, -1), (high, 1)]
    if pairs:
        sides = [sides[0] if favourable > 0 else sides[1]]
    distance = np.where(np.isfinite(at), at, Z95)
    far = together
    for round_ in range(_REFINEMENTS):
        if round_:
            far = reach(own, against, distance, exact=True)
        furthest = np.full(distance.shape, -np.inf)
        for edge, side in sides:
            value = contrast(own, against, edge)
            lower, upper = ends(own, against, edge, far)
            wide = upper - value if side < 0 else value - lower
            ratio = np.where(wide > 0, side * value / np.where(wide > 0, wide, 1.0), np.nan)
            flat = np.where(np.isfinite(ratio), ratio, -np.inf).reshape(len(distance), -1)
            furthest = np.maximum(furthest, flat.max(axis=-1, initial=-np.inf))
        distance = np.clip(distance * np.maximum(furthest, 0.0), 0.05, 8.0)
    return np.where(furthest > 0, chance(own, against, distance), 1.0)


def _best(values: Array, against: Against, favourable: int) -> npt.NDArray[np.intp]:
    """The column of the best value of each table, among those that may be the best."""
    may = np.isfinite(values) if against.steady is None else np.isfinite(values) & against.steady
    return np.where(may, favourable * values, -np.inf).argmax(axis=-1)


def _at(values: Array, column: npt.NDArray[np.intp]) -> Array:
    """From (tables, groups, others), the column of one other for each table; the best's own is 0."""
    found = np.take_along_axis(values, column[:, None, None], axis=2)[..., 0]
    np.put_along_axis(found, column[:, None], 0.0, axis=1)
    return found
