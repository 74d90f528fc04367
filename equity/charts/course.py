"""The path to a target, and where a metric's line leads, as quiet marks on a chart over time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import altair as alt

from equity.charts.palette import INK, MUTED, PAPER
from equity.charts.timeline import stamp
from equity.framework.models import Metric
from equity.i18n import Translator
from equity.monitoring import Course
from equity.narrative.numbers import TABLE_FIGURES, figure, quantity

_YEAR, _HALF_YEAR = timedelta(days=364), timedelta(days=182)
_YEARLY = ("year", "fiscal_year")
_DOTS = [1, 4]


def ends(course: Course) -> list[float | None]:
    """The values that the marks reach."""
    if not _has_path(course):
        return [course.target]
    return [course.target, course.baseline, course.projected_lower, course.projected_upper]


def label(course: Course, metric: Metric, say: Translator) -> str:
    """'target 80%': what stands at the right end."""
    return say("charts.target", value=quantity(course.target, metric.unit, say, TABLE_FIGURES))


def until(course: Course | None, period_kind: str) -> date | None:
    """The day to which the time axis must reach; None where the marks ask for none."""
    if course is None or course.by is None or not _has_path(course):
        return None
    return course.by - _YEAR if period_kind in _YEARLY else course.by


def reach(day: date | None) -> list[alt.Chart]:
    """A mark that nobody sees, so that panels under one another have the same time axis."""
    if day is None:
        return []
    base = alt.Chart(alt.Data(values=[{"period": stamp(day)}]))
    return [base.mark_rule(opacity=0).encode(x=alt.X("period:T"))]


def path(
    course: Course, metric: Metric, period_kind: str, scale: alt.Scale, say: Translator
) -> list[alt.Chart]:
    """A dotted line to the target, the target, and the projection with its interval by its day.

    A target without a day, or whose day has passed, is a level line. Points over time stand at the
    first day of their period; so do the marks, where the chart's periods are years.
    """

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", scale=scale, title=None)

    end = until(course, period_kind)
    if end is None or course.baseline_period is None:
        level = alt.Chart(alt.Data(values=[{"value": course.target}]))
        return [level.mark_rule(color=MUTED, strokeDash=_DOTS, strokeWidth=1.4).encode(y=y("value"))]  # fmt: skip
    start = course.baseline_period + (timedelta() if period_kind in _YEARLY else _HALF_YEAR)
    rows: list[dict[str, Any]] = [
        {"period": stamp(start), "value": course.baseline},
        {"period": stamp(end), "value": course.target},
    ]
    line = alt.Chart(alt.Data(values=rows)).mark_line(color=MUTED, strokeDash=_DOTS, strokeWidth=1.4)  # fmt: skip
    point = rows[1] | {
        "projected": course.projected,
        "low": course.projected_lower,
        "high": course.projected_upper,
        "text": label(course, metric, say),
        "projection": _projection(course, metric, say),
    }
    tips = [
        alt.Tooltip("text:N", title=say("charts.target_title")),
        alt.Tooltip("projection:N", title=say("charts.projection")),
    ]
    at = alt.Chart(alt.Data(values=[point])).encode(x=alt.X("period:T"), tooltip=tips)
    layers = [line.encode(x=alt.X("period:T"), y=y("value"))]
    if course.projected is not None:
        layers += [
            at.mark_rule(color=INK, strokeWidth=1.4).encode(y=y("low"), y2=alt.Y2("high:Q")),
            at.mark_tick(color=INK, thickness=2, size=12).encode(y=y("projected")),
        ]
    diamond = at.mark_point(shape="diamond", size=70, stroke=INK, fill=PAPER, opacity=1)
    return [*layers, diamond.encode(y=y("value"))]


def _projection(course: Course, metric: Metric, say: Translator) -> str:
    """'72% (70 to 73)'; "" where there is none."""
    low, high = course.projected_lower, course.projected_upper
    if course.projected is None or low is None or high is None:
        return ""
    return say(
        "charts.projection_text",
        value=quantity(course.projected, metric.unit, say, TABLE_FIGURES),
        lower=figure(low, say, TABLE_FIGURES),
        upper=figure(high, say, TABLE_FIGURES),
    )


def _has_path(course: Course) -> bool:
    """Whether there is a way still to go: a day that has not come, and a value to start from."""
    return course.expected is not None and course.by is not None
