"""Like for like: values standardized to the city's mix, against plain Python."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from equity import disclosure, estimates
from equity.cube import plan
from equity.cube.standard import SMALLEST, _standardized, with_mix
from equity.framework.models import Metric
from equity.schema import ESTIMATE_COLUMNS, KEY, LIKE_FOR_LIKE

from . import city, naive
from .test_estimate import entries_of, one

ROWS = city.random_rows(2500, seed=4)
TABLES = [{"places": ["district"], "by": ["language"], "periods": ["month", "fiscal_year", "all"]}]
ALIKE = {"treatment": LIKE_FOR_LIKE}


def metric(kind: str, adjust_for: list[str], tables: list[dict] = TABLES, **more: Any) -> Metric:
    return city.metric(kind, tables=tables, adjust_for=adjust_for, **more)


def stratum(row: dict[str, Any], adjust_for: list[str]) -> tuple[str, ...]:
    return tuple(
        str((row["local_date"].month - 1) // 3) if id == "season" else row[f"group_{id}"]
        for id in adjust_for
    )


def naively(
    rows: list[dict[str, Any]], own: list[dict[str, Any]], adjust_for: list[str], value: Any
) -> tuple[float, float]:
    """The standardized mean of `value` over `own` records, and the part of the city's mix covered."""
    mix, found = defaultdict(int), defaultdict(list)
    for row in rows:
        mix[stratum(row, adjust_for)] += 1
    for row in own:
        found[stratum(row, adjust_for)].append(value(row))
    parts = {key: mix[key] / len(rows) for key in found}
    covered = sum(parts.values())
    return sum(parts[k] * sum(v) / len(v) for k, v in found.items()) / covered, covered


@pytest.mark.parametrize("adjust_for", [["income"], ["season"], ["income", "season"]])
@pytest.mark.parametrize("kind", ["share", "mean"])
def test_values_agree_with_plain_python(kind: str, adjust_for: list[str]) -> None:
    rows = [row for row in ROWS if row["days"] is not None]
    if kind == "share":
        definition = metric("share", adjust_for, numerator="days <= 5")
    else:
        definition = metric("duration", adjust_for, value="days", statistic="mean", unit="days")
    frame = entries_of(definition, rows)
    assert list(frame.columns) == [*KEY, *ESTIMATE_COLUMNS, SMALLEST]
    alike = frame[frame["treatment"] == LIKE_FOR_LIKE]
    assert set(alike["period_kind"]) == {"fiscal_year", "all"}
    seen = 0
    for entry in alike[alike["estimate"].notna()].itertuples():
        period = [r for r in rows if naive.period_of(entry.period_kind, r["local_date"], city.FIRST, 7) == entry.period]  # fmt: skip
        own = [
            row for row in period
            if entry.place in ("city", row["place_district"]) and entry.group in ("", row["group_language"])
        ]  # fmt: skip
        value, covered = naively(
            period, own, adjust_for,
            (lambda row: 100 * (row["days"] <= 5)) if kind == "share" else (lambda row: row["days"]),
        )  # fmt: skip
        assert entry.estimate == pytest.approx(value)
        assert entry.covered == pytest.approx(covered)
        assert entry.n == len(own)
        seen += 1
    assert seen > 20
    # The city is its own mix.
    for kind_ in ("fiscal_year", "all"):
        pairs = [frame[(frame["treatment"] == t) & (frame["place"] == "city") & (frame["dimension"] == "")
                       & (frame["period_kind"] == kind_)]["estimate"].tolist() for t in ("", LIKE_FOR_LIKE)]  # fmt: skip
        assert pairs[0] == pytest.approx(pairs[1])


def mixed(low: float, high: float, sizes: dict[str, tuple[int, int]], better: float = 0.0) -> list[dict[str, Any]]:  # fmt: skip
    """Records of two languages in easy (`high` income) and hard kinds: who has more easy ones looks
    better. `better`: by how much Spanish is served better within each kind."""
    rows: list[dict[str, Any]] = []
    for language, (easy, hard) in sizes.items():
        plus = better if language == "spanish" else 0.0
        for income, count, chance in (("high", easy, high + plus), ("low", hard, low + plus)):
            quick = round(count * chance)
            rows += [
                ROWS[0] | {"group_language": language, "group_income": income, "place_district": "1",
                           "local_date": city.FIRST if i % 2 else city.LAST, "days": 1.0 if i < quick else 9.0}
                for i in range(count)
            ]  # fmt: skip
    return rows


SIZES = {"english": (900, 300), "spanish": (200, 1000)}
BY_LANGUAGE = [{"by": ["language"], "periods": ["all"]}]


def test_a_paradox_is_turned_around() -> None:
    """Spanish is behind over all, and ahead in every kind of record (Simpson's paradox)."""
    rows = mixed(0.4, 0.8, SIZES, better=0.06)
    frame = entries_of(metric("share", ["income"], BY_LANGUAGE, numerator="days <= 5"), rows)
    crude, alike = (
        [one(frame, dimension="language", group=group, treatment=t) for group in ("english", "spanish")]
        for t in ("", LIKE_FOR_LIKE)
    )  # fmt: skip
    assert crude[1]["upper"] < crude[0]["lower"]
    assert alike[1]["lower"] > alike[0]["upper"] - 3
    # Half of the city's records are easy ones: 1,100 of 2,400.
    easy = 1100 / 2400
    assert alike[0]["estimate"] == pytest.approx(100 * (easy * 0.8 + (1 - easy) * 0.4))
    assert alike[1]["estimate"] == pytest.approx(100 * (easy * 0.86 + (1 - easy) * 0.46))
    assert alike[1]["numerator"] == pytest.approx(alike[1]["estimate"] * 1200 / 100)
    # Spanish has 200 easy records for 46 % of the weight: fewer records than it seems.
    v = easy**2 * 0.86 * 0.14 / 200 + (1 - easy) ** 2 * 0.46 * 0.54 / 1000
    p = alike[1]["estimate"] / 100
    worth = p * (1 - p) / v
    assert 1200 / alike[1]["dispersion"] == pytest.approx(worth, rel=0.06)
    lower, upper = estimates.wilson(p * worth, worth)
    assert (alike[1]["lower"], alike[1]["upper"]) == pytest.approx(
        (100 * lower, 100 * upper), abs=0.2
    )


def test_intervals_cover_the_standardized_share() -> None:
    rng, runs = np.random.default_rng(2), 4000
    weights, sizes = np.array([0.5, 0.3, 0.2]), np.array([40, 300, 25])
    chances = np.array([0.4, 0.8, 0.9])
    x = rng.binomial(sizes, chances, (runs, 3))
    cells = pd.DataFrame(dict.fromkeys(KEY, ""), index=range(3 * runs)).assign(
        place=np.repeat(np.arange(runs), 3), strata="a", n=np.tile(sizes, runs).astype(float),
        w=np.tile(weights, runs), numerator=x.ravel().astype(float),
    )  # fmt: skip
    told = _standardized(
        cells, cells[[*KEY, "strata"]].drop_duplicates(), metric("share", ["income"])
    )
    assert told["value"].to_numpy() == pytest.approx((x / sizes) @ weights)
    worth = sizes.sum() / told["cost"].to_numpy()
    assert np.median(worth) < 160  # of 365 records, because the largest stratum has little weight
    lower, upper = estimates.wilson(told["value"] * worth, worth)
    truth = chances @ weights
    assert 0.94 <= np.mean((lower <= truth) & (truth <= upper)) <= 0.97


def test_what_a_group_has_no_records_of_is_left_out_up_to_a_tenth() -> None:
    few = mixed(0.4, 0.8, {"english": (100, 1100), "spanish": (0, 1000)})
    many = mixed(0.4, 0.8, {"english": (600, 600), "spanish": (0, 1000)})
    definition = metric("share", ["income"], BY_LANGUAGE, numerator="days <= 5")
    entry = one(entries_of(definition, few), dimension="language", group="spanish", **ALIKE)
    assert entry["covered"] == pytest.approx(2100 / 2200)
    assert entry["estimate"] == pytest.approx(40)
    entry = one(entries_of(definition, many), dimension="language", group="spanish", **ALIKE)
    assert (entry["status"], entry["note"]) == ("not_applicable", "cube.strata_missing")
    assert entry["covered"] == pytest.approx(1600 / 2200)
    assert entry[["estimate", "lower", "upper_simultaneous", "se", "numerator", "n"]].isna().all()


def test_nothing_is_withheld_less_and_small_strata_withhold() -> None:
    sizes = {"english": (900, 300), "spanish": (30, 1000)}
    rows = mixed(0.4, 0.8, sizes)  # 30 easy ones of Spanish: 24 and 6
    definition = metric("share", ["income"], BY_LANGUAGE, numerator="days <= 5")
    frame = entries_of(definition, rows)
    shown = disclosure.protect(frame, city.definitions({"m": definition}))
    assert SMALLEST not in shown
    assert one(shown, dimension="language", group="spanish")["status"] == "value"
    hidden = one(shown, dimension="language", group="spanish", **ALIKE)
    assert hidden["status"] == "suppressed"
    assert hidden[["estimate", "lower", "dispersion", "n", "numerator", "covered"]].isna().all()
    assert one(shown, dimension="language", group="english", **ALIKE)["status"] == "value"
    # Without the column nothing is known of the strata, and all of them are withheld.
    blind = disclosure.protect(frame.drop(columns=SMALLEST), city.definitions({"m": definition}))
    alike = blind[(blind["treatment"] == LIKE_FOR_LIKE) & frame["estimate"].notna()]
    assert set(alike["status"]) == {"suppressed"}

    few = mixed(0.4, 0.8, {"english": (900, 300), "spanish": (5, 8)})
    shown = disclosure.protect(entries_of(definition, few), city.definitions({"m": definition}))
    for treatment in ("", LIKE_FOR_LIKE):
        of = one(shown, dimension="language", group="spanish", treatment=treatment)
        assert of["status"] == "suppressed"


def test_without_an_adjustment_there_is_no_second_set() -> None:
    frame = entries_of(city.metric("share", numerator="days <= 5", tables=BY_LANGUAGE))
    assert set(frame["treatment"]) == {""}
    itself = metric("share", ["language"], BY_LANGUAGE, numerator="days <= 5")
    alike = entries_of(itself).query("treatment != ''")
    assert set(alike["dimension"]) == {""}  # languages are not made alike in language


def test_what_is_split_by_places_is_split_by_strata_in_the_same_look_at_the_records() -> None:
    wanted = plan.tables(metric("share", ["income"], [{"by": ["wealth"], "periods": ["all"]}]))
    alike = plan.standardized(wanted, ["income"])
    split = plan.clustered(wanted, {"wealth": "block"})
    further = {plan.also_by(each, ["income"]) for by in split.values() for each in by}
    steps = plan.steps({*wanted, *further, *with_mix(alike)}, 7)
    assert [step.table for step in steps if step.source is None] == list(further)
    (places,) = further
    assert (places.dimensions, places.cluster, places.strata) == (("wealth",), "block", ("income",))
    assert plan.also_by(places, ["wealth", "income"]).strata == ("income",)


def test_groups_of_places_are_standardized_and_know_their_places() -> None:
    by_wealth = [{"by": ["wealth"], "periods": ["quarter", "all"]}]
    frame = entries_of(metric("share", ["income"], by_wealth, numerator="days <= 5"), ROWS)
    alone = entries_of(city.metric("share", tables=by_wealth, numerator="days <= 5"), ROWS)
    for group in ("poor", "rich"):
        crude, alike = (
            one(frame, dimension="wealth", group=group, treatment=t) for t in ("", LIKE_FOR_LIKE)
        )
        same = one(alone, dimension="wealth", group=group)
        for name in ("n", "numerator", "lower", "upper", "lower_simultaneous", "dispersion"):
            assert crude[name] == pytest.approx(same[name])
        assert alike["dispersion"] >= crude["dispersion"] > 1


def test_the_same_records_in_another_order_give_the_same_entries_to_the_last_digit() -> None:
    tables = [{"places": ["district"], "by": ["wealth"], "periods": ["all"]}]
    definition = metric("share", ["income", "season"], tables, numerator="days <= 5")
    first, second = (entries_of(definition, rows) for rows in (ROWS, ROWS[::-1]))
    pd.testing.assert_frame_equal(first, second, check_exact=True)
