"""Findings to sentences, in each language.

Every sentence is composed from a finding and its metric's YAML; nothing here computes a number.
"""

from equity.narrative.caveats import brief, caveats, marks, notes_on, of_entry, of_series
from equity.narrative.course import course_sentence, course_word
from equity.narrative.definition import metric_definition
from equity.narrative.headline import headline
from equity.narrative.moving import movement, moving, trend_word
from equity.narrative.names import comparison_name, names_of, reference_name
from equity.narrative.numbers import difference, quantity, tolerance_text
from equity.narrative.reading import (
    chip,
    interval_meaning,
    position_word,
    quiet_line,
    reading,
    verdict_word,
)
from equity.narrative.trend import trend_sentence
from equity.narrative.unsettled import told_label, unsettled

__all__ = [
    "brief",
    "caveats",
    "chip",
    "comparison_name",
    "course_sentence",
    "course_word",
    "difference",
    "headline",
    "interval_meaning",
    "marks",
    "metric_definition",
    "movement",
    "moving",
    "names_of",
    "notes_on",
    "of_entry",
    "of_series",
    "position_word",
    "quantity",
    "quiet_line",
    "reading",
    "reference_name",
    "told_label",
    "tolerance_text",
    "trend_sentence",
    "trend_word",
    "unsettled",
    "verdict_word",
]
