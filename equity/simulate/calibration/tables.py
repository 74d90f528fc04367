"""Tables of groups whose true distance from the reference is known, and how each reference is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from equity import estimates
from equity.estimates.arrays import Array
from equity.findings.contrasts import Against
from equity.findings.limits import Estimates, published, rest, shares
from equity.simulate.calibration.cities import Counts

Held: TypeAlias = tuple[Estimates, Against]
"""Groups, and what they are held against."""


def against_city(x: Counts, n: Counts) -> Held:
    """Every group against the city that contains it."""
    whole, everybody = x.sum(axis=1, keepdims=True), n.sum(axis=1, keepdims=True)
    return shares(x, n), Against(shares(whole - x, everybody - n), part=n / everybody)


def against_rest(x: Counts, n: Counts) -> Held:
    """Every group against everybody else."""
    whole, everybody = x.sum(axis=1, keepdims=True), n.sum(axis=1, keepdims=True)
    return shares(x, n), Against(shares(whole - x, everybody - n))


def against_group(x: Counts, n: Counts) -> Held:
    """Every group against the first."""
    return shares(x[:, 1:], n[:, 1:]), Against(shares(x[:, :1], n[:, :1]), family="dunnett")


def against_best(x: Counts, n: Counts) -> Held:
    """Every group against the best of them, whichever that is."""
    own = shares(x, n)
    return own, Against(own, family="tukey")


REFERENCES: dict[str, Callable[[Counts, Counts], Held]] = {
    "city": against_city,
    "rest": against_rest,
    "group": against_group,
    "best": against_best,
}


def from_publication(x: Counts, n: Counts) -> Held:
    """Every group against the city, from nothing but what a publication holds of each."""
    k = x.shape[1]
    own = as_published(x, n, k)
    everybody = n.sum(axis=1, keepdims=True)
    whole = as_published(x.sum(axis=1, keepdims=True), everybody, 1)
    part = n / everybody
    return own, Against(rest(whole, own, part), part=part)


def as_published(x: Counts, n: Counts, k: int) -> Estimates:
    """Shares known by their two published intervals alone: at 95 %, and at 1 − 0.05/k."""
    together = estimates.clopper_pearson if k > 1 else estimates.wilson
    ends = (*estimates.wilson(x, n), *together(x, n, estimates.bonferroni(k)))
    return published(x / n, *ends, k)


def on_the_bound(
    reference: str, share: float, records: npt.ArrayLike, percent: float, side: int
) -> Array:
    """True shares on the edge of a tolerance in percent, none beyond it.

    As many groups lie on the edge as can: all of them against a group or the best, the first
    against the city or the rest. `side` −1 is the lower edge, +1 the upper.

    >>> on_the_bound("rest", 0.5, [100, 100, 100], 10, -1).tolist()
    [0.45, 0.5, 0.5]
    """
    count = np.asarray(records, dtype=float)
    edge = 1 + side * percent / 100
    true = np.full(len(count), share)
    if reference == "group":
        true[1:] = share * edge
    elif reference == "best":
        true[1:] = share * (1 - percent / 100)
    elif reference == "rest":
        true[0] = share * (1 + percent / 100 if len(count) == 2 else edge)
    else:
        part = count[0] / count.sum()
        true[0] = share * edge * (1 - part) / (1 - part * edge)
    return true
