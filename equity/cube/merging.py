"""Cells merged into coarser cells and written to table `cells`: plain SQL of the working database.

The records are read by Ibis (`equity.cube.cells`), so that they can stay in a city's warehouse;
what is made here is made of cells alone, a hundred small statements a metric that Ibis would take
longer to compile than DuckDB to run.

A work table has the columns of `key_columns`, `bucket` where it keeps a sketch, and the sums
`n, numerator` or, of records that carry a number, `n, mean, m2`. Sketches are rows until they are
written to `cells`, where they are maps.
"""

# ruff: noqa: S608 - names in queries are checked identifiers of the definitions

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from equity.cube.plan import Table
from equity.framework.expression_operations import literal_sql
from equity.schema import CITY, GROUP_COLUMN, PLACE_COLUMN


def key_columns(table: Table) -> list[str]:
    """The columns by which a work table is grouped, `period` first."""
    place = [] if table.level == CITY else [PLACE_COLUMN.format(level=table.level)]
    groups = [GROUP_COLUMN.format(dimension=id) for id in (*table.dimensions, *table.strata)]
    cluster = [PLACE_COLUMN.format(level=table.cluster)] if table.cluster else []
    return ["period", *place, *groups, *cluster]


def rolled_up(
    work: str, finer: Table, table: Table, measured: bool, fiscal_year_start: int, origin: date
) -> str:
    """The query that merges work table `work`, of `finer`, into that of `table` (which it contains).

    `origin` is the earliest record's date, with whose month the period `all` begins.
    """
    if finer.period_kind != table.period_kind:
        period = _period(table.period_kind, fiscal_year_start, origin)
        work = f"(SELECT * REPLACE ({period} AS period) FROM {work})"
    keys = key_columns(table)
    return merged(work, [*keys, "bucket"] if table.sketch else keys, measured)


def merged(work: str, keys: Sequence[str], measured: bool, *more: str) -> str:
    """The query that groups `work` by `keys`, adding counts and merging means and squared deviations.

    `more` are further columns, aggregates over the same groups. Chan, Golub & LeVeque 1983, The
    American Statistician 37: 242–247: the merged m2 is Σ m2 plus Σ n·(mean − merged mean)².
    """
    names = ", ".join(f'"{name}"' for name in keys)
    columns = [names, "sum(n)::BIGINT AS n"]
    if measured:
        work = (
            "(SELECT *, sum(n * mean) OVER same / sum(n) OVER same AS together "
            f"FROM {work} WINDOW same AS (PARTITION BY {names}))"
        )
        columns += ["any_value(together) AS mean", "sum(m2 + n * (mean - together) ** 2) AS m2"]
    else:
        columns.append("sum(numerator)::BIGINT AS numerator")
    return f"SELECT {', '.join([*columns, *more])} FROM {work} GROUP BY {names}"


def as_cells(work: str, table: Table, metric_id: str, kind: str, measured: bool) -> str:
    """The query that gives work table (or query in brackets) `work` the columns of `cells`."""
    keys = key_columns(table)
    if table.sketch:
        sketch = "map(list(bucket ORDER BY bucket), list(n ORDER BY bucket)) AS sketch"
        work = f"({merged(work, keys, measured, sketch)})"
    columns = {**key_values(table, metric_id), "n": "n"}
    columns |= {"mean": "mean", "m2": "m2"} if measured else {"numerator": "numerator"}
    if kind == "share":
        columns["denominator"] = "n"
    if table.sketch:
        columns["sketch"] = "sketch"
    chosen = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
    return f"SELECT {chosen} FROM {work}"


def key_values(table: Table, metric_id: str) -> dict[str, str]:
    """What each column of the key is, in a query over the work table of `table`."""
    keys = key_columns(table)
    groups = [f'"{GROUP_COLUMN.format(dimension=dimension)}"' for dimension in table.dimensions]
    names = [literal_sql(dimension) for dimension in table.dimensions]
    return {
        "metric": literal_sql(metric_id),
        "treatment": literal_sql(table.treatment),
        "period_kind": literal_sql(table.period_kind),
        "period": "period::DATE",
        "place_level": literal_sql(table.level),
        "place": literal_sql(CITY) if table.level == CITY else f'"{keys[1]}"',
        "dimension": [*names, "''"][0],
        "group": [*groups, "''"][0],
        "dimension_2": [*names, "''", "''"][1],
        "group_2": [*groups, "''", "''"][1],
    }


def _period(kind: str, fiscal_year_start: int, origin: date) -> str:
    if kind == "all":
        return f"DATE '{origin:%Y-%m-01}'"
    if kind == "fiscal_year":
        year = f"year(period) - (month(period) < {fiscal_year_start})::INTEGER"
        return f"make_date({year}, {fiscal_year_start}, 1)"
    return f"date_trunc('{kind}', period)::DATE"
