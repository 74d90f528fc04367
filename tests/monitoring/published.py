"""A small publication over a frame: monthly shares of a city, groups by quarter, places by month."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from equity.framework.models import Definitions, Metric
from equity.schema import ESTIMATE_COLUMNS, KEY

MONTHS = pd.date_range("2017-07-01", periods=84, freq="MS")
QUARTERS = pd.date_range("2017-07-01", periods=28, freq="3MS")


class Published:
    """The reading side of a publication over a frame."""

    version = 3

    def __init__(self, rows: Iterable[dict[str, Any]]):
        frame = pd.DataFrame(list(rows)).reindex(columns=[*KEY, *ESTIMATE_COLUMNS, "entry"])
        texts = ["treatment", "dimension", "group", "dimension_2", "group_2", "note"]
        frame[texts] = frame[texts].fillna("")
        frame["period"] = pd.to_datetime(frame["period"])
        self.frame = frame

    def slice(self, metric: str, **key: Any) -> pd.DataFrame:
        wanted = {"treatment": "", "place_level": "city", "dimension": "", "dimension_2": ""} | key
        rows = self.frame[self.frame["metric"] == metric]
        for column, value in wanted.items():
            if value is not None:
                rows = rows[rows[column] == value]
        return rows

    def tables(self, metric: str) -> pd.DataFrame:
        columns = ["treatment", "period_kind", "place_level", "dimension", "dimension_2"]
        return self.frame.loc[self.frame["metric"] == metric, columns].drop_duplicates()


def definitions(**changes: Any) -> Definitions:
    """One metric, `cleared`, a share whose reference is the city; `changes` replace its fields."""
    metric = Metric.model_validate(
        {
            "title": "Cleared", "objective": "clean", "definition": "d", "why": "w",
            "subject": "requests", "dataset": "requests", "kind": "share", "numerator": "ok",
            "unit": "percent", "direction": "higher_is_better", "dimensions": ["language"],
            "reference": {"kind": "city"}, "tolerance": {"percent": 10},
            "monitoring": {"cadence": "monthly", "owner": "o"},
            "tables": [{"periods": ["month"]}], "written_by": "w", "review_due": "2030-01-01",
        }
        | changes
    )  # fmt: skip
    return Definitions.model_construct(
        city=None, dimensions={}, populations={}, datasets={}, departments={},
        metrics={"cleared": metric}, department_of={"cleared": "beautifysj"}, digest="",
    )  # fmt: skip


def shares(
    x: np.ndarray, n: np.ndarray, periods: pd.DatetimeIndex = MONTHS, **key: Any
) -> list[dict[str, Any]]:
    """Entries of x of n, a period each; `key` names place or group and may replace anything."""
    kind = "month" if len(periods) == len(MONTHS) else "quarter"
    return [
        {
            "metric": "cleared", "period_kind": kind, "period": period, "place_level": "city",
            "place": "city", "status": "value", "estimate": 100 * a / b, "lower": 100 * a / b - 4,
            "upper": 100 * a / b + 4, "n": float(b), "numerator": float(a),
            "denominator": float(b), "unstable": False, "immature": False,
        } | key
        for period, a, b in zip(periods, x, n, strict=True)
    ]  # fmt: skip


def draw(rng: np.random.Generator, length: int = 84, n: int = 400, p: float = 0.6) -> np.ndarray:
    """Counts of an unchanged process."""
    return rng.binomial(n, p, length)
