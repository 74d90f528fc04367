"""Trends of gaps: closing, widening, steady, and each reason why it cannot be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from equity.framework.models import Metric
from equity.monitoring.gap_trends import judge, trends, trends_of
from equity.schema import TREND_COLUMNS
from tests.findings.test_compare import Published, definitions, share

QUARTERS = pd.date_range("2019-07-01", periods=28, freq="QS-JUL")
T = np.linspace(0, 1, 28)


def metric(**changes) -> Metric:
    return definitions(**changes).metrics["cleared"]


def noise(seed: int, scale: float = 0.5, n: int = 28) -> np.ndarray:
    return scale * np.random.default_rng(seed).standard_normal(n)


def table(**gaps: np.ndarray) -> pd.DataFrame:
    """Quarterly gaps of some groups; tolerance 4 points, so that ±2 is steady."""
    frames = [
        pd.DataFrame(
            {"code": code, "period": QUARTERS[: len(gap)], "gap": gap, "tolerance": 4.0, "n": 500.0, "denominator": 500.0}
        )
        for code, gap in gaps.items()
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def verdicts(frame: pd.DataFrame, kind: str = "quarter", **changes) -> dict[str, tuple[str, str]]:
    told = judge(frame, metric(**changes), kind)
    return {row.code: (row.verdict, row.reason) for row in told.itertuples()}


def test_each_movement_has_its_verdict():
    frame = table(
        smaller=12 - 8 * T + noise(1),
        larger=4 + 8 * T + noise(2),
        as_it_was=9 + noise(3),
        ahead_and_less_so=-12 + 8 * T + noise(4),
        ahead_and_more_so=-4 - 8 * T + noise(5),
        through_the_middle=-5 + 10 * T + noise(6),
        shaken=6 + noise(7, scale=9),
    )
    assert verdicts(frame) == {
        "smaller": ("closing", ""),
        "larger": ("widening", ""),
        "as_it_was": ("steady", ""),
        "ahead_and_less_so": ("closing", ""),
        "ahead_and_more_so": ("widening", ""),
        "through_the_middle": ("cannot_tell", "crossed"),
        "shaken": ("cannot_tell", "uncertain"),
    }


def test_a_gap_that_ends_further_away_on_the_other_side_has_widened():
    frame = table(beyond=-2 + 12 * T + noise(1), nearly=-10 + 12 * T + noise(2))
    assert verdicts(frame) == {"beyond": ("widening", ""), "nearly": ("closing", "")}


def test_movement_that_is_certain_but_too_small_to_matter_is_steady():
    told = judge(table(drifting=5 + T + noise(1, scale=0.05)), metric(), "quarter").iloc[0]
    assert told["lower"] > 0
    assert told["margin"] == 2
    assert told["verdict"] == "steady"


@pytest.mark.parametrize("scale", [1.0, 40.0])
def test_a_mirrored_gap_has_the_same_verdict(scale):
    frame = table(a=12 - 8 * T + noise(1), b=4 + 8 * T + noise(2), c=9 + noise(3))
    frame[["gap", "tolerance"]] *= scale  # nor does the unit matter
    mirrored = frame.assign(gap=-frame["gap"])
    assert verdicts(frame) == verdicts(mirrored)
    before, after = (judge(f, metric(), "quarter") for f in (frame, mirrored))
    assert after["change"].to_numpy() == pytest.approx(-before["change"].to_numpy())
    assert after["level_upper"].to_numpy() == pytest.approx(-before["level_lower"].to_numpy())


def test_time_reversed_closing_is_widening():
    frame = table(a=12 - 8 * T + noise(1))
    reversed_ = frame.assign(gap=frame["gap"].to_numpy()[::-1])
    assert verdicts(frame)["a"] == ("closing", "")
    assert verdicts(reversed_)["a"] == ("widening", "")


def test_what_is_missing_is_said():
    few, withheld = 12 - 8 * T + noise(1), 12 - 8 * T + noise(2)
    few[23:] = np.nan
    months = pd.date_range("2019-07-01", periods=48, freq="MS")
    long = pd.DataFrame(
        {"code": "a", "period": months, "gap": noise(3, n=48), "tolerance": 4.0, "n": 90.0, "denominator": 90.0}
    )  # fmt: skip
    long.loc[np.arange(48) % 2 == 1, "gap"] = np.nan
    long.loc[1, "gap"] = 0.0
    assert verdicts(table(a=few)) == {"a": ("cannot_tell", "few_points")}
    assert verdicts(table(a=withheld[:7]), "fiscal_year") == {"a": ("cannot_tell", "yearly")}
    assert verdicts(long, "month") == {"a": ("cannot_tell", "withheld")}


def test_nothing_is_called_moving_where_nothing_moves():
    # 80 comparisons of four gaps each: closing or widening in at most one in twenty of them.
    false = 0
    for seed in range(80):
        frame = table(**{c: 8 + noise(1000 * i + seed, 3) for i, c in enumerate("abcd")})
        found = verdicts(frame)
        false += any(verdict in ("closing", "widening") for verdict, _ in found.values())
    assert false <= 6  # 4 expected; more than 6 in one of ten such simulations


def published(gap_by_quarter: np.ndarray, kind: str = "quarter", **changes) -> Published:
    """A city at 70 and a group below it by a gap, with a last quarter that is not finished."""
    rows = []
    for period, gap in zip(QUARTERS, gap_by_quarter, strict=True):
        key = {"period": period, "period_kind": kind} | changes
        late = {"immature": period == QUARTERS[-1]}
        value = {"estimate": 70 - gap, "n": 500, "denominator": 500}
        rows.append(share(350, 500, **key, **late) | {"estimate": 70.0})
        rows.append(share(350, 500, dimension="language", group="spanish", **key, **late) | value)
        rows.append(share(350, 500, dimension="language", group="unknown", **key, **late) | value)
    return Published(rows)


def test_a_comparison_is_followed_from_what_is_published():
    frame = trends_of(published(20 - 14 * T + noise(1)), definitions(), "cleared", "language")
    assert tuple(frame.columns) == TREND_COLUMNS
    assert frame["group"].tolist() == ["spanish"]  # the unknown are no group
    row = frame.iloc[0]
    assert (row["verdict"], row["period_kind"], row["points"]) == ("closing", "quarter", 27)
    assert (row["first"], row["last"]) == (QUARTERS[0], QUARTERS[26])  # the last is not finished
    assert row["change"] == pytest.approx(-14 * 26 / 27, abs=1.5)
    assert row["lower_simultaneous"] == pytest.approx(row["lower"])  # the only gap there is
    assert row["margin"] == pytest.approx(3.5)  # half of 10 % of 70


def test_the_best_group_is_one_and_the_same_in_every_period():
    rows = published(10 + noise(1)).frame.to_dict("records")
    for i, period in enumerate(QUARTERS):
        key = {"period": period, "period_kind": "quarter", "dimension": "language"}
        # Better than English in one quarter of three only: on the whole English is best.
        rows.append(share(350, 500, **key, group="english") | {"estimate": 80.0})
        rows.append(share(350, 500, **key, group="chinese") | {"estimate": 86.0 if i % 3 == 0 else 70})  # fmt: skip
    best = definitions(reference={"kind": "best"})
    frame = trends_of(Published(rows), best, "cleared", "language").set_index("group")
    assert set(frame["against"]) == {"english"}
    assert frame.index.tolist() == ["chinese", "spanish"]
    assert frame.loc["spanish", "level"] == pytest.approx(20, abs=1)


def test_a_comparison_of_which_everything_is_withheld_has_rows_and_no_numbers():
    hidden = published(noise(1))
    hidden.frame.loc[hidden.frame["group"] == "spanish", ["estimate", "n"]] = None
    row = trends_of(hidden, definitions(), "cleared", "language").iloc[0]
    assert (row["points"], row["verdict"], row["reason"]) == (0, "cannot_tell", "few_points")
    assert pd.isna(row[["first", "last", "change", "margin"]]).all()


def test_counts_have_no_gap_and_an_empty_publication_no_trend():
    counted = definitions(unit="count", tolerance={"points": 5})
    assert trends(published(noise(1)), counted).empty
    empty = trends_of(Published([]), definitions(), "cleared", "language")
    assert tuple(empty.columns) == TREND_COLUMNS
    assert empty.empty
