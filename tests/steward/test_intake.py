"""The steward's helpers: the ledger balances, and quarantined rows come from the original."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from equity.framework.load import load
from equity.i18n import LANGUAGES, Translator
from equity.publication import open_publication
from equity.records import REASON_KINDS
from equity.steward import intake
from equity.ui.context import Here
from equity.ui.state import State
from equity.workspace import Workspace


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


def test_the_download_holds_as_many_rows_as_the_ledger_says(here: Here) -> None:
    ledger = intake.ledger(here)
    entry = ledger[ledger["in_quarantine"] > 0].iloc[0]
    rows = pd.read_csv(io.BytesIO(intake.rows_of(here, entry["dataset"], entry["file"])))
    assert len(rows) == entry["in_quarantine"]
    assert rows["reason"].str.len().min() > 5


def test_a_file_that_is_gone_is_said_in_the_download(here: Here) -> None:
    text = intake.rows_of(here, "dumping_requests", "no_such.csv").decode("utf-8-sig")
    assert "no_such.csv" in text


def test_every_reason_has_words(here: Here) -> None:
    for kind in REASON_KINDS:
        if kind != "rule":
            assert intake.reason(here, "dumping_requests", f"{kind}:received_at")
