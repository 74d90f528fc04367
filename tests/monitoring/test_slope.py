"""Slopes under errors that resemble their neighbours': coverage, symmetries, edges."""

from __future__ import annotations

import numpy as np
import pytest

from equity.monitoring.slope import MINIMUM, Lines, fit_lines


def autoregressive(series: int, n: int, r: float, seed: int) -> np.ndarray:
    """Stationary AR(1) series of variance 1 and no trend."""
    rng = np.random.default_rng(seed)
    news = rng.standard_normal((series, n)) * np.sqrt(1 - r * r)
    out = np.empty((series, n))
    out[:, 0] = rng.standard_normal(series)
    for i in range(1, n):
        out[:, i] = r * out[:, i - 1] + news[:, i]
    return out


def covered(lines: Lines, truth: float) -> float:
    """Part of the series whose interval of the change holds the truth."""
    _, lower, upper = lines.change()
    return float(np.mean((lower <= truth) & (truth <= upper)))


@pytest.mark.parametrize("r", [0.0, 0.6])
@pytest.mark.parametrize(("n", "season"), [(36, 12), (28, 4)])
def test_intervals_cover_the_true_change(n: int, season: int, r: float) -> None:
    series = 800
    season_effect = 3 * np.sin(2 * np.pi * np.arange(n) / season)
    values = autoregressive(series, n, r, seed=7) + 0.2 * np.arange(n) + season_effect
    allowed = 2.6 * np.sqrt(0.95 * 0.05 / series)  # chance in the simulation itself
    assert covered(fit_lines(values, season=season), 0.2 * (n - 1)) > 0.95 - allowed - 0.01


def test_an_interval_that_takes_neighbours_for_independent_does_not_cover() -> None:
    # What the machinery is for: ordinary least squares on the same series.
    values = autoregressive(800, 36, 0.6, seed=7)
    t = np.arange(36) - 17.5
    slopes = values @ t / (t @ t)
    rest = values - values.mean(axis=1, keepdims=True) - slopes[:, None] * t
    half = 2.03 * np.sqrt((rest**2).sum(axis=1) / 34 / (t @ t))
    assert np.mean(np.abs(slopes) <= half) < 0.8
    assert covered(fit_lines(values), 0.0) > 0.92


def test_withheld_points_and_counts_of_many_sizes_keep_the_coverage() -> None:
    rng = np.random.default_rng(5)
    variances = rng.gamma(2, 1, size=(600, 40)) + 0.2
    values = autoregressive(600, 40, 0.4, seed=8) * np.sqrt(variances)
    values[rng.random(values.shape) < 0.15] = np.nan
    plain, weighted = fit_lines(values), fit_lines(values, variances=variances)
    assert covered(weighted, 0.0) > 0.93
    # The weights are worth their trouble: intervals are a tenth shorter at least.
    width = [np.nanmean(line.change()[2] - line.change()[1]) for line in (plain, weighted)]
    assert width[1] < 0.9 * width[0]


@pytest.mark.proof
@pytest.mark.parametrize("r", [-0.3, 0.0, 0.3, 0.6])
@pytest.mark.parametrize(("n", "season"), [(24, 1), (28, 4), (36, 1), (36, 12), (60, 12), (84, 12)])
def test_coverage_over_many_runs(n: int, season: int, r: float) -> None:
    values = autoregressive(4000, n, r, seed=n) + 0.1 * np.arange(n)
    share = covered(fit_lines(values, season=season), 0.1 * (n - 1))
    print(f"n {n}, season {season}, AR {r}: {100 * share:.1f} % of 4,000")
    assert share > 0.93


def some(n: int = 40, series: int = 3) -> np.ndarray:
    values = autoregressive(series, n, 0.4, seed=2) + 0.05 * np.arange(n)
    values[0, [3, 4, 17]] = np.nan
    return values


def ends(lines: Lines) -> np.ndarray:
    return np.stack(lines.change())


def test_a_constant_added_changes_nothing() -> None:
    assert ends(fit_lines(some() + 1000, season=4)) == pytest.approx(
        ends(fit_lines(some(), season=4)), abs=1e-5
    )


def test_time_reversed_the_sign_turns() -> None:
    estimate, lower, upper = fit_lines(some()).change()
    turned = fit_lines(some()[:, ::-1]).change()
    assert turned[0] == pytest.approx(-estimate, abs=1e-6)
    assert turned[1] == pytest.approx(-upper, abs=1e-6)
    assert turned[2] == pytest.approx(-lower, abs=1e-6)


def test_a_mirrored_series_mirrors_and_a_scaled_one_scales() -> None:
    estimate, lower, upper = fit_lines(some(), season=4).change()
    turned = np.stack(fit_lines(-3 * some(), season=4).change())
    assert turned == pytest.approx(-3 * np.stack([estimate, upper, lower]), abs=1e-5)


def test_variances_matter_only_up_to_a_factor() -> None:
    variances = np.random.default_rng(1).gamma(2, 1, size=some().shape)
    assert ends(fit_lines(some(), variances=1e6 * variances)) == pytest.approx(
        ends(fit_lines(some(), variances=variances)), abs=1e-7
    )


def test_a_plain_line_is_found_exactly_with_its_season() -> None:
    t = np.arange(48)
    values = 5 - 0.25 * t + np.tile([2.0, -1, 0, -1], 12)
    lines = fit_lines(values, season=4)
    for found, truth in (
        (lines.change(), -0.25 * 47),
        (lines.middle(), 5 - 0.25 * 23.5),
        (lines.at(60), 5 - 0.25 * 60),
    ):
        assert np.ravel(found) == pytest.approx([truth] * 3, abs=1e-5)


def test_an_unseen_season_takes_nothing_with_it() -> None:
    values = np.where(np.arange(60) % 4 == 3, np.nan, 3.0 + 0.1 * np.arange(60))
    estimate, lower, upper = fit_lines(values, season=4).change()
    assert estimate[0] == pytest.approx(5.8, abs=1e-5)
    assert lower[0] <= estimate[0] <= upper[0]


def test_too_few_points_have_no_line() -> None:
    values = np.full((3, 40), np.nan)
    values[0, : MINIMUM - 1] = 1.0
    values[1, :MINIMUM] = np.arange(MINIMUM) % 3
    lines = fit_lines(values)
    assert lines.n.tolist() == [MINIMUM - 1, MINIMUM, 0]
    assert lines.fitted.tolist() == [False, True, False]
    estimate, lower, upper = lines.change()
    assert np.isnan([estimate[0], lower[0], upper[0], estimate[2]]).all()
    assert lower[1] < estimate[1] < upper[1]


def test_a_constant_series_does_not_move() -> None:
    estimate, lower, upper = fit_lines(np.full((2, 30), [[7.0], [0.0]]), season=4).change()
    assert [estimate, lower, upper] == [pytest.approx([0, 0], abs=1e-6)] * 3


def test_wider_for_more_confidence_and_further_ahead() -> None:
    lines = fit_lines(some())
    width = [np.diff(lines.change(level)[1:], axis=0)[0] for level in (0.8, 0.95, 0.995)]
    assert (width[0] < width[1]).all()
    assert (width[1] < width[2]).all()
    inside, beyond = (np.diff(lines.at(where)[1:], axis=0)[0] for where in (20, 60))
    assert (beyond > 2 * inside).all()
