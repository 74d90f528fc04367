"""What changed: is the feed wrong seldom enough on series that do not change?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from equity.estimates.arrays import Array
from equity.monitoring.evidence import RULES
from equity.monitoring.feed import RECENT, feed
from equity.monitoring.proving import Kind, unchanged_series, watched
from equity.monitoring.watching import Watched
from equity.schema import SERIES_KEY
from equity.simulate.calibration.model import Case, Check, proportion

SERIES = 500
KINDS: tuple[Kind, ...] = ("independent", "autocorrelated", "seasonal", "varying_n", "rates", "mixed")  # fmt: skip
_SAID = {
    "independent": "independent points",
    "autocorrelated": "AR 0.3",
    "seasonal": "a yearly wave",
    "varying_n": "shares of 30 to 400 records",
    "rates": "rates of 30 to 400 events",
    "mixed": "a mixture of all",
}
_RUNS_A_FEED = 200
"""A feed looks at 500 series: as many feeds as there are runs would take a day."""
_LEVELS = (0.05, 0.01)


def entries(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """How often a feed over 500 unchanged series of 84 months has an entry, all of it false."""
    for kind in KINDS:
        feeds = _feeds(runs)
        found = [len(feed(seen.signals, seen.charts).entries) for seen in _seen(feeds, kind, rng)]
        yield proportion(f"{_SAID[kind]}: {feeds} feeds of {SERIES} series", np.array(found) > 0)


def series(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """How often a series' own p-value, from which the feed is made, is below what it says.

    Told as a part of what it says: 1 is exact, below 1 cautious.
    """
    for kind in KINDS:
        p = np.concatenate([_p_values(seen) for seen in _seen(max(runs // SERIES, 1), kind, rng)])
        for level in _LEVELS:
            below = proportion("", p <= level)
            label = f"{_SAID[kind]}: p at most {level:g}, as part of {level:g}"
            yield Case(label, below.value / level, below.error / level, below.runs)


def _feeds(runs: int) -> int:
    return max(runs // _RUNS_A_FEED, 4)


def _seen(feeds: int, kind: Kind, rng: np.random.Generator) -> Iterator[Watched]:
    for _ in range(feeds):
        yield watched(unchanged_series(kind, rng, SERIES))


def _p_values(seen: Watched) -> Array:
    """Of every series the smallest p-value of the last periods, times the chances to be wrong."""
    charts = seen.charts[[*SERIES_KEY, "last"]]
    signals = seen.signals.merge(charts, on=list(SERIES_KEY))
    since = pd.to_datetime(signals["last"]) - pd.DateOffset(months=RECENT - 1)
    recent = signals[pd.to_datetime(signals["period"]) >= since]
    least = recent.groupby(list(SERIES_KEY))["p"].min().to_numpy(dtype=float)
    quiet = np.ones(len(charts) - len(least))
    return np.asarray(np.minimum(np.concatenate([least * RULES * RECENT, quiet]), 1.0))


CHECKS = (
    Check(
        "feed", "What changed",
        "A feed over 500 unchanged series has an entry (each of its entries is false)",
        entries, at_most=0.05,
    ),
    Check(
        "feed_series", "What changed",
        "A series' p-value, from which the feed is made, is small no more often than it says",
        series, at_most=1.0,
    ),
)  # fmt: skip
