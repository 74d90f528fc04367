"""Comparisons: published entries of one metric in one period, against its reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

import numpy as np

from equity.findings.elsewhere import beside, other_period, other_verdicts, told_in, years_of
from equity.findings.entries import entries_of
from equity.findings.gather import Asked, Gathered, gather
from equity.findings.judge import Z95
from equity.findings.model import Entry, Finding, Settle, Verdict
from equity.findings.reference import PER_ENTRY
from equity.findings.settle import supply
from equity.findings.tables import PERIOD_PREFERENCE, latest_period, period_kinds
from equity.findings.trend import trend_of
from equity.findings.weigh import (
    Weighed,
    affected,
    blocked_by_unknown,
    people_in,
    unknown_share,
    weigh,
)
from equity.framework.models import Definitions, Metric, Reference, Tolerance
from equity.publication import Publication
from equity.schema import CITY, NO_RECORDS, SUPPRESSED

_NO_INTERVAL = -1000.0
"""Severity of a finding without an interval, so that it never outranks one that has."""


def compare(
    publication: Publication,
    definitions: Definitions,
    metric: str,
    *,
    by: str,
    period_kind: str | None = None,
    period: date | None = None,
    treatment: str = "",
    place: tuple[str, str] = (CITY, CITY),
    within: tuple[str, str] = ("", ""),
    reference: Reference | None = None,
    tolerance: Tolerance | None = None,
    search: bool = True,
) -> Finding:
    """What `metric` shows by place or by group, in one period, against its declared reference.

    `by`: a dimension's id or `place:<level>`; `period_kind` and `period` default to the preferred
    kind and its last mature period; `treatment` names another rule for unfinished cases; `place` =
    (level, code) restricts a comparison of groups to a place, `within` = (dimension, group) any
    comparison to a group. The reference is the whole city's (or the named group's) value in the
    same period, so that a colour means the same on every map. `reference` and `tolerance` put the
    reader's own question instead of the declared one; the finding says so. `search`: also look
    where it can be told, and at the verdict under other treatments and periods. `KeyError` for an
    unknown metric.
    """
    declared = definitions.metrics[metric]
    definition = declared.model_copy(
        update={
            "reference": reference or declared.reference,
            "tolerance": tolerance or declared.tolerance,
        }
    )
    kind = period_kind or next(iter(period_kinds(publication, metric, by)), PERIOD_PREFERENCE[0])
    start = period or latest_period(publication, metric, kind) or date.min
    asked = Asked(metric, definition, by, kind, start, treatment, place, within)
    gathered = gather(publication, asked)
    finding = found(publication, definitions, gathered, declared=declared)
    if not search or not finding.entries:
        return finding

    def again(**changes: object) -> Finding:
        same = {"by": by, "period_kind": kind, "period": start, "treatment": treatment}
        return compare(
            publication, definitions, metric, place=place, within=within, reference=reference,
            tolerance=tolerance, search=False, **{**same, **changes},  # type: ignore[arg-type]
        )  # fmt: skip

    plain = place == (CITY, CITY) and not within[0]
    return replace(
        finding,
        other_verdicts=other_verdicts(publication, definition, finding, again),
        other_period=other_period(publication, finding, again) if plain and not period else None,
        told_in=told_in(publication, definitions, finding, again) if plain else None,
        trend=trend_of(publication, metric, by, finding.worst)
        if plain and not treatment and finding.declared
        else None,
    )


def found(
    publication: Publication,
    definitions: Definitions,
    gathered: Gathered,
    *,
    declared: Metric,
) -> Finding:
    """The finding of what was gathered, by itself; `declared` is the metric as it is declared."""
    asked, definition = gathered.asked, gathered.asked.definition
    weighed = weigh(gathered)
    share = unknown_share(gathered)
    blocks = blocked_by_unknown(weighed, share)
    entries = entries_of(gathered, weighed)
    compared = [e for e, held in zip(entries, gathered.declared, strict=True) if held]
    missing = tuple(e.code for e in compared if e.estimate is None)
    verdict = _verdict(weighed, missing, blocks)
    worst, lean = _furthest(weighed, entries)
    row = gathered.codes.index(worst) if worst is not None else None
    at = _position(weighed, row)
    common = definition.reference.kind not in PER_ENTRY and row is not None
    value = float(gathered.reference[row]) if row is not None else None
    half = float(weighed.half[at]) if weighed is not None and at is not None else None
    judged = weighed.judged if weighed else None

    def contrast(values: np.ndarray | None) -> float | None:
        chosen = None if values is None or at is None else float(values[0][at])
        return None if chosen is None or not np.isfinite(chosen) else chosen

    estimate = next((e.estimate for e in entries if e.code == worst), None)
    own = definition == declared
    return Finding(
        id=_id(asked, own),
        metric=asked.metric,
        department=definitions.department_of[asked.metric],
        by=asked.by,
        period_kind=asked.period_kind,
        period=asked.period,
        treatment=asked.treatment,
        verdict=verdict,
        reference=_reference_name(definition),
        reference_value=value,
        tolerance_lower=value - half if common and value is not None and half is not None else None,
        tolerance_upper=value + half if common and value is not None and half is not None else None,
        entries=entries,
        worst=worst,
        lean=lean,
        gap=contrast(judged.difference if judged else None),
        gap_lower=contrast(judged.lower if judged else None),
        gap_upper=contrast(judged.upper if judged else None),
        ratio=estimate / value if estimate is not None and value else None,
        severity=_severity(weighed, at),
        affected=affected(weighed) if weighed else None,
        unknown_share=share,
        missing=missing,
        caveats=_caveats(gathered, entries, missing, blocks, own),
        publication=publication.version,
        place_level=asked.place[0],
        place=asked.place[1],
        within_dimension=asked.within[0],
        within_group=asked.within[1],
        tolerance=definition.tolerance,
        declared=own,
        p_value=float(judged.p_value[0]) if judged and verdict != "parity" else None,
        concerned=_concerned(gathered, row),
        settle=_settle(publication, weighed, at, missing, blocks) if verdict == "cannot_tell" else None,
        beside=beside(definitions, asked),
    )  # fmt: skip


def _verdict(weighed: Weighed | None, missing: Sequence[str], unknown_blocks: bool) -> Verdict:
    """Gap over everything; parity only where nothing is missing and the unknown cannot matter."""
    if weighed is None:
        return "cannot_tell"
    if weighed.judged.gap[0]:
        return "gap"
    settled = weighed.judged.parity[0] and not missing and not unknown_blocks
    return "parity" if settled else "cannot_tell"


def _furthest(
    weighed: Weighed | None, entries: Sequence[Entry]
) -> tuple[str | None, Literal["behind", "ahead", "none"]]:
    """The code of the entry that decides, and the side on which it lies.

    Furthest behind by the interval end nearest the tolerance, of those outside it, else of those that
    cannot be told, else of all; where only an entry ahead lies outside it, that one; (None, "none")
    where nothing can be placed.
    """
    if weighed is None:
        return None, "none"
    own = [entries[i] for i in weighed.at]
    outside = (weighed.side * weighed.judged.outside[0]).tolist()
    behind = [i for i, side in enumerate(outside) if side < 0]
    ahead = [i for i, side in enumerate(outside) if side > 0]
    if ahead and not behind:
        best = max(ahead, key=lambda i: (own[i].steps or 0.0, own[i].code))
        return own[best].code, "ahead"
    unclear = np.flatnonzero(~weighed.judged.inside[0]).tolist()
    worst = max(
        behind or unclear or range(len(own)),
        key=lambda i: (weighed.severity[i], -(own[i].steps or 0.0), own[i].code),
    )
    steps = own[worst].steps or 0.0
    return own[worst].code, "behind" if steps < 0 else "ahead" if steps > 0 else "none"


def _position(weighed: Weighed | None, row: int | None) -> int | None:
    """Which of the compared rows a row of the table is."""
    if weighed is None or row is None:
        return None
    return int(np.flatnonzero(weighed.at == row)[0])


def _severity(weighed: Weighed | None, at: int | None) -> float | None:
    if weighed is None or at is None:
        return None
    value = float(weighed.severity[at])
    return round(value, 6) if np.isfinite(value) else _NO_INTERVAL


def _concerned(gathered: Gathered, row: int | None) -> int | None:
    """The people (or records) in the row that the finding names."""
    if row is None:
        return None
    kind = gathered.asked.definition.kind
    values = people_in(gathered) if kind == "rate" else gathered.column(
        "numerator" if kind == "representation" else "n"
    )  # fmt: skip
    return round(float(values[row])) if np.isfinite(values[row]) else None


def _settle(
    publication: Publication,
    weighed: Weighed | None,
    at: int | None,
    missing: Sequence[str],
    blocks: bool,
) -> Settle | None:
    """What would settle it: the records that the leading entry's contrast would need, or else what.

    Towards a gap where an estimate lies beyond the tolerance, else towards parity of the entry that
    needs most.
    """
    if weighed is None or at is None:
        return None
    judged, gathered = weighed.judged, weighed.gathered
    if not np.isfinite(judged.lower[0]).any():
        return Settle("interval")
    inside = judged.inside[0]
    difference = judged.difference[0]
    beyond = np.abs(difference) - weighed.half
    years = years_of(publication, gathered.asked)
    reach_k = np.fmax(difference - judged.lower[0], judged.upper[0] - difference)
    wide = float(judged.critical[0])
    if (beyond > 0).any():
        found = supply(np.where(beyond > 0, beyond, 0), reach_k, wide, years)
        needed = int(np.nanargmin(np.where(beyond > 0, found.years, np.inf)))
    elif inside.all():
        return Settle("missing" if missing else "unknown") if missing or blocks else None
    else:
        found = supply(beyond, reach_k * Z95 / wide, Z95, years)
        needed = int(np.nanargmax(np.where(inside, 0.0, found.years)))
    code = gathered.codes[weighed.at[needed]]
    span, n = float(found.years[needed]), gathered.column("n")[weighed.at[needed]]
    if not np.isfinite(span) or not np.isfinite(n):
        return Settle("never", code)
    return Settle("records", code, int(np.ceil(found.times[needed] * n)), span)


def _id(asked: Asked, own: bool) -> str:
    parts = [asked.metric, asked.by, asked.period_kind, asked.period.isoformat(), asked.treatment, *asked.place, *asked.within]  # fmt: skip
    if not own:
        rule = asked.definition.tolerance
        parts += [_reference_name(asked.definition), f"{rule.percent or ''}%{rule.points or ''}"]
    return ".".join(parts)


def _reference_name(metric: Metric) -> str:
    if metric.reference.kind == "group":
        return f"group:{metric.reference.group}"
    return metric.reference.kind


def _caveats(
    gathered: Gathered,
    entries: Sequence[Entry],
    missing: Sequence[str],
    unknown_blocks: bool,
    own: bool,
) -> tuple[str, ...]:
    """Message names (domain `narrative`, prefix `caveat_`) of what the reader must know."""
    shown = [e for e in entries if e.estimate is not None]
    checks = {
        "own_question": not own,
        "suppressed": any(e.status == SUPPRESSED for e in entries),
        "no_records": any(e.status == NO_RECORDS for e in entries if e.code in missing),
        "unknown": unknown_blocks,
        "immature": any(e.immature for e in entries),
        "unstable": any(e.unstable for e in shown),
        "no_interval": bool(shown) and all(e.lower is None for e in shown),
        "complaints": gathered.asked.definition.measures == "complaints",
    }
    return tuple(name for name, holds in checks.items() if holds)
