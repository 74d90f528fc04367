"""Periods of data that are already aggregated: `2024`, `2024-07`, `2024-Q3`, `2024-25`."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pyarrow as pa

_DATE = re.compile(r"^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?)?$")
_QUARTER = re.compile(r"^(\d{4})[- ]?[Qq]([1-4])$")
_FISCAL = re.compile(r"^(?:FY ?)?(\d{4})[-/](\d{2}|\d{4})$", re.IGNORECASE)
_YEAR = re.compile(r"^(\d{4})(?:\.0)?$")


def period_start(text: str, kind: str, fiscal_year_start: int = 7) -> date | None:
    """The first day of the period that `text` names; None where it names none of that kind.

    The first day itself, or a month for `month`, is also understood. A fiscal year needs both of
    its years, because `2024` alone may be the year in which it begins or the one in which it ends.

    >>> period_start("2024", "year"), period_start("2024-07", "month")
    (datetime.date(2024, 1, 1), datetime.date(2024, 7, 1))
    >>> period_start("2024 Q3", "quarter"), period_start("FY 2024-25", "fiscal_year")
    (datetime.date(2024, 7, 1), datetime.date(2024, 7, 1))
    >>> period_start("2024", "fiscal_year") is None, period_start("2024-05-02", "month") is None
    (True, True)
    """
    if kind == "year" and (found := _YEAR.match(text)):
        return _first(int(found[1]), 1)
    if kind == "quarter" and (found := _QUARTER.match(text)):
        return _first(int(found[1]), 3 * int(found[2]) - 2)
    if kind == "fiscal_year" and (found := _FISCAL.match(text)):
        start, end = int(found[1]), found[2]
        follows = end == f"{start + 1}"[-len(end) :]
        return _first(start, fiscal_year_start) if follows else None
    first = {"month": range(1, 13), "quarter": (1, 4, 7, 10), "year": (1,)}
    if (found := _DATE.match(text)) and (found[3] or "01") == "01":
        months = first.get(kind, (fiscal_year_start,))
        if int(found[2]) in months and (found[3] or kind == "month"):
            return _first(int(found[1]), int(found[2]))
    return None


def period_starts(
    text: pa.Array, kind: str, fiscal_year_start: int = 7
) -> tuple[pa.Array, np.ndarray]:
    """First days (DATE) of a column of periods, and the mask of what is not a period."""
    coded = text.dictionary_encode()
    starts = [
        period_start(value, kind, fiscal_year_start) for value in coded.dictionary.to_pylist()
    ]
    dates = pa.array(
        [starts[i.as_py()] if i.is_valid else None for i in coded.indices], pa.date32()
    )
    return dates, np.asarray(text.is_valid()) & ~np.asarray(dates.is_valid())


def _first(year: int, month: int) -> date | None:
    return date(year, month, 1) if 1900 <= year <= 2199 else None
