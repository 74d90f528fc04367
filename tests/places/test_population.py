"""People by place and group: carried by area, raked, and every change reported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.errors import DefinitionError
from equity.i18n import LANGUAGES, Translator
from equity.places import population, population_with_report, told
from equity.schema import POPULATION_COLUMNS

from .cities import definitions, level, needs_real, san_jose, square, workspace, write_geojson

TABLE = "code,people,pm,young,ym,old\na,100,10,60,8,30\nb,50,5,20,3,30\nc,40,4,10,2,30\n"
COUNTS = [
    {"column": "people", "moe": "pm"},
    {"column": "young", "moe": "ym", "groups": {"age": "young"}},
    {"column": "old", "groups": {"age": "old"}},
]
AGE = {"id": "age", "title": "Age", "source": {"field": "age"},
       "groups": [{"code": "young", "label": "y"}, {"code": "old", "label": "o"}]}  # fmt: skip


def town(tmp_path: Path, table: str = TABLE, rake: tuple | None = None, **more: object):
    """Areas a b c (each 1 × 1) in a row; districts west = a + half of b, east = the rest of b.

    The last, c, lies in no district. `rake`: the districts' own people, west and east.
    """
    write_geojson(
        tmp_path / "areas.geojson",
        [({"code": code}, square(i, 0)) for i, code in enumerate("abc")],
    )
    own = rake or ("", "")
    write_geojson(
        tmp_path / "districts.geojson",
        [({"code": "west", "own": own[0]}, square(0, 0, 0.005, width=3, height=2)),
         ({"code": "east", "own": own[1]}, square(3, 0, 0.005, width=1, height=2))],
    )  # fmt: skip
    (tmp_path / "people.csv").write_text(table)
    carry: dict[str, object] = {"level": "district"}
    if rake:
        carry["rake_to"] = "own"
    people = {"file": "people.csv", "level": "area", "key": "code", "counts": COUNTS,
              "carry": [carry], "missing": [-999], **more.pop("people", {})}  # fmt: skip
    levels = [
        level("area", "areas.geojson", display=more.pop("area_shown", False)),
        level("district", "districts.geojson"),
    ]
    dimensions = [AGE, *more.pop("dimensions", [])]
    return workspace(tmp_path), definitions(
        levels, dimensions=dimensions, populations={"people": people}, **more
    )


def numbers(frame: pd.DataFrame, column: str = "count", **where: str) -> dict[tuple, float]:
    """(level, place, groups …) → number, of the rows about `where`."""
    for name, value in where.items():
        frame = frame[frame[name] == value]
    keys = frame[["place_level", "place", "group", "group_2"]].itertuples(index=False, name=None)
    return dict(zip(keys, frame[column], strict=True))


def test_counts_are_carried_by_area(tmp_path: Path) -> None:
    frame = population(*town(tmp_path))
    assert tuple(frame.columns) == POPULATION_COLUMNS
    found = numbers(frame, place_level="district", dimension="")
    assert found == pytest.approx(
        {("district", "west", "", ""): 125, ("district", "east", "", ""): 25}, rel=1e-5
    )
    groups = numbers(frame, place="west", dimension="age")
    assert groups == pytest.approx(
        {("district", "west", "young", ""): 70, ("district", "west", "old", ""): 45,
         ("district", "west", "unknown", ""): 10}, rel=1e-5,
    )  # fmt: skip
    assert (frame["correction"] == 1).all()


def test_margins_add_as_squares_of_what_is_taken(tmp_path: Path) -> None:
    moe = numbers(population(*town(tmp_path)), "moe", place="west")
    assert moe["district", "west", "", ""] == pytest.approx(np.hypot(10, 2.5), rel=1e-5)
    assert moe["district", "west", "young", ""] == pytest.approx(np.hypot(8, 1.5), rel=1e-5)
    assert np.isnan(moe["district", "west", "old", ""])


def test_raked_counts_add_up_to_the_level_s_own(tmp_path: Path) -> None:
    frame, report = population_with_report(*town(tmp_path, rake=("250", 20)))
    found = numbers(frame, place_level="district")
    assert found["district", "west", "", ""] == pytest.approx(250)
    assert found["district", "west", "young", ""] == pytest.approx(140, rel=1e-5)
    assert found["district", "east", "young", ""] == pytest.approx(8, rel=1e-5)
    city = numbers(frame, place_level="city")
    assert city["city", "city", "", ""] == pytest.approx(270)
    assert city["city", "city", "young", ""] == pytest.approx(148, rel=1e-5)
    assert numbers(frame, "moe", dimension="", place_level="city") == pytest.approx(
        {("city", "city", "", ""): 0}, abs=1e-6
    )
    share = 70 / 125
    expected = 250 / 125 * np.sqrt(64 + 1.5**2 - share**2 * (100 + 2.5**2))
    moe = numbers(frame, "moe", place="west")["district", "west", "young", ""]
    assert moe == pytest.approx(expected, rel=1e-3)
    corrections = report.corrections.set_index(["level", "place"])
    west = corrections.loc[("district", "west")]
    assert west[["carried", "corrected_to", "factor"]].tolist() == pytest.approx(
        [125, 250, 2], rel=1e-5
    )
    assert corrections.loc[("district", "outside"), "carried"] == pytest.approx(40, rel=1e-5)
    assert corrections.loc[("city", "city"), "factor"] == pytest.approx(270 / 150, rel=1e-5)


def test_ground_without_counts_is_reported(tmp_path: Path) -> None:
    table = "\n".join(line for line in TABLE.splitlines() if not line.startswith("b"))
    _, report = population_with_report(*town(tmp_path, table))
    west = report.corrections.set_index(["level", "place"]).loc[("district", "west")]
    assert west["uncovered"] == pytest.approx(1 / 3, abs=1e-4)
    assert ("places.places_without_count", 1.0) in set(
        report.notes[["note", "amount"]].itertuples(index=False, name=None)
    )


def test_the_city_of_an_unraked_file(tmp_path: Path) -> None:
    city = ("city", "city", "", "")
    hidden = population(*town(tmp_path))
    assert numbers(hidden, place_level="city", dimension="")[city] == pytest.approx(150, rel=1e-5)
    shown = population(*town(tmp_path, area_shown=True))
    assert numbers(shown, place_level="city", dimension="")[city] == 190


def test_groups_that_exceed_the_total_leave_no_unknown_and_are_told(tmp_path: Path) -> None:
    frame, report = population_with_report(*town(tmp_path, TABLE.replace("a,100", "a,80")))
    assert ("area", "a", "unknown", "") not in numbers(frame)
    assert frame["count"].min() >= 0
    notes = report.notes[report.notes["note"] == "places.groups_exceed_total"]
    area = notes[notes["level"] == "area"]
    assert area[["dimension", "amount"]].values.tolist() == [["age", 10.0]]


def test_pairs_give_margins_totals_and_unknowns(tmp_path: Path) -> None:
    counts = [
        {"column": "people", "groups": {"size": "one", "age": "young"}},
        {"column": "young", "groups": {"age": "old", "size": "one"}},
        {"column": "old", "groups": {"size": "two", "age": "young"}},
    ]
    frame, report = population_with_report(*town(tmp_path, people={"counts": counts, "carry": []}))
    a = numbers(frame, place_level="area", place="a")
    assert a == {
        ("area", "a", "", ""): 190, ("area", "a", "one", ""): 160, ("area", "a", "two", ""): 30,
        ("area", "a", "young", ""): 130, ("area", "a", "old", ""): 60,
        ("area", "a", "one", "young"): 100, ("area", "a", "one", "old"): 60,
        ("area", "a", "two", "young"): 30,
    }  # fmt: skip
    assert report.notes["note"].tolist() == ["places.total_from_groups"]


def test_missing_values_count_nobody(tmp_path: Path) -> None:
    frame, report = population_with_report(*town(tmp_path, TABLE.replace("c,40,4", "c,-999,-999")))
    assert ("area", "c", "", "") not in numbers(frame)
    assert (report.notes["note"] == "places.places_without_count").sum() == 1


def test_rows_without_a_boundary_are_told(tmp_path: Path) -> None:
    _, report = population_with_report(*town(tmp_path, TABLE + "z,7,1,3,1,4\n"))
    assert "places.rows_without_boundary" in set(report.notes["note"])


@pytest.mark.parametrize("own_level", ["area", "half"])
def test_people_by_an_attribute_of_where_they_live(tmp_path: Path, own_level: str) -> None:
    """Zone 1 is a, zone 2 is b (or: zone 1 is the row's lower half)."""
    write_geojson(
        tmp_path / "halves.geojson",
        [({"code": "low"}, square(0, 0, 0.005, width=4, height=1)),
         ({"code": "high"}, square(0, 1, 0.005, width=4, height=1))],
    )  # fmt: skip
    (tmp_path / "zones.csv").write_text("code,zone\na,1\nb,2\nlow,1\nhigh,2\n")
    zone = {"id": "zone", "title": "Zone", "level": own_level, "method": "column", "key": "code",
            "file": "zones.csv", "column": "zone", "source": {"name": "test"}}  # fmt: skip
    dimension = {"id": "zoned", "title": "Zone", "source": {"attribute": "zone"},
                 "groups": [{"code": "1", "label": "1"}, {"code": "2", "label": "2"}]}  # fmt: skip
    ws, city = town(
        tmp_path, attributes=[zone], dimensions=[dimension], rake=("125", "25"), area_shown=True
    )
    levels = [*city.city.model_dump(mode="json")["place_levels"], level("half", "halves.geojson")]
    city = city.model_copy(
        update={"city": city.city.model_validate(
            {**city.city.model_dump(mode="json"), "place_levels": levels})}
    )  # fmt: skip
    found = numbers(population(ws, city), dimension="zoned")
    if own_level == "area":
        expected = {("city", "city", "1", ""): 100, ("city", "city", "2", ""): 50,
                    ("area", "a", "1", ""): 100, ("area", "b", "2", ""): 50,
                    ("area", "c", "unknown", ""): 40, ("district", "west", "1", ""): 100,
                    ("district", "west", "2", ""): 25, ("district", "east", "2", ""): 25}  # fmt: skip
    else:
        expected = {("city", "city", "1", ""): 75, ("city", "city", "2", ""): 75,
                    ("area", "a", "1", ""): 50, ("area", "a", "2", ""): 50,
                    ("area", "b", "1", ""): 25, ("area", "b", "2", ""): 25,
                    ("area", "c", "unknown", ""): 40, ("district", "west", "1", ""): 62.5,
                    ("district", "west", "2", ""): 62.5, ("district", "east", "1", ""): 12.5,
                    ("district", "east", "2", ""): 12.5}  # fmt: skip
    found = {key: count for key, count in found.items() if count > 0.01}
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"people": {"counts": [{"column": "peple"}]}}, r"people\.yml: counts\.0\.column.*people"),
        ({"table": TABLE.replace("40", "-40")}, r"counts\.0\.column: Found -40 for place c"),
        ({"table": TABLE.replace("40", "forty")}, "forty for place c"),
        ({"rake": ("12", None)}, r"districts\.geojson: own: Found no single number for east"),
        ({"people": {"carry": [{"level": "district", "rake_to": "owned"}]}}, r"carry\.0\.rake_to"),
        ({"table": "code,people,pm,young,ym,old\nc,40,4,10,2,30\n", "rake": ("1", "1")},
         r"carry\.0\.rake_to: Found 1 people in east, none carried"),
    ],
)  # fmt: skip
def test_faults_name_file_field_and_remedy(tmp_path: Path, change: dict, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        population(*town(tmp_path, **change))


def test_notes_are_messages_in_every_language(tmp_path: Path) -> None:
    _, report = population_with_report(
        *town(tmp_path, TABLE.replace("a,100", "a,80") + "z,7,1,3,1,4\n")
    )
    for language in LANGUAGES:
        say = Translator(language)
        for note in report.notes.itertuples():
            assert say.number(note.amount) in say(note.note, amount=say.number(note.amount))


@given(st.lists(st.integers(0, 1000), min_size=3, max_size=3), st.integers(1, 500))
@settings(max_examples=25, deadline=None)
def test_carried_people_are_neither_lost_nor_made(
    tmp_path_factory: pytest.TempPathFactory, people: list[int], own: int
) -> None:
    people[0] += 1
    people[1] += 1
    rows = "".join(
        f"{code},{n},1,{n // 2},1,{n // 3}\n" for code, n in zip("abc", people, strict=True)
    )
    folder = tmp_path_factory.mktemp("town")
    ws, city = town(folder, "code,people,pm,young,ym,old\n" + rows, rake=(str(own), str(own)))
    frame, report = population_with_report(ws, city)
    carried = report.corrections.query("level == 'district'")["carried"].sum()
    assert carried == pytest.approx(sum(people), rel=1e-6)
    totals = frame[(frame["dimension"] == "") & (frame["place_level"] == "district")]["count"]
    assert totals.sum() == pytest.approx(2 * own)
    for (_, place), rows_of in frame[frame["dimension"] == "age"].groupby(["place_level", "place"]):
        whole = frame[(frame["place"] == place) & (frame["dimension"] == "")]["count"].sum()
        assert rows_of["count"].sum() == pytest.approx(whole, rel=1e-6, abs=1e-5)


@needs_real
@pytest.mark.real
def test_tracts_carried_to_districts_sum_to_the_districts_own_people() -> None:
    people = {
        "file": "data_root:svi_2018_tracts_2010.csv", "level": "tract", "key": "FIPS",
        "missing": [-999],
        "counts": [{"column": "E_TOTPOP", "moe": "M_TOTPOP"},
                   {"column": "E_MINRTY", "moe": "M_MINRTY", "groups": {"minority": "yes"}}],
        "carry": [{"level": "district", "rake_to": "POPULATION"}, {"level": "neighborhood"}],
    }  # fmt: skip
    frame, report = population_with_report(*san_jose(populations={"people": people}))
    total = frame[frame["dimension"] == ""].set_index(["place_level", "place"])["count"]
    assert total["city", "city"] == pytest.approx(1_015_683)
    assert total["district"].sum() == pytest.approx(1_015_683)
    assert total["district", "3"] == pytest.approx(103_483)
    factors = report.corrections.query("level == 'district' and place != 'outside'")["factor"]
    # the survey is of 2014–18, the districts' people of the 2020 census
    assert factors.between(0.97, 1.13).all()
    carried = report.corrections.query("level == 'district'")["carried"].sum()
    assert carried == pytest.approx(
        frame.query("place_level == 'tract' and dimension == ''")["count"].sum()
    )


def test_what_was_done_is_told_as_plain_values(tmp_path: Path) -> None:
    table = "\n".join(line for line in TABLE.splitlines() if not line.startswith("a,"))
    ws, city = town(tmp_path, table + "\nz,7,1,3,1,4\n", rake=("250", 20))
    _, report = population_with_report(ws, city)
    said = json.loads(json.dumps(told(ws, city, report), allow_nan=False))
    people = said["populations"]["people"]
    whole, own, district = people["levels"]
    assert (whole["level"], whole["method"], whole["raked"]) == ("city", "sum", True)
    assert (own["level"], own["method"], own["factors"]) == ("area", "file", {})
    assert (district["method"], district["people"]) == ("area_overlap", pytest.approx(270))
    west = district["factors"]["west"]
    assert west == pytest.approx(10, rel=1e-4)
    assert district["factor_range"] == [min(district["factors"].values()), west]
    assert district["uncovered"]["west"] == pytest.approx(2 / 3, abs=1e-4)
    assert "places.rows_without_boundary" in {note["note"] for note in people["notes"]}
    assert said["repairs"] == {"area": [], "district": []}
