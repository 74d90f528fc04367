"""Five million points in four hundred polygons."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely

from bench.report import Line
from equity.places import Locator

POINTS, POLYGONS = 5_000_000, 400
_VERTEX_EVERY = 0.001
"""Of a side of the square: about 80,000 vertices in all, more than the real city's 65,000."""


def polygons() -> gpd.GeoDataFrame:
    """Voronoi cells with finely divided edges, in a square with a margin of nothing around it."""
    random = np.random.default_rng(1)
    centres = shapely.multipoints(random.random((POLYGONS, 2)))
    cells = shapely.voronoi_polygons(centres, extend_to=shapely.box(0, 0, 1, 1))
    inner = shapely.intersection(shapely.get_parts(cells), shapely.box(0.02, 0.02, 0.98, 0.98))
    return gpd.GeoDataFrame(
        {"place": [f"p{number}" for number in range(len(inner))]},
        geometry=shapely.segmentize(inner, _VERTEX_EVERY), crs="EPSG:4326",
    )  # fmt: skip


def measure() -> Iterator[Line]:
    """Time and additional memory; fails where any point has another place than it should."""
    frame = polygons()
    x, y = np.random.default_rng(2).random((2, POINTS))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begin, busy = time.perf_counter(), time.process_time()
    found = Locator(frame).locate(x, y)
    seconds, busy = time.perf_counter() - begin, time.process_time() - busy
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 2**20
    some = np.random.default_rng(3).integers(0, POINTS, 20_000)
    by_code = frame.set_index("place").geometry
    for place in np.unique(found[some]):
        of_place = some[found[some] == place]
        shape = shapely.union_all(frame.geometry) if place == "outside" else by_code[place]
        inside = shapely.intersects_xy(shape, x[of_place], y[of_place])
        if (inside == (place == "outside")).any():
            raise AssertionError(f"{place}: some points were given another place")
    yield Line("5 million points, 400 polygons", seconds, "s", limit=3,
               note=f"{busy:.2f} s of processor time")  # fmt: skip
    yield Line("  memory beside points and polygons", peak, "GiB", limit=0.6)
