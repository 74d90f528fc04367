"""How often the simple verdict is wrong, over many simulated comparisons of shares."""

from __future__ import annotations

import numpy as np
import pytest

from equity.estimates import bonferroni, wilson
from equity.findings.model import Entry, Verdict
from equity.findings.verdict import Band, decide, position
from equity.framework.models import Tolerance

COMPARISONS = 2000
TEN_PERCENT = Tolerance(percent=10)
HARDLY_ANY = Tolerance(points=1e-9)
"""A tolerance so small that every interval that misses the reference is called a gap."""


def verdicts(
    rng: np.random.Generator, chances: np.ndarray, sizes: np.ndarray, tolerance: Tolerance
) -> list[Verdict]:
    """The verdicts on `COMPARISONS` draws of k groups, against the share of all records."""
    k = len(chances)
    drawn = rng.binomial(sizes, chances, (COMPARISONS, k))
    estimates, lower, upper = drawn / sizes, *wilson(drawn, sizes)
    lower_k, upper_k = wilson(drawn, sizes, bonferroni(k))
    found = []
    for row in range(COMPARISONS):
        band = Band.around(100 * drawn[row].sum() / sizes.sum(), tolerance, favourable=1)
        entries = [
            Entry(
                str(i), "value",
                position(
                    band, (100 * lower[row, i], 100 * upper[row, i]),
                    (100 * lower_k[row, i], 100 * upper_k[row, i]),
                ),
                estimate=100 * estimates[row, i],
            )
            for i in range(k)
        ]  # fmt: skip
        found.append(decide(entries, missing=(), unknown_blocks_parity=False))
    return found


def part(found: list[Verdict], verdict: Verdict) -> float:
    return sum(each == verdict for each in found) / len(found)


@pytest.mark.proof
@pytest.mark.parametrize("tolerance", [TEN_PERCENT, HARDLY_ANY], ids=["ten_percent", "hardly_any"])
@pytest.mark.parametrize("chance", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("k", [5, 10, 30])
def test_equal_groups_are_rarely_called_a_gap(k: int, chance: float, tolerance: Tolerance) -> None:
    rng = np.random.default_rng(k)
    sizes = rng.integers(30, 2000, k)
    found = verdicts(rng, np.full(k, chance), sizes, tolerance)
    assert part(found, "gap") <= 0.05


@pytest.mark.proof
@pytest.mark.parametrize("k", [5, 10, 30])
def test_a_gap_of_two_tolerances_is_found_where_there_are_records(k: int) -> None:
    rng = np.random.default_rng(k)
    chances = np.full(k, 0.7)
    chances[0] = 0.7 * 0.8
    found = verdicts(rng, chances, np.full(k, 5000), TEN_PERCENT)
    assert part(found, "gap") >= 0.99


@pytest.mark.proof
@pytest.mark.parametrize("k", [5, 10, 30])
def test_parity_is_rarely_said_of_a_gap(k: int) -> None:
    """One group lies a little beyond the tolerance: parity is said of it in 2.5 % at most."""
    rng = np.random.default_rng(k)
    sizes = np.full(k, 5000)
    chances = np.full(k, 0.7)
    chances[0] = 0.7 * 0.89 * (k - 1) / (k - 0.89)  # 11 % below the share of all
    found = verdicts(rng, chances, sizes, TEN_PERCENT)
    assert part(found, "parity") <= 0.025
