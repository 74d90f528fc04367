"""People by place and group: counts carried from the file's level to every level asked for.

Everything is one linear step. For each target (a place of a level, or the city) there is one
weight an area of the file: the part of the area that lies in the target, times the target's
correction. A count is the weighted sum, its margin the root of the weighted squares. See
docs/places.md for the method in plain words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from equity.framework.models import Definitions
from equity.places.carrying import Weights, by_attribute, city_weights, level_weights
from equity.places.counts import Counts, Groups, read_counts, remainder, unknown, weighted
from equity.schema import CITY, POPULATION_COLUMNS, UNKNOWN
from equity.workspace import Workspace

REPORT_COLUMNS = ("population", "level", "place", "carried", "corrected_to", "factor", "uncovered")
NOTE_COLUMNS = ("population", "note", "level", "dimension", "amount")


@dataclass(frozen=True)
class PopulationReport:
    """How the counts came about.

    `corrections` (`REPORT_COLUMNS`), one row a place: people `carried` by area, what they were
    `corrected_to` (not-a-number where not raked), the `factor` between the two (1.0 where none),
    and `uncovered`: the part of the place's area, 0–1, that no area of the file with a count
    covers. A level's place `outside` holds, under `carried`, the people of the file who live in
    none of its places; the level `city` what its total was made of.

    `notes` (`NOTE_COLUMNS`), one row a thing to be told: `note` is a message key of the catalogue
    `places`, `amount` the number it is about.
    """

    corrections: pd.DataFrame
    notes: pd.DataFrame


def population(workspace: Workspace, definitions: Definitions) -> pd.DataFrame:
    """`POPULATION_COLUMNS`: people of every population by place, group and pair of groups.

    Rows exist for the city, the file's own level and every level it is carried to. Groups are
    those that the file counts, `unknown` (the total less the groups, where they do not add up),
    and, for each dimension whose source is an attribute of places, the people who live in places
    with that code. Two-group rows name their dimensions in the order of the file's definition.

    The city is the sum over the first level that is raked; where none is, the sum of the file's
    rows if people see its level, else over the carried level that holds most people.

    Raises `DefinitionError` for faults of a population's file or definition.
    """
    return population_with_report(workspace, definitions)[0]


def population_with_report(
    workspace: Workspace, definitions: Definitions
) -> tuple[pd.DataFrame, PopulationReport]:
    """`population`, and what it did to the counts, to be shown beside them."""
    rows: list[pd.DataFrame] = []
    corrections: list[pd.DataFrame] = []
    notes: list[dict[str, object]] = []
    for id, each in definitions.populations.items():
        counts = read_counts(workspace, id, each)
        levels, told = level_weights(workspace, definitions, id, counts)
        notes += [{"population": id, **note} for note in told]
        if counts.total_from:
            notes.append({"population": id, "note": "places.total_from_groups", "level": CITY,
                          "dimension": counts.total_from, "amount": counts.total.sum()})  # fmt: skip
        city = city_weights(definitions, id, levels, counts)
        split = _by_attributes(workspace, definitions, id, counts, levels, city)
        for weights in [city, *levels]:
            parts, told = _rows(counts, weights)
            parts += _attribute_rows(definitions, counts, weights, split)
            rows += [part.assign(population=id, place_level=weights.level) for part in parts]
            notes += [{"population": id, "level": weights.level, **note} for note in told]
            corrections.append(weights.report.assign(population=id, level=weights.level))
    return (
        _table(rows, POPULATION_COLUMNS),
        PopulationReport(
            _table(corrections, REPORT_COLUMNS), pd.DataFrame(notes, columns=list(NOTE_COLUMNS))
        ),
    )


def _table(parts: list[pd.DataFrame], columns: tuple[str, ...]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=list(columns))
    return pd.concat([part[list(columns)] for part in parts], ignore_index=True)


def _frame(weights: Weights, groups: Groups, numbers: pd.DataFrame) -> pd.DataFrame:
    (dimension, group), (dimension_2, group_2) = (*groups, ("", ""), ("", ""))[:2]
    return pd.DataFrame(
        {
            "place": weights.places, "dimension": dimension, "group": group,
            "dimension_2": dimension_2, "group_2": group_2, "count": numbers["count"],
            "moe": numbers["moe"], "correction": weights.factors,
        }
    )  # fmt: skip


def _rows(counts: Counts, weights: Weights) -> tuple[list[pd.DataFrame], list[dict[str, object]]]:
    """The rows of one level, and a note on what does not add up."""
    exact = weights.matrix if weights.raked else None
    found = {key: weighted(counts, key, weights.matrix, exact) for key in counts.columns}
    told: list[dict[str, object]] = []
    for key, whole, dimensions in _wholes(counts):
        parts = [
            found[each]
            for each in counts.groups_of(*dimensions)
            if all(item in each for item in whole)
        ]
        left, excess = remainder(found[whole], parts)
        missing = float(left["count"].sum())
        if missing > 0:
            found[key] = left
        for note, amount in (("unknown_added", missing), ("groups_exceed_total", excess)):
            if amount > 0 and not whole:
                told.append(
                    {"note": f"places.{note}", "dimension": dimensions[0], "amount": amount}
                )
    rows = []
    for key, numbers in found.items():
        frame = _frame(weights, key, numbers)
        made_here = any(item == unknown(item[0]) for item in key)
        rows.append(frame[frame["count"] > 0] if made_here else frame)
    return rows, told


def _wholes(counts: Counts) -> Iterator[tuple[Groups, Groups, tuple[str, ...]]]:
    """(the unknown's key, the whole it is part of, the dimensions of its known parts)."""
    for dimension in counts.dimensions:
        if counts.groups_of(dimension):
            yield (unknown(dimension),), (), (dimension,)
    pairs = dict.fromkeys(tuple(d for d, _ in key) for key in counts.columns if len(key) == 2)
    for first, second in pairs:
        for (item,) in counts.groups_of(first):
            yield (item, unknown(second)), (item,), (first, second)
        for (item,) in counts.groups_of(second):
            yield (unknown(first), item), (item,), (first, second)


def _by_attributes(
    workspace: Workspace,
    definitions: Definitions,
    id: str,
    counts: Counts,
    levels: list[Weights],
    city: Weights,
) -> dict[str, dict[str, dict[str, np.ndarray]]]:
    """Dimension → level → code → matrix, for dimensions whose source is an attribute."""
    found = {}
    for dimension in definitions.dimensions.values():
        if dimension.source.attribute:
            split = by_attribute(workspace, definitions, id, counts, dimension, levels)
            whole = {
                code: matrix.sum(axis=0, keepdims=True)
                for code, matrix in split[city.base].items()
                if code != UNKNOWN
            }
            rest = city.matrix - sum(whole.values())
            split[CITY] = {**whole, UNKNOWN: rest.clip(min=0)}
            found[dimension.id] = split
    return found


def _attribute_rows(
    definitions: Definitions,
    counts: Counts,
    weights: Weights,
    split: dict[str, dict[str, dict[str, np.ndarray]]],
) -> list[pd.DataFrame]:
    """People in places with each code; codes without people are shown for the city only."""
    rows = []
    exact = weights.matrix if weights.raked else None
    for dimension, by_level in split.items():
        for code, matrix in by_level[weights.level].items():
            frame = _frame(weights, ((dimension, code),), weighted(counts, (), matrix, exact))
            shown = weights.level == CITY and code in definitions.dimensions[dimension].codes
            rows.append(frame[(frame["count"] > 1e-6) | shown])
    return rows
