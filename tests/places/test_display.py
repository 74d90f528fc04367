"""Display copies and the table of places."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from equity.places import load_level, place_table, write_display
from equity.places.display import LARGEST, display_copy
from equity.workspace import Workspace

from .cities import (
    UTM,
    definitions,
    level,
    needs_real,
    san_jose,
    square,
    workspace,
    write_geojson,
)


def town(tmp_path: Path):
    write_geojson(
        tmp_path / "areas.geojson",
        [
            ({"code": "a", "name": "Ñandú"}, square(0, 0)),
            ({"code": "b", "name": "b"}, square(1, 0)),
        ],
    )
    return workspace(tmp_path), definitions(
        [
            level("area", "areas.geojson", name={"en": "name", "es": "Zona {name}"}),
            level("joined", "areas.geojson", display=False),
        ]
    )


def test_levels_that_people_see_are_written_under_their_hash(tmp_path: Path) -> None:
    ws, city = town(tmp_path)
    names = write_display(ws, city)
    assert list(names) == ["area"]
    content = (ws.display / names["area"]).read_bytes()
    assert hashlib.sha256(content).hexdigest().startswith(names["area"].removesuffix(".geojson"))
    features = json.loads(content)["features"]
    assert [each["properties"] for each in features] == [
        {"place": "a"},
        {"place": "b"},
    ]
    assert {each["type"] for each in features} == {"Feature"}


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    ws, city = town(tmp_path)
    names = write_display(ws, city)
    before = {path.name: path.stat().st_mtime_ns for path in ws.display.iterdir()}
    assert write_display(ws, city) == names
    assert {path.name: path.stat().st_mtime_ns for path in ws.display.iterdir()} == before
    assert list(before) == [names["area"]]


def clockwise_shapes(content: bytes) -> list:
    features = json.loads(content)["features"]
    shapes = [shapely.geometry.shape(each["geometry"]) for each in features]
    for shape in shapes:
        for part in shapely.get_parts(shape):
            assert not part.exterior.is_ccw
            assert all(ring.is_ccw for ring in part.interiors)
    return shapes


def test_exterior_rings_run_clockwise_and_holes_the_other_way() -> None:
    ring = square(0, 0, width=4, height=4).difference(square(1, 1))
    frame = gpd.GeoDataFrame(
        {"place": ["a", "b"], "name": ["a", "b"]}, geometry=[ring, square(1, 1)], crs="EPSG:4326"
    )
    shapes = clockwise_shapes(display_copy(frame, UTM))
    assert len(shapes[0].interiors) == 1


def test_neighbours_keep_their_shared_edge() -> None:
    """A wavy border is simplified once, for both sides: no gap, no overlap."""
    border = [(3.01 + (i % 2) * 1e-5, i * 1e-4) for i in range(101)]
    west = shapely.Polygon([(3, 0), *border, (3, 0.01)])
    east = shapely.Polygon([(3.02, 0), *border, (3.02, 0.01)])
    frame = gpd.GeoDataFrame(
        {"place": ["w", "e"], "name": ["w", "e"]}, geometry=[west, east], crs="EPSG:4326"
    )
    left, right = clockwise_shapes(display_copy(frame, UTM))
    assert shapely.get_num_coordinates(left) < 20
    assert left.intersection(right).area == pytest.approx(0, abs=1e-12)
    assert left.union(right).area == pytest.approx(0.0002, rel=1e-3)


def test_the_table_of_places(tmp_path: Path) -> None:
    ws, city = town(tmp_path)
    table = place_table(ws, city)
    assert table.columns.tolist() == ["place_level", "place", "name", "area_km2", "x", "y"]
    keys = list(table[["place_level", "place"]].itertuples(index=False, name=None))
    assert keys == [
        ("city", "city"), ("area", "a"), ("area", "b"), ("area", "outside"),
        ("joined", "a"), ("joined", "b"), ("joined", "outside"),
    ]  # fmt: skip
    found = table.set_index(["place_level", "place"]).loc[("area", "a")]
    assert json.loads(found["name"]) == {"en": "Ñandú", "es": "Zona Ñandú"}
    assert found["area_km2"] == pytest.approx(1.23, abs=0.01)
    assert (found["x"], found["y"]) == pytest.approx(square(0, 0).centroid.coords[0], abs=2e-4)
    assert table.loc[table["place"] == "outside", "name"].eq("{}").all()
    assert table[table["place"].isin(["city", "outside"])]["area_km2"].isna().all()


@needs_real
@pytest.mark.real
def test_real_display_copies_are_small_and_keep_the_ground(tmp_path: Path) -> None:
    ws, city = san_jose()
    ws = Workspace(root=ws.root, store=tmp_path, data_root=ws.data_root)
    for id, name in write_display(ws, city).items():
        content = (ws.display / name).read_bytes()
        assert len(content) < LARGEST
        shapes = clockwise_shapes(content)
        frame = load_level(ws, city, id).frame
        drawn = gpd.GeoSeries(shapes, crs=frame.crs).to_crs(city.city.crs)
        true = frame.geometry.to_crs(city.city.crs)
        assert (drawn.symmetric_difference(true).area / true.area).max() < 0.02
        assert drawn.is_valid.all()


def test_a_name_stands_where_its_place_is_widest(tmp_path: Path) -> None:
    """A long arm of a place is no room for its name, though half of its ground lies there."""
    arm = shapely.box(0.0, 0.01, 0.001, 0.2)
    write_geojson(tmp_path / "areas.geojson", [({"code": "a"}, shapely.union(square(0, 0), arm))])
    table = place_table(workspace(tmp_path), definitions([level("area", "areas.geojson")]))
    found = table.set_index("place").loc["a"]
    assert (found["x"], found["y"]) == pytest.approx(square(0, 0).centroid.coords[0], abs=1e-3)
