"""Where comparing like with like says something else than the plain comparison."""

from __future__ import annotations

from typing import Literal

from equity.findings.model import Entry, Finding

Contradiction = Literal["verdict", "side", ""]
_BEYOND = 1.0
"""A side counts from one tolerance away: nearer the reference it may change by chance."""


def contradiction(crude: Finding, alike: Finding) -> Contradiction:
    """How the standardized comparison `alike` contradicts the `crude` one.

    `side`: the group or place that decides the one lies on the other side of the reference in the
    other, and beyond the tolerance in at least one of them (a paradox of Simpson's kind). `verdict`:
    one can be told and reads otherwise in the other, without more entries being withheld there. Else
    "".
    """
    for first, second in ((crude, alike), (alike, crude)):
        one, other = _entry(first, first.worst), _entry(second, first.worst)
        if one is None or other is None or one.steps is None or other.steps is None:
            continue
        if one.steps * other.steps < 0 and max(abs(one.steps), abs(other.steps)) > _BEYOND:
            return "side"
    comparable = bool(alike.entries) and set(alike.missing) <= set(crude.missing)
    return "verdict" if comparable and alike.verdict != crude.verdict else ""


def covered(alike: Finding, part: dict[str, float]) -> float | None:
    """The smallest part of the city's mix that any compared entry of `alike` covers.

    `part`: the published `covered` by code; None where none is known.
    """
    shown = [part[e.code] for e in alike.entries if e.estimate is not None and e.code in part]
    return min(shown, default=None)


def _entry(finding: Finding, code: str | None) -> Entry | None:
    return next((entry for entry in finding.entries if entry.code == code), None)
