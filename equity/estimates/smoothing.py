"""Small areas: raw values drawn towards those of their neighbours, for looking, not for judging.

The value of a place with few records jumps by chance. The empirical-Bayes value is the mean of what
the places of one group have in common, as far as its own records do not say otherwise: a place with
many records keeps its own, one with few takes the group's. Places are smoothed within a group,
never groups within a place, because that would erase small groups; a verdict never uses it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from equity.estimates.arrays import Array, Numbers, floats


def smoothed_shares(x: Numbers, n: Numbers) -> tuple[Array, Array]:
    """Shares x/n of the places of a group (last axis), smoothed: (values, weight of the raw value).

    Beta-binomial: places' shares are taken as drawn from a beta distribution with mean p = Σx/Σn and
    size M, and the value is (x + M·p)/(n + M), the weight n/(n + M). M is estimated by moments from
    Pearson's sum of squares; where places differ no more than by chance it is infinite and every
    place has p. NaN where n is not positive or either is NaN: such places are left out. Source:
    Kleinman 1973, JASA 68: 46–54.

    >>> value, weight = smoothed_shares([2, 90, 300, 210], [10, 100, 500, 300])
    >>> [round(float(v), 2) for v in value], [round(float(w), 2) for w in weight]
    ([0.46, 0.87, 0.6, 0.7], [0.45, 0.89, 0.98, 0.96])
    """
    return _smoothed(x, n, lambda level: level * (1 - level))


def smoothed_rates(x: Numbers, people: Numbers) -> tuple[Array, Array]:
    """Rates x/people of the places of a group (last axis), smoothed: (values, weight of the raw).

    Gamma-Poisson: places' rates are taken as drawn from a gamma distribution with mean λ = Σx/Σpeople
    that weighs as much as M people, and the value is (x + M·λ)/(people + M). M by moments, as for
    shares. Sources: Clayton & Kaldor 1987, Biometrics 43: 671–681; Marshall 1991, Applied
    Statistics 40: 283–294.

    >>> value, _ = smoothed_rates([0, 40, 90], [50, 1000, 1500])
    >>> [round(float(v), 3) for v in value]
    [0.042, 0.042, 0.059]
    """
    return _smoothed(x, people, lambda level: level)


def _smoothed(x: Numbers, n: Numbers, unit: Callable[[Array], Array]) -> tuple[Array, Array]:
    total, size = floats(x, n)
    there = (size > 0) & np.isfinite(total)
    total, size = np.where(there, total, 0.0), np.where(there, size, 0.0)
    whole = size.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = total.sum(axis=-1, keepdims=True) / whole
        squares = np.where(there, (total - size * level) ** 2 / size, 0.0).sum(
            axis=-1, keepdims=True
        )
        excess = squares / unit(level) - (there.sum(axis=-1, keepdims=True) - 1)
        lever = whole - (size**2).sum(axis=-1, keepdims=True) / whole
        differ = np.where((excess > 0) & (lever > 0), excess / lever, 0.0)  # 1/M
        weight = np.where(there, size * differ / (size * differ + 1), np.nan)
        return weight * total / np.where(there, size, 1.0) + (1 - weight) * level, weight
