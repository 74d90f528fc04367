"""What changed, on the overview: the few movements that are hardly chance, and what was withdrawn."""

from __future__ import annotations

from html import escape
from typing import Any

import streamlit as st

from equity.charts.palette import INK
from equity.findings import PLACE_PREFIX
from equity.narrative.changes import (
    UP,
    by_and_code,
    change_sentence,
    change_word,
    withdrawn_sentence,
)
from equity.ui import frame, load, names, navigation
from equity.ui.context import Here

SHOWN = 6
"""Entries on the page; the others are in a fold."""


def part(here: Here, department: str) -> None:
    """The entries of the feed, of one department or of all (`""`), each with the way to its trend."""
    say, found = here.say, load.feed(here)
    if found is None:
        frame.heading(say("monitoring.changed_title"), say("monitoring.older"))
        return
    mine = [m for m, of in here.definitions.department_of.items() if department in ("", of)]
    entries = found.entries[found.entries["metric"].isin(mine)].to_dict("records")
    frame.heading(
        say("monitoring.changed_title"), say.plural("monitoring.looked_at", found.looked_at)
    )
    if not entries:
        frame.words(say("monitoring.nothing"))
    for entry in entries[:SHOWN]:
        _line(here, _named(entry))
    if entries[SHOWN:]:
        with st.expander(say.plural("ui.more_findings", len(entries) - SHOWN)):
            for entry in entries[SHOWN:]:
                _line(here, _named(entry))
    _withdrawn(here, found.withdrawn[found.withdrawn["metric"].isin(mine)].to_dict("records"))


def _withdrawn(here: Here, gone: list[dict[Any, Any]]) -> None:
    """What an earlier version showed and this one does not, folded."""
    if not gone:
        return
    with st.expander(here.say.plural("monitoring.withdrawn_count", len(gone))):
        frame.words(here.say("monitoring.withdrawn_why"), quiet=True)
        for row in map(_named, gone):
            sentence = withdrawn_sentence(row, here.definitions, _name(here, row), here.say)
            frame.words(sentence, quiet=True)


def _line(here: Here, row: dict[str, Any]) -> None:
    """One entry: which way, in a word with its sign; what, in a sentence; and where to see it."""
    word = change_word(row, here.definitions.metrics[row["metric"]], here.say)
    sign = "▲" if row["signal"] in UP else "▼"
    sentence = change_sentence(row, here.definitions, _name(here, row), here.say)
    st.html(
        f'<p class="eq-finding"><span class="eq-chip" style="color:{INK}">'
        f'<span aria-hidden="true">{sign}</span> {escape(word)}</span> {escape(sentence)}</p>'
    )
    by, code = by_and_code(row)
    chosen = {"place" if by.startswith(PLACE_PREFIX) else "group": code} if by else {}
    navigation.link(
        "trends",
        here.say("monitoring.more_trend"),
        here.state,
        **{"metric": row["metric"], "by": by, "kind": row["period_kind"], "place": "", "group": ""}
        | chosen,
    )


def _name(here: Here, row: dict[str, Any]) -> str:
    by, code = by_and_code(row)
    return names.of(here, by).get(code, code)


def _named(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in row.items()}
