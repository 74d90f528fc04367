"""The fold with every measure of disparity, one click below a comparison."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from equity.findings import Finding
from equity.findings.measures import FAMILIES, Summary
from equity.findings.measures.published import Described, describe
from equity.narrative import measures as words
from equity.narrative.names import inline, is_place
from equity.ui import frame, load, names
from equity.ui.context import Here

_MISSING = {"suppressed": "withheld", "no_records": "no_records", "not_applicable": "not_applicable"}  # fmt: skip


def fold(here: Here, finding: Finding, name: str) -> None:
    """A fold that is reckoned and filled when it is opened."""
    folded = st.expander(here.say("measures.fold"), key=f"measures-{name}", on_change="rerun")
    if not folded.open:
        return
    with folded:
        _filled(here, finding)


def _filled(here: Here, finding: Finding) -> None:
    say = here.say
    found = load.made(
        here,
        ("measures", finding.id),
        lambda: describe(here.publication, here.definitions, finding),
    )
    if found is None:
        frame.words(say("measures.no_totals"))
        return
    called = names.of(here, finding.by)
    frame.words(say("measures.lead_places" if is_place(finding.by) else "measures.lead"))
    subject = inline(say.text(here.definitions.metrics[finding.metric].subject))
    missing = [
        say(f"measures.{_MISSING[status]}", groups=", ".join(called.get(c, c) for c in codes))
        for status, codes in found.missing.items()
        if codes
    ]
    frame.notes(
        [
            *missing,
            say(f"measures.weight_{found.weight}", subject=subject),
            say("measures.chance"),
            say("measures.others_left"),
        ]
    )
    for family, codes in FAMILIES.items():
        _family(here, family, [one for one in found.summaries if one.code in codes], found, called)
    frame.words(say("measures.symbols"), quiet=True)


def _family(
    here: Here, family: str, rows: list[Summary], found: Described, called: dict[str, str]
) -> None:
    """A heading, the measures that have a value, and in a line each why others have none."""
    say = here.say
    shown = [one for one in rows if not np.isnan(one.estimate)]
    body = "".join(_row(here, one, found, called) for one in shown)
    heads = ["measure", "value", "interval", "corrected", "words"]
    labels = "".join(f'<th scope="col">{escape(say(f"measures.head_{h}"))}</th>' for h in heads)
    table = (
        f'<div class="eq-table eq-measures" tabindex="0"><table><thead><tr>{labels}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    st.html(
        f'<h3 class="eq-h3">{escape(say(f"measures.family_{family}"))}</h3>'
        + (table if shown else "")
    )
    others = [one for one in rows if np.isnan(one.estimate)]
    why: dict[str, list[str]] = {}
    for one in others:
        note = words.measure_notes(one, called, say)
        why.setdefault(note, []).append(say(f"measures.name_{one.code}"))
    whole = len(others) == len(rows)
    frame.notes([note if whole else f"{'; '.join(who)}: {note}" for note, who in why.items()])


def _row(here: Here, one: Summary, found: Described, called: dict[str, str]) -> str:
    """One measure: value, interval, what is left beyond chance, a sentence, how it is computed."""
    say, code, unit = here.say, one.code, found.unit
    told = [
        words.measure_sentence(one, found, called, say),
        words.measure_doubt(one, say),
        words.measure_notes(one, called, say),
    ]
    cells = {
        "value": words.measure_value(code, one.estimate, unit, say),
        "interval": words.measure_interval(code, one.lower, one.upper, unit, say),
        "corrected": words.measure_corrected(one, unit, say),
    }
    numbers = "".join(
        f'<td data-label="{escape(say(f"measures.head_{name}"))}">{escape(text)}</td>'
        for name, text in cells.items()
    )
    return (
        f'<tr><th scope="row">{escape(say(f"measures.name_{code}"))}</th>{numbers}'
        f"<td>{escape(' '.join(text for text in told if text))}"
        f"<details><summary>{escape(say('measures.how'))}</summary>"
        f"<p><code>{escape(say(f'measures.formula_{code}'))}</code></p>"
        f"<p>{escape(words.measure_source(code, say))}</p></details></td></tr>"
    )
