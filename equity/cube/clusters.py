"""Groups of places: how much the places of one group differ, and what that makes of its entries.

A dimension whose groups are made of places (fifths of the city by income) compares areas. Table
`cell_clusters` has the key of `cells` and, of each place (`cluster_level`, `cluster`) in the group,
`n`, `numerator`, `mean` and `m2`; for percentiles `numerator` counts the place's records up to the
percentile of the whole group. It stays in the working database.
"""

# ruff: noqa: S608 - names in queries are checked identifiers of the definitions

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from equity import estimates
from equity.cube import merging, plan
from equity.cube.population import DENOMINATOR_KEY, denominators
from equity.framework.expression_operations import literal_sql
from equity.framework.models import Definitions, Metric
from equity.schema import CITY, KEY, PLACE_COLUMN, UNKNOWN

Floats = npt.NDArray[np.float64]

_ORDER = [*(f'"{name}"' for name in KEY), "cluster_level", "cluster"]
"""Sums are formed in one order, or the same build would differ from itself in the last digit."""
_GROUPS = (("dimension", "group"), ("dimension_2", "group_2"))


def area_levels(definitions: Definitions) -> dict[str, str]:
    """Dimension → place level, of every dimension whose groups are made of places."""
    levels = {id: definitions.area_level(id) for id in definitions.dimensions}
    return {id: level for id, level in levels.items() if level is not None}


def can_tell(metric: Metric, table: plan.Table) -> bool:
    """Whether the entries of `table` can have an interval that differences of places would widen."""
    if is_plain_total(metric):
        return False
    return table.sketch or not plan.needs_percentile(metric)


def is_plain_total(metric: Metric) -> bool:
    """A total that is nobody's in particular: it is compared with nothing."""
    return metric.kind == "amount" and metric.statistic == "total" and metric.population is None


def sums(work: str, table: plan.Table, level: str, metric_id: str, metric: Metric) -> str:
    """The query that gives the cells of `table`, split by the places of `level`, their columns.

    `work` is a work table (`equity.cube.merging`) of the keys of `table` and the place, or finer.
    """
    keys, place = merging.key_columns(table), PLACE_COLUMN.format(level=level)
    columns = merging.key_values(table, metric_id)
    columns |= {"cluster_level": literal_sql(level), "cluster": f'"{place}"', "n": "n"}
    if table.sketch:
        merged = _up_to_percentile(work, keys, place, percentile(metric))
        columns["numerator"] = "numerator"
    else:
        measured = metric.kind in ("duration", "amount")
        merged = merging.merged(work, [*keys, place], measured)
        columns |= {"mean": "mean", "m2": "m2"} if measured else {"numerator": "numerator"}
    chosen = ", ".join(f'{value} AS "{name}"' for name, value in columns.items())
    return f"SELECT {chosen} FROM ({merged})"


def percentile(metric: Metric) -> float:
    """Which percentile the metric's estimate is."""
    return metric.percentile if metric.statistic == "percentile" and metric.percentile else 0.5


def _up_to_percentile(work: str, keys: list[str], place: str, p: float) -> str:
    names = ", ".join(f'"{name}"' for name in keys)
    return f"""
        WITH running AS (
            SELECT {names}, bucket, sum(sum(n)) OVER same AS upto, sum(sum(n)) OVER whole AS entire
            FROM {work} GROUP BY {names}, bucket
            WINDOW same AS (PARTITION BY {names} ORDER BY bucket), whole AS (PARTITION BY {names})
        ), middles AS (
            SELECT {names}, min(bucket) AS middle FROM running WHERE upto >= {p} * entire
            GROUP BY {names}
        )
        SELECT {names}, "{place}", sum(n) AS n,
               coalesce(sum(n) FILTER (bucket <= middle), 0) AS numerator
        FROM {work} JOIN middles USING ({names}) GROUP BY {names}, "{place}"
    """


def spread(
    connection: duckdb.DuckDBPyConnection,
    frame: pd.DataFrame,
    definitions: Definitions,
    metric: Metric,
    population: pd.DataFrame,
) -> pd.DataFrame:
    """`frame` with `clustering`, each entry's dispersion from differences of its places, and
    `freedom`, the degrees of freedom with which it is known: 1 and infinite for entries that are
    not groups of places, NaN and 0 where the records do not say.

    The groups of one table, period and place, within one group of any other dimension, are one
    comparison. Where both dimensions are made of places, of two levels, the larger dispersion and
    the smaller freedom hold.
    """
    keys = list(KEY)
    levels = area_levels(definitions)
    area = pd.Series(False, index=frame.index)
    for dimension, _ in _GROUPS:
        level = frame[dimension].map(levels)
        area |= level.notna() & level.ne(frame["place_level"])
    area &= frame["group"].ne(UNKNOWN) & frame["group_2"].ne(UNKNOWN)
    frame = frame.assign(clustering=1.0, freedom=np.inf)
    if not area.any() or is_plain_total(metric):
        return frame
    cells = connection.execute(
        f"SELECT * FROM cell_clusters WHERE metric = ? ORDER BY {', '.join(_ORDER)}",
        [frame["metric"].iloc[0]],
    ).df()
    cells["period"] = pd.to_datetime(cells["period"]).dt.date
    cells = cells[cells["group"].ne(UNKNOWN) & cells["group_2"].ne(UNKNOWN)]
    found = [
        _of_level(part, frame.loc[area, keys], str(level), levels, metric, population)
        for level, part in cells.groupby("cluster_level", sort=True)
    ]
    frame.loc[area, ["clustering", "freedom"]] = [np.nan, 0.0]
    if not found:
        return frame
    together = pd.concat(found, ignore_index=True).groupby(keys, as_index=False)
    told = together.agg(clustering=("clustering", "max"), freedom=("freedom", "min"))
    told = frame[keys].merge(told, on=keys, how="left").set_index(frame.index)
    known = area & told["freedom"].notna()
    frame.loc[known, ["clustering", "freedom"]] = told.loc[known, ["clustering", "freedom"]]
    return frame


def _of_level(
    cells: pd.DataFrame,
    groups: pd.DataFrame,
    level: str,
    levels: dict[str, str],
    metric: Metric,
    population: pd.DataFrame,
) -> pd.DataFrame:
    """KEY, `clustering` and `freedom` of every one of `groups`, from its places of one level."""
    keys = list(KEY)
    own = {group: dimension for dimension, group in _GROUPS if cells[dimension].map(levels).eq(level).any()}  # fmt: skip
    if _per_person(metric):
        cells = _every_place(cells, groups)
        cells = _with_people(cells, level, levels, metric.population or "", population)
    of = cells.groupby(keys, sort=False)
    number = np.asarray(of.ngroup(), dtype=np.int64)
    y, w, variance = _sums_and_variance(cells, number, metric)
    first = of.head(1)[keys].reset_index(drop=True)
    # What is not a group made of these places tells comparisons apart.
    apart = first.assign(
        **{g: first[g].mask(first[d].map(levels).eq(level), "") for g, d in own.items()}
    )
    comparison = apart.groupby(keys, sort=False).ngroup()
    column = comparison.groupby(comparison).cumcount().to_numpy()
    row, place = comparison.to_numpy(), of.cumcount().to_numpy()
    shape = (row.max() + 1, column.max() + 1, place.max() + 1)
    totals, sizes, unit = np.zeros(shape), np.zeros(shape), np.full(shape[:2], np.nan)
    totals[row[number], column[number], place] = y
    sizes[row[number], column[number], place] = w
    unit[row, column] = variance
    clustering, freedom = estimates.between_places(totals, sizes, unit)
    return first.assign(clustering=clustering[row, column], freedom=freedom[row, column])


def _per_person(metric: Metric) -> bool:
    return metric.population is not None and metric.kind in ("rate", "representation", "amount")


def _sums_and_variance(
    cells: pd.DataFrame, number: npt.NDArray[np.int64], metric: Metric
) -> tuple[Floats, Floats, Floats]:
    """What is summed and over what, of each place; and of each group (`number`) what the sum would
    vary by, per unit of what it is over, if its places were alike."""

    def whole(values: Floats) -> Floats:
        return np.bincount(number, values).astype(float)

    n, mean, m2 = (np.nan_to_num(cells[name].to_numpy(float)) for name in ("n", "mean", "m2"))
    measured = metric.kind in ("duration", "amount") and not plan.needs_percentile(metric)
    y = n * mean if measured else cells["numerator"].to_numpy(float)
    w = np.nan_to_num(cells["people"].to_numpy(float)) if _per_person(metric) else n
    with np.errstate(divide="ignore", invalid="ignore"):
        average = whole(y) / whole(w)
        if not measured:
            return y, w, average if _per_person(metric) else average * (1 - average)
        if _per_person(metric):  # a compound Poisson total
            return y, w, whole(m2 + n * mean**2) / whole(w)
        return y, w, whole(m2 + n * (mean - average[number]) ** 2) / (whole(n) - 1)


def _every_place(cells: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """`cells` of all `groups`, with the places that had a record in some other period: 0 records.

    Of people, those who sent nothing count too.
    """
    home = ["place_level", "place", "dimension", "group", "dimension_2", "group_2"]
    place = ["cluster_level", "cluster"]
    full = groups.merge(cells[[*home, *place]].drop_duplicates(), on=home)
    full = full.merge(cells, on=[*KEY, *place], how="left")
    numbers = ["n", "numerator", "mean", "m2"]
    full[numbers] = full[numbers].astype(float).fillna(0.0)
    return full


def _with_people(
    cells: pd.DataFrame,
    level: str,
    levels: dict[str, str],
    population_id: str,
    population: pd.DataFrame,
) -> pd.DataFrame:
    """`cells` with the `people` of each place of `level` who belong to the cell's other groups.

    NaN within places of other levels, where nobody counted them.
    """
    people = denominators(population, population_id)[[*DENOMINATOR_KEY, "count"]]
    key = cells[DENOMINATOR_KEY].assign(place_level=level, place=cells["cluster"])
    for dimension, group in _GROUPS:
        mine = cells[dimension].map(levels).eq(level)
        key[dimension], key[group] = cells[dimension].mask(mine, ""), cells[group].mask(mine, "")
    # The one group that is left stands first.
    left = key["dimension"].eq("") & key["dimension_2"].ne("")
    for first, second in zip(*_GROUPS, strict=True):
        key[first] = key[first].mask(left, key[second])
        key[second] = key[second].mask(left, "")
    count = key.merge(people, on=DENOMINATOR_KEY, how="left")["count"].to_numpy(float)
    return cells.assign(people=np.where(cells["place_level"].eq(CITY), count, np.nan))
