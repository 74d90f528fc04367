"""The raw exports: seeded, exact in rows, whole on disk, with the faults that are written down."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow.parquet as pq
import pytest

from equity.framework.models import Dataset
from equity.simulate import generate, parquet_copy, writing
from equity.simulate.parameters import read_yaml
from equity.workspace import Workspace

from .conftest import ROOT, ROWS

SampleIn = Callable[[Path], Workspace]


def hashes(workspace: Workspace) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(workspace.raw.iterdir())
    }


def test_same_seed_gives_the_same_bytes(sample_in: SampleIn, tmp_path: Path) -> None:
    first, second = sample_in(tmp_path / "a"), sample_in(tmp_path / "b")
    for workspace in (first, second):
        generate(workspace, rows=3_000, seed=5)
    assert hashes(first) == hashes(second)
    generate(second, rows=3_000, seed=6)
    assert set(hashes(first).values()).isdisjoint(hashes(second).values())


def test_a_second_call_writes_nothing(sample_in: SampleIn, tmp_path: Path) -> None:
    workspace = sample_in(tmp_path)
    said: list[tuple[str, float]] = []
    generate(workspace, rows=2_000, progress=lambda name, part: said.append((name, part)))
    assert said[-1] == ("dumping_requests_2025-26.csv.gz", 1.0)
    before = {path: path.stat().st_mtime_ns for path in workspace.raw.iterdir()}
    generate(workspace, rows=2_000)
    assert {path: path.stat().st_mtime_ns for path in workspace.raw.iterdir()} == before


def test_a_damaged_export_is_made_again(sample_in: SampleIn, tmp_path: Path) -> None:
    workspace = sample_in(tmp_path)
    generate(workspace, rows=2_000)
    whole = hashes(workspace)
    (workspace.raw / "enrolments_2019-20.csv.gz").write_bytes(b"half")
    (workspace.raw / "enrolments_2020-21.csv.gz").unlink()
    generate(workspace, rows=2_000)
    assert hashes(workspace) == whole


@pytest.mark.parametrize("rows", [1, 7, 999, 4_321])
def test_rows_are_exact(sample_in: SampleIn, tmp_path: Path, rows: int) -> None:
    workspace = sample_in(tmp_path)
    truth = json.loads(generate(workspace, rows=rows).read_text(encoding="utf-8"))
    files = list(workspace.raw.glob("*.csv.gz"))
    assert sum(len(pd.read_csv(path, encoding="utf-8-sig")) for path in files) == rows
    assert sum(truth["rows_by_dataset"].values()) == rows
    assert set(truth["files"]) == {path.name for path in files}


def test_no_rows_is_refused(sample_in: SampleIn, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        generate(sample_in(tmp_path), rows=0)


def test_parquet_in_many_batches_holds_the_same_columns(
    sample_in: SampleIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = sample_in(tmp_path / "csv")
    generate(small, rows=6_000)
    monkeypatch.setattr(sys.modules[generate.__module__], "BATCH_ROWS", 100)
    large = parquet_copy(small, tmp_path / "copy")
    generate(large, rows=6_000)
    assert not list(large.raw.glob("*.csv.gz"))
    name = "fire_incidents_2023-24"
    table = pq.read_table(large.raw / f"{name}.parquet")
    frame = pd.read_csv(small.raw / f"{name}.csv.gz")
    assert table.column_names == list(frame.columns)
    assert table.num_rows == len(frame) > 300
    assert table["Incident_No"].to_pandas().is_unique, "batches number their rows on"


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    def broken() -> Any:
        yield from ()
        raise RuntimeError("disk full")

    with pytest.raises(RuntimeError):
        writing.write_export(tmp_path / "x.csv.gz", broken())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dataset", ["enrolments", "fire_incidents", "dumping_requests"])
def test_the_contract_names_every_column(dataset: str, raw: dict[str, pd.DataFrame]) -> None:
    contract = Dataset(**read_yaml(ROOT / "datasets" / f"{dataset}.yml"))
    named = {spec.column or name for name, spec in contract.fields.items()}
    named |= {*contract.private, *contract.ignored}
    assert contract.coordinates is not None
    named |= {contract.coordinates.x, contract.coordinates.y}
    assert named == set(raw[dataset].columns) - {"fiscal_year"}
    assert len(contract.private) == 3


def test_duplicates_are_as_written_down(
    raw: dict[str, pd.DataFrame], truth: dict[str, Any]
) -> None:
    keys = {"enrolments": "Enrollment_ID", "fire_incidents": "Incident_No", "dumping_requests": "INCIDENTID"}  # fmt: skip
    for dataset, key in keys.items():
        found = int(raw[dataset][key].duplicated().sum())
        assert found == truth["quarantined"][dataset]["duplicate"] > 0
        assert len(raw[dataset]) == truth["rows_by_dataset"][dataset]
    assert sum(truth["rows_by_dataset"].values()) == ROWS


def test_daylight_saving_is_in_the_records(
    raw: dict[str, pd.DataFrame], truth: dict[str, Any]
) -> None:
    fire = raw["fire_incidents"]
    form = "%m/%d/%Y %I:%M:%S %p"
    dispatched = pd.to_datetime(fire["Dispatched_Time"], format=form, errors="coerce")
    arrived = pd.to_datetime(fire["Unit_On_Scene_TimeStamp"], format=form, errors="coerce")
    zone = ZoneInfo("America/Los_Angeles")
    skipped = dispatched[dispatched.notna()].dt.tz_localize(zone, ambiguous=True, nonexistent="NaT")
    reason = "time_nonexistent:dispatched_at"
    assert int(skipped.isna().sum()) == truth["quarantined"]["fire_incidents"][reason] >= 7
    november = dispatched[dispatched.dt.month == 11]
    hours = november[(november.dt.hour == 1) & (november.dt.dayofweek == 6) & (november.dt.day < 8)]
    backward = (arrived - dispatched).loc[hours.index].dt.total_seconds() < 0
    assert backward.sum() >= 7, "arrivals before dispatch where the clock is set back"


def test_times_are_written_as_the_contract_reads_them(raw: dict[str, pd.DataFrame]) -> None:
    unreadable = set(
        raw["fire_incidents"]["Dispatched_Time"][
            ~raw["fire_incidents"]["Dispatched_Time"].str.fullmatch(
                r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d [AP]M"
            )
        ]
    )
    assert unreadable == {""}
    years = pd.to_numeric(raw["dumping_requests"]["DATETIMERECEIVEDUTC"], errors="coerce") / 1000
    local = pd.to_datetime(years.dropna(), unit="s", utc=True).dt.tz_convert("America/Los_Angeles")
    fiscal = (local.dt.year - (local.dt.month < 7)).astype(str)
    assert (fiscal == raw["dumping_requests"]["fiscal_year"].loc[fiscal.index]).all()
