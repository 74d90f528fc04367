"""A dispersion for each row: large places need more where rates vary by themselves."""

from __future__ import annotations

import numpy as np
import pytest

from equity import estimates
from equity.estimates.by_size import by_size

SIZES = np.geomspace(3, 300, 20)


def counts(rng: np.random.Generator, shape: float, months: int = 24) -> np.ndarray:
    """Counts of places from 3 to 300 a month whose rates vary: variance μ + μ²/shape."""
    mean = np.tile(SIZES[:, None], (1, months))
    return rng.poisson(mean * rng.gamma(shape, 1 / shape, mean.shape)).astype(float)


def held(rng: np.random.Generator, *, by_row: bool) -> np.ndarray:
    """By place, how often the interval of its last month holds what is expected of it."""
    found = []
    for _ in range(300):
        drawn = counts(rng, 10.0)
        spread = estimates.dispersion(drawn, by_row=by_row)
        lower, upper = estimates.poisson(drawn[:, -1], dispersion=spread)
        found.append((lower <= SIZES) & (upper >= SIZES))
    return np.mean(found, axis=0)


def test_the_largest_places_are_covered_and_were_not() -> None:
    assert held(np.random.default_rng(1), by_row=True)[-5:].min() >= 0.92
    assert held(np.random.default_rng(1), by_row=False)[-1] < 0.8


def test_what_is_equally_dispersed_at_every_size_stays_so() -> None:
    rng = np.random.default_rng(2)
    mean = np.tile(SIZES[:, None], (1, 60))
    drawn = rng.poisson(rng.gamma(mean / 2, 2.0)).astype(float)  # variance three times the mean
    assert estimates.dispersion(drawn, by_row=True) == pytest.approx(3, rel=0.2)


def test_rows_of_one_size_have_the_mean_of_all() -> None:
    squares = np.random.default_rng(3).chisquare(1, (4, 12))
    found = by_size(squares, np.full(4, 50.0), squares < 0, 10)
    assert found == pytest.approx(max(1.0, squares.mean()))


def test_one_artefact_does_not_widen_every_interval() -> None:
    series = np.random.default_rng(12).poisson(1000, size=(10, 9)).astype(float)
    series[8, 3] *= 5
    assert estimates.dispersion(series, by_row=True).max() < 8


def test_too_few_distances_say_nothing_and_rows_without_any_follow_the_line() -> None:
    assert np.isnan(by_size(np.full((2, 3), 1.0), np.array([1.0, 2.0]), np.ones((2, 3), bool), 10)).all()  # fmt: skip
    squares = np.vstack([np.full(12, 4.0), np.full(12, np.nan)])
    assert by_size(squares, np.array([10.0, 0.0]), squares < 0, 10) == pytest.approx([4, 4])


def test_shares_of_large_places_vary_more_too() -> None:
    rng = np.random.default_rng(4)
    n = np.tile(np.array([[40.0], [400.0], [4000.0]] * 4), (1, 40))
    chance = np.clip(0.6 + 0.03 * rng.standard_normal(n.shape), 0, 1)
    found = estimates.dispersion_of_shares(rng.binomial(n.astype(int), chance), n, by_row=True)
    expected = 1 + (n[:, 0] - 1) * 0.03**2 / (0.6 * 0.4)
    assert found == pytest.approx(expected, rel=0.35)
