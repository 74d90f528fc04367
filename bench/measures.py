"""Every measure of disparity: 300 tables of 8 groups, and one table of 300 places."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from bench.report import Line
from equity.findings.measures import groups_of, measures, summarize

TABLES, GROUPS, PLACES = 300, 8, 300
_TIMES = 5


def measure() -> Iterator[Line]:
    """The quickest of five: seconds of the clock, and of the processor in the note."""
    random = np.random.default_rng(5)
    shape = (TABLES, GROUPS)
    y = np.clip(70 + 6 * random.standard_normal(shape), 1, 99)
    s, people = random.uniform(1, 4, shape), random.integers(50, 900, shape)
    kinds = {
        "a reference": {"reference": 2},
        "no reference": {},
        "ordered groups": {"ordered": True},
    }
    for name, options in kinds.items():
        groups = groups_of(y, s, people, sign=1, scale=100, **options)
        yield _line(f"all measures, 300 tables of 8 groups, {name}", lambda g=groups: measures(g), 0.4)  # fmt: skip
    places = groups_of(
        np.clip(70 + 6 * random.standard_normal(PLACES), 1, 99), 3.0, 100, sign=1, scale=100
    )
    yield _line("all measures, one table of 300 places", lambda: measures(places), 0.1)
    frame = pd.DataFrame(
        {"group": range(GROUPS), "estimate": y[0], "se": s[0], "population": people[0]}
    )
    yield _line(
        "summarize, one table of 8 groups, as a frame",
        lambda: summarize(frame, direction="higher_is_better", scale=100),
        0.1,
    )


def _line(name: str, work: Callable[[], object], limit: float) -> Line:
    work()
    best, busy = np.inf, np.inf
    for _ in range(_TIMES):
        begin, used = time.perf_counter(), time.process_time()
        work()
        best = min(best, time.perf_counter() - begin)
        busy = min(busy, time.process_time() - used)
    return Line(name, best, "s", limit=limit, note=f"{busy:.3f} s of processor time")
