"""The few colours, each with one meaning, and the steps in which maps are coloured.

Text colours have at least 4.5:1 on white and on the wash. No meaning rests on colour alone: verdicts
have an icon and a word, positions a shape, map steps a label, what is not shown an outline.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from equity.findings.model import Entry
from equity.schema import NO_RECORDS, NOT_APPLICABLE, SUPPRESSED

INK = "#1B2430"
MUTED = "#566270"
PAPER = "#FFFFFF"
WASH = "#F6F4EF"
LINE = "#8A949E"
GRID = "#E4E2DB"
ACCENT = "#1F4E8C"
QUIET = "#9AA3AC"
"""Groups that are not highlighted."""

VERDICT_COLOUR = {"gap": "#B5410B", "parity": "#0A6B62", "cannot_tell": "#5A5F7A"}
VERDICT_ICON = {"gap": "▼", "parity": "=", "cannot_tell": "?"}
DIFFERS_ICON = "≠"
"""In the place of the gap's sign where a metric has no better side."""


class Mark(NamedTuple):
    """How a position is drawn on a dot plot."""

    shape: str
    colour: str
    filled: bool


POSITION_MARK = {
    "behind": Mark("triangle-down", VERDICT_COLOUR["gap"], True),
    "within": Mark("circle", VERDICT_COLOUR["parity"], True),
    "ahead": Mark("triangle-up", "#0A5C55", True),
    "lower": Mark("triangle-down", INK, True),
    "higher": Mark("triangle-up", INK, True),
    "unclear": Mark("circle", VERDICT_COLOUR["cannot_tell"], False),
    "unknown": Mark("diamond", MUTED, False),
    "not_applicable": Mark("diamond", MUTED, False),
}


class Step(NamedTuple):
    """How a map step is filled and outlined."""

    fill: str
    stroke: str
    dash: tuple[int, int]


_SOLID = (1, 0)
STEPS = {
    "behind_3": Step("#A63A06", PAPER, _SOLID),
    "behind_2": Step("#DE8244", PAPER, _SOLID),
    "behind_1": Step("#F3C9A8", PAPER, _SOLID),
    "lower_3": Step("#566270", PAPER, _SOLID),
    "lower_2": Step("#8A949E", PAPER, _SOLID),
    "lower_1": Step("#C5CAD0", PAPER, _SOLID),
    "within": Step("#E4E2DB", PAPER, _SOLID),
    "higher_1": Step("#BFD0E6", PAPER, _SOLID),
    "higher_2": Step("#6E93C4", PAPER, _SOLID),
    "higher_3": Step("#1F4E8C", PAPER, _SOLID),
    "ahead_1": Step("#B5D9D3", PAPER, _SOLID),
    "ahead_2": Step("#4E9F95", PAPER, _SOLID),
    "ahead_3": Step("#0A5C55", PAPER, _SOLID),
    "suppressed": Step(PAPER, MUTED, (4, 3)),
    "no_records": Step(PAPER, PAPER, _SOLID),
    "not_compared": Step(WASH, LINE, _SOLID),
    "not_published": Step(PAPER, LINE, (1, 3)),
}
"""Map steps, in the order of the legend. The number is the distance from the reference in
tolerances: 1 is one to two, 2 two to three, 3 more than three. `lower` and `higher` stand for
`behind` and `ahead` where a metric has no better side."""

_FURTHEST = 3


def step_of(entry: Entry) -> str:
    """The map step of an entry, a key of `STEPS`.

    >>> step_of(Entry("3", "value", "behind", estimate=60.0, steps=-1.7))
    'behind_1'
    >>> step_of(Entry("4", "value", "within", estimate=70.0, steps=-1.0))
    'within'
    """
    if entry.status in (SUPPRESSED, NO_RECORDS):
        return entry.status
    if entry.status == NOT_APPLICABLE or entry.steps is None:
        return "not_compared"
    if abs(entry.steps) <= 1:
        return "within"
    side = "behind" if entry.steps < 0 else "ahead"
    return f"{side}_{min(math.ceil(abs(entry.steps)) - 1, _FURTHEST)}"
