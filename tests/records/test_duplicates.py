"""A key that comes again: kept once, by rule, in one file and across files."""

from __future__ import annotations

import pandas as pd
import pytest

from equity.errors import IntakeError
from equity.records import parts, take_in
from equity.workspace import Workspace
from tests.records.city import contract, definitions


def known(rule: str, required: bool = True):  # type: ignore[no-untyped-def]
    fields = {"case": {"type": "key", "required": required}}
    return definitions(
        {"requests": contract(fields, duplicates={"key": ["case"], "rule": rule})}
    )  # fmt: skip


def write(workspace: Workspace, name: str, *cases: str) -> None:
    rows = [f"2024-05-01 10:00:00,{n},open,{case}\n" for n, case in enumerate(cases)]
    (workspace.root / "in" / name).write_text("received,age,status,case\n" + "".join(rows))


def kept(workspace: Workspace, rule: str) -> list[list[int]]:
    return [
        pd.read_parquet(path)["row_number"].tolist()
        for path in parts(workspace, known(rule), "requests")
    ]


@pytest.mark.parametrize(
    ("rule", "rows"),
    [("keep_first", [[2, 3], [3]]), ("keep_last", [[4], [2, 3]])],
)
def test_in_and_across_files(workspace: Workspace, rule: str, rows: list[list[int]]) -> None:
    write(workspace, "a.csv", "x", "y", "x")
    write(workspace, "b.csv", "y", "z")
    if rule == "keep_last":
        write(workspace, "a.csv", "y", "x", "x")
    entries = take_in(workspace, known(rule), "requests")
    assert [entry.file for entry in entries] == ["in/a.csv", "in/b.csv"]
    assert kept(workspace, rule) == rows
    assert sum(entry.quarantined.get("duplicate", 0) for entry in entries) == 2
    assert take_in(workspace, known(rule), "requests") == entries


def test_a_later_file_does_not_disturb_the_first(workspace: Workspace) -> None:
    write(workspace, "a.csv", "x", "y")
    (before,) = take_in(workspace, known("keep_first"), "requests")
    write(workspace, "b.csv", "x", "z")
    first, second = take_in(workspace, known("keep_first"), "requests")
    assert first == before
    assert second.quarantined == {"duplicate": 1}
    (workspace.root / "in" / "a.csv").unlink()
    (alone,) = take_in(workspace, known("keep_first"), "requests")
    assert (alone.accepted, alone.quarantined) == (2, {})


def test_a_quarantined_row_does_not_push_out_the_good_one(workspace: Workspace) -> None:
    write(workspace, "a.csv", "x", "x")
    path = workspace.root / "in" / "a.csv"
    path.write_text(path.read_text().replace("10:00:00,0", "nonsense,0"))
    (entry,) = take_in(workspace, known("keep_first"), "requests")
    assert entry.quarantined == {"type:received_at": 1}


def test_rows_without_a_key_are_all_kept(workspace: Workspace) -> None:
    write(workspace, "a.csv", "", "", "x")
    (entry,) = take_in(workspace, known("keep_first", required=False), "requests")
    assert entry.accepted == 3


def test_refused_by_row_number_and_never_by_value(workspace: Workspace) -> None:
    write(workspace, "a.csv", "secret", "y", "secret")
    with pytest.raises(IntakeError, match="rows 4") as caught:
        take_in(workspace, known("refuse"), "requests")
    assert "secret" not in str(caught.value)
    assert not list(workspace.store.rglob("*.parquet"))


def test_the_hash_of_a_key_is_the_same_in_every_run(workspace: Workspace) -> None:
    write(workspace, "a.csv", "x", "y")
    take_in(workspace, known("keep_first"), "requests")
    (part,) = parts(workspace, known("keep_first"), "requests")
    frame = pd.read_parquet(part)
    assert frame["record_key"].dtype == "uint64"
    assert frame["record_key"].tolist() == pd.util.hash_array(
        pd.Series(["x", "y"], dtype=object).to_numpy(), categorize=False
    ).tolist()  # fmt: skip
    assert "case" not in frame
