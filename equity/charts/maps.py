"""The map of a finding: places coloured by their distance from the reference, in tolerances."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import altair as alt
import pandas as pd

from equity.charts.model import (
    Drawing,
    lines,
    measure_title,
    row_of,
    tooltip,
)
from equity.charts.palette import ACCENT, INK, MUTED, PAPER, STEPS, WASH
from equity.charts.theme import BODY, SMALL
from equity.charts.words import drawing_of
from equity.findings import is_count
from equity.findings.model import Entry, Finding
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator
from equity.narrative.names import comparison_name, reference_name, with_reference
from equity.narrative.numbers import tolerance_text
from equity.schema import NOT_APPLICABLE, OUTSIDE, SUPPRESSED, UNKNOWN

PLACE = "place"
"""Name and field of the selection: `event.selection.place[0]["place"]` is the chosen code."""
HEIGHT = 420
_LABELLED = 12
_PHONE, _NARROW, _LETTER = 340, 420, 6.5
"""Pixels: a map's width on a phone, the width up to which names make way, a letter's width."""
_RADIUS = 18
_SOMETIMES = ("not_compared", "not_published")
"""Steps that are in the legend only where they occur."""
_JUDGED, _PLAIN = ("behind", "ahead"), ("lower", "higher")


def place_map(
    finding: Finding,
    definitions: Definitions,
    places: pd.DataFrame,
    say: Translator,
    *,
    boundaries: str | Mapping[str, Any],
    chosen: str | None = None,
) -> Drawing:
    """A map of a finding by place.

    `places`: columns `place, name, x, y` (EPSG:4326), one row a place of the level. `boundaries`:
    address of the display GeoJSON, or the GeoJSON itself; features have the property `place`, rings
    clockwise. `chosen`: the code of the place that is outlined. Clicking selects `PLACE`. Counts and
    totals are drawn as circles whose area is the value, never as colours. Entries outside every
    place are counted in the caption, not on the map.
    """
    metric = definitions.metrics[finding.metric]
    names = dict(zip(places["place"].astype(str), places["name"].astype(str), strict=True))
    entries = {entry.code: entry for entry in finding.entries}
    rows = [
        {
            **(
                row_of(entries[code], finding, definitions, names, say)
                if code in entries
                else _unpublished(code, finding, definitions, names, say)
            ),
            PLACE: code,
            "x": float(x),
            "y": float(y),
        }
        for code, x, y in zip(places["place"].astype(str), places["x"], places["y"], strict=True)
    ]
    level = comparison_name(finding.by, definitions, say)
    tips = tooltip(level, rows, say)
    layers = (
        _circles(rows, metric, tips, say) if is_count(metric) else _shapes(rows, metric, tips, say)
    )
    layers += [_outline(chosen, tips), *_labels(rows, chosen, below=is_count(metric))]
    head = "map_counts" if is_count(metric) else "map_steps"
    title = say(
        f"charts.{head}",
        reference=reference_name(finding, with_reference(names, finding, definitions, say), say),
        tolerance=tolerance_text(metric, say, finding.tolerance),
    )
    chart = (
        alt.layer(*layers)
        .transform_lookup(lookup=PLACE, from_=_geometry(boundaries))
        .project("mercator")
        .properties(height=HEIGHT, title=alt.TitleParams(lines(title)))
    )
    names = with_reference(names, finding, definitions, say)
    all_names = names | {OUTSIDE: say("common.outside"), UNKNOWN: say("common.unknown")}
    return drawing_of(finding, "map", chart, rows, definitions, all_names, say)


def _unpublished(
    code: str,
    finding: Finding,
    definitions: Definitions,
    names: Mapping[str, str],
    say: Translator,
) -> dict[str, Any]:
    """A place that the publication says nothing of, which is not the same as no records."""
    row = row_of(Entry(code, NOT_APPLICABLE, "not_applicable"), finding, definitions, names, say)
    text = say("narrative.position_not_published")
    return row | {"step": "not_published", "value_text": text, "status_text": text}


def _geometry(boundaries: str | Mapping[str, Any]) -> alt.LookupData:
    if isinstance(boundaries, str):
        data = alt.Data(url=boundaries, format=alt.DataFormat(type="json", property="features"))
    else:
        data = alt.Data(values=list(boundaries["features"]))
    return alt.LookupData(data=data, key="properties.place", fields=["geometry", "type"])


def _select() -> alt.Parameter:
    return alt.selection_point(name=PLACE, fields=[PLACE], on="click", toggle=False, clear=False)


def _shapes(
    rows: list[dict[str, Any]], metric: Metric, tips: list[alt.Tooltip], say: Translator
) -> list[alt.Chart]:
    there = {row["step"] for row in rows}
    other_words = _JUDGED if metric.direction == "neutral" else _PLAIN
    left_out = {*_SOMETIMES, *(step for step in STEPS if step.startswith(other_words))} - there
    steps = [step for step in STEPS if step not in left_out]
    for row in rows:
        row["step_text"] = say(f"charts.step_{row['step']}")
    domain = [say(f"charts.step_{step}") for step in steps]

    def scale(attribute: str) -> alt.Scale:
        values = [getattr(STEPS[step], attribute) for step in steps]
        return alt.Scale(
            domain=domain, range=[list(v) if isinstance(v, tuple) else v for v in values]
        )

    legend = alt.Legend(title=None, columns=2, symbolType="square")
    fill = (
        alt.Chart()
        .mark_geoshape(strokeWidth=1.2, cursor="pointer")
        .encode(
            fill=alt.Fill("step_text:N", scale=scale("fill"), legend=legend),
            stroke=alt.Stroke("step_text:N", scale=scale("stroke"), legend=legend),
            strokeDash=alt.StrokeDash("step_text:N", scale=scale("dash"), legend=legend),
            tooltip=tips,
        )
        .add_params(_select())
    )
    certain = (
        alt.Chart()
        .transform_filter(alt.FieldOneOfPredicate("position", [*_JUDGED, *_PLAIN]))
        .mark_geoshape(filled=False, stroke=INK, strokeWidth=1.8)
        .encode(tooltip=tips)
    )
    withheld = (
        alt.Chart()
        .transform_filter(f"datum.status == '{SUPPRESSED}'")
        .mark_geoshape(
            filled=False, stroke=STEPS[SUPPRESSED].stroke, strokeWidth=1.4, strokeDash=[4, 3]
        )
        .encode(tooltip=tips)
    )
    return [fill, withheld, certain]


def _circles(
    rows: list[dict[str, Any]], metric: Metric, tips: list[alt.Tooltip], say: Translator
) -> list[alt.Chart]:
    ground = (
        alt.Chart()
        .mark_geoshape(fill=WASH, stroke=MUTED, strokeWidth=0.6, cursor="pointer")
        .encode(tooltip=tips)
        .add_params(_select())
    )
    points = {"longitude": alt.Longitude("x:Q"), "latitude": alt.Latitude("y:Q")}
    circles = (
        alt.Chart()
        .transform_filter("isValid(datum.estimate)")
        .mark_circle(color=INK, opacity=0.55)
        .encode(
            size=alt.Size(
                "estimate:Q",
                scale=alt.Scale(type="linear", zero=True, range=[0, round(math.pi * _RADIUS**2)]),
                legend=alt.Legend(title=measure_title(metric, say), columns=4, values=_nice(rows)),
            ),
            **points,
        )
    )
    few = (
        alt.Chart()
        .transform_filter(f"datum.status == '{SUPPRESSED}'")
        .mark_point(size=120, stroke=MUTED, strokeDash=[4, 3], fill=PAPER)
        .encode(**points)
    )
    few_text = (
        alt.Chart()
        .transform_filter("!isValid(datum.estimate)")
        .mark_text(dy=12, fontSize=SMALL, color=MUTED)
        .encode(text=alt.Text("status_text:N"), **points)
    )
    return [ground, circles, few, few_text]


def _nice(rows: list[dict[str, Any]]) -> list[float]:
    """Three values for the legend of circles: about the largest, a third and a tenth of it."""
    largest = max((row["estimate"] for row in rows if row["estimate"] is not None), default=0.0)
    return sorted({float(f"{largest * part:.1g}") for part in (0.1, 0.35, 1.0)} - {0.0})


def _outline(chosen: str | None, tips: list[alt.Tooltip]) -> alt.Chart:
    return (
        alt.Chart()
        .transform_filter(alt.FieldOneOfPredicate(PLACE, [chosen] if chosen else []))
        .mark_geoshape(filled=False, stroke=ACCENT, strokeWidth=4)
        .encode(tooltip=tips)
    )


def _crowded(rows: list[dict[str, Any]]) -> bool:
    """Whether names would cover one another on a map as wide as a phone.

    >>> row = {"name": "District 1", "y": 37.3}
    >>> _crowded([row | {"x": -122.0}, row | {"x": -121.8}, row | {"x": -121.79}])
    True
    >>> _crowded([row | {"x": -122.0}, row | {"x": -121.9}, row | {"x": -121.8}])
    False
    """
    span = max((row["x"] for row in rows), default=0) - min((row["x"] for row in rows), default=0)
    if not span:
        return False
    pixels = 0.75 * _PHONE / span  # of a degree of longitude: places reach beyond their names
    return any(
        abs(a["x"] - b["x"]) * pixels < _LETTER * (len(a["name"]) + len(b["name"])) / 2
        and abs(a["y"] - b["y"]) * pixels / math.cos(math.radians(a["y"])) < BODY
        for a, b in combinations(rows, 2)
    )


def _labels(rows: list[dict[str, Any]], chosen: str | None, below: bool = False) -> list[alt.Chart]:
    """The places' names, with a halo so that they read on every fill; many places: the chosen only."""
    shown = [row["code"] for row in rows] if len(rows) <= _LABELLED else [chosen] if chosen else []
    base = alt.Chart().transform_filter(alt.FieldOneOfPredicate(PLACE, shown))
    if _crowded([row for row in rows if row["code"] in shown]):
        base = base.transform_filter(f"width > {_NARROW} || datum.{PLACE} == {json.dumps(chosen)}")
    where = {
        "longitude": alt.Longitude("x:Q"),
        "latitude": alt.Latitude("y:Q"),
        "text": alt.Text("name:N"),
    }
    dy = _RADIUS + 8 if below else 0
    halo = base.mark_text(
        stroke=PAPER, strokeWidth=4, strokeJoin="round", opacity=0.85, fontSize=BODY, dy=dy
    )
    return [halo.encode(**where), base.mark_text(color=INK, fontSize=BODY, dy=dy).encode(**where)]
