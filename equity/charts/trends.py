"""A metric over time, by group, and the gap as a panel of its own under it, on the same time axis."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import altair as alt
import pandas as pd

from equity.charts.model import Drawing, interval_text, lines, measure_title
from equity.charts.palette import ACCENT, GRID, INK, MUTED, PAPER, QUIET
from equity.charts.theme import BODY, LABEL_WIDTH, SMALL, finish
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator
from equity.narrative import position_word
from equity.narrative.names import comparison_name, inline
from equity.narrative.numbers import TABLE_FIGURES, difference, quantity, tolerance_text, unit_name
from equity.schema import NO_RECORDS, SUPPRESSED, UNKNOWN

HEIGHT, GAP_HEIGHT = 320, 170
_RIGHT, _AXIS = 124, 52
_LABEL_GAP = 17
_TICKS = 8


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
) -> Drawing:
    """A metric by group or place over time, with intervals.

    `frame`: `equity.findings.series` (columns `period, code, status, estimate, lower, upper, n,
    immature`; code `""` is the city, drawn as the reference). `highlight`: the code that stands out;
    the others are grey. Periods whose cases are not finished are hollow and dashed; a line breaks
    where nothing is shown; changes of definition are labelled ticks.
    """
    definition = definitions.metrics[metric]
    rows = _rows(frame, definition, names, say, period_kind)
    width = [row for row in rows if row["estimate"] is not None]
    low, high = _domain([row[k] for row in width for k in ("lower", "upper", "estimate")])
    scale = alt.Scale(domain=[low, high], nice=False)
    x = _time(frame, say, period_kind)
    y = alt.Y("estimate:Q", title=None, scale=scale, axis=alt.Axis(minExtent=_AXIS, maxExtent=_AXIS, tickCount=6))  # fmt: skip
    for row in rows:
        row["rank"] = 2 if row["code"] == highlight else 1 if row["code"] == "" else 0
    rows.sort(key=lambda row: (row["rank"], row["code"], row["period"]))
    base = alt.Chart().encode(x=x)
    layers: list[alt.Chart] = []
    for rank, opacity in ((0, 0.10), (1, 0.12), (2, 0.20)):
        ranked = base.transform_filter(f"datum.rank == {rank}")
        line = {
            "color": (QUIET, INK, ACCENT)[rank],
            "strokeWidth": (1.4, 1.8, 2.8)[rank],
        }
        layers += [
            ranked.mark_area(color=line["color"], opacity=opacity).encode(
                y=alt.Y("lower:Q", scale=scale, title=None), y2="upper:Q", detail="code:N"
            ),
            ranked.transform_calculate(solid="datum.immature ? null : datum.estimate")
            .mark_line(**line, strokeDash=[6, 3] if rank == 1 else [1, 0])
            .encode(y=alt.Y("solid:Q", scale=scale, title=None), detail="code:N"),
            ranked.transform_filter("isValid(datum.dashed)")
            .mark_line(**line, strokeDash=[2, 3])
            .encode(y=alt.Y("dashed:Q", scale=scale, title=None), detail="code:N"),
            ranked.transform_filter("isValid(datum.estimate)")
            .mark_point(size=(26, 36, 50)[rank], opacity=1, strokeWidth=1.6, stroke=line["color"])
            .encode(
                y=y,
                fill=alt.condition("datum.immature", alt.value(PAPER), alt.value(line["color"])),
                tooltip=_tooltip(by, definitions, say),
            ),
        ]
    layers += [
        base.transform_filter(f"datum.status == '{SUPPRESSED}' && datum.rank == 2")
        .mark_point(shape="square", stroke=MUTED, strokeDash=[3, 2], size=60)
        .encode(y=alt.value(HEIGHT - 8), tooltip=_tooltip(by, definitions, say)),
        *_labels(rows, x, scale, low, high),
        *_changes(definition, frame, say),
    ]
    head = "trend_head_highlight" if highlight else "trend_head"
    text = say(
        f"charts.{head}",
        measure=measure_title(definition, say),
        name=names.get(highlight or "", highlight or ""),
    )
    chart = alt.layer(*layers, data=alt.Data(values=rows)).properties(
        height=HEIGHT, padding=_padding(), title=alt.TitleParams(lines(text), offset=24)
    )
    subtitle = say(
        "charts.subtitle_trend",
        measure=measure_title(definition, say),
        what=inline(comparison_name(by, definitions, say)) if by else say("common.city"),
    )
    return Drawing(
        chart=finish(chart, say),
        alt_text=say(
            "charts.alt_trend", title=title, subtitle=subtitle, **_ends(frame, period_kind, say)
        ),
        table=_table(rows, by, definition, definitions, say),
        title=title,
        subtitle=subtitle,
        caption=caption,
    )


def gap_trend(
    frame: pd.DataFrame,
    definitions: Definitions,
    say: Translator,
    *,
    metric: str,
    name: str,
    period_kind: str,
    title: str,
    caption: str = "",
) -> Drawing:
    """The gap between one fixed group or place and the reference over time, with its interval.

    `frame`: `equity.findings.gap_series` (columns `period, estimate, reference, gap, lower, upper,
    tolerance, status, immature`; positive is behind). Its time axis and margins are those of
    `trend`, so that the two stand under one another. The tolerance is a band around zero.
    """
    definition = definitions.metrics[metric]
    rows = _gap_rows(frame, definition, name, period_kind, say)
    values = [
        row[k] for row in rows for k in ("gap", "lower", "upper", "tolerance", "tolerance_low")
    ]
    low, high = _domain([*values, 0.0])
    scale = alt.Scale(domain=[low, high], nice=False)
    base = alt.Chart().encode(x=_time(frame, say, period_kind))

    def y(field: str) -> alt.Y:
        axis = alt.Axis(minExtent=_AXIS, maxExtent=_AXIS, tickCount=5)
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
    ]
    line = {"color": ACCENT, "strokeWidth": 2.6}
    layers = [
        base.mark_area(color=GRID, opacity=0.7).encode(y=y("tolerance_low"), y2="tolerance:Q"),
        base.mark_area(color=ACCENT, opacity=0.18).encode(y=y("lower"), y2="upper:Q"),
        zero.mark_rule(color=INK, strokeDash=[2, 2]).encode(y=alt.YDatum(0)),
        zero.mark_text(align="left", dx=8, color=INK).encode(
            x=alt.value("width"),
            y=alt.YDatum(0),
            text="text:N",
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
        *_changes(definition, frame, say, text=False),
    ]
    chart = alt.layer(*layers, data=alt.Data(values=rows)).properties(
        height=GAP_HEIGHT, padding=_padding(), title=alt.TitleParams(lines(head))
    )
    table = pd.DataFrame(
        {
            say("charts.period"): [row["period_text"] for row in rows],
            say("charts.gap"): [row["gap"] for row in rows],
            say("charts.lower"): [row["lower"] for row in rows],
            say("charts.upper"): [row["upper"] for row in rows],
            say("charts.status"): [row["status_text"] for row in rows],
        }
    )
    return Drawing(
        chart=finish(chart, say),
        alt_text=say("charts.alt_gap", title=title, **_ends(frame, period_kind, say)),
        table=table,
        title=title,
        subtitle=measure_title(definition, say),
        caption=caption,
    )


def _rows(
    frame: pd.DataFrame,
    metric: Metric,
    names: Mapping[str, str],
    say: Translator,
    period_kind: str,
) -> list[dict[str, Any]]:
    """One row a code and period; `dashed` repeats the estimate along unfinished stretches."""
    rows: list[dict[str, Any]] = []
    for code, part in frame.sort_values("period").groupby("code", sort=True):
        own = []
        for item in part.to_dict("records"):
            estimate = _number(item["estimate"])
            immature = bool(item["immature"])
            status = _status(str(item["status"]), immature, say)
            own.append(
                {
                    "code": str(code),
                    "name": names.get(str(code), str(code)),
                    "period": _stamp(item["period"]),
                    "period_text": say.period(period_kind, _day(item["period"])),
                    "status": item["status"],
                    "estimate": estimate,
                    "lower": _number(item["lower"]),
                    "upper": _number(item["upper"]),
                    "n": _number(item["n"]),
                    "immature": immature,
                    "value_text": quantity(estimate, metric.unit, say, TABLE_FIGURES)
                    if estimate is not None
                    else status,
                    "interval_text": interval_text(item["lower"], item["upper"], metric.unit, say),
                    "n_text": "–" if _number(item["n"]) is None else say.number(round(item["n"])),
                    "status_text": status,
                }
            )
        rows += _dash(own, "estimate")
    return rows


def _gap_rows(
    frame: pd.DataFrame, metric: Metric, name: str, period_kind: str, say: Translator
) -> list[dict[str, Any]]:
    rows = []
    for item in frame.sort_values("period").to_dict("records"):
        gap, half = _number(item["gap"]), _number(item["tolerance"])
        immature = bool(item["immature"])
        lower, upper = _number(item["lower"]), _number(item["upper"])
        status = _status(str(item["status"]), immature, say)
        rows.append(
            {
                "name": name,
                "period": _stamp(item["period"]),
                "period_text": say.period(period_kind, _day(item["period"])),
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
            }
        )
    return _dash(rows, "gap")


def _signed(gap: float, metric: Metric, say: Translator) -> str:
    """A gap in words: '12 points behind', '3 points ahead'."""
    size = difference(gap, metric.unit, say, TABLE_FIGURES)
    sides = ("lower", "higher") if metric.direction == "neutral" else ("behind", "ahead")
    return say(f"narrative.side_{sides[0] if gap >= 0 else sides[1]}", size=size)


def _dash(rows: list[dict[str, Any]], field: str) -> list[dict[str, Any]]:
    """Marks the unfinished stretch of one line, with the last finished point it starts from."""
    for i, row in enumerate(rows):
        following = rows[i + 1]["immature"] if i + 1 < len(rows) else False
        row["dashed"] = row[field] if row["immature"] or following else None
    return rows


def _status(status: str, immature: bool, say: Translator) -> str:
    if status in (SUPPRESSED, NO_RECORDS, "not_applicable"):
        return position_word(status, say)
    if status == "unknown_group":
        return position_word("unknown", say)
    return say("charts.immature") if immature else say("charts.complete")


def _time(frame: pd.DataFrame, say: Translator, period_kind: str) -> alt.X:
    """The time axis: at most eight ticks, named as the language names periods."""
    starts = sorted({_day(value) for value in frame["period"]})
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


def _labels(
    rows: list[dict[str, Any]], x: alt.X, scale: alt.Scale, low: float, high: float
) -> list[alt.Chart]:
    """Names at the ends of the lines, moved apart so that none covers another."""
    last: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["estimate"] is not None and (row["code"] not in last or row["period"] > last[row["code"]]["period"]):  # fmt: skip
            last[row["code"]] = row
    wanted = [(row["estimate"], row) for row in last.values()]
    if len(wanted) > HEIGHT // _LABEL_GAP:
        wanted = [pair for pair in wanted if pair[1]["rank"] > 0 or pair[1]["code"] == UNKNOWN]
    wanted.sort(key=lambda pair: -pair[0])
    tops = _spread([HEIGHT * (high - value) / (high - low) for value, _ in wanted])
    data = [
        {"text": lines(row["name"], LABEL_WIDTH - 2)[0], "top": top, "rank": row["rank"]}
        for (_, row), top in zip(wanted, tops, strict=True)
    ]
    out = []
    for rank, colour in ((0, MUTED), (1, INK), (2, ACCENT)):
        for item in (item for item in data if item["rank"] == rank):
            out.append(
                alt.Chart(alt.Data(values=[item]))
                .mark_text(
                    align="left",
                    dx=8,
                    color=colour,
                    fontSize=BODY,
                    fontWeight=600 if rank == 2 else "normal",
                    limit=_RIGHT - 12,
                )
                .encode(x=alt.value("width"), y=alt.value(item["top"]), text="text:N")
            )
    return out


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


def _changes(
    metric: Metric, frame: pd.DataFrame, say: Translator, text: bool = True
) -> list[alt.Chart]:
    """Labelled ticks where the definition or practice changed, inside the time that is shown."""
    if frame.empty:
        return []
    first, last = (_day(value) for value in (frame["period"].min(), frame["period"].max()))
    rows = [
        {"period": _stamp(change.on), "text": lines(say.text(change.text), 26)}
        for change in metric.changes
        if first <= change.on <= last
    ]
    if not rows:
        return []
    base = alt.Chart(alt.Data(values=rows)).encode(x="period:T")
    marks = [base.mark_rule(color=MUTED, strokeWidth=1)]
    if text:
        marks.append(
            base.mark_text(
                align="left", baseline="bottom", dx=3, dy=-3, color=MUTED, fontSize=SMALL
            ).encode(y=alt.value(0), text="text:N")
        )
    return marks


def _tooltip(by: str, definitions: Definitions, say: Translator) -> list[alt.Tooltip]:
    what = comparison_name(by, definitions, say) if by else say("charts.place")
    return [
        alt.Tooltip("name:N", title=what),
        alt.Tooltip("period_text:N", title=say("charts.period")),
        alt.Tooltip("value_text:N", title=say("charts.value")),
        alt.Tooltip("interval_text:N", title=say("charts.interval_title")),
        alt.Tooltip("n_text:N", title=say("charts.n")),
        alt.Tooltip("status_text:N", title=say("charts.status")),
    ]


def _table(
    rows: list[dict[str, Any]], by: str, metric: Metric, definitions: Definitions, say: Translator
) -> pd.DataFrame:
    what = comparison_name(by, definitions, say) if by else say("charts.place")
    return pd.DataFrame(
        {
            say("charts.period"): [row["period_text"] for row in rows],
            what: [row["name"] for row in rows],
            measure_title(metric, say): [row["estimate"] for row in rows],
            say("charts.lower"): [row["lower"] for row in rows],
            say("charts.upper"): [row["upper"] for row in rows],
            say("charts.n"): [row["n"] for row in rows],
            say("charts.status"): [row["status_text"] for row in rows],
        }
    )


def _ends(frame: pd.DataFrame, period_kind: str, say: Translator) -> dict[str, str]:
    if frame.empty:
        return {"first": "–", "last": "–"}
    first, last = (_day(value) for value in (frame["period"].min(), frame["period"].max()))
    return {"first": say.period(period_kind, first), "last": say.period(period_kind, last)}


def _domain(values: list[float | None]) -> tuple[float, float]:
    known = [value for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    margin = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    return low - margin, high + margin


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def _key(day: date) -> str:
    return day.isoformat()


def _stamp(value: Any) -> str:
    """Midnight without a zone: read as local time, so that no reader's zone shifts the day."""
    return f"{_day(value).isoformat()}T00:00:00"


def _padding() -> dict[str, int]:
    return {"left": 4, "top": 4, "right": _RIGHT, "bottom": 4}
