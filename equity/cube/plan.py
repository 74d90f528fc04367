"""Which tables a metric's declarations ask for, and how to compute them with the fewest scans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from equity.framework.models import Metric
from equity.schema import CITY

MOST_DIMENSIONS_WITH_SKETCH = 1
"""A sketch of every month, place and pair of groups would outgrow the records, so a percentile is
kept for tables of at most this many dimensions."""


@dataclass(frozen=True, order=True)
class Table:
    """One table of cells: a treatment, a place level, dimensions in order, a period kind."""

    treatment: str
    level: str
    dimensions: tuple[str, ...]
    period_kind: str
    sketch: bool = False
    cluster: str = ""
    """A further place level by whose places the cells are split, to see how places of one group
    differ; such a table is never published."""
    strata: tuple[str, ...] = ()
    """Further dimensions by which the cells are split, to compare like with like; not published."""


@dataclass(frozen=True)
class Step:
    """Make `table` from the cells of `source`, or from the records where that is None."""

    table: Table
    source: Table | None


def needs_percentile(metric: Metric) -> bool:
    """Whether the metric's estimate is a percentile of its values."""
    if metric.kind == "duration":
        return metric.statistic in ("median", "percentile", None)
    return metric.kind == "amount" and metric.statistic == "median"


def tables(metric: Metric) -> list[Table]:
    """Every table that is published for a metric: what it declares, and the margins of that.

    A table by places is also made for the city, and one by groups also without them, because a
    comparison needs its reference (docs/rooms.md).
    """
    found: set[Table] = set()
    for declared in metric.tables:
        treatments = [""]
        if declared.treatments and metric.unfinished:
            treatments += list(metric.unfinished.alternatives)
        for level in {*declared.places, CITY}:
            for size in range(len(declared.by) + 1):
                sketch = needs_percentile(metric) and size <= MOST_DIMENSIONS_WITH_SKETCH
                for dimensions in combinations(declared.by, size):
                    for kind in declared.periods:
                        for treatment in treatments:
                            found.add(Table(treatment, level, dimensions, kind, sketch))
    return sorted(found)


def clustered(wanted: Iterable[Table], area_level: Mapping[str, str]) -> dict[Table, list[Table]]:
    """The tables that show how places within a group differ, for each of `wanted` by such groups.

    `area_level`: dimension → the place level of whose places its groups are made. Groups of one
    level are functions of the place, so one table of its places serves all of them, as fine as
    each of them alone.
    """
    keys: dict[Table, list[tuple[str, str, tuple[str, ...], str, bool]]] = {}
    areas: dict[tuple[str, str, tuple[str, ...], str, bool], set[str]] = {}
    for table in wanted:
        levels = {area_level[d] for d in table.dimensions if d in area_level}
        for level in sorted(levels - {table.level}):
            own = {d for d in table.dimensions if area_level.get(d) == level}
            others = tuple(d for d in table.dimensions if d not in own)
            key = (table.treatment, table.level, others, level, table.sketch)
            areas.setdefault(key, set()).update(own)
            keys.setdefault(table, []).append(key)
    return {
        table: [
            replace(table, dimensions=(*key[2], *sorted(areas[key])), cluster=key[3])
            for key in found
        ]
        for table, found in keys.items()
    }


STANDARD_PERIODS = ("year", "fiscal_year", "all")
"""The kinds of period that hold every season, in which like is compared with like."""


def standardized(wanted: Iterable[Table], adjust_for: Iterable[str]) -> dict[Table, Table]:
    """For each of `wanted` that is compared like for like, the same table split by strata.

    Those are the metric's own treatment by at most one dimension, in `STANDARD_PERIODS`. A
    dimension is not adjusted for in the table that it makes itself.
    """
    found: dict[Table, Table] = {}
    for table in wanted:
        strata = tuple(sorted(set(adjust_for) - set(table.dimensions)))
        fits = not table.treatment and len(table.dimensions) < 2 and not table.sketch
        if strata and fits and table.period_kind in STANDARD_PERIODS:
            found[table] = replace(table, strata=strata)
    return found


def also_by(table: Table, strata: Iterable[str]) -> Table:
    """A table split by places, of the metric's own treatment, split by `strata` as well."""
    if table.treatment or table.sketch:
        return table
    return replace(table, strata=tuple(sorted(set(strata) - set(table.dimensions))))


def rolls_up(finer: str, coarser: str, fiscal_year_start: int) -> bool:
    """Whether periods of kind `coarser` are unions of periods of kind `finer`.

    >>> rolls_up("quarter", "fiscal_year", 7), rolls_up("quarter", "fiscal_year", 9)
    (True, False)
    """
    if finer == coarser:
        return True
    above = {
        "month": {"quarter", "year", "fiscal_year", "all"},
        "quarter": {"year", "all"},
        "year": {"all"},
        "fiscal_year": {"all"},
        "all": set(),
    }
    if finer == "quarter" and fiscal_year_start % 3 == 1:
        above["quarter"].add("fiscal_year")
    return coarser in above[finer]


def steps(wanted: Iterable[Table], fiscal_year_start: int) -> list[Step]:
    """The order in which to make `wanted`: from records only what no other table contains.

    Within a treatment and place level, a table is rolled up from the smallest of those that
    contain it, never from another level: places of two levels overlap as they like.
    """
    remaining = sorted(wanted, key=_fineness, reverse=True)
    made: list[Step] = []
    for table in remaining:
        sources = [step.table for step in made if _contains(step.table, table, fiscal_year_start)]
        made.append(Step(table, min(sources, key=_fineness, default=None)))
    return made


_KINDS = ("all", "fiscal_year", "year", "quarter", "month")


def _fineness(table: Table) -> tuple[bool, int, int, Table]:
    parts = len(table.dimensions) + len(table.strata)
    return bool(table.cluster), parts, _KINDS.index(table.period_kind), table


def _contains(finer: Table, coarser: Table, fiscal_year_start: int) -> bool:
    return (
        (finer.treatment, finer.level) == (coarser.treatment, coarser.level)
        and {*coarser.dimensions, *coarser.strata} <= {*finer.dimensions, *finer.strata}
        and (finer.sketch or not coarser.sketch)
        and coarser.cluster in ("", finer.cluster)
        and rolls_up(finer.period_kind, coarser.period_kind, fiscal_year_start)
    )
