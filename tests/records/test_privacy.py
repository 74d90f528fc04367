"""Private values and free text: no store, error, log or message ever holds them."""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from equity.errors import EquityError
from equity.records import part_files, quarantined_rows, read_ledger, take_in
from equity.records.contract import contract_of
from equity.records.rules import Rules
from equity.workspace import Workspace
from tests.records.city import contract, definitions

CANARY = "Zaphod-Beeblebrox-408-555-0199"
HEADER = ["received", "age", "status", "case", "lon", "lat", "name", "surprise"]
GOOD = ["2024-05-01 10:00:00", "30", "Closed", "1", "-121.95", "37.3", "", ""]
CONTRACT = contract(
    {"case": {"type": "key", "required": True}, "kind": {"column": "status", "type": "code",
              "codes": {"Closed": "closed"}, "other_codes": "quarantine"}},
    private=["name"], coordinates={"x": "lon", "y": "lat"}, duplicates={"key": ["case"]},
    derived={"half": "age / 2"}, reject=[{"id": "young", "when": "half < 2", "reason": "Young"}],
)  # fmt: skip


def row(**values: str) -> list[str]:
    return [values.get(name, value) for name, value in zip(HEADER, GOOD, strict=True)]


def write(workspace: Workspace, rows: list[list[str]]) -> None:
    text = "".join(",".join(cells) + "\n" for cells in rows)
    (workspace.root / "in" / "a.csv").write_text(text)


def holds_canary(folder: Path) -> list[str]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".parquet":
                content += str(pq.read_table(path).to_pydict()).encode()
                content += str(pq.read_metadata(path).to_dict()).encode()
            if CANARY.encode() in content or CANARY in path.name:
                found.append(path.name)
    return found


def test_the_store_and_the_log_never_hold_it(
    workspace: Workspace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(part_files, "COMPRESSION", "none")
    caplog.set_level(logging.DEBUG)
    everywhere = dict.fromkeys(HEADER[4:], CANARY)
    rows = [row(**{"case": str(n), name: CANARY}) for n, name in enumerate(HEADER)]
    rows += [row(case=CANARY, name=CANARY), row(**everywhere), [CANARY], [f'"{CANARY}"x'],
             row(age="1", name=CANARY), row(case=CANARY)]  # fmt: skip
    write(workspace, [HEADER, *rows])
    known = definitions({"requests": CONTRACT})
    (entry,) = take_in(workspace, known, "requests")
    assert entry.accepted >= 3
    assert entry.in_quarantine >= 8
    assert {kind.split(":")[0] for kind in entry.quarantined} >= {
        "type", "code", "duplicate", "columns", "quoting", "rule",
    }  # fmt: skip
    assert entry.columns_private == ["name"]
    assert entry.columns_not_in_contract == ["surprise"]
    assert holds_canary(workspace.root / "store") == []
    assert CANARY not in caplog.text
    assert CANARY not in "".join(capfd.readouterr())
    assert CANARY not in read_ledger(workspace).to_csv()
    # The steward's download is the one place where the rows are seen again.
    again = list(quarantined_rows(workspace, known, "requests", "in/a.csv"))
    assert any(CANARY in cell for found in again for cell in found.cells)
    assert holds_canary(workspace.root / "store") == []


def test_the_grep_would_find_it(workspace: Workspace) -> None:
    write(workspace, [HEADER, row(status=CANARY)])
    take_in(workspace, definitions({"requests": contract()}), "requests")
    assert len(holds_canary(workspace.store)) == 1  # a code is kept: here it was declared one


NULL = b"\0"
LATIN = f"{CANARY} Jos\xe9".encode("latin-1")
BREAKS: dict[str, Any] = {
    "no header": b",".join([CANARY.encode()] * 8) + b"\n" + b"a,b\n",
    "missing column": ",".join(HEADER).replace("status", CANARY[:3]).encode() + b"\n" + LATIN,
    "NUL": ",".join(HEADER).encode() + b"\n" + CANARY.encode() + NULL,
    "mixed": ",".join(HEADER).encode() + b"\n" + f"{CANARY} José\n".encode() + LATIN,
    "open quote": ",".join(HEADER).encode() + f'\n"{CANARY}\n{CANARY}\n'.encode(),
    "long line": ",".join(HEADER).encode() + b"\n" + CANARY.encode() * 100_000,
}


@pytest.mark.parametrize("name", BREAKS)
def test_no_error_repeats_it(workspace: Workspace, name: str) -> None:
    (workspace.root / "in" / "a.csv").write_bytes(BREAKS[name])
    with pytest.raises(EquityError) as caught:
        take_in(workspace, definitions({"requests": CONTRACT}), "requests")
    shown = "".join(traceback.format_exception(caught.value))
    assert CANARY not in shown + str(caught.value.problems)
    assert holds_canary(workspace.store) == []


def test_an_expression_that_fails_does_not_repeat_the_value(workspace: Workspace) -> None:
    known = definitions({"requests": contract(derived={"half": "age / 2"})})
    rules = Rules(contract_of(workspace, known, "requests"))
    with pytest.raises(EquityError, match="fails on some rows") as caught:
        rules.apply(pa.table({"age": [CANARY]}))  # as if a fault of typing had let text through
    assert CANARY not in "".join(traceback.format_exception(caught.value))


def test_only_this_user_may_open_the_records(workspace: Workspace) -> None:
    write(workspace, [HEADER, row()])
    take_in(workspace, definitions({"requests": CONTRACT}), "requests")
    assert (workspace.records / "requests").stat().st_mode & 0o077 == 0
    assert workspace.ledger.stat().st_mode & 0o077 == 0
