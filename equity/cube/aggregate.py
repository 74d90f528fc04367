"""Cells from a dataset whose owner has already counted its records."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd

from equity.cube import periods, plan
from equity.cube.build import forget
from equity.errors import IntakeError
from equity.framework.expressions import columns_of, parse
from equity.framework.models import Aggregate, AggregateCount, Definitions, Metric
from equity.schema import CITY

_SUMS = ["n", "numerator"]


def build_aggregate(
    connection: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    metric_id: str,
    frame: pd.DataFrame,
) -> None:
    """Replace a metric's rows in table `cells` by those of an aggregate dataset.

    `frame` (from `equity.records`) has a row a place, period and category: `place`, `period` (the
    first day), the contract's fields and one column of numbers for each of the contract's columns.
    Counts become cells, summed over places for the city and over periods for coarser ones. A
    percentage becomes a numerator out of the count it is a share of, rounded to a whole record.
    Medians of groups already formed cannot be merged: they stay single entries at the level and
    periods of the file. Raises `IntakeError` where a median has several rows for a place and
    period, or the file's periods are too coarse for a declared table.
    """
    metric = definitions.metrics[metric_id]
    dataset = definitions.datasets[metric.dataset]
    shape = dataset.aggregate
    assert shape is not None
    column = next(column for column in shape.columns if column.id == metric.column)
    rows = frame
    if metric.filter:
        test = parse(metric.filter, columns_of(dataset))
        names = [str(name) for name in frame.columns]
        values = frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None)
        kept = [test.evaluate(dict(zip(names, row, strict=True))) is True for row in values]
        rows = frame[kept]
    forget(connection, metric_id)
    if rows.empty:
        return
    base = _base(rows, metric_id, metric, shape, column)
    starts = pd.to_datetime(frame["period"]).dt.date
    first, end = min(starts), max(starts)
    last = periods.last_day(shape.period_kind, end, end)
    parts = [
        _table(base, metric_id, table, shape, column, definitions.city.fiscal_year_start, first)
        for table in plan.tables(metric)
    ]
    cells = pd.concat([part for part in parts if part is not None], ignore_index=True)
    connection.register("cube_aggregate", cells)
    connection.execute("INSERT INTO cells BY NAME SELECT * FROM cube_aggregate")
    connection.unregister("cube_aggregate")
    connection.execute("INSERT INTO cell_spans VALUES (?, ?, ?)", [metric_id, first, last])


def _base(
    rows: pd.DataFrame, metric_id: str, metric: Metric, shape: Aggregate, column: AggregateCount
) -> pd.DataFrame:
    """The chosen rows as `period, place` and the sums of a cell; rows without a number are left."""
    rows = rows[rows[column.id].notna()]
    base = pd.DataFrame(
        {"period": pd.to_datetime(rows["period"]).dt.date, "place": rows["place"].astype(str)}
    )
    if column.statistic == "median":
        if base.duplicated().any():
            twice = base[base.duplicated()].iloc[0]
            raise IntakeError(
                f"{metric_id}: column {column.id} is a median, and place {twice['place']} has "
                f"several in the {shape.period_kind} of {twice['period']}. Medians cannot be "
                "merged: set `filter` so that one category is left."
            )
        return base.assign(mean=rows[column.id].astype(float))
    if column.statistic == "share_percent":
        of = rows[column.of].astype(float)
        base["numerator"], base["n"] = (rows[column.id] / 100 * of).round(), of
    else:
        base["n"] = rows[column.id].astype(float)
        base["numerator"] = base["n"] if metric.kind in ("rate", "representation") else float("nan")
    return base.groupby(["period", "place"], as_index=False)[_SUMS].sum(min_count=1)


def _table(
    base: pd.DataFrame,
    metric_id: str,
    table: plan.Table,
    shape: Aggregate,
    column: AggregateCount,
    fiscal_year_start: int,
    first: date,
) -> pd.DataFrame | None:
    if not plan.rolls_up(shape.period_kind, table.period_kind, fiscal_year_start):
        raise IntakeError(
            f"{metric_id}: tables by {table.period_kind} cannot be made from a file by "
            f"{shape.period_kind}. Declare coarser periods."
        )
    own = (table.level, table.period_kind) == (shape.level, shape.period_kind)
    if column.statistic == "median" and not own:
        return None
    cells = base.assign(place=CITY) if table.level == CITY else base
    if not own:
        cells = cells.assign(
            period=[
                first.replace(day=1)
                if table.period_kind == "all"
                else periods.start_of(table.period_kind, start, fiscal_year_start)
                for start in cells["period"]
            ]
        )
        cells = cells.groupby(["period", "place"], as_index=False)[_SUMS].sum(min_count=1)
    return cells.assign(
        metric=metric_id,
        treatment=table.treatment,
        period_kind=table.period_kind,
        place_level=table.level,
        dimension="",
        group="",
        dimension_2="",
        group_2="",
        denominator=cells["n"] if column.statistic == "share_percent" else None,
    )
