"""Ranked dots with intervals, and the small dot-and-band for lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import altair as alt

from equity.charts.model import (
    Drawing,
    lines,
    measure_title,
    order,
    row_of,
    tooltip,
)
from equity.charts.palette import ACCENT, GRID, INK, MUTED, POSITION_MARK, QUIET
from equity.charts.theme import BODY, LABEL_WIDTH, SMALL
from equity.charts.words import drawing_of
from equity.findings import is_count
from equity.findings.model import Finding
from equity.framework.models import Definitions
from equity.i18n import Translator
from equity.narrative.names import comparison_name, is_place, reference_name
from equity.narrative.numbers import TABLE_FIGURES, quantity
from equity.schema import OUTSIDE, UNKNOWN

GROUP = "group"
"""Name of the selection when groups are compared; places use `equity.charts.maps.PLACE`."""
_ROW, _LINE, _LETTER = 30, 16, 7
_LABELLED = 12
"""Rows up to which values are written: as many as fit beside the ten districts of a city."""


def ranked_dots(
    finding: Finding,
    definitions: Definitions,
    names: Mapping[str, str],
    say: Translator,
    *,
    chosen: str | None = None,
) -> Drawing:
    """Every entry of a finding as a dot with its 95 % interval, one a row.

    The reference is a line with its name, the tolerance a band. Entries without numbers say why, in
    their row; unknown is last. `names`: code → name (`equity.narrative.names_of`). Clicking a row
    selects field `place` or `group` under that name.
    """
    metric = definitions.metrics[finding.metric]
    what = comparison_name(finding.by, definitions, say)
    counted = is_count(metric)
    entries, ordered = order(finding, definitions)
    if counted:
        ordered = "charts.order_count"
        entries.sort(key=lambda e: (e.code in (OUTSIDE, UNKNOWN), -(e.estimate or 0.0)))
    field = "place" if is_place(finding.by) else GROUP
    rows = [{**row_of(e, finding, definitions, names, say), field: e.code} for e in entries]
    for row in rows:
        label = lines(row["name"], LABEL_WIDTH)
        row |= {"label": "\n".join(label), "lines": len(label)}
    tallest = max((row["lines"] for row in rows), default=1)
    widest = max((len(line) for row in rows for line in row["label"].split("\n")), default=1)
    margin = _LETTER * widest + 12

    y = alt.Y(
        f"{field}:N",
        sort=[row["code"] for row in rows],
        title=None,
        axis=alt.Axis(labels=False, domain=False, ticks=False, minExtent=margin, maxExtent=margin),
    )
    x = alt.X(
        "estimate:Q",
        title=lines(measure_title(metric, say), 48),
        scale=alt.Scale(zero=counted, nice=True),
        axis=alt.Axis(tickCount=5),
    )
    base = alt.Chart().encode(y=y)
    layers = [
        *_names(base, tallest),
        _highlight(base, field, chosen),
        *([_bars(base, x)] if counted else _dots(base, rows, x, finding, names, metric.unit, say)),
        base.transform_filter("!isValid(datum.estimate)")
        .mark_text(align="left", fontStyle="italic", color=MUTED, fontSize=SMALL)
        .encode(x=alt.XValue(22), text=alt.Text("status_text:N")),
        base.transform_filter("datum.status == 'suppressed'")
        .mark_point(shape="square", size=70, stroke=MUTED, strokeDash=[3, 2], filled=False)
        .encode(x=alt.XValue(12)),
        base.mark_rect(opacity=0, cursor="pointer")
        .encode(x=alt.XValue(0), x2=alt.X2Value("width"), tooltip=tooltip(what, rows, say))
        .add_params(
            alt.selection_point(name=field, fields=[field], on="click", toggle=False, clear=False)
        ),
    ]
    if sum(row["estimate"] is not None for row in rows) <= _LABELLED:
        layers.append(
            base.transform_filter("isValid(datum.estimate)")
            .mark_text(align="left", dx=8)
            .encode(x=alt.XValue("width"), text=alt.Text("value_text:N"))
        )
    chart = alt.layer(*layers).properties(
        height=len(rows) * max(_ROW, _LINE * tallest + 8),
        title=alt.TitleParams(lines(say(ordered)), offset=30),
    )
    return drawing_of(finding, "dots", chart, rows, definitions, names, say)


def mini(
    finding: Finding,
    definitions: Definitions,
    names: Mapping[str, str],
    say: Translator,
    *,
    code: str | None = None,
) -> Drawing:
    """One entry alone, the deciding one unless `code` names another: its dot and interval, the
    reference and the tolerance; no axis."""
    metric = definitions.metrics[finding.metric]
    rows = [
        row_of(entry, finding, definitions, names, say)
        for entry in finding.entries
        if entry.code == (code or finding.worst)
    ]
    values = [
        value
        for value in (
            finding.tolerance_lower,
            finding.tolerance_upper,
            *(row[end] for row in rows for end in ("lower", "upper", "estimate")),
        )
        if value is not None
    ]
    scale = alt.Scale(zero=False, nice=False)
    if values and min(values) < max(values):
        margin = (max(values) - min(values)) / 20
        domain = [min(values) - margin, max(values) + margin]
        scale = alt.Scale(domain=domain, zero=False, nice=False)
    base = alt.Chart().encode(x=alt.X("estimate:Q", scale=scale, axis=None))
    against = [
        *_band(finding, bare=True),
        *_reference(finding, names, metric.unit, say, bare=True)[:1],
    ]
    layers = [
        *([] if is_count(metric) else against),
        *_intervals(alt.Chart(), rows, alt.X("lower:Q", scale=scale, axis=None)),
        _points(base, rows, None, legend=False).encode(
            tooltip=tooltip(comparison_name(finding.by, definitions, say), rows, say)
        ),
    ]
    chart = alt.layer(*layers).properties(
        height=28, padding={"left": 2, "top": 2, "right": 2, "bottom": 2}
    )
    drawing = drawing_of(finding, "mini", chart, rows, definitions, names, say)
    if code is None or not rows:
        return drawing
    reference = finding.reference_value
    alt_text = say(
        "charts.alt_entry",
        name=rows[0]["name"],
        value=rows[0]["value_text"],
        interval=rows[0]["interval_text"],
        reference="–" if reference is None else quantity(reference, metric.unit, say),
    )
    return replace(drawing, alt_text=alt_text)


def _bars(base: alt.Chart, x: alt.X) -> alt.Chart:
    """Counts and totals, from zero; no reference, because they grow with the place or group."""
    return (
        base.transform_filter("isValid(datum.estimate)")
        .mark_bar(color=QUIET, height=14)
        .encode(x=x)
    )


def _dots(
    base: alt.Chart,
    rows: list[dict[str, Any]],
    x: alt.X,
    finding: Finding,
    names: Mapping[str, str],
    unit: str,
    say: Translator,
) -> list[alt.Chart]:
    """Tolerance, reference, intervals and dots."""
    return [
        *_band(finding),
        *_reference(finding, names, unit, say),
        *_intervals(base, rows, alt.X("lower:Q", scale=alt.Scale(zero=False))),
        _points(base, rows, x),
    ]


def _intervals(base: alt.Chart, rows: list[dict[str, Any]], x: alt.X) -> list[alt.Chart]:
    """The intervals as lines; no layer where no entry has one."""
    if all(row["lower"] is None for row in rows):
        return []
    return [
        base.transform_filter("isValid(datum.lower)")
        .mark_rule(color=INK, strokeWidth=1.6)
        .encode(x=x, x2=alt.X2("upper:Q"))
    ]


def _band(finding: Finding, bare: bool = False) -> list[alt.Chart]:
    """The tolerance as a shaded band; nothing where entries have references of their own."""
    if finding.tolerance_lower is None or finding.tolerance_upper is None:
        return []
    return [
        alt.Chart(alt.Data(values=[{}]))
        .mark_rect(color=GRID, opacity=0.6)
        .encode(
            x=_at(finding.tolerance_lower, bare),
            x2=alt.X2Datum(finding.tolerance_upper),
        )
    ]


def _reference(
    finding: Finding, names: Mapping[str, str], unit: str, say: Translator, bare: bool = False
) -> list[alt.Chart]:
    """The reference as a line, and its name above the line."""
    if finding.reference_value is None or finding.tolerance_lower is None:
        return []
    at = _at(finding.reference_value, bare)
    text = say(
        "charts.reference",
        name=reference_name(finding, names, say),
        value=quantity(finding.reference_value, unit, say, TABLE_FIGURES),
    )
    one = alt.Data(values=[{"text": text}])
    return [
        alt.Chart(one).mark_rule(color=INK, strokeWidth=1.2, strokeDash=[2, 2]).encode(x=at),
        alt.Chart(one)
        .mark_text(color=INK, fontSize=BODY, fontWeight=600, baseline="bottom", dy=-6)
        .encode(x=at, y=alt.YValue(0), text=alt.Text("text:N")),
    ]


def _at(value: float, bare: bool) -> alt.XDatum:
    """A fixed position on the value axis; `bare` where the chart has no axis."""
    return alt.XDatum(value, axis=None, scale=alt.Scale(zero=False)) if bare else alt.XDatum(value)


def _points(
    base: alt.Chart, rows: list[dict[str, Any]], x: alt.X | None, legend: bool = True
) -> alt.Chart:
    """The dots: shape and colour say the position, hollow means that one cannot tell."""
    words = {row["position"]: row["status_text"] for row in rows if row["estimate"] is not None}
    shown = [position for position in POSITION_MARK if position in words]
    domain = [words[position] for position in shown]
    marks = [POSITION_MARK[position] for position in shown]
    key = alt.Legend(title=None, columns=1) if legend else None

    def scale(values: list[str]) -> alt.Scale:
        return alt.Scale(domain=domain, range=values)

    field = "status_text:N"
    chart = (
        base.transform_filter("isValid(datum.estimate)")
        .mark_point(size=110, opacity=1, strokeWidth=2)
        .encode(
            shape=alt.Shape(field, scale=scale([m.shape for m in marks]), legend=key),
            fill=alt.Fill(
                field, scale=scale([m.colour if m.filled else "#FFFFFF" for m in marks]), legend=key
            ),
            stroke=alt.Stroke(field, scale=scale([m.colour for m in marks]), legend=key),
        )
    )
    return chart.encode(x=x) if x is not None else chart


def _names(base: alt.Chart, tallest: int) -> list[alt.Chart]:
    """The rows' names left of the panel, centred on their row however many lines they have."""
    return [
        base.transform_filter(f"datum.lines == {count}")
        .mark_text(
            align="right", dx=-10, dy=-(count - 1) * _LINE / 2, lineHeight=_LINE, lineBreak="\n"
        )
        .encode(x=alt.XValue(0), text=alt.Text("label:N"))
        for count in range(1, tallest + 1)
    ]


def _highlight(base: alt.Chart, field: str, chosen: str | None) -> alt.Chart:
    return (
        base.transform_filter(alt.FieldOneOfPredicate(field, [chosen] if chosen else []))
        .mark_rect(color=ACCENT, fillOpacity=0.08, stroke=ACCENT, strokeWidth=1.5)
        .encode(x=alt.XValue(0), x2=alt.X2Value("width"))
    )
