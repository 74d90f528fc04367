"""Charts on metrics and on gaps: which movements chance alone does not explain."""

from equity.monitoring.chart import ControlChart, control_chart
from equity.monitoring.rules import SIGNALS

__all__ = ["SIGNALS", "ControlChart", "control_chart"]
