"""Do intervals hold the truth as often as they say?

Each check draws from processes whose chance, rate or quantile is known and counts how often the
interval holds it. Pure functions of `equity.estimates` are called as the build calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product

import numpy as np
import numpy.typing as npt

from equity import estimates
from equity.cube import sketch
from equity.estimates.arrays import Array, Interval
from equity.simulate.calibration import cities
from equity.simulate.calibration.model import Case, Check, average, proportion

PAIRS = (
    (20, 0.5, 20, 0.5),
    (20, 0.5, 2000, 0.5),
    (30, 0.59, 30, 0.41),
    (20, 0.5, 1000, 0.01),
    (40, 0.25, 4000, 0.7),
    (100, 0.1, 100, 0.1),
    (100, 0.9, 100, 0.1),
    (100, 0.1, 10000, 0.1),
    (200, 0.05, 200, 0.1),
    (1000, 0.01, 1000, 0.01),
    (10000, 0.7, 10000, 0.63),
)
"""Pairs declared beforehand: records and chance of each; all expect ten events and non-events."""
EVENTS = 10
_SIZES = (20, 30, 60, 100, 200)
_CHANCES = np.linspace(0.02, 0.98, 33)
PairInterval = Callable[[Array, Array, Array, Array], tuple[Array, Array, Array]]


def within(ends: Interval, truth: Array | float) -> Array:
    """Which intervals hold the truth (1 or 0)."""
    lower, upper = ends
    return np.asarray((lower <= truth) & (truth <= upper), dtype=float)


def shares(
    runs: int, rng: np.random.Generator, interval: estimates.ShareInterval = estimates.wilson
) -> Iterator[Case]:
    """Coverage of `interval` averaged over chances from 0 to 1, and the lowest at any chance."""
    for n in (10, 30, 100, 1000):
        chance = rng.uniform(0, 1, runs)
        drawn = rng.binomial(n, chance)
        yield proportion(f"{n:,} records, chances 0 to 1", within(interval(drawn, n, 0.95), chance))
    for n in (10, 30, 100, 1000):
        chances = np.linspace(0.005, 0.995, 199)
        ends = interval(np.arange(n + 1.0)[:, None], n, 0.95)
        covered = (_binomial(n, chances) * within(ends, chances)).sum(axis=0)
        where = float(chances[covered.argmin()])
        label = f"{n:,} records, the lowest of 199 chances (at {where:.3f})"
        yield Case(label, float(covered.min()), 0.0, 0, judged=False)


def counts(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Coverage of the exact Poisson interval."""
    for expected in (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 100.0, 1000.0):
        drawn = rng.poisson(expected, runs)
        yield proportion(
            f"{expected:,g} events expected", within(estimates.poisson(drawn), expected)
        )


def differences(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Coverage of the difference of two shares; Newcombe's interval beside it."""

    def truth(p: Array, q: Array) -> Array:
        return p - q

    yield from _pairs(runs, rng, estimates.difference_of_shares, truth)
    for name, interval, judged in (
        ("", estimates.difference_of_shares, True),
        ("Newcombe's interval: ", estimates.newcombe, False),
    ):
        lowest, pairs, where = _lowest(interval, truth)
        label = f"{name}the lowest of {pairs:,} pairs ({where})"
        yield Case(label, lowest, 0.0, 0, judged)


def ratios(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Coverage of the ratio of two shares."""

    def truth(p: Array, q: Array) -> Array:
        return p / q

    yield from _pairs(runs, rng, estimates.ratio_of_shares, truth)
    lowest, pairs, where = _lowest(estimates.ratio_of_shares, truth)
    yield Case(f"the lowest of {pairs:,} pairs ({where})", lowest, 0.0, 0)


def together(
    runs: int,
    rng: np.random.Generator,
    interval: estimates.ShareInterval = estimates.clopper_pearson,
) -> Iterator[Case]:
    """How often the simultaneous intervals of all groups hold at once."""
    for k, kind, chance in product((2, 5, 10, 30), ("small", "mixed"), (0.02, 0.1, 0.5)):
        records = cities.sizes(k, kind)
        drawn = cities.shares(rng, runs, np.full(k, chance), records)
        held = within(interval(drawn, records, estimates.bonferroni(k)), chance)
        yield proportion(f"{k} {kind} groups, share {chance:.0%}", held.all(axis=1))
    for k in (2, 10, 30):
        expected = cities.sizes(k) * 0.02
        ends = estimates.poisson(cities.counts(rng, np.tile(expected, (runs, 1))), estimates.bonferroni(k))  # fmt: skip
        yield proportion(
            f"{k} mixed places, rates", within(ends, np.asarray(expected, float)).all(axis=1)
        )


def overdispersed(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Coverage of counts that vary more than chance, with the dispersion estimated from them."""
    for dispersion, (places, months, expected) in product(
        (1.0, 1.5, 2.0, 4.0), ((10, 36, 5.0), (10, 36, 50.0), (30, 12, 20.0), (1, 48, 50.0))
    ):
        mean = np.full((places, months), expected)
        held = _held_with_dispersion(runs, mean, partial(cities.counts, rng, mean, dispersion))
        where = f"{places} places, {months} months" if places > 1 else f"one series, {months} months"  # fmt: skip
        yield average(f"{where}, {expected:g} expected, dispersion {dispersion:g}", held)
    mean = np.tile(40 * cities.seasons(36) * np.linspace(1, 1.5, 36), (10, 1))
    held = _held_with_dispersion(runs, mean, partial(cities.counts, rng, mean, 2.0))
    yield average("10 places, seasons and growth, dispersion 2", held)
    mean = np.tile(np.geomspace(3, 300, 20)[:, None], (1, 24))
    for spread in (0.15, 0.3):
        held = _held_with_dispersion(runs, mean, partial(cities.varying, rng, mean, spread))
        label = f"20 places of 3 to 300 expected, rates that vary by {spread:.0%}"
        yield average(label, held)
        yield average(f"{label}: the largest", held[:, -1])
    mean = np.tile(np.array([5.0, 20.0, 80.0, 400.0])[:, None], (1, 36))
    held = _held_with_dispersion(runs, mean, partial(cities.varying, rng, mean, 0.3))
    label = "four places, one of them four fifths of all, rates that vary by 30%"
    yield average(f"{label}: the largest", held[:, -1], judged=False)


def percentiles(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Coverage of the median and of high percentiles, read from sketches."""
    for p, records in ((0.5, (6, 20, 100, 400)), (0.9, (36, 100, 400)), (0.95, (72, 400))):
        for n in records:
            values = rng.lognormal(1.0, 1.0, (runs, n))
            truth = float(np.exp(1.0 + _normal_quantile(p)))
            low, high = (float(rank) for rank in estimates.percentile_ranks(n, p))
            held = _sketches(values)
            ends = (
                sketch.edges(sketch.at_rank(*held, np.full(runs, low)))[0],
                sketch.edges(sketch.at_rank(*held, np.full(runs, high)))[1],
            )
            yield proportion(f"{p:.0%} point of {n} durations", within(ends, truth))


def represented(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Coverage of the ratio of a share of recipients to a share of people, averaged over shares."""
    for n, margin in product((30, 100, 1000), (0.0, 0.1)):
        chance, fair = rng.uniform(0.02, 0.98, runs), 0.2
        seen = fair * (1 + rng.normal(0, margin / estimates.MARGIN_Z, runs))
        drawn = rng.binomial(n, chance)
        _, *ends = estimates.representation(drawn, n, seen, margin * seen)
        label = f"{n:,} recipients, margin of the population {margin:.0%}"
        yield proportion(label, within((ends[0], ends[1]), chance / fair))


def means(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Coverage of the mean: of normal amounts, and of durations with a long tail."""
    for n, spread in product((10, 30, 100, 1000), (0.0, 0.5, 1.0)):
        values = rng.lognormal(0, spread, (runs, n)) if spread else rng.normal(1, 0.2, (runs, n))
        mean = values.mean(axis=1)
        m2 = ((values - mean[:, None]) ** 2).sum(axis=1)
        _, *ends = estimates.mean(n, mean, m2)
        shape = f"with a long tail ({spread:g})" if spread else "normal"
        held = within((ends[0], ends[1]), float(np.exp(spread**2 / 2)))
        yield proportion(f"{n:,} values, {shape}", held, judged=not spread)


def _pairs(
    runs: int,
    rng: np.random.Generator,
    interval: PairInterval,
    truth: Callable[[Array, Array], Array],
) -> Iterable[Case]:
    for m, p, n, q in PAIRS:
        first, second = rng.binomial(m, p, runs), rng.binomial(n, q, runs)
        _, lower, upper = interval(
            np.asarray(first, float), np.asarray(m, float), np.asarray(second, float), np.asarray(n, float)
        )  # fmt: skip
        held = within((lower, upper), truth(np.asarray(p), np.asarray(q)))
        yield proportion(f"{p:.0%} of {m:,} and {q:.0%} of {n:,}", held)


def _lowest(
    interval: PairInterval, truth: Callable[[Array, Array], Array]
) -> tuple[float, int, str]:
    """Lowest coverage over all pairs of sizes and chances that expect enough events, exactly."""
    worst, pairs, where = 1.0, 0, ""
    for m, n in ((m, n) for m, n in product(_SIZES, _SIZES) if m <= n):
        of_first, of_second = (_CHANCES[_enough(size)] for size in (m, n))
        a, b = np.arange(m + 1.0)[:, None], np.arange(n + 1.0)[None, :]
        _, lower, upper = interval(a, np.asarray(float(m)), b, np.asarray(float(n)))
        weight_a, weight_b = _binomial(m, of_first), _binomial(n, of_second)
        for i, p in enumerate(of_first):
            for j, q in enumerate(of_second):
                held = within((lower, upper), truth(np.asarray(p), np.asarray(q)))
                covered = float(weight_a[:, i] @ held @ weight_b[:, j])
                pairs += 1
                if covered < worst:
                    worst, where = covered, f"{p:.0%} of {m} and {q:.0%} of {n}"
    return worst, pairs, where


def _enough(n: int) -> npt.NDArray[np.bool_]:
    return np.minimum(_CHANCES, 1 - _CHANCES) * n >= EVENTS - 1e-9


def _binomial(n: int, chances: Array) -> Array:
    """Chance of 0 … n successes (rows) at each of `chances` (columns)."""
    from scipy.stats import binom

    return np.asarray(binom.pmf(np.arange(n + 1)[:, None], n, chances))


def _normal_quantile(p: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(p))


def _held_with_dispersion(runs: int, mean: Array, draw: Callable[[], cities.Counts]) -> Array:
    """(runs, places): whether the interval of a place's last month holds its expected count."""
    held = np.empty((runs, len(mean)))
    for run in range(runs):
        drawn = draw().astype(float)
        spread = estimates.dispersion(drawn, by_row=True)
        ends = estimates.poisson(drawn[:, -1], dispersion=spread)
        held[run] = within(ends, np.asarray(mean[:, -1], float))
    return held


def _sketches(values: Array) -> tuple[sketch.Integers, sketch.Integers, sketch.Integers]:
    """The sketch of each row: owner, bucket and count, sorted by owner and bucket."""
    index = np.ceil(np.log(values) / np.log(sketch.GAMMA)).astype(np.int64) + sketch.SHIFT
    owner = np.repeat(np.arange(len(values)), values.shape[1])
    keys, number = np.unique(np.stack([owner, index.ravel()]), axis=1, return_counts=True)
    return keys[0], keys[1], number


CHECKS = (
    Check(
        "shares", "Intervals",
        "Wilson's interval of a share holds it, on average over all shares", shares,
        at_least=0.94, at_most=0.96,
    ),
    Check(
        "counts", "Intervals",
        "The exact Poisson interval holds the expected count (what is above 95 % is over-coverage)",
        counts, at_least=0.95,
    ),
    Check(
        "difference", "Intervals",
        "The interval of the difference of two shares holds it (pairs declared beforehand)",
        differences, at_least=0.94,
    ),
    Check(
        "ratio", "Intervals",
        "The interval of the ratio of two shares holds it (pairs declared beforehand)",
        ratios, at_least=0.94,
    ),
    Check(
        "simultaneous", "Intervals",
        "The simultaneous intervals of all groups hold at once", together, at_least=0.94,
    ),
    Check(
        "overdispersed", "Intervals",
        "Intervals of counts that vary more than chance hold, with the dispersion estimated",
        overdispersed, at_least=0.93,
    ),
    Check(
        "percentiles", "Intervals",
        "Intervals of medians and percentiles hold, where they exist", percentiles, at_least=0.94,
    ),
    Check(
        "representation", "Intervals",
        "The interval of a ratio of representation holds it, on average over shares",
        represented, at_least=0.94,
    ),
    Check(
        "means", "Intervals",
        "Student's interval of a mean holds it where values are normal; long tails are told beside",
        means, at_least=0.94,
    ),
)  # fmt: skip
