"""Comparisons: published entries of one metric in one period, against its reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from equity.findings.model import Entry, Finding, Verdict
from equity.findings.reference import PER_ENTRY, city_rows, favourable, references
from equity.findings.trend import trend_of
from equity.findings.verdict import (
    UNKNOWN_SHARE_LIMIT,
    Band,
    decide,
    position,
    survives_unknown,
)
from equity.framework.models import Definitions, Metric
from equity.publication import Publication
from equity.schema import (
    CITY,
    NO_RECORDS,
    NOT_APPLICABLE,
    OUTSIDE,
    SUPPRESSED,
    UNKNOWN,
    UNKNOWN_GROUP,
)

PLACE_PREFIX = "place:"
"""`by="place:district"` compares places of a level; any other `by` is a dimension."""

PERIOD_PREFERENCE = ("fiscal_year", "year", "all", "quarter", "month")
"""Which kind of period a comparison is shown in, when nobody chose: steady enough to judge."""

_NUMBERS = ("estimate", "lower", "upper", "lower_simultaneous", "upper_simultaneous")


def comparisons(publication: Publication, metric: str) -> list[str]:
    """Every `by` that the metric's published tables allow, places first, in a stable order."""
    tables = publication.tables(metric)
    levels = sorted({f"{PLACE_PREFIX}{level}" for level in tables["place_level"] if level != CITY})
    whole = tables[tables["place_level"] == CITY]
    dimensions = {d for column in ("dimension", "dimension_2") for d in whole[column] if d}
    return levels + sorted(dimensions)


def period_kinds(publication: Publication, metric: str, by: str) -> list[str]:
    """The kinds of period in which `by` is published, the preferred one first."""
    tables = publication.tables(metric)
    if by.startswith(PLACE_PREFIX):
        kinds = set(tables.loc[tables["place_level"] == by[len(PLACE_PREFIX) :], "period_kind"])
    else:
        kinds = set(tables.loc[tables["dimension"] == by, "period_kind"])
    return [kind for kind in PERIOD_PREFERENCE if kind in kinds]


def periods(publication: Publication, metric: str, period_kind: str) -> list[tuple[date, bool]]:
    """(period, immature) of a metric for the whole city, oldest first."""
    frame = publication.slice(metric, period_kind=period_kind, place_level=CITY)
    return [
        (_day(row.period), bool(row.immature))
        for row in frame.sort_values("period").itertuples()
        if row.status != NO_RECORDS
    ]


def latest_period(publication: Publication, metric: str, period_kind: str) -> date | None:
    """The last period whose cases have had time to finish; the last of all where none has."""
    known = periods(publication, metric, period_kind)
    mature = [period for period, immature in known if not immature]
    return (mature or [period for period, _ in known] or [None])[-1]  # type: ignore[list-item]


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
) -> Finding:
    """What `metric` shows by place or by group, in one period, against its declared reference.

    `by`: a dimension's id or `place:<level>`; `period_kind` and `period` default to the preferred
    kind and its last mature period; `treatment` names another rule for unfinished cases; `place` =
    (level, code) restricts a comparison of groups to a place, `within` = (dimension, group) any
    comparison to a group. The reference is the whole city's (or the named group's) value in the
    same period, so that a colour means the same on every map. `KeyError` for an unknown metric.
    """
    definition = definitions.metrics[metric]
    kind = period_kind or next(iter(period_kinds(publication, metric, by)), PERIOD_PREFERENCE[0])
    start = period or latest_period(publication, metric, kind) or date.min
    scope: dict[str, Any] = {"treatment": treatment, "period_kind": kind, "period": start}
    rows = _rows(publication, metric, by, place, within, scope)
    city = city_rows(publication, metric, scope)
    values = references(publication, metric, definition, rows, city, scope)
    bands = [Band.around_or_none(v, definition.tolerance, favourable(definition)) for v in values]
    entries = [_entry(row) for _, row in rows.iterrows()]
    placed = [_place(entry, band, definition) for entry, band in zip(entries, bands, strict=True)]
    compared = [e for e in placed if e.code not in (UNKNOWN, OUTSIDE)]
    missing = tuple(e.code for e in compared if e.estimate is None)
    known = [(e, b) for e, b in zip(placed, bands, strict=True) if e in compared and e.estimate is not None]  # fmt: skip
    unknown = next((e for e in placed if e.code == UNKNOWN), None)
    share, blocks = _unknown(
        unknown, _people(publication, metric, place, within, scope), known, definition
    )

    verdict = decide([e for e, _ in known], missing=missing, unknown_blocks_parity=blocks)
    worst, lean, band = _furthest(known)
    reference = _reference_name(definition)
    common = definition.reference.kind not in PER_ENTRY
    whole = place == (CITY, CITY) and not within[0] and not treatment
    finding = Finding(
        id=".".join((metric, by, kind, start.isoformat(), treatment, *place, *within)),
        metric=metric,
        department=definitions.department_of[metric],
        by=by,
        period_kind=kind,
        period=start,
        treatment=treatment,
        verdict=verdict,
        reference=reference,
        reference_value=band.reference if band else None,
        tolerance_lower=band.lower if band and common else None,
        tolerance_upper=band.upper if band and common else None,
        entries=tuple(placed),
        worst=worst.code if worst else None,
        lean=lean,
        gap=_difference(worst.estimate if worst else None, band),
        gap_lower=_difference(worst.lower_simultaneous if worst else None, band),
        gap_upper=_difference(worst.upper_simultaneous if worst else None, band),
        ratio=_ratio(worst, band),
        severity=severity(worst, band) if worst and band else None,
        affected=sum(e.affected for e in compared if e.affected) or None,
        unknown_share=share,
        missing=missing,
        caveats=_caveats(rows, placed, missing, blocks, definition),
        publication=publication.version,
        place_level=place[0],
        place=place[1],
        within_dimension=within[0],
        within_group=within[1],
        trend=trend_of(publication, metric, by, worst.code if worst else None) if whole else None,
    )
    if treatment or definition.unfinished is None:
        return finding
    others = []
    for other in definition.unfinished.alternatives:
        slice_ = publication.slice(metric, place_level=CITY, dimension="", **{**scope, "treatment": other})  # fmt: skip
        if len(slice_):
            changed = compare(
                publication, definitions, metric, by=by, period_kind=kind, period=start,
                treatment=other, place=place, within=within,
            )  # fmt: skip
            comparable = set(changed.missing) <= set(missing)
            if changed.entries and comparable and changed.verdict != verdict:
                others.append((other, changed.verdict))
    return replace(finding, other_verdicts=tuple(others))


def _people(
    publication: Publication,
    metric: str,
    place: tuple[str, str],
    within: tuple[str, str],
    scope: dict[str, Any],
) -> int | None:
    """Records in the place and group that a comparison is restricted to; None where withheld."""
    rows = publication.slice(
        metric, place_level=place[0], place=place[1], dimension=within[0],
        group=within[1] or None, **scope,
    )  # fmt: skip
    return None if rows.empty or pd.isna(rows["n"].iloc[0]) else round(rows["n"].iloc[0])


def _rows(
    publication: Publication,
    metric: str,
    by: str,
    place: tuple[str, str],
    within: tuple[str, str],
    scope: dict[str, Any],
) -> pd.DataFrame:
    """The compared entries, with their code in column `code`."""
    if by.startswith(PLACE_PREFIX):
        rows = publication.slice(
            metric, place_level=by[len(PLACE_PREFIX) :], dimension=within[0],
            group=within[1] or None, **scope,
        )  # fmt: skip
        return rows.assign(code=rows["place"])
    where = {"place_level": place[0], "place": place[1], **scope}
    if not within[0]:
        rows = publication.slice(metric, dimension=by, **where)
        return rows.assign(code=rows["group"])
    rows = publication.slice(
        metric, dimension=by, dimension_2=within[0], group_2=within[1], **where
    )
    if len(rows):
        return rows.assign(code=rows["group"])
    rows = publication.slice(metric, dimension=within[0], group=within[1], dimension_2=by, **where)
    return rows.assign(code=rows["group_2"])


def _entry(row: pd.Series) -> Entry:
    def number(column: str) -> float | None:
        return None if pd.isna(row[column]) else float(row[column])

    n = number("n")
    return Entry(
        code=str(row.get("code", CITY)),
        status=str(row["status"]),
        position="unclear",
        **{column: number(column) for column in _NUMBERS},  # type: ignore[arg-type]
        n=None if n is None else round(n),
        numerator=number("numerator"),
        denominator=number("denominator"),
        unstable=bool(row["unstable"]) if not pd.isna(row["unstable"]) else False,
        note="" if pd.isna(row["note"]) else str(row["note"]),
        immature=bool(row["immature"]) if not pd.isna(row["immature"]) else False,
        entry=str(row.get("entry", "")),
    )


def _place(entry: Entry, band: Band | None, metric: Metric) -> Entry:
    """The entry with its position, distance in tolerances, and the people beyond the reference."""
    if entry.status in (SUPPRESSED, NO_RECORDS, NOT_APPLICABLE):
        return replace(entry, position=entry.status)  # type: ignore[arg-type]
    steps = band.steps(entry.estimate) if band and entry.estimate is not None else None
    if entry.status == UNKNOWN_GROUP or entry.code == UNKNOWN:
        return replace(entry, position="unknown", steps=steps)
    if entry.code == OUTSIDE:
        return replace(entry, position="not_applicable", steps=steps)
    where = position(
        band, (entry.lower, entry.upper), (entry.lower_simultaneous, entry.upper_simultaneous)
    )
    return replace(
        entry, position=where, steps=steps, affected=_affected(entry, where, band, metric)
    )


def _affected(entry: Entry, where: str, band: Band | None, metric: Metric) -> int | None:
    """Records beyond what the reference would give, by the interval end nearest to it."""
    countable = metric.kind in ("share", "rate", "representation")
    if where != "behind" or band is None or not countable or metric.direction == "neutral":
        return None
    base = entry.n if metric.kind == "share" else entry.denominator
    end = band.nearest_end(entry.lower_simultaneous, entry.upper_simultaneous)  # type: ignore[arg-type]
    if base is None or end is None:
        return None
    return int(base * abs(band.reference - end) / metric.per) or None


def _furthest(
    known: Sequence[tuple[Entry, Band | None]],
) -> tuple[Entry | None, Any, Band | None]:
    """The entry that decides: furthest behind by the interval end nearest the tolerance.

    Where only an entry ahead lies outside the tolerance, that one; (None, "none", band) where
    nothing can be placed.
    """
    ranked = [(entry, band, severity(entry, band)) for entry, band in known if band is not None]
    if not ranked:
        return None, "none", None
    behind = [item for item in ranked if item[0].position == "behind"]
    ahead = [item for item in ranked if item[0].position == "ahead"]
    if not behind and ahead:
        entry, band, _ = max(ahead, key=lambda item: (item[0].steps or 0.0, item[0].code))
        return entry, "ahead", band
    entry, band, _ = max(behind or ranked, key=lambda item: (item[2], -(item[0].steps or 0.0), item[0].code))  # fmt: skip
    lean = "behind" if (entry.steps or 0.0) < 0 else "ahead" if (entry.steps or 0.0) > 0 else "none"
    return entry, lean, band


def severity(entry: Entry, band: Band) -> float:
    """How far behind an entry certainly is, in tolerances: its interval end nearest the reference.

    Positive beyond the reference on the unfavourable side, negative where the interval reaches to
    the favourable side; without an interval −1000, so that it never outranks one that has.
    """
    ends = (entry.lower_simultaneous, entry.upper_simultaneous)
    if None in ends:
        return -1000.0
    best = ends[1] if band.favourable > 0 else ends[0]
    steps = band.steps(best)  # type: ignore[arg-type]
    return -1000.0 if steps is None else -steps


def _unknown(
    unknown: Entry | None,
    people: int | None,
    known: Sequence[tuple[Entry, Band | None]],
    metric: Metric,
) -> tuple[float | None, bool]:
    """(share of the `people` whose group is unknown, whether they forbid a verdict of parity)."""
    if unknown is None or unknown.status == NO_RECORDS:
        return 0.0, False
    if unknown.n is None or not people:
        return None, True
    share = unknown.n / people
    if share <= UNKNOWN_SHARE_LIMIT:
        return share, False
    survives = metric.kind == "share" and all(
        band is not None and survives_unknown(entry, unknown.n, band, metric.per)
        for entry, band in known
    )
    return share, not survives


def _reference_name(metric: Metric) -> str:
    if metric.reference.kind == "group":
        return f"group:{metric.reference.group}"
    return metric.reference.kind


def _difference(value: float | None, band: Band | None) -> float | None:
    return None if value is None or band is None else value - band.reference


def _ratio(worst: Entry | None, band: Band | None) -> float | None:
    if worst is None or worst.estimate is None or band is None or not band.reference:
        return None
    return worst.estimate / band.reference


def _caveats(
    rows: pd.DataFrame,
    entries: Sequence[Entry],
    missing: Sequence[str],
    unknown_blocks: bool,
    metric: Metric,
) -> tuple[str, ...]:
    """Message names (domain `narrative`, prefix `caveat_`) of what the reader must know."""
    shown = [e for e in entries if e.estimate is not None]
    checks = {
        "suppressed": any(e.status == SUPPRESSED for e in entries),
        "no_records": any(e.status == NO_RECORDS for e in entries if e.code in missing),
        "unknown": unknown_blocks,
        "immature": bool(len(rows)) and bool(rows["immature"].fillna(False).astype(bool).any()),
        "unstable": any(e.unstable for e in shown),
        "no_interval": bool(shown) and all(e.lower is None for e in shown),
        "complaints": metric.measures == "complaints",
    }
    return tuple(name for name, holds in checks.items() if holds)


def _day(value: Any) -> date:
    return pd.Timestamp(value).date()


def order(findings: Sequence[Finding]) -> list[Finding]:
    """Findings ranked: gaps, then cannot tell, then parity; in each by how far behind for certain."""
    rank: dict[Verdict, int] = {"gap": 0, "cannot_tell": 1, "parity": 2}
    return sorted(
        findings, key=lambda f: (rank[f.verdict], f.lean != "behind", -(f.severity or 0.0), f.id)
    )


def overview(publication: Publication, definitions: Definitions) -> list[Finding]:
    """One finding for every metric and every comparison it publishes, ranked by `order`."""
    found = []
    for metric in definitions.metrics:
        for by in comparisons(publication, metric):
            finding = compare(publication, definitions, metric, by=by)
            if finding.entries:
                found.append(finding)
    return order(found)
