"""p-values of signals: exact where they say so, never too small on unchanged series."""

from __future__ import annotations

from math import factorial

import numpy as np
import pytest
from scipy import stats

from equity.monitoring.chance import autoregressive
from equity.monitoring.evidence import over_run, trend_p, window_p
from equity.monitoring.fitting import fitting_chart
from equity.monitoring.rules import trend
from equity.monitoring.series import Series
from equity.monitoring.unchanged import unchanged


@pytest.mark.parametrize("width", [3, 7])
def test_a_window_is_held_against_the_others_by_a_t_test(width: int) -> None:
    points = np.random.default_rng(1).normal(2, 3, 30)
    found = window_p(points, width)
    for end in (width - 1, 15, 29):
        inside = slice(end - width + 1, end + 1)
        expected = stats.ttest_ind(points[inside], np.delete(points, inside)).pvalue
        assert found[end] == pytest.approx(expected)
    assert (found[: width - 1] == 1).all()


def test_one_point_and_series_that_do_not_move() -> None:
    points = np.array([1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 9.0])
    rest = points[:-1]
    t = (9 - rest.mean()) / (rest.std(ddof=1) * np.sqrt(1 + 1 / 6))
    assert window_p(points, 1)[-1] == pytest.approx(2 * stats.t.sf(t, 5))
    assert (window_p(np.ones(20), 7) == 1).all()
    assert (window_p(np.ones(3), 7) == 1).all()


def test_a_trend_has_the_probability_of_its_order() -> None:
    assert trend_p(trend(np.arange(9.0))).tolist() == [1] * 6 + [
        2 / factorial(k) for k in (7, 8, 9)
    ]
    rows = np.random.default_rng(2).random((200_000, 7))
    assert (trend(rows)[:, -1] != 0).mean() == pytest.approx(2 / factorial(7), abs=1.5e-4)


def test_what_belongs_to_a_run_has_its_best_end() -> None:
    p = np.array([0.5, 0.2, 0.3, 0.1])
    fires = np.array([False, True, True, False])
    assert over_run(p, fires, 2).tolist() == [0.2, 0.2, 0.3, 1.0]


@pytest.mark.parametrize("carried", [0.0, 0.3, 0.6])
def test_p_values_of_unchanged_series_are_not_too_small(carried: float) -> None:
    rows = autoregressive(np.random.default_rng(3), 1000, 84, carried)
    p = np.array([fitting_chart(Series(row)).p[-1] for row in rows])
    for level in (0.1, 0.01):
        assert (4 * p <= level).mean() <= level + 3 * np.sqrt(level / len(rows))


@pytest.mark.parametrize("carried", [0.3, 0.6])
def test_what_is_judged_has_no_memory_left(carried: float) -> None:
    rows = autoregressive(np.random.default_rng(4), 300, 84, carried)
    left = [unchanged(Series(row), by_size=False).independent() for row in rows]
    assert np.mean([np.corrcoef(each[1:], each[:-1])[0, 1] for each in left]) < 0.0
