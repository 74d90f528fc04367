"""Like for like: entries directly standardized to the whole city's own mix.

A group whose records are of slower kinds looks slower than it is served. Its standardized value is
Σ w_s·y_s over the strata s (combinations of what the metric adjusts for), y_s its value in the
stratum and w_s the stratum's part of all the city's records in the same period. Table `cell_strata`
has the key of `cells` and, of each `stratum` of the set `strata`, `n`, `numerator`, `mean` and
`m2`. It stays in the working database.
"""

# ruff: noqa: S608 - names in queries are checked identifiers of the definitions

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd

from equity import estimates
from equity.cube import grid as grids
from equity.cube import kinds, merging, plan
from equity.framework.expression_operations import literal_sql
from equity.framework.models import Definitions, Metric
from equity.schema import (
    CITY,
    ESTIMATE_COLUMNS,
    GROUP_COLUMN,
    KEY,
    LIKE_FOR_LIKE,
    NOT_APPLICABLE,
    UNKNOWN_GROUP,
    VALUE,
)

STRATA_MISSING = "cube.strata_missing"
ENOUGH = 0.9
"""Part of the city's mix of which an entry must have records; what is missing is left out and the
rest weighted up, which beyond a tenth would no longer be like for like."""
SMALLEST = "smallest"
"""Column of the smallest number of records, successes or failures above 0 among an entry's strata:
disclosure control reads it and takes it away."""

_ORDER = [*(f'"{name}"' for name in KEY), "strata", "stratum"]
"""Sums are formed in one order, or the same build would differ from itself in the last digit."""

Floats = npt.NDArray[np.float64]


def can_adjust(metric: Metric) -> bool:
    """Whether the metric's value is a sum over strata: a share or a mean.

    >>> from equity.framework.models import Metric
    >>> can_adjust(Metric.model_construct(kind="share", statistic=None))
    True
    """
    return metric.kind == "share" or metric.statistic == "mean"


def with_mix(alike: Mapping[plan.Table, plan.Table]) -> dict[plan.Table, plan.Table]:
    """Split table → published table, of `alike` (published → split) and of the city's own mix."""
    found = {split: table for table, split in alike.items()}
    for table, split in alike.items():
        city = plan.Table(table.treatment, CITY, (), table.period_kind)
        mix = plan.Table(table.treatment, CITY, (), table.period_kind, strata=split.strata)
        found.setdefault(mix, city)
    return found


def sums(
    work: str, table: plan.Table, strata: Sequence[str], metric_id: str, measured: bool
) -> str:
    """The query that gives the cells of `table`, split by `strata`, the columns of `cell_strata`."""
    columns = [GROUP_COLUMN.format(dimension=id) for id in strata]
    merged = merging.merged(work, [*merging.key_columns(table), *columns], measured)
    named = ", ".join(f'"{name}"' for name in columns)
    values = merging.key_values(table, metric_id)
    values |= {"strata": literal_sql(",".join(strata)), "stratum": f"concat_ws('|', {named})"}
    values |= {"n": "n"} | (
        {"mean": "mean", "m2": "m2"} if measured else {"numerator": "numerator"}
    )
    chosen = ", ".join(f'{value} AS "{name}"' for name, value in values.items())
    return f"SELECT {chosen} FROM ({merged})"


def entries(
    connection: duckdb.DuckDBPyConnection,
    crude: pd.DataFrame,
    definitions: Definitions,
    metric: Metric,
    places: pd.DataFrame,
) -> pd.DataFrame:
    """The like-for-like entries beside the `crude` ones: KEY, ESTIMATE_COLUMNS and `SMALLEST`.

    Statuses, flags and counts are the crude entry's. `numerator` is what the estimate makes of `n`.
    The interval is that of n/dispersion records: the dispersion holds what uneven strata cost beside
    what the crude entry's does. Of groups without records in a stratum the other strata are
    weighted up, `covered` says to how much of the city's mix they belong, and below `ENOUGH` there
    is no entry. Empty where nothing is adjusted for.
    """
    wanted = plan.standardized(plan.tables(metric), metric.adjust_for)
    if not wanted or not can_adjust(metric):
        return crude.iloc[:0]
    cells = connection.execute(
        f"SELECT * FROM cell_strata WHERE metric = ? ORDER BY {', '.join(_ORDER)}",
        [crude["metric"].iloc[0]],
    ).df()
    cells["period"] = pd.to_datetime(cells["period"]).dt.date
    rows = _rows(crude, wanted)
    told = _standardized(_weighted(cells), rows, metric)
    rows = rows.merge(told, on=[*KEY, "strata"], how="left")
    rows["k"] = grids.compared(rows, definitions, places).to_numpy(float)
    return _as_entries(rows, metric)


def _rows(crude: pd.DataFrame, wanted: Mapping[plan.Table, plan.Table]) -> pd.DataFrame:
    """The crude entries that are also shown like for like, with the set of `strata` of each."""
    tables = pd.DataFrame(
        {
            "treatment": table.treatment,
            "period_kind": table.period_kind,
            "place_level": table.level,
            "dimension": next(iter(table.dimensions), ""),
            "dimension_2": "",
            "strata": ",".join(split.strata),
        }
        for table, split in wanted.items()
    )
    return crude.merge(tables, on=[name for name in tables if name != "strata"])


def _weighted(cells: pd.DataFrame) -> pd.DataFrame:
    """`cells` with `w`: the stratum's part of the city's records of the period."""
    of = ["period_kind", "period", "strata"]
    city = cells[cells["place_level"].eq(CITY) & cells["dimension"].eq("")]
    city = city.assign(w=city["n"] / city.groupby(of)["n"].transform("sum"))
    return cells.merge(city[[*of, "stratum", "w"]], on=[*of, "stratum"])


def _standardized(cells: pd.DataFrame, rows: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """KEY, `strata`, the standardized `value` (per one), `cost` (its variance over that of as many
    records drawn alike), `covered` and `SMALLEST`."""
    keys = [*KEY, "strata"]
    cells = cells.merge(rows[keys], on=keys)
    group = cells.groupby(keys, sort=False).ngroup().to_numpy()

    def whole(values: Floats) -> Floats:
        return np.bincount(group, values).astype(float)

    n, w = cells["n"].to_numpy(float), cells["w"].to_numpy(float)
    covered = whole(w)
    w = w / covered[group]
    if metric.kind == "share":
        x = cells["numerator"].to_numpy(float)
        value = whole(w * x / n)
        near = (x + 0.5) / (n + 1)  # a stratum of one record, a success, is not certain
        variance = whole(w**2 * near * (1 - near) / n)
        near = (value * whole(n) + 0.5) / (whole(n) + 1)
        alike = near * (1 - near) / whole(n)
        least = np.minimum(np.where(x > 0, x, np.inf), np.where(n > x, n - x, np.inf))
    else:
        mean, m2 = cells["mean"].to_numpy(float), cells["m2"].to_numpy(float)
        value = whole(w * mean)
        with np.errstate(divide="ignore", invalid="ignore"):
            common = whole(m2) / whole(n - 1)
            own = np.where(n > 1, m2 / (n - 1), common[group])
            variance = whole(w**2 * own / n)
            among = mean - (whole(n * mean) / whole(n))[group]
            alike = whole(m2 + n * among**2) / (whole(n) - 1) / whole(n)
        least = n
    with np.errstate(divide="ignore", invalid="ignore"):
        cost = np.maximum(np.where(alike > 0, variance / alike, 1.0), 1.0)
    smallest = np.full(len(covered), np.inf)
    np.minimum.at(smallest, group, least)
    first = cells.groupby(keys, sort=False).head(1)[keys].reset_index(drop=True)
    return first.assign(value=value, cost=cost, part=covered, **{SMALLEST: smallest})


def _as_entries(rows: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    shown = rows["status"].isin([VALUE, UNKNOWN_GROUP]) & rows["value"].notna()
    far = shown & rows["part"].lt(ENOUGH)
    value = rows["value"].where(shown & ~far).to_numpy(float)
    n = rows["n"].to_numpy(float, na_value=np.nan)
    spread = kinds.in_steps(rows["dispersion"].to_numpy(float) * rows["cost"].to_numpy(float))
    answer = rows.assign(treatment=LIKE_FOR_LIKE, estimate=value, dispersion=spread)
    together = estimates.bonferroni(rows["k"].to_numpy(float))
    if metric.kind == "share":
        x = value * n
        answer["estimate"] = value * metric.per
        answer["numerator"] = x
        alone = estimates.wilson(x / spread, n / spread)
        all_ = estimates.clopper_pearson(x / spread, n / spread, together)
        ends = (*alone, *(np.where(rows["k"] > 1, b, a) for a, b in zip(alone, all_, strict=True)))
        # The exact interval of no records at all is all of 0–1.
        scaled = [np.where(np.isnan(value), np.nan, end) * metric.per for end in ends]
        answer["se"] = estimates.standard_error(scaled[0], scaled[1])
    else:
        # The crude interval, moved, and wider by what uneven strata cost.
        wider = np.sqrt(spread / rows["dispersion"].to_numpy(float))
        moved = value - rows["estimate"].to_numpy(float)
        names = ("lower", "upper", "lower_simultaneous", "upper_simultaneous")
        scaled = [value + (rows[name].to_numpy(float) + moved - value) * wider for name in names]
        answer["se"] = rows["se"].to_numpy(float) * wider
    for name, end in zip(("lower", "upper", "lower_simultaneous", "upper_simultaneous"), scaled, strict=True):  # fmt: skip
        answer[name] = end
    answer["covered"] = rows["part"].where(shown)
    answer.loc[answer["lower"].isna(), "dispersion"] = np.nan
    answer["status"] = rows["status"].mask(far, NOT_APPLICABLE)
    answer["note"] = rows["note"].mask(far, STRATA_MISSING)
    answer.loc[far, ["se", "numerator", "denominator"]] = np.nan
    answer["n"] = answer["n"].mask(far)
    return answer[[*KEY, *ESTIMATE_COLUMNS, SMALLEST]]
