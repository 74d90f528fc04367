"""What chance makes of the measures, by drawing the groups again and again.

Groups that do not differ at all still have estimates that do, so every measure of how far apart they
lie is too large on average, and intervals around it are too high. The draws say by how much.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from equity.estimates.arrays import Array
from equity.findings.measures.groups import Groups, Mask, logarithm
from equity.findings.measures.simple import is_picked, pair
from equity.findings.measures.spread import spread

DRAWS, SEED = 2000, 20210322
"""Draws of every table, the same ones each time: an interval does not change when a page is
loaded again."""
_AT_ONCE = 160_000
"""Numbers drawn at once: what fits into a processor's cache is twice as fast."""


class Chance(NamedTuple):
    """What the draws say of one measure; arrays (…,).

    `added`: how much chance adds on average; `most`: how much at most, at the confidence asked for;
    `se`: the measure's standard error; `far`: the measure if groups differed as much as they may.
    """

    added: Array
    most: Array
    se: Array
    far: Array


def chance(groups: Groups, confidence: float) -> dict[str, Chance]:
    """What chance does to d, r (on the scale of ln r) and every measure of spread, by code.

    Parametric bootstrap: `DRAWS` times, each group gets a normal draw around its centre with its
    standard error, folded back into the metric's range. The centres are `centres(groups)`, not the
    estimates, which already hold chance once. Source: Efron & Tibshirani 1993, An Introduction to
    the Bootstrap, chapters 6, 10 and 13.
    """
    batch = groups.estimate.shape[:-1]
    tables = _flat(groups, (int(np.prod(batch)), groups.estimate.shape[-1]))
    middle = centres(tables)
    true = _measured(middle, tables, axis=False)
    far = _measured(far_centres(tables, confidence), tables, axis=False)
    rank = min(int(np.ceil(DRAWS * (1 + confidence) / 2)), DRAWS) - 1
    seen: dict[str, list[tuple[Array, Array, Array]]] = {code: [] for code in true}
    for rows in _parts(tables):
        part = _some(tables, rows)
        for code, drawn in _measured(_draws(part, middle[rows]), part, axis=True).items():
            most = np.partition(drawn, rank, axis=-1)[..., rank]
            seen[code].append((drawn.mean(-1), most, drawn.std(-1)))
    found = {}
    for code, parts in seen.items():
        mean, most, se = (np.concatenate(each) for each in zip(*parts, strict=True))
        ends = (mean - true[code], most - true[code], se, far[code])
        found[code] = Chance(*(each.reshape(batch) for each in ends))
    return found


def centres(groups: Groups) -> Array:
    """Where the groups would stand if they differed as much as they do beyond chance.

    y moves towards the precision-weighted mean by the factor √(τ²/(τ² + s²)), so that the centres
    have the variance τ² between groups that remains when chance is taken out. Source: τ² by
    DerSimonian & Laird 1986, Controlled Clinical Trials 7: 177–188; the square root by Louis 1984,
    JASA 79: 393–398.

    >>> from equity.findings.measures.groups import groups_of
    >>> centres(groups_of([1.0, 2.0, 3.0], 5.0, 1.0, sign=1)).tolist()
    [2.0, 2.0, 2.0]
    >>> centres(groups_of([1.0, 2.0, 3.0], 0.0, 1.0, sign=1)).tolist()
    [1.0, 2.0, 3.0]
    """
    squares = _not_nought(groups.se**2)
    weight = groups.present / squares
    mean = _mean(groups.estimate, weight)
    total = _one_where_none(weight.sum(-1, keepdims=True))
    beyond = (weight * (groups.estimate - mean) ** 2).sum(-1, keepdims=True) - _freedom(groups)
    scale = total - (weight**2).sum(-1, keepdims=True) / total
    return _centred(groups, np.maximum(beyond, 0) / np.where(scale > 0, scale, np.inf))


def far_centres(groups: Groups, confidence: float) -> Array:
    """The same for groups that differ as much as they may: τ² at the upper end of its interval.

    The largest τ² at which Σ(y − ȳ)²/(s² + τ²) is not too small for χ² with k − 1 degrees of
    freedom (Q-profile), by halving. Source: Viechtbauer 2007, Statistics in Medicine 26: 37–52.
    """
    from scipy.special import chdtri

    least = chdtri(np.maximum(_freedom(groups), 1), (1 + confidence) / 2)
    y, squares = groups.estimate, _not_nought(groups.se**2)
    span = y.max(-1, keepdims=True, initial=0) - y.min(-1, keepdims=True, initial=0)
    low, high = np.zeros_like(least), span**2 * y.shape[-1] / least
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        weight = groups.present / (squares + middle)
        far = (weight * (y - _mean(y, weight)) ** 2).sum(-1, keepdims=True)
        low, high = np.where(far > least, middle, low), np.where(far > least, high, middle)
    return _centred(groups, low)


_HALVINGS = 50


def _centred(groups: Groups, between: Array) -> Array:
    """Estimates drawn towards their mean so that `between` (…, 1) is the variance that is left."""
    y, squares = groups.estimate, _not_nought(groups.se**2)
    mean = _mean(y, groups.present / (between + squares))
    factor = np.sqrt(between / (between + squares))
    return np.where(groups.se > 0, mean + (y - mean) * factor, y + 0 * groups.se)


def _freedom(groups: Groups) -> Array:
    return np.asarray(groups.present.sum(-1, keepdims=True) - 1.0)


def _mean(values: Array, weight: Array) -> Array:
    return np.asarray((weight * values).sum(-1, keepdims=True) / _one_where_none(weight.sum(-1, keepdims=True)))  # fmt: skip


def all_alike(groups: Groups, confidence: float) -> Mask:
    """Whether chance alone could have made groups so different: (…,).

    Cochran's Q, Σ(y − ȳ)²/s², against its χ² with k − 1 degrees of freedom. Where it does not reject,
    no interval of a spread may begin above none. Source: Cochran 1954, Biometrics 10: 101–129.

    >>> from equity.findings.measures.groups import groups_of
    >>> [bool(all_alike(groups_of([10.0, 12.0, 15.0], s, 1.0, sign=1), 0.95)) for s in (1.0, 3.0)]
    [False, True]
    """
    from scipy.special import chdtri

    y, weight = groups.estimate, groups.present / _not_nought(groups.se**2)
    far = (weight * (y - _mean(y, weight)) ** 2).sum(-1)
    return np.asarray(far <= chdtri(np.maximum(_freedom(groups)[..., 0], 1), 1 - confidence))


_NOUGHT = 1e-8
"""A standard error this small beside the largest one is none: its group is known exactly."""


def _not_nought(squares: Array) -> Array:
    """Variances, those of 0 raised to next to nothing, so that they can be divided by."""
    largest = squares.max(-1, keepdims=True, initial=0.0)
    return np.maximum(squares, np.where(largest > 0, largest * _NOUGHT**2, 1.0))


def _one_where_none(total: Array) -> Array:
    return np.where(total > 0, total, 1.0) + 0 * total


_ARRAYS = ("estimate", "se", "share", "present")


def _flat(groups: Groups, shape: tuple[int, int]) -> Groups:
    return replace(groups, **{name: getattr(groups, name).reshape(shape) for name in _ARRAYS})


def _some(tables: Groups, rows: slice) -> Groups:
    return replace(tables, **{name: getattr(tables, name)[rows] for name in _ARRAYS})


def _parts(tables: Groups) -> list[slice]:
    """Tables whose draws are made at once."""
    count, k = tables.estimate.shape
    size = max(1, _AT_ONCE // (DRAWS * max(k, 1)))
    return [slice(start, start + size) for start in range(0, count, size)]


def _draws(groups: Groups, middle: Array) -> Array:
    """Draws (tables, draws, k) around the centres, inside the metric's range.

    In memory the draws stand side by side, group after group, so that sums over groups are fast.
    """
    standard = _standard(groups.estimate.shape[-1])
    drawn = middle[..., None] + groups.se[..., None] * standard
    lower, upper = drawn.min(initial=np.inf), drawn.max(initial=-np.inf)
    scale = groups.scale
    if scale is not None or not (groups.estimate < 0).any():
        if not lower >= 0:
            np.abs(drawn, out=drawn)
        if scale is not None and not max(-lower, upper) <= scale:
            drawn = scale - np.abs(scale - drawn)
            np.clip(drawn, 0, scale, out=drawn)
    return np.swapaxes(drawn, -1, -2)


@lru_cache(maxsize=8)
def _standard(k: int) -> Array:
    """Standard normal numbers (k, DRAWS), each with its mirror image, the same for every table."""
    half = np.random.default_rng(SEED).standard_normal((k, DRAWS // 2))
    drawn = np.concatenate([half, -half], axis=-1)
    drawn.flags.writeable = False
    return drawn


def _measured(values: Array, groups: Groups, *, axis: bool) -> dict[str, Array]:
    """What chance widens, of values (tables, k), or (tables, draws, k) where there is an `axis`."""
    share, equal, present = groups.share, groups.equal_share, groups.present
    if axis:
        share, equal, present = share[:, None], equal[:, None], present[:, None]
    found = spread(values, groups, share, equal, present)
    del found["bgv"]
    if groups.sign:
        # One target, named beforehand, is not picked: `par` of ordered groups is not widened.
        for code in ("par", "paf"):
            size = groups.sign * found.pop(code)
            if not groups.ordered:
                found[code] = size
    if is_picked(groups):
        first, second = pair(values, groups, present)
        found |= {"d": first - second, "r": logarithm(first) - logarithm(second)}
    return found
