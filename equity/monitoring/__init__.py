"""Charts on metrics and on gaps, trends of gaps: which movements chance alone does not explain."""

from equity.monitoring.chart import ControlChart, control_chart
from equity.monitoring.feed import Feed, feed
from equity.monitoring.fitting import CHARTS, Fitted, drawn, fitting_chart
from equity.monitoring.gap_trends import trends
from equity.monitoring.rules import SIGNALS
from equity.monitoring.series import Counts, Series
from equity.monitoring.targets import Course, course_of, targets
from equity.monitoring.watching import Watched, signals, watch

__all__ = [
    "CHARTS",
    "SIGNALS",
    "ControlChart",
    "Counts",
    "Course",
    "Feed",
    "Fitted",
    "Series",
    "Watched",
    "control_chart",
    "course_of",
    "drawn",
    "feed",
    "fitting_chart",
    "signals",
    "targets",
    "trends",
    "watch",
]
