"""What changed: few entries, hardly any of them false, and nothing silently gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from equity.monitoring.feed import adjust, feed
from equity.monitoring.proving import Kind, false_entries, unchanged_series, watched
from equity.monitoring.series import Series
from equity.schema import SIGNAL_COLUMNS

KINDS: list[Kind] = ["independent", "autocorrelated", "seasonal", "varying_n", "rates"]


def changed(series: Series, at: int, size: float) -> Series:
    """The same series with one point moved by `size` of its standard deviations."""
    values = series.values.copy()
    values[at] += size * values.std()
    return replace(series, values=values)


def some(count: int = 40, *, at: int = 82, size: float = 8.0, moved: int = 1) -> list[Series]:
    series = unchanged_series("independent", np.random.default_rng(4), count)
    return [changed(each, at, size) if i < moved else each for i, each in enumerate(series)]


def test_a_planted_change_is_the_entry_and_is_new() -> None:
    seen = watched(some())
    found = feed(seen.signals, seen.charts)
    assert list(found.entries["group"]) == ["0"]
    entry = found.entries.iloc[0]
    assert (entry["signal"], entry["period"]) == ("above_limit", seen.charts["last"][0] - pd.DateOffset(months=1))  # fmt: skip
    assert entry["q"] < 0.001
    assert entry["new"]
    assert found.looked_at == 40
    assert tuple(found.entries.columns) == (*SIGNAL_COLUMNS, "q", "new")


def test_what_the_version_before_showed_is_not_new() -> None:
    seen = watched(some())
    again = feed(seen.signals, seen.charts, seen.signals)
    assert list(again.entries["new"]) == [False]
    assert again.withdrawn.empty


def test_a_revision_that_removes_a_signal_is_listed() -> None:
    before = watched(some())
    without = [frame[frame["group"] != "0"] for frame in before]
    found = feed(*without, before.signals)
    gone = found.withdrawn[found.withdrawn["group"] == "0"]
    assert len(gone) >= 1
    assert not gone["charted"].any()
    lost = watched(some(moved=0))
    found = feed(lost.signals, lost.charts, before.signals)
    told = found.withdrawn[found.withdrawn["signal"] == "above_limit"]
    assert list(told["group"]) == ["0"]
    assert told["charted"].all()
    assert told["value"].iloc[0] == before.signals.set_index("signal").loc[["above_limit"], "value"].max()  # fmt: skip


def test_another_rule_on_the_same_side_is_the_same_news() -> None:
    seen = watched(some())
    other = seen.signals.assign(signal=seen.signals["signal"].replace("above_limit", "near_upper"))
    assert feed(other, seen.charts, seen.signals).withdrawn.empty
    above = seen.signals[seen.signals["signal"] == "above_limit"]
    turned = above.assign(signal="below_limit")
    assert len(feed(turned, seen.charts, above).withdrawn) == len(above) > 0


@pytest.mark.parametrize(("since", "entries"), [(None, 0), (date(2023, 12, 31), 1), (date(2024, 1, 1), 0)])  # fmt: skip
def test_since_when(since: date | None, entries: int) -> None:
    """The change is in December 2023, the series end in June 2024."""
    seen = watched(some(at=77))
    assert len(feed(seen.signals, seen.charts, since=since).entries) == entries


def test_a_quarter_counts_from_any_of_its_months() -> None:
    seen = watched(some(at=83))
    signals, charts = (frame.assign(period_kind="quarter") for frame in seen)
    assert len(feed(signals, charts).entries) == 1
    assert len(feed(signals, charts, since=date(2024, 8, 15)).entries) == 1
    assert feed(signals, charts, since=date(2024, 9, 1)).entries.empty


def test_nothing_charted_is_nothing_changed() -> None:
    seen = watched(some())
    found = feed(seen.signals.iloc[:0], seen.charts.iloc[:0])
    assert (len(found.entries), len(found.withdrawn), found.looked_at) == (0, 0, 0)


def test_adjusted_p_values_are_those_of_the_library() -> None:
    p = np.random.default_rng(1).random(50) ** 3
    assert adjust(p) == pytest.approx(false_discovery_control(p))


@pytest.mark.parametrize("kind", KINDS)
def test_five_hundred_unchanged_series_give_hardly_an_entry(kind: Kind) -> None:
    wrong = false_entries(kind, feeds=1)
    assert wrong.entries <= 0.002
    assert wrong.charted > 0.4


@pytest.mark.proof
@pytest.mark.parametrize("kind", KINDS)
def test_false_entries_are_at_most_five_percent(kind: Kind) -> None:
    wrong = false_entries(kind, feeds=40, seed=2)
    assert wrong.any <= 0.05 + 2 * wrong.error
