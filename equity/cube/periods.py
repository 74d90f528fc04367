"""Periods of each kind: their first and last days, and the one a date falls in."""

from __future__ import annotations

from datetime import date, timedelta

from equity.errors import EquityError

LONGEST_SPAN_YEARS = 100
"""More than this between the first record and the last means that a date is wrong."""

_MONTHS = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}


def start_of(kind: str, day: date, fiscal_year_start: int = 7) -> date:
    """The first day of the period of `kind` in which `day` falls (month … fiscal_year).

    >>> start_of("fiscal_year", date(2022, 3, 15), 7)
    datetime.date(2021, 7, 1)
    """
    length = _MONTHS[kind]
    first = fiscal_year_start if kind == "fiscal_year" else 1
    months = day.year * 12 + day.month - first
    return _month(months - months % length + first)


def last_day(kind: str, start: date, last_record: date) -> date:
    """The last day of the period of `kind` that begins on `start`.

    The period `all` ends with the last record.

    >>> last_day("quarter", date(2024, 1, 1), date(2024, 2, 2))
    datetime.date(2024, 3, 31)
    """
    if kind == "all":
        return last_record
    return _month(start.year * 12 + start.month + _MONTHS[kind]) - timedelta(days=1)


def between(kind: str, first: date, last: date, fiscal_year_start: int = 7) -> list[date]:
    """The first days of all periods of `kind` from the first record's to the last record's.

    >>> between("year", date(2020, 5, 1), date(2022, 1, 1))
    [datetime.date(2020, 1, 1), datetime.date(2021, 1, 1), datetime.date(2022, 1, 1)]
    """
    if last.year - first.year > LONGEST_SPAN_YEARS:
        raise EquityError(
            f"Records run from {first} to {last}, more than {LONGEST_SPAN_YEARS} years. "
            "Set `minimum` and `maximum` on the contract's time field."
        )
    if kind == "all":
        return [first.replace(day=1)]
    starts = [start_of(kind, first, fiscal_year_start)]
    while (following := last_day(kind, starts[-1], last) + timedelta(days=1)) <= last:
        starts.append(following)
    return starts


def _month(number: int) -> date:
    """The first day of a month, counted from year 0 with January as 1."""
    return date((number - 1) // 12, (number - 1) % 12 + 1, 1)
