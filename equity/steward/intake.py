"""The intake ledger on a page: what became of every row of every file."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Hashable
from typing import Any

import pandas as pd
import streamlit as st

from equity.framework.checks import check
from equity.records import read_ledger
from equity.ui import choices, definition, frame, names
from equity.ui.context import Here

_FIELD_OF_REASON = ":"
_DELIMITERS = {
    ",": "steward.comma", ";": "steward.semicolon", "\t": "steward.tab", "tab": "steward.tab",
}  # fmt: skip


def ledger(here: Here) -> pd.DataFrame:
    """The ledger in service, one row a file. Raises `LedgerError` where it does not balance."""
    return read_ledger(here.workspace)


def head(here: Here, ledger: pd.DataFrame) -> None:
    """How many rows were read and what became of them; that it balances."""
    say = here.say
    if ledger.empty:
        frame.head(say, say("ui.page_intake"), say("steward.nothing_taken_in"))
        return
    totals = {name: int(ledger[name].sum()) for name in ("rows_read", "accepted", "in_quarantine")}
    frame.head(
        say,
        say("ui.page_intake"),
        say(
            "steward.sentence",
            rows=say.number(totals["rows_read"]),
            accepted=say.number(totals["accepted"]),
            quarantined=say.number(totals["in_quarantine"]),
        ),
        quiet=say.plural("steward.balances", len(ledger)),
    )


def datasets(here: Here, ledger: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The ledger's rows of each dataset that the definitions name, in their order."""
    found = {id: ledger[ledger["dataset"] == id] for id in here.definitions.datasets}
    return {id: rows for id, rows in found.items() if len(rows)}


def title(here: Here, dataset: str) -> str:
    """A dataset's title."""
    return here.say.text(here.definitions.datasets[dataset].title)


def source(here: Here, dataset: str) -> str:
    """Where the dataset comes from, and whether it is synthetic or already public."""
    contract = here.definitions.datasets[dataset]
    return " · ".join([definition.source(here, contract.source), definition.nature(here, contract)])


def files(here: Here, entries: pd.DataFrame) -> None:
    """Per file: rows read = accepted + quarantined, and how the file was read."""
    say = here.say
    columns = ("file", "read", "accepted", "quarantined", "dates", "form")
    rows = [
        (
            entry["file"],
            say.number(entry["rows_read"]),
            say.number(entry["accepted"]),
            say.number(entry["in_quarantine"]),
            f"{entry['first_date']} – {entry['last_date']}" if entry["first_date"] else "–",
            _form(here, entry),
        )
        for entry in entries.to_dict("records")
    ]
    frame.table([say(f"steward.head_{name}") for name in columns], rows)


def reasons(here: Here, entries: pd.DataFrame) -> None:
    """Why rows were quarantined, in words, with how many."""
    counts = _sum(entries["quarantined"])
    if not counts:
        frame.words(here.say("steward.none_quarantined"), quiet=True)
        return
    dataset = str(entries["dataset"].iloc[0])
    rows = [(reason(here, dataset, code), here.say.number(n)) for code, n in counts.items()]
    frame.table([here.say("steward.head_reason"), here.say("steward.head_rows")], rows)


def reason(here: Here, dataset: str, code: str) -> str:
    """A reason code such as `range:opened` in words; a rule in its own."""
    kind, _, name = code.partition(_FIELD_OF_REASON)
    contract = here.definitions.datasets[dataset]
    if kind == "rule":
        rule = next((rule for rule in contract.reject if rule.id == name), None)
        return here.say.text(rule.reason) if rule else name
    field = contract.fields.get(name)
    label = here.say.text(field.title) if field else ""
    return here.say(f"steward.reason_{kind}", field=label or name)


def dropped(here: Here, entries: pd.DataFrame) -> None:
    """What accepted rows lack, and which columns never went in."""
    say = here.say
    dataset = here.definitions.datasets[str(entries["dataset"].iloc[0])]
    outside = [
        f"{say.number(count)} · {names.level(here, level)}"
        for level, count in _sum(entries["outside"]).items()
        if count
    ]
    unknown = [
        f"{say.number(count)} · {names.comparison(here, dimension)}"
        for dimension, count in _sum(entries["unknown"]).items()
        if count
    ]
    frame.terms(
        [
            (say("steward.outside"), "\n".join(outside) or say.number(0)),
            (say("steward.unknown"), "\n".join(unknown) or say.number(0)),
            (say("steward.without_location"), say.number(int(entries["without_location"].sum()))),
            (say("steward.private"), ", ".join(dataset.private)),
            (say("steward.ignored"), ", ".join(dataset.ignored)),
            (say("steward.not_in_contract"), ", ".join(_all(entries["columns_not_in_contract"]))),
        ]
    )


def quarantined(here: Here, ledger: pd.DataFrame) -> None:
    """How the steward gets a file's quarantined rows: by a command, never through the browser.

    A download would put private fields into the server's memory, under an address.
    """
    found = {
        code_of(entry["dataset"], entry["file"]): (entry["dataset"], entry["file"])
        for entry in ledger[ledger["in_quarantine"] > 0].to_dict("records")
        if entry["dataset"] in here.definitions.datasets
    }
    if not found:
        return
    frame.heading(here.say("steward.quarantined_rows"), here.say("steward.quarantined_rows_do"))
    chosen = choices.select(here, "file", {code: file for code, (_, file) in found.items()})
    st.code(command(*found[chosen]), language="shell", wrap_lines=True)


def code_of(dataset: str, file: str) -> str:
    """A file in the page's address."""
    return hashlib.sha256(f"{dataset}/{file}".encode()).hexdigest()[:12]


def command(dataset: str, file: str) -> str:
    """What to type for the quarantined rows of `file`.

    >>> command("calls", "records/calls 2026.csv")
    "python -m equity quarantine calls 'records/calls 2026.csv' --out quarantined-calls_2026.csv"
    """
    name = "".join(
        c if c.isalnum() or c in "-_" else "_" for c in file.rsplit("/", 1)[-1].split(".")[0]
    )
    words = ["python", "-m", "equity", "quarantine", dataset, file, "--out"]
    return shlex.join([*words, f"quarantined-{name}.csv"])


def problems(here: Here) -> None:
    """Faults and warnings of the definitions, such as a review date that has passed."""
    say, found = here.say, check(here.workspace, here.today)
    frame.heading(say("steward.definitions"))
    if not found:
        frame.words(say("steward.no_problems"))
        return
    rows = [
        (
            say(f"steward.severity_{problem.severity}"),
            problem.file if problem.line is None else f"{problem.file}:{problem.line}",
            problem.field,
            problem.found,
            problem.remedy,
        )
        for problem in found
    ]
    columns = ("severity", "where", "field", "found", "remedy")
    frame.table([say(f"steward.head_{name}") for name in columns], rows)


def _form(here: Here, entry: dict[Hashable, Any]) -> str:
    delimiter = here.say(_DELIMITERS[entry["delimiter"]]) if entry["delimiter"] else ""
    parts = [entry["format"], entry["encoding"], delimiter]
    if entry["already_loaded_as"]:
        parts.append(here.say("steward.same_as", file=entry["already_loaded_as"]))
    return " · ".join(part for part in parts if part)


def _sum(counts: pd.Series) -> dict[str, int]:
    """Sums of dicts of counts, the largest first."""
    total: dict[str, int] = {}
    for each in counts:
        for name, count in each.items():
            total[name] = total.get(name, 0) + count
    return dict(sorted(total.items(), key=lambda item: -item[1]))


def _all(lists: pd.Series) -> list[str]:
    return sorted({name for each in lists for name in each})
