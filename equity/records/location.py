"""Where records lie: coordinates to the places of every level, and whether they were swapped."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyproj

from equity.framework.models import Coordinates
from equity.places import place_code
from equity.records.contract import Contract
from equity.records.files import fault
from equity.records.values import mask, numbers, plain
from equity.schema import OUTSIDE

LONLAT = "EPSG:4326"
MARGIN = 0.5
"""Around the city, as a part of its width and height: points in it may be the city's."""
DEFAULT_TOLERANCE = 1e-6
"""How near (in the file's unit) a point must be to a known false one to be taken for it."""


@dataclass
class Located:
    """Longitude and latitude (not-a-number where there is none) and the faults of coordinates."""

    x: np.ndarray
    y: np.ndarray
    faults: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass
class Orientation:
    """How many points of a file are in or near the city, and how many would be, exchanged."""

    points: int = 0
    near: int = 0
    near_when_swapped: int = 0

    def check(self, file: str, coordinates: Coordinates) -> None:
        """Raise `IntakeError` where most points lie in the city only with x and y exchanged."""
        if self.near_when_swapped > self.points / 2 and self.near_when_swapped > self.near:
            raise fault(
                file, f"{coordinates.x}, {coordinates.y}",
                f"{self.near_when_swapped} of {self.points} points that lie near the city only "
                "when the two columns are exchanged",
                f"x (longitude or easting) in {coordinates.x}, y in {coordinates.y}",
                "Exchange coordinates.x and coordinates.y in the contract, or correct the export.",
            )  # fmt: skip


def locate(contract: Contract, columns: dict[str, pa.Array], orientation: Orientation) -> Located:
    """The points of a batch in EPSG:4326; counts them in `orientation`."""
    spec = contract.dataset.coordinates
    assert spec is not None
    x, x_wrong = _floats(columns[spec.x])
    y, y_wrong = _floats(columns[spec.y])
    wrong = x_wrong | y_wrong
    missing = (np.isnan(x) | np.isnan(y)) & ~wrong
    for false_x, false_y in spec.defaults:
        missing |= (abs(x - false_x) <= DEFAULT_TOLERANCE) & (abs(y - false_y) <= DEFAULT_TOLERANCE)
    present = ~missing & ~wrong
    x, y = np.where(present, x, np.nan), np.where(present, y, np.nan)

    transform = _transformer(spec.crs)
    longitude, latitude = transform(x, y)
    in_range = np.isfinite(longitude) & np.isfinite(latitude)
    in_range &= (abs(longitude) <= 180) & (abs(latitude) <= 90)
    near = _near(contract, longitude, latitude)
    orientation.points += int(present.sum())
    orientation.near += int(near.sum())
    far = np.flatnonzero(present & ~near)
    if len(far):
        orientation.near_when_swapped += int(_near(contract, *transform(y[far], x[far])).sum())

    faults = {"type:coordinates": wrong, "range:coordinates": present & ~in_range}
    if spec.missing == "quarantine":
        faults["required:coordinates"] = missing
    return Located(
        np.where(in_range, longitude, np.nan), np.where(in_range, latitude, np.nan), faults
    )


def places(
    contract: Contract, table: pa.Table, x: np.ndarray | None, y: np.ndarray | None
) -> dict[str, pa.Array]:
    """Level → the place code of every row: from the contract's field of codes, else by point.

    A code that no place of the level has is `outside`, and so is a row without a point.
    """
    found = {}
    for id, level in contract.levels.items():
        name = contract.dataset.place_codes.get(id)
        if name is not None:
            found[id] = recode(table[name], lambda v, codes=level.codes: known_place(v, codes))
        elif x is not None:
            found[id] = pa.array(level.locator.locate(x, y), pa.string())
        else:
            found[id] = pa.repeat(pa.scalar(OUTSIDE), table.num_rows)
    return found


def recode(column: pa.Array | pa.ChunkedArray, code: object) -> pa.Array:
    """`code(value)` of every value, asked once a distinct value; null is asked as ""."""
    text = plain(column).cast(pa.string()).fill_null("").dictionary_encode()
    codes = pa.array([code(value) for value in text.dictionary.to_pylist()], pa.string())  # type: ignore[operator]
    return pa.DictionaryArray.from_arrays(text.indices, codes).dictionary_decode()


def known_place(value: str, codes: frozenset[str]) -> str:
    """The code that `value` stands for, or `outside`.

    >>> known_place("9.0", frozenset({"9"})), known_place("none", frozenset({"9"}))
    ('9', 'outside')
    """
    for candidate in (value, place_code(value), value.removesuffix(".0")):
        if candidate in codes:
            return candidate
    return OUTSIDE


def _floats(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    values, wrong = numbers(plain(column))
    floats = np.array(values.to_numpy(zero_copy_only=False), dtype="float64")
    floats[~mask(values.is_valid())] = np.nan
    return floats, wrong


def _transformer(crs: str):  # type: ignore[no-untyped-def]
    if crs.upper() == LONLAT:
        return lambda x, y: (x, y)
    return pyproj.Transformer.from_crs(crs, LONLAT, always_xy=True).transform


def _near(contract: Contract, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    bounds = np.array([level.bounds for level in contract.levels.values()])
    if not len(bounds):
        return np.zeros(len(x), bool)
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    wide, high = MARGIN * (east - west), MARGIN * (north - south)
    return (
        (x >= west - wide) & (x <= east + wide) & (y >= south - high) & (y <= north + high)
    )  # fmt: skip
