"""How one place stands in every metric that is published for it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from equity import narrative
from equity.charts.model import position_text
from equity.findings import PLACE_PREFIX, Entry, Finding, is_count
from equity.findings.model import Position
from equity.framework.models import Metric
from equity.narrative.headline import result_text
from equity.narrative.numbers import TABLE_FIGURES, quantity
from equity.ui import choices, frame, load, names, navigation, offers, promise, show, speak
from equity.ui.context import Here

_RANK = ("behind", "unclear", "within", "ahead", "suppressed", "no_records", "unknown", "not_applicable")  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A finding by place, and the entry of the chosen one; None where nothing is published of it."""

    finding: Finding
    entry: Entry | None
    metric: Metric

    @property
    def judged(self) -> bool:
        """Whether one can be behind: a count or a metric without a better side judges nobody."""
        return self.metric.direction != "neutral" and not is_count(self.metric)

    @property
    def position(self) -> Position:
        """Where the place stands."""
        return self.entry.position if self.entry else "not_applicable"


def choose(here: Here) -> tuple[str, str]:
    """A place level and a place of it; `""` where no metric is published by place."""
    offered = {level for id in here.definitions.metrics for level in offers.of(here, id).levels()}
    left, right = choices.row(1, 1)
    with left:
        levels = offers.levels(here, offered) or {"": here.say("ui.no_places")}
        level = choices.select(here, "level", levels)
    with right:
        places = names.places(here, level) if level else {}
        place = choices.select(here, "place", places or {"": here.say("ui.no_places")})
    return level, place


def standings(here: Here, level: str, place: str) -> list[Standing]:
    """The place's entry in every metric published at its level, those behind first."""
    by = PLACE_PREFIX + level
    found = []
    for id in here.definitions.metrics:
        if level not in offers.of(here, id).levels():
            continue
        finding = load.finding(here, id, by)
        entry = next((e for e in finding.entries if e.code == place), None)
        found.append(Standing(finding, entry, here.definitions.metrics[id]))
    return sorted(found, key=lambda s: (not s.judged, _RANK.index(s.position), s.finding.id))


def head(here: Here, level: str, place: str, standings: list[Standing]) -> None:
    """In how many metrics the place is behind, within, ahead, and in how many one cannot tell."""
    say = here.say
    if not standings:
        frame.head(say, say("ui.page_neighborhood"), say("ui.nothing_published"))
        return
    judged = [s for s in standings if s.judged]
    counts = {p: sum(s.position == p for s in judged) for p in _RANK}
    others = len(standings) - len(judged)
    quiet = [say("ui.neighborhood_quiet")]
    if others:
        quiet.append(say.plural("ui.neighborhood_unjudged", others))
    name = names.places(here, level).get(place, place)
    known = counts["within"] + counts["ahead"]
    if counts["behind"]:
        sentence = "ui.neighborhood_sentence"
    elif known:
        sentence = "ui.neighborhood_sentence_none"
    elif counts["suppressed"] == len(judged):
        sentence = "ui.neighborhood_withheld"
    else:
        sentence = "ui.neighborhood_open"
    frame.head(
        say,
        " · ".join([say("ui.page_neighborhood"), names.level(here, level)]),
        say.plural(
            sentence,
            len(judged),
            place=name,
            behind=say.number(counts["behind"]),
            within=say.number(known),
        ),
        quiet=" ".join(quiet),
    )


def line(here: Here, standing: Standing) -> None:
    """One metric: where the place stands, its result in words, and the way to the map."""
    finding, entry, metric = standing.finding, standing.entry, standing.metric
    with st.container(border=True, key=f"eq-card-{finding.metric}", gap="xsmall"):
        title = names.metric(here, finding.metric)
        if entry is None:
            frame.position_title(here.say, title, "not_published", metric)
            frame.words(here.say("ui.without_entry"))
            return
        frame.position_title(here.say, title, entry.position, metric)
        if entry.estimate is None:
            frame.words(here.say(f"ui.without_{entry.status}"))
        else:
            text, picture = st.columns([3, 1], vertical_alignment="center", gap="medium")
            with text:
                frame.words(
                    here.say(
                        "ui.place_result",
                        result=result_text(entry.estimate, metric, here.definitions, here.say),
                        city=_value(here, finding, finding.reference_value),
                        interval=_interval(here, finding, entry),
                    )
                )
            with picture:
                if not is_count(metric) and (entry.lower is not None or finding.reference_value):
                    show.small(here, finding, entry.code)
        frame.notes(narrative.of_entry(entry, finding, here.definitions, here.say))
        frame.words(speak.eyebrow(here, finding.metric, here.say.period(finding.period_kind, finding.period)), quiet=True)  # fmt: skip
        frame.words(promise.overdue(here, finding.metric), quiet=True)
        navigation.to_breakdown(here, finding, here.say("ui.see_on_map"), place=entry.code)


def behind(here: Here, standings: list[Standing]) -> None:
    """The table behind the lines."""
    if not standings:
        return
    say = here.say
    rows = [
        {
            say("ui.metric"): names.metric(here, s.finding.metric),
            say("ui.position"): position_text(s.position, s.metric, say),
            say("ui.value"): s.entry.estimate,
            say("ui.lower"): s.entry.lower,
            say("ui.upper"): s.entry.upper,
            say("ui.reference"): s.finding.reference_value,
            say("ui.unit"): names.unit(here, s.finding.metric),
            say("ui.n"): s.entry.n,
            say("charts.note"): " ".join(
                narrative.of_entry(s.entry, s.finding, here.definitions, say)
            ),
            say("charts.entry"): s.entry.entry,
        }
        for s in standings
        if s.entry
    ]
    metrics = [s.finding.metric for s in standings]
    show.table(here, pd.DataFrame(rows), "neighborhood", metrics)


def _value(here: Here, finding: Finding, value: float | None) -> str:
    unit = here.definitions.metrics[finding.metric].unit
    return quantity(value, unit, here.say) if value is not None else here.say("ui.not_known")


def _interval(here: Here, finding: Finding, entry: Entry) -> str:
    if entry.lower is None or entry.upper is None:
        return here.say("ui.no_interval")
    unit = here.definitions.metrics[finding.metric].unit
    return here.say(
        "ui.interval",
        lower=quantity(entry.lower, unit, here.say, TABLE_FIGURES),
        upper=quantity(entry.upper, unit, here.say, TABLE_FIGURES),
    )
