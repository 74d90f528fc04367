"""A metric over time, by group or place, one of them standing out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from equity.charts.course import ends, label, path
from equity.charts.model import Drawing, interval_text, lines, measure_title, tooltip
from equity.charts.palette import ACCENT, INK, MUTED, PAPER, QUIET
from equity.charts.theme import BODY
from equity.charts.timeline import (
    AXIS_WIDTH,
    RIGHT,
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
from equity.monitoring import Course
from equity.narrative.names import comparison_name, inline
from equity.narrative.numbers import TABLE_FIGURES, quantity
from equity.schema import SUPPRESSED, UNKNOWN

HEIGHT = 320
_LABEL_GAP = 17
_CROWD = 5
"""Lines up to which all have their shaded intervals; the table and tooltips always do."""
_LOOKS = (
    {"colour": QUIET, "width": 1.4, "shade": 0.10, "dot": 26},
    {"colour": INK, "width": 1.8, "shade": 0.12, "dot": 36},
    {"colour": ACCENT, "width": 2.8, "shade": 0.20, "dot": 50},
)
"""Everybody else, the reference, the one that stands out: carried in the rows, so that one layer
draws all lines."""


def trend(
    frame: pd.DataFrame,
    definitions: Definitions,
    names: Mapping[str, str],
    say: Translator,
    *,
    metric: str,
    by: str,
    period_kind: str,
    title: str,
    caption: str = "",
    highlight: str | None = None,
    course: Course | None = None,
) -> Drawing:
    """A metric by group or place over time, with intervals.

    `frame`: `equity.findings.series` (columns `period, code, status, estimate, lower, upper, n,
    immature, unstable, note, entry`; code `""` is the city, drawn as the reference). `highlight`: the code that stands out;
    the others are grey. `course`: the straight path to the target and where the city's line leads by
    its day, as quiet marks. Periods whose cases are not finished are hollow and dashed; a line breaks
    where nothing is shown; changes of definition are labelled ticks.
    """
    definition = definitions.metrics[metric]
    if definition.kind == "representation":  # all recipients are 100 % of the recipients
        frame = frame[frame["code"] != ""]
    rows = _rows(frame, definition, by, names, say, period_kind)
    shown = [row for row in rows if row["estimate"] is not None]
    values = [row[k] for row in shown for k in ("lower", "upper", "estimate")]
    low, high = domain_of(values + (ends(course) if course and shown else []))
    scale = alt.Scale(domain=[low, high], nice=False)
    x = time_axis(frame, say, period_kind)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=alt.Axis(minExtent=AXIS_WIDTH, maxExtent=AXIS_WIDTH, tickCount=6))  # fmt: skip
    promised = (label(course, definition, say), course.target) if course and shown else None
    crowded = len({row["code"] for row in rows}) > _CROWD
    for row in rows:
        row["rank"] = 2 if row["code"] == highlight else 1 if row["code"] == "" else 0
        row |= _LOOKS[row["rank"]]
        if row["rank"] == 0 and (highlight or crowded):
            row["shade"] = 0.0
        row["inside"] = PAPER if row["immature"] else row["colour"]
    rows.sort(key=lambda row: (row["rank"], row["code"], row["period"]))
    base = alt.Chart().encode(x=x)
    colour, width = _as_is("colour:N"), _as_is("width:Q")
    what = comparison_name(by, definitions, say) if by else say("charts.place")
    tips = tooltip(what, rows, say, over_time=True)
    layers = [
        *artefacts(definition, by, {row["code"] for row in rows}, period_kind, frame, say),
        base.mark_area().encode(
            y=alt.Y("lower:Q", scale=scale, title=None),
            y2=alt.Y2("upper:Q"),
            detail=alt.Detail("code:N"),
            fill=alt.Fill(**colour),
            fillOpacity=alt.FillOpacity(**_as_is("shade:Q")),
        ),
        base.transform_calculate(solid="datum.immature ? null : datum.estimate")
        .mark_line()
        .encode(
            y=alt.Y("solid:Q", scale=scale, title=None),
            detail=alt.Detail("code:N"),
            stroke=alt.Stroke(**colour),
            strokeWidth=alt.StrokeWidth(**width),
            strokeDash=alt.condition("datum.rank == 1", alt.value([6, 3]), alt.value([1, 0])),
        ),
        base.transform_filter("isValid(datum.dashed)")
        .mark_line(strokeDash=[2, 3])
        .encode(
            y=alt.Y("dashed:Q", scale=scale, title=None),
            detail=alt.Detail("code:N"),
            stroke=alt.Stroke(**colour),
            strokeWidth=alt.StrokeWidth(**width),
        ),
        base.transform_filter("isValid(datum.estimate)")
        .mark_point(opacity=1, strokeWidth=1.6)
        .encode(
            y=y,
            size=alt.Size(**_as_is("dot:Q")),
            stroke=alt.Stroke(**colour),
            fill=alt.Fill(**_as_is("inside:N")),
            tooltip=tips,
        ),
        *(path(course, definition, period_kind, scale, say) if course and shown else []),
        _labels(rows, low, high, promised),
        *changes(definition, frame, say),
    ]
    if any(row["status"] == SUPPRESSED and row["rank"] == 2 for row in rows):
        layers.append(
            base.transform_filter(f"datum.status == '{SUPPRESSED}' && datum.rank == 2")
            .mark_point(shape="square", stroke=MUTED, strokeDash=[3, 2], size=60)
            .encode(y=alt.YValue(HEIGHT - 8), tooltip=tips)
        )
    head = "trend_head_highlight" if highlight else "trend_head"
    text = say(
        f"charts.{head}",
        measure=measure_title(definition, say),
        name=names.get(highlight or "", highlight or ""),
    )
    if course and shown:
        text = " ".join(
            [text, say("charts.trend_target" if course.expected else "charts.trend_level")]
        )
    chart = alt.layer(*layers, right_margin()).properties(
        height=HEIGHT, title=alt.TitleParams(lines(text), offset=12)
    )
    subtitle = say(
        "charts.subtitle_trend",
        measure=measure_title(definition, say),
        what=inline(what) if by else say("common.city"),
    )
    columns = {what: "name", measure_title(definition, say): "estimate"}
    return drawing_of(
        "trend", chart, rows, frame, columns, say,
        period_kind=period_kind, title=title, subtitle=subtitle, caption=caption,
    )  # fmt: skip


def _rows(
    frame: pd.DataFrame,
    metric: Metric,
    by: str,
    names: Mapping[str, str],
    say: Translator,
    period_kind: str,
) -> list[dict[str, Any]]:
    """One row a code and period; `dashed` repeats the estimate along unfinished stretches."""
    rows: list[dict[str, Any]] = []
    for code, part in frame.sort_values("period").groupby("code", sort=True):
        own = []
        for item in part.to_dict("records"):
            estimate = number_or_none(item["estimate"])
            immature = bool(item["immature"])
            status = status_of(str(item["status"]), immature, say)
            own.append(
                {
                    "code": str(code),
                    "name": names.get(str(code), str(code)),
                    "period": stamp(item["period"]),
                    "period_text": say.period(period_kind, day_of(item["period"])),
                    "status": item["status"],
                    "estimate": estimate,
                    "lower": number_or_none(item["lower"]),
                    "upper": number_or_none(item["upper"]),
                    "n": number_or_none(item["n"]),
                    "immature": immature,
                    "value_text": quantity(estimate, metric.unit, say, TABLE_FIGURES)
                    if estimate is not None
                    else status,
                    "interval_text": interval_text(item["lower"], item["upper"], metric.unit, say),
                    "n_text": "–"
                    if number_or_none(item["n"]) is None
                    else say.number(round(item["n"])),
                    "status_text": status,
                    "note_text": noted(metric, by, str(code), period_kind, item, say),
                    "entry": item["entry"],
                }
            )
        rows += dash_unfinished(own, "estimate")
    return rows


def _as_is(field: str) -> dict[str, Any]:
    """A channel whose field holds the colour or size itself."""
    return {"shorthand": field, "scale": None, "legend": None}


def _labels(
    rows: list[dict[str, Any]], low: float, high: float, promised: tuple[str, float] | None
) -> alt.Chart:
    """Names at the ends of the lines and of the path, moved apart so that none covers another."""
    last: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["estimate"] is not None and (row["code"] not in last or row["period"] > last[row["code"]]["period"]):  # fmt: skip
            last[row["code"]] = row
    wanted = [(row["estimate"], row) for row in last.values()]
    if len(wanted) > HEIGHT // _LABEL_GAP:
        wanted = [pair for pair in wanted if pair[1]["rank"] > 0 or pair[1]["code"] == UNKNOWN]
    if promised:
        wanted.append((promised[1], {"name": promised[0], "rank": 1, "colour": INK}))
    wanted.sort(key=lambda pair: -pair[0])
    tops = _spread([HEIGHT * (high - value) / (high - low) for value, _ in wanted])
    data = [
        {
            "text": row["name"],
            "top": top,
            "text_colour": MUTED if row["rank"] == 0 else row["colour"],
        }
        for (_, row), top in zip(wanted, tops, strict=True)
    ]
    return (
        alt.Chart(alt.Data(values=data))
        .mark_text(align="left", dx=8, fontSize=BODY, limit=RIGHT - 12)
        .encode(
            x=alt.XValue("width"),
            y=alt.Y("top:Q", scale=None, axis=None),
            text=alt.Text("text:N"),
            color=alt.Color(**_as_is("text_colour:N")),
        )
    )


def _spread(tops: list[float]) -> list[float]:
    """Heights from the top, at least a line apart and inside the panel; the order is kept.

    >>> _spread([10.0, 12.0, 200.0])
    [10.0, 27.0, 200.0]
    """
    out: list[float] = []
    for top in tops:
        out.append(max(top, out[-1] + _LABEL_GAP) if out else max(top, 4.0))
    limit = float(HEIGHT - 2)
    for i in range(len(out) - 1, -1, -1):
        out[i] = min(out[i], limit)
        limit = out[i] - _LABEL_GAP
    return out
