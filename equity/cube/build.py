"""Write the cells of one metric into the DuckDB table `cells`."""

# ruff: noqa: S608 - names in queries are this module's own

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pyarrow.parquet as pq

from equity.cube import cells, clusters, merging, plan, standard
from equity.cube.population import denominators
from equity.errors import IntakeError
from equity.framework.models import Definitions, Metric
from equity.schema import DATE_COLUMN
from equity.workspace import Workspace

_CREATE = """
CREATE TABLE IF NOT EXISTS cells (
    metric VARCHAR, treatment VARCHAR, period_kind VARCHAR, period DATE,
    place_level VARCHAR, place VARCHAR, dimension VARCHAR, "group" VARCHAR,
    dimension_2 VARCHAR, group_2 VARCHAR,
    n BIGINT, numerator DOUBLE, denominator DOUBLE, mean DOUBLE, m2 DOUBLE,
    sketch MAP(INTEGER, BIGINT)
);
CREATE TABLE IF NOT EXISTS cell_clusters (
    metric VARCHAR, treatment VARCHAR, period_kind VARCHAR, period DATE,
    place_level VARCHAR, place VARCHAR, dimension VARCHAR, "group" VARCHAR,
    dimension_2 VARCHAR, group_2 VARCHAR, cluster_level VARCHAR, cluster VARCHAR,
    n DOUBLE, numerator DOUBLE, mean DOUBLE, m2 DOUBLE
);
CREATE TABLE IF NOT EXISTS cell_strata (
    metric VARCHAR, treatment VARCHAR, period_kind VARCHAR, period DATE,
    place_level VARCHAR, place VARCHAR, dimension VARCHAR, "group" VARCHAR,
    dimension_2 VARCHAR, group_2 VARCHAR, strata VARCHAR, stratum VARCHAR,
    n DOUBLE, numerator DOUBLE, mean DOUBLE, m2 DOUBLE
);
CREATE TABLE IF NOT EXISTS cell_spans (metric VARCHAR, first_date DATE, last_date DATE);
"""
"""`cells`: see equity.schema. `cell_clusters`: see equity.cube.clusters.
`cell_strata`: see equity.cube.standard. `cell_spans`, a row a metric: the first and last local date among all
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
    where no other table contains it, else rolled up. All of it is one transaction: a build that
    fails leaves the metric's rows as they were. Memory and temporary files are the connection's.
    Raises `IntakeError` where a part is missing, there is none, or a record has no date.
    """
    metric = definitions.metrics[metric_id]
    absent = [workspace.name_of(part) for part in parts if not part.is_file()]
    if absent or not parts:
        raise IntakeError(
            f"{metric_id}: dataset {metric.dataset} has no accepted records"
            + (f" at {', '.join(absent)}" if absent else "")
            + ". Take its files in again: python -m equity build."
        )
    connection.begin()
    try:
        forget(connection, metric_id)
        names = [str(part) for part in parts]
        connection.read_parquet(names).create_view(cells.RECORDS, replace=True)
        span = _span(parts, metric_id)
        if span is not None:
            first, last = span
            connection.execute("INSERT INTO cell_spans VALUES (?, ?, ?)", [metric_id, first, last])
            _write(connection, definitions, metric_id, first)
            write_denominators(connection, metric_id, metric, population)
        connection.execute(f"DROP VIEW {cells.RECORDS}")
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


def _span(parts: list[Path], metric_id: str) -> tuple[date, date] | None:
    """The first and last date of the records, from the parts' footers; None without a record."""
    dates: list[date] = []
    for part in parts:
        footer = pq.read_metadata(part)
        column = footer.schema.names.index(DATE_COLUMN)
        groups = [footer.row_group(number) for number in range(footer.num_row_groups)]
        for group in (each for each in groups if each.num_rows):
            held = group.column(column).statistics
            if held is None or held.null_count or not held.has_min_max:
                raise IntakeError(
                    f"{metric_id}: accepted records have no {DATE_COLUMN}, so that they would be in "
                    "no period. Their part was not written by this program's intake: remove the "
                    "store's records and take the files in again: python -m equity build."
                )
            dates += [held.min, held.max]
    return (min(dates), max(dates)) if dates else None


def forget(connection: duckdb.DuckDBPyConnection, metric_id: str) -> None:
    """Remove a metric's cells; make the tables where they are not there yet."""
    connection.execute(_CREATE)
    for name in ("cells", "cell_clusters", "cell_strata", "cell_spans"):
        connection.execute(f"DELETE FROM {name} WHERE metric = ?", [metric_id])


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
    connection: duckdb.DuckDBPyConnection, definitions: Definitions, metric_id: str, first: date
) -> None:
    metric = definitions.metrics[metric_id]
    dataset = definitions.datasets[metric.dataset]
    fiscal = definitions.city.fiscal_year_start
    measured = cells.is_measured(metric)
    wanted = plan.tables(metric)
    split = plan.clustered(wanted, clusters.area_levels(definitions))
    split = {table: by for table, by in split.items() if clusters.can_tell(metric, table)}
    alike = plan.standardized(wanted, metric.adjust_for) if standard.can_adjust(metric) else {}
    # One look at the records serves both: what is split by places is split by strata, too.
    split = {
        table: [plan.also_by(each, metric.adjust_for if alike else ()) for each in by]
        for table, by in split.items()
    }
    further = {each for by in split.values() for each in by} | set(standard.with_mix(alike))
    steps = plan.steps({*wanted, *further}, fiscal)
    sources = {step.source for step in steps}
    records = cells.records_table(dataset, [step.table for step in steps])
    counted = {
        treatment: cells.counted(records, metric, dataset, treatment)
        for treatment in {table.treatment for table in wanted}
    }
    made: dict[plan.Table, str] = {}
    for step in steps:
        table = step.table
        if step.source is None:
            query = cells.from_records(counted[table.treatment], table, metric, fiscal, first)
            work = str(ibis.to_sql(query, dialect="duckdb", pretty=False))
        else:
            work = merging.rolled_up(made[step.source], step.source, table, measured, fiscal, first)
        # What is read more than once is kept; a sketch is read for its sums and for its buckets.
        if table in sources or table.sketch or table in further:
            made[table] = f"cube_work_{len(made)}"
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {made[table]} AS {work}")
        if table in further:
            continue
        written = merging.as_cells(
            made.get(table, f"({work})"), table, metric_id, metric.kind, measured
        )
        connection.execute(f"INSERT INTO cells BY NAME {written}")
    for table, by in split.items():
        for each in by:
            query = clusters.sums(made[each], table, each.cluster, metric_id, metric)
            connection.execute(f"INSERT INTO cell_clusters BY NAME {query}")
    for table, each in standard.with_mix(alike).items():
        query = standard.sums(made[table], each, table.strata, metric_id, measured)
        connection.execute(f"INSERT INTO cell_strata BY NAME {query}")
    for name in made.values():
        connection.execute(f"DROP TABLE {name}")
