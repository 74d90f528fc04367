"""A comparison's rows to contrasts: whose errors are whose, and where each row stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from equity.estimates.arrays import Array
from equity.findings.affected import people_affected
from equity.findings.contrasts import ON_REFERENCE, Against, Edge, edges, ends
from equity.findings.gather import Gathered
from equity.findings.judge import Z95, Judged, judge
from equity.findings.limits import (
    Estimates,
    at_least,
    known,
    published,
    rates,
    rest,
    scaled,
    shares,
)
from equity.findings.reference import counts_people, favourable
from equity.findings.unknown import LIMIT, Counted, allocations
from equity.framework.models import Metric, Tolerance

_SAME = 1e-6


@dataclass(frozen=True)
class Weighed:
    """A judged comparison: one table whose groups are the rows `at` of what was gathered.

    `half` is the half width of the tolerance around each row's reference, in the metric's unit;
    `severity` how far behind each certainly is, in tolerances: above 1 beyond the tolerance.
    """

    gathered: Gathered
    at: npt.NDArray[np.intp]
    own: Estimates
    against: Against
    tolerance: tuple[Edge, Edge]
    judged: Judged
    half: Array
    severity: Array

    @property
    def side(self) -> int:
        """+1 where higher is better, −1 where lower is."""
        return favourable(self.gathered.asked.definition)


def weigh(gathered: Gathered, confidence: float = 0.95) -> Weighed | None:
    """Judge what was gathered; None where nothing can be held against the reference."""
    at = np.flatnonzero(gathered.judged)
    if not len(at):
        return None
    metric = gathered.asked.definition
    own, against = _estimated(gathered, at)
    tolerance = edges(percent=metric.tolerance.percent, points=metric.tolerance.points)
    judged = judge(own, against, tolerance, favourable=favourable(metric), confidence=confidence)
    half = half_width(metric.tolerance, gathered.reference[at])
    beyond = judged.beyond_lower[0] if favourable(metric) > 0 else judged.beyond_upper[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        severity = np.where(np.isfinite(beyond) & (half > 0), 1 + beyond / half, -np.inf)
    return Weighed(gathered, at, own, against, tolerance, judged, half, severity)


def half_width(tolerance: Tolerance, reference: Array) -> Array:
    """Half the width of the tolerance around each reference value, in the metric's unit."""
    if tolerance.points:
        return np.full(reference.shape, float(tolerance.points))
    return np.abs(reference) * (tolerance.percent or 0) / 100


def affected(weighed: Weighed) -> int | None:
    """At least how many more would have been reached at the reference's level; None where nobody.

    Over every compared row, not the one picked, less what chance alone adds up to
    (`people_affected`); None where the lower end is not above 0, and where nothing can be counted.
    """
    metric = weighed.gathered.asked.definition
    base = people_in(weighed.gathered)[weighed.at] / metric.per
    if metric.direction == "neutral" or not countable(metric):
        return None
    surely = -weighed.judged.upper if weighed.side > 0 else weighed.judged.lower
    if weighed.against.family == "tukey":  # simultaneous over every best: no picking to correct
        return int(np.nansum(base * np.maximum(surely[0], 0))) or None
    with np.errstate(invalid="ignore"):
        lower, upper = ends(weighed.own, weighed.against, ON_REFERENCE, Z95)
    shortfall = -weighed.side * weighed.judged.difference
    found = people_affected(shortfall, (upper - lower) / (2 * Z95), base, surely=surely)
    return int(found.lower[0]) or None


def countable(metric: Metric) -> bool:
    """Whether a distance from the reference is a number of records or people."""
    return metric.kind in ("share", "rate", "representation")


def people_in(gathered: Gathered) -> Array:
    """What a row's estimate is per: its records for shares, else its denominator."""
    return gathered.column("n" if gathered.asked.definition.kind == "share" else "denominator")


def survives_unknown(weighed: Weighed) -> bool:
    """Whether parity holds wherever the records of unknown group belong; False where not computable.

    Each group is given the allocation worst for it and the best; the whole stays what it is, a
    reference group is given the opposite. Among all pairs, and for means and durations, the bounds
    cannot be told.
    """
    gathered, metric = weighed.gathered, weighed.gathered.asked.definition
    row = gathered.unknown
    if row is None:
        return True
    kind = metric.kind
    x, n = gathered.column("numerator"), gathered.column("n")
    base = n if kind == "share" else gathered.column("denominator")
    more, total = x[row] if kind == "share" else n[row], n[row]
    if not countable(metric) or not np.isfinite([more, total]).all() or metric.reference.kind == "best":  # fmt: skip
        return False
    counted = cast("Counted", kind)
    whole_x, whole_n = _whole(gathered, metric)
    for other, (numerator, denominator) in zip(
        (1, 0),
        allocations(counted, x[weighed.at], base[weighed.at], more, total),
        strict=True,
    ):
        own = _of_counts(metric, numerator[None], denominator[None])
        if kind != "share":
            own = at_least(own, weighed.own)
        against = weighed.against
        if metric.reference.kind in ("city", "rest"):
            left = _of_counts(
                metric,
                np.maximum(whole_x - numerator[None], 0),
                np.maximum(whole_n - denominator[None], 0),
            )
            part = denominator[None] / whole_n if metric.reference.kind == "city" else 0.0
            against = Against(left, part)
        elif metric.reference.kind == "group":
            group = gathered.group
            pair = [group[name].to_numpy(dtype=float) for name in ("numerator", "denominator")]
            opposite = allocations(counted, pair[0], pair[1], more, total)[other]
            against = Against(_of_counts(metric, *(v[None] for v in opposite)), family="dunnett")
        found = judge(own, against, weighed.tolerance, favourable=weighed.side)
        if not found.parity[0]:
            return False
    return True


def unknown_share(gathered: Gathered) -> float | None:
    """The share of the records whose group is not known; None where that is withheld."""
    if gathered.unknown is None:
        return 0.0
    n = gathered.column("n")[gathered.unknown]
    return None if not np.isfinite(n) or not gathered.people else float(n / gathered.people)


def blocked_by_unknown(weighed: Weighed | None, share: float | None) -> bool:
    """Whether records of unknown group forbid a verdict of parity."""
    if share is None:
        return True
    return share > LIMIT and not (weighed is not None and survives_unknown(weighed))


def _estimated(gathered: Gathered, at: npt.NDArray[np.intp]) -> tuple[Estimates, Against]:
    """The rows' estimates and what they are held against, in the metric's unit; one table."""
    metric = gathered.asked.definition
    kind = metric.reference.kind
    plain = _plain_shares(gathered, at, metric)
    spread = _spread(gathered, at)
    x, n = (gathered.column(name)[at][None] for name in ("numerator", "denominator"))
    own = scaled(shares(x, n, spread), metric.per) if plain else _published(gathered, at)
    if kind in ("eligible", "need"):
        return own, Against(known(gathered.reference[at][None]))
    if kind == "best":
        return own, Against(own, family="tukey", steady=~gathered.flag("unstable")[at][None])
    if kind == "group":
        return own, Against(_of_row(gathered.group, metric, plain), family="dunnett")
    weight = "n" if metric.kind in ("share", "duration") or not counts_people(metric) else "denominator"  # fmt: skip
    whole = _number(gathered.city, weight)
    part = np.clip(np.nan_to_num(gathered.column(weight)[at] / whole, nan=0.0), 0, 1)[None]
    if plain:
        whole_x, whole_n = _whole(gathered, metric)
        other = shares(np.maximum(whole_x - x, 0), np.maximum(whole_n - n, 0), spread)
        other = scaled(other, metric.per)
    elif metric.kind == "rate" and np.isfinite(x).all() and np.isfinite(n).all():
        other = _others_rate(gathered, own, x, n)
    else:
        city = _of_row(gathered.city, metric, plain=False)
        city = scaled(city, _known(gathered))
        other = rest(city, own, part)
        if kind == "rest":
            other = Estimates(gathered.reference[at][None], other.at)
    alone = part >= 1
    if alone.any():  # a group that is everybody has no rest, and cannot differ from itself
        other = _filled(other, alone, own)
    return own, Against(other, part if kind == "city" else 0.0)


def _others_rate(gathered: Gathered, own: Estimates, x: Array, n: Array) -> Estimates:
    """Everybody else's rate, as over-dispersed as the groups' own.

    The city's published interval is widened by what the whole city went through (a year of closed
    centers), which cancels between its groups. Their own dispersion is read off their intervals:
    how much wider than Poisson's they are, squared, over all that was counted in the others.
    """
    metric = gathered.asked.definition
    whole_x, whole_n = _whole(gathered, metric)
    known = _known(gathered)
    exact = scaled(rates(x, n), metric.per)
    with np.errstate(invalid="ignore", divide="ignore"):
        wider = (own.se / exact.se) ** 2
    counted = np.where(np.isfinite(wider), x, 0.0)
    excess = np.where(np.isfinite(wider), x * wider, 0.0)
    # Independent counts add up with their variances, so a large group's dispersion weighs more.
    others, more = (np.sum(v, axis=-1, keepdims=True) - v for v in (counted, excess))
    spread = np.fmax(more / np.where(others > 0, others, np.inf), 1.0)
    left = np.maximum(whole_x * known - x, 0), np.maximum(whole_n - n, 0)
    return scaled(rates(*left, spread), metric.per)


def _known(gathered: Gathered) -> float:
    """The part of the city's count that the reference holds: what names a group."""
    at = gathered.judged
    value = _number(gathered.city, "estimate")
    if gathered.asked.definition.reference.kind != "city" or not value:
        return 1.0
    return float(gathered.reference[at][0] / value)


def _plain_shares(gathered: Gathered, at: npt.NDArray[np.intp], metric: Metric) -> bool:
    """Whether the estimates are x/n of the published counts, so that their limits can be reckoned."""
    if metric.kind != "share":
        return False
    x, n = gathered.column("numerator")[at], gathered.column("denominator")[at]
    with np.errstate(invalid="ignore", divide="ignore"):
        same = np.abs(metric.per * x / n - gathered.column("estimate")[at]) < _SAME * metric.per
    rows = gathered.group if metric.reference.kind == "group" else gathered.city
    whole = metric.reference.kind == "best" or np.isfinite(_number(rows, "denominator"))
    return bool(same.all() and whole)


def _spread(gathered: Gathered, at: npt.NDArray[np.intp]) -> Array:
    """Dispersion of the rows, 1 where it is not published."""
    return np.fmax(np.nan_to_num(gathered.column("dispersion")[at], nan=1.0), 1.0)[None]


def _published(gathered: Gathered, at: npt.NDArray[np.intp]) -> Estimates:
    def row(name: str) -> Array:
        return gathered.column(name)[at][None]

    return published(
        row("estimate"),
        row("lower"),
        row("upper"),
        row("lower_simultaneous"),
        row("upper_simultaneous"),
        int(gathered.declared.sum()),
    )


def _of_row(row: pd.DataFrame, metric: Metric, plain: bool) -> Estimates:
    """The estimate of a single published row, (1, 1)."""
    if plain:
        one = shares([[_number(row, "numerator")]], [[_number(row, "denominator")]])
        return scaled(one, metric.per)
    value, lower, upper = ([[_number(row, name)]] for name in ("estimate", "lower", "upper"))
    return published(value, lower, upper, lower, upper, 1)


def _of_counts(metric: Metric, x: Array, n: Array) -> Estimates:
    kind = rates if metric.kind == "rate" else shares
    return scaled(kind(x, n), metric.per)


def _whole(gathered: Gathered, metric: Metric) -> tuple[float, float]:
    """The city's numerator and denominator."""
    return _number(gathered.city, "numerator"), _number(gathered.city, "denominator")


def _number(rows: pd.DataFrame, name: str) -> float:
    """A number of the first row; NaN where there is none."""
    if rows.empty or name not in rows:
        return float("nan")
    value = rows[name].iloc[0]
    return float("nan") if pd.isna(value) else float(value)


def _filled(other: Estimates, where: npt.NDArray[np.bool_], own: Estimates) -> Estimates:
    """`other`, with `own`'s values and no error `where` there is nobody else."""

    def at(critical: Array) -> tuple[Array, Array]:
        below, above = other.at(critical)
        return np.where(where, 0.0, below), np.where(where, 0.0, above)

    return Estimates(np.where(where, own.value, other.value), at)
