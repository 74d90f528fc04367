"""The counts of a population file, and their sums for weighted targets."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from equity.errors import DefinitionError, Problem
from equity.framework.models import Population
from equity.places.tables import numbers, read_table, require_columns
from equity.schema import UNKNOWN
from equity.workspace import Workspace

Groups = tuple[tuple[str, str], ...]
"""`()` for everybody, `((dimension, group),)`, or two of them."""


@dataclass(frozen=True)
class Column:
    """Counts of one group, an entry an area of the file; `moe` None where not published."""

    values: np.ndarray
    moe: np.ndarray | None


@dataclass
class Counts:
    """All counts of a file: `places` are its areas, `columns` always hold the total, `()`.

    `missing` is the number of areas whose total is not known (they count nobody), `total_from`
    the dimension that the total was added up from, "" where the file has a total.
    """

    places: list[str]
    columns: dict[Groups, Column]
    known: np.ndarray
    total_from: str = ""
    dimensions: list[str] = field(default_factory=list)

    @property
    def total(self) -> np.ndarray:
        """People of each area."""
        return self.columns[()].values

    def groups_of(self, *dimensions: str) -> list[Groups]:
        """The keys that are about exactly these dimensions."""
        return [key for key in self.columns if tuple(d for d, _ in key) == dimensions]


def read_counts(workspace: Workspace, id: str, population: Population) -> Counts:
    """Read the file of a population: its columns by group, sums made where it has none.

    Columns of the same groups are added up. A pair of dimensions also gives each dimension's own
    counts where the file has none, and a dimension the total where the file has none.
    """
    file = f"population/{id}.yml"
    table = read_table(workspace, population.file, population.key, file=file, field="")
    columns: dict[Groups, Column] = {}
    order: list[str] = []
    for index, count in enumerate(population.counts):
        where = f"counts.{index}"
        wanted = [count.column, *([count.moe] if count.moe else [])]
        require_columns(table, wanted, population.file, file=file, field=f"{where}.column")
        order += [each for each in count.groups if each not in order]
        if len(count.groups) > 2:
            raise DefinitionError.of(
                [Problem(file, f"{where}.groups", ", ".join(count.groups), "at most two dimensions",
                         "Add the counts up over the others first.")]
            )  # fmt: skip
        key = tuple(sorted(count.groups.items(), key=lambda item: order.index(item[0])))
        values = numbers(
            table, count.column, population.missing, file=file, field=f"{where}.column"
        )
        if (values < 0).any():
            place = table.index[np.flatnonzero(values < 0)[0]]
            raise DefinitionError.of(
                [Problem(file, f"{where}.column", f"{np.nanmin(values):g} for place {place}",
                         "counts of 0 or more", "Name the value that means 'no data' under missing.")]
            )  # fmt: skip
        moe = None
        if count.moe:
            moe = numbers(table, count.moe, population.missing, file=file, field=f"{where}.moe")
        found = Column(values, moe)
        columns[key] = _sum([columns[key], found]) if key in columns else found
    counts = Counts([str(each) for each in table.index], columns, np.array([]), dimensions=order)
    _add_margins(counts)
    counts.known = ~np.isnan(counts.total)
    counts.columns = {key: _without_gaps(column) for key, column in counts.columns.items()}
    return counts


def _add_margins(counts: Counts) -> None:
    pairs = list(dict.fromkeys(tuple(d for d, _ in key) for key in counts.columns if len(key) == 2))
    for pair in pairs:
        keys = counts.groups_of(*pair)
        for position, dimension in enumerate(pair):
            if not counts.groups_of(dimension):
                for item in dict.fromkeys(key[position] for key in keys):
                    parts = [counts.columns[key] for key in keys if key[position] == item]
                    counts.columns[(item,)] = _sum(parts)
    if () not in counts.columns:
        counts.total_from = counts.dimensions[0]
        keys = counts.groups_of(counts.total_from)
        counts.columns[()] = _sum([counts.columns[key] for key in keys])


def _sum(parts: list[Column]) -> Column:
    values = np.sum([part.values for part in parts], axis=0)
    moes = [part.moe for part in parts]
    known = [moe for moe in moes if moe is not None]
    if len(known) < len(moes):
        return Column(values, None)
    return Column(values, np.sqrt(np.sum(np.square(known), axis=0)))


def _without_gaps(column: Column) -> Column:
    """Areas without a count count nobody, without an error."""
    gap = np.isnan(column.values)
    moe = None if column.moe is None else np.where(gap, 0.0, column.moe)
    return Column(np.where(gap, 0.0, column.values), moe)


def weighted(
    counts: Counts, groups: Groups, matrix: np.ndarray, exact: np.ndarray | None = None
) -> pd.DataFrame:
    """`count, moe` of one group for every target (row) of `matrix` (targets × areas).

    The margin is √Σ(weight × margin)². Where the targets' totals are taken as exact (raked),
    `exact` is the matrix of everybody, and the margin is that of the group's share of the total
    (US Census Bureau, Understanding and Using ACS Data, 2020, chapter 8):
    √(M_group² − share²·M_total²), with a plus where that is not possible; 0 for everybody.
    """
    column, total = counts.columns[groups], counts.columns[()]
    count = matrix @ column.values
    if column.moe is None:
        margin = 0.0 if exact is matrix and not groups else np.nan
        return pd.DataFrame({"count": count, "moe": margin})
    squares = np.square(matrix) @ np.square(column.moe)
    if exact is not None and total.moe is not None:
        everybody = exact @ total.values
        share = np.divide(count, everybody, out=np.zeros_like(count), where=everybody > 0)
        taken = np.square(share) * (np.square(exact) @ np.square(total.moe))
        squares = np.where(squares >= taken, squares - taken, squares + taken)
    return pd.DataFrame({"count": count, "moe": np.sqrt(squares)})


def remainder(whole: pd.DataFrame, parts: list[pd.DataFrame]) -> tuple[pd.DataFrame, float]:
    """What `parts` lack of `whole` at each target (never below 0), and how much they exceed it."""
    left = whole["count"] - sum(part["count"] for part in parts)
    squares = whole["moe"] ** 2 + sum(part["moe"] ** 2 for part in parts)
    left[left.abs() <= 1e-9 * whole["count"] + 1e-6] = 0.0
    frame = pd.DataFrame({"count": left.clip(lower=0), "moe": np.sqrt(squares)})
    return frame, float(-left.clip(upper=0).sum())


def unknown(dimension: str) -> tuple[str, str]:
    """The item of a key for people of a dimension whose group is not known."""
    return (dimension, UNKNOWN)
