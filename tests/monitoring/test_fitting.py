"""The chart that the data call for."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.monitoring import SIGNALS, control_chart
from equity.monitoring.chance import autoregressive, false_signal
from equity.monitoring.fitting import CHARTS, Fitted, drawn, fitting_chart
from equity.monitoring.limits import REACH
from equity.monitoring.series import Counts, Series

EXAMPLES = 40
MONTH = np.arange(84) % 12
MIRRORED = dict(zip(SIGNALS[1::2], SIGNALS[2::2], strict=True))
MIRRORED |= {down: up for up, down in MIRRORED.items()} | {"none": "none"}


def monthly(values: np.ndarray, counts: Counts | None = None) -> Series:
    return Series(values, np.arange(len(values)) % 12, 12, counts)


def shares(rng: np.random.Generator, n: np.ndarray, p: float = 0.3) -> Series:
    estimates = 100 * rng.binomial(n, p) / n
    return monthly(estimates, Counts("share", estimates, n.astype(float)))


def rates(rng: np.random.Generator, people: np.ndarray, rate: float = 0.02) -> Series:
    estimates = 1000 * rng.poisson(people * rate) / people
    return monthly(estimates, Counts("rate", estimates, people.astype(float), 1000))


def names(charts: list[Fitted]) -> Counter[str]:
    return Counter(each.name for each in charts)


def signals(chart: Fitted) -> list[str]:
    return list(chart.chart.frame["signal"])


def test_each_kind_of_unchanged_series_gets_its_chart() -> None:
    rng = np.random.default_rng(2)
    plain = autoregressive(rng, 200, 84, 0)
    assert names([fitting_chart(monthly(row)) for row in plain])["xmr"] > 170
    wave = 1.5 * np.sin(2 * np.pi * MONTH / 12)
    assert names([fitting_chart(monthly(row + wave)) for row in plain])["xmr_seasonal"] > 170
    carried = autoregressive(rng, 200, 84, 0.3)
    assert names([fitting_chart(monthly(row)) for row in carried])["xmr_residual"] > 140
    sizes = rng.integers(30, 400, (200, 84))
    assert names([fitting_chart(shares(rng, n)) for n in sizes])["p_prime"] > 170
    assert names([fitting_chart(rates(rng, 40 * n)) for n in sizes])["u_prime"] > 170
    assert names([fitting_chart(shares(rng, np.full(84, 200)))] * 1)["xmr"] == 1


def test_an_adjusted_chart_signals_as_seldom_as_it_says() -> None:
    rng = np.random.default_rng(3)
    wave = 1.5 * np.sin(2 * np.pi * MONTH / 12)
    kinds = {
        "memory": [monthly(row) for row in autoregressive(rng, 250, 84, 0.3)],
        "season": [monthly(row + wave) for row in autoregressive(rng, 250, 84, 0)],
        "sizes": [shares(rng, n) for n in rng.integers(30, 400, (250, 84))],
    }
    for name, series in kinds.items():
        charts = [fitting_chart(each) for each in series]
        seen = np.mean([any(s != "none" for s in signals(chart)) for chart in charts])
        said = np.mean([chart.false_signal for chart in charts])
        assert abs(seen - said) < 0.1, name
        naive = [control_chart(each.values, direction="neutral") for each in series]
        assert np.mean([(c.frame["signal"] != "none").any() for c in naive]) > seen + 0.15, name


def test_the_simulated_probabilities_are_the_known_ones() -> None:
    assert false_signal(84) == pytest.approx(0.61, abs=0.04)
    assert false_signal(84, 0.3) == pytest.approx(0.95, abs=0.03)
    assert false_signal(0) == 0
    assert false_signal(84) == false_signal(84)


def test_equal_denominators_give_the_plain_chart() -> None:
    rng = np.random.default_rng(4)
    for series in (shares(rng, np.full(40, 250)), rates(rng, np.full(40, 9000))):
        name = "p_prime" if series.counts.kind == "share" else "u_prime"  # type: ignore[union-attr]
        laney = drawn(series, name).chart.frame
        plain = control_chart(series.values, direction="neutral").frame
        for column in ("centre", "lower", "upper"):
            np.testing.assert_allclose(laney[column], plain[column], rtol=1e-9)


def test_limits_of_laney_by_hand() -> None:
    n = np.array([100.0, 400, 100, 400, 100, 400] * 3)
    x = np.array([30.0, 110, 25, 125, 33, 118] * 3)
    series = Series(100 * x / n, counts=Counts("share", 100 * x / n, n))
    p = x.sum() / n.sum()
    error = np.sqrt(p * (1 - p) / n)
    z = (x / n - p) / error
    ranges = np.abs(np.diff(z))
    reach = REACH * ranges[ranges < 3.267 * ranges.mean()].mean() * error
    frame = drawn(series, "p_prime").chart.frame
    np.testing.assert_allclose(frame["centre"], 100 * p)
    np.testing.assert_allclose(frame["upper"], 100 * (p + reach))
    np.testing.assert_allclose(frame["lower"], 100 * (p - reach))


@pytest.mark.parametrize("name", [n for n in CHARTS if not n.startswith("u_")])
def test_every_chart_finds_a_planted_outlier(name: str) -> None:
    rng = np.random.default_rng(6)
    n = rng.integers(300, 400, 84)
    x = rng.binomial(n, 0.3)
    x[80] = round(0.5 * n[80])
    estimates = 100 * x / n
    chart = drawn(monthly(estimates, Counts("share", estimates, n.astype(float))), name)
    assert chart.name == name
    assert signals(chart)[80] == "above_limit"
    assert chart.p[80] < 1e-6
    assert chart.p[signals(chart).index("none")] <= 1


def test_a_shift_shows_through_a_season_and_is_no_memory() -> None:
    rng = np.random.default_rng(8)
    wave = 1.5 * np.sin(2 * np.pi * MONTH / 12)
    rows = autoregressive(rng, 60, 84, 0) + wave + np.where(np.arange(84) >= 77, 2.0, 0.0)
    charts = [fitting_chart(monthly(row)) for row in rows]
    found = [bool(set(signals(c)[77:]) & {"shift_up", "above_limit", "near_upper"}) for c in charts]
    assert np.mean(found) > 0.9
    assert np.mean(["residual" in chart.name for chart in charts]) < 0.15


@settings(deadline=None, max_examples=EXAMPLES)
@given(st.integers(0, 10_000), st.integers(-50, 50), st.sampled_from([0.5, 1.0, 4.0]))
def test_mirror_constant_and_unit(seed: int, constant: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    values = np.round(autoregressive(rng, 1, 40, 0.5)[0] * 64) / 64
    values[rng.integers(0, 40, 3)] = np.nan
    chart = fitting_chart(monthly(values))
    moved = fitting_chart(monthly(unit * values + constant))
    assert (moved.name, signals(moved)) == (chart.name, signals(chart))
    np.testing.assert_allclose(moved.p, chart.p, rtol=1e-6)
    mirrored = fitting_chart(monthly(-values))
    assert signals(mirrored) == [MIRRORED[s] for s in signals(chart)]


@pytest.mark.parametrize("length", [0, 1, 2, 12])
def test_edges(length: int) -> None:
    for values in (np.full(length, np.nan), np.full(length, 3.0), np.arange(length) % 3.0):
        chart = fitting_chart(monthly(values), target=1.0)
        assert len(chart.chart.frame) == length
        assert chart.chart.trial
        assert np.isfinite(chart.p).all()
    nothing = np.zeros(length)
    none = fitting_chart(monthly(nothing, Counts("share", nothing, np.full(length, 50.0))))
    assert set(signals(none)) <= {"none"}


def test_denominators_of_nothing_are_passed_over() -> None:
    rng = np.random.default_rng(9)
    n = rng.integers(30, 400, 84).astype(float)
    x = rng.binomial(n.astype(int), 0.3)
    n[5] = 0
    estimates = np.where(n > 0, 100 * x / np.maximum(n, 1), np.nan)
    chart = fitting_chart(monthly(estimates, Counts("share", estimates, n)))
    assert chart.name.startswith("p_prime")
    assert np.isnan(chart.chart.frame["centre"][5])
    assert signals(chart)[5] == "none"


@pytest.mark.parametrize("name", ["c", "p_prime", "xmr_seasonal"])
def test_a_chart_that_cannot_be_drawn_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        drawn(Series(np.arange(20.0)), name)
