"""Targets: the path, the projection, and whether the promise will be kept."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from equity.monitoring import course_of
from equity.monitoring.targets import targets
from equity.schema import TARGET_COLUMNS
from tests.findings.test_compare import Published, definitions, share

QUARTERS = pd.date_range("2019-07-01", periods=28, freq="QS-JUL")
YEARS = pd.date_range("2019-07-01", periods=7, freq="12MS")


def published(slope: float, start: float = 60.0, noise: float = 0.4, scale: float = 1.0, **key):
    """A city whose quarters rise by `slope` points a year; its years are the means of them."""
    wobble = noise * np.random.default_rng(3).standard_normal(28)
    values = start + slope * (np.arange(28) / 4) + wobble + np.tile([2.0, 0.0, -1.0, -1.0], 7)
    rows = [
        share(1, 2, period=day, period_kind="quarter", **key) | around(scale * value)
        for day, value in zip(QUARTERS, values, strict=True)
    ]
    rows += [
        share(1, 2, period=day, period_kind="fiscal_year", **key) | around(value)
        for day, value in zip(YEARS, values.reshape(7, 4).mean(axis=1), strict=True)
    ]
    return Published(rows)


def around(value: float) -> dict:
    return {"estimate": value, "lower": value - 1, "upper": value + 1, "n": 400, "denominator": 400}


def course(shown, value: float, by: date | None, **changes) -> pd.Series:
    promised = definitions(target={"value": value, "by": by}, **changes)
    frame = targets(shown, promised)
    assert tuple(frame.columns) == TARGET_COLUMNS
    return frame.iloc[0]


def test_a_metric_that_rises_fast_enough_is_on_course_and_one_that_does_not_is_off():
    by = date(2028, 6, 30)
    rising = course(published(slope=2.0), 74, by)  # 60 + 2 × 8.5 half way through that year: 77
    assert rising["verdict"] == "on_course"
    assert rising["projected"] == pytest.approx(77, abs=0.8)
    assert rising["projected_lower"] > 74
    assert (rising["line_kind"], rising["points"], rising["reason"]) == ("quarter", 28, "")
    still = course(published(slope=0.2), 74, by)
    assert still["verdict"] == "off_course"
    assert still["projected_upper"] < 74
    between = course(published(slope=2.0, noise=4.0), 77, by)
    assert (between["verdict"], between["reason"]) == ("cannot_tell", "uncertain")


def test_lower_is_better_where_it_is():
    by = date(2028, 6, 30)
    lower = {"direction": "lower_is_better"}
    assert course(published(slope=-2.0), 50, by, **lower)["verdict"] == "on_course"
    assert course(published(slope=2.0), 50, by, **lower)["verdict"] == "off_course"


def test_the_path_is_the_straight_line_from_the_first_year_to_the_target():
    row = course(published(slope=0.2, noise=0), 72, date(2028, 6, 30))
    assert row["period_kind"] == "fiscal_year"
    assert row["baseline"] == pytest.approx(60 + 0.2 * 0.375)
    assert (row["baseline_period"], row["latest_period"]) == (YEARS[0], YEARS[-1])
    # Six of the eight years from June 2020 to June 2028 have passed.
    assert row["expected"] == pytest.approx(row["baseline"] + 6 / 8 * (72 - row["baseline"]), abs=0.01)  # fmt: skip


def test_a_rates_target_is_that_of_a_whole_year():
    # Four quarters of a quarter each: a year's rate is the sum of them.
    shown = published(slope=2.0, scale=0.25)
    rate = {"kind": "rate", "population": "households"}
    row = course(shown, 74, date(2028, 6, 30), **rate)
    assert row["projected"] == pytest.approx(77, abs=0.8)
    assert row["verdict"] == "on_course"


def test_without_a_day_or_after_it_a_target_is_met_or_not():
    shown = published(slope=2.0)
    assert course(shown, 70, None)["verdict"] == "met"
    assert course(shown, 90, None)["verdict"] == "not_met"
    # What counts is the year that ended by that day, not what came after it.
    assert course(shown, 70, date(2022, 6, 30))["verdict"] == "not_met"
    row = course(shown, 62, date(2022, 6, 30))
    assert (row["verdict"], row["latest_period"]) == ("met", YEARS[2])
    assert pd.isna(row["projected"])


def test_what_is_missing_is_said():
    shown = published(slope=2.0)
    yearly = Published([])
    yearly.frame = shown.frame[shown.frame["period_kind"] == "fiscal_year"]
    row = course(yearly, 74, date(2028, 6, 30))
    assert (row["verdict"], row["reason"], row["points"]) == ("cannot_tell", "few_points", 0)
    assert row["expected"] > row["baseline"]  # the path is known all the same
    row = course(Published([]), 74, date(2028, 6, 30))
    assert (row["verdict"], row["reason"]) == ("cannot_tell", "no_values")


def test_a_share_is_not_projected_beyond_all():
    row = course(published(slope=4.0, start=75), 95, date(2029, 6, 30))
    assert row["projected_upper"] <= 100


def test_who_promises_nothing_has_no_course():
    shown = published(slope=1.0)
    assert targets(shown, definitions()).empty
    neutral = definitions(target={"value": 70}, direction="neutral")
    assert targets(shown, neutral).empty


def test_a_stored_course_is_read_as_it_was_found():
    class Stored(Published):
        def targets(self, metric=None):
            return found

    promised = definitions(target={"value": 74, "by": date(2028, 6, 30)})
    found = targets(published(slope=2.0), promised)
    held = course_of(Stored([]), "cleared")
    assert (held.verdict, held.points, held.by) == ("on_course", 28, date(2028, 6, 30))
    assert held.baseline_period == YEARS[0].date()
    found = found.iloc[:0]
    assert course_of(Stored([]), "cleared") is None
