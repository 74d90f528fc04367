"""Performance and disparity side by side: how a metric does for everybody, and for whom it does worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equity.findings.model import Finding
from equity.findings.reference import city_rows, favourable, is_count
from equity.findings.weigh import half_width
from equity.framework.models import Definitions
from equity.publication import Publication


@dataclass(frozen=True)
class Standing:
    """The leading finding of one metric, placed by two numbers that are never added up.

    `performance`: how far the whole city is beyond its target, in percent of the target; negative
    short of it. `behind`: how far the group or place that the finding names lies behind the
    reference, in tolerances (above 1 beyond the tolerance), with its simultaneous interval
    `nearest`–`furthest`.
    """

    finding: Finding
    performance: float
    behind: float
    nearest: float
    furthest: float


def standings(
    publication: Publication, definitions: Definitions, ranked: Sequence[Finding]
) -> tuple[list[Standing], list[str]]:
    """Where each metric stands by its leading finding in `ranked`; and the metrics that cannot be
    placed: without a target, without a better direction, or without a contrast."""
    leading: dict[str, Finding] = {}
    for finding in ranked:
        leading.setdefault(finding.metric, finding)
    placed = [_standing(publication, definitions, finding) for finding in leading.values()]
    held = [standing for standing in placed if standing]
    names = {standing.finding.metric for standing in held}
    return held, [metric for metric in leading if metric not in names]


def _standing(
    publication: Publication, definitions: Definitions, finding: Finding
) -> Standing | None:
    metric = definitions.metrics[finding.metric]
    target, reference = metric.target, finding.reference_value
    if metric.direction == "neutral" or is_count(metric) or target is None or not target.value:
        return None
    scope = {
        "treatment": finding.treatment, "period_kind": finding.period_kind,
        "period": finding.period,
    }  # fmt: skip
    city = city_rows(publication, finding.metric, scope)["estimate"].dropna()
    if city.empty or reference is None:
        return None
    half = float(half_width(finding.tolerance or metric.tolerance, np.array([reference]))[0])
    ends = (finding.gap, finding.gap_lower, finding.gap_upper)
    if not half or None in ends:
        return None
    side = favourable(metric)
    gap, *interval = (-side * float(value or 0.0) / half for value in ends)
    performance = 100 * side * (float(city.iloc[0]) - target.value) / abs(target.value)
    return Standing(finding, performance, gap, min(interval), max(interval))
