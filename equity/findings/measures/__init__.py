"""Every measure of disparity: simple, of spread, of gradient. They describe; they never decide.

`summarize` answers for one table of groups, in words; `measures` for many at once, as arrays.
"""

from equity.findings.measures.compute import CODES, FAMILIES, Measured, measures
from equity.findings.measures.groups import Groups, groups_of
from equity.findings.measures.notes import Note
from equity.findings.measures.summarize import Summary, summaries, summarize

__all__ = [
    "CODES",
    "FAMILIES",
    "Groups",
    "Measured",
    "Note",
    "Summary",
    "groups_of",
    "measures",
    "summaries",
    "summarize",
]
