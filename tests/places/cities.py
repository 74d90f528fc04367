"""Small cities for the tests of places: definitions made in code, boundaries written to a folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import shapely

from equity.framework.models import City, Definitions, Dimension, Population
from equity.workspace import PROGRAM_ROOT, Workspace

REAL = Path(
    os.environ.get("EQUITY_DATA_ROOT") or PROGRAM_ROOT.parent / "shared" / "data" / "sanjose"
)
needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real San José records are not here (EQUITY_DATA_ROOT)"
)

UTM = "EPSG:32631"
"""Projected metres around longitude 3, latitude 0, where the small cities lie."""


def level(id: str, file: str, code: str = "code", name: str = "code", **more: Any) -> dict:
    return {
        "id": id, "title": id, "title_plural": id, "boundaries": file, "code": code, "name": name,
        "source": {"name": "test"}, **more,
    }  # fmt: skip


def definitions(
    levels: list[dict],
    *,
    attributes: list[dict] | None = None,
    dimensions: list[dict] | None = None,
    populations: dict[str, dict] | None = None,
    crs: str = UTM,
) -> Definitions:
    city = City.model_validate(
        {
            "name": "Test", "synthetic": True, "time_zone": "UTC", "languages": ["en"],
            "crs": crs, "place_levels": levels, "attributes": attributes or [],
        }
    )  # fmt: skip
    return Definitions(
        city=city,
        dimensions={each["id"]: Dimension.model_validate(each) for each in dimensions or []},
        populations={
            id: Population.model_validate(
                {"title": id, "unit": "people", "source": {"name": "test"}, **each}
            )
            for id, each in (populations or {}).items()
        },
        datasets={}, departments={}, metrics={}, department_of={}, digest="test",
    )  # fmt: skip


def workspace(folder: Path, data_root: Path | None = None) -> Workspace:
    return Workspace(root=folder, store=folder / "store", data_root=data_root)


def write_geojson(
    path: Path, features: list[tuple[dict[str, Any], Any]], crs: str | None = None
) -> None:
    """`features`: properties and a shape (or a ready-made GeoJSON geometry, or None)."""
    document: dict[str, Any] = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": properties,
                "geometry": json.loads(shapely.to_geojson(shape))
                if isinstance(shape, shapely.Geometry)
                else shape,
            }
            for properties, shape in features
        ],
    }
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")


def square(column: int, row: int, size: float = 0.01, width: int = 1, height: int = 1) -> Any:
    """A rectangle of a grid near longitude 3, latitude 0 (a degree's tenth is about 11 km)."""
    x, y = 3 + column * size, row * size
    return shapely.box(x, y, x + width * size, y + height * size)


def san_jose(**more: Any) -> tuple[Workspace, Definitions]:
    """The real boundaries of San José, read in place."""
    levels = [
        level("district", "data_root:council_districts_2022.geojson", "DISTRICTINT",
              "District {DISTRICTINT}"),
        level("neighborhood", "data_root:neighborhoods_partial.geojson", "name", "name"),
        level("tract", "data_root:tracts_2010.geojson", "GEOID", "GEOID", display=False),
        level("limits", "data_root:city_limits_2016.geojson", "INCORP", "INCORP", display=False),
    ]  # fmt: skip
    return (
        Workspace(root=PROGRAM_ROOT, store=PROGRAM_ROOT / "store", data_root=REAL),
        definitions(levels, crs="EPSG:26910", **more),
    )
