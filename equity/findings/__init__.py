"""What the published entries show: comparisons and verdicts."""

from equity.findings.compare import (
    PLACE_PREFIX,
    compare,
    comparisons,
    latest_period,
    overview,
    period_kinds,
    periods,
)
from equity.findings.measures import summarize
from equity.findings.model import Entry, Finding, Position, Trend, TrendVerdict, Verdict
from equity.findings.reference import is_count
from equity.findings.series import gap_series, gaps, series
from equity.findings.trend import trend_of

__all__ = [
    "PLACE_PREFIX",
    "Entry",
    "Finding",
    "Position",
    "Trend",
    "TrendVerdict",
    "Verdict",
    "compare",
    "comparisons",
    "gap_series",
    "gaps",
    "is_count",
    "latest_period",
    "overview",
    "period_kinds",
    "periods",
    "series",
    "summarize",
    "trend_of",
]
