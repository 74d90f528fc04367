"""Every measure of a published comparison: what its values are, and what each group weighs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from equity.findings.measures.summarize import Summary, summaries
from equity.findings.model import Finding
from equity.findings.reference import is_count
from equity.framework.models import Definitions, Metric
from equity.publication import Publication
from equity.schema import NO_RECORDS, NOT_APPLICABLE, OUTSIDE, SUPPRESSED, UNKNOWN

_PLACE = "place:"
Weight = Literal["records", "people", "expected"]


@dataclass(frozen=True)
class Described:
    """The measures of one comparison. Groups and places are named by their codes.

    `weight`: what stands for the population of a group. `records`: the records that its value is
    about (shares, durations, amounts); `people`: the people or households that a rate, or an amount
    per person, is taken over; `expected`: of representation, its share of the eligible, the value
    being its share of recipients over that. `unit` is "" where values are such ratios. `missing`:
    status (`suppressed`, `no_records`, `not_applicable`) → codes without a value. `places`: what is
    compared are places, not groups.
    """

    summaries: tuple[Summary, ...]
    weight: Weight
    unit: str
    sign: int
    ordered: bool
    reference: str
    missing: Mapping[str, tuple[str, ...]]
    places: bool = False


def describe(
    publication: Publication, definitions: Definitions, finding: Finding
) -> Described | None:
    """Every measure of what a finding compares, from its published entries.

    Records of unknown group and outside every place are no group. None for plain counts and totals,
    which are larger where there are more people.
    """
    metric = definitions.metrics[finding.metric]
    if is_count(metric):
        return None
    rows = _rows(publication, finding)
    weight: Weight = _weight(metric)
    value, error, population = rows["estimate"], rows["se"], rows["n"]
    if weight == "people":
        population = rows["denominator"]
    if weight == "expected":
        population = rows["expected"].where(rows["expected"] > 0)
        value, error = value / population, error / population
    frame = pd.DataFrame(
        {"group": rows["code"], "estimate": value, "se": error, "population": population}
    )
    dimension = definitions.dimensions.get(finding.by)
    ordered = bool(dimension and dimension.ordered)
    if dimension and ordered:
        frame["order"] = [dimension.codes.index(code) + 1 for code in frame["group"]]
    declared = metric.reference
    reference = declared.group if declared.kind == "group" and declared.dimension == finding.by else None  # fmt: skip
    found = summaries(
        frame,
        direction=metric.direction,
        reference=reference if reference in set(frame["group"]) else None,
        scale=metric.per if metric.kind == "share" else None,
    )
    return Described(
        summaries=tuple(found),
        weight=weight,
        unit="" if weight == "expected" else metric.unit,
        sign={"higher_is_better": 1, "lower_is_better": -1}.get(metric.direction, 0),
        ordered=ordered,
        reference=reference or "",
        missing={
            status: tuple(rows.loc[rows["status"] == status, "code"])
            for status in (SUPPRESSED, NO_RECORDS, NOT_APPLICABLE)
        },
        places=finding.by.startswith(_PLACE),
    )


def _weight(metric: Metric) -> Weight:
    if metric.kind == "representation":
        return "expected"
    per_person = metric.kind == "amount" and metric.statistic == "total"
    return "people" if metric.kind == "rate" or per_person else "records"


def _rows(publication: Publication, finding: Finding) -> pd.DataFrame:
    """The published entries that are compared, by the ids that the finding holds."""
    codes = {e.entry: e.code for e in finding.entries if e.code not in (UNKNOWN, OUTSIDE)}
    by_place = finding.by.startswith(_PLACE)
    rows = publication.slice(
        finding.metric,
        treatment=finding.treatment,
        period_kind=finding.period_kind,
        period=finding.period,
        place_level=finding.by.removeprefix(_PLACE) if by_place else finding.place_level,
        place=None if by_place else finding.place,
        dimension=None,
        dimension_2=None,
    )
    rows = rows[rows["entry"].isin(codes)]
    return rows.assign(code=rows["entry"].map(codes)).reset_index(drop=True)
