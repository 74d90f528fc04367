"""Times: the formats, the hours that daylight saving repeats and skips, epochs of both kinds."""
# ruff: noqa: DTZ001 - wall times and naive UTC are what is tested

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.framework.models import FieldSpec
from equity.records.times import parse_dates, parse_times, to_local
from equity.records.values import type_field

LA = ZoneInfo("America/Los_Angeles")


def read(
    values: list[Any], kind: str = "timestamp", **spec: Any
) -> tuple[list[Any], dict[str, int]]:
    column = pa.array(values)
    typed = type_field("at", FieldSpec(type=kind, **spec), column, LA)  # type: ignore[arg-type]
    return typed.values.to_pylist(), {k: int(v.sum()) for k, v in typed.faults.items() if v.any()}


@pytest.mark.parametrize(
    ("format", "text", "utc"),
    [
        ("iso", "2024-07-01T10:00:00", datetime(2024, 7, 1, 17)),
        ("iso", "2024-07-01 10:00", datetime(2024, 7, 1, 17)),
        ("iso", "2024-01-01 10:00:00.250", datetime(2024, 1, 1, 18, 0, 0, 250_000)),
        ("iso", "2024-07-01T10:00:00Z", datetime(2024, 7, 1, 10)),
        ("iso", "2024-07-01T10:00:00+05:30", datetime(2024, 7, 1, 4, 30)),
        ("iso", "2024-07-01T10:00:00-0700", datetime(2024, 7, 1, 17)),
        ("iso", "2024-07-01T10:00:00-07", datetime(2024, 7, 1, 17)),
        ("us", "7/1/2024 10:00 AM", datetime(2024, 7, 1, 17)),
        ("us", "07/01/2024 10:00:05 pm", datetime(2024, 7, 2, 5, 0, 5)),
        ("us", "7/1/2024 12:00 AM", datetime(2024, 7, 1, 7)),
        ("us", "7/1/2024 12:30 p.m.", datetime(2024, 7, 1, 19, 30)),
        ("us", "7/1/2024 22:05", datetime(2024, 7, 2, 5, 5)),
        ("epoch_s", "1719828000", datetime(2024, 7, 1, 10)),
        ("epoch_s", "1719828000.5", datetime(2024, 7, 1, 10, 0, 0, 500_000)),
        ("epoch_ms", "1719828000000", datetime(2024, 7, 1, 10)),
        ("epoch_ms", 1719828000000, datetime(2024, 7, 1, 10)),
        ("epoch_s", -1.0, datetime(1969, 12, 31, 23, 59, 59)),
    ],
)
def test_formats(format: str, text: Any, utc: datetime) -> None:
    assert read([text], format=format) == ([utc], {})


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("iso", "2024-02-30 10:00"), ("iso", "2024-13-01 10:00"), ("iso", "2024-01-01 24:00"),
        ("iso", "2024-01-01 10:60"), ("iso", "2024-01-01"), ("iso", "7/1/2024 10:00"),
        ("iso", "2024-01-01 10:00+15:00"), ("iso", "0001-01-01 00:00"), ("iso", "now"),
        ("us", "13/1/2024 10:00"), ("us", "1/5/21 10:00"), ("us", "1/5/2021 13:00 PM"),
        ("us", "1/5/2021 0:30 AM"), ("us", "2024-01-01 10:00"), ("us", "1/5/2021"),
        ("epoch_s", "1719828000000"), ("epoch_ms", "1e30"), ("epoch_ms", "NaN"),
        ("epoch_ms", "2024-01-01 10:00"),
    ],
)  # fmt: skip
def test_not_times(format: str, text: str) -> None:
    assert read([text], format=format) == ([None], {"type:at": 1})


def test_the_hour_that_comes_twice() -> None:
    twice = ["2024-11-03 01:30:00"]
    assert read(twice) == ([datetime(2024, 11, 3, 8, 30)], {})
    assert read(twice, ambiguous="second") == ([datetime(2024, 11, 3, 9, 30)], {})
    assert read(twice, ambiguous="quarantine") == ([None], {"time_ambiguous:at": 1})
    assert read(["2024-11-03 01:30:00-08:00"]) == ([datetime(2024, 11, 3, 9, 30)], {})
    assert read(["2024-11-03 02:00:00"]) == ([datetime(2024, 11, 3, 10)], {})


def test_the_hour_that_never_comes() -> None:
    never = ["3/10/2024 2:30 AM"]
    assert read(never, format="us") == ([None], {"time_nonexistent:at": 1})
    forward = read(never, format="us", nonexistent="forward")
    assert forward == ([datetime(2024, 3, 10, 10, 30)], {})  # 03:30 by a clock put forward
    assert read(["2024-03-10 03:00:00"]) == ([datetime(2024, 3, 10, 10)], {})


def test_an_epoch_with_a_zone_is_wall_time_written_as_if_utc() -> None:
    # The City's DATETIMERECEIVED beside DATETIMERECEIVEDUTC of the same request.
    wall = read(["1590696300000"], format="epoch_ms", time_zone="America/Los_Angeles")
    assert wall == read(["1590721500000"], format="epoch_ms")


def test_typed_parquet_columns() -> None:
    utc = pa.array([datetime(2024, 7, 1, 10, tzinfo=UTC)], pa.timestamp("ns", "UTC"))
    naive = pa.array([datetime(2024, 7, 1, 10)], pa.timestamp("ms"))
    spec = FieldSpec(type="timestamp")
    assert type_field("at", spec, utc, LA).values.to_pylist() == [datetime(2024, 7, 1, 10)]
    assert type_field("at", spec, naive, LA).values.to_pylist() == [datetime(2024, 7, 1, 17)]
    assert type_field("at", spec, pa.array([True]), LA).faults["type:at"].all()


@pytest.mark.parametrize(
    ("format", "good", "bad"),
    [("iso", "2024-02-29", "2023-02-29"), ("us", "2/29/2024", "29/2/2024"),
     ("iso", "2024-02-29T00:00:00.000Z", "2024-02-29 10:00"), ("us", "2/29/2024 12:00:00 AM", "x")],
)  # fmt: skip
def test_dates(format: str, good: str, bad: str) -> None:
    values, faults = read([good, bad, None], "date", format=format)
    assert values == [datetime(2024, 2, 29).date(), None, None]
    assert faults == {"type:at": 1}


def test_ranges_of_times_are_local_days() -> None:
    spec = {"minimum": datetime(2024, 7, 1).date(), "maximum": datetime(2024, 7, 1).date()}
    values, faults = read(["2024-07-02T06:59:00Z", "2024-07-02T07:00:00Z"], **spec)
    assert values == [datetime(2024, 7, 2, 6, 59), None]
    assert faults == {"range:at": 1}


@given(
    st.datetimes(datetime(1950, 1, 1), datetime(2037, 12, 31)).map(lambda t: t.replace(fold=0)),
    st.sampled_from(
        ["America/Los_Angeles", "Europe/Dublin", "Australia/Lord_Howe", "Asia/Kolkata"]
    ),
    st.integers(-90, 90),
)
def test_as_the_standard_library_reads_them(wall: datetime, zone: str, minutes: int) -> None:
    """Any wall time, and times near a change of clocks, as zoneinfo says with fold 0."""
    place = ZoneInfo(zone)
    times = [wall, _change_of_clocks(wall.year, place) + timedelta(minutes=minutes)]
    texts = [t.isoformat() for t in times]
    found = parse_times(pa.array(texts), "iso", place)
    for time, utc, twice, never in zip(
        times, found.utc, found.ambiguous, found.nonexistent, strict=True
    ):  # fmt: skip
        first = time.replace(tzinfo=place)
        assert utc.item() == first.astimezone(UTC).replace(tzinfo=None)
        exists = first.astimezone(UTC).astimezone(place).replace(tzinfo=None) == time
        later = first.replace(fold=1)
        assert never == (not exists)
        assert twice == (exists and first.utcoffset() != later.utcoffset())


def _change_of_clocks(year: int, zone: ZoneInfo) -> datetime:
    days = [datetime(year, 1, 1) + timedelta(days=n) for n in range(365)]
    offsets = [day.replace(tzinfo=zone).utcoffset() for day in days]
    for before, after, day in zip(offsets, offsets[1:], days, strict=False):
        if before != after:
            return day + timedelta(hours=2)
    return days[0]


def test_local_and_back() -> None:
    utc = np.array(["2024-11-03T08:30", "2024-11-03T09:30", "NaT"], "M8[us]")
    local = to_local(utc, LA)
    assert local.tolist() == [datetime(2024, 11, 3, 1, 30)] * 2 + [None]
    assert parse_dates(pa.array(["1/1/2024"]), "iso")[1].tolist() == [True]
