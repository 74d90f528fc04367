"""Differences among places: how often an equality is rejected, and shares that jump between periods."""

from __future__ import annotations

import numpy as np
import pytest

from equity import estimates

P = 0.7


def draws(
    rng: np.random.Generator, runs: int, groups: int, places: int, apart: float, uneven: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Successes and records of `places` a group whose chances differ by `apart` (an SD)."""
    size = rng.lognormal(np.log(500), 0.7 if uneven else 0.0, (groups, places)).round() + 5
    chances = np.clip(P + apart * rng.standard_normal((runs, groups, places)), 0.001, 0.999)
    return rng.binomial(size.astype(int), chances), np.broadcast_to(size, chances.shape)


def rejected(y: np.ndarray, w: np.ndarray) -> tuple[float, float, float]:
    """How often the first two groups differ, plainly and by places, and how often any one of the
    simultaneous intervals misses."""
    x, n = y.sum(axis=-1), w.sum(axis=-1)
    spread, freedom = estimates.between_places(y, w, x / n * (1 - x / n))
    together = estimates.bonferroni(x.shape[-1])
    worth = n / estimates.for_few(spread, freedom)
    few = estimates.for_few(spread, freedom, together)
    lower, upper = estimates.wilson(x / few, n / few, together)

    def differ(n: np.ndarray) -> float:
        share = x / w.sum(axis=-1)
        _, low, high = estimates.newcombe(share[:, 0] * n[:, 0], n[:, 0], share[:, 1] * n[:, 1], n[:, 1])  # fmt: skip
        return float(((low > 0) | (high < 0)).mean())

    return differ(n), differ(worth), float(((lower > P) | (upper < P)).any(axis=-1).mean())


@pytest.mark.parametrize(
    ("groups", "places", "apart", "uneven"),
    [(2, 2, 0.03, True), (2, 8, 0.01, True), (2, 30, 0.03, False), (5, 3, 0.02, False), (5, 6, 0.03, True)],
)  # fmt: skip
def test_equal_groups_of_places_that_differ_are_rarely_told_apart(
    groups: int, places: int, apart: float, uneven: bool
) -> None:
    rng = np.random.default_rng(places)
    plain, clustered, missed = rejected(*draws(rng, 4000, groups, places, apart, uneven))
    assert plain > (0.07 if apart < 0.02 else 0.12)  # what the plain test does
    assert clustered <= 0.05
    assert missed <= 0.055


@pytest.mark.proof
@pytest.mark.parametrize("uneven", [False, True])
@pytest.mark.parametrize("apart", [0.0, 0.01, 0.02, 0.03])
@pytest.mark.parametrize("places", [2, 3, 5, 10, 20, 30])
@pytest.mark.parametrize("groups", [2, 5, 9])
def test_clustered_intervals_hold_everywhere(
    groups: int, places: int, apart: float, uneven: bool
) -> None:
    rng = np.random.default_rng(places)
    _, clustered, missed = rejected(*draws(rng, 6000, groups, places, apart, uneven))
    error = 2 * np.sqrt(0.05 * 0.95 / 6000)
    assert clustered <= 0.05 + error
    assert missed <= 0.06 + error  # simultaneous ranges hold in at least 94 %


def test_a_group_of_few_places_borrows_and_one_of_many_does_not() -> None:
    alike, apart = [50, 50, 50, 50], [20, 80, 30, 70]
    spread, freedom = estimates.between_places([alike, apart], [[100] * 4] * 2, [0.25, 0.25])
    own, few = estimates.between_places([apart], [[100] * 4], [0.25])
    assert 1 < spread[0] < spread[1]
    assert spread[1] == pytest.approx(own[0])
    assert freedom.tolist() == pytest.approx([6, 6])
    assert few.tolist() == pytest.approx([3])
    spread, freedom = estimates.between_places(
        [alike * 2, apart * 2], [[100] * 8] * 2, [0.25, 0.25]
    )
    assert spread[0] == 1
    assert spread[1] > 25
    assert freedom.tolist() == pytest.approx([7, 7])


def test_places_without_records_do_not_count_and_one_place_tells_nothing() -> None:
    whole = estimates.between_places([[12, 30, 9]], [[40, 40, 40]], [0.24])
    padded = estimates.between_places([[12, 0, 30, 9]], [[40, 0, 40, 40]], [0.24])
    assert np.allclose(whole[0], padded[0])
    assert whole[1].tolist() == padded[1].tolist() == pytest.approx([2])
    spread, freedom = estimates.between_places([[12], [30]], [[40], [40]], [0.24, 0.1])
    assert freedom.tolist() == [0, 0]
    assert np.isnan(estimates.for_few(spread, freedom)).all()
    # All shares are 1: nothing differs.
    spread, freedom = estimates.between_places([[5, 5], [9, 9]], [[5, 5], [9, 9]], [0, 0])
    assert (spread.tolist(), freedom.tolist()) == ([1, 1], [2, 2])


def periods(rng: np.random.Generator, runs: int, spread: float, trend: float) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Shares of 4 groups in 30 periods, beta-binomial with dispersion `spread`, around a trend and
    what the whole city goes through."""
    n = rng.integers(60, 200, (runs, 4, 30)).astype(float)
    city = 0.05 * rng.standard_normal((runs, 1, 30))
    p = np.clip(
        0.5 + trend * np.linspace(-1, 1, 30) * np.array([[1], [0], [0], [-1]]) + city, 0.05, 0.95
    )
    size = (n - spread) / max(spread - 1, 1e-9)  # alpha + beta
    chance = rng.beta(p * size, (1 - p) * size) if spread > 1 else p
    return rng.binomial(n.astype(int), chance).astype(float), n


@pytest.mark.parametrize("spread", [1.0, 1.5, 4.0])
@pytest.mark.parametrize("trend", [0.0, 0.3])
def test_dispersion_of_shares_is_found_whatever_the_trend(spread: float, trend: float) -> None:
    x, n = periods(np.random.default_rng(3), 400, spread, trend)
    found = estimates.dispersion_of_shares(x, n)
    assert np.median(found) == pytest.approx(spread, rel=0.12)


def test_over_dispersed_shares_are_covered_with_the_estimated_dispersion() -> None:
    x, n = periods(np.random.default_rng(5), 2000, 2.5, 0.0)
    spread = estimates.dispersion_of_shares(x, n)
    covered = []
    for worth in (n[:, 0, 7], n[:, 0, 7] / spread):
        lower, upper = estimates.wilson(x[:, 0, 7] / n[:, 0, 7] * worth, worth)
        # Against the city of the period: its own shift is everybody's.
        city = x[:, 1:, 7].sum(axis=1) / n[:, 1:, 7].sum(axis=1)
        wide = np.hypot(
            (upper - lower) / 2, 1.96 * np.sqrt(0.25 / n[:, 1:, 7].sum(axis=1) * spread)
        )
        covered.append(float((np.abs((lower + upper) / 2 - city) <= wide).mean()))
    assert covered[0] < 0.88
    assert covered[1] >= 0.93


def test_a_single_series_is_held_against_the_years_beside_it() -> None:
    seasons = np.tile([20, 80] * 6, 4)[np.newaxis]
    n = np.full(seasons.shape, 100)
    assert estimates.dispersion_of_shares(seasons, n, lag=12) == 1
    assert estimates.dispersion_of_shares(seasons, n) > 20
    assert np.isnan(estimates.dispersion_of_shares(seasons[:, :20], n[:, :20], lag=12))


def test_one_artefact_does_not_widen_every_share() -> None:
    rng = np.random.default_rng(1)
    n = np.full((5, 40), 200.0)
    x = rng.binomial(200, 0.5, n.shape).astype(float)
    clean = estimates.dispersion_of_shares(x, n)
    x[2, 20] = 0
    assert clean <= estimates.dispersion_of_shares(x, n) < 2
