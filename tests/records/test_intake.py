"""Formats, encodings and delimiters give the same records; taking in twice changes nothing."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equity.errors import EquityError, IntakeError, LedgerError
from equity.records import LedgerEntry, part_files, parts, quarantined_rows, read_ledger, take_in
from equity.records.ledger import check_balance
from equity.workspace import Workspace
from tests.records.city import EAST, WEST, contract, definitions

ROWS = [
    ["received", "age", "status", "lon", "lat", "note"],
    ["2024-05-01 10:00:00", "30", "Señal", str(WEST[0]), str(WEST[1]), "a, b"],
    ["2024-05-02T23:30:00Z", "", "Closed", str(EAST[0]), str(EAST[1]), 'say "hi"\nagain'],
    ["2024-05-03 10:00:00", "300", "Closed", str(EAST[0]), str(EAST[1]), ""],
    ["", "5", "Closed", "", "", "plain"],
    ["2024-05-04 10:00", "7", "Closed", "-100", "20", "outside"],
]
PLACED = contract(coordinates={"x": "lon", "y": "lat"}, private=["note"])


def text(rows: list[list[str]], delimiter: str = ",") -> str:
    def cell(value: str) -> str:
        quoted = any(sign in value for sign in '",;\t\n')
        return '"' + value.replace('"', '""') + '"' if quoted else value

    return "".join(delimiter.join(map(cell, row)) + "\r\n" for row in rows)


def records(workspace: Workspace, known: Any) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path) for path in parts(workspace, known, "requests")])


@pytest.mark.parametrize("packing", ["plain", "gzip", "zip"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_csv_reads_the_same(
    workspace: Workspace, packing: str, encoding: str, delimiter: str
) -> None:
    content = text(ROWS, delimiter).encode(encoding)
    path = workspace.root / "in" / "a.csv"
    if packing == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("__MACOSX/a.csv", "")
            archive.writestr("a.csv", content)
    else:
        path.write_bytes(gzip.compress(content) if packing == "gzip" else content)
    known = definitions({"requests": PLACED})
    (entry,) = take_in(workspace, known, "requests")
    assert (entry.rows_read, entry.accepted) == (5, 3)
    assert entry.quarantined == {"range:age": 1, "required:received_at": 1}
    assert entry.encoding == ("windows-1252" if encoding == "cp1252" else "utf-8")
    assert entry.delimiter == {"\t": "tab"}.get(delimiter, delimiter)
    assert (entry.first_date, entry.last_date) == ("2024-05-01", "2024-05-04")
    assert entry.outside == {"district": 1}
    assert entry.columns_private == ["note"]
    frame = records(workspace, known)
    assert frame["row_number"].tolist() == [2, 3, 6]
    assert frame["status"].tolist() == ["Señal", "Closed", "Closed"]
    assert frame["place_district"].tolist() == ["1", "2", "outside"]
    assert frame["group_fifth"].tolist() == ["low", "high", "unknown"]
    assert frame["received_at"].iloc[1] == pd.Timestamp("2024-05-02 23:30")
    assert frame["received_at"].iloc[0] == pd.Timestamp("2024-05-01 17:00")
    assert str(frame["local_date"].iloc[1]) == "2024-05-02"
    assert list(frame.columns) == [
        "row_number", "local_date", "received_at", "age", "status", "place_district", "group_fifth",
    ]  # fmt: skip
    refused = list(quarantined_rows(workspace, known, "requests", "in/a.csv"))
    assert [(row.row_number, row.reason) for row in refused] == [
        (4, "range:age"),
        (5, "required:received_at"),
    ]
    assert refused[1].cells == ROWS[4]


@pytest.mark.parametrize("typed", [False, True])
def test_parquet_reads_the_same(workspace: Workspace, typed: bool) -> None:
    frame = pd.DataFrame(ROWS[1:], columns=ROWS[0])
    if typed:
        frame["received"] = pd.to_datetime(frame["received"], format="ISO8601", utc=True)
        frame["age"] = pd.to_numeric(frame["age"])
        frame[["lon", "lat"]] = frame[["lon", "lat"]].apply(pd.to_numeric)
        frame["status"] = frame["status"].astype("category")
    frame.to_parquet(workspace.root / "in" / "a.parquet")
    known = definitions({"requests": {**PLACED, "files": ["in/*.parquet"], "format": "parquet"}})
    (entry,) = take_in(workspace, known, "requests")
    assert (entry.rows_read, entry.accepted) == (5, 3)
    assert entry.quarantined == {"range:age": 1, "required:received_at": 1}
    accepted = records(workspace, known)
    assert accepted["row_number"].tolist() == [1, 2, 5]
    assert accepted["place_district"].tolist() == ["1", "2", "outside"]
    (row, _) = quarantined_rows(workspace, known, "requests", "in/a.parquet")
    assert row.row_number == 3
    assert row.cells[1].startswith("300")


def write(workspace: Workspace, name: str, rows: list[list[str]]) -> Path:
    path = workspace.root / "in" / name
    path.write_text(text(rows), encoding="utf-8")
    return path


def everything(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_the_same_file_twice_changes_nothing(workspace: Workspace) -> None:
    known = definitions({"requests": PLACED})
    write(workspace, "a.csv", ROWS)
    first = take_in(workspace, known, "requests")
    before = everything(workspace.store)
    assert take_in(workspace, known, "requests") == first
    assert everything(workspace.store) == before


def test_equal_content_counts_once_even_packed(workspace: Workspace) -> None:
    known = definitions({"requests": {**PLACED, "files": ["in/*"]}})
    path = write(workspace, "a.csv", ROWS)
    (workspace.root / "in" / "b.csv.gz").write_bytes(gzip.compress(path.read_bytes()))
    first, again = take_in(workspace, known, "requests")
    assert (first.accepted, again.accepted, again.rows_read) == (3, 0, 0)
    assert again.already_loaded_as == "in/a.csv"
    assert len(parts(workspace, known, "requests")) == 1
    assert list(quarantined_rows(workspace, known, "requests", "in/b.csv.gz")) == []
    assert take_in(workspace, known, "requests") == [first, again]
    path.unlink()
    (alone,) = take_in(workspace, known, "requests")
    assert (alone.file, alone.accepted, alone.already_loaded_as) == ("in/b.csv.gz", 3, "")


def test_a_changed_contract_or_boundary_is_taken_in_anew(workspace: Workspace) -> None:
    write(workspace, "a.csv", ROWS)
    (first,) = take_in(workspace, definitions({"requests": PLACED}), "requests")
    other = contract({"age": {"type": "integer"}}, coordinates={"x": "lon", "y": "lat"})
    known = definitions({"requests": other})
    (second,) = take_in(workspace, known, "requests")
    assert (first.accepted, second.accepted) == (3, 4)
    assert len(list(workspace.records.rglob("*.parquet"))) == 1
    boundaries = workspace.root / "places" / "districts.geojson"
    boundaries.write_text(boundaries.read_text().replace("-121.9", "-121.8"))
    (third,) = take_in(workspace, known, "requests")
    assert third.key != second.key
    assert records(workspace, known)["place_district"].tolist() == ["1", "1", "1", "outside"]


def test_a_part_that_vanished_is_written_again(workspace: Workspace) -> None:
    known = definitions({"requests": PLACED})
    write(workspace, "a.csv", ROWS)
    take_in(workspace, known, "requests")
    (part,) = parts(workspace, known, "requests")
    part.unlink()
    with pytest.raises(IntakeError, match="is gone"):
        parts(workspace, known, "requests")
    take_in(workspace, known, "requests")
    assert parts(workspace, known, "requests") == [part]
    assert len(records(workspace, known)) == 3


def test_progress_grows_to_the_end(workspace: Workspace) -> None:
    write(workspace, "a.csv", ROWS)
    write(workspace, "b.csv", ROWS[:2])
    seen: list[tuple[str, float]] = []
    take_in(workspace, definitions({"requests": PLACED}), "requests", lambda *at: seen.append(at))
    assert [name for name, _ in seen][:: len(seen) - 1] == ["a.csv", "b.csv"]
    shares = [share for _, share in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_ledger_that_does_not_balance_stops(workspace: Workspace) -> None:
    write(workspace, "a.csv", ROWS)
    take_in(workspace, definitions({"requests": PLACED}), "requests")
    ledger = read_ledger(workspace)
    assert (ledger["rows_read"] == ledger["accepted"] + ledger["in_quarantine"]).all()
    path = workspace.ledger / "requests.json"
    path.write_text(path.read_text().replace('"accepted": 3', '"accepted": 2'))
    with pytest.raises(LedgerError, match="5 rows read, 2 accepted, 2 quarantined"):
        read_ledger(workspace)
    path.write_text("{")
    with pytest.raises(LedgerError, match="not a ledger"):
        read_ledger(workspace)
    with pytest.raises(LedgerError):
        check_balance([LedgerEntry("d", "f", "", "", "", 1, "csv", rows_read=1)])
    strange = LedgerEntry("d", "f", "", "", "", 1, "csv", rows_read=1, quarantined={"mood:x": 1})
    with pytest.raises(LedgerError, match="mood:x, which is no known reason"):
        check_balance([strange])


def test_rows_lost_between_reading_and_the_part_are_noticed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(workspace, "a.csv", ROWS)
    whole = part_files.PartWriter.write
    monkeypatch.setattr(part_files.PartWriter, "write", lambda s, t: whole(s, t.slice(1)))
    with pytest.raises(LedgerError, match="does not balance"):
        take_in(workspace, definitions({"requests": PLACED}), "requests")
    assert read_ledger(workspace).empty


def test_the_ledger_before_any_intake_is_empty(workspace: Workspace) -> None:
    assert read_ledger(workspace).empty
    assert "in_quarantine" in read_ledger(workspace).columns
    assert parts(workspace, definitions({"requests": PLACED}), "requests") == []


def test_names_that_are_not_there_are_corrected(workspace: Workspace) -> None:
    known = definitions({"requests": PLACED})
    with pytest.raises(EquityError, match="Did you mean requests"):
        take_in(workspace, known, "request")
    write(workspace, "a.csv", ROWS)
    take_in(workspace, known, "requests")
    with pytest.raises(EquityError, match=r"Did you mean in/a\.csv"):
        list(quarantined_rows(workspace, known, "requests", "in/b.csv"))


def test_a_second_intake_at_the_same_time_waits_its_turn(workspace: Workspace) -> None:
    known = definitions({"requests": PLACED})
    write(workspace, "a.csv", ROWS)

    def second(name: str, done: float) -> None:
        with pytest.raises(IntakeError, match="another process"):
            take_in(workspace, known, "requests")

    take_in(workspace, known, "requests", second)


def test_a_crosswalk_and_groups(workspace: Workspace) -> None:
    fields = {
        "language": {"type": "code", "codes": {"E": "english", "": "unknown", "X": "klingon"}},
        "area": {"type": "code"},
    }
    rows = [["received", "age", "status", "language", "area"]]
    for language, area in (("E", "1"), ("", "2.0"), ("Q", "9"), ("X", "")):
        rows.append(["2024-05-01 10:00:00", "1", "", language, area])
    write(workspace, "a.csv", rows)
    known = definitions({"requests": contract(fields, place_codes={"district": "area"})})
    (entry,) = take_in(workspace, known, "requests")
    frame = records(workspace, known)
    assert frame["language"].tolist() == ["english", "unknown", "unknown", "klingon"]
    assert frame["group_language"].tolist() == ["english", "unknown", "unknown", "unknown"]
    assert frame["place_district"].tolist() == ["1", "2", "outside", "outside"]
    assert frame["group_fifth"].tolist() == ["low", "high", "unknown", "unknown"]
    assert frame["status"].isna().all()
    assert entry.unknown == {"language": 3, "fifth": 2}


def test_derived_columns_follow_each_other_and_rules_refuse(workspace: Workspace) -> None:
    fields = {"closed_at": {"type": "timestamp", "column": "closed", "format": "us"}}
    derived = {"days": "days_between(received_at, closed_at)", "late": "days > 5"}
    reject = [
        {"id": "backwards", "when": "closed_at < received_at", "reason": "Earlier"},
        {"id": "too_late", "when": "late", "reason": "Late"},
    ]
    rows = [["received", "age", "status", "closed"]]
    for closed in ("5/2/2024 10:00 AM", "4/1/2024 10:00", "6/1/2024 10:00", ""):
        rows.append(["2024-05-01 10:00:00", "1", "open", closed])
    write(workspace, "a.csv", rows)
    known = definitions({"requests": contract(fields, derived=derived, reject=reject)})
    (entry,) = take_in(workspace, known, "requests")
    assert entry.quarantined == {"rule:backwards": 1, "rule:too_late": 1}
    frame = records(workspace, known)
    assert frame["row_number"].tolist() == [2, 5]
    assert frame["days"].iloc[0] == 1
    assert frame["days"].isna().tolist() == [False, True]
    assert pq.read_schema(parts(workspace, known, "requests")[0]).field("late").type == pa.bool_()


def test_values_outside_their_range_may_be_left_empty(workspace: Workspace) -> None:
    write(workspace, "a.csv", ROWS)
    age = {"age": {"type": "integer", "maximum": 120, "outside_range": "empty"}}
    known = definitions({"requests": contract(age)})
    (entry,) = take_in(workspace, known, "requests")
    assert (entry.accepted, entry.emptied) == (4, {"age": 1})
    assert records(workspace, known)["age"].isna().sum() == 2
