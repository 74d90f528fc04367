"""Copies of boundaries for maps: simplified, small, served under the hash of their content."""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from equity.framework.models import Definitions
from equity.i18n import DEFAULT
from equity.places.boundaries import LONLAT, load_level
from equity.places.shapes import polygonal
from equity.schema import CITY, OUTSIDE
from equity.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd

LARGEST = 150_000
"""Bytes of a display file; a map is redrawn with it on every choice."""
_TOLERANCES = tuple(10 * 1.5**step for step in range(16))
"""Metres: the finest that makes the file small enough is taken."""
_DECIMALS = 5
"""Of a degree: about 1 m."""


def write_display(workspace: Workspace, definitions: Definitions) -> dict[str, str]:
    """Write a display copy of every level that people see; level → file name in the store.

    Neighbours keep their shared edges (the coverage is simplified as a whole), exterior rings run
    clockwise (Vega draws nothing else), coordinates have five decimals, each feature carries its
    `place`, the file stays under 150 KB. The file's name is the hash of the content, so writing
    again changes nothing and a browser may keep it for good.
    """
    names: dict[str, str] = {}
    workspace.display.mkdir(parents=True, exist_ok=True)
    for level in definitions.city.place_levels:
        if not level.display:
            continue
        frame = load_level(workspace, definitions, level.id).frame
        content = display_copy(frame, definitions.city.crs)
        names[level.id] = f"{hashlib.sha256(content).hexdigest()[:20]}.geojson"
        target = workspace.display / names[level.id]
        if not target.exists():
            unfinished = target.with_name(f".{target.name}-{os.getpid()}")
            unfinished.write_bytes(content)
            os.replace(unfinished, target)
    return names


def display_copy(frame: gpd.GeoDataFrame, crs: str, largest: int = LARGEST) -> bytes:
    """`frame` (`place, geometry`) as simplified GeoJSON of at most about `largest` bytes.

    `crs` is a projected system in metres. Where even the coarsest tolerance is too large, the
    coarsest is returned.
    """
    projected = frame.to_crs(crs)
    covered = shapely.coverage_clean(projected.geometry.values)  # type: ignore[attr-defined]
    content = b""
    for tolerance in _TOLERANCES:
        simple = projected.set_geometry(
            shapely.coverage_simplify(covered, tolerance), crs=crs
        ).to_crs(LONLAT)
        features = [
            {"type": "Feature", "properties": {"place": place}, "geometry": drawn}
            for place, drawn in zip(simple["place"], map(_drawn, simple.geometry), strict=True)
        ]
        content = json.dumps(
            {"type": "FeatureCollection", "features": features},
            ensure_ascii=False, separators=(",", ":"),
        ).encode()  # fmt: skip
        if len(content) <= largest:
            break
    return content


def _drawn(shape: Any) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda points: np.round(points, _DECIMALS))
    if not rounded.is_valid:
        rounded = polygonal(shapely.make_valid(rounded, method="structure", keep_collapsed=False))
    clockwise = shapely.orient_polygons(rounded, exterior_cw=True)
    drawn: dict[str, Any] = json.loads(shapely.to_geojson(clockwise))
    return drawn


def place_table(workspace: Workspace, definitions: Definitions) -> pd.DataFrame:
    """`place_level, place, name, area_km2, x, y`: the city, and every place of every level.

    `name` is a JSON object from language to name. `x, y` is the point of the place that lies
    furthest from its edges (longitude, latitude), where its name has most room. Each level ends with its place `outside`; it and the city have neither area nor
    point. `outside` has no name: pages name it in the reader's language.
    """
    name = definitions.city.name
    nowhere = {"area_km2": np.nan, "x": np.nan, "y": np.nan}
    parts = [
        pd.DataFrame(
            [
                {
                    "place_level": CITY,
                    "place": CITY,
                    "name": json.dumps({DEFAULT: name}, ensure_ascii=False),
                    **nowhere,
                }
            ]
        )
    ]
    for level in definitions.city.place_levels:
        frame = load_level(workspace, definitions, level.id).frame
        projected = frame.to_crs(definitions.city.crs)
        inside = _middles(projected).to_crs(LONLAT)
        rows = pd.DataFrame(
            {
                "place_level": level.id,
                "place": frame["place"].to_numpy(),
                "name": frame["name"].to_numpy(),
                "area_km2": projected.area.to_numpy() / 1e6,
                "x": inside.x.to_numpy(),
                "y": inside.y.to_numpy(),
            }
        )
        outside = {"place_level": level.id, "place": OUTSIDE, "name": "{}", **nowhere}
        parts += [rows, pd.DataFrame([outside])]
    return pd.concat(parts, ignore_index=True)


def _middles(projected: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """The centre of the largest circle that each place holds, to a fiftieth of the place's size."""
    import geopandas as gpd

    shapes = projected.geometry.to_numpy()
    radii = shapely.maximum_inscribed_circle(shapes, tolerance=np.sqrt(shapely.area(shapes)) / 50)
    return gpd.GeoSeries(shapely.get_point(radii, 0), crs=projected.crs)
