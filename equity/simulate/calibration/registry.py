"""Every calibration check, in the order of the document."""

from __future__ import annotations

from equity.simulate.calibration import feed, intervals, trends, verdicts
from equity.simulate.calibration.model import Check

CHECKS: tuple[Check, ...] = (
    *intervals.CHECKS,
    *verdicts.CHECKS,
    *trends.CHECKS,
    *feed.CHECKS,
)
