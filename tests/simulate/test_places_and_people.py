"""The committed boundaries and populations are what their parameters give, and are plausible."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import shapely

from equity.simulate.places_and_people import committed_files

from .conftest import ROOT


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return committed_files(ROOT)


def shapes(text: str) -> tuple[list[str], list[int], np.ndarray]:
    features = json.loads(text)["features"]
    return (
        [feature["properties"]["code"] for feature in features],
        [feature["properties"]["population"] for feature in features],
        np.array([shapely.from_geojson(json.dumps(f["geometry"])) for f in features]),
    )


def test_committed_files_are_current(made: dict[str, str]) -> None:
    """Run `python -m equity.simulate` and commit what it writes when this fails."""
    stale = [
        name for name, text in made.items() if (ROOT / name).read_text(encoding="utf-8") != text
    ]
    assert stale == []


@pytest.mark.parametrize(("name", "count"), [("zip_areas", 30), ("districts", 10)])
def test_places_cover_the_city_once(made: dict[str, str], name: str, count: int) -> None:
    text = made[f"places/{name}.geojson"]
    codes, people, places = shapes(text)
    assert len(text.encode()) < 200_000
    assert len(set(codes)) == count
    assert sum(people) == 1_013_240
    assert shapely.is_valid(places).all()
    whole = shapely.union_all(places)
    assert abs(shapely.area(places).sum() / whole.area - 1) < 1e-3, "areas overlap"
    other = shapes(made["places/zip_areas.geojson"])[2]
    assert whole.symmetric_difference(shapely.union_all(other)).area < 1e-3 * whole.area


def test_districts_resemble_the_council_districts(made: dict[str, str]) -> None:
    _, target, districts = shapes(made["places/districts.geojson"])
    _, people, zips = shapes(made["places/zip_areas.geojson"])
    for shape, wanted in zip(districts, target, strict=True):
        parts = shapely.area(shapely.intersection(zips, shape)) / shapely.area(zips)
        assert abs((parts * people).sum() / wanted - 1) < 0.02


def test_people_add_up(made: dict[str, str]) -> None:
    residents = pd.read_csv(ROOT / "population/residents.csv", dtype={"zip": str})
    for kind in ("race", "language"):
        columns = [name for name in residents if name.startswith(f"{kind}_")]
        assert (residents[columns].sum(axis=1) == residents["people"]).all()
    total = residents.drop(columns="zip").sum()
    assert total["people"] == 1_013_240
    assert abs(total["race_asian"] / total["people"] - 0.38) < 0.01
    assert abs(total["race_hispanic"] / total["people"] - 0.31) < 0.01
    households = pd.read_csv(ROOT / "population/qualified_households.csv", dtype={"zip": str})
    sizes, incomes = ["1-2", "3-4", "5+"], ["very_low", "low", "moderate", "above_moderate"]
    crossed = [f"size_{size}_income_{income}" for size in sizes for income in incomes]
    for columns in ([f"size_{s}" for s in sizes], [f"income_{i}" for i in incomes], crossed):
        assert (households[columns].sum(axis=1) == households["households"]).all()
    assert 0.5 < households["households"].sum() / 328_622 < 0.65


def test_fifths_hold_about_a_fifth_of_the_people() -> None:
    frame = pd.read_csv(ROOT / "places/zip_attributes.csv")
    for column in ("income_fifth", "limited_english_fifth"):
        shares = frame.groupby(column)["people"].sum() / frame["people"].sum()
        assert list(shares.index) == [1, 2, 3, 4, 5]
        assert shares.between(0.15, 0.25).all()
    poorest = frame[frame["income_fifth"] == 1]["median_household_income"].max()
    assert poorest < frame[frame["income_fifth"] == 5]["median_household_income"].min()
