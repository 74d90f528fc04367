"""Verdicts over many tables at once, and over one long comparison: seconds of processor time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from bench.report import Line
from equity.findings.contrasts import Against, edges
from equity.findings.judge import judge
from equity.findings.limits import shares

TABLES, GROUPS, PLACES, SEED = 300, 8, 300, 20210322
LIMIT = 0.1
"""Seconds for 300 tables of 8 groups: a fifth of what measures and verdicts may take together."""
REPEATS = 9


def _seconds(run: Callable[[], object]) -> float:
    run()
    taken = []
    for _ in range(REPEATS):
        begin = time.process_time()
        run()
        taken.append(time.process_time() - begin)
    return min(taken)


def measure() -> Iterator[Line]:
    """300 tables of 8 groups against each kind of reference; one comparison of 300 places."""
    rng = np.random.default_rng(SEED)
    n = rng.integers(30, 3000, (TABLES, GROUPS))
    x = rng.binomial(n, 0.7)
    all_x, all_n = x.sum(axis=1, keepdims=True), n.sum(axis=1, keepdims=True)
    own = shares(x, n)
    kinds = {
        "the city": (own, Against(shares(all_x - x, all_n - n), n / all_n)),
        "a group": (
            shares(x[:, 1:], n[:, 1:]),
            Against(shares(x[:, :1], n[:, :1]), family="dunnett"),
        ),
        "the best": (own, Against(own, family="tukey")),
    }
    tolerance = edges(percent=10)
    for name, (groups, against) in kinds.items():
        yield Line(
            f"verdicts: {TABLES} tables × {GROUPS} groups against {name}",
            _seconds(lambda groups=groups, against=against: judge(groups, against, tolerance)),  # type: ignore[misc]
            "s",
            LIMIT,
        )
    n = rng.integers(30, 3000, (1, PLACES))
    x = rng.binomial(n, 0.7)
    city = Against(shares(x.sum() - x, n.sum() - n), n / n.sum())
    places = shares(x, n)
    for name, against in (("the city", city), ("the best", Against(places, family="tukey"))):
        yield Line(
            f"verdicts: one comparison of {PLACES} places against {name}",
            _seconds(lambda against=against: judge(places, against, tolerance)),  # type: ignore[misc]
            "s",
            LIMIT,
        )
