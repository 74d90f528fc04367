"""Autocorrelation, told from a change of level."""

from __future__ import annotations

import numpy as np
import pytest

from equity.monitoring.chance import autoregressive
from equity.monitoring.memory import memory, residuals

RUNS = 400


def estimates(carried: float, length: int, step: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng((length, round(100 * carried)))
    rows = autoregressive(rng, RUNS, length, carried)
    rows[:, length // 2 :] += step
    return np.array([(m.value, m.found) for m in map(memory, rows)])


@pytest.mark.parametrize("length", [36, 84])
@pytest.mark.parametrize("carried", [0.0, 0.3, 0.6])
def test_the_estimate_is_right_on_average(carried: float, length: int) -> None:
    assert abs(estimates(carried, length)[:, 0].mean() - carried) < 0.05


def test_the_test_keeps_its_level_and_finds_what_is_there() -> None:
    assert estimates(0.0, 84)[:, 1].mean() < 0.08
    assert estimates(0.3, 84)[:, 1].mean() > 0.7
    assert estimates(0.6, 84)[:, 1].mean() > 0.98


def test_a_change_of_level_is_no_memory() -> None:
    assert estimates(0.0, 84, step=2.0)[:, 1].mean() < 0.1


def test_residuals_of_a_series_with_a_memory_are_independent_and_alike() -> None:
    rows = autoregressive(np.random.default_rng(1), 4000, 40, 0.6)
    position = np.array([i for i in range(40) if i not in (7, 8, 20)])
    found = [residuals(row[position], position, 0.6) for row in rows]
    scaled = np.array([a / b for a, b in found])
    assert np.allclose(scaled.std(axis=0), 0.8, atol=0.05)
    assert np.abs(np.corrcoef(scaled.T) - np.eye(37)).max() < 0.08


def test_short_and_still_series_have_none() -> None:
    assert memory([1.0, 2.0] * 5).found is False
    assert memory([3.0] * 40) == (0.0, 0.0, False)
    assert memory([]).value == 0
