"""How much more counts and shares vary from period to period than chance alone makes them."""

from __future__ import annotations

import numpy as np

from equity.estimates.arrays import Array, Numbers, floats
from equity.estimates.by_size import FAR, MEDIAN_OF_SQUARE, by_size

_LARGE_PAIR = 20
_LEAST_APART = 0.05
"""A row that is nearly the whole table says next to nothing: its part counts as 95 % at most."""


def dispersion(
    series: Numbers, minimum_pairs: int = 10, lag: int = 1, *, by_row: bool = False
) -> Array:
    """How much more counts vary from one period to the next than Poisson counts would (≥ 1).

    `series` (…, rows, periods) has a row a place or group and a column a period, in order, NaN
    where there is none. Neighbours are `lag` columns apart: a year, for a single row, so that
    seasons do not count. Of two neighbouring Poisson counts a and b, given a + b, b is binomial; its
    share is that of all rows together (a half for a single row), so that what the whole city went
    through does not count. The squared standardised distance of b from its expectation is 1 on
    average, exactly and however small the counts, once its own part in the total is allowed for; the
    mean over all pairs estimates the dispersion. Distances far beyond the others are cut (`typical_square`), where
    pairs are large enough (20) to tell. NaN where fewer than `minimum_pairs` pairs hold any record. With `by_row` (two dimensions
    only) one for each row, which may grow with its counts (`by_size`): where the rates of places vary
    by themselves, the largest of them needs more than the mean.
    After von Neumann's successive differences (1941, Annals of Mathematical Statistics 12:
    367–395), applied to counts.

    >>> float(dispersion([[4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]]))
    1.0
    """
    counts = np.atleast_2d(np.asarray(series, dtype=float))
    first, second = counts[..., :-lag], counts[..., lag:]
    sums = first + second
    held = sums > 0  # false where either is NaN
    rows = held.sum(axis=-2, keepdims=True)
    alone = rows < 2
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(held, second, 0).sum(axis=-2, keepdims=True)
        moved = moved / np.where(held, sums, 0).sum(axis=-2, keepdims=True)
        share = np.where(alone, 0.5, moved)
        squares = (second - sums * share) ** 2 / (sums * share * (1 - share))
        part = np.where(held, sums, 0) / np.where(held, sums, 0).sum(axis=-2, keepdims=True)
        squares = squares / np.where(alone, 1.0, np.maximum(1 - part, _LEAST_APART))
    squares, large = np.where(held, squares, np.nan), sums >= _LARGE_PAIR
    if by_row:
        return by_size(squares, _mean(counts), large, minimum_pairs)
    flat = (*counts.shape[:-2], -1)
    return typical_square(squares.reshape(flat), large.reshape(flat), minimum_pairs)


def _mean(values: Array) -> Array:
    """The mean of each row without its gaps; 0 where it has none."""
    held = np.isfinite(values)
    total = np.where(held, values, 0.0).sum(axis=-1)
    return np.asarray(total / np.maximum(held.sum(axis=-1), 1))


_LARGE_TRIPLE = 20


def dispersion_of_shares(
    x: Numbers, n: Numbers, minimum: int = 10, lag: int = 1, *, by_row: bool = False
) -> Array:
    """How much more shares x/n vary from period to period than binomial ones would (≥ 1).

    `x` and `n` (…, rows, periods) have a row a place or group and a column a period, in order, NaN
    or n = 0 where there is none. Each period is held against the mean of its two neighbours, `lag`
    columns away (a year, for a single row, so that seasons do not count), so that a steady trend
    does not count either; and each row against the (inverse-variance weighted) mean of all rows, so
    that what the whole city went through does not. The squared distance over its binomial variance is 1 on average; the mean over
    all estimates the dispersion, distances far beyond the others being cut (`typical_square`). NaN
    where fewer than `minimum` periods have both neighbours. `by_row` as for `dispersion`. Differences of second order after
    Gasser, Sroka & Jennen-Steinmetz 1986, Biometrika 73: 625–633.

    >>> float(dispersion_of_shares([[30, 31, 29] * 5], [[60] * 15]))
    1.0
    >>> float(dispersion_of_shares([[15, 45, 15] * 5], [[60] * 15])) > 20
    True
    """
    successes, records = (np.atleast_2d(values) for values in floats(x, n))
    records = np.where(records > 0, records, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):

        def at(values: Array, start: int) -> Array:
            return values[..., start : max(values.shape[-1] - 2 * lag + start, start)]

        share = successes / records
        moved = at(share, lag) - (at(share, 0) + at(share, 2 * lag)) / 2
        each = 1 / at(records, lag) + (1 / at(records, 0) + 1 / at(records, 2 * lag)) / 4
        together = at(records, 0) + at(records, lag) + at(records, 2 * lag)
        part = (at(successes, 0) + at(successes, lag) + at(successes, 2 * lag)) / together
        # p(1 − p) of what was drawn is too small by one record's part.
        variance = each * part * (1 - part) * together / (together - 1)
        variance = np.where(variance > 0, variance, np.nan)
        weight = 1 / variance
        whole = np.nansum(weight, axis=-2, keepdims=True)
        alone = np.isfinite(weight).sum(axis=-2, keepdims=True) < 2
        everywhere = np.where(alone, 0.0, np.nansum(weight * moved, axis=-2, keepdims=True) / whole)
        squares = (moved - everywhere) ** 2 / (variance - np.where(alone, 0.0, 1 / whole))
        large = together * np.minimum(part, 1 - part) >= _LARGE_TRIPLE
    if by_row:
        return by_size(squares, _mean(records), large, minimum)
    flat = (*records.shape[:-2], -1)
    return typical_square(squares.reshape(flat), large.reshape(flat), minimum)


def typical_square(squares: Array, large: Array, minimum: int) -> Array:
    """Mean of squared standardised distances along the last axis, at least 1.

    One artefact must not widen everything: distances beyond three times what the median one
    suggests are cut to that, where at least `minimum` are `large` enough to have a median worth the
    name. NaN distances are left out; NaN where there are fewer than `minimum`.
    """
    held = np.isfinite(squares)
    large = large & held
    many = large.sum(axis=-1)
    ordered = np.sort(np.where(large, squares, np.inf), axis=-1)
    middle = np.stack([np.maximum(many - 1, 0) // 2, many // 2], axis=-1)
    middle = np.minimum(middle, max(ordered.shape[-1] - 1, 0))
    count = held.sum(axis=-1)
    if not ordered.shape[-1]:
        return np.full(count.shape, np.nan)
    median = np.take_along_axis(ordered, middle, axis=-1).mean(axis=-1)
    limit = np.where(many >= minimum, FAR**2 * np.maximum(1.0, median / MEDIAN_OF_SQUARE), np.inf)
    cut = np.minimum(np.where(held, squares, 0.0), limit[..., np.newaxis])
    mean = cut.sum(axis=-1) / np.maximum(count, 1)
    return np.where(count >= minimum, np.maximum(1.0, mean), np.nan)
