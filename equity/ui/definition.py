"""A metric's definition as people read it, straight from its YAML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from equity.framework.models import Dataset, Metric, Source, Treatment
from equity.narrative import metric_definition, tolerance_text
from equity.narrative.definition import reference_of
from equity.schema import CITY
from equity.ui import frame, names, people, promise, speak
from equity.ui.context import Here


def head(here: Here, id: str) -> None:
    """The definition in sentences, first of all."""
    sentences = metric_definition(id, here.definitions, here.say)
    frame.head(
        here.say,
        speak.eyebrow(here, id),
        sentences[0],
        more=" ".join(sentences[1:]),
        quiet=here.say(
            "ui.definition_file", file=f"departments/{here.definitions.department_of[id]}/{id}.yml"
        ),
    )


def measured(here: Here, id: str) -> None:
    """What is counted: expressions as they stand in the file, rules for unfinished cases."""
    say, metric = here.say, here.definitions.metrics[id]
    frame.words(say("ui.why", why=say.text(metric.why)), quiet=True)
    _codes(
        [
            (say("ui.filter"), metric.filter),
            (say("ui.numerator"), metric.numerator),
            (say("ui.value"), metric.value),
        ]
    )
    frame.terms(
        [
            (say("ui.kind"), say(f"ui.kind_of_{metric.kind}")),
            (say("ui.statistic"), _statistic(here, metric)),
            (say("ui.unit"), names.unit(here, id)),
            (say("ui.subject"), say.text(metric.subject)),
            (say("ui.measures"), say(f"ui.measures_{metric.measures}")),
            (say("ui.direction"), say(f"ui.direction_{metric.direction}")),
            (say("ui.maturity"), _maturity(here, metric)),
        ]
    )
    if metric.unfinished:
        frame.heading(say("ui.unfinished"), say.text(metric.unfinished.title))
        _rules(here, metric.unfinished.rule)
        for name, rule in metric.unfinished.alternatives.items():
            title = metric.unfinished.alternative_titles.get(name, {})
            frame.words(say("ui.alternative", name=say.text(title) or name))
            _rules(here, rule)


def judged(here: Here, id: str) -> None:
    """What it is compared with, and how far from that is still equitable."""
    say, metric = here.say, here.definitions.metrics[id]
    frame.terms(
        [
            (say("ui.reference"), reference_of(metric, here.definitions, say)),
            (say("ui.tolerance"), tolerance_text(metric, say)),
            (say("ui.target"), promise.target(here, id)),
            (say("ui.dimensions"), ", ".join(names.comparison(here, d) for d in metric.dimensions)),
        ]
    )  # fmt: skip
    frame.words(say("ui.rule_of_verdict"), quiet=True)
    headers = [say(f"ui.head_{name}") for name in ("where", "by", "periods")]
    frame.table(headers, [_table(here, t.places, t.by, t.periods) for t in metric.tables])


def known(here: Here, id: str) -> None:
    """Caveats, known artefacts, and changes of definition or practice."""
    say, metric = here.say, here.definitions.metrics[id]
    texts = [*metric.caveats, *(note.text for note in metric.notes)]
    changed = [
        say("ui.changed_on", day=say.date(change.on), text=say.text(change.text))
        for change in metric.changes
    ]
    frame.notes([*map(say.text, texts), *changed])
    if not (metric.caveats or metric.notes or metric.changes):
        frame.words(say("ui.none_known"), quiet=True)


def sources(here: Here, id: str) -> None:
    """The records, and the people they are set against."""
    say, metric = here.say, here.definitions.metrics[id]
    dataset = here.definitions.datasets[metric.dataset]
    frame.terms(
        [
            (say("ui.records"), say.text(dataset.title)),
            (say("ui.owner"), say.text(dataset.owner)),
            (say("ui.source"), source(here, dataset.source)),
            (say("ui.records_are"), nature(here, dataset)),
        ]
    )
    if metric.population:
        _population(here, metric.population)
    _places(here, metric)


def responsible(here: Here, id: str) -> None:
    """Who wrote it, who approved it, when it is due for review."""
    say, metric = here.say, here.definitions.metrics[id]
    frame.terms(
        [
            (say("ui.written_by"), say.text(metric.written_by)),
            (say("ui.approval"), approval(here, metric)),
            (say("ui.owner"), say.text(metric.monitoring.owner)),
            (say("ui.cadence"), say(f"ui.cadence_{metric.monitoring.cadence}")),
            (say("ui.review"), promise.review(here, metric)),
        ]
    )


def approval(here: Here, metric: Metric) -> str:
    """Who approved the definition and when."""
    if not metric.approved_by:
        return here.say("ui.not_approved")
    name = here.say.text(metric.approved_by)
    if metric.approved_on is None:
        return name
    return here.say("ui.approved", name=name, day=here.say.date(metric.approved_on))


def _statistic(here: Here, metric: Metric) -> str:
    if metric.statistic == "percentile" and metric.percentile:
        return here.say("ui.percentile", value=here.say.number(100 * metric.percentile))
    return here.say(f"ui.statistic_{metric.statistic}") if metric.statistic else ""


def _maturity(here: Here, metric: Metric) -> str:
    days = metric.maturity_days
    return here.say.plural("ui.days", days) if days else ""


def _rules(here: Here, rules: list[Treatment]) -> None:
    _codes([(here.say(f"ui.count_{rule.count_as}"), rule.when) for rule in rules])


def _codes(pairs: list[tuple[str, str | None]]) -> None:
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd><code>{escape(text)}</code></dd></div>"
        for name, text in pairs
        if text
    )
    if rows:
        st.html(f'<dl class="eq-terms eq-wide">{rows}</dl>')


def _table(
    here: Here, levels: Sequence[str], by: Sequence[str], periods: Sequence[str]
) -> list[str]:
    """A declared table as cells: where, by which groups, in which periods."""
    return [
        ", ".join(names.level(here, level, plural=True) for level in levels),
        " × ".join(names.comparison(here, dimension) for dimension in by) or "–",
        ", ".join(here.say(f"ui.kind_{kind}") for kind in periods),
    ]


def source(here: Here, source: Source) -> str:
    """A source as it is cited."""
    texts = (source.name, source.vintage, source.licence, {"en": source.url}, source.note)
    parts = [here.say.text(text) for text in texts]
    if source.retrieved:
        parts.append(here.say("ui.retrieved", day=here.say.date(source.retrieved)))
    return " · ".join(part for part in parts if part)


def nature(here: Here, dataset: Dataset) -> str:
    """Synthetic, already public, records or aggregates."""
    if dataset.synthetic:
        return here.say("ui.nature_synthetic")
    if dataset.already_public:
        day = here.say.date(dataset.already_public.on)
        return here.say(f"ui.nature_public_{dataset.kind}", day=day)
    return here.say(f"ui.nature_{dataset.kind}")


def _places(here: Here, metric: Metric) -> None:
    """Where the boundaries come from, and the figures of places that put records in groups."""
    city = here.definitions.city
    levels = {level for table in metric.tables for level in table.places} - {CITY}
    used = {here.definitions.dimensions[each].source.attribute for each in metric.dimensions}
    shown = [
        (names.level(here, level.id, plural=True), source(here, level.source))
        for level in city.place_levels
        if level.id in levels
    ]
    shown += [
        (here.say.text(attribute.title), source(here, attribute.source))
        for attribute in city.attributes
        if attribute.id in used
    ]
    if shown:
        frame.heading(here.say("ui.places_from"))
        frame.table([here.say("ui.places_what"), here.say("ui.source")], shown)


def credits(here: Here) -> None:
    """Whom the city's data and methods are owed to."""
    rows = [[source(here, each)] for each in here.definitions.city.credits]
    if rows:
        frame.heading(here.say("ui.credits"))
        frame.notes([row[0] for row in rows])


def _population(here: Here, id: str) -> None:
    population = here.definitions.populations[id]
    frame.terms(
        [
            (here.say("ui.people"), here.say.text(population.title)),
            (here.say("ui.counted"), here.say.text(population.unit)),
            (here.say("ui.source"), source(here, population.source)),
        ]
    )
    people.method(here, id)
