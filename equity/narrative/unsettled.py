"""What is said of a comparison that cannot be told: whom it concerns, what would settle it, where."""

from __future__ import annotations

from collections.abc import Mapping

from equity.findings.model import Finding, Settle
from equity.framework.models import Definitions
from equity.i18n import Translator
from equity.narrative.names import comparison_name, inline, is_place
from equity.narrative.numbers import figure

Names = Mapping[str, str]


def unsettled(
    finding: Finding, definitions: Definitions, names: Names, say: Translator
) -> list[str]:
    """Whom an open comparison concerns and what would settle it, a sentence each; else nothing.

    Where it can be told already, nothing more is needed: `told_label` has the words of the link.
    """
    if finding.verdict != "cannot_tell" or finding.worst is None:
        return []
    sentences = []
    if finding.concerned:
        sentences.append(_concerned(finding, definitions, names, say))
    if finding.settle and not finding.told_in:
        sentences.append(_settled(finding.settle, finding, names, say))
    return sentences


def told_label(finding: Finding, definitions: Definitions, say: Translator) -> str:
    """'By council district, all years together, it can be told: parity'; "" where it cannot."""
    told = finding.told_in
    if told is None:
        return ""
    return say(
        "narrative.told_in",
        what=inline(comparison_name(told.by, definitions, say)),
        period=say.period(told.period_kind, told.period),
        verdict=say(f"narrative.told_{told.verdict}"),
    )


def _concerned(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> str:
    metric = definitions.metrics[finding.metric]
    what = metric.subject
    if metric.kind == "rate" and metric.population:
        what = definitions.populations[metric.population].unit
    return say(
        "narrative.concerned",
        count=say.number(finding.concerned or 0),
        what=say.text(what),
        name=_quoted(finding, finding.worst or "", names, say),
    )


def _settled(settle: Settle, finding: Finding, names: Names, say: Translator) -> str:
    name = _quoted(finding, settle.code or "", names, say)
    if settle.by == "records" and settle.records is not None and settle.years is not None:
        return say.plural(
            "narrative.settle_records",
            1 if round(settle.years, 1) == 1 else 2,
            records=say.number(settle.records, significant=2),
            years=figure(settle.years, say),
            name=name,
        )
    return say(f"narrative.settle_{settle.by}", name=name)


def _quoted(finding: Finding, code: str, names: Names, say: Translator) -> str:
    name = names.get(code, code)
    return name if is_place(finding.by) else say("narrative.quoted", name=name)
