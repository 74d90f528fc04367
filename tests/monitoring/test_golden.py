"""The published charts of NHSRplotthedots, value for value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equity.monitoring import control_chart
from equity.monitoring.rules import one_side, trend, two_of_three

FILE = Path(__file__).parents[3] / "shared" / "golden" / "control_charts.json"
GOLDEN: dict[str, Any] = json.loads(FILE.read_text("utf-8")) if FILE.is_file() else {}
pytestmark = pytest.mark.skipif(not GOLDEN, reason="the published reference values are not here")

NAMES = {
    "Common Cause": "none",
    "Above UCL": "above_limit",
    "Below LCL": "below_limit",
    "7 Point Trend (Increasing)": "trend_up",
    "7 Point Trend (Decreasing)": "trend_down",
    "2 in 3 Above CL": "near_upper",
    "2 in 3 Below CL": "near_lower",
    "7 Points Above CL": "shift_up",
    "7 Points Below CL": "shift_down",
}
ASSURANCE = {
    None: None,
    "inconsistent": "hits_and_misses",
    "consistent_pass": "passes",
    "consistent_fail": "fails",
}
DIRECTION = {1: "higher_is_better", -1: "lower_is_better", 0: "neutral"}


@pytest.mark.parametrize("name", GOLDEN.get("series", {}))
def test_series(name: str) -> None:
    case = GOLDEN["series"][name]
    rebase = [i for i, flag in enumerate(case["rebase"] or []) if flag]
    chart = control_chart(
        case["y"],
        direction=DIRECTION[case["improvement_direction"]],  # type: ignore[arg-type]
        screen_outliers=case["screen_outliers"],
        fix_after=case["fix_after_n_points"],
        rebase_at=rebase,
        target=case["target"],
    )
    for column, key in {"centre": "mean", "lower": "lpl", "upper": "upl"}.items():
        expected = np.array(case[key], dtype=float)
        np.testing.assert_allclose(chart.frame[column], expected, rtol=1e-9, atol=1e-9)
    assert list(chart.frame["signal"]) == [NAMES[text] for text in case["special_cause_type"]]
    assert chart.assurance == ASSURANCE[case["assurance_type"]]


@pytest.mark.parametrize("case", GOLDEN.get("rule_units", {}).get("seven_point_one_side_mean", []))
def test_seven_on_one_side(case: dict[str, list[int]]) -> None:
    assert one_side(case["input"]).tolist() == case["expected"]


@pytest.mark.parametrize("case", GOLDEN.get("rule_units", {}).get("seven_point_trend", []))
def test_seven_point_trend(case: dict[str, list[int]]) -> None:
    assert trend(case["input"]).tolist() == case["expected"]


@pytest.mark.parametrize("case", GOLDEN.get("rule_units", {}).get("two_in_three", []))
def test_two_in_three(case: dict[str, list[int]]) -> None:
    found = two_of_three(case["close_to_limits"], case["relative_to_mean"])
    assert found.astype(int).tolist() == case["expected"]
