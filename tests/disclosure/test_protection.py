"""What is withheld, and that what is withheld cannot be derived step by step."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from equity.disclosure import protect, suppress
from equity.disclosure.equations import equations
from equity.disclosure.rules import counts
from equity.disclosure.suppress import Suppression, bounds
from equity.framework.models import Thresholds
from equity.schema import KEY
from tests.disclosure.disclosure_tables import definitions, entries, metric, people

NUMBERS = ["estimate", "lower", "upper", "lower_simultaneous", "upper_simultaneous", "se", "n",
           "numerator", "denominator"]  # fmt: skip
ENOUGH = 10


def hidden(frame: pd.DataFrame) -> np.ndarray:
    return frame["status"].eq("suppressed").to_numpy()


def one_table(n: list[int], reached: list[int]) -> pd.DataFrame:
    """Districts 1, 2, … of one year, and the city that is their sum."""
    places = [str(i + 1) for i in range(len(n))]
    frame = entries(people(50, 1), kinds=["year"], levels=[]).head(1)
    frame = pd.concat([frame] * (len(n) + 1), ignore_index=True)
    return frame.assign(
        place_level=["district"] * len(n) + ["city"], place=[*places, "city"],
        n=[*map(float, n), float(sum(n))],
        numerator=[*map(float, reached), float(sum(reached))],
        estimate=50.0,
    )  # fmt: skip


def test_a_small_count_takes_a_second_entry_with_it():
    frame = protect(one_table([7, 300, 200, 100], [4, 150, 100, 50]), definitions())
    assert hidden(frame).tolist() == [True, False, False, True, False]
    assert frame.loc[hidden(frame), NUMBERS].isna().all().all()
    assert frame.loc[~hidden(frame), "n"].notna().all()


@pytest.mark.parametrize(
    ("n", "reached", "shown"),
    [
        (100, 50, True), (100, 10, False), (100, 11, True), (100, 90, False), (100, 89, True),
        (100, 100, True), (100, 0, True), (29, 29, False), (30, 30, True), (29, 0, False),
    ],
)  # fmt: skip
def test_successes_and_failures_are_counts_of_people_too(n, reached, shown):
    frame = protect(one_table([n, 500, 500], [reached, 250, 250]), definitions())
    assert hidden(frame)[0] == (not shown)


def test_a_percentile_needs_records_on_both_sides():
    median = {"kind": "duration", "statistic": "median", "value": "days", "numerator": None}
    tenth = {**median, "statistic": "percentile", "percentile": 0.9}
    frame = one_table([21, 22, 500], [0, 0, 0])
    assert hidden(protect(frame, definitions(**median))).tolist() == [True, False, False, False]
    frame = one_table([109, 110, 500], [0, 0, 0])
    assert hidden(protect(frame, definitions(**tenth))).tolist() == [True, False, False, False]


def test_events_of_a_rate_are_protected_and_people_stay_known():
    rate = {"kind": "rate", "population": "residents", "unit": "per_1000"}
    frame = one_table([3, 40, 500], [3, 40, 500]).assign(denominator=9000.0)
    got = protect(frame, definitions(**rate))
    assert hidden(got).tolist() == [True, True, False, False]
    assert got["denominator"].eq(9000).all()


def test_a_share_of_the_known_gives_away_how_many_are_unknown():
    """Total 600, of whom 597 speak a known language: three do not say."""
    frame = one_table([300, 200, 97, 3], [300, 200, 97, 3])
    frame = frame.assign(
        place_level="city", place="city", dimension=["language"] * 4 + [""],
        group=["a", "b", "c", "unknown", ""], expected=[50.0, 30.0, 20.0, np.nan, np.nan],
        denominator=[597.0] * 3 + [600.0] * 2,
    )  # fmt: skip
    got = protect(frame, definitions(kind="representation", population="residents"))
    assert got.loc[hidden(got), "denominator"].isna().all()
    assert hidden(got)[3]
    assert hidden(got)[4] or hidden(got)[:3].all()


def test_what_is_public_already_is_left_alone():
    frame = one_table([1, 2, 3], [1, 1, 1])
    pd.testing.assert_frame_equal(protect(frame, definitions(public=True)), frame)


def test_zero_may_be_withheld_and_looks_like_the_rest():
    mean = {"kind": "duration", "statistic": "mean", "value": "days", "numerator": None}
    frame = one_table([10, 0, 600], [0, 0, 0])
    frame.loc[1, "status"] = "no_records"
    got = protect(frame, definitions(**mean))
    assert hidden(got).tolist() == [True, True, False, False]
    assert got.loc[0, NUMBERS].isna().all()
    assert got.loc[1, NUMBERS].isna().all()


def test_a_missing_place_is_protected_like_a_shown_one():
    """Three people are in no listed place: with every place shown, they could be counted."""
    frame = one_table([100, 200], [50, 100])
    frame.loc[2, ["n", "numerator"]] = [303.0, 151.0]
    assert hidden(protect(frame, definitions()))[:2].any()


def test_parts_that_overlap_do_not_add_up_and_give_nothing_away():
    frame = one_table([5, 200, 300], [3, 100, 150])
    frame.loc[3, "n"] = 400.0
    assert hidden(protect(frame, definitions())).tolist() == [True, False, False, False]


def test_a_small_difference_between_treatments_is_withheld():
    own = one_table([100, 200, 300], [50, 100, 150])
    other = own.assign(treatment="as_failure")
    other["n"] += [4.0, 20.0, 30.0, 54.0]
    got = protect(pd.concat([own, other], ignore_index=True), definitions())
    assert not hidden(got)[:4].any()
    assert hidden(got)[4:].tolist() == [True, True, False, False]


def test_where_the_own_treatment_is_withheld_so_are_the_others():
    own = one_table([8, 200, 300], [8, 100, 150])
    other = own.assign(treatment="as_failure")
    other["n"] += [40.0, 40.0, 40.0, 120.0]
    got = protect(pd.concat([own, other], ignore_index=True), definitions())
    assert hidden(got)[4:][hidden(got)[:4]].all()


def test_order_of_rows_and_index_do_not_matter():
    frame = entries(people(1500, 3))
    shuffled = frame.sample(frac=1, random_state=7)
    key = list(KEY)
    first = protect(frame, definitions()).set_index(key)["status"]
    second = protect(shuffled, definitions()).set_index(key)["status"]
    assert protect(shuffled, definitions()).index.equals(shuffled.index)
    pd.testing.assert_series_equal(first.sort_index(), second.sort_index())


def test_equations_of_time_follow_the_finest_published_periods():
    frame = entries(people(3000, 1, months=12), kinds=["month", "quarter", "year"], levels=[])
    total = frame[frame["dimension"] == ""].reset_index(drop=True)
    found = equations(total)
    kinds = total["period_kind"].to_numpy()
    tied = {(kinds[found.total[e]], kinds[p]) for e, p in zip(found.equation, found.part, strict=True)}  # fmt: skip
    assert tied == {("quarter", "month"), ("year", "quarter")}
    sums = np.bincount(found.equation, total["n"].to_numpy()[found.part])
    assert sums.tolist() == total["n"].to_numpy()[found.total].tolist()


def test_a_fiscal_year_is_the_sum_of_its_months():
    months = pd.date_range("2021-07-01", periods=12, freq="MS")
    year = entries(people(100, 1), kinds=["year"], levels=[]).head(1)
    rows = pd.concat([year] * 13, ignore_index=True)
    rows["period_kind"] = ["month"] * 12 + ["fiscal_year"]
    rows["period"] = [*months, date(2021, 7, 1)]
    found = equations(rows, fiscal_year_start=7)
    assert found.total.tolist() == [12]
    assert sorted(found.part) == list(range(12))
    assert not len(equations(rows, fiscal_year_start=1).total)


def test_where_nothing_can_be_withheld_any_more_everything_is(monkeypatch):
    """The search may fall short; what it leaves derivable is not shown."""
    frame = one_table([7, 300, 200, 100], [4, 150, 100, 50])
    monkeypatch.setattr(Suppression, "_withhold_one", lambda *_: [])
    assert hidden(protect(frame, definitions())).all()


def test_where_the_rounds_run_out_everything_is_withheld(monkeypatch):
    frame = entries(people(900, 0), kinds=["year"])
    monkeypatch.setattr(suppress, "_ROUNDS", 0)
    monkeypatch.setattr(Suppression, "_mend", lambda *_: None)
    assert hidden(protect(frame, definitions())).all()


def test_bounds_that_do_not_come_to_rest_are_not_trusted(monkeypatch):
    frame = entries(people(900, 0), kinds=["year"])
    assert not hidden(protect(frame, definitions())).all()
    monkeypatch.setattr(suppress, "_PASSES", 1)
    assert hidden(protect(frame, definitions())).all()


CITIES = {
    "rows": st.integers(30, 6000),
    "seed": st.integers(0, 10_000),
    "kinds": st.sampled_from([["year"], ["quarter", "year"], ["month", "year", "all"]]),
}


@settings(max_examples=8, deadline=None)
@given(**CITIES)
def test_nothing_sensitive_is_shown_or_follows_step_by_step(rows, seed, kinds):
    holds_step_by_step(rows, seed, kinds)


@pytest.mark.proof
@settings(max_examples=150, deadline=None)
@given(**CITIES)
def test_in_many_cities_nothing_follows_step_by_step(rows, seed, kinds):
    holds_step_by_step(rows, seed, kinds)


def holds_step_by_step(rows: int, seed: int, kinds: list[str]) -> None:
    frame = entries(people(rows, seed), kinds=kinds)
    got = hidden(protect(frame, definitions()))
    told = counts(frame, metric(), Thresholds())
    assert not (told.withheld & ~got).any()
    found = equations(frame)
    for values, sensitive in zip(told.values, told.sensitive, strict=True):
        low, high = bounds(values, got, found)
        assert (low <= values).all()
        assert (values <= high).all()
        assert (low[sensitive] == 0).all()
        assert (high[sensitive] >= ENOUGH).all()


def ranges(frame: pd.DataFrame, got: np.ndarray) -> pd.DataFrame:
    """Lowest and highest value of each sensitive count by linear programming."""
    told = counts(frame, metric(), Thresholds())
    found = equations(frame)
    count = len(found.total)
    matrix = coo_matrix(
        (
            np.r_[np.ones(len(found.part)), -np.ones(count)],
            (np.r_[found.equation, np.arange(count)], np.r_[found.part, found.total]),
        ),
        shape=(count, len(frame)),
    ).tocsc()
    columns = np.flatnonzero(got)
    unknown = matrix[:, columns]
    rows = []
    for values, sensitive in zip(told.values, told.sensitive, strict=True):
        for entry in np.flatnonzero(sensitive):
            aim = (columns == entry).astype(float)
            known = unknown @ values[columns]
            least = linprog(aim, A_eq=unknown, b_eq=known, method="highs").fun
            most = linprog(-aim, A_eq=unknown, b_eq=known, method="highs")
            rows.append((values[entry], least, np.inf if most.status == 3 else -most.fun))
    return pd.DataFrame(rows, columns=["value", "least", "most"])


@pytest.mark.parametrize("seed", range(4))
def test_one_breakdown_by_place_holds_against_a_linear_programme(seed):
    """Place × group of one year: the range of every sensitive count, given all that is shown."""
    frame = entries(people(900, seed, months=1), kinds=["year"], levels=["large"])
    frame = frame[(frame["dimension_2"] == "") & (frame["dimension"] != "income")]
    frame = frame.reset_index(drop=True)
    got = hidden(protect(frame, definitions()))
    found = ranges(frame, got)
    assert len(found) > 3
    assert (found["least"] <= 1 + 1e-6).all()
    assert (found["most"] >= ENOUGH - 1e-6).all()


def test_without_further_entries_the_linear_programme_finds_the_small_ones():
    """The test above can fail: withholding only what is small itself leaves it derivable."""
    frame = entries(people(900, 0, months=1), kinds=["year"], levels=["large"])
    told = counts(frame, metric(), Thresholds())
    found = ranges(frame, told.withheld)
    assert (found["least"] > 1).any()


def test_most_linked_tables_hold_against_a_linear_programme():
    """Two levels, two crossed dimensions, quarters and years: docs/privacy.md says how many."""
    frame = entries(people(2500, 5, months=6), kinds=["year"])
    found = ranges(frame, hidden(protect(frame, definitions())))
    safe = (found["least"] <= 1 + 1e-6) & (found["most"] >= ENOUGH - 1e-6)
    assert safe.mean() >= 0.9
