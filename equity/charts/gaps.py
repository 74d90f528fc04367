"""The gap over time: a panel of its own, with interval, zero line and tolerance."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from equity.charts.course import reach
from equity.charts.model import Drawing, lines, measure_title
from equity.charts.palette import ACCENT, GRID, INK, PAPER
from equity.charts.timeline import (
    AXIS_WIDTH,
    artefacts,
    changes,
    dash_unfinished,
    day_of,
    domain_of,
    drawing_of,
    noted,
    number_or_none,
    right_margin,
    stamp,
    status_of,
    time_axis,
)
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator
from equity.narrative.numbers import TABLE_FIGURES, difference, tolerance_text, unit_name

GAP_HEIGHT = 170


def gap_trend(
    frame: pd.DataFrame,
    definitions: Definitions,
    say: Translator,
    *,
    metric: str,
    by: str,
    code: str,
    name: str,
    period_kind: str,
    title: str,
    caption: str = "",
    until: date | None = None,
) -> Drawing:
    """The gap between one fixed group or place and the reference over time, with its interval.

    `frame`: `equity.findings.gap_series` (columns `period, estimate, reference, gap, lower, upper,
    tolerance, status, immature, unstable, note, entry`; positive is behind). Up is further behind,
    or more where a metric has no better side. Its time axis and margins are those of `trend`, so
    that the two stand under one another; `until`: the day to which that one reaches. The tolerance
    is a band around zero.
    """
    definition = definitions.metrics[metric]
    rows = _gap_rows(frame, definition, by, code, name, period_kind, say)
    values = [
        row[k] for row in rows for k in ("gap", "lower", "upper", "tolerance", "tolerance_low")
    ]
    low, high = domain_of([*values, 0.0])
    scale = alt.Scale(domain=[low, high], nice=False)
    base = alt.Chart().encode(x=time_axis(frame, say, period_kind))

    def y(field: str) -> alt.Y:
        axis = alt.Axis(minExtent=AXIS_WIDTH, maxExtent=AXIS_WIDTH, tickCount=5)
        return alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)

    zero = alt.Chart(alt.Data(values=[{"text": say("charts.no_gap")}]))
    neutral = definition.direction == "neutral"
    head = say(
        "charts.gap_head_neutral" if neutral else "charts.gap_head",
        name=name,
        unit=say("charts.points")
        if definition.unit == "percent"
        else unit_name(definition.unit, say),
        tolerance=tolerance_text(definition, say),
    )
    tips = [
        alt.Tooltip("period_text:N", title=say("charts.period")),
        alt.Tooltip("value_text:N", title=say("charts.gap")),
        alt.Tooltip("interval_text:N", title=say("charts.interval_title")),
        alt.Tooltip("status_text:N", title=say("charts.status")),
        alt.Tooltip("note_text:N", title=say("charts.note")),
    ]
    line: dict[str, Any] = {"color": ACCENT, "strokeWidth": 2.6}
    layers = [
        *artefacts(definition, by, [code], period_kind, frame, say),
        base.mark_area(color=GRID, opacity=0.7).encode(
            y=y("tolerance_low"), y2=alt.Y2("tolerance:Q")
        ),
        base.mark_area(color=ACCENT, opacity=0.18).encode(y=y("lower"), y2=alt.Y2("upper:Q")),
        zero.mark_rule(color=INK, strokeDash=[2, 2]).encode(y=alt.YDatum(0)),
        zero.mark_text(align="left", dx=8, color=INK).encode(
            x=alt.XValue("width"),
            y=alt.YDatum(0),
            text=alt.Text("text:N"),
        ),
        base.transform_calculate(solid="datum.immature ? null : datum.gap")
        .mark_line(**line)
        .encode(y=y("solid")),
        base.transform_filter("isValid(datum.dashed)")
        .mark_line(**line, strokeDash=[2, 3])
        .encode(y=y("dashed")),
        base.transform_filter("isValid(datum.gap)")
        .mark_point(size=44, opacity=1, strokeWidth=1.8, stroke=ACCENT)
        .encode(
            y=y("gap"),
            fill=alt.condition("datum.immature", alt.value(PAPER), alt.value(ACCENT)),
            tooltip=tips,
        ),
        *changes(definition, frame, say, text=False),
        *reach(until),
    ]
    chart = alt.layer(*layers, right_margin()).properties(
        height=GAP_HEIGHT, title=alt.TitleParams(lines(head))
    )
    return drawing_of(
        "gap", chart, rows, frame, {say("charts.gap"): "gap"}, say,
        period_kind=period_kind, title=title, subtitle=measure_title(definition, say),
        caption=caption,
    )  # fmt: skip


def _gap_rows(
    frame: pd.DataFrame,
    metric: Metric,
    by: str,
    code: str,
    name: str,
    period_kind: str,
    say: Translator,
) -> list[dict[str, Any]]:
    rows = []
    for item in frame.sort_values("period").to_dict("records"):
        gap, half = number_or_none(item["gap"]), number_or_none(item["tolerance"])
        immature = bool(item["immature"])
        lower, upper = number_or_none(item["lower"]), number_or_none(item["upper"])
        if metric.direction == "neutral":  # nobody is behind: up is more
            gap, lower, upper = _turned(gap), _turned(upper), _turned(lower)
        status = status_of(str(item["status"]), immature, say)
        rows.append(
            {
                "name": name,
                "period": stamp(item["period"]),
                "period_text": say.period(period_kind, day_of(item["period"])),
                "gap": gap,
                "lower": lower,
                "upper": upper,
                "tolerance": half,
                "tolerance_low": None if half is None else -half,
                "immature": immature,
                "value_text": status if gap is None else _signed(gap, metric, say),
                "interval_text": say("charts.no_interval")
                if lower is None or upper is None
                else say(
                    "charts.interval",
                    lower=_signed(lower, metric, say),
                    upper=_signed(upper, metric, say),
                ),
                "status_text": status,
                "note_text": noted(metric, by, code, period_kind, item, say),
                "n": number_or_none(item["n"]),
                "entry": item["entry"],
            }
        )
    return dash_unfinished(rows, "gap")


def _turned(value: float | None) -> float | None:
    return None if value is None else -value


def _signed(gap: float, metric: Metric, say: Translator) -> str:
    """A gap in words: '12 points behind', '3 points ahead'."""
    size = difference(gap, metric.unit, say, TABLE_FIGURES)
    sides = ("higher", "lower") if metric.direction == "neutral" else ("behind", "ahead")
    return say(f"narrative.side_{sides[0] if gap >= 0 else sides[1]}", size=size)
