"""Small random cities, counted into every table that a metric could publish."""

from __future__ import annotations

import numpy as np
import pandas as pd

from equity.framework.models import City, Dataset, Definitions, Metric
from equity.schema import ESTIMATE_COLUMNS, KEY


def metric(**fields) -> Metric:
    """A share, unless `fields` say otherwise."""
    plain = {
        "title": "m", "objective": "o", "definition": "d", "why": "w", "subject": "s",
        "dataset": "records", "kind": "share", "numerator": "reached", "unit": "percent",
        "direction": "higher_is_better", "reference": {"kind": "city"},
        "tolerance": {"percent": 10}, "monitoring": {"cadence": "monthly", "owner": "x"},
        "tables": [{"periods": ["year"]}], "written_by": "x", "review_due": "2027-01-01",
    }  # fmt: skip
    return Metric(**{**plain, **fields})


def definitions(public: bool = False, **fields) -> Definitions:
    """One metric `m` on one dataset of records."""
    city = City(
        name="Example", synthetic=True, time_zone="America/Los_Angeles", languages=["en"],
        crs="EPSG:26910", place_levels=[],
    )  # fmt: skip
    since = {"source": {"name": "the city"}, "on": "2020-01-01"}
    dataset = Dataset(
        title="t", owner="o", source={"name": "s"}, files=["a.csv"], fields={},
        already_public=since if public else None,
    )  # fmt: skip
    return Definitions(
        city=city, dimensions={}, populations={}, datasets={"records": dataset}, departments={},
        metrics={"m": metric(**fields)}, department_of={}, digest="d",
    )  # fmt: skip


def people(rows: int, seed: int, months: int = 24, places=(4, 6), groups=(3, 3)) -> pd.DataFrame:
    """`rows` records with places of two levels, groups of two dimensions, and an outcome."""
    random = np.random.default_rng(seed)

    def codes(count: int) -> np.ndarray:
        chances = random.dirichlet(np.full(count, 2.0))
        return random.choice([f"c{i}" for i in range(count)], rows, p=chances)

    start = pd.date_range("2021-01-01", periods=months, freq="MS")
    return pd.DataFrame(
        {
            "month": start[random.integers(0, months, rows)],
            "large": codes(places[0]), "small": codes(places[1]),
            "language": codes(groups[0]), "income": codes(groups[1]),
            "reached": random.random(rows) < 0.75,
        }
    )  # fmt: skip


def entries(records: pd.DataFrame, kinds=("quarter", "year"), levels=("large", "small")):
    """Every table of `records` by period, place, one dimension and (years only) two."""
    starts = {
        "month": records["month"],
        "quarter": records["month"].dt.to_period("Q").dt.start_time,
        "year": records["month"].dt.to_period("Y").dt.start_time,
        "all": pd.Series(records["month"].min(), index=records.index),
    }
    none = pd.Series("", index=records.index)
    tables = []
    for kind in kinds:
        for level in ("city", *levels):
            for by in ((), ("language",), ("income",), ("language", "income")):
                if len(by) == 2 and kind not in ("year", "all"):
                    continue
                keys = {
                    "period": starts[kind],
                    "place": none.replace("", "city") if level == "city" else records[level],
                    "group": records[by[0]] if by else none,
                    "group_2": records[by[1]] if len(by) > 1 else none,
                }
                counted = (
                    pd.DataFrame({**keys, "reached": records["reached"]})
                    .groupby(list(keys))["reached"]
                    .agg(n="size", numerator="sum")
                    .reset_index()
                )
                dimensions = [*by, "", ""][:2]
                tables.append(
                    counted.assign(
                        period_kind=kind, place_level=level, dimension=dimensions[0],
                        dimension_2=dimensions[1],
                    )
                )  # fmt: skip
    frame = pd.concat(tables, ignore_index=True)
    frame = frame.assign(
        metric="m", treatment="", status="value", note="", unstable=False, immature=False,
        n=frame["n"].astype(float), numerator=frame["numerator"].astype(float),
        denominator=frame["n"].astype(float), estimate=100 * frame["numerator"] / frame["n"],
    )  # fmt: skip
    return frame.reindex(columns=[*KEY, *ESTIMATE_COLUMNS])
