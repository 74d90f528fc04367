"""The sentences after the headline: how many people, how firm, what is not seen, on what evidence."""

from __future__ import annotations

from collections.abc import Mapping

from equity.findings import is_count
from equity.findings.model import Finding, Verdict
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator, capitalized
from equity.narrative.moving import moving
from equity.narrative.names import is_place, listed, reference_name
from equity.narrative.numbers import (
    TABLE_FIGURES,
    at_least,
    difference,
    figure,
    quantity,
    tolerance_text,
)
from equity.narrative.unsettled import unsettled
from equity.schema import OUTSIDE, UNKNOWN

Names = Mapping[str, str]


def verdict_word(verdict: Verdict, say: Translator, *, neutral: bool = False) -> str:
    """The verdict's name, for chips and lists. Never shown without an interval or n beside it.

    Where a metric has no better side (`neutral`), what lies outside the tolerance differs: nobody
    is behind.
    """
    return say(
        "narrative.differs" if neutral and verdict == "gap" else f"narrative.verdict_{verdict}"
    )


def position_word(position: str, say: Translator) -> str:
    """Where an entry stands (a `Position`), in a word or two."""
    return say(f"narrative.position_{position}")


def reading(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> str:
    """A few sentences on reach and firmness, "" where there is nothing to add.

    The people beyond what the reference would give, who else is behind; of an open comparison whom
    it concerns and what would settle it; whether another rule for unfinished cases, or the latest
    period with its unfinished ones, would change the verdict; and whether the gap moves.
    """
    metric = definitions.metrics[finding.metric]
    if is_count(metric):
        return ""
    sentences = []
    behind = [e for e in finding.entries if e.position == "behind"]
    if len(behind) > 1 and metric.direction != "neutral":
        others = [names.get(e.code, e.code) for e in behind if e.code != finding.worst]
        sentences.append(
            say.plural("narrative.also_behind", len(others), names=listed(others, say))
        )
    if finding.affected:
        side = "fewer" if metric.direction == "lower_is_better" else "more"
        achieved = say.text(metric.achieved)
        sentences.append(
            say(
                f"narrative.affected_{side}" if achieved else f"narrative.affected_{side}_plain",
                count=at_least(finding.affected, say),
                subject=say.text(metric.subject),
                achieved=achieved,
                reference=reference_name(finding, names, say),
            )
        )
    sentences += unsettled(finding, definitions, names, say)
    if finding.other_period:
        period, verdict = finding.other_period
        sentences.append(
            say(
                "narrative.other_period",
                period=say.period(finding.period_kind, period),
                verdict=_quoted_verdict(verdict, say),
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
    if finding.trend:
        sentences.append(moving(finding.trend, metric, say))
    return " ".join(sentences)


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
        parts.append(say.plural("narrative.intervals", _compared(finding)))
    if not is_count(metric):
        parts += _held_against(finding, metric, names, say)
    parts.append(say("narrative.source", source=say.text(dataset.source.name)))
    parts.append(say("narrative.publication", version=finding.publication))
    if definitions.city.synthetic or dataset.synthetic:
        parts.append(say("narrative.synthetic"))
    if dataset.already_public:
        parts.append(say("narrative.already_public"))
    return capitalized(" · ".join(parts))


def interval_meaning(say: Translator) -> str:
    """What an interval means for records that are complete and no sample."""
    return say("narrative.interval_meaning")


def chip(finding: Finding, definitions: Definitions, say: Translator) -> str:
    """The verdict with the interval that decided it: 'Gap · widened interval 5 to 19 points'.

    That is the simultaneous one of the furthest entry. Parity is about all entries, so that no
    single interval belongs to it.
    """
    neutral = definitions.metrics[finding.metric].direction == "neutral"
    word = verdict_word(finding.verdict, say, neutral=neutral)
    lower, upper = finding.gap_lower, finding.gap_upper
    if finding.verdict == "parity" or finding.gap is None or lower is None or upper is None:
        return word
    unit = definitions.metrics[finding.metric].unit
    if lower < 0 < upper:
        ends = {"above": difference(upper, unit, say), "below": difference(lower, unit, say)}
        interval = say(f"narrative.chip_across_{'below' if finding.gap < 0 else 'above'}", **ends)
    else:
        near, far = sorted((abs(lower), abs(upper)))
        interval = say("narrative.chip_interval", lower=figure(near, say), upper=difference(far, unit, say))  # fmt: skip
    return say("narrative.chip", verdict=word, interval=interval)


def _compared(finding: Finding) -> int:
    """How many entries are compared at once, for which the verdict's interval is widened."""
    return sum(
        entry.estimate is not None and entry.code not in (OUTSIDE, UNKNOWN)
        for entry in finding.entries
    )


def _held_against(finding: Finding, metric: Metric, names: Names, say: Translator) -> list[str]:
    """The reference with its value, and the tolerance."""
    reference = reference_name(finding, names, say)
    if finding.reference_value is not None and finding.tolerance_lower is not None:
        value = quantity(finding.reference_value, metric.unit, say, TABLE_FIGURES)
        reference = say("narrative.reference_value", reference=reference, value=value)
    return [
        say("narrative.compared_with", reference=reference),
        say("narrative.tolerance", tolerance=tolerance_text(metric, say, finding.tolerance)),
    ]


def _quoted_verdict(verdict: Verdict, say: Translator) -> str:
    return say(f"narrative.would_be_{verdict}")
