"""How one place stands in every metric that is published for it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from equity import narrative
from equity.findings import PLACE_PREFIX, Entry, Finding
from equity.narrative.headline import result_text
from equity.narrative.numbers import TABLE_FIGURES, quantity
from equity.schema import OUTSIDE
from equity.ui import choices, frame, load, names, navigation, offers, show, speak
from equity.ui.context import Here

_RANK = ("behind", "unclear", "within", "ahead", "suppressed", "no_records", "not_applicable")


@dataclass(frozen=True)
class Standing:
    """A finding by place, and the entry of the chosen one."""

    finding: Finding
    entry: Entry


def choose(here: Here) -> tuple[str, str]:
    """A place level and a place of it; `""` where no metric is published by place."""
    offered = {level for id in here.definitions.metrics for level in offers.of(here, id).levels()}
    left, right = choices.row(1, 1)
    with left:
        levels = offers.levels(here, offered) or {"": here.say("ui.no_places")}
        level = choices.select(here, "level", levels)
    with right:
        places = names.places(here, level) if level else {}
        places.pop(OUTSIDE, None)
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
        found.append(Standing(finding, entry or Entry(place, "no_records", "no_records")))
    return sorted(found, key=lambda s: (_rank(s.entry), s.finding.department, s.finding.metric))


def head(here: Here, level: str, place: str, standings: list[Standing]) -> None:
    """In how many metrics the place is behind, within, ahead, and in how many one cannot tell."""
    say = here.say
    if not standings:
        frame.head(say, say("ui.page_neighborhood"), say("ui.nothing_published"))
        return
    counts = {p: sum(s.entry.position == p for s in standings) for p in _RANK}
    name = names.places(here, level).get(place, place)
    frame.head(
        say,
        " · ".join([say("ui.page_neighborhood"), names.level(here, level)]),
        say.plural(
            "ui.neighborhood_sentence",
            len(standings),
            place=name,
            behind=say.number(counts["behind"]),
            within=say.number(counts["within"] + counts["ahead"]),
        ),
        quiet=say("ui.neighborhood_quiet"),
    )


def line(here: Here, standing: Standing) -> None:
    """One metric: where the place stands, its result in words, and the way to the map."""
    finding, entry = standing.finding, standing.entry
    metric = here.definitions.metrics[finding.metric]
    with st.container(border=True, key=f"eq-card-{finding.metric}", gap="xsmall"):
        frame.position_title(here.say, names.metric(here, finding.metric), entry.position)
        if entry.estimate is None:
            frame.words(here.say(f"ui.without_{entry.status}"))
        else:
            frame.words(
                here.say(
                    "ui.place_result",
                    result=result_text(entry.estimate, metric, here.definitions, here.say),
                    city=_value(here, finding, finding.reference_value),
                    interval=_interval(here, finding, entry),
                )
            )
        frame.words(speak.eyebrow(here, finding.metric, here.say.period(finding.period_kind, finding.period)), quiet=True)  # fmt: skip
        navigation.to_breakdown(here, finding, here.say("ui.see_on_map"), place=entry.code)


def behind(here: Here, standings: list[Standing]) -> None:
    """The table behind the lines."""
    if not standings:
        return
    say = here.say
    rows = [
        {
            say("ui.metric"): names.metric(here, s.finding.metric),
            say("ui.position"): narrative.position_word(s.entry.position, say),
            say("ui.value"): s.entry.estimate,
            say("ui.lower"): s.entry.lower,
            say("ui.upper"): s.entry.upper,
            say("ui.reference"): s.finding.reference_value,
            say("ui.unit"): names.unit(here, s.finding.metric),
            say("ui.n"): s.entry.n,
        }
        for s in standings
    ]
    show.table(here, pd.DataFrame(rows), "neighborhood")


def _rank(entry: Entry) -> int:
    return _RANK.index(entry.position) if entry.position in _RANK else len(_RANK)


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
