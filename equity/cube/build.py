"""Write the cells of one metric into the DuckDB table `cells`."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd

from equity.cube import cells, plan
from equity.cube.population import denominators
from equity.errors import IntakeError
from equity.framework.models import Definitions, Metric
from equity.workspace import Workspace

_CREATE = """
CREATE TABLE IF NOT EXISTS cells (
    metric VARCHAR, treatment VARCHAR, period_kind VARCHAR, period DATE,
    place_level VARCHAR, place VARCHAR, dimension VARCHAR, "group" VARCHAR,
    dimension_2 VARCHAR, group_2 VARCHAR,
    n BIGINT, numerator DOUBLE, denominator DOUBLE, mean DOUBLE, m2 DOUBLE,
    sketch MAP(INTEGER, BIGINT)
);
CREATE TABLE IF NOT EXISTS cell_spans (metric VARCHAR, first_date DATE, last_date DATE);
"""
"""`cells`: see equity.schema. `cell_spans`, a row a metric: the first and last local date among all
records of its dataset."""


def build(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    definitions: Definitions,
    metric_id: str,
    parts: list[Path],
    population: pd.DataFrame,
) -> None:
    """Replace the rows of one metric in table `cells` by those of the records in `parts`.

    `parts` are Parquet files of accepted records (docs/rooms.md); `population` has
    `POPULATION_COLUMNS` and gives the denominators of rates and amounts per person. Every table
    that the metric declares, and its margins, is made within its place level: from the records
    where no other table contains it, else rolled up. Memory and temporary files are the
    connection's. Raises `IntakeError` where a part is missing or there is none.
    """
    metric = definitions.metrics[metric_id]
    dataset = definitions.datasets[metric.dataset]
    absent = [workspace.name_of(part) for part in parts if not part.is_file()]
    if absent or not parts:
        raise IntakeError(
            f"{metric_id}: dataset {metric.dataset} has no accepted records"
            + (f" at {', '.join(absent)}" if absent else "")
            + ". Take its files in again: python -m equity build."
        )
    names = [str(part) for part in parts]
    connection.read_parquet(names, union_by_name=True).create_view(cells.RECORDS, replace=True)
    span = connection.execute("SELECT min(local_date), max(local_date) FROM cube_records")
    [(first, last)] = span.fetchall()
    forget(connection, metric_id)
    if first is not None:
        connection.execute("INSERT INTO cell_spans VALUES (?, ?, ?)", [metric_id, first, last])
        records = cells.records_table(definitions, dataset)
        _write(connection, definitions, metric_id, records, first)
        write_denominators(connection, metric_id, metric, population)
    connection.execute(f"DROP VIEW {cells.RECORDS}")


def forget(connection: duckdb.DuckDBPyConnection, metric_id: str) -> None:
    """Remove a metric's cells; make the tables where they are not there yet."""
    connection.execute(_CREATE)
    connection.execute("DELETE FROM cells WHERE metric = ?", [metric_id])
    connection.execute("DELETE FROM cell_spans WHERE metric = ?", [metric_id])


def write_denominators(
    connection: duckdb.DuckDBPyConnection, metric_id: str, metric: Metric, population: pd.DataFrame
) -> None:
    """Give a metric's cells the people of their place and groups, where it has a population."""
    if metric.population is None:
        return
    people = denominators(population, metric.population)
    connection.register("cube_denominators", people)
    connection.execute(
        """
        UPDATE cells SET denominator = p."count" FROM cube_denominators p
        WHERE metric = ? AND cells.place_level = p.place_level AND cells.place = p.place
          AND cells.dimension = p.dimension AND cells."group" = p."group"
          AND cells.dimension_2 = p.dimension_2 AND cells.group_2 = p.group_2
        """,
        [metric_id],
    )
    connection.unregister("cube_denominators")


def _write(
    connection: duckdb.DuckDBPyConnection,
    definitions: Definitions,
    metric_id: str,
    records: ir.Table,
    first: date,
) -> None:
    metric = definitions.metrics[metric_id]
    dataset = definitions.datasets[metric.dataset]
    fiscal = definitions.city.fiscal_year_start
    steps = plan.steps(plan.tables(metric), fiscal)
    sources = {step.source for step in steps}
    made: dict[plan.Table, ir.Table] = {}
    for number, step in enumerate(steps):
        if step.source is None:
            counted = cells.counted(records, metric, dataset, step.table.treatment)
            query = cells.from_records(counted, step.table, metric, fiscal, first)
        else:
            query = cells.rolled_up(made[step.source], step.source, step.table, fiscal, first)
        # What is read more than once is kept; a sketch is read for its sums and for its buckets.
        if step.table in sources or step.table.sketch:
            name = f"cube_work_{number}"
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {_sql(query)}")
            made[step.table] = query = ibis.table(query.schema(), name=name)
        written = cells.as_cells(query, step.table, metric_id, metric)
        connection.execute(f"INSERT INTO cells BY NAME {_sql(written)}")
    for work in made.values():
        connection.execute(f"DROP TABLE {work.get_name()}")


def _sql(query: ir.Table) -> str:
    return str(ibis.to_sql(query, dialect="duckdb", pretty=False))
