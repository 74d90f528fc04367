"""Measures of spread: how far all groups lie apart, weighted by their people or each alike.

Notation of `docs/methods/measures.md`: y the estimates, p the shares of the population, μ = Σpy.
Source: Schlotheuber & Hosseinpoor 2022, International Journal of Environmental Research and Public
Health 19: 3697; standard errors as in Ahn et al. 2018, JCO Clinical Cancer Informatics 2: 1–19.
"""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import Array
from equity.findings.measures.groups import Groups, Mask, highest, logarithm, lowest, weighted

PER_THOUSAND, PERCENT = 1000.0, 100.0


def spread(
    values: Array, groups: Groups, share: Array, equal: Array, present: Mask
) -> dict[str, Array]:
    """Every measure of spread by its code, of `values` (…, k).

    `share` (of the population), `equal` (1/k) and `present` broadcast to `values`: with axes of
    their own for draws, the same code measures estimates and what chance makes of them. What needs
    a mean or logarithms is not finite where there are none; `par` is signed by the direction.
    """
    mean = weighted(share, values)
    away = values - mean[..., None]
    far = np.abs(away)
    to_mean_u, to_mean_w = weighted(equal, far), weighted(share, far)
    variance = weighted(share, np.square(away, out=away))
    logs = logarithm(values)
    entropy, log_mean = weighted(share, values * logs), logarithm(mean)
    deviation = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = {
            "bgv": variance,
            "bgsd": deviation,
            "cov": PERCENT * deviation / mean,
            "mdmu": to_mean_u,
            "mdmw": to_mean_w,
            "idisu": PERCENT * to_mean_u / mean,
            "idisw": PERCENT * to_mean_w / mean,
            "ti": PER_THOUSAND * np.maximum(entropy / mean - log_mean, 0),
            "mld": PER_THOUSAND * np.maximum(log_mean - weighted(share, logs), 0),
        }
    if groups.reference is not None:
        far = np.abs(values - values[..., groups.reference, None])
        found |= {"mdru": weighted(equal, far), "mdrw": weighted(share, far)}
    if groups.sign:
        best = (highest if groups.sign > 0 else lowest)(values, present)
        plain = weighted(equal, values)
        # Nobody is beyond the best: the mean distance from it is the distance of the mean.
        found |= {"mdbu": np.abs(best - plain), "mdbw": np.abs(best - mean)}
        target = values[..., -1] if groups.ordered else best
        gain = groups.sign * np.maximum(groups.sign * (target - mean), 0) + 0.0  # no −0
        with np.errstate(divide="ignore", invalid="ignore"):
            found |= {"par": gain, "paf": PERCENT * gain / mean}
    return found


def by_chance(groups: Groups) -> Array:
    """What chance alone adds to the between-group variance on average: Σp(1 − p)s²."""
    p = groups.share
    return weighted(p * (1 - p), groups.se**2)


def closed_errors(groups: Groups) -> dict[str, Array]:
    """Standard errors that have a closed form, by code, in the unit of their measure.

    bgv also counts what chance adds of itself; the others are first-order: Σ(∂measure/∂y)²s².
    """
    y, s, p = groups.estimate, groups.se, groups.share
    squares = s**2
    mean = weighted(p, y)[..., None]
    own = weighted(p**2, squares)
    second = own**2 - weighted(p**4, squares**2) + weighted((p * (1 - p)) ** 2, squares**2)
    first = weighted(p**2 * (y - mean) ** 2, squares)
    errors = {"bgv": np.sqrt(4 * first + 2 * np.maximum(second, 0))}
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = y / mean
        logs = logarithm(relative)
        theil = weighted(p, relative * logs)[..., None]
        errors["ti"] = PER_THOUSAND * _carried(p / mean * (logs - theil), squares)
        errors["mld"] = PER_THOUSAND * _carried(p / mean * (1 - 1 / relative), squares)
        if groups.sign:
            at = _target(groups)
            moved = np.arange(y.shape[-1]) == at
            value = np.take_along_axis(y, at, -1) if y.shape[-1] else mean
            errors["par"] = _carried(moved - p, squares)
            errors["paf"] = PERCENT * _carried((moved - value / mean * p) / mean, squares)
    return errors


def _carried(slope: Array, squares: Array) -> Array:
    return np.sqrt(weighted(slope**2, squares))


def _target(groups: Groups) -> np.ndarray:
    """Position of the group that `par` sets everybody level with, with an axis for groups."""
    y = groups.estimate
    if groups.ordered or not y.shape[-1]:
        return np.full((*y.shape[:-1], 1), y.shape[-1] - 1)
    held = np.where(groups.present, groups.sign * y, -np.inf)
    return held.argmax(-1)[..., None]
