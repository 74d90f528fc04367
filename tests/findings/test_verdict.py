"""Verdicts of many tables at once: every rule, and what must hold whatever the numbers are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.findings.affected import people_affected
from equity.findings.contrasts import Against, contrast, edges, ends
from equity.findings.judge import Z95, judge
from equity.findings.limits import at_least, known, published, rates, rest, scaled, shares
from equity.findings.settle import supply
from equity.findings.unknown import share_bounds
from equity.findings.verdict import Band
from equity.framework.models import Tolerance

from .tables import REFERENCES

TEN = edges(percent=10)


def table(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    x, n = (np.array([column]) for column in zip(*pairs, strict=True))
    return x, n


def test_a_band_counts_distances_in_tolerances():
    band = Band.around(5.0, Tolerance(points=1), favourable=-1)
    assert band.steps(7.0) == -2.0
    assert Band.around_or_none(float("nan"), Tolerance(points=1), 1) is None


def test_a_difference_of_shares_is_newcombes():
    """His table II, method 10: 56/70 less 48/80 lies between 0.0524 and 0.3339."""
    own, against = shares([[56]], [[70]]), Against(shares([[48]], [[80]]))
    lower, upper = ends(own, against, edges(points=0)[0], Z95)
    assert [lower[0, 0], upper[0, 0]] == pytest.approx([0.0524, 0.3339], abs=5e-5)


def test_a_group_is_no_surer_for_being_in_the_reference():
    """Var(y − μ) = (1 − 2p)s² + Σp²s², as for independent groups of known size."""
    rng = np.random.default_rng(5)
    n = np.array([400, 900, 1700])
    x = rng.binomial(n, 0.4, (200_000, 3))
    distance = x / n - (x.sum(axis=1) / n.sum())[:, None]
    own, against = REFERENCES["city"](np.array([n * 0.4]), np.array([n]))
    lower, upper = ends(own, against, edges(points=0)[0], Z95)
    assert (upper - lower)[0] / (2 * Z95) == pytest.approx(distance.std(axis=0), rel=0.01)


def test_a_contrast_has_a_width_where_nobody_succeeds():
    lower, upper = ends(
        shares([[0]], [[30]]), Against(shares([[30]], [[30]])), edges(points=0)[0], Z95
    )
    assert -1 <= lower[0, 0] < upper[0, 0] < -0.8


def test_each_side_of_the_tolerance():
    x, n = table((400, 1000), (700, 1000), (900, 1000), (705, 1000))
    found = judge(*REFERENCES["city"](x, n), TEN)
    assert found.outside.tolist() == [[-1, 0, 1, 0]]
    assert found.gap.tolist() == [True]
    assert found.p_value[0] < 1e-6


def test_the_best_of_all_is_never_ahead_and_everybody_else_is_held_against_it():
    x, n = table((400, 1000), (700, 1000), (900, 1000))
    found = judge(*REFERENCES["best"](x, n), TEN)
    assert found.outside.tolist() == [[-1, -1, 0]]
    assert found.difference[0] == pytest.approx([-0.5, -0.2, 0.0])
    adverse = judge(*REFERENCES["best"](x, n), TEN, favourable=-1)
    assert adverse.outside.tolist() == [[0, 1, 1]]


def test_an_unsteady_group_is_not_the_best():
    x, n = table((400, 1000), (420, 1000), (12, 13))
    own = shares(x, n)
    every = judge(own, Against(own, family="tukey"), TEN)
    steady = judge(own, Against(own, family="tukey", steady=np.array([[True, True, False]])), TEN)
    assert every.gap[0]
    assert not steady.gap[0]
    assert steady.difference[0][:2] == pytest.approx([-0.02, 0.0])


def test_points_and_percent_are_the_same_rule_at_one_reference():
    x, n = table((60, 1000), (80, 1000), (84, 1000))
    own, against = shares(x, n), Against(known([[0.08]]))
    percent, points = judge(own, against, TEN), judge(own, against, edges(points=0.008))
    assert percent.outside.tolist() == points.outside.tolist()
    assert percent.p_value == pytest.approx(points.p_value)


def test_without_limits_nothing_is_told():
    nothing = np.full((1, 2), np.nan)
    own = published([[1.0, 9.0]], nothing, nothing, nothing, nothing, 2)
    found = judge(own, Against(known([[5.0]])), TEN)
    assert (found.gap[0], found.parity[0], found.p_value[0]) == (False, False, 1.0)


def test_groups_that_are_not_there_change_nothing():
    x, n = table((400, 1000), (700, 1000), (900, 1000))
    own, against = REFERENCES["group"](x, n)
    wide = shares(np.hstack([x[:, 1:], [[0]]]), np.hstack([n[:, 1:], [[0]]]))
    few, more = judge(own, against, TEN), judge(wide, against, TEN)
    assert more.critical == pytest.approx(few.critical)
    assert more.p_value == pytest.approx(few.p_value)
    assert more.outside[0, :2].tolist() == few.outside[0].tolist()


def test_the_rest_of_a_published_whole_has_what_the_member_leaves():
    own = published([[60.0]], [[56.0]], [[64.0]], [[55.0]], [[65.0]], 4)
    whole = published([[70.0]], [[68.0]], [[72.0]], [[68.0]], [[72.0]], 1)
    others = rest(whole, own, np.array([[0.25]]))
    assert others.value[0, 0] == pytest.approx((70 - 15) / 0.75)
    below, _ = others.distances(Z95)
    assert below[0, 0] == pytest.approx((2**2 - (0.25 * 4) ** 2) ** 0.5 / 0.75, rel=1e-6)


def test_limits_follow_both_published_confidences():
    one = published([[10.0]], [[6.0]], [[16.0]], [[5.0]], [[18.5]], 10)
    below, above = one.distances(2.807033768343811)  # 1 − 0.05/10
    assert (below[0, 0], above[0, 0]) == (pytest.approx(5.0), pytest.approx(8.5))
    assert scaled(one, 10).distances(1.0)[0] == pytest.approx(10 * one.distances(1.0)[0])
    wide = at_least(one, published([[10.0]], [[9.0]], [[19.0]], [[9.0]], [[19.0]], 1))
    assert wide.distances(Z95)[0][0, 0] == pytest.approx(4.0)
    assert wide.distances(Z95)[1][0, 0] == pytest.approx(9.0)


counts = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 300)).map(lambda p: (min(p), max(p))),
    min_size=2,
    max_size=6,
)


@settings(deadline=None)
@given(counts, st.sampled_from(sorted(REFERENCES)), st.floats(0.001, 1000))
def test_a_change_of_unit_changes_no_verdict(pairs, reference, unit):
    own, against = REFERENCES[reference](*table(*pairs))
    other = Against(scaled(against.other, unit), against.part, against.family)
    one, two = judge(own, against, TEN), judge(scaled(own, unit), other, TEN)
    margin = np.nanmin(np.abs([one.beyond_lower, one.beyond_upper]), initial=1)
    if margin > 1e-9:  # on the edge, rounding decides
        assert one.outside.tolist() == two.outside.tolist()
        assert one.p_value == pytest.approx(two.p_value, rel=1e-6)


@settings(deadline=None)
@given(counts, st.sampled_from(["city", "rest", "best"]), st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter(pairs, reference, random):
    order = list(range(len(pairs)))
    random.shuffle(order)
    one = judge(*REFERENCES[reference](*table(*pairs)), TEN)
    two = judge(*REFERENCES[reference](*table(*(pairs[i] for i in order))), TEN)
    assert [one.outside[0][i] for i in order] == two.outside[0].tolist()
    assert (one.gap[0], one.parity[0]) == (two.gap[0], two.parity[0])
    assert one.p_value == pytest.approx(two.p_value)


@settings(deadline=None)
@given(counts)
def test_failures_mirror_successes_in_points(pairs):
    """A success share and its failure share lie equally far apart, on opposite sides."""
    x, n = table(*pairs)
    points = edges(points=0.1)
    up, down = (judge(*REFERENCES["city"](v, n), points) for v in (x, n - x))
    clear = np.nanmin(np.abs([up.beyond_lower, up.beyond_upper]), initial=1) > 1e-9
    if clear:
        assert up.outside.tolist() == (-down.outside).tolist()


@settings(deadline=None)
@given(st.integers(2, 8), st.floats(0.2, 0.9))
def test_equal_groups_known_well_enough_are_at_parity(groups, share):
    n = np.full((1, groups), 100_000)
    for reference, held in REFERENCES.items():
        found = judge(*held(np.round(n * share), n), TEN)
        assert found.parity[0], reference
        assert found.p_value[0] > 0.99


def test_merging_two_equal_groups_moves_no_other():
    x, n = table((300, 1000), (700, 1000), (700, 1000))
    merged = table((300, 1000), (1400, 2000))
    one, two = judge(*REFERENCES["city"](x, n), TEN), judge(*REFERENCES["city"](*merged), TEN)
    assert one.difference[0, :2] == pytest.approx(two.difference[0, :2])
    assert one.critical[0] > two.critical[0]  # fewer are compared


def test_many_tables_are_judged_as_one_by_one():
    rng = np.random.default_rng(3)
    n = rng.integers(20, 900, (40, 5))
    x = rng.binomial(n, 0.6)
    for held in REFERENCES.values():
        every = judge(*held(x, n), TEN)
        alone = [judge(*held(x[i : i + 1], n[i : i + 1]), TEN) for i in range(40)]
        assert every.p_value == pytest.approx([a.p_value[0] for a in alone], abs=1e-6)
        assert every.outside.tolist() == [a.outside[0].tolist() for a in alone]


@settings(deadline=None)
@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 300), st.data())
def test_bounds_hold_whatever_the_unknown_are(n, x, unknown, data):
    x = min(x, n)
    successes = data.draw(st.integers(0, unknown))
    own = data.draw(st.integers(0, successes)), data.draw(st.integers(0, unknown - successes))
    lower, upper = share_bounds(x, n, successes, unknown)
    assert lower - 1e-12 <= (x + own[0]) / (n + sum(own)) <= upper + 1e-12


def test_chance_affects_nobody():
    """Twelve equal groups: half seem behind, and hundreds of people with them."""
    rng = np.random.default_rng(4)
    n = np.full((1000, 12), 400)
    x = rng.binomial(n, 0.5)
    short = (x.sum(axis=1) / n.sum(axis=1))[:, None] - x / n
    found = people_affected(short, np.full(short.shape, (0.25 / 400) ** 0.5), n)
    assert found.observed.mean() > 40
    assert (found.lower > 0).mean() <= 0.05
    assert found.corrected.mean() < 0.3 * found.observed.mean()


def test_the_lower_end_of_the_affected_lies_below_the_truth():
    rng = np.random.default_rng(6)
    true = np.array([0.3, 0.45, 0.5, 0.55, 0.6])
    n = np.full((1500, 5), 500)
    x = rng.binomial(n, true)
    reference = 0.5
    short, se = reference - x / n, np.sqrt(x / n * (1 - x / n) / n)
    found = people_affected(short, se, n)
    planted = 500 * np.maximum(reference - true, 0).sum()
    assert (found.lower <= planted).mean() >= 0.95
    assert np.median(found.lower) > 0.7 * planted


def test_what_would_settle_shrinks_with_the_square_root():
    found = supply([1.0, 2.0, 0.0], 2.0, 2.0, 1.0)
    assert found.times[0] == pytest.approx(4 * found.times[1])
    assert np.isinf(found.years[2])


def test_rates_are_exact_and_widen_with_dispersion():
    lone, spread = rates([[16]], [[100]]), rates([[16]], [[100]], 4.0)
    assert lone.distances(Z95)[0][0, 0] == pytest.approx(0.16 - 0.0914540, abs=1e-5)
    assert spread.distances(Z95)[0] > 1.6 * lone.distances(Z95)[0]


def test_contrasts_have_no_value_for_the_reference_itself():
    own, against = REFERENCES["best"](*table((1, 2), (3, 4)))
    assert np.isnan(np.diagonal(contrast(own, against, TEN[0])[0])).all()
