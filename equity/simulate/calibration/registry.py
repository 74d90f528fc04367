"""Every calibration check, in the order of the document."""

from __future__ import annotations

from equity.simulate.calibration import intervals, trends
from equity.simulate.calibration.model import Check

CHECKS: tuple[Check, ...] = (*intervals.CHECKS, *trends.CHECKS)
