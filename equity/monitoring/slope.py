"""Straight lines through series whose errors resemble their neighbours'.

One model for every use: a level, a slope, a season, and errors that are autoregressive of order
one. The autocorrelation is not known, and pretending that its estimate were the truth makes
intervals too short. So the line is fitted under every autocorrelation of a grid, each fit counts by
its restricted likelihood (which, unlike the correlation of residuals, is not biased towards zero by
the fit itself), and the interval is that of the mixture.

Sources: Harville 1977, JASA 72: 320–338 (restricted likelihood); Cheang & Reinsel 2000, JASA 95:
1173–1184 (it removes most of the bias in trends with AR(1) errors); Box & Tiao 1973, Bayesian
Inference in Statistical Analysis, section 2.4 (integrating a nuisance parameter out of Student's t).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

MINIMUM = 24
"""Points below which nothing is said of a series' movement."""

_AUTOCORRELATIONS = np.linspace(-0.5, 0.95, 30)
_BELIEF = 0.75 * np.log(1 - _AUTOCORRELATIONS**2)
"""Before anything is seen, neighbours that are nearly the same are less likely than others: with a
flat belief they would make all intervals long, with the full (1 − r²) 24 points at 0.6 cover 92 %."""
_STEADY_PARTS = (0.0, 0.5, 1.0)
"""Part of the noise that is the same in every period, where the sampling variances are known: the
rest goes with them. Counts alone give 0; a process that wanders by itself gives 1."""
_RIDGE = 1e-9
_HALVINGS = 26

Interval = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Estimates, lower ends, upper ends: one each a series, NaN where no line was fitted."""


@dataclass(frozen=True)
class Lines:
    """One fitted line a series; see `fit_lines`.

    `n`: points seen; `first`, `last`: positions of the first and last of them; `autocorrelation`:
    mean over the mixture, NaN where no line was fitted.
    """

    n: np.ndarray
    first: np.ndarray
    last: np.ndarray
    autocorrelation: np.ndarray
    _freedom: np.ndarray
    _weights: np.ndarray
    _coefficients: np.ndarray
    _covariances: np.ndarray

    @property
    def fitted(self) -> np.ndarray:
        """Whether each series had points enough."""
        return self.n >= MINIMUM

    def change(self, confidence: ArrayLike = 0.95) -> Interval:
        """How far the line moves from the first point to the last, in the series' unit."""
        return self._combine(0.0, self.last - self.first, confidence)

    def middle(self, confidence: ArrayLike = 0.95) -> Interval:
        """The line's height half way between the first point and the last, without seasons."""
        return self._combine(1.0, 0.0, confidence)

    def at(self, position: ArrayLike, confidence: ArrayLike = 0.95) -> Interval:
        """The line's height at a position (0 is the first column), inside the series or beyond."""
        return self._combine(1.0, np.asarray(position) - (self.first + self.last) / 2, confidence)

    def _combine(self, level: float, slope: ArrayLike, confidence: ArrayLike) -> Interval:
        """Estimate and equal-tailed interval of level × height + slope × slope per step."""
        combined = np.stack(np.broadcast_arrays(level, slope, np.zeros(len(self.n)))[:2], axis=-1)
        means = np.einsum("sgp,sp->sg", self._coefficients, combined)
        spreads = np.sqrt(np.einsum("sp,sgpq,sq->sg", combined, self._covariances, combined))
        tail = np.broadcast_to((1 - np.asarray(confidence, float)) / 2, self.n.shape)
        lower, upper = (self._quantile(part, means, spreads) for part in (tail, 1 - tail))
        return (self._weights * means).sum(axis=1), lower, upper

    def _quantile(self, part: np.ndarray, means: np.ndarray, spreads: np.ndarray) -> np.ndarray:
        """Quantiles of mixtures of Student's t, by halving."""
        from scipy.special import stdtr, stdtrit

        freedom = self._freedom[:, None]
        ends = means + spreads * stdtrit(freedom, part[:, None])
        low, high = ends.min(axis=1), ends.max(axis=1)
        narrow = np.where(spreads > 0, spreads, np.finfo(float).tiny)
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            below = (self._weights * stdtr(freedom, (middle[:, None] - means) / narrow)).sum(axis=1)
            low, high = np.where(below < part, middle, low), np.where(below < part, high, middle)
        return np.where(np.isfinite(means[:, 0]), (low + high) / 2, np.nan)


def fit_lines(values: ArrayLike, *, variances: ArrayLike | None = None, season: int = 1) -> Lines:
    """A line through each row of `values` (series × equally spaced times; NaN is not seen).

    `variances`: of the same shape, how uncertain each value is by itself, up to a factor (one over
    the number of records will do); how much of the noise goes with them is found from the series.
    `season`: positions after which a season comes back (12 for months, 4 for quarters, 1 for none);
    every one but one takes a degree of freedom. Rows with fewer than `MINIMUM` points are not
    fitted. Intervals at 95 % cover the true change in 95–97 of 100 series of 24 points and more with
    an autocorrelation from −0.3 to 0.3, in 92–95 of 100 at 0.6, and in 88–94 of 100 at 0.8
    (docs/methods/calibration.md).

    >>> rng = np.random.default_rng(1)
    >>> lines = fit_lines(5 - 0.1 * np.arange(36) + rng.normal(size=(2, 36)))
    >>> [np.round(part, 1).tolist() for part in lines.change()]
    [[-3.4, -3.1], [-4.8, -3.9], [-2.0, -2.3]]
    """
    table = np.atleast_2d(np.asarray(values, float))
    seen = np.isfinite(table)
    n = seen.sum(axis=1)
    steps = table.shape[1]
    first = np.where(n > 0, seen.argmax(axis=1), 0)
    last = np.where(n > 0, steps - 1 - seen[:, ::-1].argmax(axis=1), 0)
    rows = np.flatnonzero(n >= MINIMUM)
    known = (
        None if variances is None else np.broadcast_to(np.asarray(variances, float), table.shape)
    )
    parts = 1 if known is None else len(_STEADY_PARTS)
    shape = (len(table), parts * len(_AUTOCORRELATIONS))
    weights, coefficients = np.full(shape, np.nan), np.full((*shape, 2), np.nan)
    covariances, freedom = np.full((*shape, 2, 2), np.nan), np.ones(len(table))
    if len(rows):
        design, used = _design(seen[rows], (first[rows] + last[rows]) / 2, season)
        freedom[rows] = n[rows] - used
        sizes = None if known is None else known[rows]
        found = _fit(table[rows], seen[rows], sizes, design, freedom[rows])
        weights[rows], coefficients[rows], covariances[rows] = found
    mean = (weights * np.tile(_AUTOCORRELATIONS, parts)).sum(axis=1)
    return Lines(n, first, last, mean, freedom, weights, coefficients, covariances)


def _design(seen: np.ndarray, middle: np.ndarray, season: int) -> tuple[np.ndarray, np.ndarray]:
    """Height and slope at the middle of each series, and seasons that add up to nothing; how many."""
    steps = np.arange(seen.shape[1])
    of = steps % season
    effects = (of[:, None] == np.arange(season - 1)).astype(float)
    effects[of == season - 1] = -1.0
    line = np.stack([np.ones(seen.shape), steps - middle[:, None]], axis=-1)
    seasons = np.stack([seen[:, of == i].any(axis=1) for i in range(season)], axis=1).sum(axis=1)
    return np.concatenate(
        [line, np.broadcast_to(effects, (*seen.shape, season - 1))], axis=-1
    ), 1 + seasons


def _fit(
    values: np.ndarray,
    seen: np.ndarray,
    variances: np.ndarray | None,
    design: np.ndarray,
    freedom: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weights, coefficients and covariances of the line under every hypothesis of the grid."""
    before, apart = _neighbours(seen)
    found: list[tuple[np.ndarray, ...]] = []
    # A season that was never seen has no effect, rather than any.
    ridge = _RIDGE * np.diag([0.0, 0.0] + [1.0] * (design.shape[-1] - 2))
    level = np.where(seen, values, 0.0)
    smallest = np.maximum(np.abs(level).max(axis=1), 1e-100) ** 2 * 1e-24
    for part in (None,) if variances is None else _STEADY_PARTS:
        sizes, scale = _standardized(seen, variances, part)
        y, x = level * sizes, design * sizes[..., None]
        for r, belief in zip(_AUTOCORRELATIONS, _BELIEF, strict=True):
            # What is new in each value, given the one seen before it: independent, of variance 1.
            pull = np.where(before >= 0, np.power(r, apart), 0.0)
            own = np.where(seen, 1 / np.sqrt(1 - pull**2), 0.0)
            y_new = own * (y - pull * np.take_along_axis(y, np.maximum(before, 0), axis=1))
            x_old = np.take_along_axis(x, np.maximum(before, 0)[..., None], axis=1)
            x_new = own[..., None] * (x - pull[..., None] * x_old)
            across = np.swapaxes(x_new, 1, 2)
            information = across @ x_new + ridge
            inverse = np.linalg.inv(information)
            b = (inverse @ (across @ y_new[..., None]))[..., 0]
            rest = ((y_new - (x_new @ b[..., None])[..., 0]) ** 2).sum(axis=1)
            rest = np.maximum(rest, smallest * scale)
            spread = np.log(np.where(seen, own * sizes, 1.0)).sum(axis=1)
            likelihood = (
                belief + spread - (np.linalg.slogdet(information)[1] + freedom * np.log(rest)) / 2
            )
            covariance = (rest / freedom)[:, None, None] * inverse[:, :2, :2]
            found.append((likelihood, b[:, :2], covariance))
    likelihoods, coefficients, covariances = (np.stack(item, axis=1) for item in zip(*found, strict=True))  # fmt: skip
    weights = np.exp(likelihoods - likelihoods.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True), coefficients, covariances


def _neighbours(seen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Position of the point seen before each (−1 for none), and how many steps before."""
    steps = np.arange(seen.shape[1])
    latest = np.maximum.accumulate(np.where(seen, steps, -1), axis=1)
    before = np.concatenate([np.full((len(seen), 1), -1), latest[:, :-1]], axis=1)
    return before, np.where(before >= 0, steps - before, 1)


def _standardized(seen: np.ndarray, variances: np.ndarray | None, part: Any) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """One over the standard error of each point, of mean variance 1; and the largest, squared."""
    if variances is None:
        return seen.astype(float), np.ones(len(seen))
    known = np.where(seen, variances, np.nan)
    relative = known / np.nanmean(known, axis=1, keepdims=True)
    sizes = np.where(seen, 1 / np.sqrt(part + (1 - part) * relative), 0.0)
    return sizes, sizes.max(axis=1) ** 2
