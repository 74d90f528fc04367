"""Wall-clock times and epochs to instants, with a stated rule for the hours that daylight saving
repeats or skips. Everything is vectorised; instants are naive UTC in microseconds."""

from __future__ import annotations

from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that are read; others are not times of city records but defaults and slips."""

_DATE_ISO = r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
_DATE_US = r"^(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4})"
_CLOCK = r"(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
_OFFSET = r"\s*(?P<z>[zZ]|[+-]\d{2}(?::?\d{2})?)?$"
_PATTERNS = {
    ("iso", True): _DATE_ISO + r"(?:[Tt]|\s+)" + _CLOCK + _OFFSET,
    ("iso", False): _DATE_ISO + r"(?:[Tt\s]\s*0?0:00(?::00(?:\.0+)?)?[zZ]?)?$",
    ("us", True): _DATE_US + r",?\s+" + _CLOCK + r"\s*(?P<p>[AaPp]\.?[Mm]\.?)?$",
    ("us", False): _DATE_US + r"(?:,?\s+(?:0?0:00(?::00)?|12:00(?::00)?\s*[Aa]\.?[Mm]\.?))?$",
}
_NAT = np.datetime64("NaT", "us")


class Instants(NamedTuple):
    """`utc` (datetime64[us], NaT where there is none) and the masks of what is wrong."""

    utc: np.ndarray
    not_a_time: np.ndarray
    ambiguous: np.ndarray
    nonexistent: np.ndarray


def parse_times(text: pa.Array, format: str, zone: ZoneInfo) -> Instants:
    """Text (`iso` or `us`, null where missing) to instants; times without an offset are `zone`'s.

    Of a time that happens twice `utc` holds the first; of one that never happens, the instant
    that a clock shows which was not put forward (02:30 is then 03:30).

    >>> t = pa.array(["2024-11-03 01:30", "2024-03-10T02:30:00", "2024-01-01T00:00:00Z", "now"])
    >>> parse_times(t, "iso", ZoneInfo("America/Los_Angeles")).utc.astype("M8[s]").tolist()
    [datetime.datetime(2024, 11, 3, 8, 30), datetime.datetime(2024, 3, 10, 10, 30),
     datetime.datetime(2024, 1, 1, 0, 0), None]
    """
    parts = pc.extract_regex(text, _PATTERNS[format, True])
    hour, clock = _hour(parts, format)
    minute, second = _integer(parts, "M"), _integer(parts, "S")
    days, right = _days(parts)
    right &= clock & (minute < 60) & (second < 60)
    fraction = pc.utf8_slice_codeunits(pc.utf8_rpad(_strings(parts, "f"), 6, "0"), 0, 6)
    micro = pc.cast(fraction, pa.int64()).to_numpy(zero_copy_only=False)
    wall = days.astype("M8[us]") + (((hour * 60 + minute) * 60 + second) * 1_000_000 + micro)
    wall[~right] = _NAT
    if format == "us":
        return localise(wall, zone)._replace(not_a_time=_filled(text) & ~right)
    offset, has_offset, offset_right = _offsets(parts)
    right &= offset_right
    wall[~right] = _NAT
    local = localise(np.where(has_offset, _NAT, wall), zone)
    utc = np.where(has_offset, wall - offset, local.utc)
    return Instants(utc, _filled(text) & ~right, local.ambiguous, local.nonexistent)


def parse_dates(text: pa.Array, format: str) -> tuple[np.ndarray, np.ndarray]:
    """Text to days (datetime64[D]) and the mask of what is not a date; a midnight may follow."""
    days, right = _days(pc.extract_regex(text, _PATTERNS[format, False]))
    days[~right] = np.datetime64("NaT", "D")
    return days, _filled(text) & ~right


def localise(wall: np.ndarray, zone: ZoneInfo) -> Instants:
    """Naive wall-clock times (datetime64[us]) of `zone` to instants."""
    index = pd.DatetimeIndex(wall)
    present = ~np.isnat(wall)
    local = index.tz_localize(zone, ambiguous=np.ones(len(wall), bool), nonexistent="NaT")
    utc = _naive_utc(local)
    nonexistent = present & np.isnat(utc)
    ambiguous = np.zeros(len(wall), bool)
    if present.any():
        twice = index.tz_localize(zone, ambiguous="NaT", nonexistent="shift_forward")
        ambiguous = present & np.asarray(twice.isna())
    if nonexistent.any():
        # The offset in force before the gap: no zone skips more than a day's clock at once.
        gap = wall[nonexistent]
        before = gap - np.timedelta64(1, "D")
        offset = before - _naive_utc(
            pd.DatetimeIndex(before).tz_localize(
                zone, ambiguous=np.ones(len(gap), bool), nonexistent="shift_backward"
            )
        )
        utc[nonexistent] = gap - offset
    return Instants(utc, np.zeros(len(wall), bool), ambiguous, nonexistent)


def second_of_two(wall_utc: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """The second occurrence of ambiguous times whose first is `wall_utc`."""
    wall = to_local(wall_utc, zone)
    local = pd.DatetimeIndex(wall).tz_localize(zone, ambiguous=np.zeros(len(wall), bool))
    return _naive_utc(local)


def to_local(utc: np.ndarray, zone: ZoneInfo) -> np.ndarray:
    """Instants (naive UTC) as wall-clock times of `zone`."""
    local = pd.DatetimeIndex(utc).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return local.to_numpy().astype("M8[us]")


def in_years(values: np.ndarray) -> np.ndarray:
    """Mask of datetime64 values in the years that are read; False for NaT."""
    years = values.astype("M8[Y]").astype("int64") + 1970
    return ~np.isnat(values) & (years >= FIRST_YEAR) & (years <= LAST_YEAR)


def _naive_utc(local: pd.DatetimeIndex) -> np.ndarray:
    return local.tz_convert("UTC").tz_localize(None).to_numpy().astype("M8[us]")


def _filled(text: pa.Array) -> np.ndarray:
    return np.asarray(pc.is_valid(text).to_numpy(zero_copy_only=False))


def _strings(parts: pa.Array, name: str) -> pa.Array:
    """A group of the pattern, "0" where it is empty or nothing matched."""
    found = pc.fill_null(pc.struct_field(parts, name), "")
    return pc.if_else(pc.equal(found, ""), "0", found)


def _integer(parts: pa.Array, name: str) -> np.ndarray:
    return pc.cast(_strings(parts, name), pa.int64()).to_numpy(zero_copy_only=False)


def _days(parts: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Days, and whether the pattern matched and the day is in the calendar."""
    year, month, day = (_integer(parts, name) for name in "ymd")
    months = (year - 1970).astype("M8[Y]").astype("M8[M]") + (month - 1)
    days = months.astype("M8[D]") + (day - 1)
    right = _filled(parts) & (year >= FIRST_YEAR) & (year <= LAST_YEAR)
    right &= (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("M8[M]") == months)
    return days, right


def _hour(parts: pa.Array, format: str) -> tuple[np.ndarray, np.ndarray]:
    hour = _integer(parts, "H")
    if format != "us":
        return hour, hour < 24
    half = pc.utf8_upper(pc.utf8_slice_codeunits(_strings(parts, "p"), 0, 1))
    twelve = np.asarray(pc.not_equal(half, "0").to_numpy(zero_copy_only=False))
    evening = np.asarray(pc.equal(half, "P").to_numpy(zero_copy_only=False))
    right = np.where(twelve, (hour >= 1) & (hour <= 12), hour < 24)
    return np.where(twelve, hour % 12 + 12 * evening, hour), right


def _offsets(parts: pa.Array) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Offset from UTC (timedelta64[us]), whether there is one, and whether it is one."""
    coded = pc.dictionary_encode(_strings(parts, "z"))
    names = coded.dictionary.to_pylist()
    seconds, present, right = [], [], []
    for name in names:
        digits = name[1:].replace(":", "")
        hours, minutes = int(digits[:2] or 0), int(digits[2:] or 0)
        seconds.append((-1 if name[0] == "-" else 1) * (hours * 3600 + minutes * 60))
        present.append(name != "0")
        right.append(hours <= 14 and minutes < 60)
    index = coded.indices.to_numpy(zero_copy_only=False)
    offset = np.array(seconds, "int64")[index] * np.timedelta64(1_000_000, "us")
    return offset, np.array(present, bool)[index], np.array(right, bool)[index]
