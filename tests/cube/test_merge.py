"""Cells merge to what one cell over all their records would have been, however they were split."""

from __future__ import annotations

import math
import random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.cube import merging

MERGE = merging.merged("work", ["period"], measured=True) + " ORDER BY period"
CONNECTION = duckdb.connect()

values = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))
records = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 4), values), min_size=1, max_size=40
)  # fmt: skip


def merged(rows: list[tuple[int, int, float]]) -> list[tuple[int, int, float, float]]:
    columns = [list(column) for column in zip(*rows, strict=True)]
    CONNECTION.execute(
        "CREATE OR REPLACE TABLE records AS SELECT unnest(?::BIGINT[]) AS period, "
        "unnest(?::BIGINT[]) AS part, unnest(?::DOUBLE[]) AS v",
        columns,
    )
    CONNECTION.execute(
        "CREATE OR REPLACE TABLE work AS SELECT period, part, count(*) AS n, avg(v) AS mean, "
        "var_pop(v) * count(*) AS m2 FROM records GROUP BY ALL"
    )
    return CONNECTION.execute(MERGE).fetchall()


@given(records, st.randoms())
@settings(max_examples=40, deadline=None)
def test_cells_merge_exactly_and_in_any_order(
    rows: list[tuple[int, int, float]], draw: random.Random
) -> None:
    shuffled = list(rows)
    draw.shuffle(shuffled)
    found = merged(rows)
    for cell, again in zip(found, merged(shuffled), strict=True):
        assert cell == pytest.approx(again, rel=1e-9, abs=1e-3)
    for period, n, mean, m2 in found:
        own = [value for which, _, value in rows if which == period]
        true_mean = math.fsum(own) / len(own)
        assert n == len(own)
        assert mean == pytest.approx(true_mean, rel=1e-12, abs=1e-6)
        true_m2 = math.fsum((value - true_mean) ** 2 for value in own)
        assert m2 == pytest.approx(true_m2, rel=1e-9, abs=1e-3)


def test_a_small_spread_around_a_large_mean_survives() -> None:
    rows = [(0, part, 1e9 + 0.25 * part) for part in range(5) for _ in range(3)]
    [(_, n, mean, m2)] = merged(rows)
    assert (n, mean) == (15, pytest.approx(1e9 + 0.5, abs=1e-6))
    # Sums of squares of such values are 15e18 and lose this entirely.
    assert m2 == pytest.approx(3 * (0.25**2) * (4 + 1 + 0 + 1 + 4), rel=1e-5)
