"""The one look of every chart: type, axes, and numbers in the reader's language."""

from __future__ import annotations

from typing import Any

import altair as alt

from equity.charts.palette import GRID, INK, LINE, MUTED, PAPER
from equity.i18n import Translator

FONT = "'Source Sans', 'Source Sans Pro', sans-serif"
"""'Source Sans' comes with Streamlit, 'Source Sans Pro' (the same family) with this package for
export: nothing is asked of a font host. The converter measures no text in a family whose name has a
word that starts with a digit, so 'Source Sans 3' would give pictures with misplaced text."""
SMALL, BODY, LARGE = 12, 13, 16
HEAD_WIDTH = 50
"""Characters a line of small text above a chart: what fits on a phone."""
LABEL_WIDTH = 18
"""Characters a line of an axis label."""


Chart = alt.LayerChart | alt.FacetChart
"""What Altair's layering methods give back; here always layers."""


def locale(say: Translator) -> dict[str, Any]:
    """Vega's number locale, from Babel's, so that axes read like sentences do."""
    symbols = say.locale.number_symbols["latn"]
    return {
        "number": {
            "decimal": symbols["decimal"],
            "thousands": symbols["group"],
            "grouping": [3],
            "currency": ["$", ""],
        }
    }


def config(say: Translator) -> dict[str, Any]:
    """The Vega-Lite configuration shared by all charts."""
    text = {"labelFontSize": BODY, "titleFontSize": BODY, "labelColor": INK, "titleColor": MUTED}
    return {
        "font": FONT,
        "background": PAPER,
        "locale": locale(say),
        # The page describes the picture as a whole and puts its table below; a name for every mark
        # would be read twice, and the empty containers of unnamed marks are faults to axe.
        "aria": False,
        "mark": {"aria": False},
        "axis": {
            **text,
            "titleFontWeight": "normal",
            "titlePadding": 10,
            "gridColor": GRID,
            "domainColor": LINE,
            "tickColor": LINE,
            "labelPadding": 6,
        },
        "legend": {
            **text,
            "titleFontWeight": "normal",
            "orient": "bottom",
            "direction": "vertical",
            "symbolSize": 140,
            "labelLimit": 260,
            "titleLimit": 340,
            "rowPadding": 4,
            "columnPadding": 16,
        },
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "fontSize": BODY,
            "fontWeight": "normal",
            "color": MUTED,
            "lineHeight": 17,
            "offset": 12,
        },
        "text": {"fontSize": BODY, "color": INK},
        "view": {"stroke": None},
    }


def finish(chart: Chart, rows: list[dict[str, Any]], say: Translator) -> Chart:
    """The chart with the look and its data, as wide as the page gives it.

    The data come last: every step in Altair copies all that is there already.
    """
    done = chart.properties(
        width="container",
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    ).configure(**config(say))
    done.data = alt.Data(values=rows)
    return done
