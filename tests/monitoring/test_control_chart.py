"""What must hold of every chart, whatever the series."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.monitoring import SIGNALS, ControlChart, control_chart

EXAMPLES = 60
MIRRORED = dict(zip(SIGNALS[1::2], SIGNALS[2::2], strict=True))
MIRRORED |= {down: up for up, down in MIRRORED.items()} | {"none": "none"}

values = st.lists(st.one_of(st.integers(-40, 40), st.just(float("nan"))), max_size=40)
runs = st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 9)), max_size=6).map(
    lambda parts: [level + (i % 3) for level, length in parts for i in range(length)]
)
series = st.one_of(values, runs)


def chart(points: list[float], **more: object) -> ControlChart:
    return control_chart(points, direction="neutral", **more)  # type: ignore[arg-type]


def signals(points: list[float], **more: object) -> list[str]:
    return list(chart(points, **more).frame["signal"])


@settings(deadline=None, max_examples=EXAMPLES)
@given(series)
def test_a_mirrored_series_gives_mirrored_signals(points: list[float]) -> None:
    assert signals([-y for y in points]) == [MIRRORED[s] for s in signals(points)]


@settings(deadline=None, max_examples=EXAMPLES)
@given(series, st.integers(-1000, 1000), st.sampled_from([0.5, 2.0, 8.0]))
def test_neither_a_constant_nor_a_unit_changes_a_signal(
    points: list[float], constant: int, unit: float
) -> None:
    assert signals([unit * y + constant for y in points]) == signals(points)


@settings(deadline=None, max_examples=EXAMPLES)
@given(series, series)
def test_segments_know_nothing_of_one_another(first: list[float], second: list[float]) -> None:
    if first and second:
        together = chart([*first, *second], rebase_at=[len(first)]).frame
        apart = [*chart(first).frame.to_numpy(), *chart(second).frame.to_numpy()]
        assert repr(together.to_numpy().tolist()) == repr([row.tolist() for row in apart])


@settings(deadline=None, max_examples=EXAMPLES)
@given(series)
def test_missing_values_are_passed_over(points: list[float]) -> None:
    frame = chart(points).frame
    known = [y for y in points if y == y]
    assert list(frame["signal"][frame["value"].notna()]) == signals(known)
    assert (frame["signal"][frame["value"].isna()] == "none").all()
    if known:
        assert frame["centre"].notna().all()


@settings(deadline=None, max_examples=EXAMPLES)
@given(series)
def test_a_signal_lies_where_its_name_says(points: list[float]) -> None:
    frame = chart(points).frame
    assert (frame["value"] > frame["upper"])[frame["signal"] == "above_limit"].all()
    assert (frame["value"] < frame["lower"])[frame["signal"] == "below_limit"].all()
    assert (frame["value"] > frame["centre"])[
        frame["signal"].isin(["shift_up", "near_upper"])
    ].all()
    limits = frame["upper"].notna()
    assert (frame["signal"][~limits] == "none").all()


@pytest.mark.parametrize("points", [[], [5.0], [5.0] * 12, [float("nan")] * 8, [0.1 + 0.2] * 30])
def test_where_nothing_moves_there_are_no_limits_and_no_signals(points: list[float]) -> None:
    found = control_chart(points, direction="higher_is_better", target=3)
    assert found.frame["lower"].isna().all()
    assert (found.frame["signal"] == "none").all()
    assert found.assurance is None


def test_fewer_than_thirteen_points_are_trial_limits() -> None:
    points = [4.0, 6.0] * 7
    assert [chart(points[:n]).trial for n in (0, 12, 13)] == [True, True, False]
    assert chart(points, fix_after=12).trial
    assert chart(points, rebase_at=[13]).trial
    assert chart([*points[:12], float("nan")]).trial


def test_limits_of_the_first_points_stay() -> None:
    calm = [4.0, 6.0] * 6
    frame = chart([*calm, *[90.0, 19.0] * 5], fix_after=12).frame
    assert set(frame["centre"]) == {5.0}
    assert list(frame["signal"][12:]) == ["above_limit"] * 10


def test_an_outlier_does_not_widen_the_limits_by_which_it_is_judged() -> None:
    points = [1.0, 2.0] * 8
    points[5] = 30
    assert signals(points)[5] == "above_limit"
    wide = chart(points, screen_outliers=False).frame
    assert wide["upper"].iloc[0] > 2 * chart(points).frame["upper"].iloc[0]


@pytest.mark.parametrize(
    ("direction", "target", "expected"),
    [
        ("higher_is_better", -1, "passes"), ("higher_is_better", 11, "fails"),
        ("higher_is_better", 5, "hits_and_misses"), ("lower_is_better", -1, "fails"),
        ("lower_is_better", 11, "passes"), ("neutral", 11, "fails"), ("neutral", None, None),
    ],
)  # fmt: skip
def test_assurance(direction: str, target: float | None, expected: str | None) -> None:
    found = control_chart([4.0, 6.0] * 8, direction=direction, target=target)  # type: ignore[arg-type]
    assert found.assurance == expected


def test_a_target_is_held_against_the_last_segment() -> None:
    points = [4.0, 6.0] * 8 + [40.0, 42.0] * 8
    found = control_chart(points, direction="higher_is_better", target=20, rebase_at=[16])
    assert found.assurance == "passes"


@pytest.mark.parametrize("mistake", [{"rebase_at": [3]}, {"rebase_at": [-1]}, {"fix_after": 0}])
def test_mistakes_are_refused(mistake: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        chart([1.0, 2.0, 3.0], **mistake)
    with pytest.raises(ValueError):
        control_chart(np.ones((2, 2)), direction="neutral")
