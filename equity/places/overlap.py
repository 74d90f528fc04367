"""How much of each area of one level lies in each area of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from equity.framework.models import Definitions
from equity.places.boundaries import load_level
from equity.workspace import Workspace

if TYPE_CHECKING:
    import geopandas as gpd

_KEPT: dict[tuple[str, ...], pd.DataFrame] = {}
_KEPT_AT_MOST = 64


def overlap(sources: gpd.GeoDataFrame, targets: gpd.GeoDataFrame, crs: str) -> pd.DataFrame:
    """`source, target, area, share`: one row a pair of places that touch.

    `area` in square metres of the projected system `crs`; `share` is the part of the source's
    area that lies in the target, 0–1, 0 where they share an edge only. Over the targets of one
    source the shares sum to the part of it that the targets cover (they do not overlap one
    another: see `load_level`).
    """
    here, there = sources.to_crs(crs), targets.to_crs(crs)
    shapes, others = np.asarray(here.geometry.values), np.asarray(there.geometry.values)
    shapely.prepare(others)
    left, right = shapely.STRtree(others).query(shapes, predicate="intersects")
    inside = shapely.covers(others[right], shapes[left])
    area = shapely.area(shapes[left])
    area[~inside] = shapely.area(
        shapely.intersection(shapes[left[~inside]], others[right[~inside]])
    )
    pairs = pd.DataFrame(
        {
            "source": here["place"].to_numpy()[left],
            "target": there["place"].to_numpy()[right],
            "area": area,
            "share": area / shapely.area(shapes[left]),
        }
    ).sort_values(["source", "target"], ignore_index=True)
    # slivers below a square metre, where two boundaries of one edge differ, are shared twice
    pairs["share"] /= pairs.groupby("source")["share"].transform("sum").clip(lower=1)
    return pairs


def level_overlap(
    workspace: Workspace, definitions: Definitions, source: str, target: str
) -> pd.DataFrame:
    """`overlap` of two levels of the city; kept in memory by the files' hashes."""
    levels = [load_level(workspace, definitions, each) for each in (source, target)]
    crs = definitions.city.crs
    key = (source, target, crs, *(f"{each.report.digest}{each.report.crs}" for each in levels))
    if key not in _KEPT:
        if len(_KEPT) >= _KEPT_AT_MOST:
            _KEPT.clear()
        _KEPT[key] = overlap(levels[0].frame, levels[1].frame, crs)
    return _KEPT[key].copy()
