"""The simple verdict: every rule, and what must hold whatever the numbers are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.findings.model import Entry
from equity.findings.verdict import Band, decide, position, survives_unknown
from equity.framework.models import Tolerance

TEN_PERCENT = Tolerance(percent=10)


@pytest.mark.parametrize(
    ("interval", "simultaneous", "expected"),
    [
        ((50, 60), (49, 61), "behind"),
        ((85, 90), (84, 91), "ahead"),
        ((66, 79), (64, 81), "within"),
        ((50, 65), (48, 66), "unclear"),  # the simultaneous interval reaches into the band
        ((64, 70), (62, 72), "unclear"),
        ((None, None), (None, None), "unclear"),
    ],
)
def test_position(interval, simultaneous, expected):
    band = Band.around(72.7, TEN_PERCENT, favourable=1)
    assert position(band, interval, simultaneous) == expected


def test_position_turns_round_where_lower_is_better():
    band = Band.around(5.0, Tolerance(points=1), favourable=-1)
    assert position(band, (7, 8), (6.9, 8.1)) == "behind"
    assert position(band, (2, 3), (1.9, 3.1)) == "ahead"
    assert band.steps(7.0) == -2.0


def test_without_a_band_nothing_is_decided():
    assert position(None, (1, 2), (1, 2)) == "unclear"


def entry(where: str) -> Entry:
    return Entry("a", "value", where, estimate=70.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("positions", "missing", "blocks", "expected"),
    [
        (["within", "behind"], (), False, "gap"),
        (["within", "ahead"], (), False, "gap"),
        (["within", "behind"], ("b",), True, "gap"),  # what is missing does not hide a gap
        (["within", "within"], (), False, "parity"),
        (["within", "within"], ("b",), False, "cannot_tell"),
        (["within", "within"], (), True, "cannot_tell"),
        (["within", "unclear"], (), False, "cannot_tell"),
        ([], (), False, "cannot_tell"),
    ],
)
def test_decide(positions, missing, blocks, expected):
    entries = [entry(p) for p in positions]
    assert decide(entries, missing=missing, unknown_blocks_parity=blocks) == expected


values = st.floats(0.1, 1000, allow_nan=False)


@given(values, st.floats(0.5, 50), st.floats(0.001, 1000), st.floats(0, 2), st.floats(0, 2))
def test_a_change_of_unit_changes_no_position(reference, percent, unit, low, width):
    tolerance = Tolerance(percent=percent)
    interval = (reference * low, reference * (low + width))
    band, scaled = (Band.around(reference * u, tolerance, 1) for u in (1.0, unit))
    ends = (band.lower, band.upper)
    if min(abs(end - edge) for end in interval for edge in ends) < 1e-9 * reference:
        return  # on the edge, rounding decides
    other = (interval[0] * unit, interval[1] * unit)
    assert position(band, interval, interval) == position(scaled, other, other)


@given(values, st.integers(2, 8))
def test_equal_groups_known_well_enough_are_at_parity(reference, groups):
    band = Band.around(reference, TEN_PERCENT, 1)
    interval = (reference * 0.95, reference * 1.05)
    entries = [
        Entry(str(i), "value", position(band, interval, interval), estimate=reference)
        for i in range(groups)
    ]
    assert decide(entries, missing=(), unknown_blocks_parity=False) == "parity"


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 300))
def test_unknown_bound_covers_every_allocation(n, successes, unknown):
    successes = min(successes, n)
    band = Band.around(70, TEN_PERCENT, 1)
    group = Entry("a", "value", "within", n=n, numerator=successes)
    survives = survives_unknown(group, unknown, band, 100)
    allocations = [
        100 * (successes + hits) / (n + joined)
        for joined in {0, unknown // 2, unknown}
        for hits in {0, joined // 2, joined}
        if n + joined
    ]
    if survives:
        assert all(band.lower - 1e-9 <= share <= band.upper + 1e-9 for share in allocations)
