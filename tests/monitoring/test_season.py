"""Seasons, told from chance and from signals."""

from __future__ import annotations

import numpy as np
import pytest

from equity.monitoring.chance import autoregressive
from equity.monitoring.season import seasonal_effects

MONTH = np.arange(84) % 12
WAVE = 1.5 * np.sin(2 * np.pi * np.arange(12) / 12)


def unchanged(runs: int = 400, carried: float = 0.0) -> np.ndarray:
    return autoregressive(np.random.default_rng(11), runs, 84, carried)


@pytest.mark.parametrize("carried", [0.0, 0.3])
def test_no_season_is_seldom_taken_for_one(carried: float) -> None:
    found = [seasonal_effects(row, MONTH, 12)[1] < 0.01 for row in unchanged(800, carried)]
    assert np.mean(found) < 0.04


def test_a_season_is_found_and_measured() -> None:
    found = [seasonal_effects(row + WAVE[MONTH], MONTH, 12) for row in unchanged()]
    assert np.mean([p < 0.01 for _, p in found]) > 0.99
    assert np.abs(np.mean([effects for effects, _ in found], axis=0) - WAVE).max() < 0.15


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (np.where(np.arange(84) == 80, 8.0, 0.0), 0.6),
        (np.where(np.arange(84) >= 77, 2.0, 0.0), 0.3),
        (np.where(np.arange(84) >= 40, 2.0, 0.0), 0.2),
        (np.linspace(0, 6, 84), 0.1),
    ],
    ids=["outlier", "new shift", "old shift", "trend"],
)
def test_effects_do_not_eat_signals(change: np.ndarray, most: float) -> None:
    rows = unchanged(200) + WAVE[MONTH]
    before = np.mean([seasonal_effects(row, MONTH, 12)[0] for row in rows], axis=0)
    after = np.mean([seasonal_effects(row + change, MONTH, 12)[0] for row in rows], axis=0)
    assert np.abs(after - before).max() < most


def test_effects_add_up_to_nothing_and_need_two_years() -> None:
    effects, _ = seasonal_effects(unchanged(1)[0] + WAVE[MONTH], MONTH, 12)
    assert abs(effects.sum()) < 1e-9
    assert seasonal_effects(WAVE[MONTH][:23], MONTH[:23], 12) == (pytest.approx(np.zeros(12)), 1.0)


def test_a_season_without_chance_is_certain_and_nothing_is_none() -> None:
    effects, p = seasonal_effects(WAVE[MONTH] + 5, MONTH, 12)
    assert p < 1e-9
    assert effects == pytest.approx(WAVE)
    assert seasonal_effects(np.full(84, 5.0), MONTH, 12)[1] == 1.0
