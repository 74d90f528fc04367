"""All measures of one table or of many: estimates, errors, intervals, and what chance added."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from equity.estimates.arrays import Array, z
from equity.findings.measures.gradient import gradient
from equity.findings.measures.groups import Groups, Mask
from equity.findings.measures.intervals import Chance, all_alike, chance
from equity.findings.measures.simple import pair, pair_errors
from equity.findings.measures.spread import by_chance, closed_errors, spread

SIMPLE = ("d", "r")
SPREAD = (
    "bgv", "bgv_corrected", "bgsd", "cov", "idisu", "idisw", "mdbu", "mdbw", "mdmu", "mdmw",
    "mdru", "mdrw", "ti", "mld", "par", "paf",
)  # fmt: skip
GRADIENT = (
    "aci", "rci", "rci_wagstaff", "rci_erreygers", "sii", "rii", "sii_linear", "rii_linear",
)  # fmt: skip
FAMILIES = {"simple": SIMPLE, "spread": SPREAD, "gradient": GRADIENT}
CODES = SIMPLE + SPREAD + GRADIENT
"""Every measure, in the order in which tables show them."""
UNWEIGHTED = frozenset(("d", "r", "mdbu", "mdru"))
"""Measures that no population enters."""


class Measured(NamedTuple):
    """One measure of one or many tables: arrays (…,), NaN where there is none.

    `lower`–`upper` is the interval of the estimate. `corrected` is the estimate without what chance
    adds to it, with its own interval; NaN where chance adds nothing on average.
    """

    estimate: Array
    se: Array
    lower: Array
    upper: Array
    corrected: Array
    corrected_lower: Array
    corrected_upper: Array


def measures(
    groups: Groups, *, confidence: float = 0.95, only: Iterable[str] = CODES
) -> dict[str, Measured]:
    """Every measure in `only` that applies, by code, each with arrays of the tables' shape.

    Measures that need a reference, an order, a direction or a bounded metric are absent where
    `groups` has none; what has no value (a ratio to 0, a logarithm of 0) is NaN. No rule refuses
    here: that is `summarize`'s part.

    >>> from equity.findings.measures.groups import groups_of
    >>> two = groups_of([[10.0, 20.0, 40.0], [5.0, 5.0, 5.0]], 1.0, [1, 1, 2], sign=1)
    >>> measures(two)["d"].estimate.tolist(), measures(two)["bgv"].estimate.tolist()
    ([30.0, 0.0], [168.75, 0.0])
    """
    wanted = frozenset(only)
    limit = float(z(confidence))
    alike = all_alike(groups, confidence)
    found = _simple(groups, limit) | _spread(groups, limit, alike)
    if groups.ordered:
        found |= _gradient(groups, limit)
    found = {code: found[code] for code in CODES if code in found and code in wanted}
    moved = chance(groups, confidence) if wanted & set(SIMPLE + SPREAD) else {}
    return {
        code: _without_chance(code, one, moved[code], alike, groups, limit)
        if code in moved
        else one
        for code, one in found.items()
    }


def _plain(estimate: Array, se: Array, lower: Array, upper: Array) -> Measured:
    value = _finite(estimate)
    none = np.full_like(value, np.nan)
    known = np.where(np.isnan(value), np.nan, 1.0)
    error, low, high = (_finite(end) * known for end in (se, lower, upper))
    return Measured(value, error, low, high, none, none, none)


def _simple(groups: Groups, limit: float) -> dict[str, Measured]:
    first, second = pair(groups.estimate, groups, groups.present)
    if groups.estimate.shape[-1] == 0:
        return {}
    one, other = pair_errors(groups)
    difference, se = first - second, np.hypot(one, other)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((first >= 0) & (second > 0), first / second, np.nan)
        relative = np.hypot(one / first, other / second)
        low, high = ratio * np.exp(-limit * relative), ratio * np.exp(limit * relative)
    return {
        "d": _plain(difference, se, difference - limit * se, difference + limit * se),
        "r": _plain(ratio, ratio * relative, low, high),
    }


_NEED_MEAN = frozenset(("cov", "idisu", "idisw", "paf"))


def _spread(groups: Groups, limit: float, alike: Mask) -> dict[str, Measured]:
    y, present = groups.estimate, groups.present
    values = spread(y, groups, groups.share, groups.equal_share, present)
    errors = closed_errors(groups)
    mean = (groups.share * y).sum(-1)
    smallest = np.min(y, axis=-1, where=present, initial=np.inf)
    for code in _NEED_MEAN & set(values):
        values[code] = np.where(mean > 0, values[code], np.nan)
    values["ti"] = np.where((mean > 0) & (smallest >= 0), values["ti"], np.nan)
    values["mld"] = np.where(smallest > 0, values["mld"], np.nan)
    none = np.full(mean.shape, np.nan)
    found = {}
    for code, value in values.items():
        se = errors.get(code, none)
        lower, upper = value - limit * se, value + limit * se
        if code in ("par", "paf") and groups.sign < 0:
            upper = np.minimum(upper, 0)
        else:
            lower = np.maximum(lower, 0)
        found[code] = _plain(value, se, lower, upper)
    beyond = values["bgv"] - by_chance(groups)
    half = limit * errors["bgv"]
    value = np.maximum(beyond, 0)
    ends = np.where(alike, 0, np.maximum(beyond - half, 0)), np.maximum(beyond + half, value)
    found["bgv_corrected"] = _plain(value, errors["bgv"], *ends)
    bgv = found["bgv"]
    found["bgv"] = bgv._replace(corrected=value, corrected_lower=ends[0], corrected_upper=ends[1])
    return found


def _gradient(groups: Groups, limit: float) -> dict[str, Measured]:
    found = {}
    for code, (value, se, ratio) in gradient(groups).items():
        if ratio:
            with np.errstate(over="ignore", invalid="ignore"):
                ends = value * np.exp(-limit * se), value * np.exp(limit * se)
            found[code] = _plain(value, value * se, *ends)
        else:
            found[code] = _plain(value, se, value - limit * se, value + limit * se)
    return found


def _without_chance(
    code: str, one: Measured, moved: Chance, alike: Mask, groups: Groups, limit: float
) -> Measured:
    """The measure with its corrected value and, where it has no interval in closed form, one.

    The corrected value takes off what chance adds on average, its lower end what chance adds at
    most, and its upper end is z standard errors above it; none of them passes the value that stands
    for no disparity, at which the interval begins where groups that are all `alike` could look like
    this. As an interval of the estimate the same is stretched to hold the estimate.
    """
    if code == "r":
        with np.errstate(divide="ignore"):
            logs = one._replace(estimate=np.log(one.estimate))
        ends = _corrected(logs, moved, limit, alike, bounded=groups.reference is None)
        return one._replace(**{name: np.exp(end) for name, end in ends.items()})
    mirrored = groups.sign < 0 and code in ("par", "paf")
    size = one._replace(estimate=-one.estimate) if mirrored else one
    bounded = code != "d" or groups.reference is None
    ends = _corrected(size, moved, limit, alike, bounded=bounded)
    if code not in CLOSED:
        known = np.where(np.isnan(one.estimate), np.nan, 1.0)
        one = one._replace(
            se=moved.se * known,
            lower=np.minimum(ends["corrected_lower"], one.estimate),
            upper=np.maximum(ends["corrected_upper"], one.estimate),
        )
    elif code in _SECOND_ORDER:
        one = one._replace(upper=np.maximum(one.upper, ends["corrected_upper"]))
    if mirrored:
        ends = {
            "corrected": -ends["corrected"] + 0.0,
            "corrected_lower": -ends["corrected_upper"] + 0.0,
            "corrected_upper": -ends["corrected_lower"] + 0.0,
        }
    return one._replace(**ends)


_SECOND_ORDER = frozenset(("ti", "mld"))
"""Measures whose first-order error vanishes where groups are alike: chance is not 0 there."""
CLOSED = frozenset(("d", "r", "bgv", "ti", "mld", "par", "paf"))
"""Measures of simple kind or spread whose standard error has a closed form."""


def _corrected(
    one: Measured, moved: Chance, limit: float, alike: Mask, *, bounded: bool
) -> dict[str, Array]:
    least = 0.0 if bounded else -np.inf
    value = np.maximum(one.estimate - moved.added, least)
    lower = np.minimum(np.maximum(one.estimate - moved.most, least), value)
    return {
        "corrected": value,
        "corrected_lower": np.where(alike & np.isfinite(lower), least, lower) if bounded else lower,
        "corrected_upper": np.maximum(value + limit * moved.se, moved.far),
    }


def _finite(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)
