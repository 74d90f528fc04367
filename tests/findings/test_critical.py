"""Critical values against published tables and against integrals computed another way."""

from __future__ import annotations

import numpy as np
import pytest

from equity.findings import critical


@pytest.mark.parametrize(
    ("groups", "value"),
    # Two-sided 5 %, infinite degrees of freedom: Dunnett 1964, Biometrics 20, table II.
    [(1, 1.96), (2, 2.21), (3, 2.35), (4, 2.44), (5, 2.51), (6, 2.57), (7, 2.61), (8, 2.65), (9, 2.69)],
)  # fmt: skip
def test_dunnett_as_published(groups: int, value: float) -> None:
    assert critical.dunnett([[0.5**0.5] * groups])[0] == pytest.approx(value, abs=0.005)


@pytest.mark.parametrize(
    ("groups", "value"),
    # Upper 5 % of the studentized range, infinite degrees of freedom: Harter 1960, table 3.
    [(2, 2.772), (3, 3.314), (4, 3.633), (5, 3.858), (8, 4.286), (10, 4.474), (20, 5.012)],
)
def test_tukey_as_published(groups: int, value: float) -> None:
    assert float(critical.tukey(groups)) * 2**0.5 == pytest.approx(value, abs=0.0006)


def test_tukey_as_scipy_has_it() -> None:
    from scipy.stats import studentized_range

    for groups in (3, 12, 30):
        tail = studentized_range.sf(4.0, groups, 1e9)
        assert critical.tukey_tail(4.0 / 2**0.5, groups) == pytest.approx(tail, rel=1e-6)


def test_dunnett_as_the_multivariate_normal_has_it() -> None:
    from scipy.stats import multivariate_normal

    loadings = np.array([[0.2, 0.5, 0.9, 0.4], [0.97, 0.95, 0.6, np.nan]])
    for row, value in zip(loadings, critical.dunnett(loadings), strict=True):
        held = row[np.isfinite(row)]
        matrix = np.outer(held, held)
        np.fill_diagonal(matrix, 1)
        covered = multivariate_normal(np.zeros(len(held)), matrix).cdf(
            np.full(len(held), value), lower_limit=np.full(len(held), -value)
        )
        assert covered == pytest.approx(0.95, abs=2e-5)


def test_sidak_bounds_every_other_family() -> None:
    for groups in (2, 5, 30):
        one = float(critical.sidak(groups))
        pairs = float(critical.sidak(groups * (groups - 1) / 2))
        assert critical.dunnett([[0.7] * groups])[0] <= one
        assert float(critical.tukey(groups)) <= pairs + 1e-6
        assert critical.sidak_tail(one, groups) == pytest.approx(0.05, abs=1e-9)


def test_confidence_may_differ_by_table() -> None:
    found = critical.dunnett([[0.7] * 4, [0.7] * 4], np.array([0.95, 0.99]))
    assert found[1] > found[0] + 0.4
    assert critical.dunnett_tail(found, [[0.7] * 4, [0.7] * 4]) == pytest.approx(
        [0.05, 0.01], abs=1e-7
    )


def test_tails_fall_and_begin_at_all() -> None:
    z = np.linspace(0, 6, 20)
    for tail in (critical.sidak_tail(z, 5), critical.tukey_tail(z, 5)):
        assert tail[0] == pytest.approx(1)
        assert (np.diff(tail) < 0).all()
