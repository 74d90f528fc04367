"""Every table of cells against a plain GROUP BY of the same columns at the same grain.

Plain means: one hand-made SQL statement over the same Parquet parts, an exact quantile instead of a
sketch, no roll-up, no people, no key columns that are the same in every row. Both sides write a
table. What widens intervals and compares like with like (cells split by places and by strata) is no
table of its own: it is left out where a table is measured alone, and in where all are built. The
fastest of up to `REPEATS` counts, one side after the other, so that a busy machine harms both alike; a table over its limit is measured up to `MOST_REPEATS` times before it is called so.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from unittest import mock

import duckdb

from bench.questions import parts_of, plain_sql
from bench.report import Line
from equity import cube, framework, places
from equity.cube import plan
from equity.framework.models import Definitions
from equity.workspace import Workspace

LIMITS = {False: 2, True: 3}
"""Times as long as the plain query, without and with a percentile."""
REPEATS, MOST_REPEATS = 3, 12
ENOUGH_SECONDS = 1.0
"""After so long a table is not measured again: its time is no longer a matter of luck."""


@dataclass(frozen=True)
class Pair:
    """Seconds of the cube and of the plain query for one table (for None, all of a metric)."""

    metric: str
    table: plan.Table | None
    ours: float
    plain: float

    @property
    def ratio(self) -> float:
        """How many times as long the cube takes."""
        return self.ours / self.plain

    def __str__(self) -> str:
        names = [self.metric, "all tables"]
        if self.table:
            names[1:] = [self.table.level, *self.table.dimensions, self.table.period_kind]
            names += [self.table.treatment] if self.table.treatment else []
        return f"{' × '.join(names)}: {self.ours:.2f} s against {self.plain:.2f} s"


def compare(
    workspace: Workspace,
    definitions: Definitions,
    id: str,
    rows: int,
    connection: duckdb.DuckDBPyConnection,
) -> Iterator[Pair]:
    """A pair for each table of a metric over `rows` records, made alone; last, all as it is built."""
    metric = definitions.metrics[id]
    files = parts_of(workspace, definitions, metric.dataset, rows)
    population = places.population(workspace, definitions)
    names = [str(path) for path in files]
    [(origin,)] = connection.execute(
        "SELECT min(local_date) FROM read_parquet(?)", [names]
    ).fetchall()

    def cells() -> None:
        cube.build(connection, workspace, definitions, id, files, population)

    def plain(table: plan.Table) -> None:
        query = plain_sql(definitions, metric, table, files, origin)
        connection.execute(f"CREATE OR REPLACE TABLE plain AS {query}")

    of_plain = 0.0
    for table in plan.tables(metric):
        ours: list[float] = []
        theirs: list[float] = []
        with (
            mock.patch.object(plan, "tables", return_value=[table]),
            mock.patch.object(plan, "clustered", return_value={}),
            mock.patch.object(plan, "standardized", return_value={}),
        ):
            while _again(table, ours, theirs):
                ours.append(_seconds(cells))
                theirs.append(_seconds(partial(plain, table)))
        _same_counts(connection)
        of_plain += min(theirs)
        yield Pair(id, table, min(ours), min(theirs))
    yield Pair(id, None, min(_seconds(cells) for _ in range(REPEATS)), of_plain)


def _again(table: plan.Table, ours: list[float], theirs: list[float]) -> bool:
    """Whether to measure once more: few times, but often where a busy moment may be the reason."""
    if not ours or min(ours) > LIMITS[table.sketch] * min(theirs):
        return len(ours) < MOST_REPEATS
    return len(ours) < REPEATS and sum(ours) + sum(theirs) < ENOUGH_SECONDS


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _same_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Fails where the two sides did not count the same: then they did not do the same work."""
    ours, theirs = (
        connection.execute(f"SELECT count(*), sum(n)::BIGINT FROM {name}").fetchall()
        for name in ("cells", "plain")
    )
    if ours != theirs:
        raise AssertionError(f"cells and records counted are {ours} in the cube, {theirs} plainly")


def measure(workspace: Workspace, rows: int, verbose: bool = False) -> Iterator[Line]:
    """The slowest table beside its plain query, without and with a percentile; and all of them."""
    definitions = framework.load(workspace)
    pairs: list[Pair] = []
    for id, metric in definitions.metrics.items():
        if definitions.datasets[metric.dataset].kind == "records":
            with duckdb.connect() as connection:
                for pair in compare(workspace, definitions, id, rows, connection):
                    pairs.append(pair)
                    if verbose:
                        print(f"    {pair.ratio:.2f} × {pair}", flush=True)
    for name, sketch in (("table", False), ("percentile", True)):
        found = [pair for pair in pairs if pair.table and pair.table.sketch == sketch]
        if found:
            worst = max(found, key=lambda pair: pair.ratio)
            yield Line(
                f"{name} beside plain GROUP BY, slowest of {len(found)}", worst.ratio, "×",
                LIMITS[sketch],
                note=f"median {statistics.median(each.ratio for each in found):.2f} ×; {worst}",
            )  # fmt: skip
    whole = [pair for pair in pairs if pair.table is None]
    ours, plain = sum(pair.ours for pair in whole), sum(pair.plain for pair in whole)
    yield Line(
        "  all as they are built, beside all plain ones", ours / plain, "×",
        note=f"{ours:.1f} s against {plain:.1f} s",
    )  # fmt: skip
