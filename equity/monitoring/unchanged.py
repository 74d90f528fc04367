"""A series as it would be if nothing changed: a level, a season, a memory, and chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equity.monitoring.chart import segments
from equity.monitoring.limits import Numbers
from equity.monitoring.memory import Memory, memory, residuals
from equity.monitoring.season import SIGNIFICANT, seasonal_effects
from equity.monitoring.series import Series


@dataclass(frozen=True)
class Unchanged:
    """The no-change model of a series, fitted.

    `known`: positions of its values; at these, `error`: how wide each scatters, up to a common
    factor, and `away`: its distance from the level and its season. `parts`: the stretches of `known`
    that have a level of their own. `effects`: what each season adds (zeros where there is none);
    `seasonal`: whether there is one.
    """

    series: Series
    known: NDArray[np.intp]
    error: Numbers
    away: Numbers
    parts: list[slice]
    effects: Numbers
    seasonal: bool
    memory: Memory

    def independent(self) -> Numbers:
        """The known values on a scale on which they are independent and alike: for p-values.

        Counts are steadied. The memory is taken one standard error above its estimate: taken for
        too small, it makes runs look rarer than they are.
        """
        counts = self.series.counts
        if counts is None:
            steady = self.away / self.error
        else:
            steady = counts.at(self.known).steadied(self.series.sign * self.away)
        unexpected, wider = self.residuals(steady, self.memory.upper)
        return unexpected / wider

    def residuals(self, deviations: Numbers, carried: float) -> tuple[Numbers, Numbers]:
        """`memory.residuals` of the known values, each part for itself."""
        found = [residuals(deviations[part], self.known[part], carried) for part in self.parts]
        return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def unchanged(series: Series, *, by_size: bool, seasonal: bool | None = None) -> Unchanged:
    """The no-change model of a series.

    `by_size`: values scatter as their denominators let expect, else all alike. `seasonal`: whether
    there is a season; None asks the data. The level is the mean, in which values that scatter less
    count more.
    """
    values = series.values
    error = np.ones(len(values))
    if by_size and series.counts is not None:
        sampling = series.counts.sampling_error()
        if np.nanmax(sampling, initial=0.0) > 0:
            error = np.where(np.isfinite(sampling), sampling, np.nan)
    known = np.flatnonzero(~np.isnan(values) & ~np.isnan(error))
    own, error = values[known], error[known]
    starts = np.searchsorted(known, sorted(series.rebase_at))
    parts = segments(len(known), [int(start) for start in starts if start < len(known)])
    effects, p = np.zeros(series.seasons), 1.0
    if series.season is not None and seasonal is not False:
        effects, p = seasonal_effects(
            _off_level(own, np.ones(len(own)), parts), series.season[known], series.seasons
        )
    has_season = p < SIGNIFICANT if seasonal is None else seasonal
    if series.season is None or not has_season:
        effects = np.zeros(series.seasons)
    else:
        own = own - effects[series.season[known]]
    away = _off_level(own, error, parts)
    return Unchanged(series, known, error, away, parts, effects, has_season, memory(away / error))


def _off_level(values: Numbers, error: Numbers, parts: list[slice]) -> Numbers:
    """Values less the mean of their part."""
    away = values.copy()
    for part in parts:
        if len(values[part]):
            away[part] -= np.average(values[part], weights=1 / error[part] ** 2)
    return away
