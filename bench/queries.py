"""What a page asks, from the publication and from the records.

No cache of the app is in the way; DuckDB's own buffers stay on, for the records as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from statistics import median
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from bench.questions import parts_of, plain_sql
from bench.report import Line
from equity import framework
from equity.cube import periods as calendar
from equity.cube.plan import Table, needs_percentile
from equity.framework.models import Definitions
from equity.publication import Publication, open_publication
from equity.workspace import Workspace

QUESTIONS_OF_RECORDS = 60
"""Asking the records takes up to a second a question: a sample of the tables is enough."""
_TABLE = ["treatment", "place_level", "dimension", "dimension_2"]


def measure(workspace: Workspace, rows: int) -> Iterator[Line]:
    """Two questions a published table: one period of all places and groups, as a breakdown shows
    it (the last that is whole), and all its periods, as a trend does."""
    definitions = framework.load(workspace)
    publication = open_publication(workspace)
    asked = [
        (row, period)
        for row in publication.tables().to_dict("records")
        for period in (_last_whole(publication, row), None)
    ]
    quick = [_seconds(partial(_slice, publication, row, period)) for row, period in asked]
    yield Line(
        f"page queries, 95th percentile of {len(quick)}", 1000 * float(np.quantile(quick, 0.95)),
        "ms", limit=30, note=f"median {1000 * median(quick):.1f} ms",
    )  # fmt: skip
    ratios: dict[bool, list[float]] = {True: [], False: []}
    some = np.random.default_rng(1).permutation(len(asked))[:QUESTIONS_OF_RECORDS]
    with duckdb.connect() as connection:
        for number in some:
            row, period = asked[number]
            if definitions.datasets[definitions.metrics[row["metric"]].dataset].kind == "records":
                query = _of_records(workspace, definitions, publication, rows, row, period)
                slow = _seconds(partial(_asked, connection, query))
                ratios[period is None].append(slow / quick[number])
    every = ratios[True] + ratios[False]
    yield Line(
        f"  faster than asking {rows / 1e6:g} million records, median", median(every), "×",
        limit=20, at_least=True,
        note=f"one period {median(ratios[False]):.0f} × (its dates alone are read), all periods "
        f"{median(ratios[True]):.0f} ×; least {min(every):.0f} ×, of {len(every)} questions",
    )  # fmt: skip


def _slice(publication: Publication, row: dict[Hashable, Any], period: Any) -> pd.DataFrame:
    table = {name: row[name] for name in _TABLE}
    return publication.slice(
        row["metric"], period_kind=row["period_kind"], period=period, **table, group=None,
        group_2=None,
    )  # fmt: skip


def _asked(connection: duckdb.DuckDBPyConnection, query: str) -> pd.DataFrame:
    return connection.execute(query).df()


def _last_whole(publication: Publication, row: dict[Hashable, Any]) -> Any:
    table = {name: row[name] for name in _TABLE}
    found = publication.periods(row["metric"], row["period_kind"], **table)
    return found[-2:][0]


def _of_records(
    workspace: Workspace,
    definitions: Definitions,
    publication: Publication,
    rows: int,
    row: dict[Hashable, Any],
    period: Any,
) -> str:
    metric = definitions.metrics[row["metric"]]
    dimensions = tuple(row[name] for name in ("dimension", "dimension_2") if row[name])
    sketch = needs_percentile(metric) and len(dimensions) < 2
    table = Table(row["treatment"], row["place_level"], dimensions, row["period_kind"], sketch)
    files = parts_of(workspace, definitions, metric.dataset, rows)
    first, last = (pd.Timestamp(publication.meta["datasets"][metric.dataset][name]).date()
                   for name in ("first_date", "last_date"))  # fmt: skip
    span = None
    if period and table.period_kind != "all":
        span = period, calendar.last_day(table.period_kind, period, last)
    return plain_sql(definitions, metric, table, files, first, span)


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin
