"""How often the feed is wrong on series that do not change: simulated, from charts to entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from equity.monitoring.chance import autoregressive
from equity.monitoring.feed import feed
from equity.monitoring.fitting import fitting_chart
from equity.monitoring.limits import Numbers
from equity.monitoring.series import Counts, Series
from equity.monitoring.watching import Watched, frames_of
from equity.schema import SERIES_KEY

Kind = Literal["independent", "autocorrelated", "seasonal", "varying_n", "rates", "mixed"]
LENGTH = 84
_CARRIED = 0.3
_SEASON = 1.5
_SIZES = (30, 400)


class Wrong(NamedTuple):
    """Of `feeds` simulated feeds, `any`: the share with an entry, all of which are false (so it is
    the expected share of false entries), with its Monte-Carlo standard error; `entries`: false
    entries a series; `charted`: the share of charts with at least one signal."""

    feeds: int
    any: float
    error: float
    entries: float
    charted: float


def unchanged_series(kind: Kind, rng: np.random.Generator, count: int, length: int = LENGTH) -> list[Series]:  # fmt: skip
    """`count` monthly series of one kind in which nothing changes.

    Independent normal points; AR(1) of 0.3; a wave over the year 1.5 standard deviations high;
    shares of 30 to 400 records, a part of one half or less that differs from series to series;
    rates of 30 to 400 expected events; or a mixture of all.
    """
    makers: dict[str, Callable[[], Series]] = {
        "independent": lambda: _plain(autoregressive(rng, 1, length, 0.0)[0]),
        "autocorrelated": lambda: _plain(autoregressive(rng, 1, length, _CARRIED)[0]),
        "seasonal": lambda: _plain(autoregressive(rng, 1, length, 0.0)[0] + _wave(length)),
        "varying_n": lambda: _shares(rng, length),
        "rates": lambda: _rates(rng, length),
    }
    kinds = list(makers) if kind == "mixed" else [kind]
    return [makers[kinds[i % len(kinds)]]() for i in range(count)]


def watched(series: list[Series]) -> Watched:
    """What `watch` would give of these series, as groups of one metric by month."""
    periods = pd.date_range("2017-07-01", periods=len(series[0].values), freq="MS")
    told = []
    for i, each in enumerate(series):
        values = ("simulated", "", "month", "city", "city", "group", str(i), "value")
        told.append((dict(zip(SERIES_KEY, values, strict=True)), periods, fitting_chart(each)))
    return frames_of(told)


def false_entries(
    kind: Kind, *, feeds: int, series: int = 500, length: int = LENGTH, seed: int = 1
) -> Wrong:
    """How often a feed over `series` unchanged series has an entry, over `feeds` of them."""
    rng = np.random.default_rng((seed, sorted(_ORDER).index(kind), length))
    entries, charted = [], []
    for _ in range(feeds):
        seen = watched(unchanged_series(kind, rng, series, length))
        entries.append(len(feed(seen.signals, seen.charts).entries))
        charted.append(len(seen.signals.drop_duplicates(list(SERIES_KEY))) / series)
    wrong = float(np.mean(np.array(entries) > 0))
    return Wrong(
        feeds,
        wrong,
        float(np.sqrt(wrong * (1 - wrong) / feeds)),
        float(np.mean(entries)) / series,
        float(np.mean(charted)),
    )


_ORDER: tuple[Kind, ...] = (
    "independent",
    "autocorrelated",
    "seasonal",
    "varying_n",
    "rates",
    "mixed",
)


def _months(length: int) -> np.ndarray:
    return (np.arange(length) + 6) % 12


def _wave(length: int) -> Numbers:
    return _SEASON * np.sin(2 * np.pi * _months(length) / 12)


def _plain(values: Numbers) -> Series:
    return Series(values, _months(len(values)), 12)


def _shares(rng: np.random.Generator, length: int) -> Series:
    n = rng.integers(*_SIZES, length)
    values = 100 * rng.binomial(n, rng.uniform(0.05, 0.5)) / n
    return Series(values, _months(length), 12, Counts("share", values, n.astype(float)))


def _rates(rng: np.random.Generator, length: int) -> Series:
    people: Numbers = 100.0 * rng.integers(*_SIZES, length).astype(np.float64)
    values = 1000 * rng.poisson(people / 100) / people
    return Series(values, _months(length), 12, Counts("rate", values, people, 1000))
