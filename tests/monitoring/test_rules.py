"""The bare rules on many series at once, and what marks a point first."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.monitoring.rules import SIGNALS, fired, one_side, spread, trend

EXAMPLES = 60
signs = st.lists(st.integers(-1, 1), min_size=1, max_size=30)


@settings(deadline=None, max_examples=EXAMPLES)
@given(signs, st.integers(2, 9))
def test_one_side_is_what_its_words_say(side: list[int], run: int) -> None:
    windows = [side[i - run + 1 : i + 1] if i >= run - 1 else [0] for i in range(len(side))]
    said = [w[0] if len(set(w)) == 1 else 0 for w in windows]
    assert one_side(side, run).tolist() == said


@settings(deadline=None, max_examples=EXAMPLES)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_trend_is_what_its_words_say(points: list[int]) -> None:
    for i, end in enumerate(trend(points)):
        steps = np.diff(points[i - 6 : i + 1]) if i >= 6 else np.zeros(1)
        assert end == (1 if (steps > 0).all() else -1 if (steps < 0).all() else 0)


def test_many_series_are_the_same_call() -> None:
    points = np.random.default_rng(5).normal(0, 1.6, (40, 60)).cumsum(axis=1) / 3
    together = fired(points, 3.0).signals()
    assert (together == np.array([fired(row, 3.0).signals() for row in points])).all()
    assert set(np.unique(together)) == set(range(9))


def test_precedence() -> None:
    climbing = [-2.9, -2.5, -2.1, 0.1, 2.2, 2.5, 3.2]
    found = [SIGNALS[i] for i in fired(climbing, 3.0).signals()]
    assert found == ["trend_up"] * 6 + ["above_limit"]
    high = [0.1, 0.2, 0.1, 2.5, 0.2, 2.6, 0.1]
    found = [SIGNALS[i] for i in fired(high, 3.0).signals()]
    assert found == ["shift_up"] * 3 + ["near_upper", "shift_up", "near_upper", "shift_up"]


def test_a_point_beyond_the_limit_is_not_near_it() -> None:
    found = [SIGNALS[i] for i in fired([3.5, 0.1, 2.5], 3.0).signals()]
    assert found == ["above_limit", "none", "none"]


def test_spreading_a_short_row() -> None:
    assert spread([1]).tolist() == [1]
    assert spread([]).tolist() == []
