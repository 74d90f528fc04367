"""What the published tables of a metric allow: comparisons, kinds of period, periods."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import pandas as pd

from equity.publication import Publication
from equity.schema import CITY, NO_RECORDS

T = TypeVar("T")

PLACE_PREFIX = "place:"
"""`by="place:district"` compares places of a level; any other `by` is a dimension."""

PERIOD_PREFERENCE = ("fiscal_year", "year", "all", "quarter", "month")
"""Which kind of period a comparison is shown in, when nobody chose: steady enough to judge."""

KIND_YEARS = {"month": 1 / 12, "quarter": 0.25, "year": 1.0, "fiscal_year": 1.0}
"""Years in a period of each kind; `all` is as long as the records."""


def level_of(by: str) -> str:
    """The place level that `by` compares; "" where it compares groups."""
    return by[len(PLACE_PREFIX) :] if by.startswith(PLACE_PREFIX) else ""


def comparisons(publication: Publication, metric: str) -> list[str]:
    """Every `by` that the metric's published tables allow, places first, in a stable order."""
    tables = tables_of(publication, metric)
    levels = sorted({f"{PLACE_PREFIX}{level}" for level in tables["place_level"] if level != CITY})
    whole = tables[tables["place_level"] == CITY]
    dimensions = {d for column in ("dimension", "dimension_2") for d in whole[column] if d}
    return levels + sorted(dimensions)


def period_kinds(publication: Publication, metric: str, by: str) -> list[str]:
    """The kinds of period in which `by` is published, the preferred one first."""
    return kinds_in(tables_of(publication, metric), by)


def kinds_in(tables: pd.DataFrame, by: str) -> list[str]:
    """The same, of `Publication.tables` already at hand."""
    column, value = ("place_level", level_of(by)) if level_of(by) else ("dimension", by)
    kinds = set(tables.loc[tables[column] == value, "period_kind"])
    return [kind for kind in PERIOD_PREFERENCE if kind in kinds]


def periods(publication: Publication, metric: str, period_kind: str) -> list[tuple[date, bool]]:
    """(period, immature) of a metric for the whole city, oldest first."""

    def ask() -> list[tuple[date, bool]]:
        frame = publication.slice(metric, period_kind=period_kind, place_level=CITY)
        frame = frame[frame["status"] != NO_RECORDS].sort_values("period")
        immature = frame["immature"].fillna(False).astype(bool)
        return [(day_of(day), flag) for day, flag in zip(frame["period"], immature, strict=True)]

    return list(once(publication, ("periods", metric, period_kind), ask))


def tables_of(publication: Publication, metric: str) -> pd.DataFrame:
    """`Publication.tables`, asked once."""
    return once(publication, ("tables", metric), lambda: publication.tables(metric))


_KEPT: WeakKeyDictionary[Publication, dict[tuple[str, ...], Any]] = WeakKeyDictionary()
"""What a publication says of itself, which every comparison asks again; gone when it is."""


def once(publication: Publication, key: tuple[str, ...], ask: Callable[[], T]) -> T:
    """What `ask` gives, asked once of each open publication; nobody may change it."""
    kept = _KEPT.setdefault(publication, {})
    if key not in kept:
        kept[key] = ask()
    return cast("T", kept[key])


def latest_period(publication: Publication, metric: str, period_kind: str) -> date | None:
    """The last period whose cases have had time to finish; the last of all where none has."""
    return _latest(periods(publication, metric, period_kind))


def _latest(known: list[tuple[date, bool]]) -> date | None:
    mature = [period for period, immature in known if not immature]
    return (mature or [period for period, _ in known] or [None])[-1]  # type: ignore[list-item]


def day_of(value: Any) -> date:
    """A published period as a date."""
    return pd.Timestamp(value).date()
