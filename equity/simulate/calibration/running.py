"""Runs the checks, each with its own source of chance."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np

from equity.simulate.calibration.model import Check, Outcome
from equity.simulate.calibration.registry import CHECKS

RUNS = 4000
SEED = 2026


def run(
    runs: int = RUNS,
    seed: int = SEED,
    *,
    checks: Sequence[Check] = CHECKS,
    progress: Callable[[str, float], None] = lambda stage, done: None,
) -> list[Outcome]:
    """Every check on `runs` draws of each of its populations.

    A check's chance depends on the seed and its name alone, so that a check added, taken out or
    run alone changes no other. `progress` is told each check's name, and 0 then 1.
    """
    outcomes = []
    for check in checks:
        progress(check.name, 0.0)
        rng = np.random.default_rng([seed, zlib.crc32(check.name.encode())])
        outcomes.append(Outcome(check, tuple(check.measure(runs, rng))))
        progress(check.name, 1.0)
    return outcomes
