"""Groups of places: intervals are as wide as the differences among their places make them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from equity import estimates
from equity.cube import plan
from equity.framework.models import Metric
from equity.schema import UNKNOWN

from . import city, naive
from .test_estimate import entries_of, one

ROWS = city.random_rows(1500, seed=8)
STEP = 1.05
ALONE = [{"by": ["wealth"], "periods": ["quarter", "all"]}]
CROSSED = [{"by": ["wealth", "language"], "periods": ["all"]}]


def metric(kind: str, tables: list[dict] = ALONE, **more: Any) -> Metric:
    return city.metric(kind, tables=tables, dimensions=["wealth", "language"], **more)


def uneven(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same records; those of blocks b and e took longer, of c and f less long."""
    factor = {"b": 1.6, "e": 1.5, "c": 0.8, "f": 0.7}
    return [
        row if row["days"] is None else {**row, "days": row["days"] * factor.get(row["place_block"], 1)}
        for row in rows
    ]  # fmt: skip


def by_block(rows: list[dict[str, Any]], **only: str) -> dict[str, dict[str, list[float]]]:
    """Group → block → values."""
    found: dict[str, dict[str, list[float]]] = {
        "poor": defaultdict(list),
        "rich": defaultdict(list),
    }
    for row in rows:
        if (
            row["group_wealth"] != UNKNOWN
            and all(row[name] == value for name, value in only.items())
            and row["days"] is not None
        ):
            found[row["group_wealth"]][row["place_block"]].append(row["days"])
    return found


def widened(spread: float, freedom: float, confidence: float) -> float:
    inflated = float(estimates.for_few(spread, freedom, confidence))
    return STEP ** np.ceil(np.log(inflated) / np.log(STEP) - 1e-9)


def naively(groups: dict[str, dict[str, list[float]]], test: Any) -> dict[str, tuple[float, float]]:
    """Group → dispersion of the simultaneous and of the 95 % interval, of a share."""
    sums, variances = [], []
    for blocks in groups.values():
        sums.append([(sum(map(test, values)), len(values)) for values in blocks.values()])
        p = sum(y for y, _ in sums[-1]) / sum(w for _, w in sums[-1])
        variances.append(p * (1 - p))
    return {
        group: (widened(*told, 0.975), widened(*told, 0.95))
        for group, told in zip(groups, naive.between_places(sums, variances), strict=True)
    }


@pytest.mark.parametrize("period_kind", ["all", "quarter"])
def test_a_share_agrees_with_plain_python(period_kind: str) -> None:
    rows = uneven(ROWS)
    frame = entries_of(metric("share", numerator="days <= 5"), rows)
    kind = frame[(frame["period_kind"] == period_kind) & (frame["dimension"] == "wealth")]
    seen = 0
    for period, entries in kind.groupby("period"):
        first = city.FIRST
        own = [r for r in rows if naive.period_of(period_kind, r["local_date"], first, 7) == period]
        expected = naively(by_block(own), lambda days: days <= 5)
        of_periods = entries["group"].eq(UNKNOWN)  # what is not a group of places
        rest = float(entries.loc[of_periods, "dispersion"].iloc[0])
        for entry in entries[~of_periods].itertuples():
            together, alone = (max(rest, spread) for spread in expected[entry.group])
            assert entry.dispersion == pytest.approx(together)
            lower, upper = estimates.wilson(entry.numerator / alone, entry.n / alone)
            assert (entry.lower, entry.upper) == pytest.approx((100 * lower, 100 * upper))
            seen += together > rest
    assert seen >= (2 if period_kind == "all" else 8)


def test_places_that_are_alike_cost_only_that_they_are_few() -> None:
    plain = entries_of(metric("share", numerator="days <= 5"))
    frame = entries_of(metric("share", numerator="days <= 5"), uneven(ROWS))
    for group in ("poor", "rich"):
        alike, differing = (one(f, dimension="wealth", group=group) for f in (plain, frame))
        assert 1 < alike["dispersion"] < differing["dispersion"] / 1.5
    assert one(plain)["dispersion"] == one(frame)["dispersion"] == 1.0
    assert one(plain, dimension="wealth", group=UNKNOWN)["dispersion"] <= 1.05 + 1e-9  # one step


def test_within_a_group_of_people_only_their_records_are_compared() -> None:
    rows = uneven(ROWS)
    frame = entries_of(metric("share", CROSSED, numerator="days <= 5"), rows)
    expected = naively(by_block(rows, group_language="spanish"), lambda days: days <= 5)
    for group in ("poor", "rich"):
        entry = one(
            frame, dimension="wealth", group=group, dimension_2="language", group_2="spanish"
        )
        assert entry["dispersion"] == pytest.approx(max(1, expected[group][0]))
    people = one(frame, dimension="language", group="spanish")
    assert people["dispersion"] == 1.0  # not a group of places


def test_a_median_counts_the_records_up_to_it() -> None:
    rows = uneven(ROWS)
    frame = entries_of(metric("duration", value="days", statistic="median", unit="days"), rows)
    blocks = by_block(rows)
    for group in ("poor", "rich"):
        entry = one(frame, dimension="wealth", group=group)
        every = sorted(v for values in blocks[group].values() for v in values)
        middle = float(np.median(every))
        # Within a bucket's width of the median on either side, the sums of places hardly differ.
        spreads = [
            naively(blocks, lambda d, m=middle * by: d <= m)[group][0] for by in (0.98, 1, 1.02)
        ]
        assert min(spreads) / 1.1 <= entry["dispersion"] <= max(spreads) * 1.1
        # Woodruff's interval of a median of so many independent records, as ranks of all of them.
        half = estimates.z(0.975) * np.sqrt(0.25 / (len(every) / entry["dispersion"]))
        ends = entry[["lower_simultaneous", "upper_simultaneous"]].to_numpy(float)
        assert np.searchsorted(every, ends) / len(every) == pytest.approx(
            [0.5 - half, 0.5 + half], abs=0.07
        )


def test_a_mean_and_what_people_get_agree_with_plain_python() -> None:
    rows = uneven(ROWS)
    mean = entries_of(metric("duration", value="days", statistic="mean", unit="days"), rows)
    blocks = by_block(rows)
    sums = [[(sum(v), len(v)) for v in group.values()] for group in blocks.values()]
    every = [[v for values in group.values() for v in values] for group in blocks.values()]
    told = naive.between_places(sums, [float(np.var(v, ddof=1)) for v in every])
    for group, (spread, freedom), values in zip(blocks, told, every, strict=True):
        entry = one(mean, dimension="wealth", group=group)
        assert entry["dispersion"] == pytest.approx(widened(spread, freedom, 0.975))
        expected = (
            np.std(values, ddof=1) / np.sqrt(len(values)) * np.sqrt(widened(spread, freedom, 0.95))
        )
        assert entry["se"] == pytest.approx(expected)

    people = {block: 500 + 200 * number for number, block in enumerate(city.BLOCKS)}
    counted = metric("rate", population="residents", per=1000)
    rate, of = entries_of(counted, rows), {"poor": "abc", "rich": "def"}
    sums = [[(sum(r["place_block"] == b for r in rows), people[b]) for b in of[g]] for g in of]
    levels = [sum(y for y, _ in group) / sum(w for _, w in group) for group in sums]
    told = naive.between_places(sums, levels)
    for group, (spread, freedom) in zip(of, told, strict=True):
        entry = one(rate, dimension="wealth", group=group)
        assert entry["dispersion"] == pytest.approx(widened(spread, freedom, 0.975))
        among = one(entries_of(metric("representation", population="residents"), rows),
                    dimension="wealth", group=group)  # fmt: skip
        assert among["dispersion"] == pytest.approx(entry["dispersion"])
        assert among["expected"] == pytest.approx(
            100 * sum(people[b] for b in of[group]) / sum(people.values())
        )


def test_a_place_that_sent_nothing_in_a_period_still_has_its_people() -> None:
    quiet = [row for row in ROWS if row["place_block"] != "b" or row["local_date"].month != 8]
    tables = [{"by": ["wealth"], "periods": ["month"]}]
    frame = entries_of(metric("rate", tables, population="residents", per=1000), quiet)
    august = frame[(frame["period"] == date(2021, 8, 1)) & frame["dimension"].eq("wealth")]
    own = [row for row in quiet if row["local_date"].strftime("%Y-%m") == "2021-08"]
    sums = [[(sum(row["place_block"] == b for row in own), 500 + 200 * "abcdef".index(b))
             for b in blocks] for blocks in ("abc", "def")]  # fmt: skip
    assert sums[0][1][0] == 0
    levels = [sum(y for y, _ in group) / sum(w for _, w in group) for group in sums]
    told = naive.between_places(sums, levels)
    for group, (spread, freedom) in zip(("poor", "rich"), told, strict=True):
        entry = august[august["group"] == group].iloc[0]
        assert entry["dispersion"] == pytest.approx(widened(spread, freedom, 0.975))


def test_one_place_a_group_has_no_interval_and_says_so() -> None:
    rows = [row for row in ROWS if row["place_block"] in ("a", "d", "outside")]
    frame = entries_of(metric("share", numerator="days <= 5"), rows)
    entry = one(frame, dimension="wealth", group="poor")
    assert (entry["status"], entry["note"]) == ("value", "cube.too_few_places")
    assert entry[["lower", "upper", "lower_simultaneous", "se", "dispersion"]].isna().all()
    assert entry["estimate"] > 0


def test_shares_that_change_from_month_to_month_have_wider_intervals() -> None:
    def rows(low: int, high: int) -> list[dict[str, Any]]:
        template = ROWS[0] | {"cost": 30.0}
        found = []
        for month, row in enumerate(pd.date_range("2021-02-01", periods=24, freq="MS")):
            for district in "123":
                quick = high if (month + int(district)) % 2 else low
                found += [template | {"local_date": row.date(), "place_district": district, "days": 1.0 if i < quick else 9.0} for i in range(80)]  # fmt: skip
        return found

    declared = city.metric("share", numerator="days <= 5", tables=[{"places": ["district"], "periods": ["month", "all"]}])  # fmt: skip
    steady, jumpy = entries_of(declared, rows(40, 40)), entries_of(declared, rows(20, 60))
    for kind in ("month", "all"):
        calm, wild = (f[(f["place"] == "2") & (f["period_kind"] == kind)].iloc[3 if kind == "month" else 0] for f in (steady, jumpy))  # fmt: skip
        assert calm["dispersion"] == 1.0
        assert wild["dispersion"] > 15
        lower, _ = estimates.clopper_pearson(wild["numerator"] / wild["dispersion"], wild["n"] / wild["dispersion"], 1 - 0.05 / 3)  # fmt: skip
        assert wild["lower_simultaneous"] == pytest.approx(100 * lower)


def test_one_further_aggregation_serves_all_groups_of_a_level() -> None:
    wanted = plan.tables(
        city.metric("share", numerator="days <= 5", tables=[
            {"by": ["wealth"], "periods": ["quarter", "all"]},
            {"by": ["fifth"], "periods": ["all"]},
            {"by": ["language"], "periods": ["quarter"]},
        ])
    )  # fmt: skip
    split = plan.clustered(wanted, {"wealth": "block", "fifth": "block"})
    assert {table.dimensions for table in split} == {("wealth",), ("fifth",)}
    of_places = {each for by in split.values() for each in by}
    assert {(t.dimensions, t.cluster) for t in of_places} == {(("fifth", "wealth"), "block")}
    steps = plan.steps({*wanted, *of_places}, 7)
    from_records = [step.table for step in steps if step.source is None]
    assert {(t.dimensions, t.period_kind) for t in from_records} == {
        (("fifth", "wealth"), "quarter"), (("language",), "quarter"),
    }  # fmt: skip
    assert not plan.clustered(wanted, {})
