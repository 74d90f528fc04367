"""Boundaries: any coordinate system in, valid places in longitude and latitude out."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from equity.errors import DefinitionError
from equity.i18n import LANGUAGES, Translator
from equity.places import Repair, load_level, shapes
from equity.places.shapes import fault_of

from .cities import definitions, level, needs_real, san_jose, square, workspace, write_geojson


def load(tmp_path: Path, features: list, crs: str | None = None, **more: object):
    write_geojson(tmp_path / "areas.geojson", features, crs)
    found = level("area", "areas.geojson", **more)
    return load_level(workspace(tmp_path), definitions([found]), "area")


def refused(tmp_path: Path, features: list, crs: str | None = None, **more: object):
    with pytest.raises(DefinitionError) as error:
        load(tmp_path, features, crs, **more)
    return error.value.problems[0]


def test_places_are_sorted_by_code_and_named(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        [({"code": 9, "what": "west"}, square(0, 0)), ({"code": 10, "what": "east"}, square(1, 0))],
        name={"en": "District {code} ({what})", "es": "Distrito {code}"},
    )
    assert found.frame["place"].tolist() == ["10", "9"]
    assert [json.loads(name) for name in found.frame["name"]] == [
        {"en": "District 10 (east)", "es": "Distrito 10"},
        {"en": "District 9 (west)", "es": "Distrito 9"},
    ]
    assert found.frame.crs.to_epsg() == 4326
    assert found.repairs == []


def test_names_that_are_no_codes_become_codes_and_stay_names(tmp_path: Path) -> None:
    found = load(tmp_path, [({"code": "Santa Teresa"}, square(0, 0))])
    assert found.frame[["place", "name"]].iloc[0].tolist() == [
        "santa_teresa", '{"en": "Santa Teresa"}',
    ]  # fmt: skip
    assert found.report.codes == {"Santa Teresa": "santa_teresa"}


@pytest.mark.parametrize("said_by", ["file", "level"])
def test_projected_coordinates_come_out_as_longitude_and_latitude(
    tmp_path: Path, said_by: str
) -> None:
    projected = gpd.GeoSeries([square(0, 0)], crs="EPSG:4326").to_crs("EPSG:32631").iloc[0]
    system = "urn:ogc:def:crs:EPSG::32631"
    write_geojson(
        tmp_path / "areas.geojson",
        [({"code": "a"}, projected)],
        system if said_by == "file" else None,
    )
    one = level("area", "areas.geojson", crs=system if said_by == "level" else None)
    found = load_level(workspace(tmp_path), definitions([one]), "area")
    assert np.allclose(found.frame.total_bounds, square(0, 0).bounds, atol=1e-7)


def test_projected_coordinates_taken_for_degrees_are_refused(tmp_path: Path) -> None:
    problem = refused(tmp_path, [({"code": "a"}, shapely.box(5e5, 4e6, 6e5, 5e6))])
    assert problem.field == "place_levels.0.crs"
    assert "set crs" in problem.remedy


def test_two_coordinate_systems_that_differ_are_refused(tmp_path: Path) -> None:
    write_geojson(tmp_path / "areas.geojson", [({"code": "a"}, square(0, 0))], "EPSG:32631")
    found = level("area", "areas.geojson", crs="EPSG:2227")
    with pytest.raises(DefinitionError, match=r"place_levels\.0\.crs"):
        load_level(workspace(tmp_path), definitions([found]), "area")


def test_a_bow_tie_is_repaired_and_named(tmp_path: Path) -> None:
    tie = shapely.Polygon([(3, 0), (3.02, 0.02), (3.02, 0), (3, 0.02)])
    found = load(tmp_path, [({"code": "tie"}, tie), ({"code": "whole"}, square(5, 5))])
    assert found.frame.is_valid.all()
    assert found.frame.geometry.iloc[0].area == pytest.approx(0.0002)
    assert found.repairs == [Repair("tie", "places.repaired_crossing", {})]


FAULTS = {
    "crossing": "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))",
    "touching": "POLYGON ((0 0, 4 0, 4 4, 2 0, 0 4, 0 0))",
    "hole_outside": "POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0), (5 5, 6 5, 6 6, 5 6, 5 5))",
    "holes_nested": "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0), (1 1, 8 1, 8 8, 1 8, 1 1),"
    " (2 2, 3 2, 3 3, 2 3, 2 2))",
    "shells_nested": "MULTIPOLYGON (((0 0, 9 0, 9 9, 0 9, 0 0)), ((1 1, 2 1, 2 2, 1 2, 1 1)))",
    "in_pieces": "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (0 2, 2 1, 4 2, 2 3, 0 2))",
    "few_points": "POLYGON ((0 0, 1 0, 0 0, 0 0))",
}


@pytest.mark.parametrize("kind", FAULTS)
def test_each_kind_of_fault_has_its_own_sentence(kind: str) -> None:
    shape = shapely.from_wkt(FAULTS[kind])
    assert not shape.is_valid
    assert fault_of(shape) == f"places.repaired_{kind}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_fault_is_in_the_catalogues(language: str) -> None:
    for kind in [*shapes._FAULTS.values(), "other"]:
        assert "Alviso" in Translator(language)(f"places.repaired_{kind}", place="Alviso")


def test_features_of_one_code_become_one_place(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        [({"code": "a", "people": 5}, square(0, 0)), ({"code": "b", "people": 1}, square(1, 0)),
         ({"code": "a", "people": 5}, square(2, 0))],
    )  # fmt: skip
    assert found.frame["place"].tolist() == ["a", "b"]
    assert found.frame.geometry.iloc[0].area == pytest.approx(0.0002)
    assert found.report.combined == ["a"]
    assert found.repairs == [Repair("a", "places.combined", {"features": 2})]
    assert found.properties.loc["a", "people"] == 5


def test_shared_ground_is_left_to_the_first_code_and_told(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        [({"code": "b"}, square(0, 0, width=2)), ({"code": "a"}, square(1, 0, width=2))],
    )
    assert [shape.area for shape in found.frame.geometry] == pytest.approx([0.0002, 0.0001])
    (repair,) = found.repairs
    assert (repair.place, repair.note) == ("b", "places.overlap_left")
    assert repair.values == {"other": "a", "share": pytest.approx(0.5)}


@pytest.mark.parametrize(
    ("features", "word"),
    [
        ([], "an empty list"),
        ([({"code": "a"}, None)], "nothing for a"),
        ([({"code": "a"}, shapely.Point(3, 0))], "Point of a"),
        ([({"code": "a"}, shapely.Polygon([(3, 0), (3, 1), (3, 0)]))], "nothing for a"),
        ([({"code": None}, square(0, 0))], "nothing in feature 1"),
        ([({"code": "outside"}, square(0, 0))], "outside"),
        ([({"code": "A b"}, square(0, 0)), ({"code": "a-B"}, square(1, 0)),
          ({"code": "a  b"}, square(2, 0))], "A b and a  b"),
        ([({"kode": "a"}, square(0, 0))], "code"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_place_is_refused_by_name(
    tmp_path: Path, features: list, word: str
) -> None:
    assert refused(tmp_path, features).found == word


def test_a_place_covered_by_another_is_refused(tmp_path: Path) -> None:
    problem = refused(
        tmp_path, [({"code": "a"}, square(0, 0, width=2)), ({"code": "b"}, square(0, 0))]
    )
    assert problem.found == "b"


@pytest.mark.parametrize("text", ["", "{", '{"type": "Feature"}', "[1]"])
def test_what_is_no_geojson_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "areas.geojson").write_text(text)
    with pytest.raises(DefinitionError, match=r"areas\.geojson"):
        load_level(
            workspace(tmp_path), definitions([level("area", "areas.geojson")]), "area"
        )  # fmt: skip


def test_a_missing_file_names_the_field(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"place_levels\.0\.boundaries"):
        load_level(workspace(tmp_path), definitions([level("area", "no.geojson")]), "area")


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    assert len(load(tmp_path, [({"code": "a"}, square(0, 0))]).frame) == 1
    two = [({"code": "a"}, square(0, 0)), ({"code": "b"}, square(1, 0))]
    assert len(load(tmp_path, two).frame) == 2


def test_a_caller_cannot_change_what_is_kept(tmp_path: Path) -> None:
    found = load(tmp_path, [({"code": "a"}, square(0, 0))])
    found.frame.loc[0, "name"] = "changed"
    found.repairs.append(Repair("a", "changed", {}))
    again = load(tmp_path, [({"code": "a"}, square(0, 0))])
    assert again.frame["name"].tolist() == ['{"en": "a"}']
    assert again.repairs == []


@needs_real
@pytest.mark.real
def test_santa_teresa_is_repaired() -> None:
    ws, city = san_jose()
    found = load_level(ws, city, "neighborhood")
    assert len(found.frame) == 18
    assert found.frame.is_valid.all()
    assert Repair("santa_teresa", "places.repaired_shells_nested", {}) in found.repairs
    area = found.frame.to_crs(city.city.crs).set_index("place").area / 1e6
    assert area["santa_teresa"] == pytest.approx(34.877, abs=0.001)


@needs_real
@pytest.mark.real
def test_county_islands_stay_outside_the_city() -> None:
    ws, city = san_jose()
    limits = load_level(ws, city, "limits").frame.geometry.iloc[0]
    holes = sum(len(part.interiors) for part in shapely.get_parts(limits))
    assert holes > 0
    assert load_level(ws, city, "limits").repairs == []
