"""Sentences of findings, with the names that they need; the words come from the narrative."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from equity import narrative
from equity.findings import Finding
from equity.ui import frame, names, promise
from equity.ui.context import Here


def headline(here: Here, finding: Finding) -> str:
    """What the finding is, in a sentence."""
    return narrative.headline(finding, here.definitions, names.of_finding(here, finding), here.say)


def quiet_line(here: Here, finding: Finding) -> str:
    """n, interval, reference, source."""
    return narrative.quiet_line(
        finding, here.definitions, names.of_finding(here, finding), here.say
    )


def reading(here: Here, finding: Finding) -> str:
    """How many people, who else, how firm."""
    return narrative.reading(finding, here.definitions, names.of_finding(here, finding), here.say)


def brief(here: Here, finding: Finding) -> str:
    """What the reader must know before using the finding, in a few words; "" where nothing is."""
    return narrative.brief(finding, here.definitions, here.say)


def movement(here: Here, finding: Finding) -> str:
    """How sure the verdict is and whether the gap moves, in a few words; "" where nobody follows it."""
    return narrative.movement(finding, here.definitions, here.say)


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
        neutral=neutral(here, finding),
        certainty=narrative.chip(finding, here.definitions, here.say),
        more=reading(here, finding),
        quiet=" · ".join(filter(None, (quiet_line(here, finding), promise.overdue(here, metric)))),
    )


def neutral(here: Here, finding: Finding) -> bool:
    """Whether the metric has no better side, so that nobody can be behind."""
    return here.definitions.metrics[finding.metric].direction == "neutral"


def section(here: Here, finding: Finding, *, main: bool) -> None:
    """The heading of a part of a page; the page's `main` finding is told at its head already."""
    if main:
        frame.heading(here.say("ui.compared_by", what=_what(here, finding)))
    else:
        frame.heading(headline(here, finding), quiet_line(here, finding))


def notes(here: Here, finding: Finding, *told: Finding | None) -> None:
    """What the reader must know of these numbers, under their chart, and was not `told` above it."""
    before = {text for each in told if each for text in _caveats(here, each)}
    frame.notes([text for text in _caveats(here, finding) if text not in before])


def _caveats(here: Here, finding: Finding) -> list[str]:
    return narrative.caveats(finding, here.definitions, names.of_finding(here, finding), here.say)


def _what(here: Here, finding: Finding) -> str:
    return narrative.comparison_name(finding.by, here.definitions, here.say)


def marks(here: Here, metrics: Iterable[str]) -> list[str]:
    """What goes with numbers that leave the page: sources, version, synthetic or already public."""
    say = here.say
    datasets = list(dict.fromkeys(here.definitions.metrics[metric].dataset for metric in metrics))
    contracts = [here.definitions.datasets[name] for name in datasets]
    sources = dict.fromkeys(say.text(contract.source.name) for contract in contracts)
    lines = [say("ui.caption_source", source=source) for source in sources]
    lines.append(frame.publication(here))
    if here.synthetic or any(contract.synthetic for contract in contracts):
        lines.append(say("common.synthetic"))
    return lines + [
        frame.public(here, contract) for contract in contracts if contract.already_public
    ]


def source(here: Here, metric: str) -> str:
    """The same on one line, for captions."""
    return " · ".join(marks(here, [metric]))
