"""Measures as arrays: another way to compute them, and what chance does to them."""

from __future__ import annotations

import time

import numpy as np
import pytest
import statsmodels.api as sm

from equity.findings.measures import CODES, Measured, groups_of, measures
from equity.findings.measures.gradient import fitted_logit, ridit
from equity.findings.measures.intervals import DRAWS, centres
from equity.findings.measures.spread import spread

RNG = np.random.default_rng(7)
Y = np.array([31.0, 44.0, 40.0, 58.0, 66.0])
S = np.array([2.0, 1.5, 4.0, 3.0, 2.5])
N = np.array([120.0, 300.0, 80.0, 200.0, 150.0])
ORDERED = groups_of(Y, S, N, sign=1, ordered=True, scale=100)


def moved(code: str, at: int, by: float) -> float:
    """The measure with one estimate moved."""
    y = Y.copy()
    y[at] += by
    return float(measures(groups_of(y, S, N, sign=1, ordered=True, scale=100), only=[code])[code].estimate)  # fmt: skip


@pytest.mark.parametrize(
    "code",
    ["ti", "mld", "par", "paf", "aci", "rci", "rci_wagstaff", "rci_erreygers", "sii", "rii",
     "sii_linear", "rii_linear"],
)  # fmt: skip
def test_first_order_errors_are_the_slopes_of_the_estimate(code: str) -> None:
    """The slopes taken numerically: scale, weights and the ×1000 and ×100 are all in them."""
    step = 1e-4
    slopes = [(moved(code, at, step) - moved(code, at, -step)) / (2 * step) for at in range(5)]
    carried = float(np.sqrt(np.sum((np.array(slopes) * S) ** 2)))
    assert float(measures(ORDERED)[code].se) == pytest.approx(carried, rel=1e-6)


def test_the_logit_weighs_each_group_once() -> None:
    """As statsmodels fits it with the populations as frequencies, in proportions."""
    rank = ridit(N / N.sum())
    model = sm.GLM(Y / 100, sm.add_constant(rank), family=sm.families.Binomial(), freq_weights=N)
    fit = model.fit(tol=1e-14)
    intercept, steep = fitted_logit(Y / 100, N / N.sum(), rank)
    assert (float(intercept), float(steep)) == pytest.approx(tuple(fit.params), rel=1e-8)
    low, high = fit.predict([[1, 0], [1, 1]])
    found = measures(ORDERED)
    assert float(found["sii"].estimate) == pytest.approx(100 * (high - low), rel=1e-8)
    assert float(found["rii"].estimate) == pytest.approx(high / low, rel=1e-8)


def test_the_error_of_the_variance_between_groups_is_that_of_normal_estimates() -> None:
    y = Y + S * RNG.standard_normal((400_000, 5))
    p = N / N.sum()
    seen = (p * (y - (p * y).sum(-1, keepdims=True)) ** 2).sum(-1)
    found = measures(groups_of(Y, S, N, sign=1))["bgv"]
    assert float(found.se) == pytest.approx(seen.std(), rel=0.01)
    assert float(found.estimate) + (p * (1 - p) * S**2).sum() == pytest.approx(seen.mean(), rel=0.01)  # fmt: skip


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("reference", [None, 2])
def test_many_tables_are_measured_as_each_alone(sign: int, reference: int | None) -> None:
    y = 50 + 8 * RNG.standard_normal((2, 3, 6))
    s, n = RNG.uniform(0.5, 3, y.shape), RNG.integers(50, 500, y.shape).astype(float)
    y[0, 1, 4] = np.nan
    many = measures(groups_of(y, s, n, sign=sign, reference=reference, scale=100))
    assert set(many) == {c for c in CODES[:18] if reference is not None or c[:3] != "mdr"}
    for at in np.ndindex(2, 3):
        alone = measures(groups_of(y[at], s[at], n[at], sign=sign, reference=reference, scale=100))
        for code, one in alone.items():
            np.testing.assert_allclose(_numbers(one), _numbers(many[code], at), rtol=1e-9, atol=1e-9)  # fmt: skip


def test_an_absent_group_changes_nothing() -> None:
    """Not even by its place among the draws: it stands last."""
    with_gap = groups_of([*Y, np.nan], [*S, np.nan], [*N, 1000], sign=-1, reference=0)
    alone = groups_of(Y, S, N, sign=-1, reference=0)
    for code, one in measures(alone).items():
        if code in ("bgsd", "mdmu", "mdbw", "mdrw", "d"):
            np.testing.assert_allclose(_numbers(measures(with_gap)[code]), _numbers(one), rtol=0.1)
        assert measures(with_gap)[code].estimate == pytest.approx(one.estimate, rel=1e-12)


def test_an_interval_is_the_same_each_time() -> None:
    first, again = measures(ORDERED), measures(ORDERED)
    assert all(np.array_equal(first[code], again[code], equal_nan=True) for code in first)
    assert DRAWS >= 2000


@pytest.mark.parametrize("k", [3, 8, 30])
def test_equal_groups_are_not_called_far_apart(k: int) -> None:
    """Where nothing but chance differs, the corrected values are near 0 and the raw ones are not."""
    tables = 400
    y = 70 + 3 * RNG.standard_normal((tables, k))
    found = measures(groups_of(y, 3.0, 1.0, sign=1, scale=100))
    for code in ("d", "bgsd", "mdbu", "mdbw", "mdmw", "ti", "par", "paf"):
        one = found[code]
        assert one.corrected.mean() < 0.5 * one.estimate.mean()
        assert (one.corrected_lower < 1e-9).mean() > 0.93
    naive = found["d"].lower > 0
    assert naive.mean() > 0.4 if k == 8 else naive.mean() > 0.05
    assert found["bgv_corrected"].estimate.mean() < 0.6 * found["bgv"].estimate.mean()
    assert (found["r"].corrected.mean() - 1) < 0.5 * (found["r"].estimate.mean() - 1)


@pytest.mark.parametrize("code", ["d", "bgsd", "idisw", "mdbu", "mdmw", "ti", "par"])
def test_what_truly_differs_is_still_found(code: str) -> None:
    """Corrected intervals cover the true value of tables that differ, about as often as they say."""
    true = np.array([55.0, 60.0, 66.0, 70.0, 72.0, 78.0])
    y = true + 2.5 * RNG.standard_normal((600, 6))
    groups = groups_of(y, 2.5, N.mean(), sign=1, scale=100)
    truth = groups_of(true, 2.5, N.mean(), sign=1, scale=100)
    known = measures(truth)[code].estimate
    one = measures(groups)[code]
    covered = (one.corrected_lower <= known) & (known <= one.corrected_upper)
    assert covered.mean() > 0.85
    assert (one.corrected_lower > 0).mean() > 0.95
    assert one.corrected.mean() == pytest.approx(known, rel=0.06)
    assert one.corrected.mean() < one.estimate.mean()


@pytest.mark.parametrize("code", ["d", "bgsd", "idisu", "mdmw"])
def test_small_differences_that_look_like_chance_are_not_ruled_out(code: str) -> None:
    """The upper end allows for groups that differ more than they happen to."""
    true = 70 + 1.5 * np.random.default_rng(1).standard_normal(30)
    y = true + 3 * RNG.standard_normal((400, 30))
    known = measures(groups_of(true, 3.0, 1.0, sign=1, scale=100))[code].estimate
    one = measures(groups_of(y, 3.0, 1.0, sign=1, scale=100))[code]
    assert (one.corrected_upper >= known).mean() > 0.9


def test_a_named_pair_is_not_corrected() -> None:
    assert np.isnan(measures(ORDERED)["d"].corrected)
    assert np.isnan(measures(ORDERED)["par"].corrected)
    two = measures(groups_of(Y[:2], S[:2], N[:2], sign=1, reference=0))
    assert np.isnan(two["d"].corrected)
    assert float(two["d"].estimate) == Y[0] - Y[1]
    assert np.isfinite(measures(groups_of(Y, S, N, sign=1))["d"].corrected)


def test_centres_keep_what_differs_beyond_chance() -> None:
    wide = 70 + 10 * RNG.standard_normal((200, 12))
    noisy = wide + 4 * RNG.standard_normal(wide.shape)
    middle = centres(groups_of(noisy, 4.0, 1.0, sign=1))
    assert middle.var(axis=-1, ddof=1).mean() == pytest.approx(wide.var(axis=-1, ddof=1).mean(), rel=0.1)  # fmt: skip
    assert (np.sign(np.diff(middle)) == np.sign(np.diff(noisy))).all()


def test_draws_stay_in_the_metrics_range() -> None:
    """Near the bounds nothing is measured that the bounds forbid."""
    groups = groups_of([0.01, 0.02, 0.99], [0.4, 0.2, 0.3], [10, 20, 30], sign=1, scale=1.0)
    found = measures(groups)
    for code in ("bgsd", "mdmw", "mdbu"):
        assert 0 <= found[code].lower <= found[code].estimate <= found[code].upper
    from equity.findings.measures.intervals import _draws

    drawn = _draws(groups_of([[0.01, 0.02, 0.99]], [[0.9, 0.2, 2.3]], 1.0, sign=1, scale=1.0), np.array([[0.01, 0.02, 0.99]]))  # fmt: skip
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    assert drawn.shape == (1, DRAWS, 3)
    near = _draws(groups_of([[0.9, 0.1]], 0.2, 1.0, sign=1, scale=1.0), np.array([[0.9, 0.1]]))
    assert near.max() <= 1
    assert (near == 1).mean() < 0.01  # folded back, not heaped up at the bound


def test_spread_of_draws_is_the_same_code() -> None:
    draws = np.stack([Y, Y[::-1]])
    p = N / N.sum()
    both = spread(draws, ORDERED, p, np.full(5, 0.2), np.ones(5, dtype=bool))
    one = spread(Y, ORDERED, p, np.full(5, 0.2), np.ones(5, dtype=bool))
    assert all(both[code][0] == pytest.approx(one[code]) for code in one)


@pytest.mark.proof
def test_three_hundred_tables_are_quick() -> None:
    y = 70 + 5 * RNG.standard_normal((300, 8))
    groups = groups_of(y, 2.0, 100.0, sign=1, reference=3, scale=100)
    measures(groups)
    begin = time.process_time()
    measures(groups)
    assert time.process_time() - begin < 1.0


def _numbers(one: Measured, at: tuple[int, ...] = ()) -> np.ndarray:
    return np.array([value[at] for value in one])
