"""What an entry is compared with: the reference value that the metric declares."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equity.framework.models import Metric
from equity.publication import Publication
from equity.schema import CITY, UNKNOWN, VALUE

PER_ENTRY = ("eligible", "need", "rest")
"""References that differ from entry to entry."""


def favourable(metric: Metric) -> int:
    """+1 where a higher value is better (or neither is), −1 where a lower one is."""
    return -1 if metric.direction == "lower_is_better" else 1


def is_count(metric: Metric) -> bool:
    """A count or a plain total: larger where there are more people, so nothing fair compares."""
    return metric.unit == "count" or (
        metric.kind == "amount" and metric.statistic == "total" and metric.population is None
    )


def city_rows(publication: Publication, metric: str, scope: dict[str, Any]) -> pd.DataFrame:
    """The whole city's entries, without a breakdown, of the periods in `scope`."""
    return publication.slice(metric, place_level=CITY, place=CITY, dimension="", **scope)


def references(
    publication: Publication,
    name: str,
    metric: Metric,
    rows: pd.DataFrame,
    city: pd.DataFrame,
    scope: dict[str, Any],
) -> pd.Series:
    """The reference value of every row, in the metric's unit; NaN where there is none.

    `rows`: published entries of one comparison, in one or many periods; `city`: `city_rows` of the
    same `scope` (treatment, period kind, period). The kinds are those of the metric's definition:
    the city's value, the best steady value, a named group's value in the whole city, everybody
    else's value (the city's sums less the entry's own), or the share expected of the entry.
    """
    kind = metric.reference.kind
    if is_count(metric):
        return pd.Series(float("nan"), index=rows.index)
    if kind in ("eligible", "need"):
        return rows["expected"].astype(float)
    if kind == "rest":
        return _rest(rows, city, metric)
    if kind == "group":
        city = reference_group(publication, name, metric, scope)
    if kind == "best":
        steady = rows[(rows["status"] == VALUE) & ~rows["unstable"].fillna(False).astype(bool)]
        best = steady.groupby("period")["estimate"]
        values = best.max() if favourable(metric) > 0 else best.min()
    else:
        values = city.set_index("period")["estimate"]
    found = rows["period"].map(values).astype(float)
    return found * _known_part(rows, city, metric) if kind == "city" else found


def reference_group(
    publication: Publication, name: str, metric: Metric, scope: dict[str, Any]
) -> pd.DataFrame:
    """The named reference group's entries in the whole city; empty where it is not a group."""
    if metric.reference.kind != "group":
        return pd.DataFrame()
    return publication.slice(
        name, place_level=CITY, place=CITY, dimension=metric.reference.dimension,
        group=metric.reference.group, **scope,
    )  # fmt: skip


def counts_people(metric: Metric) -> bool:
    """Whether records are counted over people: only then does an unknown record lower a group."""
    return metric.kind == "rate" or (metric.kind == "amount" and metric.population is not None)


def _known_part(rows: pd.DataFrame, city: pd.DataFrame, metric: Metric) -> pd.Series:
    """The part of the city's records whose group is known, by row; 1 where it does not matter.

    Over people, records of unknown group are in the city's rate and in no group's, so that every
    group would seem to lag: the reference counts only what the groups can count.
    """
    whole = pd.Series(1.0, index=rows.index)
    if not counts_people(metric) or "code" not in rows:
        return whole
    unknown = rows.loc[(rows["code"] == UNKNOWN) & rows["n"].notna()].set_index("period")["n"]
    if unknown.empty or unknown.index.has_duplicates:
        return whole
    totals = city.set_index("period")["n"].astype(float)
    part = 1 - rows["period"].map(unknown).astype(float).fillna(0.0) / rows["period"].map(totals)
    return part.where(part > 0, 1.0).fillna(1.0)


def _rest(rows: pd.DataFrame, city: pd.DataFrame, metric: Metric) -> pd.Series:
    """Everybody else's value: the city's sums less the entry's own.

    A mean's sum is n times its value, a total per person the people's; a percentile has none.
    """
    if metric.kind in ("duration", "amount") and metric.statistic not in ("mean", "total"):
        return pd.Series(float("nan"), index=rows.index)
    totals = city.set_index("period")
    of = "n" if metric.statistic == "mean" else "denominator"
    if metric.kind in ("duration", "amount"):
        sums = totals["estimate"] * totals[of], rows["estimate"] * rows[of]
    else:
        sums = metric.per * totals["numerator"], metric.per * rows["numerator"]
    others = rows["period"].map(totals[of]) - rows[of]
    return ((rows["period"].map(sums[0]) - sums[1]) / others.where(others > 0)).astype(float)
