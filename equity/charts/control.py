"""A control chart for people who never saw one: a line, the band of chance, and marks with words."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import altair as alt
import pandas as pd

from equity.charts.model import Drawing, lines, measure_title
from equity.charts.palette import GRID, INK, MUTED, PAPER
from equity.charts.theme import SMALL, finish
from equity.charts.timeline import (
    AXIS_WIDTH,
    changes,
    day_of,
    domain_of,
    ends,
    number_or_none,
    right_margin,
    stamp,
    time_axis,
)
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator
from equity.monitoring import ControlChart
from equity.narrative.changes import UP, level_text, range_text, signal_word
from equity.narrative.numbers import unit_name
from equity.schema import GAP_SERIES

HEIGHT = 220
_WORDS = 3
"""Stretches of marks, the last ones, that have a word beside them; all have one in tooltips and in the table."""
_EDGE, _APART = 0.3, 0.4
"""Parts of the width: from an edge, words run inwards; nearer to one another, only one is drawn."""
_NAMED = 6
"""Stretches of marks that the alternative text names."""


def control(
    chart: ControlChart,
    periods: pd.DatetimeIndex,
    definitions: Definitions,
    say: Translator,
    *,
    metric: str,
    series: str,
    period_kind: str,
    caption: str = "",
) -> Drawing:
    """The chart of one series, `series` being "value" or "gap", over `periods`.

    Its title says between which values chance alone moves the line. Signals are filled triangles
    that point to their side, with a word at the furthest of a stretch; changes of definition are
    labelled ticks. The time axis and margins are those of `trend`.
    """
    definition = definitions.metrics[metric]
    rows = _rows(chart, periods, definition, series, period_kind, say)
    title = said(chart, periods, definition, series, period_kind, say)
    frame = pd.DataFrame({"period": periods})
    low, high = domain_of([row[k] for row in rows for k in ("value", "lower", "upper")])
    air = (high - low) * 0.06
    low, high = low - air, high + air
    scale = alt.Scale(domain=[low, high], nice=False)
    base = alt.Chart().encode(x=time_axis(frame, say, period_kind))

    def y(field: str) -> alt.Y:
        axis = alt.Axis(minExtent=AXIS_WIDTH, maxExtent=AXIS_WIDTH, tickCount=5)
        return alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)

    tips = [
        alt.Tooltip("period_text:N", title=say("charts.period")),
        alt.Tooltip("value_text:N", title=say("charts.value")),
        alt.Tooltip("range_text:N", title=say("charts.interval_title")),
        alt.Tooltip("mark_text:N", title=say("monitoring.mark")),
    ]
    marked = base.transform_filter("datum.side != 0")
    shape = alt.condition("datum.side > 0", alt.value("triangle-up"), alt.value("triangle-down"))
    layers = [
        base.mark_area(color=GRID, opacity=0.7).encode(y=y("lower"), y2=alt.Y2("upper:Q")),
        base.mark_line(color=MUTED, strokeDash=[5, 4], strokeWidth=1.2).encode(y=y("centre")),
        base.mark_line(color=INK, strokeWidth=1.6).encode(y=y("value")),
        base.transform_filter("isValid(datum.value) && datum.side == 0")
        .mark_point(size=22, fill=PAPER, stroke=INK, strokeWidth=1.2, opacity=1)
        .encode(y=y("value"), tooltip=tips),
        marked.mark_point(size=90, fill=INK, stroke=INK, opacity=1).encode(
            y=y("value"), shape=shape, tooltip=tips
        ),
        *_words(rows, base, y),
        *changes(definition, frame, say),
    ]
    drawn = alt.layer(*layers, right_margin()).properties(
        height=HEIGHT,
        title=alt.TitleParams(lines(_head(definition, series, say)), offset=12),
    )
    marked_rows = sum(row["side"] != 0 for row in rows)
    spoken = ends(frame, period_kind, say) | {"title": title}
    alternative = (
        say.plural("monitoring.alt_control", marked_rows, marked=_spoken(rows, say), **spoken)
        if marked_rows
        else say("monitoring.alt_none", **spoken)
    )
    return Drawing(
        chart=finish(drawn, rows, say),
        alt_text=alternative,
        table=_table(rows, definition, series, say),
        title=title,
        subtitle=measure_title(definition, say),
        caption=caption,
    )


def said(
    chart: ControlChart,
    periods: pd.DatetimeIndex,
    metric: Metric,
    series: str,
    period_kind: str,
    say: Translator,
) -> str:
    """Between which values chance alone moves the line: always, or in the last charted period."""
    frame = chart.frame
    known = frame[frame["lower"].notna()]
    if known.empty:
        return say("monitoring.no_limits")
    last = known.iloc[-1]
    text = range_text(_named(last.to_dict(), series), metric, say)
    segment = known[known["centre"] == last["centre"]]
    steady = len(segment) > 1 and (segment["upper"].round(9).nunique() == 1)
    if steady:
        return say("monitoring.chance_moves", range=text)
    period = say.period(period_kind, periods[int(known.index[-1])].date())
    return say("monitoring.chance_last", range=text, period=period)


def _spoken(rows: list[dict[str, Any]], say: Translator) -> str:
    """The last stretches of marks in words: 'May 2021 to July 2021, seven in a row upward'."""
    told = []
    for side, stretch in groupby(rows, key=lambda row: row["side"]):
        marked = list(stretch)
        if side:
            ends = {"first": marked[0]["period_text"], "last": marked[-1]["period_text"]}
            form = "spoken_run" if len(marked) > 1 else "spoken_one"
            told.append(say(f"monitoring.{form}", mark=marked[0]["mark_text"], **ends))
    return "; ".join(told[-_NAMED:])


def _named(row: Mapping[Any, Any], series: str) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()} | {"series": series}


def _head(metric: Metric, series: str, say: Translator) -> str:
    if series != GAP_SERIES:
        return say("monitoring.head", measure=measure_title(metric, say))
    unit = say("charts.points") if metric.unit == "percent" else unit_name(metric.unit, say)
    neutral = metric.direction == "neutral"
    return say("monitoring.head_gap_neutral" if neutral else "monitoring.head_gap", unit=unit)


def _rows(
    chart: ControlChart,
    periods: pd.DatetimeIndex,
    metric: Metric,
    series: str,
    period_kind: str,
    say: Translator,
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    before = 0
    stretches: list[list[dict[str, Any]]] = []
    for period, item in zip(periods, chart.frame.to_dict("records"), strict=True):
        value, lower = number_or_none(item["value"]), number_or_none(item["lower"])
        signal = str(item["signal"])
        side = 0 if signal == "none" else 1 if signal in UP else -1
        rows.append(
            {
                "period": stamp(period),
                "period_text": say.period(period_kind, day_of(period)),
                "value": value,
                "centre": number_or_none(item["centre"]),
                "lower": lower,
                "upper": number_or_none(item["upper"]),
                "side": side,
                "signal": signal,
                "word": "",
                "value_text": "–" if value is None else level_text(value, metric, series, say),
                "range_text": "–"
                if lower is None
                else range_text(_named(item, series), metric, say),
                "mark_text": "–" if value is None else signal_word(signal, say),
            }
        )
        if side and side != before:
            stretches.append([])
        if side:
            stretches[-1].append(rows[-1])
        before = side
    _name(stretches, rows, say)
    return rows


def _name(
    stretches: list[list[dict[str, Any]]], rows: list[dict[str, Any]], say: Translator
) -> None:
    """Words for the last stretches, at their furthest mark; of two that would meet, the later."""
    taken: list[tuple[int, int]] = []
    for stretch in reversed(stretches):
        if len(taken) == _WORDS:
            break
        furthest = max(stretch, key=lambda row: row["side"] * row["value"])
        at = rows.index(furthest)
        if all(side != furthest["side"] or abs(at - i) > _APART * len(rows) for side, i in taken):
            taken.append((furthest["side"], at))
            furthest["word"] = say(f"monitoring.short_{stretch[0]['signal']}")


def _words(rows: list[dict[str, Any]], base: alt.Chart, y: Any) -> list[alt.Chart]:
    """The words beyond the furthest mark of a stretch, where the line does not go.

    They run towards the middle of the chart, so that none is cut at its edge.
    """
    told = [(i, row) for i, row in enumerate(rows) if row["word"]]
    for i, row in told:
        part = i / max(len(rows) - 1, 1)
        row["towards"] = "left" if part < _EDGE else "right" if part > 1 - _EDGE else "center"
    return [
        base.transform_filter(f"datum.towards == '{towards}' && datum.side == {side}")
        .mark_text(
            dy=-10 * side,
            align=towards,
            baseline="bottom" if side > 0 else "top",
            color=INK,
            fontSize=SMALL,
        )
        .encode(y=y("value"), text=alt.Text("word:N"))
        for side, towards in sorted({(row["side"], row["towards"]) for _, row in told})
    ]


def _table(
    rows: list[dict[str, Any]], metric: Metric, series: str, say: Translator
) -> pd.DataFrame:
    value = say("charts.gap") if series == GAP_SERIES else measure_title(metric, say)
    columns = {
        say("charts.period"): "period_text",
        value: "value",
        say("monitoring.centre"): "centre",
        say("monitoring.lower"): "lower",
        say("monitoring.upper"): "upper",
        say("monitoring.mark"): "mark_text",
    }
    return pd.DataFrame({head: [row[field] for row in rows] for head, field in columns.items()})
