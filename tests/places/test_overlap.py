"""Shares of area: they add up to what is covered."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.places.overlap import level_overlap, overlap

from .cities import UTM, needs_real, san_jose, square


def areas(**shapes: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"place": list(shapes)}, geometry=list(shapes.values()), crs="EPSG:4326"
    )


def test_an_area_is_shared_out_by_ground() -> None:
    sources = areas(left=square(0, 0), wide=square(1, 0, width=4))
    targets = areas(a=square(0, 0, width=2), b=square(2, 0))
    found = overlap(sources, targets, UTM).set_index(["source", "target"])["share"]
    assert found.to_dict() == pytest.approx(
        {("left", "a"): 1, ("wide", "a"): 0.25, ("wide", "b"): 0.25}, abs=1e-4
    )


def test_areas_that_share_an_edge_touch_without_sharing_ground() -> None:
    found = overlap(areas(left=square(0, 0)), areas(right=square(1, 0)), UTM)
    assert found["share"].tolist() == pytest.approx([0], abs=1e-9)


@given(
    st.lists(st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95)), min_size=2, max_size=8,
             unique=True),
    st.floats(-0.5, 0.5),
    st.floats(-0.5, 0.5),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_shares_add_up_to_the_covered_part(
    centres: list[tuple[float, float]], dx: float, dy: float
) -> None:
    frame = shapely.box(3, 0, 4, 1)
    cells = shapely.voronoi_polygons(
        shapely.multipoints([(3 + x, y) for x, y in centres]), extend_to=frame
    )
    targets = areas(
        **{f"t{i}": shapely.intersection(cell, frame) for i, cell in enumerate(cells.geoms)}
    )
    source = shapely.box(3.2 + dx, 0.2 + dy, 3.7 + dx, 0.7 + dy)
    found = overlap(areas(s=source), targets, UTM)
    assert (found["share"] >= 0).all()
    covered = source.intersection(frame).area / source.area
    # a degree is not quite as many metres everywhere
    assert found["share"].sum() == pytest.approx(covered, abs=2e-3)
    assert found["share"].sum() <= 1 + 1e-9


@needs_real
@pytest.mark.real
def test_tracts_inside_the_city_are_wholly_in_districts() -> None:
    ws, city = san_jose()
    shares = level_overlap(ws, city, "tract", "district").groupby("source")["share"].sum()
    assert (shares <= 1 + 1e-9).all()
    assert len(shares) == 241
    assert np.isclose(shares, 1, atol=1e-9).sum() > 100
