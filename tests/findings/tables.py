"""Simulated tables of shares with their truth, and how each kind of reference is held against them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from equity.findings.contrasts import Against
from equity.findings.limits import Estimates, shares

Drawn = np.ndarray


def city(x: Drawn, n: Drawn) -> tuple[Estimates, Against]:
    """Every group against the city that contains it."""
    whole, all_ = x.sum(axis=1, keepdims=True), n.sum(axis=1, keepdims=True)
    return shares(x, n), Against(shares(whole - x, all_ - n), part=n / all_)


def rest(x: Drawn, n: Drawn) -> tuple[Estimates, Against]:
    """Every group against everybody else."""
    whole, all_ = x.sum(axis=1, keepdims=True), n.sum(axis=1, keepdims=True)
    return shares(x, n), Against(shares(whole - x, all_ - n))


def group(x: Drawn, n: Drawn) -> tuple[Estimates, Against]:
    """Every group against the first."""
    return shares(x[:, 1:], n[:, 1:]), Against(shares(x[:, :1], n[:, :1]), family="dunnett")


def best(x: Drawn, n: Drawn) -> tuple[Estimates, Against]:
    """Every group against the best of them, whichever that is."""
    own = shares(x, n)
    return own, Against(own, family="tukey")


REFERENCES: dict[str, Callable[[Drawn, Drawn], tuple[Estimates, Against]]] = {
    "city": city,
    "rest": rest,
    "group": group,
    "best": best,
}


def sizes(kind: str, groups: int, rng: np.random.Generator) -> Drawn:
    """Records of each group: `small`, `large`, or a `mixed` lot from 15 to 8,000."""
    if kind == "mixed":
        return np.exp(rng.uniform(np.log(15), np.log(8000), groups)).astype(int)
    return np.full(groups, {"small": 20, "medium": 300, "large": 4000}[kind])


def on_the_bound(reference: str, share: float, n: Drawn, percent: float, side: int) -> Drawn:
    """True shares with one group, or where the reference allows it all, on the tolerance's edge.

    `side` −1 is the lower edge, +1 the upper; no group lies beyond the tolerance.
    """
    edge = 1 + side * percent / 100
    true = np.full(len(n), share)
    if reference == "group":
        true[1:] = share * edge
    elif reference == "best":
        true[1:] = share * (1 - percent / 100)
    elif reference == "rest":
        true[0] = share * edge
        if len(n) == 2:  # were one on the lower edge, the other would lie beyond the upper one
            true[:] = share, share / (1 + percent / 100)
    else:
        part = n[0] / n.sum()
        true[0] = share * edge * (1 - part) / (1 - part * edge)
    return true


def draw(true: Drawn, n: Drawn, tables: int, rng: np.random.Generator) -> tuple[Drawn, Drawn]:
    """(x, n), one row a table."""
    return rng.binomial(n, true, (tables, len(n))), np.broadcast_to(n, (tables, len(n)))
