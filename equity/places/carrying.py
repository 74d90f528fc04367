"""Weights that carry counts from the areas of a file to the places of other levels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from equity.errors import DefinitionError, Problem
from equity.framework.models import Carry, Definitions, Dimension
from equity.places.attributes import attribute
from equity.places.boundaries import Level, load_level
from equity.places.counts import Counts
from equity.places.overlap import level_overlap, overlap
from equity.places.shapes import polygonal
from equity.places.tables import numbers
from equity.schema import CITY, OUTSIDE, UNKNOWN
from equity.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Weights:
    """What each area of the file gives to each place of one level.

    `matrix` (places × areas of the file): part of the area's people, corrections included;
    `factors`: the corrections, one a place; `raked`: the totals are the level's own and taken as
    exact; `report`: place, carried, corrected_to, factor, uncovered; `base`: for the city, the
    level that it is the sum of.
    """

    level: str
    places: list[str]
    matrix: np.ndarray
    factors: np.ndarray
    raked: bool
    report: pd.DataFrame
    base: str = ""


def level_weights(
    workspace: Workspace, definitions: Definitions, id: str, counts: Counts
) -> tuple[list[Weights], list[dict[str, object]]]:
    """Weights of the file's own level and of each it is carried to; what is to be told."""
    found = definitions.populations[id]
    own = load_level(workspace, definitions, found.level)
    places = list(own.frame["place"])
    there = np.array([place in set(places) for place in counts.places])
    told: list[dict[str, object]] = []
    for note, amount in (
        ("places.rows_without_boundary", int((~there).sum())),
        (
            "places.places_without_count",
            len(set(places) - set(np.array(counts.places)[counts.known])),
        ),
    ):
        if amount:
            told.append(
                {"note": note, "level": found.level, "dimension": "", "amount": float(amount)}
            )
    rows = np.flatnonzero(there & counts.known)
    matrix = np.zeros((len(rows), len(counts.places)))
    matrix[np.arange(len(rows)), rows] = 1.0
    kept = [counts.places[row] for row in rows]
    weights = [_weights(found.level, kept, matrix, counts, np.zeros(len(rows)), own=True)]
    for index, carry in enumerate(found.carry):
        weights.append(_carried(workspace, definitions, id, counts, index, carry))
    return weights, told


def _weights(
    level: str,
    places: list[str],
    matrix: np.ndarray,
    counts: Counts,
    uncovered: np.ndarray,
    totals: np.ndarray | None = None,
    own: bool = False,
) -> Weights:
    carried = matrix @ counts.total
    factors = np.ones(len(places))
    if totals is not None:
        factors = np.divide(totals, carried, out=factors, where=carried > 0)
    report = pd.DataFrame(
        {
            "place": places,
            "carried": carried,
            "corrected_to": np.nan if totals is None else totals,
            "factor": factors,
            "uncovered": uncovered,
        }
    )
    if not own:
        nowhere = float(counts.total @ (1 - matrix.sum(axis=0)))
        nobody = {"place": OUTSIDE, "carried": max(nowhere, 0.0), "factor": 1.0}
        report = pd.concat([report, pd.DataFrame([nobody])], ignore_index=True)
    return Weights(level, places, matrix * factors[:, None], factors, totals is not None, report)


def _carried(
    workspace: Workspace,
    definitions: Definitions,
    id: str,
    counts: Counts,
    index: int,
    carry: Carry,
) -> Weights:
    source = definitions.populations[id].level
    level = load_level(workspace, definitions, carry.level)
    places = list(level.frame["place"])
    pairs = level_overlap(workspace, definitions, source, carry.level)
    matrix = _matrix(pairs, places, counts.places)
    counted = pairs[pairs["source"].isin(np.array(counts.places, dtype=object)[counts.known])]
    area = level.frame.set_index("place").to_crs(definitions.city.crs).area
    covered = counted.groupby("target")["area"].sum().reindex(area.index, fill_value=0.0)
    share = (covered / area).to_numpy()
    uncovered = np.where(share > 1 - 1e-9, 0.0, 1 - share)
    totals = _own_totals(level, carry, id, index) if carry.rake_to else None
    if totals is not None:
        empty = np.flatnonzero((matrix @ counts.total <= 0) & (totals > 0))
        if len(empty):
            raise DefinitionError.of(
                [
                    Problem(f"population/{id}.yml", f"carry.{index}.rake_to",
                            f"{totals[empty[0]]:g} people in {places[empty[0]]}, none carried there",
                            f"areas of level {source} with people in every place",
                            "Use a file that covers the level, or leave rake_to out.")
                ]
            )  # fmt: skip
    return _weights(carry.level, places, matrix, counts, uncovered, totals)


def _matrix(pairs: pd.DataFrame, targets: list[str], sources: list[str]) -> np.ndarray:
    pairs = pairs[pairs["source"].isin(sources)]
    matrix = np.zeros((len(targets), len(sources)))
    rows = pd.Index(targets).get_indexer(pd.Index(pairs["target"]))
    matrix[rows, pd.Index(sources).get_indexer(pd.Index(pairs["source"]))] = pairs["share"]
    return matrix


def _own_totals(level: Level, carry: Carry, id: str, index: int) -> np.ndarray:
    file, field = f"population/{id}.yml", f"carry.{index}.rake_to"
    name = str(carry.rake_to)
    if name not in level.properties.columns:
        raise DefinitionError.of(
            [
                Problem(file, field, name, f"a property of {level.report.file}",
                        f"It has {', '.join(map(str, level.properties.columns))}.")
            ]
        )  # fmt: skip
    totals = numbers(level.properties, name, [], file=file, field=field)
    if np.isnan(totals).any() or (totals < 0).any():
        place = level.properties.index[np.flatnonzero(~(totals >= 0))[0]]
        raise DefinitionError.of(
            [
                Problem(level.report.file, name, f"no single number for {place}",
                        "the people of every place", "Complete the property, or leave rake_to out.")
            ]
        )  # fmt: skip
    return totals


def city_weights(
    definitions: Definitions, id: str, levels: list[Weights], counts: Counts
) -> Weights:
    """The city as one target: see `equity.places.population.population` for the rule."""
    own, *others = levels
    raked = [each for each in others if each.raked]
    if raked:
        base = raked[0]
    elif definitions.level(own.level).display or not others:
        base = replace(own, matrix=np.ones((1, len(counts.places))))
    else:
        base = max(others, key=lambda each: float((each.matrix @ counts.total).sum()))
    matrix = base.matrix.sum(axis=0, keepdims=True)
    total = float((matrix @ counts.total)[0])
    shown = base.report[base.report["place"] != OUTSIDE]
    carried = float(shown["carried"].sum()) if base.raked else total
    factor = total / carried if carried else 1.0
    report = pd.DataFrame(
        [
            {
                "place": CITY,
                "carried": carried,
                "corrected_to": total if base.raked else np.nan,
                "factor": factor,
                "uncovered": np.nan,
            }
        ]
    )
    return Weights(CITY, [CITY], matrix, np.array([factor]), base.raked, report, base.level)


def by_attribute(
    workspace: Workspace,
    definitions: Definitions,
    id: str,
    counts: Counts,
    dimension: Dimension,
    levels: list[Weights],
) -> dict[str, dict[str, np.ndarray]]:
    """Each level's matrix split by the code of the ground on which people live.

    Level → code → a matrix of the level's shape; the codes add up to the whole. Ground in no
    place with a declared code is `unknown`. Where the attribute belongs to the file's own areas,
    an area's people all have its code; otherwise the ground is cut and people taken as evenly
    spread over an area, as everywhere in this room.
    """
    name = str(dimension.source.attribute)
    coded = next(each.level for each in definitions.city.attributes if each.id == name)
    codes = attribute(workspace, definitions, name).set_index("place")["code"]
    codes = codes.where(codes.isin(dimension.codes), UNKNOWN)
    source = definitions.populations[id].level
    split: dict[str, dict[str, np.ndarray]] = {}
    for weights in levels:
        if coded == source:
            of_area = codes.reindex(counts.places, fill_value=UNKNOWN).to_numpy()
            parts = {code: weights.matrix * (of_area == code) for code in dimension.codes}
        else:
            frames = [
                load_level(workspace, definitions, each).frame
                for each in (source, weights.level, coded)
            ]
            parts = {}
            for code in dimension.codes:
                ground = frames[2][frames[2]["place"].map(codes) == code]
                pieces = _cut(frames[1], ground)
                pairs = overlap(frames[0], pieces, definitions.city.crs)
                parts[code] = (
                    _matrix(pairs, weights.places, counts.places) * weights.factors[:, None]
                )
        rest = weights.matrix - sum(parts.values())
        split[weights.level] = {**parts, UNKNOWN: rest.clip(min=0)}
    return split


def _cut(places: gpd.GeoDataFrame, ground: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The parts of `places` that lie on `ground`; places without any are left out."""
    if ground.empty:
        return places.iloc[:0]
    shapes = shapely.intersection(places.geometry.values, shapely.union_all(ground.geometry.values))
    pieces = places.set_geometry([polygonal(shape) for shape in shapes], crs=places.crs)
    return pieces[~pieces.geometry.is_empty]
