"""Coordinates: projected, missing, false, exchanged."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from pyproj import Transformer

from equity.errors import IntakeError
from equity.records import LedgerEntry, parts, take_in
from equity.workspace import Workspace
from tests.records.city import EAST, WEST, contract, definitions


def place(
    workspace: Workspace, points: list[tuple[Any, Any]], **spec: Any
) -> tuple[LedgerEntry, list[str]]:
    rows = [f"2024-05-01 10:00:00,1,open,{x},{y}\n" for x, y in points]
    (workspace.root / "in" / "a.csv").write_text("received,age,status,x,y\n" + "".join(rows))
    known = definitions({"requests": contract(coordinates={"x": "x", "y": "y", **spec})})
    (entry,) = take_in(workspace, known, "requests")
    (part,) = parts(workspace, known, "requests")
    frame = pd.read_parquet(part)
    assert not {"x", "y"} & set(frame.columns)
    return entry, frame["place_district"].tolist()


@pytest.mark.parametrize("crs", ["EPSG:2227", "EPSG:26910", "EPSG:3857"])
def test_projected_coordinates(workspace: Workspace, crs: str) -> None:
    project = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    points = [project(*WEST), project(*EAST), project(-121.0, 36.0)]
    _, found = place(workspace, points, crs=crs)
    assert found == ["1", "2", "outside"]


def test_missing_points_are_outside_or_quarantined(workspace: Workspace) -> None:
    points = [WEST, ("", ""), ("", 37.3)]
    entry, found = place(workspace, points)
    assert found == ["1", "outside", "outside"]
    assert (entry.without_location, entry.outside) == (2, {"district": 2})
    entry, found = place(workspace, points, missing="quarantine")
    assert entry.quarantined == {"required:coordinates": 2}


def test_known_false_points_are_missing(workspace: Workspace) -> None:
    entry, found = place(workspace, [WEST, EAST, EAST], defaults=[EAST])
    assert found == ["1", "outside", "outside"]
    assert entry.without_location == 2


def test_points_that_are_none(workspace: Workspace) -> None:
    entry, found = place(workspace, [WEST, WEST, ("here", 37.3), (-121.9, 137.3), (0, 0)])
    assert entry.quarantined == {"range:coordinates": 1, "type:coordinates": 1}
    assert found == ["1", "1", "outside"]


def test_exchanged_columns_are_an_error(workspace: Workspace) -> None:
    points = [(y, x) for x, y in (WEST, EAST, EAST)] + [WEST]
    with pytest.raises(IntakeError, match=r"x, y: Found 3 of 4 points .* exchanged"):
        place(workspace, points)
    assert not list(workspace.store.rglob("*.parquet"))


def test_a_single_exchanged_point_is_only_its_rows_fault(workspace: Workspace) -> None:
    entry, found = place(workspace, [WEST, EAST, WEST, EAST[::-1]])
    assert found == ["1", "2", "1"]
    assert entry.quarantined == {"range:coordinates": 1}


def test_another_city_is_outside_and_no_error(workspace: Workspace) -> None:
    entry, found = place(workspace, [(-74.0, 40.7)] * 3)
    assert found == ["outside"] * 3
    assert entry.accepted == 3


def test_without_any_location_everything_is_outside(workspace: Workspace) -> None:
    (workspace.root / "in" / "a.csv").write_text(
        "received,age,status\n2024-05-01 10:00,1,a\n"
    )  # fmt: skip
    (entry,) = take_in(workspace, definitions({"requests": contract()}), "requests")
    assert entry.outside == {"district": 1}
    assert entry.unknown == {}
