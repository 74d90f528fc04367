"""Measures of gradient: how the metric changes from the least to the most advantaged group.

Every one is a function of the estimates whose slope is known, so that standard errors are Σ(∂/∂y)²s²
(a sandwich of residuals on five points would cover 82 % instead of 95 %). Source: Schlotheuber &
Hosseinpoor 2022, International Journal of Environmental Research and Public Health 19: 3697;
Wagstaff 2005, Health Economics 14: 429–432; Erreygers 2009, Journal of Health Economics 28:
504–515; Papke & Wooldridge 1996, Journal of Applied Econometrics 11: 619–632 (fractional logit).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from equity.estimates.arrays import Array
from equity.findings.measures.groups import Groups, weighted

_STEPS, _CLOSE, _FLAT = 50, 1e-12, 1e-9


class Measure(NamedTuple):
    """A value with its standard error; where `ratio`, the error is that of its logarithm."""

    estimate: Array
    se: Array
    ratio: bool = False


def ridit(share: Array) -> Array:
    """The relative rank of each group, 0–1: where the middle of its people stands.

    >>> ridit(np.array([0.2, 0.2, 0.6])).round(3).tolist()
    [0.1, 0.3, 0.7]
    """
    return np.asarray(np.cumsum(share, axis=-1) - share / 2)


def gradient(groups: Groups) -> dict[str, Measure]:
    """Every measure of gradient by its code; what needs a bounded metric only where it is one."""
    return _concentration(groups) | _linear(groups) | _logit(groups)


def _concentration(groups: Groups) -> dict[str, Measure]:
    y, p, squares = groups.estimate, groups.share, groups.se**2
    slope = 2 * p * (ridit(p) - 0.5)
    absolute, mean = weighted(slope, y), weighted(p, y)

    def told(value: Array, slopes: Array) -> Measure:
        return Measure(value, np.sqrt(weighted(slopes**2, squares)))

    with np.errstate(divide="ignore", invalid="ignore"):
        relative = absolute / mean
        found = {
            "aci": told(absolute, slope),
            "rci": told(relative, (slope - relative[..., None] * p) / mean[..., None]),
        }
        if groups.scale is not None:
            room = mean * (1 - mean / groups.scale)
            value = absolute / room
            steep = (1 - 2 * mean / groups.scale)[..., None] * value[..., None] * p
            found["rci_wagstaff"] = told(value, (slope - steep) / room[..., None])
            level = 4 / groups.scale
            found["rci_erreygers"] = told(level * absolute, level * slope)
    return found


def _linear(groups: Groups) -> dict[str, Measure]:
    """Weighted least squares on the ridit: both ends of the line are sums of c·y."""
    p, rank = groups.share, ridit(groups.share)
    away = rank - weighted(p, rank)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        steep = p * away / weighted(p, away**2)[..., None]
    bottom = p - steep * weighted(p, rank)[..., None]
    return _ends("_linear", groups, bottom, bottom + steep)


def _ends(name: str, groups: Groups, bottom: Array, top: Array) -> dict[str, Measure]:
    """Slope and relative index where the fitted ends are the sums of bottom·y and top·y."""
    y, squares = groups.estimate, groups.se**2
    low, high = weighted(bottom, y), weighted(top, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((low > 0) & (high > 0), high / low, np.nan)
        slopes = top / high[..., None] - bottom / low[..., None]
    return {
        f"sii{name}": Measure(high - low, np.sqrt(weighted((top - bottom) ** 2, squares))),
        f"rii{name}": Measure(ratio, np.sqrt(weighted(slopes**2, squares)), ratio=True),
    }


def _logit(groups: Groups) -> dict[str, Measure]:
    """Fractional logit on the ridit, each group weighted once, by its share of the population."""
    if groups.scale is None:
        return {}
    p, rank = groups.share, ridit(groups.share)
    y = groups.estimate / groups.scale
    intercept, steep = fitted_logit(y, p, rank)
    fit = _chance(intercept[..., None] + steep[..., None] * rank)
    # The fit solves Σp(y − fit)(1, rank) = 0; its slopes in y follow from that.
    inverse = _inverse(p * fit * (1 - fit), rank)
    if inverse is None:
        return {}
    a, b, c = inverse
    of_intercept, of_steep = p * (a + b * rank), p * (b + c * rank)
    low, high = _chance(intercept), _chance(intercept + steep)
    flat_low, flat_high = (low * (1 - low))[..., None], (high * (1 - high))[..., None]
    bottom, top = flat_low * of_intercept, flat_high * (of_intercept + of_steep)
    squares = groups.se**2
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = (top / high[..., None] - bottom / low[..., None]) / groups.scale
        ratio = high / low
    return {
        "sii": Measure(groups.scale * (high - low), np.sqrt(weighted((top - bottom) ** 2, squares))),
        "rii": Measure(ratio, np.sqrt(weighted(relative**2, squares)), ratio=True),
    }  # fmt: skip


def fitted_logit(y: Array, p: Array, rank: Array) -> tuple[Array, Array]:
    """Intercept and slope of logit(E y) = a + b·rank, by Newton's steps; NaN where none exists.

    `y` are proportions, `p` weights that sum to 1; arrays (…, k). There is no fit where all
    proportions are 0, all are 1, or the ranks separate the ones from the noughts.

    >>> a, b = fitted_logit(np.array([0.2, 0.5, 0.8]), np.full(3, 1 / 3), np.array([1, 3, 5]) / 6)
    >>> round(float(a + b / 2), 6)
    0.0
    """
    mean = weighted(p, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        intercept = np.log(mean / (1 - mean))
    steep = np.zeros_like(intercept)
    step = np.full_like(intercept, np.inf)
    for _ in range(_STEPS):
        fit = _chance(intercept[..., None] + steep[..., None] * rank)
        inverse = _inverse(p * fit * (1 - fit), rank)
        if inverse is None:
            break
        a, b, c = (part[..., 0] for part in inverse)
        left = p * (y - fit)
        first, second = left.sum(-1), (left * rank).sum(-1)
        with np.errstate(invalid="ignore", over="ignore"):
            up, tilt = a * first + b * second, b * first + c * second
            intercept, steep = intercept + up, steep + tilt
            step = np.abs(up) + np.abs(tilt)
        if not (step > _CLOSE).any():
            break
    known = step <= _FLAT
    return np.where(known, intercept, np.nan), np.where(known, steep, np.nan)


def _inverse(weight: Array, rank: Array) -> tuple[Array, Array, Array] | None:
    """Of the matrix Σweight·(1, rank)(1, rank)ᵀ: its corner, side and corner, each (…, 1)."""
    if weight.shape[-1] == 0:
        return None
    whole, first = weight.sum(-1), weighted(weight, rank)
    second = weighted(weight, rank**2)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 1 / (whole * second - first**2)
        return (second * scale)[..., None], (-first * scale)[..., None], (whole * scale)[..., None]


def _chance(logit: Array) -> Array:
    """The proportion whose logit it is, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(logit / 2)))
