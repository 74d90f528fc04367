"""Smoothed values of small areas: nearer the truth than raw ones, and never across groups."""

from __future__ import annotations

import numpy as np
import pytest

from equity.estimates.smoothing import smoothed_rates, smoothed_shares


def test_smoothed_shares_are_nearer_the_truth_where_records_are_few() -> None:
    rng = np.random.default_rng(1)
    n = np.tile(np.repeat([8, 40, 800], 10), (500, 1))
    truth = rng.beta(30, 20, n.shape)
    x = rng.binomial(n, truth)
    value, weight = smoothed_shares(x, n)
    raw, smooth = ((estimate - truth) ** 2 for estimate in (x / n, value))
    assert smooth[:, :10].mean() < raw[:, :10].mean() / 3
    assert smooth[:, 10:20].mean() < raw[:, 10:20].mean() * 0.7
    assert smooth[:, 20:].mean() < raw[:, 20:].mean() * 1.05
    # The beta's size is 50: a place of 40 records keeps 40/90 of its own value.
    assert np.median(weight[:, 10]) == pytest.approx(40 / 90, abs=0.08)


def test_smoothed_rates_find_the_gamma_that_rates_were_drawn_from() -> None:
    rng = np.random.default_rng(2)
    people = np.tile(np.geomspace(50, 5000, 30), (500, 1))
    truth = rng.gamma(
        20, 0.05 / 20, people.shape
    )  # a mean of 0.05 that weighs as much as 400 people
    x = rng.poisson(truth * people)
    value, weight = smoothed_rates(x, people)
    small = people < 500
    assert ((value - truth) ** 2)[small].mean() < ((x / people - truth) ** 2)[small].mean() / 2
    assert np.median(weight[:, 15]) == pytest.approx(
        people[0, 15] / (people[0, 15] + 400), abs=0.08
    )


def test_places_that_differ_by_chance_alone_become_one() -> None:
    value, weight = smoothed_shares([50, 20, 30], [100, 40, 60])
    assert value == pytest.approx([0.5] * 3)
    assert weight == pytest.approx([0.0] * 3)
    assert smoothed_shares([7], [10])[0] == pytest.approx([0.7])
    assert smoothed_rates([0, 0], [10, 20])[0] == pytest.approx([0, 0])
    assert smoothed_shares([5, 9], [5, 9])[0] == pytest.approx([1, 1])


def test_groups_are_smoothed_each_by_itself_and_missing_places_left_out() -> None:
    one, other = ([2, 30, 45], [10, 60, 50]), ([8, 10, 5], [10, 60, 50])
    together = smoothed_shares([one[0], other[0]], [one[1], other[1]])[0]
    for row, (x, n) in zip(together, (one, other), strict=True):
        assert row == pytest.approx(smoothed_shares(x, n)[0])
    padded, weight = smoothed_shares([2, np.nan, 30, 45, 0], [10, 20, 60, 50, 0])
    assert padded[[0, 2, 3]] == pytest.approx(smoothed_shares(*one)[0])
    assert np.isnan(padded[[1, 4]]).all()
    assert np.isnan(weight[[1, 4]]).all()


def test_between_the_raw_value_and_the_groups() -> None:
    rng = np.random.default_rng(3)
    n = rng.integers(5, 300, (200, 12))
    x = rng.binomial(n, rng.uniform(0.2, 0.8, n.shape))
    value, _ = smoothed_shares(x, n)
    level = (x.sum(axis=1) / n.sum(axis=1))[:, np.newaxis]
    low, high = np.minimum(x / n, level), np.maximum(x / n, level)
    assert ((low - 1e-12 <= value) & (value <= high + 1e-12)).all()
