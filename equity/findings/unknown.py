"""Records whose group is not known: how far they could move each group, wherever they belong.

Codes are not missing at random: who leaves the question open may differ from who answers it. So
nothing is imputed; the bounds are those of the worst allocation, which no data can contradict.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from equity.estimates.arrays import Array, Interval, Numbers, floats

Counted: TypeAlias = Literal["share", "rate", "representation"]
"""Kinds of metric whose bounds can be told from counts."""

LIMIT = 0.05
"""Share of unknown records above which parity must survive their worst allocation."""


def share_bounds(x: Numbers, n: Numbers, unknown_x: Numbers, unknown_n: Numbers) -> Interval:
    """The lowest and highest share x/n a group can have, as proportions: exact.

    Of `unknown_n` records of unknown group `unknown_x` are successes. A group's share is lowest
    where all unknown failures and no unknown success are its own, and highest the other way round.
    NaN where the group would have no record.

    >>> [round(float(end), 3) for end in share_bounds(70, 100, 20, 50)]
    [0.538, 0.75]
    """
    own, records, more, total = floats(x, n, unknown_x, unknown_n)
    with np.errstate(divide="ignore", invalid="ignore"):
        return own / (records + total - more), (own + more) / (records + more)


def count_bounds(x: Numbers, unknown: Numbers) -> Interval:
    """The lowest and highest count a group can have: none or all of the `unknown` are its own.

    Over a population they bound a rate; over the group's records and the unknown, a representation.

    >>> [float(end) for end in count_bounds(30, 5)]
    [30.0, 35.0]
    """
    own, more = floats(x, unknown)
    return own + 0.0, own + more


def allocations(
    kind: Counted,
    x: Numbers,
    base: Numbers,
    unknown_x: Numbers,
    unknown_base: Numbers,
) -> tuple[tuple[Array, Array], tuple[Array, Array]]:
    """(numerator, denominator) of every group under the allocation worst for it, and the best.

    Share: the unknown failures, or the unknown successes, are all its own. Rate (`base` is people):
    none, or all, of the unknown counts. Representation (`base` is everybody whose group is known):
    none or all of them, among everybody.
    """
    own, whole, more, total = floats(x, base, unknown_x, unknown_base)
    if kind == "share":
        return (own, whole + total - more), (own + more, whole + more)
    if kind == "rate":
        return (own, whole), (own + more, whole)
    return (own, whole + total), (own + total, whole + total)
