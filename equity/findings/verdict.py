"""Where an entry stands against the tolerance, and what the comparison as a whole shows.

The simple verdict: *gap* when a simultaneous interval (1 − 0.05/k) lies wholly outside the
tolerance around a fixed reference; *parity* when every 95 % interval lies inside it, every declared
group is there and the unknown could not change that; else *cannot tell*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from equity.findings.model import Entry, Position, Verdict
from equity.framework.models import Tolerance

UNKNOWN_SHARE_LIMIT = 0.05
"""Share of records of unknown group above which parity must survive their worst allocation."""


@dataclass(frozen=True)
class Band:
    """A reference value with the tolerance around it, in the metric's unit.

    `favourable` is +1 where higher is better (and for neutral metrics), −1 where lower is.

    >>> band = Band.around(72.7, Tolerance(percent=10), favourable=1)
    >>> round(band.lower, 2), round(band.upper, 2)
    (65.43, 79.97)
    >>> band.steps(58.16)
    -2.0
    """

    reference: float
    lower: float
    upper: float
    favourable: int

    @classmethod
    def around(cls, reference: float, tolerance: Tolerance, favourable: int) -> Band:
        """The band of `tolerance` around `reference`."""
        half = tolerance.points or abs(reference) * (tolerance.percent or 0) / 100
        return cls(reference, reference - half, reference + half, favourable)

    @classmethod
    def around_or_none(
        cls, reference: float | None, tolerance: Tolerance, favourable: int
    ) -> Band | None:
        """The band around a value; None around no value (None or NaN)."""
        missing = reference is None or reference != reference
        return None if missing else cls.around(float(reference or 0.0), tolerance, favourable)

    def steps(self, value: float) -> float | None:
        """Signed distance from the reference in tolerances; negative on the unfavourable side."""
        half = (self.upper - self.lower) / 2
        return round((value - self.reference) * self.favourable / half, 4) if half else None

    def contains(self, lower: float, upper: float) -> bool:
        """Whether an interval lies wholly inside."""
        return self.lower <= lower and upper <= self.upper

    def nearest_end(self, lower: float, upper: float) -> float | None:
        """The end nearest the reference of an interval wholly outside the band, else None."""
        if upper < self.lower:
            return upper
        if lower > self.upper:
            return lower
        return None


def position(
    band: Band | None,
    interval: tuple[float | None, float | None],
    simultaneous: tuple[float | None, float | None],
) -> Position:
    """Where an estimate with its two intervals stands; `unclear` without band or interval."""
    if band is None:
        return "unclear"
    if None not in simultaneous:
        end = band.nearest_end(*simultaneous)  # type: ignore[arg-type]
        if end is not None:
            return "ahead" if (end - band.reference) * band.favourable > 0 else "behind"
    if None not in interval and band.contains(*interval):  # type: ignore[arg-type]
        return "within"
    return "unclear"


def survives_unknown(entry: Entry, unknown: int, band: Band, per: float) -> bool:
    """Whether a share stays inside the band wherever `unknown` records of unknown group belong.

    The worst allocations: all of them in this group, all as successes or all as failures.
    False where numerator or n are not known.

    >>> band = Band.around(70, Tolerance(percent=10), favourable=1)
    >>> entry = Entry("a", "value", "within", estimate=70, n=1000, numerator=700)
    >>> survives_unknown(entry, 20, band, 100), survives_unknown(entry, 400, band, 100)
    (True, False)
    """
    if entry.n is None or entry.numerator is None:
        return False
    n = entry.n + unknown
    return band.contains(per * entry.numerator / n, per * (entry.numerator + unknown) / n)


def decide(
    entries: Sequence[Entry],
    *,
    missing: Sequence[str],
    unknown_blocks_parity: bool,
) -> Verdict:
    """The verdict over compared entries (without unknown and outside).

    `missing`: declared groups or places that are suppressed or have no records.
    """
    if any(entry.position in ("behind", "ahead") for entry in entries):
        return "gap"
    settled = entries and all(entry.position == "within" for entry in entries)
    return "parity" if settled and not missing and not unknown_blocks_parity else "cannot_tell"
