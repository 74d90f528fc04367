"""The overview's choices and sentences: findings ranked, not tiles."""

from __future__ import annotations

import streamlit as st

from equity import charts
from equity.findings import Finding, Verdict, standings
from equity.ui import choices, frame, load, names, navigation, show, speak
from equity.ui.context import Here

SHOWN = 8
"""Findings of a verdict that are drawn; the others are listed when asked for."""
_ORDER: tuple[Verdict, ...] = ("gap", "cannot_tell", "parity")


def choose(here: Here) -> str:
    """One department, or all of them (`""`)."""
    departments = {id: names.department(here, id) for id in here.definitions.departments}
    return choices.select(here, "department", {"": here.say("ui.all_departments")} | departments)


def findings(here: Here, department: str) -> list[Finding]:
    """The ranked findings, of one department or of all."""
    return [f for f in load.findings(here) if department in ("", f.department)]


def by_verdict(findings: list[Finding]) -> dict[Verdict, list[Finding]]:
    """The findings of each verdict that occurs, in rank."""
    groups = {verdict: [f for f in findings if f.verdict == verdict] for verdict in _ORDER}
    return {verdict: found for verdict, found in groups.items() if found}


def head(here: Here, findings: list[Finding]) -> None:
    """How many comparisons differ beyond their tolerance, how many do not, how many are open."""
    say, counts = here.say, {v: len(f) for v, f in by_verdict(findings).items()}
    total = len(findings)
    if not total:
        frame.head(say, say("ui.page_overview"), say("ui.nothing_published"))
        return
    frame.head(
        say,
        say("ui.page_overview"),
        say.plural(
            "ui.overview_sentence",
            total,
            gap=say.number(counts.get("gap", 0)),
            parity=say.number(counts.get("parity", 0)),
            cannot_tell=say.number(counts.get("cannot_tell", 0)),
        ),
        more=_certain(here, findings),
        quiet=say("ui.overview_quiet"),
    )


def _certain(here: Here, findings: list[Finding]) -> str:
    """How many of the gaps are certain among so many findings; "" where there is none."""
    gaps = [finding for finding in findings if finding.verdict == "gap"]
    if not gaps:
        return ""
    certain = sum(bool(finding.certain) for finding in gaps)
    if certain == len(gaps):
        return here.say.plural("ui.overview_certain_all", certain)
    return here.say.plural("ui.overview_certain", len(gaps), certain=here.say.number(certain))


def quadrants(here: Here, findings: list[Finding]) -> None:
    """How each metric does for everybody, and for whom it does worst: a chart, and the same as a list."""
    held, left_out = standings(here.publication, here.definitions, findings)
    if not held:
        return
    frame.heading(here.say("ui.quadrants"), here.say("ui.quadrants_quiet"))
    sentences = {each.finding.id: speak.headline(here, each.finding) for each in held}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        key = ("quadrants", *sentences)
        drawing = load.made(
            here, key, lambda: charts.quadrants(held, sentences, here.definitions, here.say)
        )
        show.plain(drawing, "quadrants")
    with right, st.container(gap="xxsmall"):
        for number, each in enumerate(held, 1):
            title = names.metric(here, each.finding.metric)
            navigation.to_breakdown(here, each.finding, f"{number}. {title}")
        if left_out:
            titles = ", ".join(names.metric(here, id) for id in left_out)
            frame.words(here.say("ui.quadrants_left_out", names=titles), quiet=True)
    show.table(here, drawing.table, "quadrants", [each.finding.metric for each in held])


def heading(here: Here, verdict: Verdict, findings: list[Finding]) -> None:
    """A verdict's heading: what it means, and how many."""
    frame.heading(
        here.say.plural(f"ui.overview_{verdict}", len(findings)),
        here.say(f"ui.verdict_means_{verdict}"),
    )


def rest(here: Here, findings: list[Finding]) -> None:
    """The findings that are not drawn, as sentences that lead to their page."""
    if not findings:
        return
    with st.expander(here.say.plural("ui.more_findings", len(findings))):
        for finding in findings:
            navigation.to_breakdown(here, finding, speak.headline(here, finding))


def empty(here: Here) -> None:
    """Metrics that are defined but of which nothing is published yet, by name."""
    published = set(here.publication.metrics())
    missing = [names.metric(here, id) for id in here.definitions.metrics if id not in published]
    if missing:
        frame.words(here.say("ui.metrics_empty", names=", ".join(missing)), quiet=True)
