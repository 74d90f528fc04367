"""Which further entries to withhold, so that the withheld ones cannot be derived from the rest.

Given the counts of each entry, those that are sensitive, and the equations among entries, entries
are withheld until, for everything that the equations let one conclude step by step, each sensitive
count could be 0 as well as more than the threshold. Two tests, cheap first:

1. in every equation with a withheld part, at least one other entry is withheld, and unless the
   total is, the withheld parts hold enough between them that each could be the large one;
2. bounds carried from equation to equation (interval propagation) leave every sensitive count the
   range from 0 to the threshold.

What is withheld is what costs the reader least: small entries before large ones, parts before
totals, months before years. Where that does not get there, everything is withheld: it fails closed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from equity.disclosure.equations import Equations

_FREE = 1 << 40
"""An upper bound above every count, for totals that nothing bounds."""
_ROUNDS = 40
_PASSES = 1000
"""Passes over all equations after which bounds that still move are taken as not known."""


class Suppression:
    """The entries of one metric and treatment, and which of them are withheld so far.

    `values` (quantities × entries) are whole numbers ≥ 0, `sensitive` marks those to protect,
    `hidden` the entries withheld from the start, `cost` what withholding an entry loses. `drags`:
    entry → entries that cannot be shown without giving it away, withheld together with it.
    """

    def __init__(
        self,
        values: np.ndarray,
        sensitive: np.ndarray,
        hidden: np.ndarray,
        cost: np.ndarray,
        equations: Equations,
        enough: int,
        drags: Mapping[int, Sequence[int]] | None = None,
    ):
        self.drags = drags or {}
        values, sensitive, hidden, cost, equations = _with_remainders(
            values, sensitive, hidden, cost, equations, enough
        )
        self.values, self.sensitive, self.cost, self.enough = values, sensitive, cost, enough
        self.hidden = hidden.copy()
        self.guarded = sensitive.any(axis=0) & hidden
        self.equations = equations
        count = len(equations.total)
        self.total = equations.total.tolist()
        order = np.argsort(equations.equation, kind="stable")
        ends = np.cumsum(np.bincount(equations.equation, minlength=count))[:-1]
        self.parts = [part.tolist() for part in np.split(equations.part[order], ends)][:count]
        self.of: list[list[int]] = [[] for _ in range(len(cost))]
        for equation, parts in enumerate(self.parts):
            for entry in (*parts, self.total[equation]):
                self.of[entry].append(equation)
        self.value_lists = values.T.tolist()
        self.active = [q for q in range(len(values)) if sensitive[q].any()]

    def run(self) -> np.ndarray:
        """Withhold until both tests pass; True for every withheld entry."""
        if not self.active:
            return self.hidden
        todo = {e for entry in np.flatnonzero(self.guarded) for e in self.of[entry]}
        for _ in range(_ROUNDS):
            self._mend(todo)
            todo = self._derivable()
            if not todo:
                break
            for equation in sorted(todo):
                newly = self._withhold_one(equation, ())
                todo = todo.union(*(self.of[entry] for entry in newly))
        else:
            self._mend(todo)
        if not self._holds():
            self.hidden[:] = True
        return self.hidden

    def _holds(self) -> bool:
        """Whether both tests pass for every equation and every sensitive entry, looked at afresh."""
        if any(self._lacking(equation) is not None for equation in range(len(self.total))):
            return False
        for q in self.active:
            low, high, settled = _propagated(self.values[q], self.hidden, self.equations)
            if not settled or self._narrow(q, low, high).any():
                return False
        return True

    def _narrow(self, q: int, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """Withheld sensitive counts whose bounds leave out 0 or the threshold."""
        return np.asarray(self.sensitive[q] & self.hidden & ((low > 0) | (high < self.enough)))

    def _mend(self, todo: Iterable[int]) -> None:
        """Make every equation pass the first test, small totals first."""
        queue = [(self.cost[self.total[e]], e) for e in todo]
        heapq.heapify(queue)
        while queue:
            _, equation = heapq.heappop(queue)
            lacking = self._lacking(equation)
            while lacking is not None:
                chosen = self._withhold_one(equation, lacking)
                if not chosen:
                    break
                for other in {other for entry in chosen for other in self.of[entry]} - {equation}:
                    heapq.heappush(queue, (self.cost[self.total[other]], other))
                lacking = self._lacking(equation)

    def _lacking(self, equation: int) -> tuple[int, ...] | None:
        """None where the first test is passed; else how much each active quantity lacks."""
        parts = [p for p in self.parts[equation] if self.hidden[p]]
        total_hidden = self.hidden[self.total[equation]]
        guarded = any(self.guarded[p] for p in parts) or self.guarded[self.total[equation]]
        if not guarded:
            return None
        if total_hidden:
            return None if parts else (1,) * len(self.active)
        held = [sum(self.value_lists[p][q] for p in parts) for q in self.active]
        if len(parts) > 1 and min(held) >= self.enough:
            return None
        return tuple(max(self.enough - amount, 0) for amount in held)

    def _withhold_one(self, equation: int, lacking: tuple[int, ...]) -> list[int]:
        """Withhold the cheapest entry of the equation that brings what it lacks; what went."""
        best, best_score = None, (2.0, np.inf)
        for entry in (*self.parts[equation], self.total[equation]):
            if self.hidden[entry]:
                continue
            brings = entry == self.total[equation] or all(
                self.value_lists[entry][q] >= amount
                for q, amount in zip(self.active, lacking, strict=False)
            )
            score = (0.0 if brings else 1.0, self.cost[entry] * self._knock_on(entry, equation))
            if score < best_score:
                best, best_score = entry, score
        if best is None:
            return []
        newly = [e for e in (best, *self.drags.get(best, ())) if not self.hidden[e]]
        self.hidden[newly] = True
        self.guarded[newly] = True
        return newly

    def _knock_on(self, entry: int, equation: int) -> float:
        """More than 1 where withholding the entry breaks other equations, less where it helps."""
        breaks = helps = 0
        for other in self.of[entry]:
            if other == equation:
                continue
            hidden = sum(1 for p in self.parts[other] if self.hidden[p])
            hidden += bool(self.hidden[self.total[other]])
            breaks += hidden == 0
            helps += hidden == 1
        return (1 + breaks) / (1 + helps)

    def _derivable(self) -> set[int]:
        """Equations through which the bounds of some sensitive count become too narrow."""
        found: set[int] = set()
        for q in self.active:
            low, high = bounds(self.values[q], self.hidden, self.equations)
            for entry in np.flatnonzero(self._narrow(q, low, high)):
                binding = self._binding(int(entry), low, high)
                if binding is not None:
                    found.add(binding)
        return found

    def _binding(self, entry: int, low: np.ndarray, high: np.ndarray) -> int | None:
        """The equation that narrows the entry and where something can still be withheld.

        The narrowest of its own equations; where all of those are withheld already, the nearest
        one that they lead to.
        """
        seen, ring = {entry}, [entry]
        while ring:
            best, least, reached = None, np.inf, []
            for member in ring:
                for equation in self.of[member]:
                    members = [*self.parts[equation], self.total[equation]]
                    others = [m for m in members if self.hidden[m] and m != member]
                    reached += [m for m in others if m not in seen]
                    seen.update(others)
                    slack = float(sum(high[m] - low[m] for m in others))
                    if len(others) + 1 < len(members) and slack < least:
                        best, least = equation, slack
            if best is not None:
                return best
            ring = reached
        return None


def bounds(
    values: np.ndarray, hidden: np.ndarray, equations: Equations
) -> tuple[np.ndarray, np.ndarray]:
    """What the equations say of each count once the hidden ones are not shown: (lowest, highest).

    Bounds are carried from equation to equation until they stay; they are never narrower than the
    truth allows, and may be wider than what a linear programme would find.
    """
    low, high, _ = _propagated(values, hidden, equations)
    return low, high


def _propagated(
    values: np.ndarray, hidden: np.ndarray, equations: Equations
) -> tuple[np.ndarray, np.ndarray, bool]:
    """`bounds`, and whether they have come to rest."""
    low = np.where(hidden, 0, values).astype(np.float64)
    high = np.where(hidden, float(_FREE), values)
    open_equation = np.zeros(len(equations.total), dtype=bool)
    open_equation[equations.equation[hidden[equations.part]]] = True
    open_equation |= hidden[equations.total]
    keep = open_equation[equations.equation]
    eq, part = equations.equation[keep], equations.part[keep]
    used = np.flatnonzero(open_equation)
    total = equations.total
    for _ in range(_PASSES):
        sum_low = np.bincount(eq, low[part], len(total))
        sum_high = np.bincount(eq, high[part], len(total))
        new_low, new_high = low.copy(), high.copy()
        np.maximum.at(new_low, total[used], sum_low[used])
        np.minimum.at(new_high, total[used], sum_high[used])
        np.maximum.at(new_low, part, low[total[eq]] - (sum_high[eq] - high[part]))
        np.minimum.at(new_high, part, high[total[eq]] - (sum_low[eq] - low[part]))
        if np.array_equal(new_low, low) and np.array_equal(new_high, high):
            return low, high, True
        low, high = new_low, new_high
    return low, high, False


def _with_remainders(
    values: np.ndarray,
    sensitive: np.ndarray,
    hidden: np.ndarray,
    cost: np.ndarray,
    equations: Equations,
    enough: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Equations]:
    """The same, with what a total holds beyond its parts as one more part that is never shown.

    Where parts exceed their total they do not add up to it (groups that overlap): nothing can be
    derived by subtraction, and the equation is left out.
    """
    count = len(equations.total)
    sums = np.stack([np.bincount(equations.equation, row[equations.part], count) for row in values])
    rest = np.rint(values[:, equations.total] - sums).astype(np.int64)
    adds_up = np.asarray((rest >= 0).all(axis=0))
    renumber = np.cumsum(adds_up) - 1
    keep = adds_up[equations.equation]
    equation, part = renumber[equations.equation[keep]], equations.part[keep]
    total, rest = equations.total[adds_up], rest[:, adds_up]
    extra = np.flatnonzero((rest > 0).any(axis=0))
    added = rest[:, extra]
    first = values.shape[1]
    return (
        np.concatenate([values, added], axis=1),
        np.concatenate([sensitive, (added >= 1) & (added <= enough)], axis=1),
        np.concatenate([hidden, np.ones(len(extra), dtype=bool)]),
        np.concatenate([cost, np.full(len(extra), np.inf)]),
        Equations(
            total,
            np.concatenate([equation, extra]),
            np.concatenate([part, first + np.arange(len(extra))]),
        ),
    )
