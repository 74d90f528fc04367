"""Intervals against published values, other implementations, and what must hold of every interval."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.optimize import minimize_scalar
from scipy.special import xlogy
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from equity import estimates
from equity.workspace import PROGRAM_ROOT

DATA = Path(os.environ.get("EQUITY_DATA_ROOT") or PROGRAM_ROOT.parent / "shared/data/sanjose")
GOLDEN = DATA.parent.parent / "golden" / "representation.json"

counts = st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.95, 0.999])


# --- shares --------------------------------------------------------------------------------------
# Newcombe 1998, Statistics in Medicine 17: 857–872, table I, method 3 (score): 81/263, 15/148,
# 0/20, 1/29.
@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_gives_the_published_intervals(x: int, n: int, lower: float, upper: float) -> None:
    found = estimates.wilson(x, n)
    assert [round(float(end), 4) for end in found] == [lower, upper]


@given(counts, levels)
def test_wilson_agrees_with_statsmodels(pair: tuple[int, int], level: float) -> None:
    x, n = pair
    wanted = proportion_confint(x, n, alpha=1 - level, method="wilson")
    assert np.allclose(estimates.wilson(x, n, level), wanted, atol=1e-9)


@given(counts, levels)
def test_successes_and_failures_mirror_each_other(pair: tuple[int, int], level: float) -> None:
    x, n = pair
    lower, upper = estimates.wilson(x, n, level)
    other_lower, other_upper = estimates.wilson(n - x, n, level)
    assert lower == pytest.approx(1 - other_upper, abs=1e-12)
    assert upper == pytest.approx(1 - other_lower, abs=1e-12)
    assert 0 <= lower <= x / n <= upper <= 1
    assert upper - lower > 0


def test_no_records_have_no_interval() -> None:
    assert np.isnan(estimates.wilson([0, 1], [0, 2])).tolist() == [[True, False], [True, False]]


# Newcombe 1998, Statistics in Medicine 17: 873–890, table II, method 10.
@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2", "lower", "upper"),
    [(56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (10, 10, 0, 20, 0.6791, 1.0),
     (5, 56, 0, 29, -0.0381, 0.1926)],
)  # fmt: skip
def test_newcombe_gives_the_published_intervals(
    x1: int, n1: int, x2: int, n2: int, lower: float, upper: float
) -> None:
    _, low, high = estimates.newcombe(x1, n1, x2, n2)
    assert round(float(low), 4) == lower
    assert round(float(high), 4) == upper


@settings(deadline=None)
@given(counts, levels)
def test_the_exact_interval_agrees_with_statsmodels(pair: tuple[int, int], level: float) -> None:
    x, n = pair
    wanted = proportion_confint(x, n, alpha=1 - level, method="beta")
    assert np.allclose(
        estimates.clopper_pearson(x, n, level), np.nan_to_num(wanted, nan=x / n), atol=1e-9
    )


def test_the_exact_interval_of_parts_of_records_lies_between_those_of_whole_ones() -> None:
    lower, upper = estimates.clopper_pearson([0.0, 0.4, 1.0], 10)
    assert lower[0] < lower[1] < lower[2]
    assert upper[0] < upper[1] < upper[2]
    mirrored = estimates.clopper_pearson([10.0, 9.6, 9.0], 10)
    assert np.allclose([1 - upper, 1 - lower], mirrored)


def test_no_records_have_no_exact_interval() -> None:
    assert np.isnan(estimates.clopper_pearson([0, 1], [0, 2])).tolist() == [[True, False]] * 2


# Newcombe 1998, table II, method 6 (Miettinen and Nurminen).
@pytest.mark.parametrize(
    ("x1", "n1", "x2", "n2", "lower", "upper"),
    [(56, 70, 48, 80, 0.0528, 0.3382), (9, 10, 3, 10, 0.1700, 0.8406)],
)
def test_the_difference_has_the_published_intervals(
    x1: int, n1: int, x2: int, n2: int, lower: float, upper: float
) -> None:
    _, low, high = estimates.difference_of_shares(x1, n1, x2, n2)
    assert round(float(low), 4) == lower
    assert round(float(high), 4) == upper


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((56, 70), (48, 80)),
        ((130, 255), (52, 192)),
        ((5, 10), (5, 10)),
        ((3, 40), (700, 1000)),
        ((0, 30), (4, 50)),
        ((29, 30), (1, 12)),
        ((450, 1000), (300, 900)),
    ],
)
def test_the_difference_is_where_the_likelihood_says(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """At each end, the shares most likely under that difference stand 1.96 errors from those seen."""
    (a, m), (b, n) = one, other
    _, *ends = estimates.difference_of_shares(a, m, b, n)
    for end, sign in zip((float(e) for e in ends), (1, -1), strict=True):
        if abs(end) > 1 - 1e-6:
            continue

        def unlikely(p: float, end: float = end) -> float:
            return -sum(
                xlogy(x, q) + xlogy(k - x, 1 - q) for x, k, q in ((a, m, p), (b, n, p - end))
            )

        p = minimize_scalar(
            unlikely, bounds=(max(0.0, end), min(1.0, 1 + end)), method="bounded",
            options={"xatol": 1e-12},
        ).x  # fmt: skip
        q = p - end
        variance = (p * (1 - p) / m + q * (1 - q) / n) * (m + n) / (m + n - 1)
        assert (a / m - b / n - end) / math.sqrt(variance) == pytest.approx(
            sign * 1.959964, rel=1e-3
        )


@settings(deadline=None)
@given(counts, counts)
def test_the_difference_the_other_way_round_is_its_negative(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found = estimates.difference_of_shares(*one, *other)
    turned = estimates.difference_of_shares(*other, *one)
    assert np.allclose(found, [-turned[0], -turned[2], -turned[1]], atol=1e-9)
    assert found[1] <= found[0] <= found[2]


@given(counts)
def test_equal_shares_have_a_ratio_of_one_inside(pair: tuple[int, int]) -> None:
    x, n = pair
    ratio, lower, upper = estimates.ratio_of_shares(x, n, x, n)
    if x == 0:
        assert np.isnan([ratio, lower, upper]).all()
        return
    assert ratio == 1
    assert lower < 1 < upper
    assert lower * upper == pytest.approx(1, rel=1e-6)


@given(counts, counts)
def test_the_ratio_the_other_way_round_is_its_inverse(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    _, lower, upper = estimates.ratio_of_shares(*one, *other)
    _, inverse_lower, inverse_upper = estimates.ratio_of_shares(*other, *one)
    with np.errstate(divide="ignore"):
        assert np.allclose(
            [lower, upper], [1 / inverse_upper, 1 / inverse_lower], rtol=1e-6, equal_nan=True
        )


@pytest.mark.parametrize("case", [(36, 40, 16, 80), (10, 200, 30, 150), (450, 1000, 300, 900)])
def test_ratio_agrees_with_statsmodels(case: tuple[int, int, int, int]) -> None:
    wanted = confint_proportions_2indep(*case, method="score", compare="ratio")
    assert np.allclose(estimates.ratio_of_shares(*case)[1:], wanted, rtol=1e-5)


def test_ratio_agrees_with_a_large_sample_logarithm() -> None:
    ratio, lower, upper = estimates.ratio_of_shares(4000, 10000, 5000, 10000)
    se = math.sqrt(1 / 4000 - 1 / 10000 + 1 / 5000 - 1 / 10000)
    assert ratio == pytest.approx(0.8)
    assert lower == pytest.approx(0.8 * math.exp(-1.96 * se), rel=1e-3)
    assert upper == pytest.approx(0.8 * math.exp(1.96 * se), rel=1e-3)


# --- counts --------------------------------------------------------------------------------------
# Exact Poisson limits of 0, 1, 10 and 50: Ulm 1990, American Journal of Epidemiology 131: 373–375,
# and any table of Garwood's limits.
@pytest.mark.parametrize(
    ("x", "lower", "upper"), [(0, 0, 3.689), (1, 0.025, 5.572), (10, 4.795, 18.390), (50, 37.111, 65.919)]
)  # fmt: skip
def test_poisson_gives_the_tabled_limits(x: int, lower: float, upper: float) -> None:
    low, high = estimates.poisson(x)
    assert low == pytest.approx(lower, abs=6e-4)
    assert high == pytest.approx(upper, abs=6e-4)


def test_dispersion_widens_by_its_root() -> None:
    low, high = estimates.poisson(400)
    wide_low, wide_high = estimates.poisson(400, dispersion=4)
    assert (wide_high - wide_low) / (high - low) == pytest.approx(2, rel=0.02)


@pytest.mark.parametrize("true", [1.0, 2.0, 4.0])
def test_dispersion_is_found_whatever_the_trend(true: float) -> None:
    draw = np.random.default_rng(7)
    mean = np.linspace(40, 80, 300) * np.ones((20, 1))
    if true == 1:
        series = draw.poisson(mean)
    else:  # a gamma mixture: variance `true` times the mean
        series = draw.poisson(draw.gamma(mean / (true - 1), true - 1))
    assert estimates.dispersion(series) == pytest.approx(true, rel=0.08)


def test_what_the_whole_city_goes_through_is_not_dispersion() -> None:
    wave = 60 * np.exp(np.sin(np.arange(60)) * 0.8) * np.ones((60, 1))
    series = np.random.default_rng(11).poisson(wave)
    assert estimates.dispersion(series) == pytest.approx(1, abs=0.1)
    assert estimates.dispersion(series[:1]) > 5  # alone, nothing tells a wave from noise


def test_seasons_of_a_single_series_are_not_dispersion_a_year_apart() -> None:
    season = 1000 * (1.5 + np.sin(2 * np.pi * np.arange(84) / 12))
    series = np.random.default_rng(5).poisson(season)
    assert estimates.dispersion(series) > 5
    assert estimates.dispersion(series, lag=12) == pytest.approx(1, abs=0.4)


def test_one_artefact_does_not_widen_every_interval() -> None:
    series = np.random.default_rng(12).poisson(1000, size=(10, 9))
    series[8, 3] *= 5
    assert estimates.dispersion(series) < 6  # the plain mean is 53


def test_dispersion_of_small_counts_is_not_biased() -> None:
    series = np.random.default_rng(8).poisson(0.5, size=(200, 60))
    assert estimates.dispersion(series) == pytest.approx(1, abs=0.03)


def test_dispersion_needs_some_pairs() -> None:
    assert math.isnan(estimates.dispersion([[3, np.nan, 4, 5]]))


def test_a_rate_without_a_margin_is_the_poisson_interval() -> None:
    value, lower, upper = estimates.rate(10, 2000)
    low, high = estimates.poisson(10)
    assert (value, lower, upper) == pytest.approx((0.005, low / 2000, high / 2000))


def test_a_margin_of_the_denominator_is_carried_by_the_delta_method() -> None:
    x, people, moe = 10_000, 50_000, 5_000
    _, lower, upper = estimates.rate(x, people, moe)
    se = x / people * math.sqrt(1 / x + (moe / 1.645 / people) ** 2)
    assert upper - lower == pytest.approx(2 * 1.959964 * se, rel=1e-3)


def test_no_events_still_have_an_upper_end_and_no_people_have_no_rate() -> None:
    value, lower, upper = estimates.rate([0, 5], [1000, 0], 100)
    assert (value[0], lower[0]) == (0, 0)
    assert upper[0] == pytest.approx(0.003689, abs=1e-6)
    assert np.isnan([value[1], lower[1], upper[1]]).all()


def test_the_total_covers_a_compound_poisson() -> None:
    draw = np.random.default_rng(9)
    held = 0
    for _ in range(600):
        values = draw.exponential(10, size=draw.poisson(200))
        m2 = ((values - values.mean()) ** 2).sum()
        _, lower, upper = estimates.total(len(values), values.mean(), m2)
        held += bool(lower <= 2000 <= upper)
    assert 0.92 <= held / 600 <= 0.98


# --- values --------------------------------------------------------------------------------------
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50), levels)
def test_mean_agrees_with_scipy(values: list[float], level: float) -> None:
    array = np.array(values)
    m2 = ((array - array.mean()) ** 2).sum()
    se, lower, upper = estimates.mean(len(array), array.mean(), m2, level)
    half = stats.t.ppf(1 - (1 - level) / 2, len(array) - 1) * array.std(ddof=1) / len(array) ** 0.5
    assert se == pytest.approx(array.std(ddof=1) / len(array) ** 0.5, rel=1e-9, abs=1e-9)
    assert upper - lower == pytest.approx(2 * half, rel=1e-9, abs=1e-9)


def test_one_record_has_no_interval_of_its_mean() -> None:
    assert np.isnan(estimates.mean(1, 3.0, 0.0)).all()


@pytest.mark.parametrize(("p", "first"), [(0.5, 6), (0.9, 36), (0.95, 72), (0.1, 36)])
def test_percentile_intervals_exist_from_their_smallest_n(p: float, first: int) -> None:
    n = np.arange(1, 120)
    low, high = estimates.percentile_ranks(n, p)
    assert (~np.isnan(low) == (n >= first)).all()
    assert (np.isnan(low) == np.isnan(high)).all()


@given(st.integers(1, 3000), st.sampled_from([0.1, 0.5, 0.9, 0.95]), levels)
def test_percentile_ranks_are_the_binomial_ones(n: int, p: float, level: float) -> None:
    low, high = estimates.percentile_ranks(n, p, level)
    tail = (1 - level) / 2
    if np.isnan(low):
        assert stats.binom.cdf(0, n, p) > tail or stats.binom.sf(n - 1, n, p) > tail
        return
    rank_low, rank_high = int(low), int(high)
    assert stats.binom.cdf(rank_low - 1, n, p) <= tail < stats.binom.cdf(rank_low, n, p)
    assert stats.binom.sf(rank_high - 1, n, p) <= tail < stats.binom.sf(rank_high - 2, n, p)


# Conover 1999 and common tables: the 95 % interval of a median lies between these records.
@pytest.mark.parametrize(("n", "ranks"), [(6, (1, 6)), (10, (2, 9)), (20, (6, 15)), (50, (18, 33)), (100, (40, 61))])  # fmt: skip
def test_median_ranks_are_the_tabled_ones(n: int, ranks: tuple[int, int]) -> None:
    assert tuple(int(rank) for rank in estimates.percentile_ranks(n)) == ranks


# --- representation ------------------------------------------------------------------------------
def test_representation_of_many_is_the_logarithm_of_a_ratio() -> None:
    x, n, fair, moe = 3000, 10_000, 0.4, 0.02
    ratio, lower, upper = estimates.representation(x, n, fair, moe)
    se = math.sqrt((1 - x / n) / x + (moe / 1.645 / fair) ** 2)
    assert ratio == pytest.approx(0.75)
    assert lower == pytest.approx(0.75 * math.exp(-1.959964 * se), rel=2e-3)
    assert upper == pytest.approx(0.75 * math.exp(1.959964 * se), rel=2e-3)


def test_representation_of_all_and_none_has_a_width() -> None:
    ratio, lower, upper = estimates.representation([0, 20], 20, 0.5)
    assert ratio.tolist() == [0, 2]
    assert lower.tolist() == pytest.approx([0, 2 * 0.8389], abs=1e-3)
    assert upper.tolist() == pytest.approx([2 * 0.1611, 2], abs=1e-3)


def test_a_larger_margin_never_narrows() -> None:
    margins = np.linspace(0, 0.2, 20)
    _, lower, upper = estimates.representation(30, 100, 0.4, margins)
    assert (np.diff(lower) <= 0).all()
    assert (np.diff(upper) >= 0).all()


@pytest.mark.skipif(not GOLDEN.is_file(), reason="the golden values are not here")
def test_share_margin_gives_the_census_bureaus_example() -> None:
    case = json.loads(GOLDEN.read_text())["acs_moe_proportion"]
    margin = estimates.acs_share_margin(case["X"], case["Y"], case["moe_X"], case["moe_Y"])
    assert margin == pytest.approx(case["moe_p"], rel=1e-12)
    assert margin / 1.645 == pytest.approx(case["se_p"], rel=1e-12)
    # Everyone of two people, both counts as uncertain as each other: the formula knows no doubt.
    whole = case["degenerate"]
    args = (whole["X"], whole["Y"], whole["moe_X"], whole["moe_Y"])
    assert estimates.acs_share_margin(*args) == whole["naive_moe"]


@pytest.mark.skipif(not GOLDEN.is_file(), reason="the golden values are not here")
def test_share_margin_gives_the_spatial_equity_tools_standard_error() -> None:
    case = json.loads(GOLDEN.read_text())["worked_examples"]["geographic"]
    assert case["moe"] / estimates.MARGIN_Z == pytest.approx(case["se"], rel=1e-9)


def test_a_negative_root_uses_the_ratios_formula() -> None:
    margin = estimates.acs_share_margin(90, 100, 5, 20)
    assert margin == pytest.approx(math.sqrt(25 + 0.81 * 400) / 100)


# --- simultaneous --------------------------------------------------------------------------------
def test_more_comparisons_need_more_confidence() -> None:
    assert estimates.bonferroni([0, 1, 5, 50]).tolist() == pytest.approx([0.95, 0.95, 0.99, 0.999])
