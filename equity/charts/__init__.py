"""Frames to Altair charts with alternative text; pure functions.

Each function gives a `Drawing`: the chart (show it with `theme=None`, it brings its own look), its
alternative text, the table behind it, and title, subtitle and caption as text.
"""

from equity.charts.dots import GROUP, mini, ranked_dots
from equity.charts.gaps import gap_trend
from equity.charts.maps import PLACE, place_map
from equity.charts.model import Drawing
from equity.charts.power import power_curve
from equity.charts.quadrants import quadrants
from equity.charts.trends import trend

__all__ = [
    "GROUP",
    "PLACE",
    "Drawing",
    "gap_trend",
    "mini",
    "place_map",
    "power_curve",
    "quadrants",
    "ranked_dots",
    "trend",
]
