"""The made city as arrays: addresses to draw from, and the groups of people around them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from equity.simulate.parameters import read_yaml

ATTRIBUTES = {
    "income_fifth": "income_fifth",
    "limited_english_fifth": "limited_english_fifth",
    "equity_index": "equity_index_band",
    "latino_half": "latino_half",
}
"""Dimension → column of `places/zip_attributes.csv`."""
ADDRESSES = 1500  # a ZIP area; records share them, as people share houses
_INSIDE = 3e-5  # degrees, 3 m: no address so near a border that rounding could move it across
OUTSIDE_INDEX = -1


@dataclass(frozen=True)
class SampleCity:
    """Addresses (one row an address) and what is known of their ZIP areas (in file order).

    `zip_of` and `district_of` index `zips` and `districts`; −1 is outside. `first_address` is where
    each ZIP area's addresses begin; those outside the city come last. `attributes`: dimension →
    (codes, index of the code for each ZIP area).
    """

    longitude: np.ndarray
    latitude: np.ndarray
    zip_of: np.ndarray
    district_of: np.ndarray
    first_address: np.ndarray
    zips: list[str]
    districts: list[str]
    people: np.ndarray
    income: np.ndarray
    attributes: dict[str, tuple[list[str], np.ndarray]]
    residents: pd.DataFrame
    households: pd.DataFrame

    def draw_addresses(self, rng: np.random.Generator, area: np.ndarray) -> np.ndarray:
        """An address in each of `area` (indices of ZIP areas; −1 outside the city)."""
        within = rng.integers(0, ADDRESSES, len(area))
        return self.first_address[area] + within


def make_city(root: Path, seed: int) -> SampleCity:
    """The sample city of the workspace at `root`; its addresses depend on `seed`."""
    zips, zip_shapes = _shapes(root / "places/zip_areas.geojson")
    districts, district_shapes = _shapes(root / "places/districts.geojson")
    rng = np.random.default_rng([seed, 0xADD])
    city = shapely.unary_union(zip_shapes)
    around = city.buffer(0.02).difference(city)
    points = [
        _points_in(rng, shapely.buffer(shape, -_INSIDE), district_shapes)
        for shape in [*zip_shapes, shapely.buffer(around, -_INSIDE)]
    ]
    places = np.concatenate(points)
    index = np.repeat(np.arange(len(zips) + 1), ADDRESSES)
    zip_of = np.where(index == len(zips), OUTSIDE_INDEX, index)
    district_of = np.full(len(places), OUTSIDE_INDEX)
    for number, shape in enumerate(district_shapes):
        district_of[shapely.contains_xy(shape, places[:, 0], places[:, 1])] = number
    attributes = pd.read_csv(root / "places/zip_attributes.csv", dtype=str).set_index("zip")
    attributes = attributes.loc[zips]
    return SampleCity(
        longitude=places[:, 0],
        latitude=places[:, 1],
        zip_of=zip_of,
        district_of=district_of,
        first_address=np.arange(len(zips) + 1) * ADDRESSES,
        zips=zips,
        districts=districts,
        people=attributes["people"].astype(float).to_numpy(),
        income=attributes["median_household_income"].astype(float).to_numpy(),
        attributes={
            dimension: _coded(attributes[column]) for dimension, column in ATTRIBUTES.items()
        },
        residents=_by_zip(root / "population/residents.csv", zips),
        households=_by_zip(root / "population/qualified_households.csv", zips),
    )


def city_settings(root: Path) -> tuple[str, int]:
    """Time zone and first month of the fiscal year, from `city.yml`."""
    city = read_yaml(root / "city.yml")
    return city["time_zone"], city["fiscal_year_start"]


def _coded(column: pd.Series) -> tuple[list[str], np.ndarray]:
    codes = sorted(column.unique())
    return codes, np.array([codes.index(code) for code in column])


def _by_zip(path: Path, zips: list[str]) -> pd.DataFrame:
    return pd.read_csv(path, dtype={"zip": str}).set_index("zip").loc[zips]


def _shapes(path: Path) -> tuple[list[str], list[BaseGeometry]]:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    return [feature["properties"]["code"] for feature in features], shapes


def _points_in(
    rng: np.random.Generator, shape: BaseGeometry, borders: list[BaseGeometry]
) -> np.ndarray:
    """`ADDRESSES` points evenly in `shape`, rounded to 6 decimals, none near one of `borders`."""
    left, bottom, right, top = shape.bounds
    lines = shapely.union_all([border.boundary for border in borders]).buffer(_INSIDE)
    shapely.prepare(shape)
    shapely.prepare(lines)
    found = np.empty((0, 2))
    while len(found) < ADDRESSES:
        drawn = rng.random((4 * ADDRESSES, 2)) * [right - left, top - bottom] + [left, bottom]
        drawn = np.round(drawn, 6)
        inside = shapely.contains_xy(shape, drawn[:, 0], drawn[:, 1])
        near = shapely.contains_xy(lines, drawn[:, 0], drawn[:, 1])
        found = np.concatenate([found, drawn[inside & ~near]])
    return found[:ADDRESSES]
