"""Points to places: one code a point, by the rule, whatever the order."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.places import Locator, load_level
from equity.places import locate as module

from .cities import REAL, needs_real, san_jose


def grid(columns: int, rows: int) -> gpd.GeoDataFrame:
    """Unit squares with codes in an order that is not that of the rows."""
    cells = [(column, row) for column in range(columns) for row in range(rows)]
    return gpd.GeoDataFrame(
        {"place": [f"p{(7 * i) % len(cells)}" for i in range(len(cells))]},
        geometry=[shapely.box(x, y, x + 1, y + 1) for x, y in cells],
        crs="EPSG:4326",
    )


def by_the_rule(frame: gpd.GeoDataFrame, x: float, y: float) -> str:
    """The rule in words, one point at a time."""
    covering = [
        place
        for place, shape in zip(frame["place"], frame.geometry, strict=True)
        if shape.covers(shapely.Point(x, y))
    ]
    return min(covering) if covering else "outside"


halves = st.integers(-1, 11).map(lambda n: n / 2)
"""Coordinates on edges and corners as often as inside."""
points = st.lists(st.tuples(halves | st.floats(-1, 6), halves | st.floats(-1, 6)), max_size=30)


@given(points)
@settings(max_examples=60, deadline=None)
def test_every_point_has_the_one_code_of_the_rule(where: list[tuple[float, float]]) -> None:
    frame = grid(5, 5)
    x, y = [x for x, _ in where], [y for _, y in where]
    codes = Locator(frame).locate(np.array(x, dtype=float), np.array(y, dtype=float))
    assert codes.tolist() == [by_the_rule(frame, *point) for point in where]


@given(points, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_the_order_of_places_and_points_is_irrelevant(where: list, random: object) -> None:
    frame = grid(4, 3)
    shuffled = frame.sample(frac=1, random_state=random.randrange(2**16))
    order = list(range(len(where)))
    random.shuffle(order)
    x = np.array([point[0] for point in where], dtype=float)
    y = np.array([point[1] for point in where], dtype=float)
    codes = Locator(frame).locate(x, y)
    assert Locator(shuffled).locate(x[order], y[order]).tolist() == codes[order].tolist()


def test_a_point_on_the_outer_edge_belongs_to_a_place() -> None:
    frame = grid(1, 1)
    assert Locator(frame).locate([0.0, 1.0, 0.5], [0.0, 1.0, 0.0]).tolist() == ["p0"] * 3


def test_missing_and_impossible_coordinates_are_outside() -> None:
    x, y = [np.nan, 0.5, np.inf, -np.inf, 0.5], [0.5, np.nan, 0.5, 0.5, 0.5]
    assert Locator(grid(1, 1)).locate(x, y).tolist() == ["outside"] * 4 + ["p0"]


def test_chunks_do_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(3)
    x, y = random.uniform(-1, 6, (2, 1001))
    locator = Locator(grid(5, 5))
    whole = locator.locate(x, y)
    monkeypatch.setattr(module, "CHUNK", 100)
    assert locator.locate(x, y).tolist() == whole.tolist()


def test_no_points_and_pandas_columns() -> None:
    locator = Locator(grid(2, 2))
    assert locator.locate([], []).tolist() == []
    frame = pd.DataFrame({"x": ["0.5", None], "y": ["0.5", "1"]}).astype(float)
    assert locator.locate(frame["x"], frame["y"]).tolist() == ["p0", "outside"]
    assert locator.codes[-1] == "outside"


def test_projected_points_are_reprojected() -> None:
    square = gpd.GeoDataFrame(
        {"place": ["here"]}, geometry=[shapely.box(3, 0, 3.1, 0.1)], crs="EPSG:4326"
    )
    # 500,000 m east is the central meridian of zone 31, longitude 3
    codes = Locator(square).locate([505_000.0, 400_000.0], [5_000.0, 5_000.0], crs="EPSG:32631")
    assert codes.tolist() == ["here", "outside"]


def test_rows_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="equal length"):
        Locator(grid(1, 1)).locate([1.0], [1.0, 2.0])


@needs_real
@pytest.mark.real
def test_dumping_requests_agree_with_their_recorded_district() -> None:
    ws, city = san_jose()
    requests = pd.read_csv(
        REAL / "illegal_dumping_requests.csv",
        usecols=["COUNCILDISTRICT", "LONGITUDE", "LATITUDE"],
    )
    codes = Locator(load_level(ws, city, "district").frame).locate(
        requests["LONGITUDE"], requests["LATITUDE"]
    )
    recorded = pd.to_numeric(requests["COUNCILDISTRICT"]).astype("Int64").astype(str)
    assert (codes == recorded.to_numpy()).sum() == 1993
    assert (codes == "outside").sum() == 1


@needs_real
@pytest.mark.real
def test_a_county_island_is_outside_the_city() -> None:
    ws, city = san_jose()
    limits = load_level(ws, city, "limits").frame
    rings = [ring for part in limits.explode().geometry for ring in part.interiors]
    islands = [shapely.Polygon(ring).representative_point() for ring in rings]
    codes = Locator(limits).locate([p.x for p in islands], [p.y for p in islands])
    assert len(islands) > 0
    assert set(codes) <= {"outside", "san_jose"}
    assert (codes == "outside").mean() > 0.5
