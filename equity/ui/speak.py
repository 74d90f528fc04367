"""Sentences of findings, with the names that they need; the words come from the narrative."""

from __future__ import annotations

from datetime import date

from equity import narrative
from equity.findings import PLACE_PREFIX, Finding
from equity.narrative.names import names_of
from equity.schema import OUTSIDE
from equity.ui import frame
from equity.ui.context import Here


def names(here: Here, by: str) -> dict[str, str]:
    """Code → name of everything that a comparison compares."""
    level = by.removeprefix(PLACE_PREFIX)
    if level == by:
        return names_of(by, here.definitions, here.say)
    places = here.publication.places(level)
    # What lies outside has its name from the catalogue, in the reader's language.
    return names_of(by, here.definitions, here.say, places[places["place"] != OUTSIDE])


def headline(here: Here, finding: Finding) -> str:
    """What the finding is, in a sentence."""
    return narrative.headline(finding, here.definitions, names(here, finding.by), here.say)


def quiet_line(here: Here, finding: Finding) -> str:
    """n, interval, reference, source."""
    return narrative.quiet_line(finding, here.definitions, names(here, finding.by), here.say)


def reading(here: Here, finding: Finding) -> str:
    """How many people, who else, how firm."""
    return narrative.reading(finding, here.definitions, names(here, finding.by), here.say)


def caveats(here: Here, finding: Finding) -> list[str]:
    """What the reader must know before using the finding."""
    return narrative.caveats(finding, here.definitions, names(here, finding.by), here.say)


def interval_meaning(here: Here) -> str:
    """What an interval means for records that are complete and no sample."""
    return narrative.interval_meaning(here.say)


def eyebrow(here: Here, metric: str, *rest: str) -> str:
    """Department · metric · what else says where we are."""
    department = here.definitions.departments[here.definitions.department_of[metric]]
    title = here.definitions.metrics[metric].title
    return " · ".join([here.say.text(department.title), here.say.text(title), *rest])


def head(
    here: Here, metric: str, finding: Finding | None, *, period: tuple[str, date | None]
) -> None:
    """The head of a page about one finding; a calm sentence where nothing is published."""
    kind, start = period
    when = [here.say.period(kind, start)] if kind and start else []
    where = eyebrow(here, metric, *when)
    if finding is None:
        frame.head(
            here.say,
            where,
            here.say("ui.nothing_published"),
            quiet=here.say("ui.nothing_published_do"),
        )
        return
    frame.head(
        here.say,
        where,
        headline(here, finding),
        verdict=finding.verdict,
        certainty=narrative.chip(finding, here.definitions, here.say),
        more=reading(here, finding),
        quiet=quiet_line(here, finding),
    )


def section(here: Here, finding: Finding, *, main: bool) -> None:
    """The heading of a part of a page; the page's `main` finding is told at its head already."""
    if main:
        frame.heading(here.say("ui.compared_by", what=_what(here, finding)))
    else:
        frame.heading(headline(here, finding), quiet_line(here, finding))


def notes(here: Here, finding: Finding) -> None:
    """What the reader must know of these numbers, under their chart."""
    for sentence in caveats(here, finding):
        frame.words(sentence, quiet=True)


def _what(here: Here, finding: Finding) -> str:
    return narrative.comparison_name(finding.by, here.definitions, here.say)


def source(here: Here, metric: str) -> str:
    """Where the numbers come from, and what they are; for captions."""
    dataset = here.definitions.datasets[here.definitions.metrics[metric].dataset]
    parts = [
        here.say("ui.caption_source", source=dataset.source.name),
        frame.publication(here),
    ]
    if here.synthetic or dataset.synthetic:
        parts.append(here.say("common.synthetic"))
    return " · ".join(parts)
