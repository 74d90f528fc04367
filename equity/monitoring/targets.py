"""Will the city's promise be kept? A target against the line on which the metric moves.

The path is the straight line from the first period that is published to the target on its day. The
projection is the straight line through what is published (`equity.monitoring.slope`), carried on to
that day: *on course* where its whole 95 % interval keeps the promise, *off course* where none of it
does, *cannot tell* else. It says where things lead if they go on as they went, not what will happen.
A target without a day, or whose day has passed, is met or not.

A target of what adds up over periods (a rate, a total) is that of a year, and so is its projection.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from equity.findings.reference import favourable
from equity.findings.tables import PERIOD_PREFERENCE
from equity.framework.models import Definitions, Metric
from equity.monitoring.gap_trends import SEASONS, base_of, positions, variances, window
from equity.monitoring.slope import MINIMUM, fit_lines
from equity.publication import Publication
from equity.schema import CITY, TARGET_COLUMNS, VALUE

_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}
"""Kinds of period in which a target is compared, and how many months they have."""
_YEAR = 12


@dataclass(frozen=True)
class Course:
    """Where a metric stands on the way to its target; `equity.schema.TARGET_COLUMNS` says what is what."""

    metric: str
    period_kind: str
    verdict: Literal["on_course", "off_course", "cannot_tell", "met", "not_met"]
    reason: str
    target: float
    by: date | None
    baseline_period: date | None
    baseline: float | None
    latest_period: date | None
    latest: float | None
    latest_lower: float | None
    latest_upper: float | None
    expected: float | None
    line_kind: str
    points: int
    projected: float | None
    projected_lower: float | None
    projected_upper: float | None


def course_of(publication: Publication, metric: str) -> Course | None:
    """The stored course of a metric; None where it has no target, or nothing judges it."""
    stored = publication.targets(metric)
    if stored.empty:
        return None
    row = stored.iloc[0]
    values: dict[str, Any] = {}
    for field in fields(Course):
        value = row[field.name]
        if pd.isna(value):
            values[field.name] = None
        elif isinstance(value, pd.Timestamp):
            values[field.name] = value.date()
        else:
            values[field.name] = value if isinstance(value, str) else float(value)
    return Course(**(values | {"points": int(row["points"])}))


def targets(publication: Publication, definitions: Definitions) -> pd.DataFrame:
    """Where every target stands (`equity.schema.TARGET_COLUMNS`), a row a metric that has one.

    Metrics without a better side promise nothing, and have no row.
    """
    rows = [
        _course(publication, name, metric)
        for name, metric in definitions.metrics.items()
        if metric.target is not None and metric.direction != "neutral"
    ]
    frame = pd.DataFrame(rows, columns=list(TARGET_COLUMNS))
    days = ["baseline_period", "latest_period", "by"]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in days})


def adds_up(metric: Metric) -> bool:
    """Whether a year's value is the sum of its quarters' (rates, totals), not a mean of them."""
    return metric.kind == "rate" or metric.statistic == "total"


def _course(publication: Publication, name: str, metric: Metric) -> dict[str, Any]:
    assert metric.target is not None
    by = metric.target.by
    row: dict[str, Any] = dict.fromkeys(TARGET_COLUMNS) | {
        "metric": name, "target": metric.target.value, "by": by, "points": 0, "line_kind": "",
        "period_kind": "", "verdict": "cannot_tell", "reason": "no_values",
    }  # fmt: skip
    whole = {kind: _whole(publication, name, kind) for kind in _MONTHS}
    kind = next((k for k in PERIOD_PREFERENCE if k in whole and len(whole[k])), None)
    if kind is None:
        return row
    judged = whole[kind] if by is None else whole[kind][whole[kind]["period"] <= pd.Timestamp(by)]
    if judged.empty:
        return row
    first, last = judged.iloc[0], judged.iloc[-1]
    row |= {
        "period_kind": kind, "baseline_period": first["period"], "baseline": first["estimate"],
        "latest_period": last["period"], "latest": last["estimate"],
        "latest_lower": last["lower"], "latest_upper": last["upper"], "reason": "",
    }  # fmt: skip
    side = favourable(metric)
    kept = side * (last["estimate"] - metric.target.value) >= 0
    if by is None or _end(last["period"], kind) >= pd.Timestamp(by):
        return row | {"verdict": "met" if kept else "not_met"}
    row["expected"] = _path(first, last, kind, metric.target.value, by)
    return row | _projection(whole, kind, metric, metric.target.value, by, side)


def _whole(publication: Publication, name: str, kind: str) -> pd.DataFrame:
    """The city's values in whole and finished periods, oldest first."""
    rows = publication.slice(name, period_kind=kind, place_level=CITY)
    return window(rows[rows["status"] == VALUE]).sort_values("period", ignore_index=True)


def _end(period: pd.Timestamp, kind: str) -> pd.Timestamp:
    """The last day of a period."""
    return period + pd.DateOffset(months=_MONTHS[kind]) - pd.Timedelta(days=1)


def _path(first: pd.Series, last: pd.Series, kind: str, target: float, by: date) -> float:
    """The height of the straight path at the end of the latest period."""
    start, now = _end(first["period"], kind), _end(last["period"], kind)
    part = (now - start) / (pd.Timestamp(by) - start)
    return float(first["estimate"] + part * (target - first["estimate"]))


def _projection(
    whole: dict[str, pd.DataFrame], kind: str, metric: Metric, target: float, by: date, side: int
) -> dict[str, Any]:
    """Where the line leads by the day, and the verdict on it."""
    line_kind = next((k for k in SEASONS if len(whole[k]) >= MINIMUM), "")
    if not line_kind:
        known = {k: len(whole[k]) for k in SEASONS if len(whole[k])}
        points = max(known.values(), default=0)
        return {"points": points, "verdict": "cannot_tell", "reason": "few_points"}
    frame, season = whole[line_kind], SEASONS[line_kind]
    at = positions(frame["period"], season)
    values, base = (np.full((1, int(at.max()) + 1), np.nan) for _ in range(2))
    values[0, at], column = frame["estimate"], base_of(metric)
    if column:
        base[0, at] = frame[column]
    known_base = variances(values, base) if column else None
    months = _YEAR // season
    start = frame["period"].iloc[0]
    step = (by.year * _YEAR + by.month - 1) // months - (start.year * _YEAR + start.month - 1) // months  # fmt: skip
    # A year's value is compared with the target: the line half way through the year that ends then.
    yearly = _MONTHS[kind] == _YEAR
    place = step - (season - 1) / 2 if yearly else step
    lines = fit_lines(values, variances=known_base, season=season)
    factor = season if yearly and adds_up(metric) else 1
    limits = (0.0, metric.per if metric.kind == "share" else np.inf)
    middle, low, high = (float(np.clip(factor * end[0], *limits)) for end in lines.at(place))
    worst, best = (low, high) if side > 0 else (high, low)
    verdict = "cannot_tell"
    if side * (worst - target) >= 0:
        verdict = "on_course"
    elif side * (best - target) < 0:
        verdict = "off_course"
    return {
        "line_kind": line_kind, "points": int(lines.n[0]), "projected": middle,
        "projected_lower": low, "projected_upper": high, "verdict": verdict,
        "reason": "uncertain" if verdict == "cannot_tell" else "",
    }  # fmt: skip
