"""The trend of a gap as it is stored with a publication: read, never computed here."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from equity.findings.model import Trend
from equity.publication import Publication
from equity.schema import CITY

_PLACE = "place:"
_NUMBERS = (
    "change", "lower", "upper", "lower_simultaneous", "upper_simultaneous", "level", "margin",
)  # fmt: skip


def trend_of(publication: Publication, metric: str, by: str, code: str | None) -> Trend | None:
    """Whether the gap of one group or place is closing; None where no trend of it is stored.

    `by`: a dimension's id or `place:<level>`. Trends are of whole-city comparisons, under the
    metric's own treatment of unfinished cases and against its declared reference.
    """
    stored = publication.trends(metric)
    place = by.startswith(_PLACE)
    wanted = {
        "place_level": by.removeprefix(_PLACE) if place else CITY,
        "dimension": "" if place else by,
        "place" if place else "group": code,
    }
    for name, value in wanted.items():
        stored = stored[stored[name] == value]
    return None if stored.empty else _trend(stored.iloc[0], str(code))


def _trend(row: pd.Series, code: str) -> Trend:
    numbers: dict[str, Any] = {
        name: None if pd.isna(row[name]) else float(row[name]) for name in _NUMBERS
    }
    return Trend(
        code=code,
        verdict=row["verdict"],
        reason=row["reason"],
        period_kind=row["period_kind"],
        first=_day(row["first"]),
        last=_day(row["last"]),
        points=int(row["points"]),
        against=row["against"],
        **numbers,
    )


def _day(value: Any) -> date | None:
    return None if pd.isna(value) else pd.Timestamp(value).date()
