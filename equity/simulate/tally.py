"""What is true of the synthetic records: sums by metric, fiscal year and group, while they are made."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr

from equity.schema import OUTSIDE, UNKNOWN

Index = tuple[list[str], np.ndarray]
"""Codes, and for each record the index of its code (−1: unknown, or outside for places)."""
_LOG_LOW, _LOG_STEP, _LOG_BINS = -6.0, 0.002, 6000  # logarithms of medians from e^-6 to e^6


@dataclass
class Tally:
    """Sums over clean records, kept apart by (metric, fiscal year, by); tallies add up.

    `counts`: one row a code (the last: unknown or outside) with n, expected numerator, numerator.
    `medians`: histogram of the logarithm of each record's true median, one row a code.
    """

    codes: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[tuple[str, int, str], np.ndarray] = field(default_factory=dict)
    medians: dict[tuple[str, int, str], np.ndarray] = field(default_factory=dict)
    quarantined: dict[str, dict[str, int]] = field(default_factory=dict)

    def add_shares(
        self,
        metric: str,
        year: int,
        groups: dict[str, Index],
        keep: np.ndarray,
        chance: np.ndarray,
        success: np.ndarray,
    ) -> None:
        """Counts the records in mask `keep`, of which each had `chance` of its `success`."""
        for by, (codes, index) in groups.items():
            at, size = self._at(by, codes, index, keep), len(codes) + 1
            sums = [
                np.bincount(at, minlength=size),
                np.bincount(at, weights=chance[keep], minlength=size),
                np.bincount(at, weights=success[keep], minlength=size),
            ]
            self.add_sums(metric, year, by, codes, np.column_stack(sums))

    def add_sums(self, metric: str, year: int, by: str, codes: list[str], sums: np.ndarray) -> None:
        """Adds a table with one row a code, and one for unknown: n, expected numerator, numerator."""
        self.codes[by] = codes
        known = self.counts.get((metric, year, by))
        self.counts[(metric, year, by)] = sums if known is None else known + sums

    def add_medians(
        self, metric: str, year: int, groups: dict[str, Index], keep: np.ndarray, log: np.ndarray
    ) -> None:
        """Counts the records in mask `keep`, whose true median has the logarithm `log`."""
        bins = ((log[keep] - _LOG_LOW) / _LOG_STEP).astype(np.int64).clip(0, _LOG_BINS - 1)
        for by, (codes, index) in groups.items():
            at, size = self._at(by, codes, index, keep), len(codes) + 1
            table = np.bincount(at * _LOG_BINS + bins, minlength=size * _LOG_BINS)
            known = self.medians.get((metric, year, by))
            table = table.reshape(size, _LOG_BINS)
            self.codes[by] = codes
            self.medians[(metric, year, by)] = table if known is None else known + table

    def _at(self, by: str, codes: list[str], index: np.ndarray, keep: np.ndarray) -> np.ndarray:
        kept = index[keep]
        return np.where(kept < 0, len(codes), kept)

    def quarantine(self, dataset: str, reason: str, count: int) -> None:
        """`count` more rows that intake must set aside for `reason`."""
        reasons = self.quarantined.setdefault(dataset, {})
        reasons[reason] = reasons.get(reason, 0) + int(count)

    def merge(self, other: Tally) -> None:
        """Adds all of `other`."""
        self.codes |= other.codes
        for key, sums in other.counts.items():
            self.counts[key] = self.counts[key] + sums if key in self.counts else sums
        for key, table in other.medians.items():
            self.medians[key] = self.medians[key] + table if key in self.medians else table
        for dataset, reasons in other.quarantined.items():
            for reason, count in reasons.items():
                self.quarantine(dataset, reason, count)


def labels(by: str, codes: list[str]) -> list[str]:
    """`codes` and the code of the last row of a tally."""
    return [*codes, OUTSIDE if by.startswith("place:") else UNKNOWN]


def median_of_mixture(histogram: np.ndarray, spread: float) -> float | None:
    """The median of lognormals whose medians' logarithms are counted in `histogram`.

    >>> one = np.zeros(_LOG_BINS)
    >>> one[int((np.log(3.0) - _LOG_LOW) / _LOG_STEP)] = 10
    >>> round(median_of_mixture(one, 0.8), 2)
    3.0
    """
    at = np.flatnonzero(histogram)
    if not len(at):
        return None
    weights = histogram[at] / histogram.sum()
    centres = _LOG_LOW + (at + 0.5) * _LOG_STEP
    low, high = centres.min(), centres.max()
    for _ in range(60):
        middle = (low + high) / 2
        if (weights * ndtr((middle - centres) / spread)).sum() < 0.5:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))
