"""How large a gap is found with how many records: the curve on the methods page."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from equity.findings.contrasts import edges
from equity.findings.judge import judge
from equity.simulate.calibration import cities
from equity.simulate.calibration.tables import against_city, on_the_bound

TOLERANCE = 10.0
FOUND = 0.8
"""How often a gap must be found for a number of records to count as enough: 8 times in 10."""
RECORDS = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000)
LINES = ((10, 0.2), (10, 0.5), (10, 0.8), (2, 0.5))
"""Groups that are compared, and what share of their records succeeds."""
LARGEST = 99.0
"""Percent behind the city of a group of which hardly anybody is reached."""
_HALVINGS = 9


@dataclass(frozen=True)
class Point:
    """The smallest gap that is found 8 times in 10.

    `groups` of `records` records each at `share`, one of them `gap` percent behind the city; None
    where not even a group without any success is found so often. `found`: how often it is, with its
    Monte-Carlo `error`.
    """

    groups: int
    share: float
    records: int
    gap: float | None
    found: float
    error: float


def curve(
    runs: int,
    seed: int,
    *,
    lines: Sequence[tuple[int, float]] = LINES,
    records: Sequence[int] = RECORDS,
    progress: Callable[[str, float], None] = lambda stage, done: None,
) -> list[Point]:
    """Points of every line, searched by halving and then measured on `runs` tables."""
    points: list[Point] = []
    for i, (groups, share) in enumerate(lines):
        progress("power", i / len(lines))
        at_most = LARGEST  # with more records no larger a gap is needed
        for count in records:
            source = [seed, zlib.crc32(f"{groups} {share} {count}".encode())]
            gap = _smallest(max(200, runs // 8), source, groups, share, count, at_most)
            rng = np.random.default_rng([*source, 1])
            found = _found(runs, rng, groups, share, count, LARGEST if gap is None else gap)
            value = float(found.mean())
            error = float(np.sqrt(value * (1 - value) / runs))
            points.append(Point(groups, share, count, gap, value, error))
            at_most = at_most if gap is None else min(gap * 1.2, LARGEST)
    progress("power", 1.0)
    return points


def _smallest(
    runs: int, source: list[int], groups: int, share: float, records: int, high: float
) -> float | None:
    """The gap that is found 8 times in 10, by halving its distance from the tolerance on a log scale.

    Every step draws with the same chance, so that what is found only grows with the gap.
    """

    def often(gap: float) -> bool:
        rng = np.random.default_rng(source)
        return bool(_found(runs, rng, groups, share, records, gap).mean() >= FOUND)

    if not often(high):
        return None
    low, top = np.log(0.2), np.log(high - TOLERANCE)
    for _ in range(_HALVINGS):
        middle = (low + top) / 2
        low, top = (low, middle) if often(TOLERANCE + float(np.exp(middle))) else (middle, top)
    return round(TOLERANCE + float(np.exp(top)), 1)


def _found(
    runs: int, rng: np.random.Generator, groups: int, share: float, records: int, gap: float
) -> npt.NDArray[np.bool_]:
    """By table, whether the first group, `gap` percent behind the city, is said to be behind."""
    count = np.full(groups, records)
    true = on_the_bound("city", share, count, gap, -1)
    x = cities.shares(rng, runs, true, count)
    found = judge(*against_city(x, np.broadcast_to(count, x.shape)), edges(percent=TOLERANCE))
    return np.asarray(found.outside[:, 0] == -1)
