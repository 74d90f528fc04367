"""The one sentence that answers: who and where is behind, by how much, and how sure is that?"""

from __future__ import annotations

from collections.abc import Mapping

from equity.findings import is_count, of_areas
from equity.findings.model import Entry, Finding
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator
from equity.narrative.names import comparison_name, inline, is_place, reference_name
from equity.narrative.numbers import difference, figure, out_of, quantity, tolerance_text
from equity.schema import OUTSIDE, UNKNOWN

Names = Mapping[str, str]


def headline(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> str:
    """One plain sentence with the value, the difference and its certainty.

    `names`: code → name of the finding's entries (`equity.narrative.names_of`). Figures are rounded
    to two, with their unit. It says that outcomes differ, never what caused it.
    """
    if is_count(definitions.metrics[finding.metric]):
        return _count(finding, definitions, names, say)
    worst = next((e for e in finding.entries if e.code == finding.worst), None)
    if finding.verdict == "parity":
        return _parity(finding, definitions, names, say)
    if worst is None or worst.estimate is None:
        return say("narrative.cannot_compare", what=_what(finding, definitions, say))
    metric = definitions.metrics[finding.metric]
    areas = of_areas(definitions, finding.by)
    where = where_text(finding.by, worst.code, names, say, areas=areas)
    result = result_text(worst.estimate, metric, definitions, say)
    contrast = contrast_text(finding, worst, metric, names, say)
    if finding.verdict == "gap":
        ahead = finding.lean == "ahead" and metric.direction != "neutral"
        key = "narrative.gap_ahead" if ahead else "narrative.gap"
        return say(key, where=where, result=result, contrast=contrast)
    behind = finding.lean == "behind" and metric.direction != "neutral"
    leaning = "narrative.cannot_tell_behind_areas" if areas else "narrative.cannot_tell_behind"
    return say(
        leaning if behind else "narrative.cannot_tell",
        where=where[:1].lower() + where[1:],  # its first word is 'in' or 'outside'
        name=named(finding.by, worst.code, names, say, areas=areas),
        result=result,
        contrast=contrast,
    )


def where_text(by: str, code: str, names: Names, say: Translator, *, areas: bool = False) -> str:
    """'In District 3', 'In the group Spanish', 'Outside every district'; starts a sentence.

    `areas`: the groups are of neighborhoods; what is true of a neighborhood need not be true of the
    people in it whom it is named for.
    """
    if code == OUTSIDE:
        return say("narrative.where_outside")
    if code == UNKNOWN:
        return say("narrative.where_unknown")
    key = "where_place" if is_place(by) else "where_areas" if areas else "where_group"
    return say(f"narrative.{key}", name=names.get(code, code))


def named(by: str, code: str, names: Names, say: Translator, *, areas: bool = False) -> str:
    """'District 3', 'The group “Spanish”', 'Neighborhoods of the group …'; starts a sentence."""
    name = names.get(code, code)
    key = "narrative.areas_named" if areas else "narrative.group_named"
    return name if is_place(by) else say(key, name=name)


def result_text(value: float, metric: Metric, definitions: Definitions, say: Translator) -> str:
    """What happened to how many, as a clause: '61 of 100 reports were cleared within 5 days'."""
    subject, achieved = say.text(metric.subject), say.text(metric.achieved)
    if metric.kind == "share" and metric.unit == "percent" and achieved:
        return say(
            "narrative.result_share", value=out_of(value, say), subject=subject, achieved=achieved
        )
    if metric.kind == "representation" and metric.unit == "percent":
        plain = "" if achieved else "_plain"
        return say(
            f"narrative.result_representation{plain}",
            value=out_of(value, say),
            subject=subject,
            achieved=achieved,
        )
    if metric.kind == "rate" and metric.population and metric.unit != "ratio":
        population = definitions.populations[metric.population]
        return say(
            "narrative.result_rate" if achieved else "narrative.result_rate_plain",
            value=figure(value, say),
            subject=subject,
            achieved=achieved,
            per=say.number(metric.per),
            people=say.text(population.unit),
        )
    if metric.kind == "duration":
        return _duration(value, metric, subject, say)
    if metric.unit == "count":
        return say("narrative.result_count", value=figure(value, say), subject=subject)
    return say(
        "narrative.result_other",
        title=say.text(metric.title),
        value=quantity(value, metric.unit, say),
    )


def contrast_text(
    finding: Finding, entry: Entry, metric: Metric, names: Names, say: Translator
) -> str:
    """The difference from the reference with its interval: '12 points below the city (…)'."""
    reference = reference_name(finding, names, say)
    if finding.gap is None:
        return say("narrative.no_contrast", reference=reference)
    size = difference(finding.gap, metric.unit, say)
    kind = "points" if metric.unit == "percent" else "amount"
    side = "below" if finding.gap < 0 else "above"
    text = say(f"narrative.{side}_{kind}", difference=size, reference=reference)
    if finding.gap == 0:
        text = say("narrative.same", reference=reference)
    interval = interval_of_gap(finding.gap, finding.gap_lower, finding.gap_upper, say)
    if finding.verdict == "cannot_tell" and entry.n is not None:
        return say.plural("narrative.contrast_n", entry.n, contrast=text, interval=interval)
    return say("narrative.contrast", contrast=text, interval=interval)


def interval_of_gap(gap: float, lower: float | None, upper: float | None, say: Translator) -> str:
    """The interval of a difference as sizes on the gap's own side, or across the reference.

    >>> interval_of_gap(-12, -19, -5, Translator("en"))
    'interval 5 to 19'
    >>> interval_of_gap(-4, -11, 2, Translator("en"))
    'interval 2 above to 11 below'
    """
    if lower is None or upper is None:
        return say("narrative.no_interval")
    if lower < 0 < upper:
        ends = {"above": figure(upper, say), "below": figure(-lower, say)}
        return say(f"narrative.interval_across_{'below' if gap < 0 else 'above'}", **ends)
    near, far = sorted((abs(lower), abs(upper)))
    return say("narrative.interval", lower=figure(near, say), upper=figure(far, say))


def _parity(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> str:
    metric = definitions.metrics[finding.metric]
    compared = [e for e in finding.entries if e.code not in (OUTSIDE, UNKNOWN)]
    values = {
        "count": say.number(len(compared)),
        "what": _what(finding, definitions, say),
        "tolerance": tolerance_text(metric, say, finding.tolerance),
        "reference": reference_name(finding, names, say),
    }
    if finding.reference == "city" and finding.reference_value is not None:
        result = result_text(finding.reference_value, metric, definitions, say)
        return say("narrative.parity_city", result=result, **values)
    return say("narrative.parity", title=say.text(metric.title), **values)


def _count(finding: Finding, definitions: Definitions, names: Names, say: Translator) -> str:
    """Where most are counted; a count is never held against a reference."""
    counted = [
        e for e in finding.entries if e.estimate is not None and e.code not in (OUTSIDE, UNKNOWN)
    ]
    if not counted:
        return say("narrative.cannot_compare", what=_what(finding, definitions, say))
    most = max(counted, key=lambda entry: (entry.estimate or 0.0, entry.code))
    metric = definitions.metrics[finding.metric]
    return say(
        "narrative.count_only",
        where=where_text(
            finding.by, most.code, names, say, areas=of_areas(definitions, finding.by)
        ),
        result=result_text(most.estimate or 0.0, metric, definitions, say),
    )


def _duration(value: float, metric: Metric, subject: str, say: Translator) -> str:
    amount = quantity(value, metric.unit, say)
    if metric.statistic == "mean":
        return say("narrative.result_mean", value=amount, subject=subject)
    rank = 0.5 if metric.statistic == "median" else (metric.percentile or 0.5)
    if rank == 0.5:
        return say("narrative.result_median", value=amount, subject=subject)
    longer = out_of(100 * (1 - rank), say)
    return say("narrative.result_percentile", longer=longer, value=amount, subject=subject)


def _what(finding: Finding, definitions: Definitions, say: Translator) -> str:
    return inline(comparison_name(finding.by, definitions, say))
