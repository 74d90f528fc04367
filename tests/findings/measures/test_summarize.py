"""The descriptive table: what applies, what does not and why, and what must hold of every table."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.errors import EquityError
from equity.findings import summarize
from equity.findings.measures import CODES, FAMILIES
from equity.i18n import LANGUAGES, catalogue

COLUMNS = ["name", "estimate", "se", "lower", "upper", "note", "corrected", "corrected_lower", "corrected_upper"]  # fmt: skip
NONE = float("nan")
HIGHER: Any = "higher_is_better"
LOWER: Any = "lower_is_better"


def table(
    estimate: list[float],
    se: list[float] | float = 1.0,
    population: list[float] | float = 100.0,
    order: bool = False,
) -> pd.DataFrame:
    names = [chr(ord("A") + number) for number in range(len(estimate))]
    frame = pd.DataFrame({"group": names, "estimate": estimate, "se": se, "population": population})
    return frame.assign(order=range(1, len(estimate) + 1)) if order else frame


def test_every_measure_is_a_row() -> None:
    found = summarize(table([10, 20, 40]), direction=HIGHER, scale=100)
    assert list(found.index) == list(CODES)
    assert list(found.columns) == COLUMNS
    assert found["name"].is_unique
    assert found.loc["aci", "note"].startswith("Needs groups that are ordered")
    assert found.loc["mdru", "note"] == "Needs a reference group."
    assert found.loc[found["estimate"].isna(), "note"].str.len().gt(0).all()
    assert set(found.index[found["estimate"].isna()]) == {*FAMILIES["gradient"], "mdru", "mdrw"}


def test_ordered_groups_have_all_of_them() -> None:
    found = summarize(table([20, 25, 40, 50], order=True), direction=HIGHER, reference="B", scale=100)  # fmt: skip
    assert found["estimate"].notna().all()
    assert found[["se", "lower", "upper"]].notna().all().all()
    assert (found["lower"] <= found["estimate"]).all()
    assert (found["estimate"] <= found["upper"]).all()


@pytest.mark.parametrize(
    ("direction", "reference", "order", "d"),
    [
        (HIGHER, None, False, 30), (LOWER, None, False, 30),
        (HIGHER, "B", False, 20 - 10), (LOWER, "B", False, 40 - 20),
        (HIGHER, "C", False, 40 - 10), (LOWER, "C", False, 20 - 40),
        (HIGHER, None, True, 30 - 10), (LOWER, None, True, 10 - 30),
        (HIGHER, "C", True, 30 - 10),
    ],
)  # fmt: skip
def test_which_two_groups_are_compared(
    direction: Any, reference: str | None, order: bool, d: float
) -> None:
    values = [10.0, 20.0, 40.0] if not order else [10.0, 20.0, 40.0, 30.0]
    found = summarize(table(values, order=order), direction=direction, reference=reference, scale=100)  # fmt: skip
    assert found.loc["d", "estimate"] == d
    value = {30: 4 if not order else 3}.get(int(abs(d)))
    if value:
        assert found.loc["r", "estimate"] in (value, 1 / value)


@pytest.mark.parametrize(
    ("direction", "values", "par"),
    [(HIGHER, [10, 20, 30], 10), (LOWER, [10, 20, 30], -10)],
)
def test_the_attributable_risk_has_the_sign_of_the_direction(
    direction: Any, values: list[float], par: float
) -> None:
    found = summarize(table(values), direction=direction, scale=100)
    assert found.loc["par", "estimate"] == pytest.approx(par)
    assert found.loc["paf", "estimate"] == pytest.approx(100 * par / 20)
    ends = found.loc["par", ["lower", "estimate", "corrected", "upper"]].astype(float)
    assert ends["lower"] <= ends["estimate"] <= ends["upper"]
    assert abs(ends["corrected"]) <= abs(par) + 1e-9
    assert ends["corrected"] * par >= 0


def test_no_gain_where_the_most_advantaged_are_behind() -> None:
    found = summarize(table([50, 40, 30], order=True), direction=HIGHER, scale=100)
    assert found.loc["par", "estimate"] == 0
    assert "no better off" in found.loc["par", "note"]
    assert "no better off" not in summarize(table([40, 40, 40], order=True), direction=HIGHER, scale=100).loc["par", "note"]  # fmt: skip


def test_suppressed_groups_are_left_out_and_named() -> None:
    values = [float(value) for value in range(30, 50, 2)]
    whole = summarize(table(values), direction=HIGHER, scale=100)
    frame = table([*values, NONE], population=[100.0] * 10 + [5000.0])
    found = summarize(frame, direction=HIGHER, scale=100)
    computed = found["estimate"].notna()
    assert computed.sum() == 16
    assert np.allclose(found.loc[computed, "estimate"], whole.loc[computed, "estimate"])
    assert found.loc[computed, "note"].str.contains("Left out, no estimate: K.").all()


def test_above_fifteen_percent_missing_is_refused_but_for_two_groups() -> None:
    frame = table([30.0, 40.0, 50.0, 60.0, 70.0, NONE])
    found = summarize(frame, direction=HIGHER, scale=100)
    refused = [code for code in CODES[2:18] if code[:3] != "mdr"]
    assert found.loc[refused, "estimate"].isna().all()
    assert found.loc[refused, "note"].str.contains("1 of 6 groups have no value, more than 15%").all()  # fmt: skip
    assert found.loc["d", "estimate"] == 40
    assert "Left out, no estimate: F." in found.loc["d", "note"]
    twenty = summarize(table([*[50.0 + i for i in range(17)], NONE, NONE, NONE]), direction=HIGHER, scale=100)  # fmt: skip
    assert twenty.loc["bgv", "estimate"] > 0  # exactly 15 % is allowed


def test_of_ordered_groups_none_may_be_missing() -> None:
    middle = table([10.0, 20.0, NONE, 40.0, 50.0, 60.0, 70.0, 80.0], order=True)
    found = summarize(middle, direction=HIGHER, scale=100)
    assert found.drop(["d", "r"])["estimate"].isna().all()
    assert "of ordered groups none may be missing (C)" in found.loc["sii", "note"]
    assert found.loc["d", "estimate"] == 70
    end = summarize(table([10.0, 20.0, NONE], order=True), direction=HIGHER, scale=100)
    assert "an end of the order has no estimate (C)" in end.loc["d", "note"]


def test_two_groups_have_a_difference_and_nothing_else() -> None:
    found = summarize(table([10, 30]), direction=HIGHER, scale=100)
    assert found.loc["d", "estimate"] == 20
    assert found.drop(["d", "r"])["estimate"].isna().all()
    assert "more than two groups; there are 2" in found.loc["bgv", "note"]


@pytest.mark.parametrize("values", [[], [10.0], [NONE, NONE, NONE, NONE], [NONE]])
@pytest.mark.parametrize("order", [False, True])
def test_nothing_to_measure(values: list[float], order: bool) -> None:
    found = summarize(table(values, order=order), direction=LOWER, scale=100)
    assert list(found.index) == list(CODES)
    assert found["estimate"].isna().all()
    assert found["note"].str.len().gt(10).all()


def test_identical_estimates() -> None:
    found = summarize(table([40.0] * 5, order=True), direction=HIGHER, reference="A", scale=100)
    ratios = ["r", "rii", "rii_linear"]
    assert np.allclose(found.loc[ratios, "estimate"], 1)
    assert np.allclose(found.drop(ratios)["estimate"], 0, atol=1e-9)
    assert found["se"].notna().all()
    exact = summarize(table([40.0] * 5, se=0.0), direction=HIGHER, scale=100)
    assert np.allclose(exact.loc[["bgsd", "mdmu", "ti"], ["estimate", "se", "corrected"]].astype(float), 0)  # fmt: skip


def test_zeros_and_what_they_leave_undefined() -> None:
    found = summarize(table([0.0, 20.0, 40.0], order=True), direction=HIGHER, scale=100)
    assert np.isnan(found.loc["r", "estimate"])
    assert "divide by" in found.loc["r", "note"]
    assert "no logarithm" in found.loc["mld", "note"]
    p = np.array([0, 1, 2]) / 3
    assert found.loc["ti", "estimate"] == pytest.approx(1000 * (p[1:] * np.log([1, 2])).sum())
    nothing = summarize(table([0.0] * 4, order=True), direction=HIGHER, scale=100)
    for code in ("cov", "idisu", "ti", "rci", "paf"):
        assert "average is 0" in nothing.loc[code, "note"]
    assert "no curve fits" in nothing.loc["sii", "note"]
    assert nothing.loc["d", "estimate"] == 0


def test_nothing_and_everything() -> None:
    """All at a bound, exactly or not: no warning, no −0, and a reason for what is not defined."""
    for value, se in ((0.0, 0.0), (0.0, 0.1), (1.0, 0.0), (1.0, 0.1)):
        for direction in (HIGHER, LOWER):
            frame = table([value] * 4, se=se, order=True)
            found = summarize(frame, direction=direction, reference="A")
            assert found.loc[found["estimate"].isna(), "note"].str.len().gt(0).all()
            assert not np.signbit(found["estimate"].astype(float)).any()
            assert found.loc["d", "estimate"] == 0
    assert "at the upper bound" in found.loc["rci_wagstaff", "note"]
    assert found.loc["ti", "upper"] > 0  # alike, and not known to be


def test_other_kinds_of_columns() -> None:
    frame = pd.DataFrame(
        {
            "group": [1, 2, 3, 4],
            "estimate": pd.array([10, 20, None, 30], dtype="Int64"),
            "se": pd.array([1, None, None, 1.0], dtype="Float64"),
            "population": [1, 2, 3, 4],
        },
        index=[0, 0, 1, 1],
    )
    found = summarize(frame, direction=LOWER, reference=1, scale=100)  # type: ignore[arg-type]
    assert found.loc["d", "estimate"] == 20
    assert found.loc["d", "note"].startswith("Left out, no estimate: 3.")


def test_separated_groups_have_no_logit() -> None:
    found = summarize(table([0.0, 0.0, 1.0, 1.0], se=0.1, order=True), direction=HIGHER)
    assert "no curve fits" in found.loc["sii", "note"]
    assert found.loc["sii_linear", "estimate"] > 1


def test_without_an_upper_bound() -> None:
    found = summarize(table([-5.0, 200.0, 340.0, 1000.0], order=True), direction=LOWER, scale=None)
    for code in ("sii", "rii", "rci_wagstaff", "rci_erreygers"):
        assert "upper bound" in found.loc[code, "note"]
    assert found.loc["sii_linear", "estimate"] > 0
    assert "negative" in found.loc["ti", "note"]


def test_a_missing_error_leaves_the_estimate() -> None:
    frame = table([10.0, 20.0, 30.0, 40.0], se=[1.0, NONE, 1.0, 1.0])
    found = summarize(frame, direction=HIGHER, scale=100)
    assert found.loc["bgv", "estimate"] == 125
    assert found.loc["bgv", ["se", "lower", "upper"]].isna().all()
    assert "no standard error for B" in found.loc["bgv", "note"]
    assert found.loc["d", "se"] == pytest.approx(2**0.5)  # of the two groups that are compared


def test_population_zero_and_none() -> None:
    frame = table([10.0, 20.0, 30.0, 90.0], population=[100, 100, 100, 0])
    found = summarize(frame, direction=HIGHER, scale=100)
    assert found.loc["bgsd", "estimate"] == pytest.approx(np.std([10, 20, 30]))
    assert found.loc["d", "estimate"] == 80
    none = summarize(table([10.0, 20.0, 30.0], population=0.0), direction=HIGHER, scale=100)
    assert none.loc["mdbu", "estimate"] == 10
    assert "no group has a population" in none.loc["bgv", "note"]
    ten = summarize(table([float(v) for v in range(10, 20)], population=[NONE] + [50.0] * 9), direction=HIGHER, scale=100)  # fmt: skip
    assert "Left out, no population: A." in ten.loc["bgv", "note"]
    assert ten.loc["bgv", "estimate"] == pytest.approx(np.var(range(11, 20)))
    assert ten.loc["mdbu", "estimate"] == pytest.approx(4.5)
    assert ten.loc["mdbu", "note"] == ""


def test_a_suppressed_reference() -> None:
    frame = table([10.0 + i for i in range(9)] + [NONE])
    found = summarize(frame, direction=HIGHER, reference="J", scale=100)
    for code in ("d", "r", "mdru", "mdrw"):
        assert "the reference has no estimate (J)" in found.loc[code, "note"]
    assert found.loc["bgv", "estimate"] > 0


def test_where_neither_is_better() -> None:
    found = summarize(table([10.0, 20.0, 30.0]), direction="neutral", scale=100)
    for code in ("mdbu", "mdbw", "par", "paf"):
        assert "higher or lower is better" in found.loc[code, "note"]
    assert found.loc["d", "estimate"] == 20


@pytest.mark.parametrize(
    ("change", "options", "told"),
    [
        ({"estimate": [0.5, 60.0, 0.7]}, {"scale": 1.0}, "Group 'B': estimate is 60. Expected at most scale = 1. Pass scale=100"),
        ({"estimate": [0.5, -0.1, 0.7]}, {"scale": 1.0}, "Group 'B': estimate is -0.1"),
        ({"se": [0.1, 0.1, -1.0]}, {}, "Group 'C': se is -1"),
        ({"population": [1.0, -5.0, 2.0]}, {}, "Group 'B': population is -5"),
        ({"estimate": [0.1, float("inf"), 0.2]}, {}, "Group 'B': estimate is inf"),
        ({"estimate": [0.1, "much", 0.2]}, {}, "Group 'B': estimate is 'much'"),
        ({"group": ["A", "A", "C"]}, {}, "Group 'A' stands in the table twice"),
        ({"order": [1, 1, 2]}, {}, "Group 'A': order is 1"),
        ({"order": [1, None, 2]}, {}, "Group 'B': order is nan"),
        ({}, {"reference": "Z"}, "The reference 'Z' is not a group"),
        ({}, {"direction": "up"}, "direction is 'up'"),
        ({}, {"confidence": 95}, "confidence is 95"),
        ({}, {"scale": 0.0}, "scale is 0.0"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_is_refused(
    change: dict[str, Any], options: dict[str, Any], told: str
) -> None:
    frame = table([0.5, 0.6, 0.7]).assign(**change)
    with pytest.raises(EquityError) as error:
        summarize(frame, **{"direction": HIGHER, **options})
    assert told in str(error.value)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(EquityError, match="no column population"):
        summarize(table([0.5, 0.6]).drop(columns="population"), direction=HIGHER)


tables = st.lists(
    st.tuples(
        st.floats(20, 80).map(lambda v: round(v, 3)),
        st.floats(0.5, 3),
        st.integers(20, 900),
    ),
    min_size=3,
    max_size=9,
    unique_by=lambda row: row[0],
)


def framed(rows: list[tuple[float, float, int]], order: bool = False) -> pd.DataFrame:
    values, errors, people = (list(column) for column in zip(*rows, strict=True))
    return table(values, errors, people, order)


@settings(max_examples=12, deadline=None)
@given(tables, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(rows: Any, order: bool, random: Any) -> None:
    frame = framed(rows, order)
    names = frame.index.to_list()
    random.shuffle(names)
    options: Any = {"direction": LOWER, "reference": "B", "scale": 100}
    pd.testing.assert_frame_equal(summarize(frame, **options), summarize(frame.loc[names], **options))  # fmt: skip


def test_what_groups_are_called_changes_nothing() -> None:
    frame = table([30.0, 44.0, 41.0, 60.0], [1.0, 2.0, 3.0, 1.5], [100, 300, 50, 80])
    renamed = frame.assign(group=["z", "y", "x", "w"])
    options: Any = {"direction": LOWER, "scale": 100}
    pd.testing.assert_frame_equal(summarize(frame, **options), summarize(renamed, **options))


@settings(max_examples=12, deadline=None)
@given(tables, st.floats(5, 500))
def test_translation(rows: Any, by: float) -> None:
    """A constant added to every group changes no distance, and every ratio to the mean."""
    frame = framed(rows, order=True)
    options: Any = {"direction": HIGHER, "reference": "A", "scale": None}
    before = summarize(frame, **options)
    after = summarize(frame.assign(estimate=frame["estimate"] + by), **options)
    same = ["d", "bgv", "bgv_corrected", "bgsd", "mdbu", "mdbw", "mdmu", "mdmw", "mdru", "mdrw", "par", "aci", "sii_linear"]  # fmt: skip
    numbers = ["estimate", "se", "lower", "upper", "corrected"]
    np.testing.assert_allclose(
        after.loc[same, numbers].astype(float), before.loc[same, numbers].astype(float), rtol=1e-7, atol=1e-7
    )  # fmt: skip
    less = ["cov", "idisu", "idisw", "ti", "mld"]
    assert (after.loc[less, "estimate"] < before.loc[less, "estimate"] + 1e-9).all()


@settings(max_examples=12, deadline=None)
@given(tables, st.floats(0.01, 1.2))
def test_scaling(rows: Any, by: float) -> None:
    """A change of unit leaves ratios alone, multiplies distances, and squares what is squared."""
    frame = framed(rows, order=True)
    options: Any = {"direction": HIGHER, "reference": "A"}
    before = summarize(frame, scale=100, **options)
    after = summarize(
        frame.assign(estimate=frame["estimate"] * by, se=frame["se"] * by), scale=100 * by, **options
    )  # fmt: skip
    distance = {"d", "bgsd", "mdbu", "mdbw", "mdmu", "mdmw", "mdru", "mdrw", "par", "aci", "sii", "sii_linear"}  # fmt: skip
    for code in CODES:
        factor = by**2 if code.startswith("bgv") else by if code in distance else 1.0
        for name in ("estimate", "se", "lower", "upper", "corrected"):
            expected = before.loc[code, name] * factor
            assert after.loc[code, name] == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True)


@settings(max_examples=12, deadline=None)
@given(tables, st.integers(1, 899))
def test_merging_equal_groups(rows: Any, people: int) -> None:
    """What counts people does not see whether equal groups are one or two; k·anything does."""
    value, error, whole = rows[0]
    part = min(people, whole - 1)
    split = [(value, error, part), (value, error, whole - part), *rows[1:]]
    one = summarize(framed(rows, order=True), direction=HIGHER, scale=100)
    two = summarize(framed(split, order=True), direction=HIGHER, scale=100)
    weighted = ["d", "r", "bgv", "bgsd", "cov", "idisw", "mdbw", "mdmw", "ti", "mld", "par", "paf", "aci", "rci"]  # fmt: skip
    np.testing.assert_allclose(two.loc[weighted, "estimate"].astype(float), one.loc[weighted, "estimate"].astype(float), rtol=1e-7, atol=1e-7)  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(tables, st.sampled_from([HIGHER, LOWER]))
def test_what_holds_of_every_table(rows: Any, direction: Any) -> None:
    found = summarize(framed(rows, order=True), direction=direction, reference="B", scale=100)
    found = found.drop("rii_linear")  # a line may leave the metric's range: then it has no ratio
    assert found["estimate"].notna().all()
    assert (found["se"] >= 0).all()
    assert (found["lower"] <= found["estimate"]).all()
    assert (found["upper"] >= found["estimate"]).all()
    nonnegative = [code for code in FAMILIES["spread"] if code not in ("par", "paf")]
    assert (found.loc[nonnegative, "lower"] >= 0).all()
    known = found["corrected"].notna()
    sizes = found.loc[known, ["estimate", "corrected"]].astype(float).abs()
    assert (sizes["corrected"] <= sizes["estimate"] + 1e-6 + 0.35 * sizes["estimate"]).all()
    assert (found.loc[known, "corrected_lower"] <= found.loc[known, "corrected"]).all()
    assert (found.loc[known, "corrected"] <= found.loc[known, "corrected_upper"]).all()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_its_words(language: str) -> None:
    words = catalogue(language)
    for code in CODES:
        assert f"measures.name_{code}" in words
        assert f"measures.formula_{code}" in words
        assert any(key.startswith(f"measures.plain_{code}") for key in words)
