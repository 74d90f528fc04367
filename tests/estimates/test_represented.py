"""Shares against shares of the population, and shares that places attribute, against published ones."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equity import estimates
from equity.workspace import PROGRAM_ROOT

DATA = Path(os.environ.get("EQUITY_DATA_ROOT") or PROGRAM_ROOT.parent / "shared/data/sanjose")
GOLDEN = DATA.parent.parent / "golden"
needs_golden = pytest.mark.skipif(
    not (GOLDEN / "representation.json").is_file(), reason="the golden values are not here"
)


def golden(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))


@needs_golden
def test_relative_inequity_is_the_published_one() -> None:
    """As Health Equity Tracker rounds it; undefined where a group has no people."""
    header, *rows = golden("relative_inequity")["_expected_data_with_pct_relative_inequity_col"]
    share, people, expected = (
        np.array([row[header.index(name)] for row in rows], dtype=float)
        for name in ("pct_share", "pct_pop", "pct_relative_inequity")
    )
    found = estimates.relative_inequity(share, people)
    np.testing.assert_allclose(found, expected, atol=0.051)
    assert np.isnan(expected).sum() == 2


@needs_golden
def test_area_attributed_shares_are_the_published_ones() -> None:
    case = golden("representation")["worked_examples"]["simple"]["two_tract"]
    v, x, _ = estimates.area_attributed(case["data_prop"], case["tract_pop_share"], case["group_share"])  # fmt: skip
    assert float(v) == pytest.approx(case["data_implied"], abs=1e-12)
    assert float(x) == pytest.approx(case["geo_pct"], abs=1e-12)
    assert float(v - x) == pytest.approx(case["score"], abs=1e-12)


def test_a_share_of_the_base_is_represented_fairly() -> None:
    """Records where the people are: no difference, and margins of shared places cancel."""
    v, x, se = estimates.area_attributed([10, 20, 30], [100, 200, 300], [0.1, 0.4, 0.3], 0.2)
    assert float(v) == pytest.approx(float(x))
    spread = np.average((np.array([0.1, 0.4, 0.3]) - float(v)) ** 2, weights=[10, 20, 30])
    assert float(se) == pytest.approx(np.sqrt(spread / 60))


def test_no_records_and_no_base_have_no_share() -> None:
    v, x, se = estimates.area_attributed([[0, 0], [1, 1]], [[5, 5], [0, 0]], [0.2, 0.4])
    assert np.isnan([v, x, se]).all()


def test_margins_are_carried_where_records_and_base_differ() -> None:
    moe = np.array([0.05, 0.08])
    _, _, se = estimates.area_attributed([8e9, 2e9], [1, 1], [0.2, 0.4], moe)
    assert float(se) == pytest.approx(float(np.sqrt(((0.3 * moe / 1.645) ** 2).sum())), rel=1e-4)


def test_fair_records_are_seldom_called_unfair() -> None:
    """50 records drawn where the people are, shares known with margins: 5 %, not 12 %."""
    rng = np.random.default_rng(3)
    places, runs, n = 40, 4000, 50
    base = rng.uniform(500, 4000, places)
    true = rng.beta(2, 4, places)
    moe = np.full(places, 0.06)
    records = rng.multinomial(n, base / base.sum(), size=runs)
    seen = true + moe / 1.645 * rng.standard_normal((runs, places))
    v, x, se = estimates.area_attributed(records, base, seen, moe)
    alarms = (np.abs(v - x) > 1.959964 * se).mean()
    assert 0.03 < alarms < 0.075
