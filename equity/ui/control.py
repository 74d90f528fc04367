"""Control charts of what the trends page follows: is it more than chance?"""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pandas as pd

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


def value(here: Here, view: View) -> None:
    """The chosen group or place itself, with the band of chance."""
    _part(here, view, VALUE_SERIES, "monitoring.beyond")


def gap(here: Here, view: View) -> None:
    """Its gap from the reference, with the band of chance; nothing where there is no reference."""
    if not is_count(here.definitions.metrics[view.metric]):
        _part(here, view, GAP_SERIES, "monitoring.beyond_gap")


def _part(here: Here, view: View, series: str, heading: str) -> None:
    if not view.shown or not view.code:
        return
    say = here.say
    title = say(heading, name=names.codes(here, view.by)[view.code])
    if view.kind not in MONTHS:
        if series == VALUE_SERIES:
            frame.heading(title, say("monitoring.yearly"))
        return
    found = load.made(here, ("fitted", series, *astuple(view)), lambda: _fitted(here, view, series))
    if found is None:
        frame.heading(title, say("monitoring.too_few"))
        return
    fitted, periods = found
    notes = _notes(here, fitted)
    drawing: Drawing = load.made(
        here,
        ("control", series, *astuple(view)),
        lambda: control(
            fitted.chart,
            periods,
            here.definitions,
            say,
            metric=view.metric,
            series=series,
            period_kind=view.kind,
            caption=" · ".join([speak.source(here, view.metric), *notes]),
        ),
    )
    frame.heading(title)
    frame.words(drawing.title)
    frame.words(say("monitoring.how_to_read"), quiet=True)
    show.plain(drawing, f"control-{series}")
    frame.notes(notes)
    show.behind(here, drawing, f"control-{series}", view.metric)


def _fitted(here: Here, view: View, series: str) -> tuple[Fitted, pd.DatetimeIndex] | None:
    """The chart that the series calls for; None where it has fewer values than a chart needs."""
    rows = load.gap_over_time(
        here,
        view.metric,
        by=view.by,
        code=view.code,
        period_kind=view.kind,
        treatment=view.treatment,
    )
    metric = here.definitions.metrics[view.metric]
    periods, points = series_of(rows, metric, view.kind, series)
    if np.count_nonzero(~np.isnan(points.values)) < TRIAL:
        return None
    return fitting_chart(points, direction=metric.direction), periods


def _notes(here: Here, fitted: Fitted) -> list[str]:
    """How this chart is drawn, and how often such a chart marks what is chance."""
    own = [here.say(f"monitoring.{key}") for part, key in _NOTES.items() if part in fitted.name]
    often = out_of(100 * fitted.false_signal, here.say)
    return [*own, here.say("monitoring.false_signal", often=often)]
