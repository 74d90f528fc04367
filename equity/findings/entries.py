"""Rows to entries: each published row with where it stands against the reference."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from equity.findings.gather import Gathered
from equity.findings.model import Entry, Position
from equity.findings.reference import favourable
from equity.findings.weigh import Weighed, countable, half_width, people_in
from equity.schema import NO_RECORDS, NOT_APPLICABLE, OUTSIDE, SUPPRESSED, UNKNOWN, UNKNOWN_GROUP

_NUMBERS = (
    "estimate", "lower", "upper", "lower_simultaneous", "upper_simultaneous", "numerator",
    "denominator",
)  # fmt: skip


def entries_of(gathered: Gathered, weighed: Weighed | None) -> tuple[Entry, ...]:
    """Every row as an entry, in the rows' order, with its position, steps and people affected."""
    metric = gathered.asked.definition
    reference = gathered.reference
    half = half_width(metric.tolerance, reference)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = favourable(metric) * (gathered.column("estimate") - reference) / half
    places = {} if weighed is None else {int(row): i for i, row in enumerate(weighed.at)}
    people = people_in(gathered)
    made = []
    for row, record in enumerate(gathered.rows.to_dict("records")):
        where = _position(gathered, weighed, row, places.get(row))
        made.append(
            Entry(
                code=gathered.codes[row],
                status=str(record["status"]),
                position=where,
                **{name: _number(record[name]) for name in _NUMBERS},
                n=_whole(record["n"]),
                steps=round(float(steps[row]), 4) if np.isfinite(steps[row]) and where not in (
                    "suppressed", "no_records") else None,
                affected=_affected(weighed, places.get(row), float(people[row]), where),
                unstable=_true(record["unstable"]),
                note=_text(record["note"]),
                immature=_true(record["immature"]),
                entry=_text(record.get("entry", "")),
            )
        )  # fmt: skip
    return tuple(made)


def _position(
    gathered: Gathered, weighed: Weighed | None, row: int, at: int | None
) -> Position:  # fmt: skip
    code, status = gathered.codes[row], str(gathered.rows["status"].iloc[row])
    if status in (SUPPRESSED, NO_RECORDS, NOT_APPLICABLE):
        return status  # type: ignore[return-value]
    if status == UNKNOWN_GROUP or code == UNKNOWN:
        return "unknown"
    if code == OUTSIDE:
        return "not_applicable"
    if code == gathered.itself:
        return "within"
    if weighed is None or at is None:
        return "unclear"
    side = weighed.side * int(weighed.judged.outside[0][at])
    if side:
        return "ahead" if side > 0 else "behind"
    return "within" if weighed.judged.inside[0][at] else "unclear"


def _affected(
    weighed: Weighed | None, at: int | None, people: float, where: Position
) -> int | None:
    """Records beyond what the reference would give, by the simultaneous end nearest to it."""
    if weighed is None or at is None or where != "behind" or not np.isfinite(people):
        return None
    metric = weighed.gathered.asked.definition
    if metric.direction == "neutral" or not countable(metric):
        return None
    judged = weighed.judged
    end = -judged.upper[0][at] if weighed.side > 0 else judged.lower[0][at]
    return int(people * max(float(end), 0.0) / metric.per) or None


def _number(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else round(number)


def _true(value: Any) -> bool:
    return bool(value) and value == value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
