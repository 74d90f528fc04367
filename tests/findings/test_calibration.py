"""How often a verdict is wrong with the truth on the bound of the tolerance: 5 % of tables at most.

A short version; `python -m equity calibrate` runs more of it.
"""

from __future__ import annotations

import numpy as np
import pytest

from equity.findings.contrasts import Against, edges
from equity.findings.discovery import discoveries
from equity.findings.judge import judge
from equity.findings.limits import published, rates

from .tables import REFERENCES, draw, on_the_bound, sizes

TABLES = 4000
SLACK = 3 * (0.05 * 0.95 / TABLES) ** 0.5
"""Three Monte-Carlo errors at 5 %."""


def wrong(
    reference: str, groups: int, size: str, share: float, percent: float, side: int = -1
) -> tuple[float, float]:
    """How often gap, and how often parity, is said with the truth on the bound."""
    rng = np.random.default_rng([groups, round(1000 * share), round(percent)])
    n = sizes(size, groups, rng)
    if reference in ("city", "rest"):
        n[0] = n.min()  # a large group on the bound would push the others beyond it
    true = on_the_bound(reference, share, n, percent, side)
    x, records = draw(true, n, TABLES, rng)
    found = judge(*REFERENCES[reference](x, records), edges(percent=percent))
    return float(found.gap.mean()), float(found.parity.mean())


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(
    ("groups", "size", "share", "percent", "side"),
    [
        (2, "medium", 0.5, 10, -1),
        (5, "mixed", 0.85, 10, 1),
        (8, "small", 0.02, 25, 1),
    ],
)
def test_a_gap_is_rarely_said_without_one(
    reference: str, groups: int, size: str, share: float, percent: float, side: int
) -> None:
    gap, _ = wrong(reference, groups, size, share, percent, side)
    assert gap <= 0.05


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(("groups", "share"), [(2, 0.5), (6, 0.8)])
def test_parity_is_rarely_said_of_a_group_on_the_bound(
    reference: str, groups: int, share: float
) -> None:
    for side in (-1, 1):
        _, parity = wrong(reference, groups, "large", share, 10, side)
        assert parity <= 0.05


@pytest.mark.proof
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("size", ["small", "medium", "large", "mixed"])
@pytest.mark.parametrize("groups", [2, 12, 30])
def test_both_errors_keep_their_level_everywhere(reference: str, groups: int, size: str) -> None:
    for share in (0.02, 0.5, 0.9):
        for percent, side in ((10, -1), (25, -1), (4, 1)):
            gap, parity = wrong(reference, groups, size, share, percent, side)
            assert gap <= 0.05 + SLACK / 3, (share, percent, side)
            assert parity <= 0.05 + SLACK / 3, (share, percent, side)


def test_a_gap_of_two_tolerances_is_found_where_there_are_records() -> None:
    rng = np.random.default_rng(8)
    true = np.full(8, 0.7)
    true[0] = 0.7 * 0.8
    for reference in ("city", "rest"):
        x, n = draw(true, np.full(8, 3000), 500, rng)
        found = judge(*REFERENCES[reference](x, n), edges(percent=10))
        assert found.gap.mean() >= 0.99
        assert (found.outside[:, 0] == -1).mean() >= 0.99
        assert (found.outside[:, 1:] == 0).mean() >= 0.999


def test_equal_groups_with_many_records_are_at_parity() -> None:
    rng = np.random.default_rng(9)
    for reference, held in REFERENCES.items():
        x, n = draw(np.full(6, 0.7), np.full(6, 20_000), 300, rng)
        assert judge(*held(x, n), edges(percent=10)).parity.mean() >= 0.99, reference


def test_rates_keep_their_level_from_published_limits_alone() -> None:
    """Over-dispersed counts, limits known at two confidences only, the reference a group."""
    rng = np.random.default_rng(11)
    spread, groups = 2.0, 6
    people = np.full(groups, 4000.0)
    expected = people * np.array([0.02, *[0.02 * 0.8] * (groups - 1)])
    x = rng.negative_binomial(expected / (spread - 1), 1 / spread, (TABLES, groups))
    exact = rates(x, people, spread)
    ends = []
    for critical in (1.959963984540054, 2.6382572734767484):  # 95 %, and Bonferroni for six
        below, above = exact.distances(critical)
        ends += [exact.value - below, exact.value + above]
    columns = slice(1, None), slice(0, 1)
    own, reference = (
        published(exact.value[:, part], *(end[:, part] for end in ends), groups) for part in columns
    )
    found = judge(own, Against(reference, family="dunnett"), edges(percent=20))
    assert found.gap.mean() <= 0.05


def test_a_p_value_says_gap_where_the_interval_does() -> None:
    rng = np.random.default_rng(12)
    for reference, held in REFERENCES.items():
        true = on_the_bound(reference, 0.6, np.full(5, 400), 30, -1)
        x, n = draw(true, np.full(5, 400), 2000, rng)
        found = judge(*held(x, n), edges(percent=10))
        assert 0.1 < found.gap.mean() < 1, reference
        assert ((found.p_value <= 0.05) == found.gap).mean() > 0.995, reference


def test_of_many_findings_few_called_certain_are_not() -> None:
    """200 screens of 40 comparisons, 30 of them on the bound: 5 % false discoveries at most."""
    rng = np.random.default_rng(13)
    screens, comparisons, null = 200, 40, 30
    n = np.full(4, 600)
    bound = on_the_bound("city", 0.6, n, 10, -1)
    far = on_the_bound("city", 0.6, n, 35, -1)
    p = []
    for true, count in ((bound, null), (far, comparisons - null)):
        x, records = draw(true, n, screens * count, rng)
        p.append(
            judge(*REFERENCES["city"](x, records), edges(percent=10)).p_value.reshape(
                screens, count
            )
        )
    false = []
    found_any = 0
    for row in np.hstack(p):
        found, confidence = discoveries(row)
        found_any += found[null:].sum()
        false.append(found[:null].sum() / max(found.sum(), 1))
        assert confidence == pytest.approx(1 - max(found.sum(), 1) * 0.05 / comparisons)
    assert found_any > 0.5 * screens * (comparisons - null)
    assert np.mean(false) <= 0.05
