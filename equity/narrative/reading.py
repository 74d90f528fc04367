"""The sentences after the headline: how many people, how firm, what is not seen, on what evidence."""

from __future__ import annotations

from collections.abc import Mapping

from equity.findings.model import Finding, Verdict
from equity.framework.models import Definitions, Metric, Note
from equity.i18n import Translator
from equity.narrative.headline import interval_of_gap
from equity.narrative.names import PLACE_PREFIX, is_place, reference_name
from equity.narrative.numbers import (
    TABLE_FIGURES,
    count,
    figure,
    is_count,
    quantity,
    tolerance_text,
    unit_name,
)
from equity.schema import NO_RECORDS

Names = Mapping[str, str]


def verdict_word(verdict: Verdict, say: Translator) -> str:
    """The verdict's name, for chips and lists. Never shown without an interval or n beside it."""
    return say(f"narrative.verdict_{verdict}")


def position_word(position: str, say: Translator) -> str:
    """Where an entry stands (a `Position`), in a word or two."""
    return say(f"narrative.position_{position}")


def reading(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> str:
    """One to three sentences on reach and firmness, "" where there is nothing to add.

    The people beyond what the reference would give, who else is behind, and whether another rule
    for unfinished cases would change the verdict.
    """
    metric = definitions.metrics[finding.metric]
    if is_count(metric):
        return ""
    sentences = []
    behind = [e for e in finding.entries if e.position == "behind"]
    if len(behind) > 1 and metric.direction != "neutral":
        others = [names.get(e.code, e.code) for e in behind if e.code != finding.worst]
        sentences.append(
            say.plural("narrative.also_behind", len(others), names=_listed(others, say))
        )
    if finding.affected:
        side = "fewer" if metric.direction == "lower_is_better" else "more"
        achieved = say.text(metric.achieved)
        sentences.append(
            say(
                f"narrative.affected_{side}" if achieved else f"narrative.affected_{side}_plain",
                count=count(finding.affected, say),
                subject=say.text(metric.subject),
                achieved=achieved,
                reference=reference_name(finding, names, say),
            )
        )
    unfinished = metric.unfinished
    for treatment, verdict in finding.other_verdicts:
        titles = unfinished.alternative_titles if unfinished else {}
        sentences.append(
            say(
                "narrative.other_treatment",
                treatment=say.text(titles[treatment]) if treatment in titles else treatment,
                verdict=_quoted_verdict(verdict, say),
            )
        )
    return " ".join(sentences)


def caveats(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> list[str]:
    """What the reader must know before using the finding, a sentence each, the gravest first.

    The finding's own caveats (nothing shown, unknown, immature, …), then the metric's, then known
    artefacts of the data that concern these places and this period.
    """
    metric = definitions.metrics[finding.metric]
    empty = {entry.code for entry in finding.entries if entry.status == NO_RECORDS}
    absent = [names.get(code, code) for code in finding.missing if code in empty]
    share = finding.unknown_share
    values = {
        "missing": _listed(absent, say),
        "share": figure(100 * share, say) if share is not None else "",
        "subject": say.text(metric.subject),
    }
    sentences = [say(f"narrative.caveat_{name}", **values) for name in finding.caveats]
    if share and "unknown" not in finding.caveats:
        sentences.append(say("narrative.unknown_share", **values))
    sentences += [say.text(caveat) for caveat in metric.caveats]
    sentences += [say.text(note.text) for note in metric.notes if _concerns(note, finding)]
    return sentences


def quiet_line(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> str:
    """n, intervals, reference, tolerance, source and publication version, on one line."""
    metric = definitions.metrics[finding.metric]
    dataset = definitions.datasets[metric.dataset]
    deciding = finding.worst if not is_count(metric) else None
    worst = next((e for e in finding.entries if e.code == deciding), None)
    parts = [say.period(finding.period_kind, finding.period)]
    if worst is not None and worst.n is not None:
        name = names.get(worst.code, worst.code)
        name = name if is_place(finding.by) else say("narrative.quoted", name=name)
        parts.append(say.plural("narrative.records_in", worst.n, name=name))
    if any(entry.lower is not None for entry in finding.entries):
        parts.append(say("narrative.intervals"))
    if not is_count(metric):
        parts += _held_against(finding, metric, names, say)
    parts.append(say("narrative.source", source=dataset.source.name))
    parts.append(say("narrative.publication", version=finding.publication))
    if definitions.city.synthetic or dataset.synthetic:
        parts.append(say("narrative.synthetic"))
    if dataset.already_public:
        parts.append(say("narrative.already_public"))
    return " · ".join(parts)


def interval_meaning(say: Translator) -> str:
    """What an interval means for records that are complete and no sample."""
    return say("narrative.interval_meaning")


def chip(finding: Finding, definitions: Definitions, say: Translator) -> str:
    """The verdict with its certainty, short enough for a chip: 'Gap: 5 to 19 points'."""
    word = verdict_word(finding.verdict, say)
    if finding.gap is None or finding.gap_lower is None:
        return word
    metric = definitions.metrics[finding.metric]
    interval = interval_of_gap(finding.gap, finding.gap_lower, finding.gap_upper, say)
    unit = say("narrative.points") if metric.unit == "percent" else unit_name(metric.unit, say)
    return say("narrative.chip", verdict=word, interval=interval, unit=unit)


def _held_against(finding: Finding, metric: Metric, names: Names, say: Translator) -> list[str]:
    """The reference with its value, and the tolerance."""
    reference = reference_name(finding, names, say)
    if finding.reference_value is not None and finding.tolerance_lower is not None:
        value = quantity(finding.reference_value, metric.unit, say, TABLE_FIGURES)
        reference = say("narrative.reference_value", reference=reference, value=value)
    return [
        say("narrative.compared_with", reference=reference),
        say("narrative.tolerance", tolerance=tolerance_text(metric, say)),
    ]


def _quoted_verdict(verdict: Verdict, say: Translator) -> str:
    return say(f"narrative.would_be_{verdict}")


def _concerns(note: Note, finding: Finding) -> bool:
    """Whether a note is about entries of this finding: its level, its places, its years."""
    if note.years and finding.period_kind != "all" and finding.period.year not in note.years:
        return False
    if not note.place_level:
        return True
    level = finding.by.removeprefix(PLACE_PREFIX) if is_place(finding.by) else ""
    codes = {entry.code for entry in finding.entries}
    return level == note.place_level and (not note.places or bool(codes & set(note.places)))


def _listed(items: list[str], say: Translator, most: int = 4) -> str:
    """'A, B and C'; after `most` names, how many more there are."""
    if len(items) <= 1:
        return "".join(items)
    if len(items) > most:
        more = say.plural("narrative.and_more", len(items) - most)
        return say("narrative.and", first=", ".join(items[:most]), last=more)
    return say("narrative.and", first=", ".join(items[:-1]), last=items[-1])
