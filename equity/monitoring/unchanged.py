"""A series as it would be if nothing changed: a level, a season, a memory, and chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equity.monitoring.limits import Numbers
from equity.monitoring.memory import Memory, memory, residuals
from equity.monitoring.season import SIGNIFICANT, seasonal_effects
from equity.monitoring.series import Series


@dataclass(frozen=True)
class Unchanged:
    """The no-change model of a series, fitted.

    `known`: positions of its values; at these, `error`: how wide each scatters, up to a common
    factor, and `away`: its distance from the level and its season. `effects`: what each season adds
    (zeros where there is none); `seasonal`: whether there is one.
    """

    series: Series
    known: NDArray[np.intp]
    error: Numbers
    away: Numbers
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
        carried = self.memory.upper if len(steady) else 0.0
        unexpected, wider = residuals(steady, self.known, carried)
        return unexpected / wider


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
    effects, p = np.zeros(series.seasons), 1.0
    if series.season is not None and seasonal is not False:
        effects, p = seasonal_effects(own, series.season[known], series.seasons)
    has_season = p < SIGNIFICANT if seasonal is None else seasonal
    if series.season is not None and has_season:
        own = own - effects[series.season[known]]
    weight = 1 / error**2
    away = own - (own @ weight) / weight.sum() if len(own) else own
    return Unchanged(
        series,
        known,
        error,
        away,
        effects if has_season else np.zeros(series.seasons),
        has_season,
        memory(away / error),
    )
