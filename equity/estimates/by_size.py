"""Dispersion that grows with size: what large places vary by is not what small ones vary by."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from equity.estimates.arrays import Array

MEDIAN_OF_SQUARE = 0.4549
"""Median of a squared standard normal number."""
FAR = 3.0
"""Standard deviations beyond which a distance is an artefact."""
_ROUNDS = 4
_SINGULAR = 1e-3


def by_size(squares: Array, sizes: Array, large: npt.NDArray[np.bool_], minimum: int) -> Array:
    """Dispersion of each row (≥ 1) where it may grow with the row's size.

    `squares` (rows, pairs) are squared standardised distances, 1 on average by chance alone, NaN
    where there is none; `sizes` (rows) the counts or records of a period; `large` (rows, pairs)
    which distances have a median worth the name. Rates that vary by themselves add to the variance
    of a count in proportion to its square, so that one dispersion for all is too small for large
    rows and too large for small ones. The rows' mean squares are fitted as 1 + a + b·size with a, b
    ≥ 0, weighted by their precision; distances beyond three times what the rows' medians, fitted in
    the same way, let expect are cut to that, so that one artefact does not widen everything. NaN
    where fewer than `minimum` distances are known. McCullagh & Nelder 1989, Generalized Linear
    Models, sections 6.2.3 and 10.5 (variance functions φμ and μ + μ²/k).

    >>> squares = np.tile([[1.0], [3.0], [21.0]], 12)
    >>> by_size(squares, np.array([0.0, 10.0, 100.0]), squares < 0, 10).round(1).tolist()
    [1.0, 3.0, 21.0]
    """
    held = np.isfinite(squares)
    count = held.sum(axis=1).astype(float)
    if count.sum() < minimum:
        return np.full(len(squares), np.nan)
    large = large & held
    limit = np.full(len(squares), np.inf)
    told = large.sum(axis=1) > 0
    if large.sum() >= minimum:
        middle = np.array([np.median(row[kept]) for row, kept in zip(squares[told], large[told], strict=True)])  # fmt: skip
        typical = _line(middle / MEDIAN_OF_SQUARE, sizes[told], large[told].sum(axis=1), sizes)
        limit = FAR**2 * typical
    cut = np.minimum(np.where(held, squares, 0.0), limit[:, np.newaxis])
    some = count > 0
    mean = cut.sum(axis=1)[some] / count[some]
    return _line(mean, sizes[some], count[some], sizes)


def _line(squares: Array, sizes: Array, weights: Array, at: Array) -> Array:
    """1 + a + b·size at the sizes `at`, fitted by iterated weighted least squares with a, b ≥ 0."""
    excess, spread = squares - 1, np.ones(len(squares))
    a = b = 0.0
    for _ in range(_ROUNDS):
        weight = weights / spread**2
        s0, s1, s2 = (float((weight * sizes**power).sum()) for power in range(3))
        t0, t1 = float((weight * excess).sum()), float((weight * excess * sizes).sum())
        only_a, only_b = max(t0 / s0, 0.0), max(t1 / s2, 0.0) if s2 > 0 else 0.0
        whole = s0 * s2 - s1**2
        if whole > _SINGULAR * s0 * s2:
            a, b = (s2 * t0 - s1 * t1) / whole, (s0 * t1 - s1 * t0) / whole
            if a < 0 or b < 0:
                rest = [float((weight * (excess - line) ** 2).sum()) for line in (only_a, only_b * sizes)]  # fmt: skip
                a, b = (only_a, 0.0) if rest[0] <= rest[1] else (0.0, only_b)
        else:
            a, b = only_a, 0.0
        spread = 1 + a + b * sizes
    return np.asarray(1 + a + b * at)
