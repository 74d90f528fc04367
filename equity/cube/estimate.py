"""Cells to entries: each with a value, its intervals, its status and what must be said about it."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pandas as pd

from equity.cube import clusters, kinds, periods, plan, standard
from equity.cube import grid as grids
from equity.cube.population import DENOMINATOR_KEY, denominators
from equity.framework.models import Definitions, Metric
from equity.records.periods import period_start
from equity.schema import (
    ESTIMATE_COLUMNS,
    KEY,
    NO_RECORDS,
    NOT_APPLICABLE,
    OUTSIDE,
    UNKNOWN,
    UNKNOWN_GROUP,
    VALUE,
)

NO_DENOMINATOR = "cube.no_denominator"
NO_SKETCH = "cube.no_percentile_for_pairs"
PARTIAL = "cube.partial_period"
TOO_FEW_PLACES = "cube.too_few_places"
AS_GIVEN = "cube.median_as_given"
NOT_MERGED = "cube.median_not_merged"


def estimate(
    connection: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    metric_id: str,
    population: pd.DataFrame,
    places: pd.DataFrame,
) -> pd.DataFrame:
    """Every entry of a metric, before disclosure control: `KEY` and `ESTIMATE_COLUMNS`.

    Reads table `cells` (from `build` or `build_aggregate`). `population` has `POPULATION_COLUMNS`,
    `places` the columns `place_level, place` of `equity.places.place_table`. The grid is full:
    every period between the dataset's first and last record, every place of a level and `outside`,
    every declared group and `unknown`. A metric that adjusts for something has a second set under
    the treatment `LIKE_FOR_LIKE`, and the column `smallest` (`equity.cube.standard`). Values are in the metric's unit: shares, rates and
    representation are multiplied by its `per`. Empty where the dataset has no record.
    """
    metric = definitions.metrics[metric_id]
    span = connection.execute(
        "SELECT first_date, last_date FROM cell_spans WHERE metric = ?", [metric_id]
    ).fetchall()
    if not span:
        return pd.DataFrame(columns=[*KEY, *ESTIMATE_COLUMNS])
    [(first, last)] = span
    aggregated = definitions.datasets[metric.dataset].kind == "aggregate"
    frame = grids.grid(definitions, metric_id, plan.tables(metric), places, first, last)
    frame = frame.merge(_cells(connection, metric_id), on=list(KEY), how="outer")
    frame["recorded"] = frame["id"].notna()
    frame[["n", "numerator"]] = frame[["n", "numerator"]].astype(float).fillna(0.0)
    frame = _with_people(frame, metric, population)
    frame["k"] = grids.compared(frame, definitions, places)
    frame = clusters.spread(connection, frame, definitions, metric, population)
    fiscal = definitions.city.fiscal_year_start
    frame["immature"], frame["partial"] = grids.period_flags(frame, metric, first, last, fiscal)
    if aggregated:
        given = _given_as_partial(frame, definitions, metric)
        frame["immature"], frame["partial"] = frame["immature"] | given, frame["partial"] | given
        numbers = _of_aggregate(frame, metric)
    else:
        numbers = _of_records(connection, frame, metric)
    frame = pd.concat([frame.drop(columns=["numerator"]), numbers], axis=1)
    entries = _described(frame, definitions, metric, aggregated)
    alike = standard.entries(connection, entries, definitions, metric, places)
    return pd.concat([entries, alike], ignore_index=True) if len(alike) else entries


def _cells(connection: duckdb.DuckDBPyConnection, metric_id: str) -> pd.DataFrame:
    cells = connection.execute(
        "SELECT * EXCLUDE (denominator, sketch), rowid AS id FROM cells WHERE metric = ?",
        [metric_id],
    ).df()
    return cells.assign(period=pd.to_datetime(cells["period"]).dt.date)


def _with_people(frame: pd.DataFrame, metric: Metric, population: pd.DataFrame) -> pd.DataFrame:
    """Add `people` and `moe`: NaN where there is no population, for outside and for unknown."""
    if metric.population is None:
        return frame.assign(people=np.nan, moe=np.nan)
    people = denominators(population, metric.population).rename(columns={"count": "people"})
    joined = frame.merge(people, on=DENOMINATOR_KEY, how="left")
    unknown = (
        joined["place"].eq(OUTSIDE) | joined["group"].eq(UNKNOWN) | joined["group_2"].eq(UNKNOWN)
    )
    for name in ("people", "moe"):
        joined[name] = joined[name].astype(float).mask(unknown)
    return joined


def _of_records(
    connection: duckdb.DuckDBPyConnection, frame: pd.DataFrame, metric: Metric
) -> pd.DataFrame:
    if plan.needs_percentile(metric):
        buckets = connection.execute(
            "SELECT id, bucket, count FROM (SELECT rowid AS id, unnest(map_keys(sketch)) AS bucket,"
            " unnest(map_values(sketch)) AS count FROM cells"
            " WHERE metric = ? AND sketch IS NOT NULL) ORDER BY id, bucket",
            [frame["metric"].iloc[0]],
        ).df()
        return kinds.percentile(frame, buckets, clusters.percentile(metric))
    if metric.kind == "amount" and metric.statistic == "total":
        return kinds.total(frame, metric)
    by_kind = {
        "share": kinds.share,
        "rate": kinds.rate,
        "representation": kinds.representation,
        "duration": kinds.average,
        "amount": kinds.average,
    }
    return by_kind[metric.kind](frame, metric)


def _of_aggregate(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    if metric.kind == "duration":
        numbers = kinds.share(frame, metric) * np.nan
        return numbers.assign(estimate=frame["mean"].astype(float))
    if metric.kind == "amount":
        return kinds.counts(frame, metric)
    by_kind = {"share": kinds.share, "rate": kinds.rate, "representation": kinds.representation}
    return by_kind[metric.kind](frame, metric)


def _given_as_partial(frame: pd.DataFrame, definitions: Definitions, metric: Metric) -> pd.Series:
    """Which entries contain a period that the contract names as not yet complete."""
    shape = definitions.datasets[metric.dataset].aggregate
    assert shape is not None
    fiscal = definitions.city.fiscal_year_start
    named = [period_start(text, shape.period_kind, fiscal) for text in shape.partial_periods]
    starts = [start for start in named if start is not None]
    marked: dict[str, set[date]] = {}
    for kind in frame["period_kind"].unique():
        if kind == "all":
            marked[kind] = set(frame.loc[frame["period_kind"] == kind, "period"]) if starts else set()  # fmt: skip
        else:
            marked[kind] = {periods.start_of(kind, start, fiscal) for start in starts}
    pairs = zip(frame["period_kind"], frame["period"], strict=True)
    return pd.Series(
        [start in marked[kind] for kind, start in pairs], index=frame.index, dtype=bool
    )


def _described(
    frame: pd.DataFrame, definitions: Definitions, metric: Metric, aggregated: bool
) -> pd.DataFrame:
    """Statuses, the mark of few events, notes; and no number where the status has none."""
    unknown = frame["group"].eq(UNKNOWN) | frame["group_2"].eq(UNKNOWN)
    pairs = frame["dimension_2"].ne("")
    needs_people = metric.kind in ("rate", "representation") or (
        metric.kind == "amount" and metric.population is not None
    )
    # With a denominator, or as a total, no record at all is a value: 0.
    empty = frame["n"].eq(0) & frame["estimate"].isna()
    if aggregated:
        empty = ~frame["recorded"]
    single_median = aggregated and metric.kind == "duration"
    unsupported = pairs & (plan.needs_percentile(metric) and not aggregated)
    nowhere = frame["people"].isna() & ~unknown & needs_people

    status = pd.Series(VALUE, index=frame.index, dtype=object)
    note = pd.Series("", index=frame.index, dtype=object)
    note = note.mask(frame["partial"], PARTIAL)
    if single_median:
        level = definitions.datasets[metric.dataset].aggregate
        assert level is not None
        merged = ~(
            frame["place_level"].eq(level.level) & frame["period_kind"].eq(level.period_kind)
        )
        note = note.mask(~merged, AS_GIVEN).mask(merged, NOT_MERGED)
        status = status.mask(merged, NOT_APPLICABLE)
        empty = empty & ~merged
    alone = frame["freedom"].lt(1) & frame["estimate"].notna() & frame["lower"].isna()
    note = (
        note.mask(alone & note.eq(""), TOO_FEW_PLACES)
        .mask(nowhere, NO_DENOMINATOR)
        .mask(unsupported, NO_SKETCH)
    )
    status = status.mask(nowhere | unsupported, NOT_APPLICABLE)
    status = status.mask(unknown & ~unsupported, UNKNOWN_GROUP).mask(empty, NO_RECORDS)

    numbers = [name for name in kinds.NUMBERS if name not in ("numerator", "denominator")]
    hidden = status.isin([NO_RECORDS, NOT_APPLICABLE])
    frame = frame.assign(status=status, note=note)
    frame.loc[hidden, numbers] = np.nan
    frame.loc[status.eq(NO_RECORDS), ["numerator", "denominator"]] = np.nan
    events = (
        frame["numerator"] if metric.kind in ("share", "rate", "representation") else frame["n"]
    )
    few = events < definitions.city.thresholds.unstable_events
    frame["unstable"] = few & frame["estimate"].notna() & (not single_median)
    if single_median:
        frame["n"] = np.nan
    frame["n"] = frame["n"].astype("Int64")
    return frame[[*KEY, *ESTIMATE_COLUMNS]].sort_values(list(KEY), ignore_index=True)
