"""Small operations on shapes that several parts of this room need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:
    import geopandas as gpd

SMALLEST_OVERLAP = 1e-10
"""Square degrees (about 1 m² at San José): smaller overlaps are rounding, left to the tie rule."""


@dataclass(frozen=True)
class Repair:
    """A change that reading made to a place's shape.

    `note` is a message key of the catalogue `places`; `values` are what its sentence names beside
    the `place`: nothing for a shape that was not valid, `features` (how many were combined), or
    `other` and `share` (the place that the ground was left to, and the part of this one's ground,
    0–1).
    """

    place: str
    note: str
    values: dict[str, str | float]


_FAULTS = {
    "Self-intersection": "crossing",
    "Ring Self-intersection": "touching",
    "Hole lies outside shell": "hole_outside",
    "Holes are nested": "holes_nested",
    "Nested shells": "shells_nested",
    "Interior is disconnected": "in_pieces",
    "Duplicate Rings": "ring_twice",
    "Too few points in geometry component": "few_points",
}
"""What GEOS says of an invalid shape → the kind of fault, as `places.repaired_<kind>` words it."""


def fault_of(shape: Any) -> str:
    """The message key of what is wrong with a shape that is not valid.

    >>> fault_of(shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"))
    'places.repaired_crossing'
    """
    reason = str(shapely.is_valid_reason(shape)).partition("[")[0].strip()
    return f"places.repaired_{_FAULTS.get(reason, 'other')}"


def polygonal(shape: Any) -> Any:
    """The areas of `shape` as a Polygon or MultiPolygon, without its lines and points.

    >>> polygonal(shapely.from_wkt("GEOMETRYCOLLECTION (POINT (9 9), POLYGON ((0 0, 1 0, 1 1, 0 0)))"))
    <POLYGON ((0 0, 1 0, 1 1, 0 0))>
    """
    areas = [each for each in shapely.get_parts(_flat(shape)) if each.area > 0]
    return areas[0] if len(areas) == 1 else shapely.MultiPolygon(areas)


def _flat(shape: Any) -> Any:
    if shape.geom_type != "GeometryCollection":
        return shape
    parts = [each for part in shape.geoms for each in shapely.get_parts(_flat(part))]
    return shapely.MultiPolygon([each for each in parts if each.geom_type == "Polygon"])


def repaired(shape: Any) -> Any:
    """`shape` made valid: every shell filled, every hole cut, and only its areas kept.

    A bow tie becomes its two wings; a shell inside another shell is part of it, not a hole:

    >>> repaired(shapely.from_wkt("POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))")).area
    2.0
    >>> nested = "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0)), ((1 1, 2 1, 2 2, 1 2, 1 1)))"
    >>> repaired(shapely.from_wkt(nested)).area
    81.0
    """
    if shapely.is_valid(shape):
        return polygonal(shape)
    return polygonal(shapely.make_valid(shape, method="structure", keep_collapsed=False))


def leave_overlaps_to_first(frame: gpd.GeoDataFrame) -> tuple[list[Any], list[Repair]]:
    """Shapes of `frame` (sorted by `place`) without the ground of an earlier place; what changed.

    The same rule as for points on shared edges, so that points and areas agree.
    """
    shapes = list(frame.geometry)
    tree = shapely.STRtree(shapes)
    codes = list(frame["place"])
    changed = []
    for later, earlier in sorted(zip(*tree.query(shapes, predicate="intersects"), strict=True)):
        if earlier >= later:
            continue
        shared = shapely.intersection(shapes[later], shapes[earlier]).area
        if shared > SMALLEST_OVERLAP:
            share = float(shared / shapes[later].area)
            shapes[later] = polygonal(shapely.difference(shapes[later], shapes[earlier]))
            values: dict[str, str | float] = {"other": codes[earlier], "share": share}
            changed.append(Repair(codes[later], "places.overlap_left", values))
    return shapes, changed
