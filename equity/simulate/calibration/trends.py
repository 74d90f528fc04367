"""Does the interval of a trend hold the true change, where neighbours resemble each other?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import numpy.typing as npt

from equity.estimates.arrays import Array
from equity.monitoring.slope import fit_lines
from equity.simulate.calibration import cities
from equity.simulate.calibration.model import Case, Check, proportion

_BATCH = 500
"""Series fitted at once: as many as stay in the processor's cache."""


def slopes(runs: int, rng: np.random.Generator) -> Iterator[Case]:
    """Coverage of the change from the first point to the last of a line under AR(1) noise."""
    for months, ar in product((36, 84), (0.0, 0.3, 0.6)):
        line = -0.02 * np.arange(float(months))
        noise = cities.autoregressive(rng, runs, months, ar)
        yield _covered(f"{months} months, AR {ar:g}", line + noise, line)
    line = 0.03 * np.arange(48.0)
    noise = cities.autoregressive(rng, runs, 48, 0.6)
    season = 2 * (cities.seasons(48) - 1)
    yield _covered("48 months with seasons, AR 0.6", line + season + noise, line, season=12)
    for ar in (0.0, 0.6):
        yield _gap_of_shares(runs, rng, ar)
    line = np.zeros(60)
    holes = cities.autoregressive(rng, runs, 60, 0.6)
    holes[rng.random(holes.shape) < 0.2] = np.nan
    yield _covered("60 months, a fifth of them withheld, AR 0.6", holes, line)
    for months, ar in ((24, 0.6), (36, 0.8), (84, 0.8)):
        noise = cities.autoregressive(rng, runs, months, ar)
        yield _covered(f"{months} months, AR {ar:g}", noise, np.zeros(months), judged=False)


def _gap_of_shares(runs: int, rng: np.random.Generator, ar: float) -> Case:
    """The gap of a group of changing size, whose own chance wanders, against a steady reference."""
    months = 48
    records = rng.integers(40, 400, (runs, months))
    closing = np.linspace(-0.15, -0.05, months)
    chance = 0.7 + closing + 0.02 * cities.autoregressive(rng, runs, months, ar)
    gap = rng.binomial(records, np.clip(chance, 0, 1)) / records - 0.7
    label = f"gap of a group of 40 to 400 records a month, AR {ar:g}"
    return _covered(label, gap, closing, variances=1 / records)


def _covered(
    population: str,
    values: Array,
    line: npt.NDArray[np.floating],
    *,
    season: int = 1,
    variances: Array | None = None,
    judged: bool = True,
) -> Case:
    held = []
    for start in range(0, len(values), _BATCH):
        part = slice(start, start + _BATCH)
        lines = fit_lines(
            values[part], variances=None if variances is None else variances[part], season=season
        )
        _, lower, upper = lines.change()
        steps = (line[-1] - line[0]) / (len(line) - 1) * (lines.last - lines.first)
        held.append((lower <= steps) & (steps <= upper))
    return proportion(population, np.concatenate(held), judged=judged)


CHECKS = (
    Check(
        "slopes", "Trends",
        "The interval of a trend's change holds it at AR(1) up to 0.6 and 36 months or more",
        slopes, at_least=0.92,
    ),
)  # fmt: skip
