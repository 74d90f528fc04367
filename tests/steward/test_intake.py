"""The steward's helpers: the ledger balances, and quarantined rows come from the original."""

from __future__ import annotations

import csv
import shlex
import sys
from pathlib import Path

import pytest

from equity import cli
from equity.framework.load import load
from equity.i18n import LANGUAGES, Translator
from equity.publication import open_publication
from equity.records import REASON_KINDS
from equity.steward import intake
from equity.ui.context import Here
from equity.ui.state import State
from equity.workspace import PROGRAM_ROOT, Workspace


class Bar(dict[str, str]):
    def from_dict(self, parameters: dict[str, str]) -> None:
        self.update(parameters)


@pytest.fixture(params=LANGUAGES)
def here(sample: Workspace, request: pytest.FixtureRequest) -> Here:
    say = Translator(request.param)
    return Here(say, State({}, Bar()), sample, load(sample), open_publication(sample))


def test_every_file_balances(here: Here) -> None:
    ledger = intake.ledger(here)
    assert len(ledger)
    assert (ledger["rows_read"] == ledger["accepted"] + ledger["in_quarantine"]).all()


def test_the_command_that_is_shown_writes_as_many_rows_as_the_ledger_says(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = intake.ledger(here)
    entry = ledger[ledger["in_quarantine"] > 0].iloc[0]
    words = shlex.split(intake.command(entry["dataset"], entry["file"]))
    assert words[:3] == ["python", "-m", "equity"]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EQUITY_WORKSPACE", str(here.workspace.root))
    monkeypatch.setenv("EQUITY_STORE", str(here.workspace.store))
    monkeypatch.setattr(sys, "argv", ["equity", *words[3:]])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    (written,) = tmp_path.glob("quarantined-*.csv")
    with written.open(encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + entry["in_quarantine"]
    told = capsys.readouterr().out
    assert "private" in told
    assert rows[1][2] not in told


def test_the_page_hands_out_no_row() -> None:
    """Whatever a page hands out is kept in the server's memory, under an address."""
    page = PROGRAM_ROOT / "pages" / "steward" / "intake.py"
    for path in (page, *(PROGRAM_ROOT / "equity" / "steward").glob("*.py")):
        text = path.read_text("utf-8")
        assert "download_button" not in text
        assert "quarantined_rows(" not in text


def test_every_reason_has_words(here: Here) -> None:
    for kind in REASON_KINDS:
        if kind != "rule":
            assert intake.reason(here, "dumping_requests", f"{kind}:received_at")
