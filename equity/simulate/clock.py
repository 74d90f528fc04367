"""Days, hours and wall-clock times of the synthetic records, with daylight saving as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from equity.simulate.parameters import day_number

DAY = 86_400


class Clock:
    """Offsets of one time zone over the years of the sample, by hour.

    >>> clock = Clock("America/Los_Angeles", date(2021, 7, 1), date(2022, 7, 1))
    >>> [str(np.datetime64(int(t), "s")) for t in (*clock.folds, *clock.gaps)]
    ['2021-11-07T09:00:00', '2022-03-13T10:00:00']
    """

    def __init__(self, time_zone: str, first: date, last: date):
        zone = ZoneInfo(time_zone)
        self._start = (day_number(first) - 2) * DAY
        hours = (day_number(last) + 3) * 24 - self._start // 3600
        begin = datetime.fromtimestamp(self._start, UTC)
        offsets = [
            (begin + timedelta(hours=hour)).astimezone(zone).utcoffset() or timedelta(0)
            for hour in range(hours)
        ]
        self._offset = np.array([int(o.total_seconds()) for o in offsets], np.int64)
        change = np.flatnonzero(np.diff(self._offset)) + 1
        instants = self._start + change * 3600
        backward = self._offset[change] < self._offset[change - 1]
        self.folds = instants[backward]
        """Instants (UTC seconds) at which the clock is set back: an hour comes twice."""
        self.gaps = instants[~backward]
        """Instants at which the clock is set forward: an hour never comes."""

    def to_wall(self, utc: np.ndarray) -> np.ndarray:
        """Wall-clock seconds of instants (both in seconds since 1970)."""
        return utc + self._offset[(utc - self._start) // 3600]

    def as_read(self, utc: np.ndarray) -> np.ndarray:
        """Instants as they come back from their wall-clock time, when the first of two is taken."""
        before = utc - 3600
        return np.where(self.to_wall(before) == self.to_wall(utc), before, utc)


def sample_days(
    rng: np.random.Generator, n: int, fiscal_year: int, start: int, months: list[float]
) -> np.ndarray:
    """`n` sorted days (since 1970) of the fiscal year that begins in month `start`.

    `months` are twelve weights from `start` on.
    """
    first = day_number(date(fiscal_year, start, 1))
    days = np.arange(first, day_number(date(fiscal_year + 1, start, 1)))
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    weights = np.array(months)[(month - (start - 1)) % 12]
    cumulative = np.cumsum(weights) / weights.sum()
    at = np.searchsorted(cumulative, np.sort(rng.random(n)), side="right")
    return days[np.minimum(at, len(days) - 1)]


def sample_seconds(rng: np.random.Generator, n: int, hours: list[float]) -> np.ndarray:
    """`n` seconds of the day, with 24 hourly weights."""
    cumulative = np.cumsum(hours) / np.sum(hours)
    hour = np.searchsorted(cumulative, rng.random(n), side="right")
    return np.minimum(hour, 23) * 3600 + rng.integers(0, 3600, n)


def us_dates(days: np.ndarray) -> pa.Array:
    """Days as text: 07/04/2023."""
    low = int(days.min())
    all_days = np.arange(low, int(days.max()) + 1).astype("datetime64[D]")
    iso = np.datetime_as_string(all_days)
    pool = pa.array([f"{text[5:7]}/{text[8:10]}/{text[:4]}" for text in iso], pa.string())
    return pool.take(pa.array(days - low))


def us_times(wall: np.ndarray) -> pa.Array:
    """Wall-clock seconds as text: 07/04/2023 03:05:09 PM."""
    day, second = np.divmod(wall, DAY)
    return pc.binary_join_element_wise(us_dates(day), _clock_texts().take(pa.array(second)), " ")


@lru_cache(maxsize=1)
def _clock_texts() -> pa.Array:
    texts = []
    for second in range(DAY):
        hour, rest = divmod(second, 3600)
        half = "AM" if hour < 12 else "PM"
        texts.append(f"{(hour + 11) % 12 + 1:02d}:{rest // 60:02d}:{rest % 60:02d} {half}")
    return pa.array(texts, pa.string())
