"""Performance × disparity: each metric as a numbered mark between its target and its tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from equity.charts.model import Drawing, lines
from equity.charts.palette import GRID, INK, LINE, MUTED, PAPER, VERDICT_COLOUR
from equity.charts.theme import BODY, SMALL, finish
from equity.findings.standing import Standing
from equity.framework.models import Definitions
from equity.i18n import Translator
from equity.narrative import verdict_word

_HEIGHT, _SIZE = 360, 260
_SHAPE = {"gap": "triangle-down", "parity": "circle", "cannot_tell": "square"}
_ROOM = 1.15
_Side = Literal["left", "right"]
_CORNERS: tuple[tuple[str, int | None, _Side, int | None], ...] = (
    ("unequal_short", 4, "left", 12),
    ("unequal_met", None, "right", 12),
    ("equal_short", 4, "left", None),
    ("equal_met", None, "right", None),
)
"""(words, x at the left or None for the right, alignment, y at the top or None for the bottom)."""


def quadrants(
    standings: Sequence[Standing],
    sentences: Mapping[str, str],
    definitions: Definitions,
    say: Translator,
) -> Drawing:
    """Metrics by how far the city is beyond its target (across) and how far behind the furthest group
    or place is, in tolerances (upwards), with its interval.

    Marks are numbered in the order given; `sentences`: finding's id → its headline. A filled mark is
    certain, an open one is not. The two numbers are never added up into one.
    """
    rows = [_row(i, each, sentences, definitions, say) for i, each in enumerate(standings, 1)]
    short = min([row["performance"] for row in rows] + [-10.0]) * _ROOM
    past = max([row["performance"] for row in rows] + [10.0]) * _ROOM
    highest = max([row["furthest"] for row in rows] + [2.0]) * _ROOM
    lowest = min([row["nearest"] for row in rows] + [-0.5])
    x = alt.X(
        "performance:Q", title=say("charts.quadrants_x"),
        scale=alt.Scale(domain=[short, past], nice=False), axis=alt.Axis(tickCount=5, grid=False),
    )  # fmt: skip
    domain = alt.Scale(domain=[lowest, highest], nice=False)
    y = alt.Y(
        "behind:Q", title=say("charts.quadrants_y"), scale=domain,
        axis=alt.Axis(tickCount=5, grid=False),
    )  # fmt: skip
    base = alt.Chart()
    one = alt.Chart(alt.Data(values=[{}]))
    verdicts = list(VERDICT_COLOUR)
    colour = alt.Scale(domain=verdicts, range=[VERDICT_COLOUR[v] for v in verdicts])
    shape = alt.Scale(domain=verdicts, range=[_SHAPE[v] for v in verdicts])
    tips = [
        alt.Tooltip("sentence:N", title=say("charts.quadrants_metric")),
        alt.Tooltip("performance_text:N", title=say("charts.quadrants_x")),
        alt.Tooltip("behind_text:N", title=say("charts.quadrants_y")),
        alt.Tooltip("status_text:N", title=say("charts.status")),
    ]
    marks = base.mark_point(size=_SIZE, strokeWidth=2, opacity=1).encode(
        x=x,
        y=y,
        stroke=alt.Stroke("verdict:N", scale=colour, legend=None),
        shape=alt.Shape("verdict:N", scale=shape, legend=None),
        fill=alt.condition("datum.certain", alt.value(GRID), alt.value(PAPER)),
        tooltip=tips,
    )
    layers = [
        one.mark_rule(color=LINE, strokeDash=[4, 3]).encode(y=alt.YDatum(1)),
        one.mark_rule(color=INK, strokeDash=[2, 2]).encode(x=alt.XDatum(0)),
        *_corners(one, say),
        base.mark_rule(strokeWidth=1.6).encode(
            x=x, y=alt.Y("nearest:Q", scale=domain), y2="furthest:Q",
            color=alt.Color("verdict:N", scale=colour, legend=None),
        ),
        marks,
        base.mark_text(fontSize=SMALL, fontWeight="bold", color=INK).encode(
            x=x, y=y, text=alt.Text("number:N")
        ),
    ]  # fmt: skip
    head = say("charts.quadrants_head")
    chart = alt.layer(*layers).properties(height=_HEIGHT, title=alt.TitleParams(lines(head)))
    told = " ".join(f"{row['number']}. {row['sentence']}" for row in rows)
    return Drawing(
        chart=finish(chart, rows, say),
        alt_text=say("charts.alt_quadrants", count=say.number(len(rows)), list=told),
        table=_table(rows, say),
        title=say("charts.quadrants_title"),
        subtitle=head,
        caption="",
    )


def _row(
    number: int,
    standing: Standing,
    sentences: Mapping[str, str],
    definitions: Definitions,
    say: Translator,
) -> dict[str, Any]:
    finding = standing.finding
    certain = finding.verdict == "parity" or bool(finding.certain)
    return {
        "number": str(number),
        "entry": next((e.entry for e in finding.entries if e.code == finding.worst), ""),
        "name": say.text(definitions.metrics[finding.metric].title),
        "sentence": sentences.get(finding.id, ""),
        "verdict": finding.verdict,
        "certain": certain,
        "performance": standing.performance,
        "behind": standing.behind,
        "nearest": standing.nearest,
        "furthest": standing.furthest,
        "performance_text": f"{say.number(standing.performance, digits=0)}%",
        "behind_text": say.number(standing.behind, digits=1),
        "status_text": verdict_word(finding.verdict, say),
    }


def _corners(one: alt.Chart, say: Translator) -> list[alt.Chart]:
    """What each quarter means, in its corner."""
    return [
        one.mark_text(
            align=align, fontSize=BODY, color=MUTED, fontStyle="italic", dy=-8 if top is None else 0
        ).encode(
            x=alt.XValue("width" if left is None else left),
            y=alt.YValue("height" if top is None else top),
            text=alt.TextValue(say(f"charts.quadrant_{words}")),
        )
        for words, left, align, top in _CORNERS
    ]


def _table(rows: Sequence[Mapping[str, Any]], say: Translator) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                say("charts.quadrants_metric"): row["name"],
                say("charts.quadrants_x"): row["performance"],
                say("charts.quadrants_y"): row["behind"],
                say("charts.lower"): row["nearest"],
                say("charts.upper"): row["furthest"],
                say("charts.status"): row["status_text"],
                say("charts.entry"): row["entry"],
            }
            for row in rows
        ]
    )
