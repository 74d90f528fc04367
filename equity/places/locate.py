"""Points to places: which place of a level each record lies in.

The rule for every point, whichever order polygons or points come in: the place that covers it,
edges included; where several do (a shared edge, a corner), the one whose code comes first when
codes are sorted as text; where none does, or where a coordinate is missing, `outside`.

Method: points are taken in chunks and sorted by x, so that each polygon looks only at the slice
under its bounding box, and only at points that no earlier polygon took; those are tested exactly
with a prepared polygon (`shapely.intersects_xy`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from equity.places.boundaries import LONLAT
from equity.schema import OUTSIDE

if TYPE_CHECKING:
    import geopandas as gpd

CHUNK = 1_000_000
"""Points at a time: bounds the memory beside the answer to about 100 MB."""


class Locator:
    """The places of one level, prepared to be asked about many points.

    `codes` are the places in the order of the rule, with `outside` last, so that a result of
    `indices` is a position in `codes`.

    >>> import geopandas as gpd
    >>> squares = [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)]
    >>> frame = gpd.GeoDataFrame({"place": ["b", "a"]}, geometry=squares, crs="EPSG:4326")
    >>> Locator(frame).locate([0.5, 1.0, 1.5, 7.0, float("nan")], [0.5] * 5).tolist()
    ['b', 'a', 'a', 'outside', 'outside']
    """

    def __init__(self, frame: gpd.GeoDataFrame):
        """Prepare `frame` (`place`, geometry in EPSG:4326); the order of its rows is irrelevant."""
        frame = frame.sort_values("place", ignore_index=True)
        self.codes = np.array([*frame["place"], OUTSIDE], dtype=object)
        self._shapes = np.asarray(frame.geometry.values, dtype=object)
        self._bounds = shapely.bounds(self._shapes)
        shapely.prepare(self._shapes)

    def locate(self, x: Any, y: Any, crs: str = LONLAT) -> np.ndarray:
        """The code of each point (objects of type str); `x` and `y` in the system `crs`."""
        return self.codes[self.indices(x, y, crs)]

    def indices(self, x: Any, y: Any, crs: str = LONLAT) -> np.ndarray:
        """The position in `codes` of each point's place, as int32."""
        x = np.asarray(x, dtype="float64")
        y = np.asarray(y, dtype="float64")
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"x and y must be two rows of equal length: {x.shape}, {y.shape}")
        result = np.empty(len(x), dtype="int32")
        for start in range(0, len(x), CHUNK):
            part = slice(start, start + CHUNK)
            result[part] = self._chunk(*_lonlat(x[part], y[part], crs))
        return result

    def _chunk(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        outside = len(self._shapes)
        order = np.argsort(x)  # not-a-number sorts last, beyond every slice
        x, y = x[order], y[order]
        found = np.full(len(x), outside, dtype="int32")
        starts = np.searchsorted(x, self._bounds[:, 0], side="left")
        ends = np.searchsorted(x, self._bounds[:, 2], side="right")
        for index, shape in enumerate(self._shapes):
            part = slice(starts[index], ends[index])
            near = (y[part] >= self._bounds[index, 1]) & (y[part] <= self._bounds[index, 3])
            near &= found[part] == outside
            chosen = np.flatnonzero(near) + part.start
            if len(chosen):
                inside = shapely.intersects_xy(shape, x[chosen], y[chosen])
                found[chosen[inside]] = index
        result = np.empty_like(found)
        result[order] = found
        return result


def _lonlat(x: np.ndarray, y: np.ndarray, crs: str) -> tuple[np.ndarray, np.ndarray]:
    if crs == LONLAT:
        return x, y
    from pyproj import Transformer

    # a point that the system cannot express comes back as infinity, which lies outside everything
    return Transformer.from_crs(crs, LONLAT, always_xy=True).transform(x, y)
