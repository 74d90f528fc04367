"""Charts on everything that is published often enough, and the signals on them.

Charted are, under each metric's own treatment of unfinished cases, by month where months are
published and else by quarter: the city, every group, every place, and the gap of each group and
place from its metric's reference (a fixed pair). Periods whose cases are not finished, periods that
the records cover only in part, and what is withheld have no value. A series with fewer than
thirteen values is not charted: its limits would be trial limits. A change of practice or definition
that the metric names begins a new level and new limits once thirteen values have come after it (and
before it): until then the chart shows what it did, from then on what happens since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from equity.findings import PLACE_PREFIX, comparisons, gaps, period_kinds
from equity.findings.reference import favourable
from equity.framework.models import Definitions, Metric
from equity.monitoring.fitting import Fitted, fitting_chart
from equity.monitoring.limits import TRIAL
from equity.monitoring.rules import SIGNALS
from equity.monitoring.series import Counts, Series
from equity.publication import Publication
from equity.schema import (
    CHART_COLUMNS,
    CITY,
    GAP_SERIES,
    OUTSIDE,
    SERIES_KEY,
    SIGNAL_COLUMNS,
    UNKNOWN,
    VALUE,
    VALUE_SERIES,
)

MONTHS = {"month": 1, "quarter": 3}
"""Kinds of period that are charted, the first that is published, and how many months they have."""
_YEAR = 12
_PARTIAL = "partial_period"


class Watched(NamedTuple):
    """`signals`: `SIGNAL_COLUMNS`, one row a signal; `charts`: `CHART_COLUMNS`, one a series."""

    signals: pd.DataFrame
    charts: pd.DataFrame


def watch(publication: Publication, definitions: Definitions) -> Watched:
    """Every chart on what `publication` shows, and every signal on them, whenever it was.

    The rows of a series follow one another, signals by period. Empty frames with all columns where
    nothing is charted.
    """
    return frames_of(
        (key, periods, fitting_chart(series))
        for key, periods, series in charted(publication, definitions)
    )


def signals(publication: Publication, definitions: Definitions) -> pd.DataFrame:
    """The signals of `watch`: one row a signal at a period, columns `SIGNAL_COLUMNS`."""
    return watch(publication, definitions).signals


def charted(
    publication: Publication, definitions: Definitions
) -> Iterator[tuple[dict[str, Any], pd.DatetimeIndex, Series]]:
    """Every series with enough values: its `SERIES_KEY`, its periods, and what is to chart."""
    for name, metric in definitions.metrics.items():
        city = publication.slice(name)
        kind = next((kind for kind in MONTHS if kind in set(city["period_kind"])), None)
        if kind is not None:
            rows = city[city["period_kind"] == kind]
            yield from _charted(_key(name, kind), rows, metric, VALUE_SERIES)
        for by in comparisons(publication, name):
            kinds = period_kinds(publication, name, by)
            kind = next((kind for kind in MONTHS if kind in kinds), None)
            if kind is None:
                continue
            every = gaps(publication, definitions, name, by=by, period_kind=kind)
            for code, rows in every.groupby("code", sort=True):
                if code in (OUTSIDE, UNKNOWN):
                    continue
                key = _key(name, kind, by, str(code))
                for what in (VALUE_SERIES, GAP_SERIES):
                    yield from _charted(key, rows, metric, what)


def series_of(rows: pd.DataFrame, metric: Metric, period_kind: str, what: str) -> tuple[pd.DatetimeIndex, Series]:  # fmt: skip
    """The periods and the chartable series of one group or place.

    `rows`: published entries, or `equity.findings.gaps`, of one code (columns `period, status,
    immature, note, estimate, denominator`, and `gap` where `what` is `GAP_SERIES`). Periods that
    are not among them have no value.
    """
    months = MONTHS[period_kind]
    rows = rows.sort_values("period")
    dates = pd.DatetimeIndex(rows["period"])
    position = (dates.year * _YEAR + dates.month - 1) // months
    length = int(position[-1] - position[0]) + 1 if len(rows) else 0
    periods = pd.date_range(
        dates[0] if length else "2000-01-01", periods=length, freq=f"{months}MS"
    )
    usable = (
        (rows["status"] == VALUE)
        & ~rows["immature"].fillna(False).astype(bool)
        & ~rows["note"].fillna("").str.endswith(_PARTIAL)
    ).to_numpy()

    def column(name: str) -> np.ndarray:
        whole = np.full(length, np.nan)
        whole[position[usable] - (position[0] if length else 0)] = rows[name].to_numpy(float)[
            usable
        ]
        return whole

    values = column("gap" if what == GAP_SERIES else "estimate")
    counts = None
    if metric.kind in ("share", "rate") and rows["denominator"].notna().any():
        kind: Literal["share", "rate"] = "share" if metric.kind == "share" else "rate"
        counts = Counts(kind, column("estimate"), column("denominator"), metric.per)
    return periods, Series(
        values,
        season=((periods.month - 1) // months).to_numpy(),
        seasons=_YEAR // months,
        counts=counts,
        sign=-favourable(metric) if what == GAP_SERIES else 1,
        rebase_at=_rebases(periods, values, metric),
    )


def _rebases(periods: pd.DatetimeIndex, values: np.ndarray, metric: Metric) -> tuple[int, ...]:
    """Where a named change begins new limits: at the first period that it concerns as a whole."""
    known = np.cumsum(~np.isnan(values))
    starts: list[int] = []
    for change in sorted(metric.changes, key=lambda change: change.on):
        at = int(periods.searchsorted(pd.Timestamp(change.on)))
        if not 0 < at < len(values):
            continue
        before = known[at - 1] - (known[starts[-1] - 1] if starts else 0)
        if before >= TRIAL and known[-1] - known[at - 1] >= TRIAL:
            starts.append(at)
    return tuple(starts)


def frames_of(told: Iterable[tuple[dict[str, Any], pd.DatetimeIndex, Fitted]]) -> Watched:
    """Charts and their signals as frames; each comes with its `SERIES_KEY` and its periods."""
    signals: list[tuple[Any, ...]] = []
    charts: list[tuple[Any, ...]] = []
    for key, periods, fitted in told:
        series = tuple(key[name] for name in SERIES_KEY)
        chart = fitted.chart
        known = np.flatnonzero(~np.isnan(chart.value))
        ends = periods[int(known[0])], periods[int(known[-1])]
        charts.append((*series, fitted.name, len(known), *ends, fitted.false_signal))
        signals += [
            (
                *(*series, periods[int(i)], fitted.name, SIGNALS[chart.signal[i]]),
                *(chart.value[i], chart.centre[i], chart.lower[i], chart.upper[i], fitted.p[i]),
            )
            for i in np.flatnonzero(chart.signal)
        ]  # fmt: skip
    return Watched(
        pd.DataFrame(signals, columns=list(SIGNAL_COLUMNS)),
        pd.DataFrame(charts, columns=list(CHART_COLUMNS)),
    )


def _charted(
    key: dict[str, Any], rows: pd.DataFrame, metric: Metric, what: str
) -> Iterator[tuple[dict[str, Any], pd.DatetimeIndex, Series]]:
    periods, series = series_of(rows, metric, key["period_kind"], what)
    known = series.values[~np.isnan(series.values)]
    if len(known) >= TRIAL and np.ptp(known) > 0:
        yield key | {"series": what}, periods, series


def _key(metric: str, kind: str, by: str = "", code: str = CITY) -> dict[str, Any]:
    """The key of a series, but for what of it is charted."""
    place = by.startswith(PLACE_PREFIX)
    level = by.removeprefix(PLACE_PREFIX) if place else CITY
    values = (metric, "", kind, level, code if place or not by else CITY)
    groups = ("", "") if place or not by else (by, code)
    return dict(zip(SERIES_KEY, (*values, *groups), strict=False))
