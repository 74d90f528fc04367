"""Sketches: error within 1 %, order kept, merging exact, in SQL as in Python."""

from __future__ import annotations

import math

import duckdb
import ibis
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.cube import cells, sketch

values = st.one_of(
    st.floats(-1e12, -1e-9), st.just(0.0), st.floats(1e-9, 1e12), st.integers(-1000, 1000).map(float)
)  # fmt: skip


def held(numbers: list[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    buckets, counts = np.unique([sketch.bucket(number) for number in numbers], return_counts=True)
    return np.zeros(len(buckets), dtype=np.int64), buckets, counts


@given(
    st.lists(st.floats(1e-9, 1e12), min_size=1, max_size=200),
    st.sampled_from([0.1, 0.5, 0.9, 0.95]),
)
def test_a_quantile_is_within_one_percent(numbers: list[float], p: float) -> None:
    found = sketch.quantile(*held(numbers), np.array([float(len(numbers))]), p)
    exact = np.quantile(numbers, p)
    assert abs(found[0] - exact) <= sketch.ALPHA * exact * (1 + 1e-9)


@given(st.lists(values, min_size=1, max_size=60), st.data())
def test_every_order_statistic_is_within_one_percent_of_either_sign(
    numbers: list[float], data: st.DataObject
) -> None:
    rank = data.draw(st.integers(1, len(numbers)))
    bucket = sketch.at_rank(*held(numbers), np.array([float(rank)]))
    exact = sorted(numbers)[rank - 1]
    found = sketch.representative(bucket)[0]
    assert abs(found - exact) <= sketch.ALPHA * abs(exact) * (1 + 1e-9)
    low, high = sketch.edges(bucket)
    slack = 1e-9 * abs(exact)
    assert low[0] - slack <= exact <= high[0] + slack


@given(values, values)
def test_buckets_keep_the_order_of_values(one: float, other: float) -> None:
    if one < other:
        assert sketch.bucket(one) <= sketch.bucket(other)


def test_the_database_puts_values_in_the_same_buckets() -> None:
    numbers = [0.0, 1.0, -1.0, 3.3, -250.0, 1e-7, 86_400.0, 1.0201, 5e11]
    table = ibis.table({"value": "float64"}, name="numbers")
    query = str(ibis.to_sql(table.select(bucket=cells._bucket(table.value)), dialect="duckdb"))
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE numbers AS SELECT unnest(?) AS value", [numbers])
        found = [bucket for (bucket,) in connection.execute(query).fetchall()]
    assert found == [sketch.bucket(number) for number in numbers]


def test_several_sketches_are_read_at_once() -> None:
    owner = np.array([0, 0, 1, 2, 2])
    buckets = np.array([sketch.bucket(v) for v in (1.0, 10.0, 5.0, 2.0, 200.0)])
    counts = np.array([3, 1, 2, 1, 9])
    median = sketch.quantile(owner, buckets, counts, np.array([4.0, 2.0, 10.0]), 0.5)
    assert median == pytest.approx([1, 5, 200], rel=0.011)


def test_gamma_is_the_one_of_the_stated_error() -> None:
    assert math.isclose((sketch.GAMMA - 1) / (sketch.GAMMA + 1), sketch.ALPHA)
