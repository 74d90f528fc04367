"""What a calibration check is, and what comes of one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Standing: TypeAlias = Literal["held", "within_error", "missed", "reported"]

_Z = 2.576
"""Monte-Carlo errors by which a requirement must be missed before it counts as missed (99 %)."""


@dataclass(frozen=True)
class Case:
    """One population with known truth and what was found on it, as a proportion.

    `error` is the Monte-Carlo standard error of `value`, 0 where it was reckoned exactly. A case
    that is not `judged` is told beside the others and decides nothing.
    """

    population: str
    value: float
    error: float
    runs: int
    judged: bool = True


Measure: TypeAlias = Callable[[int, np.random.Generator], Iterable[Case]]
"""Runs a population, and a source of chance → the cases."""


@dataclass(frozen=True)
class Check:
    """One requirement, what it is about, and how it is measured.

    `at_least` and `at_most` are proportions; either may be None. Every judged case must keep them.
    """

    name: str
    topic: str
    what: str
    measure: Measure
    at_least: float | None = None
    at_most: float | None = None

    def standing(self, case: Case) -> Standing:
        """Whether a case keeps the requirement; missed only beyond its Monte-Carlo error.

        >>> check = Check("c", "t", "w", lambda runs, rng: [], at_least=0.95)
        >>> [check.standing(Case("p", value, 0.01, 400)) for value in (0.96, 0.94, 0.90)]
        ['held', 'within_error', 'missed']
        """
        if not case.judged:
            return "reported"
        below = (self.at_least - case.value) if self.at_least is not None else 0.0
        above = (case.value - self.at_most) if self.at_most is not None else 0.0
        miss = max(below, above, 0.0)
        if miss <= 1e-12:
            return "held"
        return "within_error" if miss <= _Z * case.error else "missed"


@dataclass(frozen=True)
class Outcome:
    """A check with its cases."""

    check: Check
    cases: tuple[Case, ...]

    @property
    def missed(self) -> tuple[Case, ...]:
        """The cases that miss the requirement beyond Monte-Carlo error."""
        return tuple(case for case in self.cases if self.check.standing(case) == "missed")

    @property
    def held(self) -> bool:
        """Whether there are judged cases and none is missed."""
        return any(case.judged for case in self.cases) and not self.missed


def proportion(population: str, hits: npt.ArrayLike, *, judged: bool = True) -> Case:
    """A case out of yes or no a run.

    >>> proportion("p", [True, True, False, True])
    Case(population='p', value=0.75, error=0.2165..., runs=4, judged=True)
    """
    found = np.asarray(hits, dtype=bool).ravel()
    value = float(found.mean())
    return Case(population, value, float(np.sqrt(value * (1 - value) / found.size)), found.size, judged)  # fmt: skip


def average(population: str, values: npt.ArrayLike, *, judged: bool = True) -> Case:
    """A case out of a proportion (0–1) a run; of rows of several, their mean is the run's."""
    found = np.asarray(values, dtype=float)
    found = found.mean(axis=1) if found.ndim > 1 else found
    error = float(found.std(ddof=1) / np.sqrt(found.size)) if found.size > 1 else 1.0
    return Case(population, float(found.mean()), error, found.size, judged)
