"""The plain SQL that a page's question is, asked of the records themselves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from equity import records
from equity.cube import plan
from equity.framework.expressions import columns_of, parse
from equity.framework.models import Definitions, Metric
from equity.schema import CITY
from equity.workspace import Workspace

_OUTCOME = {"left_out": "NULL", "success": "TRUE", "failure": "FALSE"}


def parts_of(workspace: Workspace, definitions: Definitions, dataset: str, rows: int) -> list[Path]:
    """The dataset's parts, over and over until they hold at least `rows` records.

    The sample divides its records among three datasets; a table is measured over `rows` of one.
    """
    once = records.parts(workspace, definitions, dataset)
    held = sum(pq.read_metadata(path).num_rows for path in once)
    return once * -(-rows // held)


def plain_sql(
    definitions: Definitions,
    metric: Metric,
    table: plan.Table,
    files: list[Path],
    origin: date,
    span: tuple[date, date] | None = None,
) -> str:
    """One GROUP BY for the sums of `table`, straight from the records.

    The columns are those of the cells at the same grain; a percentile is DuckDB's exact one instead
    of a sketch. `span` limits it to the records of one period, by their dates, so that DuckDB need
    not read the others.
    """
    columns = columns_of(definitions.datasets[metric.dataset])

    def sql(text: str) -> str:
        return parse(text, columns).to_sql()

    start = definitions.city.fiscal_year_start
    period = {
        "all": f"DATE '{origin:%Y-%m-01}'",
        "fiscal_year": f"make_date(year(local_date) - (month(local_date) < {start})::INT, {start}, 1)",
    }.get(table.period_kind, f"date_trunc('{table.period_kind}', local_date)::DATE")
    keys = {"period": period}
    if table.level != CITY:
        keys["place"] = f"place_{table.level}"
    keys |= {f"g{n}": f"group_{dimension}" for n, dimension in enumerate(table.dimensions)}
    rules = []
    if metric.unfinished:
        rules = (
            metric.unfinished.alternatives[table.treatment]
            if table.treatment
            else metric.unfinished.rule
        )
    cases = " ".join(f"WHEN {sql(rule.when)} THEN {_OUTCOME[rule.count_as]}" for rule in rules)
    result = sql(metric.value or metric.numerator or "1 = 1")
    result = f"CASE {cases} ELSE {result} END" if cases else result
    where = sql(metric.filter) if metric.filter else "TRUE"
    if span:
        where += f" AND local_date BETWEEN DATE '{span[0]}' AND DATE '{span[1]}'"
    if metric.kind in ("duration", "amount"):
        sums = "count(*) n, avg(v) mean, var_pop(v) * count(*) m2"
        sums += f", quantile_cont(v, {metric.percentile or 0.5}) percentile" if table.sketch else ""
        kept = "v IS NOT NULL"
    else:
        sums = "count(*) n, sum(v::INT) numerator, count(*) denominator"
        kept = "v IS NOT NULL" if metric.kind == "share" else "v"
    chosen = ", ".join(f"{value} AS {name}" for name, value in keys.items())
    names = [str(path) for path in files]
    inner = f"SELECT {chosen}, {result} AS v FROM read_parquet({names}) WHERE {where}"
    return f"SELECT {', '.join(keys)}, {sums} FROM ({inner}) WHERE {kept} GROUP BY ALL"
