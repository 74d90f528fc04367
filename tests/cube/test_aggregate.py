"""Datasets that their owner has already counted."""

from __future__ import annotations

from datetime import date

import duckdb
import numpy as np
import pandas as pd
import pytest

from equity import cube, estimates
from equity.errors import IntakeError
from equity.framework.models import Dataset, Metric

from . import city

DATASET = Dataset.model_validate(
    {
        "title": "311", "owner": "x", "source": {"name": "test"}, "files": ["a.csv"],
        "kind": "aggregate", "fields": {"type": {"type": "code", "other_codes": "keep"}},
        "aggregate": {
            "level": "district", "place": "district", "period": "year", "period_kind": "year",
            "category": "type", "partial_periods": ["2022"],
            "columns": [
                {"id": "requests", "column": "requests"},
                {"id": "closed", "column": "pct_closed", "statistic": "share_percent", "of": "requests"},
                {"id": "days", "column": "median_days", "statistic": "median"},
            ],
        },
    }
)  # fmt: skip

FRAME = pd.DataFrame(
    [
        ("1", "2021-01-01", "all", 400, 90.0, 5.5), ("2", "2021-01-01", "all", 600, 80.0, 7.0),
        ("3", "2021-01-01", "all", 500, np.nan, np.nan), ("1", "2022-01-01", "all", 300, 50.0, 6.0),
        ("2", "2022-01-01", "all", 0, np.nan, np.nan), ("1", "2021-01-01", "graffiti", 40, 95.0, 1.0),
    ],
    columns=["place", "period", "type", "requests", "closed", "days"],
).assign(period=lambda f: pd.to_datetime(f["period"]), partial=False, category=lambda f: f["type"])  # fmt: skip


def entries(kind: str, column: str, filter: str | None = "type = 'all'", **more: object) -> pd.DataFrame:  # fmt: skip
    tables = [{"places": ["district"], "periods": ["year", "all"]}]
    settings = {"tables": tables, "dataset": "counts", "column": column, "filter": filter} | more
    metric: Metric = city.metric(kind, **settings)
    definitions = city.definitions({"m": metric}, counts=DATASET)
    with duckdb.connect() as connection:
        cube.build_aggregate(connection, definitions, "m", FRAME)
        frame = cube.estimate(connection, definitions, "m", city.population(), city.places())
    return frame.set_index(["period_kind", "period", "place"])


Y21, Y22 = date(2021, 1, 1), date(2022, 1, 1)


def test_counts_become_cells_and_add_up_to_the_city() -> None:
    frame = entries("amount", "requests", statistic="total", unit="count")
    assert frame.loc[("year", Y21, "1"), "estimate"] == 400
    assert frame.loc[("year", Y21, "city"), "estimate"] == 1500
    assert frame.loc[("all", Y21, "1"), "estimate"] == 700
    assert frame.loc[("all", Y21, "city"), ["n", "status"]].tolist() == [1800, "value"]
    lower, upper = map(float, estimates.poisson(400))
    assert frame.loc[("year", Y21, "1"), ["lower", "upper"]].tolist() == pytest.approx(
        [lower, upper]
    )


def test_a_count_of_zero_is_a_value_and_a_missing_row_is_not() -> None:
    frame = entries("amount", "requests", statistic="total", unit="count")
    assert frame.loc[("year", Y22, "2"), ["status", "estimate"]].tolist() == ["value", 0]
    assert frame.loc[("year", Y22, "3"), "status"] == "no_records"
    assert frame.loc[("year", Y21, "outside"), "status"] == "no_records"


def test_a_period_that_the_contract_calls_partial_is_marked() -> None:
    frame = entries("amount", "requests", statistic="total", unit="count")
    assert frame.loc[("year", Y22), "immature"].all()
    assert not frame.loc[("year", Y21), "immature"].any()
    assert frame.loc[("year", Y22, "1"), "note"] == "cube.partial_period"
    assert frame.loc[("all", Y21, "city"), "note"] == "cube.partial_period"


def test_counts_over_people_are_rates() -> None:
    frame = entries("rate", "requests", population="residents", per=1000)
    assert frame.loc[("year", Y21, "1"), "estimate"] == pytest.approx(400)
    assert frame.loc[("year", Y21, "city"), "estimate"] == pytest.approx(1000 * 1500 / 6000)


def test_percentages_become_shares_of_their_count() -> None:
    frame = entries("share", "closed")
    assert frame.loc[("year", Y21, "1"), ["numerator", "n"]].tolist() == [360, 400]
    # District 3 has a count and no percentage: it is not in the city's share.
    assert frame.loc[("year", Y21, "city"), ["numerator", "n"]].tolist() == [840, 1000]
    assert frame.loc[("year", Y21, "3"), "status"] == "no_records"


def test_medians_stay_single_entries_and_say_so() -> None:
    frame = entries("duration", "days", statistic="median", unit="days")
    own = frame.loc[("year", Y21, "1")]
    assert (own["estimate"], own["status"], own["note"]) == (5.5, "value", "cube.median_as_given")
    assert own[["lower", "upper", "lower_simultaneous", "se"]].isna().all()
    assert pd.isna(own["n"])
    for key in (("year", Y21, "city"), ("all", Y21, "1"), ("all", Y21, "city")):
        assert frame.loc[key, ["status", "note"]].tolist() == [
            "not_applicable",
            "cube.median_not_merged",
        ]
        assert np.isnan(frame.loc[key, "estimate"])


def test_two_medians_for_one_place_are_refused() -> None:
    with pytest.raises(
        IntakeError, match=r"place 1 has several in the year of 2021-01-01.*`filter`"
    ):
        entries("duration", "days", filter=None, statistic="median", unit="days")


def test_a_table_finer_than_the_file_is_refused() -> None:
    with pytest.raises(IntakeError, match="by month cannot be made from a file by year"):
        entries("amount", "requests", statistic="total", tables=[{"periods": ["month"]}])
