"""A reference value with its tolerance, for bands on charts and distances in tolerances.

Verdicts do not come from it: there the reference is estimated too (`equity.findings.judge`).
"""

from __future__ import annotations

from dataclasses import dataclass

from equity.framework.models import Tolerance


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
