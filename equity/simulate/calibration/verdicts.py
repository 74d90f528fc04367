"""Is a gap said where there is none, and parity where there is a gap?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from equity import estimates
from equity.estimates.arrays import Array
from equity.findings.contrasts import Against, edges
from equity.findings.discovery import discoveries
from equity.findings.judge import Flags, Judged, judge
from equity.findings.limits import Estimates, rates, shares
from equity.findings.unknown import allocations
from equity.simulate.calibration import cities
from equity.simulate.calibration.cities import Counts
from equity.simulate.calibration.model import Case, Check, average, proportion
from equity.simulate.calibration.tables import (
    REFERENCES,
    Held,
    from_publication,
    on_the_bound,
)

TOLERANCE = 10.0
"""Percent of the reference, as San José declared for its first metric."""
COMPARISONS = 20
"""Findings on one screen."""
SCREENS = ((15, 35.0), (10, 20.0), (COMPARISONS, TOLERANCE))
"""How many of them lie on the bound, and how far behind (percent) the others are."""
_SCREENS = 250
"""Screens judged at once, so that they stay in the processor's cache."""


def false_gaps(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """How often a table with the truth on the bound is called a gap."""
    for reference, (k, kind, share, side) in product(
        REFERENCES,
        ((2, "large", 0.5, -1), (5, "mixed", 0.85, 1), (10, "small", 0.1, 1), (30, "mixed", 0.5, -1),
         (30, "small", 0.02, 1)),
    ):  # fmt: skip
        records = cities.sizes(k, kind)
        true = on_the_bound(reference, share, records, TOLERANCE, side)
        found = _judged(runs, rng, true, records, REFERENCES[reference])
        yield proportion(_label(reference, k, kind, share), found.gap)
    for k, kind in ((10, "large"), (30, "small")):
        true = np.where(np.arange(k) % 2, 0.45, 0.55)
        found = _judged(runs, rng, true, cities.sizes(k, kind), REFERENCES["city"])
        yield proportion(f"{k} {kind} groups against the city, half on each edge", found.gap)
    for k, kind, share in ((5, "mixed", 0.85), (10, "small", 0.1), (30, "small", 0.02)):
        records = cities.sizes(k, kind)
        true = on_the_bound("city", share, records, TOLERANCE, 1)
        found = _judged(runs, rng, true, records, from_publication)
        yield proportion(f"{_label('city', k, kind, share)}, from published intervals", found.gap)
    for k, spread in ((5, 1.5), (10, 4.0)):
        yield proportion(
            f"{k} rates against a group, dispersion {spread:g} estimated over 24 months",
            _overdispersed(runs, rng, k, spread).gap,
        )


def false_parities(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """How often a table with one pair on the bound is called parity."""
    for reference, (k, share, size), side in product(
        REFERENCES, ((2, 0.5, 4000), (5, 0.8, 2000), (10, 0.7, 20_000)), (-1, 1)
    ):
        if (reference == "best" and side > 0) or (reference == "rest" and k == 2 and side < 0):
            continue  # nobody is ahead of the best; of two, the other would lie beyond the bound
        records = np.full(k, size)
        one = -1 if reference in ("group", "best") else 0
        true = np.full(k, share)
        true[one] = on_the_bound(reference, share, records, TOLERANCE, side)[one]
        found = _judged(runs, rng, true, records, REFERENCES[reference])
        edge = "upper" if side > 0 else "lower"
        label = f"{k} groups of {size:,} against the {reference}, {share:.0%}, {edge} edge"
        yield proportion(label, found.parity)
    records = cities.sizes(5, "large")
    true = on_the_bound("city", 0.8, records, TOLERANCE, -1)
    found = _judged(runs, rng, true, records, from_publication)
    yield proportion("5 groups of 4,000 against the city, from published intervals", found.parity)


def equal(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Cities at parity with records enough: how often it is said."""
    for k, reference in product((2, 10), REFERENCES):
        found = _judged(runs, rng, np.full(k, 0.7), np.full(k, 20_000), REFERENCES[reference])
        yield proportion(f"{k} equal groups of 20,000 against the {reference}", found.parity)


def areas(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Groups of places on the bound, whose places differ among themselves; and the plain reading."""
    for groups, places, spread in ((2, 15, 0.02), (5, 6, 0.02), (5, 6, 0.05), (3, 4, 0.05)):
        each = np.full((groups, places), 500)
        true = on_the_bound("rest", 0.6, each.sum(axis=1), TOLERANCE, -1)
        chance = true[:, None] + spread * rng.standard_normal((runs, groups, places))
        x = rng.binomial(each, np.clip(chance, 0, 1))
        for clustered in (True, False):
            found = _of_areas(x, np.broadcast_to(each, x.shape), clustered)
            label = f"{groups} groups of {places} places that differ by {100 * spread:.0f} points"
            note = "" if clustered else ", taken as alike"
            yield proportion(label + note, found.gap, judged=clustered)


def _of_areas(x: Counts, n: Counts, clustered: bool) -> Judged:
    """Groups of places against everybody else, (tables, groups, places), as a build publishes them."""
    own, records = x.sum(axis=-1), n.sum(axis=-1)
    whole, everybody = own.sum(axis=1, keepdims=True), records.sum(axis=1, keepdims=True)
    spread: Array = np.ones(own.shape)
    if clustered:
        share = own / records
        found, freedom = estimates.between_places(x, n, share * (1 - share))
        level = estimates.bonferroni(own.shape[1])
        spread = np.maximum(estimates.for_few(found, freedom, level), 1.0)
    others = shares(whole - own, everybody - records, spread)
    return judge(shares(own, records, spread), Against(others), edges(percent=TOLERANCE))


def false_discoveries(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Screens of many comparisons: the part of those called certain that lie on the bound."""
    for nulls, far in SCREENS:
        parts = []
        for start in range(0, runs, _SCREENS):
            _, _, found, _, _ = _screens(min(_SCREENS, runs - start), rng, nulls, far)
            parts.append(found[:, :nulls].sum(axis=1) / np.maximum(found.sum(axis=1), 1))
        yield average(_screen(nulls, far), np.concatenate(parts))


def picked(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """The part of the picked findings whose adjusted interval misses the truth."""
    for nulls, far in SCREENS:
        parts = []
        for start in range(0, runs, _SCREENS):
            own, against, found, level, truth = _screens(min(_SCREENS, runs - start), rng, nulls, far)  # fmt: skip
            wide = judge(own, against, edges(percent=TOLERANCE), confidence=level)
            deciding = np.fmax(wide.beyond_lower, wide.beyond_upper).argmax(axis=1)[:, None]
            lower, upper, at = (
                np.take_along_axis(values, deciding, axis=1)[:, 0].reshape(found.shape)
                for values in (wide.lower, wide.upper, truth)
            )
            missed = (found & ~((lower <= at) & (at <= upper))).sum(axis=1)
            parts.append(missed / np.maximum(found.sum(axis=1), 1))
        yield average(_screen(nulls, far), np.concatenate(parts))


def together(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """How often the simultaneous differences from the reference hold at once."""
    for reference, (k, kind, share) in product(
        ("city", "rest", "group"),
        ((2, "large", 0.5), (5, "mixed", 0.85), (10, "small", 0.1), (30, "mixed", 0.5)),
    ):
        records = cities.sizes(k, kind)
        true = share * np.linspace(0.9, 1.1, k)
        found = _judged(runs, rng, true, records, REFERENCES[reference])
        at = true - _reference(reference, true, records)
        at = at[1:] if reference == "group" else at
        held = (found.lower <= at) & (at <= found.upper)
        yield proportion(_label(reference, k, kind, share), held.all(axis=1))


def _reference(reference: str, true: Array, records: Counts) -> Array | float:
    """The reference's true value, by group."""
    whole = (true * records).sum()
    if reference == "rest":
        return (whole - true * records) / (records.sum() - records)
    return float(true[0]) if reference == "group" else float(whole / records.sum())


def unknown_codes(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Codes missing at random and not: do the bounds hold what every record would have shown?"""
    k, records = 5, 400
    for label, of_success, of_failure in (
        ("at random", 0.15, 0.15),
        ("more often where service failed", 0.02, 0.4),
        ("more often where it succeeded", 0.4, 0.02),
    ):
        true = np.linspace(0.6, 0.75, k)
        x = cities.shares(rng, runs, true, np.full(k, records))
        # The last group hides its code twice as often as the others.
        hides = np.where(np.arange(k) == k - 1, 2.0, 1.0)
        lost_x = rng.binomial(x, np.minimum(of_success * hides, 1))
        lost_n = lost_x + rng.binomial(records - x, np.minimum(of_failure * hides, 1))
        gone_x, gone_n = lost_x.sum(axis=1, keepdims=True), lost_n.sum(axis=1, keepdims=True)
        (low, low_of), (high, high_of) = allocations(
            "share", x - lost_x, records - lost_n, gone_x, gone_n
        )
        share = x / records
        held = (low / low_of <= share) & (share <= high / high_of)
        yield proportion(f"shares of 5 groups, codes missing {label}", held.all(axis=1))
        seen = records - lost_n
        (least, _), (most, _) = allocations("rate", seen, 5000, gone_n, 0)
        held = (least <= records) & (records <= most)
        yield proportion(f"counts of 5 groups, codes missing {label}", held.all(axis=1))


def _judged(
    runs: int,
    rng: np.random.Generator,
    true: Array,
    records: Counts,
    held: Callable[[Counts, Counts], Held],
    confidence: float = 0.95,
) -> Judged:
    x = cities.shares(rng, runs, true, records)
    own, against = held(x, np.broadcast_to(records, x.shape))
    return judge(own, against, edges(percent=TOLERANCE), confidence=confidence)


def _overdispersed(runs: int, rng: np.random.Generator, k: int, spread: float) -> Judged:
    """The last month of rates on the bound against the first group, dispersion from 24 months."""
    mean = np.array([60.0, *[60.0 * (1 + TOLERANCE / 100)] * (k - 1)])
    drawn = cities.counts(rng, np.broadcast_to(mean[:, None], (runs, k, 24)), spread).astype(float)
    found = np.array([estimates.dispersion(city, by_row=True) for city in drawn])
    last = rates(drawn[:, 1:, -1], 1.0, found[:, 1:]), rates(drawn[:, :1, -1], 1.0, found[:, :1])
    return judge(
        last[0], Against(last[1], family="dunnett"), edges(percent=TOLERANCE), favourable=-1
    )


def _screens(
    screens: int, rng: np.random.Generator, nulls: int, far: float
) -> tuple[Estimates, Against, Flags, Array, Array]:
    """Screens of comparisons, the first `nulls` of each on the bound, the others `far` behind.

    A comparison a row: groups, reference; (screens, comparisons): which are certain; and again a
    row each: the confidence of intervals of what is picked, and the true differences.
    """
    records = np.full(4, 600)
    on = on_the_bound("city", 0.6, records, TOLERANCE, -1)
    beyond = on_the_bound("city", 0.6, records, far, -1)
    true = np.where((np.arange(COMPARISONS) < nulls)[:, None], on, beyond)
    x = rng.binomial(records, np.tile(true, (screens, 1)))
    own, against = REFERENCES["city"](x, np.broadcast_to(records, x.shape))
    p = judge(own, against, edges(percent=TOLERANCE)).p_value.reshape(screens, COMPARISONS)
    answers = [discoveries(row) for row in p]
    found = np.array([each for each, _ in answers])
    level = np.repeat([confidence for _, confidence in answers], COMPARISONS)
    truth = np.tile(true - true.mean(axis=1, keepdims=True), (screens, 1))
    return own, against, found, level, truth


def _screen(nulls: int, far: float) -> str:
    if nulls == COMPARISONS:
        return f"{nulls} comparisons, all on the bound"
    return f"{COMPARISONS} comparisons, {nulls} on the bound, the others {far:.0f} % behind"


def _label(reference: str, k: int, kind: str, share: float) -> str:
    return f"{k} {kind} groups against the {reference}, {share:.0%}"


CHECKS = (
    Check(
        "contrasts", "Verdicts",
        "The simultaneous differences of all groups from the reference hold at once",
        together, at_least=0.94,
    ),
    Check(
        "false_gap", "Verdicts",
        "A table whose truth lies on the bound of a 10 % tolerance is called a gap",
        false_gaps, at_most=0.05,
    ),
    Check(
        "areas", "Verdicts",
        "A comparison of groups of places on the bound is called a gap, where places differ",
        areas, at_most=0.05,
    ),
    Check(
        "false_parity", "Verdicts",
        "A table with one pair on the bound of a 10 % tolerance is called parity",
        false_parities, at_most=0.05,
    ),
    Check(
        "parity_found", "Verdicts",
        "Equal groups with records enough are called parity", equal, at_least=0.95,
    ),
    Check(
        "false_discovery", "Verdicts",
        "Of the findings called certain on a screen of 20, the part that lies on the bound",
        false_discoveries, at_most=0.05,
    ),
    Check(
        "picked", "Verdicts",
        "Of the findings picked out, the part whose adjusted interval misses (false coverage rate)",
        picked, at_most=0.05,
    ),
    Check(
        "unknown_codes", "Verdicts",
        "The bounds of the worst allocation hold what all records would have shown, whoever hides",
        unknown_codes, at_least=1.0,
    ),
)  # fmt: skip
