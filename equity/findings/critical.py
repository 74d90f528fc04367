"""How wide several intervals must be to hold together: critical values and tail probabilities.

Every family answers two questions, for many tables at once: by what the standard errors must be
multiplied so that all of a table's intervals cover with the given confidence, and how probable a
largest standardised distance of at least `z` is by chance alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from equity.estimates.arrays import Array, Numbers, floats

_REACH, _STEP, _FINE_STEP, _STEEP = 6.5, 0.25, 0.1, 0.97
"""The integrals run over ±6.5 in steps, which are as exact as doubles show while they are no longer
than the integrand's flanks are wide (√(1 − λ²)/λ: 0.25 at a loading of 0.97)."""
_HIGHEST_LOADING = 0.995
"""Above it the reference's own noise is practically all there is, and the integrand a step."""
_ITERATIONS, _EXACT, _SLACK, _LEAST = 40, 1e-6, 1e-6, 1e-300


def sidak(compared: Numbers, confidence: Numbers = 0.95) -> Array:
    """Critical value of `compared` two-sided intervals with any correlation.

    Šidák's inequality: the largest of k standardised distances stays below c with at least the
    probability that k independent ones do. `compared` below 1 counts as 1. Source: Šidák 1967,
    JASA 62: 626–633.

    >>> sidak([1, 10]).round(3).tolist()
    [1.96, 2.8]
    """
    from scipy.special import ndtri

    k, level = floats(compared, confidence)
    each = 1 - np.maximum(level, 0.0) ** (1 / np.maximum(k, 1))
    return np.asarray(ndtri(1 - each / 2), dtype=float)


def sidak_tail(z: Numbers, compared: Numbers) -> Array:
    """Probability, at most, that the largest of `compared` distances is at least `z`.

    >>> float(sidak_tail(2.8, 10).round(2))
    0.05
    """
    from scipy.special import ndtr

    distance, k = floats(z, compared)
    one = 2 * ndtr(-np.maximum(distance, 0))
    return np.asarray(-np.expm1(np.maximum(k, 1) * np.log1p(-np.minimum(one, 1 - 1e-15))))


def dunnett(loadings: Numbers, confidence: Numbers = 0.95) -> Array:
    """Critical value of groups that are all held against one independent reference.

    `loadings` has a row a table and a column a group: the part λ = s_ref/√(s² + s_ref²) of the
    contrast's error that is the reference's, so that two contrasts correlate by λᵢ·λⱼ (½ where all
    are equally large); NaN where there is no group. Two-sided, known variances. `confidence` may
    differ by table. Source: Dunnett 1955, JASA 50: 1096–1121, with the integral over the reference's
    error in one dimension.

    >>> dunnett([[0.5**0.5] * 5]).round(2).tolist()
    [2.51]
    """
    share = np.atleast_2d(np.asarray(loadings, dtype=float))
    level = np.broadcast_to(np.asarray(confidence, dtype=float), share.shape[:1])
    k = np.isfinite(share).sum(axis=1)
    return _root(lambda c: dunnett_tail(c, share), 1 - level, sidak(1, level), sidak(k, level))


def dunnett_tail(z: Numbers, loadings: Numbers) -> Array:
    """Probability that the largest distance of `dunnett`'s contrasts is at least `z`, by table."""
    from scipy.special import ndtr

    share = np.atleast_2d(np.asarray(loadings, dtype=float))
    held = np.isfinite(share)
    share = np.where(held, np.minimum(share, _HIGHEST_LOADING), 0.0)
    own = np.sqrt(1 - share**2)
    distance = np.maximum(np.broadcast_to(np.asarray(z, dtype=float), share.shape[:1]), 0)[:, None]
    # The product is even in the reference's error u: half the line is enough.
    step = _STEP if share.max(initial=0) < _STEEP else _FINE_STEP
    points = np.arange(0, _REACH + step / 2, step)
    weights = np.where(points == 0, 1.0, 2.0) * step * np.exp(-(points**2) / 2) / np.sqrt(2 * np.pi)
    inside = np.zeros(len(share))
    for point, weight in zip(points, weights, strict=True):
        moved = share * point
        each = ndtr((distance - moved) / own) - ndtr((-distance - moved) / own)
        inside += weight * np.where(held, each, 1.0).prod(axis=1)
    return np.clip(1 - inside, 0, 1)


def tukey(compared: Numbers, confidence: float = 0.95) -> Array:
    """Critical value of all pairs among `compared` groups: the studentized range over √2.

    Known variances; for unequal ones it is Tukey and Kramer's, which errs on the safe side. Kept by
    number of groups. Source: Hayter 1984, Annals of Statistics 12: 61–75.

    >>> (tukey([2, 3, 10]) * 2**0.5).round(3).tolist()
    [2.772, 3.314, 4.474]
    """
    k = np.asarray(compared, dtype=float)
    found = [_tukey(max(int(each), 1), float(confidence)) for each in k.ravel()]
    return np.array(found).reshape(k.shape)


@lru_cache(maxsize=4096)
def _tukey(k: int, confidence: float) -> float:
    if k < 3:
        return float(sidak(1, confidence))
    level = np.array([confidence])
    upper = sidak(k * (k - 1) / 2, level)
    return float(_root(lambda c: tukey_tail(c, k), 1 - level, sidak(1, level), upper)[0])


def tukey_tail(z: Numbers, compared: Numbers) -> Array:
    """Probability that some pair among `compared` equal groups lies `z` standard errors apart.

    >>> float(tukey_tail(3.314 / 2**0.5, 3).round(3))
    0.05
    """
    from scipy.special import ndtr

    distance, k = floats(z, compared)
    points = np.arange(-_REACH, _REACH + _FINE_STEP / 2, _FINE_STEP)
    weights = _FINE_STEP * np.exp(-(points**2) / 2) / np.sqrt(2 * np.pi)
    reach = np.sqrt(2) * np.maximum(distance, 0)[..., None]
    below = np.maximum(ndtr(points) - ndtr(points - reach), 0)
    groups = np.maximum(k, 2)[..., None]
    inside = (weights * groups * below ** (groups - 1)).sum(axis=-1)
    return np.where(k < 2, 2 * ndtr(-np.maximum(distance, 0)), np.clip(1 - inside, 0, 1))


def _root(tail: Callable[[Array], Array], chance: Array, lower: Array, upper: Array) -> Array:
    """Where `tail` falls to `chance`, between two critical values, table by table.

    False position on the logarithm of the tail, where it is nearly straight, with the Illinois
    correction: few evaluations, and never outside the bracket.
    """
    aim = np.log(chance)
    low = np.broadcast_to(np.asarray(lower, dtype=float), np.shape(upper)).copy()
    high = np.asarray(upper, dtype=float) + _SLACK
    at_low, at_high = (np.log(np.maximum(tail(c), _LEAST)) - aim for c in (low, high))
    moved = np.zeros(low.shape)
    for _ in range(_ITERATIONS):
        step = at_low - at_high
        middle = high + at_high * (high - low) / np.where(step > 0, step, 1.0)
        middle = np.clip(middle, low, high)
        at = np.log(np.maximum(tail(middle), _LEAST)) - aim
        if np.all(np.abs(at) < _EXACT):
            break
        short = at > 0
        # An end that stays put twice would hold the line back: it counts half.
        at_high = np.where(short & (moved > 0), at_high / 2, np.where(short, at_high, at))
        at_low = np.where(~short & (moved < 0), at_low / 2, np.where(short, at, at_low))
        low, high = np.where(short, middle, low), np.where(short, high, middle)
        moved = np.where(short, 1.0, -1.0)
    return middle
