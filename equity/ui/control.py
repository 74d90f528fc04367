"""Control charts of what the trends page follows: is it more than chance?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd
import streamlit as st

from equity.charts.control import control
from equity.charts.model import Drawing
from equity.findings import is_count
from equity.monitoring import Fitted, fitting_chart
from equity.monitoring.limits import TRIAL
from equity.monitoring.watching import MONTHS, series_of
from equity.narrative.numbers import out_of
from equity.schema import GAP_SERIES, VALUE_SERIES
from equity.ui import frame, load, names, show, speak
from equity.ui.context import Here
from equity.ui.trends import View

_NOTES = {"seasonal": "chart_seasonal", "residual": "chart_residual", "prime": "chart_by_size"}


@dataclass(frozen=True)
class _Line:
    """What one chart is of: a key to keep it by, its published rows, and how it is followed."""

    key: tuple[str, ...]
    metric: str
    kind: str
    series: str
    rows: Callable[[], pd.DataFrame]


def value(here: Here, view: View) -> None:
    """The chosen group or place itself, with the band of chance."""
    _chosen(here, view, VALUE_SERIES, "monitoring.beyond")


def gap(here: Here, view: View) -> None:
    """Its gap from the reference, with the band of chance; nothing where there is no reference."""
    if view.kind in MONTHS and not is_count(here.definitions.metrics[view.metric]):
        _chosen(here, view, GAP_SERIES, "monitoring.beyond_gap")


def city(here: Here, view: View) -> None:
    """The whole city by its finest periods, drawn when it is asked for."""
    published = set(here.publication.tables(view.metric)["period_kind"])
    kind = next((kind for kind in MONTHS if kind in published), "")
    if not kind:
        return
    if st.toggle(here.say("monitoring.show_city"), key="control-city-shown"):
        frame.heading(here.say("monitoring.beyond", name=here.say("common.city")))
        line = _Line(
            ("city", view.metric, kind, view.treatment), view.metric, kind, VALUE_SERIES,
            lambda: here.publication.slice(
                view.metric, treatment=view.treatment, period_kind=kind
            ),
        )  # fmt: skip
        _draw(here, line)


def _chosen(here: Here, view: View, series: str, heading: str) -> None:
    """The chart of the group or place that the page follows, under its heading."""
    if not view.shown or not view.code:
        return
    title = here.say(heading, name=names.codes(here, view.by)[view.code])
    if view.kind not in MONTHS:
        frame.heading(title, here.say("monitoring.yearly"))
        return
    frame.heading(title)
    choices = {"by": view.by, "code": view.code, "period_kind": view.kind, "treatment": view.treatment}  # fmt: skip
    line = _Line(
        (series, *astuple(view)), view.metric, view.kind, series,
        lambda: load.gap_over_time(here, view.metric, **choices),
    )  # fmt: skip
    _draw(here, line)


def _draw(here: Here, line: _Line) -> None:
    """What chance alone does with a line, how to read it, the chart, and what stands behind it."""
    say = here.say
    found = load.made(here, ("fitted", *line.key), lambda: _fitted(here, line))
    if found is None:
        frame.words(say("monitoring.too_few"), quiet=True)
        return
    fitted, periods = found
    notes = _notes(here, fitted)
    drawing: Drawing = load.made(
        here,
        ("control", *line.key),
        lambda: control(
            fitted.chart,
            periods,
            here.definitions,
            say,
            metric=line.metric,
            series=line.series,
            period_kind=line.kind,
            caption=" · ".join([speak.source(here, line.metric), *notes]),
        ),
    )
    name = f"control-{line.key[0]}"
    frame.words(drawing.title)
    frame.words(say("monitoring.how_to_read"), quiet=True)
    show.plain(drawing, name)
    frame.notes(notes)
    show.behind(here, drawing, name, line.metric)


def _fitted(here: Here, line: _Line) -> tuple[Fitted, pd.DatetimeIndex] | None:
    """The chart that the series calls for; None where it has fewer values than a chart needs."""
    metric = here.definitions.metrics[line.metric]
    periods, points = series_of(line.rows(), metric, line.kind, line.series)
    if np.count_nonzero(~np.isnan(points.values)) < TRIAL:
        return None
    return fitting_chart(points, direction=metric.direction), periods


def _notes(here: Here, fitted: Fitted) -> list[str]:
    """How this chart is drawn, and how often such a chart marks what is chance."""
    own = [here.say(f"monitoring.{key}") for part, key in _NOTES.items() if part in fitted.name]
    often = out_of(100 * fitted.false_signal, here.say)
    return [*own, here.say("monitoring.false_signal", often=often)]
