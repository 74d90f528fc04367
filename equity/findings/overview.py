"""All findings of a publication, ranked, and which of them are certain among so many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from equity.findings.compare import compare
from equity.findings.discovery import discoveries
from equity.findings.gather import Asked, gather
from equity.findings.model import Finding, Verdict
from equity.findings.tables import comparisons
from equity.findings.weigh import weigh
from equity.framework.models import Definitions
from equity.publication import Publication


def order(findings: Sequence[Finding]) -> list[Finding]:
    """Findings ranked: gaps that are certain, other gaps, cannot tell, parity.

    Within each by how far behind for certain: the interval end nearest the tolerance.
    """
    rank: dict[Verdict, int] = {"gap": 0, "cannot_tell": 1, "parity": 2}
    return sorted(
        findings,
        key=lambda f: (
            rank[f.verdict], f.certain is False, f.lean != "behind", -(f.severity or 0.0), f.id,
        ),
    )  # fmt: skip


def overview(publication: Publication, definitions: Definitions) -> list[Finding]:
    """One finding for every metric and every comparison it publishes, ranked by `order`.

    Of many findings some would look certain by chance: a gap is `certain` where false-discovery
    control over all of them keeps it, and the interval of what is picked out is widened for that
    (`picked_lower`–`picked_upper`).
    """
    every = [
        finding
        for metric in definitions.metrics
        for by in comparisons(publication, metric)
        if (finding := compare(publication, definitions, metric, by=by)).entries
    ]
    chances = [1.0 if f.p_value is None else f.p_value for f in every]
    certain, confidence = discoveries(chances)
    return order(
        [
            _picked(publication, definitions, finding, bool(holds), confidence)
            for finding, holds in zip(every, certain, strict=True)
        ]
    )


def _picked(
    publication: Publication,
    definitions: Definitions,
    finding: Finding,
    certain: bool,
    confidence: float,
) -> Finding:
    """The finding with its place among the others; of a gap, the interval at their `confidence`."""
    if finding.verdict != "gap":
        return finding
    if not certain:
        return replace(finding, certain=False)
    declared = definitions.metrics[finding.metric]
    asked = Asked(finding.metric, declared, finding.by, finding.period_kind, finding.period)
    wider = weigh(gather(publication, asked), confidence)
    assert wider is not None  # it was weighed before
    at = [wider.gathered.codes[row] for row in wider.at].index(str(finding.worst))
    lower, upper = (float(ends[0][at]) for ends in (wider.judged.lower, wider.judged.upper))
    return replace(finding, certain=True, picked_lower=lower, picked_upper=upper)
