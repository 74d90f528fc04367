"""Entries: the full grid, what each status means, intervals, flags, and the unit of every kind."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from equity import cube, estimates
from equity.framework.models import Metric
from equity.i18n import LANGUAGES, Translator
from equity.schema import ESTIMATE_COLUMNS, KEY

from . import city, naive

ROWS = city.random_rows(700)


def entries_of(
    metric: Metric, rows: list[dict[str, Any]] = ROWS, population: pd.DataFrame | None = None
) -> pd.DataFrame:
    people = city.population() if population is None else population
    definitions = city.definitions({"m": metric})
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        parts = city.write_parts(rows, Path(folder))
        cube.build(connection, city.workspace(Path(folder)), definitions, "m", parts, people)
        return cube.estimate(connection, definitions, "m", people, city.places())


@cache
def entries(metric_id: str) -> pd.DataFrame:
    return entries_of(city.METRICS[metric_id])


def one(frame: pd.DataFrame, **key: Any) -> pd.Series:
    defaults = {
        "treatment": "", "period_kind": "all", "place_level": "city", "place": "city",
        "dimension": "", "group": "", "dimension_2": "", "group_2": "",
    }  # fmt: skip
    for name, value in (defaults | key).items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def district(code: str, **key: Any) -> dict[str, Any]:
    return {"place_level": "district", "place": code, **key}


@pytest.mark.parametrize("metric_id", list(city.METRICS))
def test_the_grid_is_full_and_keys_are_unique(metric_id: str) -> None:
    frame = entries(metric_id)
    assert list(frame.columns) == [*KEY, *ESTIMATE_COLUMNS]
    assert not frame.duplicated(list(KEY)).any()
    # Months, quarters, calendar and fiscal years between the first record and the last.
    counts = frame[(frame["place"] == "outside") & (frame["dimension"] == "")].groupby(
        ["treatment", "period_kind"]
    )["period"]
    for (_, kind), periods in counts:
        wanted = {"month": 22, "quarter": 8, "year": 2, "fiscal_year": 3, "all": 1}
        assert periods.nunique() == wanted[kind]
    crossed = frame[(frame["dimension_2"] != "") & (frame["period_kind"] == "all")]
    treatments = frame["treatment"].nunique()
    assert len(crossed) == treatments * (4 + 1) * 3 * 3  # places and city × groups and unknown
    assert frame["period"].map(type).eq(date).all()


def plain(metric: Metric, values: list[float], people: float | None) -> float:
    """The estimate of one entry from its records' values, in the metric's unit."""
    if metric.kind == "share":
        return 100 * sum(values) / len(values)
    if metric.kind == "rate":
        return 1000 * len(values) / people
    if metric.statistic == "total":
        return sum(values) / (people if metric.population else 1)
    if metric.statistic == "mean":
        return float(np.mean(values))
    return float(np.quantile(values, metric.percentile or 0.5))


@pytest.mark.parametrize("metric_id", [id for id in city.METRICS if id != "representation"])
def test_estimates_agree_with_plain_python(metric_id: str) -> None:
    metric = city.METRICS[metric_id]
    cells = naive.cells(ROWS, city.definitions({"m": metric}), "m")
    people = {
        tuple(row[1:7]): row[7] for row in city.population().itertuples(index=False, name=None)
    }
    seen = 0
    for entry in entries(metric_id).to_dict("records"):
        cell = cells.get(tuple(entry[name] for name in KEY[1:]))
        if cell is None or np.isnan(entry["estimate"]):
            continue
        seen += 1
        values = cell["values"]
        assert entry["n"] == len(values)
        ways = [
            (entry["place_level"], entry["place"], *groups)
            for groups in (
                (entry["dimension"], entry["group"], entry["dimension_2"], entry["group_2"]),
                (entry["dimension_2"], entry["group_2"], entry["dimension"], entry["group"]),
            )
        ]
        denominator = next((people[way] for way in ways if way in people), None)
        wanted = plain(metric, values, denominator)
        exact = metric.statistic not in ("median", "percentile")
        assert entry["estimate"] == pytest.approx(wanted, rel=1e-9 if exact else 0.0101, abs=1e-9)
    assert seen > 300


def test_shares_have_wilson_intervals_alone_and_exact_ones_together() -> None:
    frame = entries("quick_share")
    entry = one(frame, **district("2", dimension="language", group="spanish"))
    ends = np.array(estimates.wilson(entry["numerator"], entry["n"])) * 100
    assert [entry["lower"], entry["upper"]] == pytest.approx(ends)
    # Two languages, three districts: the interval serves both comparisons.
    wide = np.array(estimates.clopper_pearson(entry["numerator"], entry["n"], 1 - 0.05 / 3)) * 100
    assert [entry["lower_simultaneous"], entry["upper_simultaneous"]] == pytest.approx(wide)
    assert entry["se"] == pytest.approx((entry["upper"] - entry["lower"]) / 2 / 1.959964)
    alone = one(frame)
    assert alone["lower"] == alone["lower_simultaneous"]


def test_unfinished_cases_count_as_the_treatment_says() -> None:
    frame = entries("quick_share")
    own, left_out, not_done = (one(frame, treatment=name) for name in ("", "left_out", "not_done"))
    counted = [row for row in ROWS if row["cost"] >= 0]
    done = [row for row in counted if row["days"] is not None]
    closed = [row for row in counted if row["days"] is None and row["state"] == "closed"]
    quick = sum(row["days"] <= 5 for row in done)
    assert (own["numerator"], own["n"]) == (quick + len(closed), len(done) + len(closed))
    assert (left_out["numerator"], left_out["n"]) == (quick, len(done))
    assert (not_done["numerator"], not_done["n"]) == (quick, len(counted))


def test_no_records_carry_no_number_but_no_events_are_a_zero() -> None:
    nobody = district("3", dimension="language", group="spanish")
    share = one(entries("quick_share"), **nobody)
    assert (share["status"], share["n"]) == ("no_records", 0)
    numbers = ["estimate", "lower", "upper", "se", "numerator", "denominator"]
    assert share[numbers].isna().all()
    rate = one(entries("request_rate"), **nobody)
    assert (rate["status"], rate["estimate"], rate["lower"]) == ("value", 0, 0)
    assert rate["upper"] > 1000 * 3.688 / (3000 * 0.3)
    assert rate["unstable"]


def test_unknown_is_a_group_of_its_own_and_has_no_rate() -> None:
    share = one(entries("quick_share"), dimension="language", group="unknown")
    assert share["status"] == "unknown_group"
    assert 0 < share["estimate"] < 100
    rate = one(entries("request_rate"), dimension="language", group="unknown")
    assert rate["status"] == "unknown_group"
    assert rate["n"] > 0
    assert np.isnan(rate["estimate"])


def test_outside_has_records_and_no_rate_and_says_why() -> None:
    rate = one(entries("request_rate"), **district("outside"))
    assert (rate["status"], rate["note"]) == ("not_applicable", "cube.no_denominator")
    assert rate["n"] > 0
    assert np.isnan(rate["estimate"])
    assert one(entries("quick_share"), **district("outside"))["status"] == "value"


def test_the_city_includes_outside() -> None:
    frame = entries("quick_share")
    parts = [one(frame, **district(code))["n"] for code in [*city.DISTRICTS, "outside"]]
    assert sum(parts) == one(frame)["n"]


def test_pairs_have_no_median_and_say_so() -> None:
    pairs = entries("median_days").query("dimension_2 != '' and n > 0")
    assert set(pairs["status"]) == {"not_applicable"}
    assert set(pairs["note"]) == {"cube.no_percentile_for_pairs"}
    assert pairs["estimate"].isna().all()


def test_a_median_of_few_has_no_interval() -> None:
    frame = entries("median_days").query("dimension_2 == '' and n > 0")
    assert (frame["lower"].notna() == (frame["n"] >= 6)).all()
    inside = frame.dropna(subset="lower")
    assert (inside["lower"] <= inside["estimate"] * 1.0000001).all()
    assert (inside["estimate"] <= inside["upper"] * 1.0000001).all()
    assert inside["se"].gt(0).any()


def test_representation_sets_shares_of_those_known_beside_the_population() -> None:
    frame = entries("representation")
    spanish = one(frame, dimension="language", group="spanish")
    known = [row for row in ROWS if row["group_language"] != "unknown"]
    share = sum(row["group_language"] == "spanish" for row in known) / len(known)
    assert spanish["estimate"] == pytest.approx(100 * share)
    assert (spanish["denominator"], spanish["expected"]) == (len(known), pytest.approx(30))
    assert spanish["lower"] < spanish["estimate"] < spanish["upper"]
    unknown = one(frame, dimension="language", group="unknown")
    assert unknown["estimate"] == pytest.approx(100 * (len(ROWS) - len(known)) / len(ROWS))
    assert np.isnan(unknown["expected"])


def test_representation_of_places_is_among_places() -> None:
    frame = entries("representation")
    rows = [one(frame, **district(code)) for code in city.DISTRICTS]
    assert sum(row["estimate"] for row in rows) == pytest.approx(100)
    assert [row["expected"] for row in rows] == pytest.approx([100 / 6, 200 / 6, 300 / 6])
    assert one(frame)["estimate"] == 100


def test_pairs_of_a_place_make_up_its_representation() -> None:
    frame = entries("representation")
    pairs = frame[
        (frame["place"] == "1") & (frame["period_kind"] == "all") & (frame["dimension_2"] != "")
        & (frame["status"] == "value")
    ]  # fmt: skip
    assert len(pairs) == 4
    assert pairs["estimate"].sum() == pytest.approx(100)
    assert pairs["expected"].sum() == pytest.approx(100)


def test_the_last_period_is_partial_and_late_ones_immature() -> None:
    frame = entries_of(
        city.metric("share", numerator="days <= 5", maturity_days=40,
                    tables=[{"periods": ["month", "fiscal_year", "all"]}])
    )  # fmt: skip
    months = frame[frame["period_kind"] == "month"].set_index("period")
    # Records end on 20 November 2022; 30 September is 51 days before, 31 October 20.
    assert not months.loc[date(2022, 9, 1), "immature"]
    assert months.loc[date(2022, 10, 1), "immature"]
    assert months.loc[date(2022, 10, 1), "note"] == ""
    assert months.loc[date(2022, 11, 1), "note"] == "cube.partial_period"
    years = frame[frame["period_kind"] == "fiscal_year"].set_index("period")
    assert years["immature"].tolist() == [False, False, True]
    assert years["note"].tolist() == ["cube.partial_period", "", "cube.partial_period"]
    together = frame[frame["period_kind"] == "all"].iloc[0]
    assert (together["period"], together["immature"]) == (date(2021, 2, 1), True)


def test_few_events_are_marked() -> None:
    frame = entries("quick_share").query("status == 'value'")
    assert (frame["unstable"] == (frame["numerator"] < 20)).all()


def test_a_change_of_unit_leaves_ratios_alone() -> None:
    hours = [{**row, "days": None if row["days"] is None else row["days"] * 24} for row in ROWS]
    for metric_id, tolerance in (("mean_days", 1e-9), ("median_days", 0.0405)):
        frames = [entries(metric_id), entries_of(city.METRICS[metric_id], hours)]
        ratios = [
            one(frame, **district("1"))["estimate"] / one(frame)["estimate"] for frame in frames
        ]
        assert ratios[0] == pytest.approx(ratios[1], rel=tolerance)
        assert one(frames[1])["estimate"] == pytest.approx(
            24 * one(frames[0])["estimate"], rel=tolerance
        )


def test_counts_that_vary_more_than_chance_have_wider_rates() -> None:
    def rows(counts: list[int]) -> list[dict[str, Any]]:
        days = [date(2021 + month // 12, month % 12 + 1, 3) for month in range(len(counts))]
        template = ROWS[0] | {"cost": 30.0, "place_district": "1"}
        return [
            template | {"local_date": day}
            for day, n in zip(days, counts, strict=True)
            for _ in range(n)
        ]

    metric = city.metric("rate", population="residents", tables=[{"periods": ["month"]}])
    steady, jumpy = (
        entries_of(metric, rows([40] * 24)),
        entries_of(metric, rows([20, 60] * 6 + [60, 20] * 6)),
    )
    same = steady.set_index("period").loc[date(2021, 6, 1)], jumpy.set_index("period")
    low, high = estimates.poisson(40)
    assert same[0]["upper"] - same[0]["lower"] >= 1000 * 0.1 * (high - low) / 6000 * 0.9
    sixty = same[1][same[1]["n"] == 60].iloc[1]
    low, high = estimates.poisson(60)
    # Months a year apart: (60 − 20)²/(60 + 20) = 20, so the interval is wider by about √20.
    assert (sixty["upper"] - sixty["lower"]) * 60 > 4 * (high - low)


def test_a_dataset_without_records_has_no_entries() -> None:
    frame = entries_of(city.METRICS["quick_share"], [])
    assert frame.empty
    assert list(frame.columns) == [*KEY, *ESTIMATE_COLUMNS]


def test_every_note_has_its_sentence() -> None:
    notes = set().union(*(set(entries(metric_id)["note"]) for metric_id in city.METRICS)) - {""}
    assert len(notes) >= 3
    for language in LANGUAGES:
        for note in [*notes, "cube.median_as_given", "cube.median_not_merged"]:
            assert Translator(language)(note)
