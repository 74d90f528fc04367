"""A department's promises: its objectives in its own words, each metric and how it stands."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from equity.findings import Finding
from equity.framework.models import Department, Objective, Program
from equity.narrative import tolerance_text
from equity.narrative.names import listed
from equity.ui import choices, definition, frame, load, names, navigation, promise, speak
from equity.ui.context import Here

_KINDS = ("gap", "differs", "parity", "cannot_tell")


@dataclass(frozen=True)
class Chosen:
    """A department and its id."""

    id: str
    department: Department

    @property
    def programs(self) -> list[Program]:
        """Its programs."""
        return self.department.programs


def choose(here: Here) -> Chosen:
    """One department."""
    departments = {id: names.department(here, id) for id in here.definitions.departments}
    id = choices.select(here, "department", departments)
    return Chosen(id, here.definitions.departments[id])


def head(here: Here, chosen: Chosen, findings: list[Finding]) -> None:
    """How many of the department's metrics keep the promise; its mission."""
    say = here.say
    kinds = [_kind(here, finding) for finding in findings]
    counted = [
        say.plural(f"ui.department_{kind}", kinds.count(kind)) for kind in _KINDS if kind in kinds
    ]
    sentence = say.plural("ui.department_sentence", len(findings), counted=listed(counted, say))
    frame.head(
        say,
        say.text(chosen.department.title),
        sentence if findings else say("ui.nothing_published"),
        more=say.text(chosen.department.mission),
        quiet=say("ui.department_quiet", owner=say.text(chosen.department.owner)),
    )


def _kind(here: Here, finding: Finding) -> str:
    """The verdict as the sentence counts it: a metric without a better side only differs."""
    differs = finding.verdict == "gap" and speak.neutral(here, finding)
    return "differs" if differs else finding.verdict


def leading(here: Here, id: str) -> list[Finding]:
    """The leading finding of each of the department's metrics, furthest behind first."""
    leading: dict[str, Finding] = {}
    for finding in load.findings(here):
        if finding.department == id:
            leading.setdefault(finding.metric, finding)
    return list(leading.values())


def objective(here: Here, objective: Objective, findings: list[Finding]) -> None:
    """One objective, for whom and why, and the metrics that hold it to its word."""
    say = here.say
    frame.heading(say.text(objective.statement))
    frame.terms(
        [
            (say("ui.who"), say.text(objective.who)),
            (say("ui.because"), say.text(objective.why)),
            (say("ui.owner"), say.text(objective.owner)),
            (say("ui.source"), say.text(objective.source.name) if objective.source else ""),
        ]
    )
    serving = [m for m, metric in here.definitions.metrics.items() if metric.objective == objective.id]  # fmt: skip
    for id in serving:
        found = next((f for f in findings if f.metric == id), None)
        with st.container(border=True, key=f"eq-card-{id}", gap="xsmall"):
            _metric(here, id, found)


def _metric(here: Here, id: str, finding: Finding | None) -> None:
    say, metric = here.say, here.definitions.metrics[id]
    verdict = finding.verdict if finding else None
    frame.metric_title(say, names.metric(here, id), verdict, metric.direction == "neutral")
    frame.words(speak.headline(here, finding) if finding else say("ui.nothing_published"))
    if finding:
        frame.words(speak.movement(here, finding))
        frame.words(speak.quiet_line(here, finding), quiet=True)
        frame.words(speak.brief(here, finding), quiet=True)
    frame.words(promise.overdue(here, id), quiet=True)
    frame.terms(
        [
            (say("ui.target"), promise.target(here, id)),
            (say("ui.tolerance"), tolerance_text(metric, say)),
            (say("ui.owner"), say.text(metric.monitoring.owner)),
            (say("ui.approval"), definition.approval(here, metric)),
            (say("ui.review"), promise.review(here, metric)),
        ]
    )
    with st.container(horizontal=True):
        if finding:
            navigation.to_breakdown(here, finding, say("ui.see_breakdown"))
        navigation.link("methods", say("ui.how_computed"), here.state, metric=id)
