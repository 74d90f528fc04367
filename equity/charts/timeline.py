"""The time axis and what charts over time share, so that panels stand exactly under one another."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from equity.charts.model import Drawing, lines
from equity.charts.palette import GRID, MUTED
from equity.charts.theme import SMALL, Chart, finish
from equity.framework.models import Metric
from equity.i18n import Translator
from equity.narrative import marks, notes_on, position_word
from equity.schema import NO_RECORDS, NOT_APPLICABLE, SUPPRESSED, UNKNOWN_GROUP

RIGHT, AXIS_WIDTH = 124, 52
_TICKS = 8
_LINE = 14
_COLUMNS = {
    "lower": "lower",
    "upper": "upper",
    "n": "n",
    "status": "status_text",
    "note": "note_text",
    "entry": "entry",
}
"""Message and field of the columns that every table over time ends with."""


def dash_unfinished(rows: list[dict[str, Any]], field: str) -> list[dict[str, Any]]:
    """Marks the unfinished stretch of one line, with the last finished point it starts from."""
    for i, row in enumerate(rows):
        following = rows[i + 1]["immature"] if i + 1 < len(rows) else False
        row["dashed"] = row[field] if row["immature"] or following else None
    return rows


def status_of(status: str, immature: bool, say: Translator) -> str:
    """An entry's status in words; with numbers, whether its period is complete."""
    if status in (SUPPRESSED, NO_RECORDS, NOT_APPLICABLE):
        return position_word(status, say)
    if status == UNKNOWN_GROUP:
        return position_word("unknown", say)
    return say("charts.immature") if immature else say("charts.complete")


def time_axis(frame: pd.DataFrame, say: Translator, period_kind: str) -> alt.X:
    """The time axis: at most eight ticks, named as the language names periods."""
    starts = sorted({day_of(value) for value in frame["period"]})
    if period_kind in ("month", "quarter"):
        ticks = [day for day in starts if day.month == 1] or starts
        labels = {_key(day): str(day.year) for day in ticks}
        if len(ticks) < 3:
            labels = {_key(day): say.period(period_kind, day) for day in starts}
    else:
        labels = {_key(day): say.period(period_kind, day) for day in starts}
    keys = sorted(labels)
    keys = keys[:: -(-len(keys) // _TICKS)] if keys else keys
    texts = {key: lines(labels[key], 12) for key in keys}
    return alt.X(
        "period:T",
        title=None,
        axis=alt.Axis(
            values=[
                alt.DateTime(year=int(k[:4]), month=int(k[5:7]), date=int(k[8:])) for k in keys
            ],
            format="%Y-%m-%d",
            labelExpr=f"({json.dumps(texts)})[datum.label]",
            labelOverlap="greedy",
            grid=False,
        ),
    )


def changes(
    metric: Metric, frame: pd.DataFrame, say: Translator, text: bool = True
) -> list[alt.Chart]:
    """Labelled ticks where the definition or practice changed, inside the time that is shown.

    The words stand above the panel; the title keeps clear of whatever is drawn there.
    """
    rows = _changes(metric, frame, say)
    if not rows:
        return []
    marks = [_ticks(rows).mark_rule(color=MUTED, strokeWidth=1)]
    if text:
        # The first of several lines stands where a single one would: each more, a line higher.
        for count in sorted({row["lines"] for row in rows}):
            words = _ticks([row for row in rows if row["lines"] == count]).mark_text(
                align="left",
                baseline="bottom",
                dx=3,
                dy=-3 - (count - 1) * _LINE,
                color=MUTED,
                fontSize=SMALL,
                lineBreak="\n",
                lineHeight=_LINE,
            )
            marks.append(words.encode(y=alt.YValue(0), text=alt.Text("text:N")))
    return marks


def _changes(metric: Metric, frame: pd.DataFrame, say: Translator) -> list[dict[str, Any]]:
    if frame.empty:
        return []
    first, last = (day_of(value) for value in (frame["period"].min(), frame["period"].max()))
    texts = [
        (change.on, lines(say.text(change.text), 26))
        for change in metric.changes
        if first <= change.on <= last
    ]
    return [{"period": stamp(on), "text": "\n".join(t), "lines": len(t)} for on, t in texts]


def _ticks(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart(alt.Data(values=rows)).encode(x=alt.X("period:T"))


def noted(metric: Metric, by: str, code: str, kind: str, item: Mapping[Any, Any], say: Translator) -> str:  # fmt: skip
    """What must be known of one entry of a series: its own marks, artefacts of its place and time."""
    own = marks(str(item["note"]), False, bool(item["unstable"]), say)
    notes = notes_on(metric, by, [code], kind, day_of(item["period"]))
    return " ".join([*own, *(say.text(note.text) for note in notes)])


def artefacts(
    metric: Metric, by: str, codes: Collection[str], kind: str, frame: pd.DataFrame, say: Translator
) -> list[alt.Chart]:
    """Bands at the periods with a known artefact of these entries, the first one named."""
    days = sorted({day_of(value) for value in frame["period"]})
    rows = [{"period": stamp(day)} for day in days if notes_on(metric, by, codes, kind, day)]
    if not rows:
        return []
    x = alt.X("period:T")
    band = alt.Chart(alt.Data(values=rows)).mark_rule(color=GRID, strokeWidth=9, opacity=0.8)
    text = alt.Chart(alt.Data(values=[rows[0] | {"text": say("charts.artefact")}])).mark_text(
        align="left", baseline="bottom", dx=-4, dy=-3, color=MUTED, fontSize=SMALL
    )
    return [band.encode(x=x), text.encode(x=x, y=alt.YValue("height"), text=alt.Text("text:N"))]


def drawing_of(
    kind: str,
    chart: Chart,
    rows: list[dict[str, Any]],
    frame: pd.DataFrame,
    columns: Mapping[str, str],
    say: Translator,
    *,
    period_kind: str,
    title: str,
    subtitle: str,
    caption: str,
) -> Drawing:
    """The finished drawing over time; `columns`: translated header → field of `rows`."""
    ends_of = ends(frame, period_kind, say)
    shared = {say(f"charts.{name}"): field for name, field in _COLUMNS.items()}
    headers = {say("charts.period"): "period_text", **columns, **shared}
    return Drawing(
        chart=finish(chart, rows, say),
        alt_text=say(f"charts.alt_{kind}", title=title, subtitle=subtitle, **ends_of),
        table=pd.DataFrame({head: [row[f] for row in rows] for head, f in headers.items()}),
        title=title,
        subtitle=subtitle,
        caption=caption,
    )


def ends(frame: pd.DataFrame, period_kind: str, say: Translator) -> dict[str, str]:
    """Names of the first and last period, for alternative text."""
    if frame.empty:
        return {"first": "–", "last": "–"}
    first, last = (day_of(value) for value in (frame["period"].min(), frame["period"].max()))
    return {"first": say.period(period_kind, first), "last": say.period(period_kind, last)}


def domain_of(values: list[float | None]) -> tuple[float, float]:
    """The span of `values` with a little air above and below."""
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    margin = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return low - margin, high + margin


def number_or_none(value: Any) -> float | None:
    """`value` as a float; None where there is none."""
    return None if value is None or pd.isna(value) else float(value)


def day_of(value: Any) -> date:
    """A date of whatever kind a frame holds, as a date."""
    return pd.Timestamp(value).date()


def _key(day: date) -> str:
    return day.isoformat()


def stamp(value: Any) -> str:
    """Midnight without a zone: read as local time, so that no reader's zone shifts the day."""
    return f"{day_of(value).isoformat()}T00:00:00"


def right_margin() -> alt.Chart:
    """An unseen mark that keeps the same room for names right of every panel of a column."""
    return (
        alt.Chart(alt.Data(values=[{}]))
        .mark_point(opacity=0, size=1)
        .encode(x=alt.XValue(alt.ExprRef(f"width + {RIGHT}")), y=alt.YValue(0))
    )
