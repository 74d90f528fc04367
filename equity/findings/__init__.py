"""What the published entries show: comparisons and verdicts."""

from equity.findings.compare import compare
from equity.findings.elsewhere import of_areas
from equity.findings.measures import summarize
from equity.findings.model import (
    Entry,
    Finding,
    Position,
    Settle,
    Told,
    Trend,
    TrendVerdict,
    Verdict,
)
from equity.findings.overview import overview
from equity.findings.question import (
    reference_of,
    references_offered,
    tolerance_of,
    tolerances_offered,
)
from equity.findings.reference import is_count
from equity.findings.series import gap_series, gaps, series
from equity.findings.standing import Standing, standings
from equity.findings.tables import (
    PERIOD_PREFERENCE,
    PLACE_PREFIX,
    comparisons,
    latest_period,
    period_kinds,
    periods,
)
from equity.findings.trend import trend_of

__all__ = [
    "PERIOD_PREFERENCE",
    "PLACE_PREFIX",
    "Entry",
    "Finding",
    "Position",
    "Settle",
    "Standing",
    "Told",
    "Trend",
    "TrendVerdict",
    "Verdict",
    "compare",
    "comparisons",
    "gap_series",
    "gaps",
    "is_count",
    "latest_period",
    "of_areas",
    "overview",
    "period_kinds",
    "periods",
    "reference_of",
    "references_offered",
    "series",
    "standings",
    "summarize",
    "tolerance_of",
    "tolerances_offered",
    "trend_of",
]
