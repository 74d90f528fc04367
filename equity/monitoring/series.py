"""What a chart is drawn of: a series with what is known of how it was counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from equity.monitoring.limits import Numbers


@dataclass(frozen=True)
class Counts:
    """How the values of a series came from counts.

    `kind`: "share" (of `base` records) or "rate" (per `base` people); `estimates` in units of
    `per`: 72.7 for 72.7 %; `base` the denominators. All as long as the series; NaN where missing.
    """

    kind: Literal["share", "rate"]
    estimates: Numbers
    base: Numbers
    per: float = 100.0

    @property
    def variation(self) -> float:
        """Standard deviation of the denominators over their mean."""
        base = self.base[~np.isnan(self.base)]
        return float(base.std() / base.mean()) if len(base) and base.mean() > 0 else 0.0

    def sampling_error(self) -> Numbers:
        """The standard error of each estimate around their common mean, from its denominator."""
        mean = self.mean()
        inside = mean * (1 - mean) if self.kind == "share" else mean
        with np.errstate(divide="ignore", invalid="ignore"):
            error: Numbers = self.per * np.sqrt(max(inside, 0.0) / self.base)
        return error

    def mean(self) -> float:
        """All that was counted over all denominators, as a part of 1."""
        known = ~np.isnan(self.estimates) & (self.base > 0)
        total = float(self.base[known].sum())
        return float((self.estimates[known] * self.base[known]).sum()) / self.per / total if total else 0.0  # fmt: skip

    def at(self, positions: NDArray[np.intp]) -> Counts:
        """The counts of some of the periods."""
        return replace(self, estimates=self.estimates[positions], base=self.base[positions])

    def steadied(self, deviations: Numbers) -> Numbers:
        """Deviations on a scale where their spread does not depend on their level.

        `deviations`: estimates less what was expected of them. Anscombe's transformations: of few
        cases, large counts are less surprising than a normal distribution has it, small ones more.
        Source: Anscombe 1948, Biometrika 35: 246–254.
        """
        n, expected = self.base, np.clip((self.estimates - deviations) / self.per, 0.0, None)
        seen = self.estimates / self.per
        if self.kind == "rate":
            return 2 * (np.sqrt(n * seen + 0.375) - np.sqrt(n * expected + 0.375))
        ends = ((n * np.clip(p, 0.0, 1.0) + 0.375) / (n + 0.75) for p in (seen, expected))
        a, b = (np.arcsin(np.sqrt(end)) for end in ends)
        steady: Numbers = 2 * np.sqrt(n + 0.5) * (a - b)
        return steady


@dataclass(frozen=True)
class Series:
    """A series to chart.

    `values`: one a period, in order and without a period left out; NaN where there is none.
    `season`: which of the `seasons` of a year each period is (0 …). `counts`: where the values, or
    the distances from a reference that they are, come from; `sign` is −1 where a value grows as the
    estimate falls. `rebase_at`: positions at which a new level and new limits begin.
    """

    values: Numbers
    season: NDArray[np.intp] | None = None
    seasons: int = 1
    counts: Counts | None = None
    sign: int = 1
    rebase_at: tuple[int, ...] = ()
