"""Comparisons over a published table small enough to reckon by hand."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from equity.findings import (
    Told,
    compare,
    comparisons,
    gap_series,
    latest_period,
    overview,
    period_kinds,
    reference_of,
    references_offered,
    standings,
    tolerance_of,
    tolerances_offered,
)
from equity.framework.models import Definitions, Metric, Reference, Tolerance
from equity.schema import ESTIMATE_COLUMNS, KEY, TREND_COLUMNS

FY21, FY22 = date(2021, 7, 1), date(2022, 7, 1)


class Published:
    """The reading side of a publication over a frame."""

    version = 3
    moving: list[dict] = []  # noqa: RUF012 - rows of stored trends

    def __init__(self, rows: list[dict]):
        frame = pd.DataFrame(rows).reindex(columns=[*KEY, *ESTIMATE_COLUMNS, "entry"])
        texts = ["treatment", "dimension", "group", "dimension_2", "group_2", "note"]
        frame[texts] = frame[texts].fillna("")
        frame["period"] = pd.to_datetime(frame["period"])
        self.frame = frame

    def slice(self, metric, **key):
        wanted = {"treatment": "", "place_level": "city", "dimension": "", "dimension_2": ""} | key
        rows = self.frame[self.frame["metric"] == metric]
        for column, value in wanted.items():
            if value is not None:
                value = pd.Timestamp(value) if column == "period" else value
                rows = rows[rows[column] == value]
        return rows

    def trends(self, metric=None):
        return pd.DataFrame(self.moving, columns=list(TREND_COLUMNS))

    meta: ClassVar[dict] = {"datasets": {}}

    def places(self, level=None):
        every = self.frame.loc[self.frame["place_level"] != "city", ["place_level", "place"]]
        every = every[every["place"] != "outside"].drop_duplicates()
        return every if level is None else every[every["place_level"] == level]

    def tables(self, metric):
        columns = ["treatment", "period_kind", "place_level", "dimension", "dimension_2"]
        return self.frame.loc[self.frame["metric"] == metric, columns].drop_duplicates()


def share(x: int, n: int, **key) -> dict:
    """An entry whose intervals are ± 4 and ± 6 points, so that verdicts can be reckoned."""
    p = 100 * x / n
    return {
        "metric": "cleared", "period_kind": "fiscal_year", "period": FY22, "place_level": "city",
        "place": "city", "status": "value", "estimate": p, "lower": p - 4, "upper": p + 4,
        "lower_simultaneous": p - 6, "upper_simultaneous": p + 6, "n": n, "numerator": x,
        "denominator": n, "unstable": False, "immature": False,
    } | key  # fmt: skip


def district(code: str, x: int, n: int, **key) -> dict:
    return share(x, n, place_level="district", place=code, **key)


def language(code: str, x: int, n: int, **key) -> dict:
    return share(x, n, dimension="language", group=code, **key)


def definitions(**changes) -> Definitions:
    metric = Metric.model_validate(
        {
            "title": "Cleared", "objective": "clean", "definition": "d", "why": "w",
            "subject": "requests", "dataset": "requests", "kind": "share", "numerator": "ok",
            "unit": "percent", "direction": "higher_is_better", "dimensions": ["language"],
            "reference": {"kind": "city"}, "tolerance": {"percent": 10},
            "monitoring": {"cadence": "yearly", "owner": "o"},
            "tables": [{"periods": ["fiscal_year"]}], "written_by": "w", "review_due": "2030-01-01",
        }
        | changes
    )  # fmt: skip
    return Definitions.model_construct(
        city=None, dimensions={}, populations={}, datasets={}, departments={},
        metrics={"cleared": metric}, department_of={"cleared": "beautifysj"}, digest="",
    )  # fmt: skip


CITY_ROW = share(1400, 2000)  # 70 %: the tolerance is 63 to 77


def of(finding, code):
    return next(entry for entry in finding.entries if entry.code == code)


def test_a_gap_names_the_place_furthest_behind_for_certain():
    published = Published(
        [CITY_ROW, district("1", 500, 1000), district("2", 560, 1000), district("3", 780, 1000)]
    )
    finding = compare(published, definitions(), "cleared", by="place:district")
    assert finding.verdict == "gap"
    assert finding.worst == "1"
    assert finding.lean == "behind"
    assert finding.gap == pytest.approx(-20)
    # District 1 is half of the city: y − μ = (y − rest)/2, and 2.388 is Šidák's value for three.
    half = 2.388 * 50 * ((0.5 * 0.5 + 0.9 * 0.1) / 1000) ** 0.5
    assert finding.gap_lower == pytest.approx(-20 - half, abs=0.1)
    assert finding.gap_upper == pytest.approx(-20 + half, abs=0.1)
    assert finding.ratio == pytest.approx(50 / 70)
    # District 1 surely lacks 17.7 points of 1,000; district 2 is at best 11.6 below.
    assert of(finding, "1").affected == pytest.approx(177, abs=2)
    assert of(finding, "2").affected == pytest.approx(116, abs=2)
    surely = of(finding, "1").affected + of(finding, "2").affected
    assert surely <= finding.affected < 340  # 340 is the plain sum
    assert of(finding, "3").position == "unclear"
    assert of(finding, "1").steps == pytest.approx(-20 / 7, abs=1e-4)
    assert finding.p_value < 1e-6
    assert finding.concerned == 1000
    assert finding.settle is None


def test_the_readers_own_question_is_put_and_said_to_be_his():
    rows = [CITY_ROW, language("english", 740, 1000), language("spanish", 680, 1000)]
    published, declared = Published(rows), definitions()
    own = compare(
        published, declared, "cleared", by="language",
        reference=Reference(kind="group", dimension="language", group="english"),
        tolerance=Tolerance(points=1),
    )  # fmt: skip
    assert (own.verdict, own.worst, own.declared) == ("gap", "spanish", False)
    assert own.reference_value == pytest.approx(74)
    assert (own.tolerance_lower, own.tolerance_upper) == (pytest.approx(73), pytest.approx(75))
    assert own.caveats[0] == "own_question"
    assert of(own, "english").position == "within"  # the reference itself is not judged
    plain = compare(published, declared, "cleared", by="language")
    assert plain.declared
    assert plain.id != own.id
    same = compare(published, declared, "cleared", by="language", tolerance=Tolerance(percent=10))
    assert (same.declared, same.id) == (True, plain.id)


def test_what_cannot_be_told_says_what_would_settle_it_and_where_it_is_told():
    few = [district("1", 58, 100), district("2", 72, 100)]
    many = [
        row | {"period_kind": "all", "period": FY21}
        for row in (share(2800, 4000), district("1", 1160, 2000), district("2", 1640, 2000))
    ]
    published = Published([share(1400, 2000), *few, *many])
    finding = compare(published, definitions(), "cleared", by="place:district", period_kind="fiscal_year")  # fmt: skip
    assert finding.verdict == "cannot_tell"
    assert (finding.lean, finding.worst, finding.concerned) == ("behind", "1", 100)
    assert finding.settle.by == "records"
    assert finding.settle.records > 100
    assert finding.settle.years == pytest.approx(finding.settle.records / 100, rel=0.02)
    assert finding.told_in == Told("place:district", "all", FY21, "gap")
    alone = compare(
        published, definitions(), "cleared", by="place:district", period_kind="fiscal_year",
        search=False,
    )  # fmt: skip
    assert alone.told_in is None


def test_what_ten_years_would_not_settle_is_said_so():
    rows = [share(1400, 2000), district("1", 65, 100), district("2", 70, 100)]
    finding = compare(Published(rows), definitions(), "cleared", by="place:district")
    assert (finding.verdict, finding.settle.by) == ("cannot_tell", "never")


def test_coarser_places_can_tell_what_finer_ones_cannot():
    rows = [CITY_ROW, *(share(14, 20, place_level="zip", place=str(i)) for i in range(5))]
    rows += [district("1", 700, 1000), district("2", 700, 1000)]
    finding = compare(Published(rows), definitions(), "cleared", by="place:zip")
    assert finding.verdict == "cannot_tell"
    assert finding.told_in == Told("place:district", "fiscal_year", FY22, "parity")


def test_the_latest_period_is_told_where_its_verdict_is_another():
    young = {"period": date(2023, 7, 1), "immature": True}
    rows = [CITY_ROW, district("1", 700, 1000), CITY_ROW | young, district("1", 400, 1000) | young]
    finding = compare(Published(rows), definitions(), "cleared", by="place:district")
    assert (finding.period, finding.verdict) == (FY22, "parity")
    assert finding.other_period == (date(2023, 7, 1), "gap")


def test_over_people_the_reference_counts_only_whose_group_is_known():
    """A quarter of the records names no group: no group lags for that alone."""
    rate = {"kind": "rate", "population": "people"}
    rows = [
        share(4000, 40_000),
        language("english", 1500, 20_000), language("spanish", 1500, 20_000),
        language("unknown", 1000, 1000, status="unknown_group"),
    ]  # fmt: skip
    for row in rows:
        row["n"] = row["numerator"]
    finding = compare(Published(rows), definitions(**rate), "cleared", by="language")
    assert finding.reference_value == pytest.approx(7.5)
    assert {of(finding, c).steps for c in ("english", "spanish")} == {0.0}


def test_everybody_elses_rate_is_as_dispersed_as_the_groups_that_make_it_up():
    """Of two groups the large one's interval is three times Poisson's: so is the rest's of the small."""
    rate = {"kind": "rate", "population": "people"}

    def width(times: float) -> float:
        rows = [share(10_050, 101_000) | {"n": 10_050}]
        for code, x, n, wide in (("english", 10_000, 100_000, times), ("spanish", 50, 1000, 1.0)):
            half = 196 * wide * x**0.5 / n
            ends = {"lower": -half, "upper": half, "lower_simultaneous": -half, "upper_simultaneous": half}  # fmt: skip
            p = 100 * x / n
            rows.append(language(code, x, n, **{end: p + d for end, d in ends.items()}) | {"n": x})
        finding = compare(Published(rows), definitions(**rate), "cleared", by="language")
        assert finding.worst == "spanish"
        return finding.gap_upper - finding.gap_lower

    own = 2 * 196 * 50**0.5 / 1000
    others = [2 * 196 * times * 10_000**0.5 / 100_000 for times in (1, 3)]
    wider = width(3.0) ** 2 - width(1.0) ** 2
    critical, part = 2.236 / 1.96, 1000 / 101_000  # Šidák for two; the group's weight in the city
    expected = (others[1] ** 2 - others[0] ** 2) * (critical * (1 - part)) ** 2
    assert wider == pytest.approx(expected, rel=0.05)
    assert width(1.0) > own


def test_complaints_have_the_need_beside_them():
    both = definitions(
        measures="complaints", tables=[{"by": ["language"], "periods": ["fiscal_year"]}]
    )
    need = both.metrics["cleared"].model_copy(update={"measures": "need"})
    both = both.model_copy(update={"metrics": both.metrics | {"units": need}})
    rows = [CITY_ROW, language("english", 700, 1000)]
    finding = compare(Published(rows), both, "cleared", by="language")
    assert finding.beside == "units"
    assert "complaints" in finding.caveats
    assert compare(Published(rows), definitions(), "cleared", by="language").beside == ""


def test_of_an_overview_a_gap_says_whether_it_is_certain_among_all():
    rows = [CITY_ROW, language("english", 700, 1000), language("spanish", 690, 1000)]
    published = Published([*rows, district("1", 500, 1000), district("2", 700, 1000)])
    gap, parity = overview(published, definitions())
    assert (gap.certain, parity.certain) == (True, None)
    assert gap.picked_lower < gap.gap_lower < gap.gap_upper < gap.picked_upper


def test_parity_needs_every_declared_group():
    rows = [CITY_ROW, language("english", 700, 1000), language("spanish", 690, 1000)]
    assert compare(Published(rows), definitions(), "cleared", by="language").verdict == "parity"
    hidden = language("vietnamese", 1, 1) | {"status": "suppressed", "estimate": None, "n": None}
    finding = compare(Published([*rows, hidden]), definitions(), "cleared", by="language")
    assert finding.verdict == "cannot_tell"
    assert finding.missing == ("vietnamese",)
    assert "suppressed" in finding.caveats


def test_many_unknowns_forbid_parity_unless_they_could_not_matter():
    rows = [CITY_ROW, language("english", 700, 1000), language("spanish", 690, 1000)]
    few = language("unknown", 60, 90, status="unknown_group")
    many = language("unknown", 300, 400, status="unknown_group")
    assert compare(Published([*rows, few]), definitions(), "cleared", by="language").verdict == "parity"  # fmt: skip
    finding = compare(Published([*rows, many]), definitions(), "cleared", by="language")
    assert finding.verdict == "cannot_tell"
    assert finding.unknown_share == pytest.approx(0.2)
    assert of(finding, "unknown").position == "unknown"
    big = [share(140_000, 200_000), language("english", 70_000, 100_000), language("spanish", 70_500, 100_000)]  # fmt: skip
    harmless = language("unknown", 7_000, 10_100, status="unknown_group")
    assert compare(Published([*big, harmless]), definitions(), "cleared", by="language").verdict == "parity"  # fmt: skip


def test_outside_is_shown_and_not_judged():
    published = Published([CITY_ROW, district("1", 700, 1000), district("outside", 10, 100)])
    finding = compare(published, definitions(), "cleared", by="place:district")
    assert of(finding, "outside").position == "not_applicable"
    assert of(finding, "outside").estimate == pytest.approx(10)
    assert finding.verdict == "parity"


def test_only_ahead_is_a_gap_that_leans_ahead():
    published = Published([CITY_ROW, district("1", 900, 1000), district("2", 700, 1000)])
    finding = compare(published, definitions(), "cleared", by="place:district")
    assert (finding.verdict, finding.worst, finding.lean) == ("gap", "1", "ahead")
    assert finding.affected is None


def test_lower_is_better_turns_the_sides():
    published = Published([CITY_ROW, district("1", 900, 1000), district("2", 700, 1000)])
    finding = compare(published, definitions(direction="lower_is_better"), "cleared", by="place:district")  # fmt: skip
    assert (of(finding, "1").position, finding.lean) == ("behind", "behind")


def test_reference_group_and_expected_and_rest():
    rows = [CITY_ROW, language("english", 800, 1000), language("spanish", 600, 1000)]
    named = definitions(reference={"kind": "group", "dimension": "language", "group": "english"})
    finding = compare(Published(rows), named, "cleared", by="language")
    assert finding.reference_value == pytest.approx(80)
    assert of(finding, "spanish").position == "behind"
    expected = [rows[0], rows[1] | {"expected": 80.0}, rows[2] | {"expected": 45.0}]
    finding = compare(Published(expected), definitions(reference={"kind": "eligible"}), "cleared", by="language")  # fmt: skip
    assert of(finding, "english").position == "within"
    assert of(finding, "spanish").position == "ahead"
    finding = compare(Published(rows), definitions(reference={"kind": "rest"}), "cleared", by="language")  # fmt: skip
    assert of(finding, "spanish").steps == pytest.approx(-20 / 8)  # everybody else: 800 of 1,000


def test_means_and_totals_per_person_are_held_against_the_rest_and_medians_are_not():
    def days(value, n, **key):
        return share(0, n) | {
            "estimate": value, "lower": value - 0.2, "upper": value + 0.2, "numerator": np.nan,
            "lower_simultaneous": value - 0.3, "upper_simultaneous": value + 0.3, "denominator": np.nan,
        } | key  # fmt: skip

    def found(rows, **measured):
        asked = definitions(
            **{"kind": "duration", "value": "days", "unit": "days", "direction": "lower_is_better",
               "reference": {"kind": "rest"}} | measured
        )  # fmt: skip
        return compare(Published(rows), asked, "cleared", by="language")

    # 2,000 requests took 4 days each; 500 of them 7 days, so the other 1,500 took 3.
    rows = [days(4.0, 2000), days(7.0, 500, dimension="language", group="spanish"),
            days(3.0, 1500, dimension="language", group="english")]  # fmt: skip
    finding = found(rows, statistic="mean")
    assert (finding.verdict, finding.worst) == ("gap", "spanish")
    assert finding.reference_value == pytest.approx(3)
    assert finding.gap == pytest.approx(4)
    median = found(rows, statistic="median")
    assert (median.verdict, median.reference_value) == ("cannot_tell", None)
    # $8,000 for 2,000 people, 7 dollars each for 500: 4,500 for the other 1,500.
    people = [row | {"denominator": row["n"], "n": 40} for row in rows]
    total = found(people, kind="amount", statistic="total", population="residents", unit="dollars")
    assert (total.reference_value, total.gap) == (pytest.approx(3), pytest.approx(4))


def test_crossed_with_a_group_in_either_order():
    crossed = language("spanish", 500, 1000, dimension_2="income", group_2="low")
    published = Published([CITY_ROW, crossed])
    by_language = compare(published, definitions(), "cleared", by="language", within=("income", "low"))  # fmt: skip
    by_income = compare(published, definitions(), "cleared", by="income", within=("language", "spanish"))  # fmt: skip
    assert [e.code for e in by_language.entries] == ["spanish"]
    assert [e.code for e in by_income.entries] == ["low"]
    assert by_language.reference_value == pytest.approx(70)


def test_the_default_period_is_the_last_that_had_time_to_finish():
    rows = [CITY_ROW | {"period": FY21}, CITY_ROW | {"immature": True}]
    published = Published(rows)
    assert latest_period(published, "cleared", "fiscal_year") == FY21
    young = Published([CITY_ROW | {"immature": True}])
    assert latest_period(young, "cleared", "fiscal_year") == FY22


def test_other_treatments_are_told_when_they_change_the_verdict():
    unfinished = {
        "rule": [{"when": "open", "count_as": "left_out"}],
        "alternatives": {"failed": [{"when": "open", "count_as": "failure"}]},
    }
    rows = [CITY_ROW, district("1", 700, 1000)]
    other = [row | {"treatment": "failed"} for row in (CITY_ROW, district("1", 500, 1000))]
    finding = compare(
        Published(rows + other), definitions(unfinished=unfinished), "cleared", by="place:district"
    )
    assert finding.verdict == "parity"
    assert finding.other_verdicts == (("failed", "gap"),)


def test_entries_without_interval_cannot_tell():
    bare = {"lower": None, "upper": None, "lower_simultaneous": None, "upper_simultaneous": None}
    published = Published([CITY_ROW, district("1", 100, 1000) | bare])
    finding = compare(published, definitions(), "cleared", by="place:district")
    assert finding.verdict == "cannot_tell"
    assert "no_interval" in finding.caveats


def test_an_empty_publication_gives_a_finding_without_entries():
    finding = compare(Published([CITY_ROW]), definitions(), "cleared", by="place:zip")
    assert finding.entries == ()
    assert finding.verdict == "cannot_tell"


def test_overview_ranks_certain_gaps_first():
    rows = [CITY_ROW, language("english", 700, 1000), language("spanish", 690, 1000)]
    published = Published([*rows, district("1", 500, 1000), district("2", 700, 1000)])
    assert comparisons(published, "cleared") == ["place:district", "language"]
    assert period_kinds(published, "cleared", "language") == ["fiscal_year"]
    ranked = overview(published, definitions())
    assert [(f.by, f.verdict) for f in ranked] == [("place:district", "gap"), ("language", "parity")]  # fmt: skip


def test_row_order_does_not_matter():
    rows = [CITY_ROW, *(district(str(i), 500 + 30 * i, 1000) for i in range(1, 10))]
    one = compare(Published(rows), definitions(), "cleared", by="place:district")
    two = compare(Published(rows[::-1]), definitions(), "cleared", by="place:district")
    assert sorted(one.entries, key=lambda e: e.code) == sorted(two.entries, key=lambda e: e.code)
    assert (one.worst, one.affected, one.gap) == (two.worst, two.affected, two.gap)


def test_gap_series_keeps_the_pair_and_the_sign():
    rows = [
        CITY_ROW | {"period": FY21}, CITY_ROW,
        district("1", 500, 1000) | {"period": FY21}, district("1", 600, 1000),
    ]  # fmt: skip
    frame = gap_series(
        Published(rows), definitions(), "cleared",
        by="place:district", code="1", period_kind="fiscal_year",
    )  # fmt: skip
    assert frame["gap"].tolist() == pytest.approx([20, 10])
    assert frame["lower"].tolist() == pytest.approx([16, 6])
    assert frame["upper"].tolist() == pytest.approx([24, 14])
    assert frame["tolerance"].tolist() == pytest.approx([7, 7])


def test_the_gap_of_a_representation_is_to_what_is_expected_of_the_group():
    rows = [
        CITY_ROW | {"estimate": 100.0},
        language("english", 300, 1000) | {"expected": 40.0},
        language("english", 350, 1000) | {"expected": 41.0, "period": FY21},
    ]
    frame = gap_series(
        Published(rows), definitions(reference={"kind": "eligible"}), "cleared",
        by="language", code="english", period_kind="fiscal_year",
    )  # fmt: skip
    assert frame["reference"].tolist() == [41, 40]
    assert frame["gap"].tolist() == pytest.approx([6, 10])


def test_the_gap_to_the_rest_and_to_the_best():
    rows = [CITY_ROW, language("english", 800, 1000), language("spanish", 600, 1000)]

    def gap(kind):
        return gap_series(
            Published(rows), definitions(reference={"kind": kind}), "cleared",
            by="language", code="spanish", period_kind="fiscal_year",
        )["gap"].tolist()  # fmt: skip

    assert gap("rest") == pytest.approx([20])  # (1,400 − 600) of (2,000 − 1,000) is 80 %
    assert gap("best") == pytest.approx([20])


def test_a_named_group_is_the_reference_for_places_too():
    rows = [CITY_ROW, language("english", 800, 1000), district("1", 500, 1000)]
    named = definitions(reference={"kind": "group", "dimension": "language", "group": "english"})
    finding = compare(Published(rows), named, "cleared", by="place:district")
    assert finding.reference_value == pytest.approx(80)
    assert finding.verdict == "gap"


def test_a_total_has_nothing_fair_to_compare_with():
    total = definitions(
        kind="amount", statistic="total", value="x", numerator=None, unit="count", per=1
    )
    finding = compare(Published([CITY_ROW, district("1", 5, 1000)]), total, "cleared", by="place:district")  # fmt: skip
    assert (finding.verdict, finding.gap, finding.reference_value) == ("cannot_tell", None, None)


def test_unknown_records_are_a_share_of_the_place_they_are_in():
    rows = [
        share(140_000, 200_000),
        district("3", 1400, 2000),
        district("3", 700, 1000) | {"dimension": "language", "group": "english"},
        district("3", 500, 700) | {"dimension": "language", "group": "spanish"},
        district("3", 200, 300, status="unknown_group") | {"dimension": "language", "group": "unknown"},
    ]  # fmt: skip
    finding = compare(Published(rows), definitions(), "cleared", by="language", place=("district", "3"))  # fmt: skip
    assert finding.unknown_share == pytest.approx(0.15)
    assert finding.verdict == "cannot_tell"
    assert "unknown" in finding.caveats


def test_what_is_withheld_under_another_treatment_is_not_another_verdict():
    unfinished = {
        "rule": [{"when": "open", "count_as": "left_out"}],
        "alternatives": {"failed": [{"when": "open", "count_as": "failure"}]},
    }
    hidden = district("1", 1, 1) | {"status": "suppressed", "estimate": None, "treatment": "failed"}
    rows = [CITY_ROW, district("1", 700, 1000), CITY_ROW | {"treatment": "failed"}, hidden]
    finding = compare(Published(rows), definitions(unfinished=unfinished), "cleared", by="place:district")  # fmt: skip
    assert (finding.verdict, finding.other_verdicts) == ("parity", ())


def test_neutral_metrics_count_nobody_as_affected():
    rows = [CITY_ROW, district("1", 500, 1000)]
    finding = compare(Published(rows), definitions(direction="neutral"), "cleared", by="place:district")  # fmt: skip
    assert finding.verdict == "gap"
    assert finding.affected is None


def test_a_group_without_a_number_forbids_parity_whatever_the_reason():
    nobody = language("tagalog", 1, 1) | {"status": "not_applicable", "estimate": None}
    rows = [CITY_ROW, language("english", 700, 1000), nobody]
    finding = compare(Published(rows), definitions(), "cleared", by="language")
    assert finding.verdict == "cannot_tell"
    assert finding.missing == ("tagalog",)


def moving(code: str, verdict: str, **key) -> dict:
    return {
        "metric": "cleared", "period_kind": "quarter", "place_level": "city", "place": "city",
        "dimension": "", "group": "", "series": "gap", "against": "",
        "first": pd.Timestamp(2019, 7, 1), "last": pd.Timestamp(2026, 4, 1), "points": 28,
        "change": 6.0, "lower": 3.0, "upper": 9.0, "lower_simultaneous": 2.0,
        "upper_simultaneous": 10.0, "level": 8.0, "margin": 3.5, "verdict": verdict, "reason": "",
    } | key  # fmt: skip


def test_a_finding_carries_the_stored_trend_of_the_pair_that_decides():
    rows = [CITY_ROW, language("english", 700, 1000), language("spanish", 500, 1000)]
    rows += [district("1", 500, 1000), district("2", 690, 1000)]
    published = Published(rows)
    published.moving = [
        moving("english", "steady", dimension="language", group="english"),
        moving("spanish", "widening", dimension="language", group="spanish"),
        moving("1", "cannot_tell", place_level="district", place="1", reason="yearly", change=None),
    ]
    trend = compare(published, definitions(), "cleared", by="language").trend
    assert (trend.code, trend.verdict) == ("spanish", "widening")
    assert (trend.change, trend.lower_simultaneous, trend.points) == (6.0, 2.0, 28)
    assert (trend.first, trend.last) == (date(2019, 7, 1), date(2026, 4, 1))
    place = compare(published, definitions(), "cleared", by="place:district").trend
    assert (place.code, place.verdict, place.reason, place.change) == ("1", "cannot_tell", "yearly", None)  # fmt: skip


def test_a_restricted_comparison_has_no_trend():
    # The stored one is of the whole city.
    rows = [CITY_ROW, language("spanish", 500, 1000), language("english", 700, 1000)]
    rows += [language(c, 500, 1000, place_level="district", place="1") for c in ("spanish", "english")]  # fmt: skip
    published = Published(rows)
    published.moving = [moving("spanish", "widening", dimension="language", group="spanish")]
    inside = compare(published, definitions(), "cleared", by="language", place=("district", "1"))
    assert inside.worst
    assert inside.trend is None


def test_a_metric_stands_by_its_target_and_by_who_is_furthest_behind():
    rows = [CITY_ROW, district("1", 500, 1000), district("2", 700, 1000)]
    aimed = definitions(target={"value": 80})
    held, left_out = standings(Published(rows), aimed, overview(Published(rows), aimed))
    (standing,) = held
    assert left_out == []
    assert standing.performance == pytest.approx(-12.5)  # 70 is 12.5 % short of 80
    assert standing.behind == pytest.approx(20 / 7)
    assert 1 < standing.nearest < standing.behind < standing.furthest
    adverse = definitions(target={"value": 80}, direction="lower_is_better")
    (other,), _ = standings(Published(rows), adverse, overview(Published(rows), adverse))
    assert other.performance == pytest.approx(12.5)
    without = definitions()
    assert standings(Published(rows), without, overview(Published(rows), without)) == (
        [],
        ["cleared"],
    )


def test_what_may_be_asked_is_a_short_list():
    both = definitions()
    assert references_offered(both, "cleared", "language") == ["best", "rest"]
    assert tolerances_offered(both.metrics["cleared"])[:2] == ["percent:5", "percent:20"]
    assert reference_of("") is None
    assert tolerance_of("percent:5") == Tolerance(percent=5)
    counted = definitions(unit="count", kind="amount", statistic="total", value="x", numerator=None)
    assert references_offered(counted, "cleared", "") == []
    assert tolerances_offered(counted.metrics["cleared"]) == []
