"""A table of groups as it was handed in: checked, and in an order of its own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from equity.errors import EquityError
from equity.estimates.arrays import Array
from equity.findings.measures.groups import Mask

_SIGNS = {"higher_is_better": 1, "lower_is_better": -1, "neutral": 0}
_NEEDED = ("group", "estimate", "se", "population")
_TAIL = 1e-9
"""Of `scale`: as much above it as rounding may be."""


@dataclass(frozen=True)
class Table:
    """Groups in the order of `order`, else of their values: how they came makes no difference."""

    names: list[str]
    estimate: Array
    se: Array
    population: Array
    ordered: bool
    sign: int
    reference: str | None
    scale: float | None

    @property
    def weighable(self) -> Mask:
        """Groups with an estimate and a population."""
        return ~(np.isnan(self.estimate) | np.isnan(self.population))

    @property
    def without_estimate(self) -> tuple[str, ...]:
        """Names of the groups that have no estimate."""
        return self._named(np.isnan(self.estimate))

    @property
    def without_population(self) -> tuple[str, ...]:
        """Names of the groups that have an estimate, but no population."""
        return self._named(np.isnan(self.population) & ~np.isnan(self.estimate))

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of the groups that nothing weighted by population can hold."""
        return self._named(~self.weighable)

    @property
    def target_behind(self) -> bool:
        """Whether the most advantaged of ordered groups is worse off than the average."""
        here = self.weighable
        if not self.ordered or not here.any():
            return False
        mean = np.average(self.estimate[here], weights=self.population[here])
        return bool(self.sign * (self.estimate[here][-1] - mean) < 0)

    def _named(self, which: Mask) -> tuple[str, ...]:
        return tuple(name for name, one in zip(self.names, which, strict=True) if one)


def checked(
    groups: pd.DataFrame,
    direction: str,
    reference: str | None,
    scale: float | None,
    confidence: float,
) -> Table:
    """The table, or an `EquityError` that names the group, the value and the remedy."""
    if direction not in _SIGNS:
        raise EquityError(f"direction is {direction!r}. Expected one of {', '.join(_SIGNS)}.")
    if not 0 < confidence < 1:
        raise EquityError(f"confidence is {confidence!r}. Expected a probability such as 0.95.")
    if scale is not None and not (np.isfinite(scale) and scale > 0):
        raise EquityError(f"scale is {scale!r}. Expected a positive bound (1, 100), or None.")
    missing = [name for name in _NEEDED if name not in groups]
    if missing:
        raise EquityError(f"The table has no column {', '.join(missing)}. Expected {', '.join(_NEEDED)}.")  # fmt: skip
    groups = groups.reset_index(drop=True)
    frame = pd.DataFrame({"group": groups["group"].astype(str)})
    for name in (*_NEEDED[1:], *(["order"] if "order" in groups else [])):
        frame[name] = pd.to_numeric(groups[name], errors="coerce").astype(float)
        odd = groups[name].notna() & ~np.isfinite(frame[name])
        if odd.any():
            _refuse(frame, odd, name, groups[name], "a number, or nothing where there is none")
    twice = frame["group"].duplicated()
    if twice.any():
        raise EquityError(f"Group {frame['group'][twice].iloc[0]!r} stands in the table twice. Keep one row a group.")  # fmt: skip
    reference = None if reference is None else str(reference)
    if reference is not None and reference not in set(frame["group"]):
        raise EquityError(f"The reference {reference!r} is not a group of the table. Name one of {', '.join(frame['group'])}.")  # fmt: skip
    _in_range(frame, scale)
    ordered = "order" in frame and bool(frame["order"].notna().any())
    if ordered:
        unsure = frame["order"].isna() | frame["order"].duplicated(keep=False)
        if unsure.any():
            _refuse(frame, unsure, "order", frame["order"], "a place of its own: 1 for the least advantaged group, 2 for the next")  # fmt: skip
    by = ["order"] if ordered else ["estimate", "se", "population"]
    frame = frame.sort_values(by, kind="stable")
    return Table(
        names=frame["group"].tolist(),
        estimate=frame["estimate"].to_numpy(),
        se=frame["se"].to_numpy(),
        population=frame["population"].to_numpy(),
        ordered=ordered,
        sign=_SIGNS[direction],
        reference=reference,
        scale=scale,
    )


def _in_range(frame: pd.DataFrame, scale: float | None) -> None:
    """Estimates between 0 and `scale`; standard errors and populations not below 0."""
    if scale is not None:
        above = frame["estimate"] > scale * (1 + _TAIL)
        if above.any():
            _refuse(frame, above, "estimate", frame["estimate"], f"at most scale = {scale:g}. Pass scale=100 for percentages, scale=None for a metric without an upper bound, or mend the value")  # fmt: skip
        below = frame["estimate"] < 0
        if below.any():
            _refuse(frame, below, "estimate", frame["estimate"], f"at least 0 on a scale to {scale:g}. Pass scale=None for a metric without bounds, or mend the value")  # fmt: skip
    for name in ("se", "population"):
        below = frame[name] < 0
        if below.any():
            _refuse(frame, below, name, frame[name], "0 or more. Mend the value, or leave it empty where it is not known")  # fmt: skip


def _refuse(
    frame: pd.DataFrame, which: pd.Series, name: str, found: pd.Series, expected: str
) -> None:
    at = int(np.flatnonzero(which.to_numpy())[0])
    group, value = frame["group"].iloc[at], found.iloc[at]
    shown = f"{value:g}" if isinstance(value, float) else repr(value)
    raise EquityError(f"Group {group!r}: {name} is {shown}. Expected {expected}.")
