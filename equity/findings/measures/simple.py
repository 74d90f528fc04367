"""Simple measures: the difference and the ratio of two groups.

Source: Schlotheuber & Hosseinpoor 2022, International Journal of Environmental Research and Public
Health 19: 3697; World Health Organization 2013, Handbook on health inequality monitoring.
"""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import Array
from equity.findings.measures.groups import Groups, Mask, highest, lowest


def pair(values: Array, groups: Groups, present: Mask) -> tuple[Array, Array]:
    """(first, second), of which d = first − second and r = first / second.

    `values` has shape (…, k), and `present` broadcasts to it. Ordered groups: most and least
    advantaged, the other way round where lower is better. With a reference: the reference and the
    worst of the others, likewise. Else the largest and the smallest. NaN where there is no pair.
    """
    if values.shape[-1] == 0:
        nothing = np.full(values.shape[:-1], np.nan)
        return nothing, nothing
    if groups.ordered:
        ends = values[..., -1], values[..., 0]
        return ends if groups.sign >= 0 else ends[::-1]
    if groups.reference is None:
        first, second = highest(values, present), lowest(values, present)
    else:
        held = values[..., groups.reference]
        others = _others(present, groups.reference)
        lower_end = held, lowest(values, others)
        first, second = lower_end if groups.sign >= 0 else (highest(values, others), held)
    there = np.isfinite(first) & np.isfinite(second)
    return np.where(there, first, np.nan), np.where(there, second, np.nan)


def pair_errors(groups: Groups) -> tuple[Array, Array]:
    """Standard errors of the two groups of `pair`."""
    positions = _positions(groups)
    first, second = (np.take_along_axis(groups.se, at[..., None], -1)[..., 0] for at in positions)
    return first, second


def is_picked(groups: Groups) -> bool:
    """Whether the pair is picked for being extreme, so that chance alone widens it.

    Not where groups are ordered, nor where one other group stands beside the reference.
    """
    if groups.ordered:
        return False
    return groups.reference is None or bool((groups.present.sum(-1) > 2).any())


def _positions(groups: Groups) -> tuple[np.ndarray, np.ndarray]:
    """Where the two groups of `pair` stand on the last axis."""
    y, present = groups.estimate, groups.present
    whole = np.zeros(y.shape[:-1], dtype=int)
    if groups.ordered:
        ends = whole + y.shape[-1] - 1, whole
        return ends if groups.sign >= 0 else ends[::-1]
    if groups.reference is not None:
        present = np.broadcast_to(_others(present, groups.reference), y.shape)
        whole = whole + groups.reference
    top = np.where(present, y, -np.inf).argmax(-1)
    bottom = np.where(present, y, np.inf).argmin(-1)
    if groups.reference is None:
        return top, bottom
    return (whole, bottom) if groups.sign >= 0 else (top, whole)


def _others(present: Mask, reference: int) -> Mask:
    others = present.copy()
    others[..., reference] = False
    return others
