"""Attributes of places: steps of the population, the Equity Index, columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from equity.errors import DefinitionError
from equity.places import attribute, load_level
from equity.places.attributes import population_steps

from .cities import definitions, level, needs_real, san_jose, square, workspace, write_geojson

SVI = {
    "title": "SVI", "level": "tract", "file": "data_root:svi_2018_tracts_2010.csv", "key": "FIPS",
    "missing": [-999], "population": "E_TOTPOP", "source": {"name": "CDC/ATSDR"},
}  # fmt: skip
LIMITED_ENGLISH = {
    **SVI, "id": "limited_english", "method": "fifths", "column": "E_LIMENG", "over": "E_TOTPOP",
    "within": "limits",
}  # fmt: skip
EQUITY_INDEX = {
    **SVI, "id": "equity_index", "method": "equity_index", "race": ["E_MINRTY", "E_TOTPOP"],
    "income": "median_household_income", "within": "limits", "income_key": "GEOID",
    "income_file": "data_root:median_household_income_2017_tracts_2010.csv",
}  # fmt: skip


def row_of_places(tmp_path: Path, table: str, **attribute_fields: object):
    """Places a … g side by side, a town over a … e that f touches; one attribute."""
    write_geojson(
        tmp_path / "areas.geojson",
        [({"code": code}, square(i, 0)) for i, code in enumerate("abcdefg")],
    )
    write_geojson(tmp_path / "city.geojson", [({"code": "c"}, square(0, 0, width=5))])
    (tmp_path / "table.csv").write_text(table)
    one = {
        "id": "one", "title": "One", "level": "area", "file": "table.csv", "key": "code",
        "source": {"name": "test"}, **attribute_fields,
    }  # fmt: skip
    levels = [level("area", "areas.geojson"), level("town", "city.geojson")]
    return workspace(tmp_path), definitions(levels, attributes=[one])


def codes(tmp_path: Path, table: str, **fields: object) -> dict[str, str]:
    found = attribute(*row_of_places(tmp_path, table, **fields), "one")
    return dict(zip(found["place"], found["code"], strict=True))


def test_a_column_is_its_own_code(tmp_path: Path) -> None:
    table = "code,zone\na,North\nb,South side\nc,\n"
    found = codes(tmp_path, table, method="column", column="zone")
    assert found == {"a": "North", "b": "south_side"} | dict.fromkeys("cdefg", "unknown")


def test_fifths_of_the_people_not_of_the_places(tmp_path: Path) -> None:
    table = "code,value,people\na,10,20\nb,20,20\nc,30,20\nd,40,20\ne,50,20\n"
    found = codes(tmp_path, table, method="fifths", column="value", population="people")
    assert [found[each] for each in "abcde"] == ["1", "2", "3", "4", "5"]
    assert found["f"] == "unknown"
    heavy = table.replace("e,50,20", "e,50,900")
    found = codes(tmp_path, heavy, method="fifths", column="value", population="people")
    assert [found[each] for each in "abcde"] == ["1", "1", "1", "1", "3"]


def test_a_share_divides_and_nothing_over_nothing_is_unknown(tmp_path: Path) -> None:
    table = "code,some,people\na,9,10\nb,1,10\nc,0,0\nd,-999,10\ne,5,10\n"
    found = codes(
        tmp_path, table, method="fifths", column="some", over="people", population="people",
        missing=[-999],
    )  # fmt: skip
    assert [found[each] for each in "abcde"] == ["5", "1", "unknown", "unknown", "3"]


def test_only_people_inside_count_and_every_place_that_touches_gets_a_code(
    tmp_path: Path,
) -> None:
    """f touches the town's edge with nobody inside: it is scored, and does not move the steps."""
    table = "code,value,people\na,1,10\nb,2,10\nc,3,10\nd,4,10\ne,5,10\nf,0,1000\ng,9,1000\n"
    found = codes(
        tmp_path, table, method="fifths", column="value", population="people", within="town"
    )
    assert [found[each] for each in "abcdefg"] == ["1", "2", "3", "4", "5", "1", "unknown"]


def test_the_equity_index_adds_race_and_income_steps(tmp_path: Path) -> None:
    table = "code,color,people,income\n" + "".join(
        f"{code},{share},100,{income}\n"
        for code, share, income in [
            ("a", 90, 10), ("b", 70, 50), ("c", 50, 30), ("d", 30, 20), ("e", 10, 40), ("f", 20, ""),
        ]
    )  # fmt: skip
    found = codes(
        tmp_path, table, method="equity_index", race=["color", "people"], income="income",
        population="people", within="town",
    )  # fmt: skip
    # race steps 5 4 3 2 1 by falling share; income steps 5 1 3 4 2 by rising income
    assert [found[each] for each in "abcdefg"] == ["10", "5", "6", "6", "3", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("table", "fields", "message"),
    [
        ("code,value\na,1\n", {"column": "valu"}, "attributes.0.column: Found valu.*mean value"),
        ("code,value\na,1\na,2\n", {"column": "value"}, "table.csv:3: code: Found a"),
        ("code,value\na,many\n", {"column": "value"}, "many for place a"),
        ("kode,value\na,1\n", {"column": "value"}, "attributes.0.key"),
        ("code,value\na,1\n", {"column": "value", "file": "no.csv"}, "attributes.0.file"),
    ],
)
def test_faults_name_file_field_and_remedy(
    tmp_path: Path, table: str, fields: dict, message: str
) -> None:
    with pytest.raises(DefinitionError, match=message):
        codes(tmp_path, table, **{"method": "fifths", **fields})


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 50)), min_size=1, max_size=40),
    st.integers(2, 5),
)
@settings(max_examples=80, deadline=None)
def test_steps_rise_with_the_value_and_hold_about_equal_people(
    rows: list[tuple[int, int]], steps: int
) -> None:
    value = pd.Series([float(v) for v, _ in rows])
    weight = pd.Series([float(w) for _, w in rows])
    step = population_steps(value, weight, steps)
    assert step.between(1, steps).all()
    ordered = step.groupby(value).agg(["min", "max"])
    assert (ordered["min"] == ordered["max"]).all()
    assert ordered["min"].is_monotonic_increasing
    largest_block = weight.groupby(value).sum().max()
    for number in range(1, steps + 1):
        up_to = weight[step <= number].sum()
        # the cut lies where it should, but for half of the block that it falls in
        assert abs(up_to - weight.sum() * number / steps) <= largest_block / 2 + 1e-9


@needs_real
@pytest.mark.real
def test_fifths_and_index_of_the_real_city() -> None:
    ws, city = san_jose(attributes=[LIMITED_ENGLISH, EQUITY_INDEX])
    tracts = load_level(ws, city, "tract").frame["place"].tolist()
    fifths = attribute(ws, city, "limited_english")
    assert fifths["place"].tolist() == tracts
    assert set(fifths["code"]) == {"1", "2", "3", "4", "5", "unknown"}
    index = attribute(ws, city, "equity_index")
    assert set(index["code"]) == {str(n) for n in range(2, 11)} | {"unknown"}
    # 225 tracts touch the city and have an income
    assert (index["code"] != "unknown").sum() == 225
