"""What the reader must know before using a number: of a finding, of one entry, of a series."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from equity.findings import PLACE_PREFIX, Entry, Finding
from equity.framework.models import Definitions, Metric, Note
from equity.i18n import Translator
from equity.narrative.names import is_place, listed
from equity.narrative.numbers import figure
from equity.schema import NO_RECORDS, SUPPRESSED

Names = Mapping[str, str]
_YEAR = timedelta(days=364)


def caveats(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> list[str]:
    """What the reader must know before using the finding, a sentence each, the gravest first.

    The finding's own caveats (something withheld, unknown, immature, …), then what the entries
    carry with them, then the metric's caveats and known artefacts that concern these places and
    this period.
    """
    metric = definitions.metrics[finding.metric]
    empty = {entry.code for entry in finding.entries if entry.status == NO_RECORDS}
    absent = [names.get(code, code) for code in finding.missing if code in empty]
    share = finding.unknown_share
    values = {
        "missing": listed(absent, say),
        "share": figure(100 * share, say) if share is not None else "",
        "subject": say.text(metric.subject),
    }
    told = ["unknown_withheld" if n == "unknown" and share is None else n for n in finding.caveats]
    sentences = [say(f"narrative.caveat_{name}", **values) for name in told]
    if finding.beside:
        title = say.text(definitions.metrics[finding.beside].title)
        sentences.append(say("narrative.need_beside", title=title))
    if share and "unknown" not in finding.caveats:
        sentences.append(say("narrative.unknown_share", **values))
    sentences += _carried(finding.entries, names, say)
    sentences += [say.text(caveat) for caveat in metric.caveats]
    return sentences + [say.text(note.text) for note in _of_finding(metric, finding)]


def brief(finding: Finding, definitions: Definitions, say: Translator) -> str:
    """The same in a few words, for lists; "" where there is nothing to know."""
    names = list(finding.caveats)
    if any(entry.note for entry in finding.entries) and "no_interval" not in names:
        names.append("noted")
    if _of_finding(definitions.metrics[finding.metric], finding):
        names.append("artefact")
    words = [say(f"narrative.brief_{name}") for name in names]
    return say("narrative.brief", words="; ".join(words)) if words else ""


def of_entry(
    entry: Entry, finding: Finding, definitions: Definitions, say: Translator
) -> list[str]:
    """What must be known of one entry: what it carries with it, and artefacts of its place."""
    metric = definitions.metrics[finding.metric]
    sentences = marks(entry.note, entry.immature, entry.unstable, say)
    notes = notes_on(metric, finding.by, [entry.code], finding.period_kind, finding.period)
    return sentences + [say.text(note.text) for note in notes]


def of_series(
    frame: pd.DataFrame, metric: Metric, by: str, period_kind: str, say: Translator
) -> list[str]:
    """What must be known of a metric over time. `frame`: `equity.findings.series`."""
    checks = {
        "caveat_suppressed": bool((frame["status"] == SUPPRESSED).any()),
        "series_immature": bool(frame["immature"].fillna(False).astype(bool).any()),
        "caveat_unstable": bool(frame["unstable"].fillna(False).astype(bool).any()),
        "caveat_complaints": metric.measures == "complaints",
    }
    subject = say.text(metric.subject)
    sentences = [
        say(f"narrative.{name}", subject=subject) for name, holds in checks.items() if holds
    ]
    sentences += [say(note) for note in frame["note"].unique() if note]
    sentences += [say.text(caveat) for caveat in metric.caveats]
    codes = set(frame["code"])
    periods = {pd.Timestamp(value).date() for value in frame["period"]}
    return sentences + [
        say.text(note.text)
        for note in metric.notes
        if _in_place(note, by, codes) and any(_in_time(note, period_kind, day) for day in periods)
    ]


def marks(note: str, immature: bool, unstable: bool, say: Translator) -> list[str]:
    """A published entry's own marks, a sentence each. `note` is a message's name."""
    sentences = [say(note)] if note else []
    if immature:
        sentences.append(say("narrative.mark_immature"))
    if unstable:
        sentences.append(say("narrative.mark_unstable"))
    return sentences


def notes_on(
    metric: Metric, by: str, codes: Collection[str], period_kind: str, period: date
) -> list[Note]:
    """The metric's known artefacts that concern these entries of a comparison in this period."""
    return [
        note
        for note in metric.notes
        if _in_time(note, period_kind, period) and _in_place(note, by, codes)
    ]


def _of_finding(metric: Metric, finding: Finding) -> list[Note]:
    codes = {entry.code for entry in finding.entries}
    return notes_on(metric, finding.by, codes, finding.period_kind, finding.period)


def _in_time(note: Note, period_kind: str, period: date) -> bool:
    """Whether the period touches one of the note's years; a note without years is about all."""
    if not note.years or period_kind == "all":
        return True
    last = period + _YEAR if period_kind == "fiscal_year" else period
    return not {period.year, last.year}.isdisjoint(note.years)


def _in_place(note: Note, by: str, codes: Collection[str]) -> bool:
    if not note.place_level:
        return True
    level = by.removeprefix(PLACE_PREFIX) if is_place(by) else ""
    return level == note.place_level and (not note.places or not set(codes).isdisjoint(note.places))


def _carried(entries: Sequence[Entry], names: Names, say: Translator) -> list[str]:
    """The entries' own notes, each once; those of a part of them name it."""
    sentences = []
    for note in dict.fromkeys(entry.note for entry in entries if entry.note):
        concerned = [names.get(e.code, e.code) for e in entries if e.note == note]
        text = say(note)
        if len(concerned) < len(entries):
            text = say("narrative.note_of", names=listed(concerned, say), text=text)
        sentences.append(text)
    return sentences
