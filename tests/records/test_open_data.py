"""The City's own illegal-dumping export and 311 counts, faults and all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from equity.framework.models import City
from equity.records import parts, quarantined_rows, read_aggregate, read_ledger, take_in
from equity.workspace import Workspace
from tests.records.city import SOURCE, definitions

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("EQUITY_DATA_ROOT") or REPOSITORY.parent / "shared/data/sanjose")
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (DATA / "illegal_dumping_requests.csv").is_file(),
        reason="the real San José records are not here (EQUITY_DATA_ROOT)",
    ),
]

EPOCH = {"type": "timestamp", "format": "epoch_ms"}
DUMPING: dict[str, Any] = {
    "title": "Illegal dumping", "owner": "BeautifySJ", "source": SOURCE,
    "files": ["data_root:illegal_dumping_requests.csv"],
    "fields": {
        "received_at": {**EPOCH, "column": "DATETIMERECEIVEDUTC", "required": True},
        "completed_at": {**EPOCH, "column": "DATETIMECOMPLETEDUTC"},
        "status": {"column": "STATUS", "type": "code"},
        "recorded_district": {"column": "COUNCILDISTRICT", "type": "code"},
        "case": {"column": "GlobalID", "type": "key", "required": True},
    },
    "private": ["NOTES", "DETAILSUMMARY"],
    "time": "received_at",
    "coordinates": {"x": "LONGITUDE", "y": "LATITUDE"},
    "derived": {"days": "days_between(received_at, completed_at)"},
    "reject": [{"id": "before_receipt", "when": "completed_at < received_at", "reason": "Earlier"}],
    "duplicates": {"key": ["case"]},
}  # fmt: skip
REQUESTS: dict[str, Any] = {
    "title": "311", "kind": "aggregate", "owner": "311", "source": SOURCE,
    "files": ["data_root:sj311_by_district_year_type.csv"],
    "fields": {
        "service": {
            "column": "service_type", "type": "code", "other_codes": "quarantine",
            "codes": {
                "ALL (geolocated)": "all", "Junk Pickup": "junk", "Graffiti": "graffiti",
                "Streetlight Outage": "streetlight", "Illegal Dumping": "dumping",
                "Vehicle Concerns": "vehicle", "Pothole": "pothole",
                "Encampment Concerns": "encampment", "Container Issues": "container",
            },
        },
        "estimated": {"column": "count_is_population_allocated_estimate", "type": "boolean"},
    },
    "reject": [{"id": "estimate", "when": "estimated", "reason": "Spread by population"}],
    "aggregate": {
        "level": "district", "place": "district", "period": "year", "period_kind": "year",
        "category": "service", "partial_periods": ["2026"],
        "columns": [
            {"id": "requests", "column": "requests"},
            {"id": "closed", "column": "pct_closed", "statistic": "share_percent", "of": "requests"},
            {"id": "median_days", "column": "median_days_created_to_last_update", "statistic": "median"},
        ],
    },
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "city.yml").write_text("name: San José\n")
    return Workspace(root=tmp_path, store=tmp_path / "store", data_root=DATA)


def san_jose(**datasets: dict[str, Any]) -> Any:
    level = {
        "title": "x", "title_plural": "x", "source": SOURCE, "name": "{}",
    }  # fmt: skip
    levels = [
        {**level, "id": "district", "code": "DISTRICTINT", "name": "District {DISTRICTINT}",
         "boundaries": "data_root:council_districts_2022.geojson"},
        {**level, "id": "neighborhood", "code": "name", "name": "{name}",
         "boundaries": "data_root:neighborhoods_partial.geojson"},
    ]  # fmt: skip
    made = definitions(datasets)
    city = made.city.model_dump() | {"place_levels": levels, "attributes": []}
    return made.model_copy(update={"city": City.model_validate(city)})


def test_illegal_dumping(workspace: Workspace) -> None:
    known = san_jose(dumping=DUMPING)
    (entry,) = take_in(workspace, known, "dumping")
    assert (entry.rows_read, entry.accepted) == (2000, 1980)
    assert entry.quarantined == {"rule:before_receipt": 20}
    assert entry.outside["district"] <= 1
    assert entry.outside["neighborhood"] == 33  # 34 of the 2,000 by geopandas, one in quarantine
    assert entry.columns_private == ["DETAILSUMMARY", "NOTES"]

    (part,) = parts(workspace, known, "dumping")
    same, cleared, finished = duckdb.sql(
        f"""SELECT count(*) FILTER (place_district = recorded_district),
                   count(*) FILTER (days <= 5), count(days) FROM read_parquet('{part}')"""
    ).fetchall()[0]
    assert (cleared, finished) == (1372, 1887)
    assert same >= 1970  # 1,993 of the 2,000, some of them in quarantine

    rows = list(quarantined_rows(workspace, known, "dumping", entry.file))
    received, completed = (
        rows[0].columns.index(f"DATETIME{x}UTC") for x in ("RECEIVED", "COMPLETED")
    )
    assert len(rows) == 20
    assert all(int(row.cells[completed]) < int(row.cells[received]) for row in rows)


def test_requests_by_district(workspace: Workspace) -> None:
    known = san_jose(requests=REQUESTS)
    frame = read_aggregate(workspace, known, "requests")
    (row,) = read_ledger(workspace).to_dict("records")
    assert row["rows_read"] == 900
    assert row["quarantined"]["rule:estimate"] == 200
    assert row["accepted"] == len(frame) == 700
    assert set(frame.loc[frame["partial"], "period"].dt.year) == {2026}
    year = frame["period"] == pd.Timestamp(2018, 1, 1)
    one = frame[year & (frame["place"] == "1") & (frame["category"] == "all")]
    assert one[["requests", "closed", "median_days"]].to_numpy().tolist() == [[8072, 98.0, 10.03]]
