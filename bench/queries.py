"""What a page asks, from the publication and from the records."""

from __future__ import annotations

import time
from collections.abc import Iterator

import duckdb
import numpy as np

from bench.report import Line
from bench.tables import plain_sql
from equity import framework, records
from equity.cube.plan import Table, needs_percentile
from equity.publication import open_publication
from equity.workspace import Workspace

QUESTIONS_OF_RECORDS = 40
"""Asking the records takes a second a question: a sample of the questions is enough."""


def measure(workspace: Workspace) -> Iterator[Line]:
    """Every published table of every metric, its last period (as a breakdown shows it) and all
    its periods (as a trend does), each asked once, without any cache above DuckDB's own."""
    definitions = framework.load(workspace)
    publication = open_publication(workspace)
    seconds: list[float] = []
    asked: list[tuple[float, str, Table, object]] = []
    for row in publication.tables().itertuples():
        kind = {
            "treatment": row.treatment, "place_level": row.place_level,
            "dimension": row.dimension, "dimension_2": row.dimension_2,
        }  # fmt: skip
        periods = publication.periods(row.metric, row.period_kind, **kind)
        for period in (periods[-1], None):
            begin = time.perf_counter()
            publication.slice(
                row.metric, period_kind=row.period_kind, period=period, **kind,
                group=None, group_2=None,
            )  # fmt: skip
            seconds.append(time.perf_counter() - begin)
            metric = definitions.metrics[row.metric]
            if period and definitions.datasets[metric.dataset].kind == "records":
                dimensions = tuple(each for each in (row.dimension, row.dimension_2) if each)
                sketch = needs_percentile(metric) and len(dimensions) < 2
                table = Table(row.treatment, row.place_level, dimensions, row.period_kind, sketch)
                asked.append((seconds[-1], row.metric, table, period))
    yield Line(
        f"page queries, 95th percentile of {len(seconds)}", 1000 * float(np.quantile(seconds, 0.95)),
        "ms", limit=30, note=f"median {1000 * float(np.median(seconds)):.1f} ms",
    )  # fmt: skip
    ratios = []
    some = np.random.default_rng(1).permutation(len(asked))[:QUESTIONS_OF_RECORDS]
    with duckdb.connect() as connection:
        for quick, id, table, period in (asked[number] for number in some):
            metric = definitions.metrics[id]
            names = [str(path) for path in records.parts(workspace, definitions, metric.dataset)]
            query = plain_sql(definitions, metric, table, names, period)
            begin = time.perf_counter()
            connection.execute(f"SELECT * FROM ({query}) WHERE period = ?", [period]).df()
            ratios.append((time.perf_counter() - begin) / quick)
    yield Line(
        "  faster than asking the records, median", float(np.median(ratios)), "×", limit=20,
        at_least=True, note=f"least {min(ratios):.0f} ×, of {len(ratios)} questions",
    )  # fmt: skip
