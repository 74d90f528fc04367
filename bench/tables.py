"""Every table of cells against a plain GROUP BY of the same columns at the same grain.

Plain means: one hand-made SQL statement over the same Parquet parts, no sketch (an exact quantile
instead), no roll-up. Both sides write a table. The fastest of `REPEATS` counts, one side after the
other, so that a busy machine harms both alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from unittest import mock

import duckdb
import numpy as np

from bench.report import Line
from equity import cube, framework, places, records
from equity.cube import plan
from equity.framework.expressions import columns_of, parse
from equity.framework.models import Definitions, Metric
from equity.schema import CITY
from equity.workspace import Workspace

REPEATS = 3
_OUTCOME = {"left_out": "NULL", "success": "TRUE", "failure": "FALSE"}


def plain_sql(
    definitions: Definitions, metric: Metric, table: plan.Table, files: list[str], origin: date
) -> str:
    """One GROUP BY for the sums of `table`, straight from the records."""
    columns = columns_of(definitions.datasets[metric.dataset])

    def sql(text: str) -> str:
        return parse(text, columns).to_sql()

    start = definitions.city.fiscal_year_start
    period = {
        "all": f"DATE '{origin:%Y-%m-01}'",
        "fiscal_year": f"make_date(year(local_date) - (month(local_date) < {start})::INT, {start}, 1)",
    }.get(table.period_kind, f"date_trunc('{table.period_kind}', local_date)::DATE")
    keys = [f"{period} AS period"]
    if table.level != CITY:
        keys.append(f"place_{table.level} AS place")
    keys += [f"group_{dimension} AS g{n}" for n, dimension in enumerate(table.dimensions)]
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
    if metric.kind in ("duration", "amount"):
        sums = "count(*) n, avg(v) mean, var_pop(v) * count(*) m2"
        sums += ", quantile_cont(v, 0.5) median" if table.sketch else ""
        kept = "v IS NOT NULL"
    else:
        sums = "count(*) n, sum(v::INT) numerator, count(*) denominator"
        kept = "v IS NOT NULL" if metric.kind == "share" else "v"
    inner = f"SELECT {', '.join(keys)}, {result} AS v FROM read_parquet({files}) WHERE {where}"
    return f"SELECT * EXCLUDE v, {sums} FROM ({inner}) WHERE {kept} GROUP BY ALL".replace(
        "* EXCLUDE v", ", ".join(key.rsplit(" AS ", 1)[1] for key in keys)
    )


def _fastest(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def compare(
    workspace: Workspace, definitions: Definitions, id: str, connection: duckdb.DuckDBPyConnection
) -> Iterator[tuple[plan.Table | None, float, float]]:
    """(table, seconds of the cube, seconds of the plain query); last, with None, all of a metric.

    A table alone is made from the records; the whole metric by the cube's own plan.
    """
    metric = definitions.metrics[id]
    files = records.parts(workspace, definitions, metric.dataset)
    names = [str(path) for path in files]
    population = places.population(workspace, definitions)
    [(origin,)] = connection.execute(
        f"SELECT min(local_date) FROM read_parquet({names})"
    ).fetchall()

    def cells() -> None:
        cube.build(connection, workspace, definitions, id, files, population)

    def plain(table: plan.Table) -> None:
        query = plain_sql(definitions, metric, table, names, origin)
        connection.execute(f"CREATE OR REPLACE TABLE plain AS {query}")

    wanted = plan.tables(metric)
    plain_of: dict[plan.Table, float] = {}
    for table in wanted:
        ours, theirs = [], []
        with mock.patch.object(plan, "tables", return_value=[table]):
            for _ in range(REPEATS):
                ours.append(_fastest(cells))
                theirs.append(_fastest(lambda table=table: plain(table)))
        _same_counts(connection)
        plain_of[table] = min(theirs)
        yield table, min(ours), min(theirs)
    yield None, min(_fastest(cells) for _ in range(REPEATS)), sum(plain_of.values())


def _same_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Fails where the two sides did not count the same: then they did not do the same work."""
    ours, theirs = (
        connection.execute(f"SELECT count(*), sum(n)::BIGINT FROM {name}").fetchall()
        for name in ("cells", "plain")
    )
    if ours != theirs:
        raise AssertionError(f"cells and records counted are {ours} in the cube, {theirs} plainly")


def measure(workspace: Workspace, verbose: bool = False) -> Iterator[Line]:
    """The worst ratio a metric, of tables alone; and of the metric as it is built."""
    definitions = framework.load(workspace)
    for id, metric in definitions.metrics.items():
        if definitions.datasets[metric.dataset].kind != "records":
            continue
        ratios: dict[bool, list[tuple[float, plan.Table, float, float]]] = {False: [], True: []}
        with duckdb.connect() as connection:
            for table, ours, theirs in compare(workspace, definitions, id, connection):
                if table is None:
                    yield Line(
                        f"{id}: all its tables", ours / theirs, "×", limit=2,
                        note=f"{ours:.2f} s against {theirs:.2f} s",
                    )  # fmt: skip
                    continue
                ratios[table.sketch].append((ours / theirs, table, ours, theirs))
                if verbose:
                    print(f"    {table}: {ours:.3f} s, plain {theirs:.3f} s")
        for sketch, found in ratios.items():
            if found:
                ratio, table, ours, theirs = max(found, key=lambda each: each[0])
                name = " × ".join([table.level, *table.dimensions, table.period_kind])
                yield Line(
                    f"  its slowest table{' with a percentile' if sketch else ''}", ratio, "×",
                    limit=3 if sketch else 2,
                    note=f"{name}: {ours:.2f} s against {theirs:.2f} s; median of "
                    f"{len(found)} tables {np.median([each[0] for each in found]):.2f} ×",
                )  # fmt: skip
