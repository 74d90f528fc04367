"""Five hundred series of 84 months: the chart that each calls for, with signals and p-values."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from bench.report import Line
from equity.monitoring import feed, fitting_chart
from equity.monitoring.proving import unchanged_series, watched

SERIES = 500


def measure() -> Iterator[Line]:
    """Seconds of all kinds mixed, after the probabilities of chance were simulated once."""
    series = unchanged_series("mixed", np.random.default_rng(1), SERIES)
    begin = time.process_time()
    for each in series:
        fitting_chart(each)
    first = time.process_time() - begin
    begin, busy = time.perf_counter(), time.process_time()
    for each in series:
        fitting_chart(each)
    seconds, busy = time.perf_counter() - begin, time.process_time() - busy
    note = f"{busy:.2f} s of processor time; {first:.2f} s with the simulations of a new process"
    yield Line(
        f"{SERIES} series of 84 months: pick, chart, judge", seconds, "s", limit=1, note=note
    )
    seen = watched(series)
    begin = time.perf_counter()
    feed(seen.signals, seen.charts)
    yield Line("  what changed, of all of them", time.perf_counter() - begin, "s", limit=0.2)
