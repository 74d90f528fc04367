"""Groups against their reference, the reference being estimated too.

A contrast is c = u·y − v·r + shift: a group's value y less a multiple of the reference's r, which
have errors of their own and are independent. Its limits are recovered from theirs by squaring and
adding (MOVER: Zou & Donner 2008, Statistics in Medicine 27: 1693–1702; for shares Newcombe's hybrid
of Wilson limits, 1998, ibid. 17: 873–890), so that a contrast has a width, and the right skew, where
a group has no success or nothing but successes.

Arrays have a row a table and a column a group: (tables, groups); NaN where there is no group.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from equity.estimates.arrays import Array, Interval, Numbers
from equity.findings import critical
from equity.findings.limits import Estimates

Family = Literal["sidak", "dunnett", "tukey"]


@dataclass(frozen=True)
class Against:
    """What the groups are held against.

    `other`: the independent part of the reference, (tables, 1) or (tables, groups): a reference
    group, everybody else, or what is expected. `part`: the group's own weight in the reference, 0
    where it is no part of it; the city is part·y + (1 − part)·other. `family` says how the contrasts
    of a table depend on each other: `dunnett` all share one independent reference, `tukey` all pairs
    (the reference was picked for being best, so any group could have been it), `sidak` anything
    else.
    """

    other: Estimates
    part: Numbers = 0.0
    family: Family = "sidak"
    steady: npt.NDArray[np.bool_] | None = None
    """Among all pairs: which groups may be the best, (tables, groups); all by default."""

    @property
    def weight(self) -> Array:
        """`part` as an array."""
        return np.asarray(self.part, dtype=float)

    def value(self, own: Estimates) -> Array:
        """The reference's value, by group."""
        part = self.weight
        return np.where(
            part == 0, self.other.value, part * own.value + (1 - part) * self.other.value
        )


@dataclass(frozen=True)
class Edge:
    """One side of the tolerance: c = y − factor·reference + shift, 0 on the edge itself."""

    factor: float
    shift: float


def edges(*, percent: float | None = None, points: float | None = None) -> tuple[Edge, Edge]:
    """The lower and the upper edge of a tolerance in percent of the reference, or in points.

    >>> edges(percent=10)
    (Edge(factor=0.9, shift=0.0), Edge(factor=1.1, shift=0.0))
    >>> edges(points=5)
    (Edge(factor=1.0, shift=5.0), Edge(factor=1.0, shift=-5.0))
    """
    if percent is not None:
        return Edge(1 - percent / 100, 0.0), Edge(1 + percent / 100, 0.0)
    half = float(points or 0)
    return Edge(1.0, half), Edge(1.0, -half)


ON_REFERENCE = Edge(1.0, 0.0)
"""The plain difference from the reference."""


def contrast(own: Estimates, against: Against, edge: Edge) -> Array:
    """The estimated contrast: (tables, groups); with all pairs, (tables, groups, others).

    NaN where a group would be held against itself, or against one that may not be the best.
    """
    if against.family == "tukey":
        held = ~np.eye(own.value.shape[-1], dtype=bool)
        held = held if against.steady is None else held & against.steady[..., None, :]
        pairs = own.value[..., :, None] - edge.factor * own.value[..., None, :] + edge.shift
        return np.where(held, pairs, np.nan)
    return own.value - edge.factor * against.value(own) + edge.shift


class Reach(NamedTuple):
    """Distances to the limits at one critical value: of the groups, and of what they are held against."""

    below: Array
    above: Array
    other_below: Array
    other_above: Array


def reach(own: Estimates, against: Against, at: Numbers, *, exact: bool = False) -> Reach:
    """The distances at a critical value `at`, one a table or one for all; the costly part of `ends`.

    `exact`: with limits of which every tail keeps its level, for *gap*.
    """
    level = np.asarray(at, dtype=float)
    level = level[..., None] if level.ndim else level
    mine = own.distances(level, exact)
    if against.family == "tukey":
        return Reach(*mine, *mine)
    return Reach(*mine, *against.other.distances(level, exact))


def ends(own: Estimates, against: Against, edge: Edge, at: Numbers | Reach) -> Interval:
    """Lower and upper end of the contrast at a critical value, or with a `reach` already known."""
    far = at if isinstance(at, Reach) else reach(own, against, at)
    value = contrast(own, against, edge)
    if against.family == "tukey":
        lower = np.hypot(far.below[..., :, None], edge.factor * far.above[..., None, :])
        upper = np.hypot(far.above[..., :, None], edge.factor * far.below[..., None, :])
        return value - lower, value + upper
    part = against.weight
    mine, others = 1 - edge.factor * part, edge.factor * (1 - part)
    # A group that is nearly the whole reference counts against itself: its limits change sides.
    down, up = np.where(mine >= 0, far[:2], far[1::-1])
    return (
        value - np.hypot(mine * down, others * far.other_above),
        value + np.hypot(mine * up, others * far.other_below),
    )


def critical_value(own: Estimates, against: Against, confidence: Numbers = 0.95) -> Array:
    """By table, what makes all of its contrasts hold together with `confidence` (scalar or by table)."""
    k = compared(own, against)
    level = np.broadcast_to(np.asarray(confidence, dtype=float), k.shape)
    if against.family == "tukey":
        return np.array([critical.tukey(n, c) for n, c in zip(k, level, strict=True)])
    if against.family == "dunnett":
        return critical.dunnett(loadings(own, against), level)
    return critical.sidak(k, level)


def chance(own: Estimates, against: Against, distance: Numbers) -> Array:
    """By table, how probable a largest standardised distance of `distance` is by chance alone."""
    if against.family == "dunnett":
        return critical.dunnett_tail(distance, loadings(own, against))
    tail = critical.tukey_tail if against.family == "tukey" else critical.sidak_tail
    return tail(distance, compared(own, against))


def compared(own: Estimates, against: Against) -> Array:
    """How many groups of each table are compared: those of which the contrast can be reckoned."""
    value = own.value if against.family == "tukey" else contrast(own, against, ON_REFERENCE)
    return np.isfinite(value).sum(axis=-1)


def loadings(own: Estimates, against: Against) -> Array:
    """The part of each contrast's error that is the shared reference's (see `critical.dunnett`)."""
    mine, shared = own.se, against.other.se
    total = np.hypot(mine, shared)
    return np.where(
        np.isfinite(total) & (total > 0), shared / np.where(total > 0, total, 1), np.nan
    )
