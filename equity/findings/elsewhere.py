"""Beside a finding: other rules, other periods, and where an open comparison can be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pandas as pd

from equity.findings.gather import Asked
from equity.findings.model import Finding, Told, Verdict
from equity.findings.tables import (
    KIND_YEARS,
    PLACE_PREFIX,
    day_of,
    kinds_in,
    level_of,
    periods,
    tables_of,
)
from equity.framework.models import Definitions, Metric
from equity.publication import Publication
from equity.schema import CITY

Again = Callable[..., Finding]
"""The same comparison with changes, without looking further."""

_DAYS = 365.25
_LONGER = ("month", "quarter", "fiscal_year", "year", "all")


def other_verdicts(
    publication: Publication, metric: Metric, finding: Finding, again: Again
) -> tuple[tuple[str, Verdict], ...]:
    """The verdicts under the other declared treatments of unfinished cases, where they differ.

    More withheld under the other one is not another verdict.
    """
    if finding.treatment or metric.unfinished is None:
        return ()
    tables = tables_of(publication, finding.metric)
    published = set(tables.loc[tables["period_kind"] == finding.period_kind, "treatment"])
    others = []
    for treatment in metric.unfinished.alternatives:
        if treatment in published:
            changed = again(treatment=treatment)
            comparable = set(changed.missing) <= set(finding.missing)
            if changed.entries and comparable and changed.verdict != finding.verdict:
                others.append((treatment, changed.verdict))
    return tuple(others)


def other_period(
    publication: Publication, finding: Finding, again: Again
) -> tuple[date, Verdict] | None:
    """The verdict of the latest period, unfinished cases and all, where it is another one."""
    known = periods(publication, finding.metric, finding.period_kind)
    if not known or known[-1][0] == finding.period or not known[-1][1]:
        return None
    latest = again(period=known[-1][0])
    if not latest.entries or latest.verdict == finding.verdict:
        return None
    return latest.period, latest.verdict


def told_in(
    publication: Publication, definitions: Definitions, finding: Finding, again: Again
) -> Told | None:
    """The nearest published comparison that can be told: longer first, then coarser, then both."""
    if finding.verdict != "cannot_tell" or finding.gap_lower is None:
        return None
    for by, kind, period in _candidates(publication, definitions, finding):
        other = again(by=by, period_kind=kind, period=period)
        if other.entries and other.verdict != "cannot_tell":
            return Told(by, kind, other.period, other.verdict)
    return None


def _candidates(
    publication: Publication, definitions: Definitions, finding: Finding
) -> Iterator[tuple[str, str, date]]:
    tables = tables_of(publication, finding.metric)
    tables = tables[tables["treatment"] == finding.treatment]
    rank = _LONGER.index(finding.period_kind)
    starts: dict[str, date | None] = {}

    def start(kind: str) -> date | None:
        if kind not in starts:
            starts[kind] = _covering(publication, finding, kind)
        return starts[kind]

    for longer in (False, True):
        for by in [finding.by, *_coarser(publication, definitions, tables, finding)]:
            if by == finding.by and longer:
                continue
            kinds = [kind for kind in _LONGER[rank + 1 :] if kind in kinds_in(tables, by)]
            if by != finding.by and not longer:
                kinds = [finding.period_kind] if finding.period_kind in kinds_in(tables, by) else []
            for kind in kinds:
                day = finding.period if kind == finding.period_kind else start(kind)
                if day is not None:
                    yield by, kind, day


def _covering(publication: Publication, finding: Finding, kind: str) -> date | None:
    """The longer period that contains the finding's, if its cases have had time to finish."""
    known = [p for p, immature in periods(publication, finding.metric, kind) if not immature]
    before = [period for period in known if period <= finding.period]
    return before[-1] if before else known[-1] if known else None


def _coarser(
    publication: Publication, definitions: Definitions, tables: pd.DataFrame, finding: Finding
) -> list[str]:
    """Place levels with fewer places, and dimensions that group places; only of a place comparison."""
    level = level_of(finding.by)
    if not level:
        return []
    sizes = publication.places().groupby("place_level").size().to_dict()
    levels = sorted(
        (other for other in set(tables["place_level"]) - {CITY, level} if sizes.get(other, 0) < sizes.get(level, 0)),
        key=lambda other: -sizes[other],
    )  # fmt: skip
    whole = tables[tables["place_level"] == CITY]
    grouped = [d for d in sorted(set(whole["dimension"]) - {""}) if of_areas(definitions, d)]
    return [f"{PLACE_PREFIX}{other}" for other in levels] + grouped


def of_areas(definitions: Definitions, by: str) -> bool:
    """Whether `by` is a dimension whose groups are of places: then areas are compared, not people."""
    dimension = definitions.dimensions.get(by)
    return dimension is not None and dimension.source.attribute is not None


def years_of(publication: Publication, asked: Asked) -> float:
    """How many years of records the period holds."""
    if asked.period_kind in KIND_YEARS:
        return KIND_YEARS[asked.period_kind]
    told = getattr(publication, "meta", {}).get("datasets", {}).get(asked.definition.dataset, {})
    first, last = told.get("first_date"), told.get("last_date")
    if not first or not last:
        return 1.0
    return max((day_of(last) - day_of(first)).days / _DAYS, KIND_YEARS["month"])


def beside(definitions: Definitions, asked: Asked) -> str:
    """Of complaints, the metric of need that is compared alike; "" where there is none."""
    if asked.definition.measures != "complaints":
        return ""
    for name, metric in definitions.metrics.items():
        need = metric.measures == "need" or metric.reference.kind == "need"
        alike = metric.dataset == asked.definition.dataset or metric.objective == asked.definition.objective  # fmt: skip
        level = level_of(asked.by)
        published = any(level in t.places if level else asked.by in t.by for t in metric.tables)
        if need and alike and published and name != asked.metric:
            return name
    return ""
