"""What was done to boundaries and counts, as plain values to be published and shown."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equity.framework.models import Definitions, Population
from equity.places.boundaries import load_level
from equity.places.population import PopulationReport
from equity.schema import CITY, OUTSIDE
from equity.workspace import Workspace

SLIVER = 1e-4
"""Part of a place's ground: less of it uncovered is where two borders are not drawn alike."""


def told(
    workspace: Workspace, definitions: Definitions, report: PopulationReport
) -> dict[str, Any]:
    """`populations` and `repairs`, as docs/rooms.md ("The meta of a publication") describes them.

    All are JSON values: None where there is no number, unrounded.
    """
    return {
        "populations": {
            id: _population(id, population, definitions, report)
            for id, population in definitions.populations.items()
        },
        "repairs": {
            level.id: [
                {"place": repair.place, "note": repair.note, "values": repair.values}
                for repair in load_level(workspace, definitions, level.id).repairs
            ]
            for level in definitions.city.place_levels
        },
    }


def _population(
    id: str, population: Population, definitions: Definitions, report: PopulationReport
) -> dict[str, Any]:
    corrections = report.corrections[report.corrections["population"] == id]
    notes = report.notes[report.notes["population"] == id]
    return {
        "level": population.level,
        "vintage": population.source.vintage,
        "levels": [
            _level(str(level), rows, population, definitions)
            for level, rows in corrections.groupby("level", sort=False)
        ],
        "notes": [
            {
                "note": row["note"],
                "level": row["level"],
                "dimension": row["dimension"],
                "amount": float(row["amount"]),
            }
            for row in notes.to_dict("records")
        ],
    }


def _level(
    level: str, rows: pd.DataFrame, population: Population, definitions: Definitions
) -> dict[str, Any]:
    inside = rows[rows["place"] != OUTSIDE]
    nowhere = rows.loc[rows["place"] == OUTSIDE, "carried"]
    raked = bool(inside["corrected_to"].notna().any())
    corrected = inside["corrected_to"] if raked else inside["carried"]
    uncovered = inside[inside["uncovered"] > SLIVER]
    carry = next((each for each in population.carry if each.level == level), None)
    own = "file" if level == population.level else "sum"
    return {
        "level": level,
        "method": own if carry is None else carry.method,
        "raked": raked,
        "boundaries": {} if level == CITY else definitions.level(level).source.vintage,
        "places": len(inside),
        "carried": float(inside["carried"].sum()),
        "people": float(corrected.sum()),
        "nowhere": float(nowhere.iloc[0]) if len(nowhere) else None,
        "factors": dict(zip(inside["place"], inside["factor"].astype(float), strict=True))
        if raked
        else {},
        "factor_range": [float(inside["factor"].min()), float(inside["factor"].max())]
        if raked
        else None,
        "uncovered": dict(
            zip(uncovered["place"], uncovered["uncovered"].astype(float), strict=True)
        ),
    }
