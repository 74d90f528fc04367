"""Approximate places of the sample city: an outline, ZIP areas and districts, made from points.

No official boundary is used. ZIP areas are Voronoi cells of the areas' published centres, cut to an
outline drawn around them; districts are the cells of a power diagram (Aurenhammer 1987), whose
weights are moved until each holds about its share of the population. Same input, same files.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from shapely import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

from equity.simulate.parameters import read_yaml

_DIGITS = 5  # decimals of a degree: about a metre


def make_places(sample: Path) -> dict[str, str]:
    """The text of every boundary file, by name, from `areas.csv` and `geography.yml` in `sample`.

    Features carry `code`, `name` and `population` (2020 census, scaled to the city's total, so that
    all levels of the sample add up to the same people).
    """
    settings = read_yaml(sample / "geography.yml")
    areas = read_areas(sample)
    to_metres = pyproj.Transformer.from_crs("EPSG:4326", settings["crs"], always_xy=True)
    to_degrees = pyproj.Transformer.from_crs(settings["crs"], "EPSG:4326", always_xy=True)
    centres = centres_in_metres(areas, settings["moved_centres"], to_metres)
    outline = city_outline(centres, settings, to_metres)
    zips = voronoi_cells(centres, outline)
    population = areas["population"].to_numpy(float)
    codes = list(settings["districts"])
    targets = np.array([settings["districts"][code]["population"] for code in codes], float)
    anchors = np.array(
        [to_metres.transform(*settings["districts"][code]["centre"]) for code in codes]
    )
    districts = population_cells(anchors, targets, zips, population, outline)
    rounded = whole_numbers(targets, settings["total_population"])
    return {
        "zip_areas.geojson": feature_collection(
            areas["zip"], areas["name"], areas["population"], zips, to_degrees
        ),
        "districts.geojson": feature_collection(
            codes, [f"District {code}" for code in codes], rounded, districts, to_degrees
        ),
    }


def read_areas(sample: Path) -> pd.DataFrame:
    """`areas.csv` of `sample` with `population`: the 2020 counts scaled to the city's total."""
    settings = read_yaml(sample / "geography.yml")
    areas = pd.read_csv(sample / "areas.csv", dtype={"zip": str})
    scaled = whole_numbers(areas["population_2020"].to_numpy(float), settings["total_population"])
    return areas.assign(population=scaled)


def whole_numbers(values: np.ndarray, total: int) -> np.ndarray:
    """`values` scaled to `total` and rounded so that they still add up (largest remainders).

    >>> whole_numbers(np.array([1.0, 1.0, 1.0]), 100).tolist()
    [34, 33, 33]
    """
    exact = values / values.sum() * total
    floor = np.floor(exact).astype(np.int64)
    order = np.argsort(floor - exact, kind="stable")
    floor[order[: total - int(floor.sum())]] += 1
    return floor


def centres_in_metres(
    areas: pd.DataFrame, moved: dict[str, list[float]], to_metres: pyproj.Transformer
) -> np.ndarray:
    """One (x, y) an area, with the centres in `moved` (longitude, latitude) in their new place."""
    points = [
        to_metres.transform(*moved.get(code, center))
        for code, *center in areas[["zip", "longitude", "latitude"]].itertuples(index=False)
    ]
    return np.array(points)


def city_outline(
    centres: np.ndarray, settings: dict[str, Any], to_metres: pyproj.Transformer
) -> Polygon:
    """A plausible outline: concave hull of the centres, widened, rounded, cut along the bay."""
    hull = shapely.concave_hull(MultiPoint(centres), ratio=settings["hull_ratio"])
    wide = hull.buffer(settings["margin_m"] + settings["rounding_m"], quad_segs=8)
    smooth = wide.buffer(-2 * settings["rounding_m"], quad_segs=8).buffer(
        settings["rounding_m"], quad_segs=8
    )
    shore = LineString([to_metres.transform(*point) for point in settings["bay_side"]])
    water = shore.buffer(30_000, single_sided=True)
    return max(shapely.get_parts(smooth.difference(water)), key=shapely.area)


def voronoi_cells(centres: np.ndarray, outline: Polygon) -> list[BaseGeometry]:
    """The part of `outline` nearest to each centre, in the order of `centres`."""
    cells = shapely.get_parts(
        shapely.voronoi_polygons(MultiPoint(centres), extend_to=outline.envelope)
    )
    tree = shapely.STRtree(cells)
    owner = [int(tree.query(Point(xy), predicate="intersects")[0]) for xy in centres]
    return [cells[index].intersection(outline) for index in owner]


def population_cells(
    anchors: np.ndarray,
    targets: np.ndarray,
    zips: list[BaseGeometry],
    population: np.ndarray,
    outline: Polygon,
) -> list[BaseGeometry]:
    """Power-diagram cells of `anchors` in `outline` whose populations resemble `targets`.

    People are taken to live evenly within each ZIP area; the fit is on a 200 m grid.
    """
    grid, people = _population_grid(zips, population, outline)
    shares = targets / targets.sum() * people.sum()
    squared = ((grid[:, None, :] - anchors[None, :, :]) ** 2).sum(axis=2)
    weights = np.zeros(len(anchors))
    step = 2e6
    for _ in range(4000):
        nearest = np.argmin(squared - weights, axis=1)
        held = np.bincount(nearest, weights=people, minlength=len(anchors))
        weights += step * (shares - held) / shares
        step *= 0.999
    return [power_cell(index, anchors, weights, outline) for index in range(len(anchors))]


def _population_grid(
    zips: list[BaseGeometry], population: np.ndarray, outline: Polygon
) -> tuple[np.ndarray, np.ndarray]:
    left, bottom, right, top = outline.bounds
    xs, ys = np.meshgrid(np.arange(left, right, 200.0), np.arange(bottom, top, 200.0))
    points = np.column_stack([xs.ravel(), ys.ravel()])
    people = np.zeros(len(points))
    for cell, count in zip(zips, population, strict=True):
        inside = shapely.contains_xy(cell, points[:, 0], points[:, 1])
        people[inside] = count / max(1, inside.sum())
    return points[people > 0], people[people > 0]


def power_cell(
    index: int, anchors: np.ndarray, weights: np.ndarray, outline: Polygon
) -> BaseGeometry:
    """The part of `outline` with |p − anchor|² − weight smallest for anchor `index`."""
    cell: BaseGeometry = outline
    reach = 200_000.0
    for other in range(len(anchors)):
        if other == index:
            continue
        across = anchors[other] - anchors[index]
        length = float(np.hypot(*across))
        unit = across / length
        along = np.array([-unit[1], unit[0]])
        offset = (length**2 + weights[index] - weights[other]) / (2 * length)
        edge = anchors[index] + unit * offset
        corners = [
            edge + along * reach, edge - along * reach,
            edge - along * reach - unit * reach, edge + along * reach - unit * reach,
        ]  # fmt: skip
        cell = cell.intersection(Polygon(corners))
    return cell


def feature_collection(
    codes: Any, names: Any, population: Any, shapes: list[Any], to_degrees: pyproj.Transformer
) -> str:
    """GeoJSON text, one feature a line, coordinates in degrees to about a metre."""

    def in_degrees(points: np.ndarray) -> np.ndarray:
        return np.column_stack(to_degrees.transform(points[:, 0], points[:, 1]))

    lines = []
    for code, name, people, shape in zip(codes, names, population, shapes, strict=True):
        turned = shapely.transform(shape, in_degrees)
        rounded = shapely.set_precision(turned, 10**-_DIGITS)
        geometry = json.loads(shapely.to_geojson(shapely.orient_polygons(rounded)))
        geometry["coordinates"] = _round(geometry["coordinates"])
        properties = {"code": code, "name": name, "population": int(people)}
        lines.append(
            json.dumps(
                {"type": "Feature", "properties": properties, "geometry": geometry},
                ensure_ascii=False,
                separators=(",", ":"),
            )
        )
    body = ",\n".join(lines)
    return f'{{"type":"FeatureCollection","features":[\n{body}\n]}}\n'


def _round(value: Any) -> Any:
    return round(value, _DIGITS) if isinstance(value, float) else [_round(item) for item in value]
