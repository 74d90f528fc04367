"""The plain two-sample reading of areas: z, p, Holm, and where areas are split."""

from __future__ import annotations

import math
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from equity.findings.median_split import middle, plain_test, split_test
from tests.cube import city


def table(*rows: tuple[int, int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["x_first", "n_first", "x_second", "n_second"])


def test_agrees_with_the_formula_and_with_holm_by_hand() -> None:
    told = split_test(table((90, 100, 75, 100), (400, 1000, 380, 1000), (30, 60, 45, 60)))
    for row in told.itertuples():
        p1, p2 = row.x_first / row.n_first, row.x_second / row.n_second
        pooled = (row.x_first + row.x_second) / (row.n_first + row.n_second)
        error = math.sqrt(pooled * (1 - pooled) * (1 / row.n_first + 1 / row.n_second))
        assert row.z == pytest.approx((p1 - p2) / error)
        assert row.p == pytest.approx(math.erfc(abs(row.z) / math.sqrt(2)))
        assert row.difference == pytest.approx(p1 - p2)
    ordered, running = sorted(told["p"]), 0.0
    for rank, p in enumerate(ordered):
        running = max(running, min(1.0, p * (3 - rank)))
        assert told.loc[told["p"] == p, "p_holm"].iloc[0] == pytest.approx(running)


def test_what_does_not_vary_has_no_test_and_costs_no_correction() -> None:
    told = split_test(table((0, 50, 0, 60), (5, 0, 3, 10), (30, 60, 45, 60)))
    assert told["p"].isna().tolist() == [True, True, False]
    assert told["p_holm"].iloc[2] == told["p"].iloc[2]
    assert split_test(table()).empty


def test_groups_are_split_where_records_are_nearest_halved() -> None:
    assert middle([30, 21, 20, 15, 14]) == 2
    assert middle([60, 10, 10, 10, 10]) == 1
    assert middle([1, 1]) == 1


class Published:
    def __init__(self, numbers: dict[str, tuple[float, float]]) -> None:
        self.numbers = numbers

    def slice(self, metric: str, **scope: Any) -> pd.DataFrame:
        rows = [{"group": g, "n": n, "numerator": x, "dimension_2": ""} for g, (x, n) in self.numbers.items()]  # fmt: skip
        return pd.DataFrame(rows)


def test_dimensions_made_of_places_are_read_from_a_publication() -> None:
    definitions = city.definitions(
        {"m": city.metric("share", numerator="days <= 5", dimensions=["wealth", "language"])}
    )
    scope = {"treatment": "", "period_kind": "all", "period": date(2021, 2, 1)}
    shown = Published({"rich": (80, 100), "poor": (60, 100), "unknown": (5, 9)})
    told = plain_test(shown, definitions, "m", **scope)  # type: ignore[arg-type]
    (row,) = told.itertuples()
    assert (row.dimension, row.first, row.second) == ("wealth", ("poor",), ("rich",))
    assert (row.share_first, row.share_second) == (0.6, 0.8)
    assert row.p_holm == pytest.approx(0.00198, abs=1e-4)
    hidden = Published({"rich": (float("nan"), float("nan")), "poor": (60, 100)})
    assert plain_test(hidden, definitions, "m", **scope).empty  # type: ignore[arg-type]
    rate = SimpleNamespace(metrics={"m": city.METRICS["request_rate"]})
    assert plain_test(shown, rate, "m", **scope).empty  # type: ignore[arg-type]
