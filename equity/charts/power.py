"""How large a gap is found with how many records."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from equity.charts.model import Drawing, lines
from equity.charts.palette import ACCENT, GRID, INK, MUTED
from equity.charts.theme import BODY, finish
from equity.i18n import Translator

GROUPS = 10
"""Groups that are compared in the lines that are drawn."""
HEIGHT = 300
_MIDDLE = 0.5
_AT = 1000
"""The line and the number of records that the title speaks of."""


def power_curve(frame: pd.DataFrame, say: Translator, *, tolerance: float = 10.0) -> Drawing:
    """The smallest gap that is found 8 times in 10, by records a group; a line a share.

    `frame`: the columns `groups, share, records, gap` of `docs/methods/power.csv` (gap in percent
    behind the city, NaN where none is found so often). The tolerance (percent) is a band: within it
    there is no gap to find.
    """
    shown = frame[(frame["groups"] == GROUPS) & frame["gap"].notna()]
    ordered = shown.sort_values(["share", "records"])[["share", "records", "gap"]]
    rows: list[dict[str, Any]] = [
        {
            "share": say("charts.power_share", share=say.number(round(100 * share))),
            "label": say("charts.power_label", share=say.number(round(100 * share))),
            "records": int(count),
            "gap": gap,
            "gap_text": say("charts.power_gap", gap=say.number(round(gap, 1))),
            "records_text": say.number(int(count)),
            "colour": ACCENT if share == _MIDDLE else MUTED,
        }
        for share, count, gap in ordered.to_numpy(dtype=float).tolist()
    ]
    records: list[int] = sorted({row["records"] for row in rows})
    x = alt.X(
        "records:Q",
        title=say("charts.power_records"),
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(values=records, format=",d", grid=False, labelOverlap="greedy"),
    )
    y = alt.Y("gap:Q", title=None, scale=alt.Scale(domain=[0, 80]), axis=alt.Axis(tickCount=5))
    base = alt.Chart().encode(x=x, y=y, detail=alt.Detail("share:N"))
    colour = alt.Color("colour:N", scale=None, legend=None)
    layers = [
        alt.Chart(alt.Data(values=[{}]))
        .mark_rect(color=GRID, opacity=0.6)
        .encode(y=alt.YDatum(0), y2=alt.Y2Datum(tolerance)),
        base.mark_line(strokeWidth=2).encode(color=colour),
        base.mark_point(filled=True, size=50, opacity=1).encode(
            color=colour,
            tooltip=[
                alt.Tooltip("share:N", title=say("charts.power_of")),
                alt.Tooltip("records_text:N", title=say("charts.power_records")),
                alt.Tooltip("gap_text:N", title=say("charts.gap")),
            ],
        ),
        base.transform_filter(f"datum.records == {records[0] if records else 0}")
        .mark_text(align="left", dx=8, dy=-10, fontSize=BODY, color=INK)
        .encode(text=alt.Text("label:N")),
    ]
    head = say("charts.power_head", tolerance=say.number(tolerance))
    chart = alt.layer(*layers).properties(
        height=HEIGHT, title=alt.TitleParams(lines(head), offset=16)
    )
    title = _title(shown, say)
    subtitle = say(
        "charts.power_subtitle", groups=say.number(GROUPS), tolerance=say.number(tolerance)
    )
    return Drawing(
        chart=finish(chart, rows, say),
        alt_text=say("charts.alt_power", title=title, subtitle=subtitle, points=_points(rows)),
        table=_table(rows, say),
        title=title,
        subtitle=subtitle,
        caption=say("charts.power_caption"),
    )


def _title(shown: pd.DataFrame, say: Translator) -> str:
    """What the middle line says at a thousand records; without it, what the chart is about."""
    at = shown[(shown["share"] == _MIDDLE) & (shown["records"] == _AT)]["gap"]
    if at.empty:
        return say("charts.power_about")
    return say(
        "charts.power_title", records=say.number(_AT), gap=say.number(round(float(at.iloc[0])))
    )


def _points(rows: list[dict[str, Any]]) -> str:
    """Every point in words, a line after the other, for those who do not see the picture."""
    by_share: dict[str, list[str]] = {}
    for row in rows:
        by_share.setdefault(row["share"], []).append(f"{row['records_text']}: {row['gap_text']}")
    return "; ".join(f"{share} – {', '.join(points)}" for share, points in by_share.items())


def _table(rows: list[dict[str, Any]], say: Translator) -> pd.DataFrame:
    headers = {"charts.power_of": "share", "charts.power_records": "records", "charts.power_behind": "gap"}  # fmt: skip
    return pd.DataFrame({say(key): [row[f] for row in rows] for key, f in headers.items()})
