"""The truth of a sample as one JSON document: what was planted, and the values it leads to.

`values`: metric → by → period (a fiscal year's first day, or `all`) → code → `n`, `numerator` (as
drawn), `expected` (sum of the chances) and `value`, the true value in the metric's unit. By is
`city`, `place:<level>`, a dimension, or two with a comma. `planted`: each effect with its group's
value and the city's by fiscal year. `quarantined`: dataset → reason in the ledger → rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from equity.simulate.city import SampleCity
from equity.simulate.dumping_requests import MEDIAN
from equity.simulate.enrolments import INCOMES, REACH, RECIPIENTS, SIZES
from equity.simulate.tally import Tally, labels, median_of_mixture

ALL = "all"


def describe(
    tally: Tally, settings: Mapping[str, dict[str, Any]], city: SampleCity, start_month: int
) -> dict[str, Any]:
    """The document's `planted`, `none`, `quarantined` and `values`."""
    spread = settings["dumping_requests"]["elapsed"]["spread"]
    values = _values(tally, city, start_month)
    _add_medians(values, tally, spread, start_month)
    effects = [
        {"dataset": dataset, **effect}
        for dataset, own in settings.items()
        for effect in own["effects"]
    ]
    return {
        "planted": [_planted(effect, values) for effect in effects],
        "none": [
            {"dataset": dataset, **entry}
            for dataset, own in settings.items()
            for entry in own["none"]
        ],
        "quarantined": {
            dataset: dict(sorted(reasons.items()))
            for dataset, reasons in sorted(tally.quarantined.items())
        },
        "values": values,
    }


def _period(year: int, start_month: int) -> str:
    return f"{year}-{start_month:02d}-01"


def _values(tally: Tally, city: SampleCity, start_month: int) -> dict[str, Any]:
    values: dict[str, Any] = {}
    totals: dict[tuple[str, str], np.ndarray] = {}
    for (metric, year, by), sums in sorted(tally.counts.items()):
        period = _period(year, start_month)
        known = totals.get((metric, by))
        totals[(metric, by)] = sums if known is None else known + sums
        _put(values, metric, by, period, sums, tally, city)
    for (metric, by), sums in totals.items():
        if metric != REACH:  # a rate of seven years over one year's households says nothing
            _put(values, metric, by, ALL, sums, tally, city)
    return values


def _put(
    values: dict[str, Any], metric: str, by: str, period: str, sums: np.ndarray, tally: Tally,
    city: SampleCity,
) -> None:  # fmt: skip
    codes = labels(by, tally.codes[by])
    denominator = sums[:, 0].astype(float)
    if metric == REACH:
        denominator = np.append(households(city, by), np.nan)
    if metric == RECIPIENTS:
        denominator = np.full(len(sums), sums[:, 1].sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = 100 * sums[:, 1] / denominator
    entry = {
        code: {
            "n": int(row[0]),
            "expected": round(float(row[1]), 3),
            "numerator": int(row[2]),
            "value": round(float(share), 4) if np.isfinite(share) else None,
        }
        for code, row, share in zip(codes, sums, shares, strict=True)
        if row[0]
    }
    values.setdefault(metric, {}).setdefault(by, {})[period] = entry


def households(city: SampleCity, by: str) -> np.ndarray:
    """Qualified households of each group of `by`: the denominators of the reach."""
    frame = city.households
    if by == "place:zip":
        return frame["households"].to_numpy(float)
    if by == "city":
        return np.array([float(frame["households"].sum())])
    if by == "household_size":
        return np.array([float(frame[f"size_{size}"].sum()) for size in SIZES])
    if by == "income":
        return np.array([float(frame[f"income_{income}"].sum()) for income in INCOMES])
    return np.array(
        [float(frame[f"size_{s}_income_{i}"].sum()) for s in SIZES for i in INCOMES], float
    )


def _add_medians(values: dict[str, Any], tally: Tally, spread: float, start_month: int) -> None:
    totals: dict[str, np.ndarray] = {}
    for (metric, year, by), table in sorted(tally.medians.items()):
        totals[by] = totals[by] + table if by in totals else table
        entry = _medians(table, labels(by, tally.codes[by]), spread)
        values.setdefault(metric, {}).setdefault(by, {})[_period(year, start_month)] = entry
    for by, table in totals.items():
        values[MEDIAN][by][ALL] = _medians(table, labels(by, tally.codes[by]), spread)


def _medians(table: np.ndarray, codes: list[str], spread: float) -> dict[str, Any]:
    entry = {}
    for code, row in zip(codes, table, strict=True):
        median = median_of_mixture(row, spread)
        if median is not None:
            entry[code] = {"n": int(row.sum()), "value": round(median, 4)}
    return entry


def _planted(effect: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The effect with the true values of its group and of the city, by metric and period."""
    seen: dict[str, Any] = {}
    for metric in (effect["metric"], *effect.get("also", [])):
        groups = values.get(metric, {}).get(effect["by"], {})
        seen[metric] = {
            period: {
                "group": entry.get(str(effect["group"]), {}).get("value"),
                "city": values[metric]["city"][period].get("city", {}).get("value"),
            }
            for period, entry in groups.items()
        }
    plain: dict[str, Any] = {
        key: {str(day): value for day, value in effect[key].items()}
        for key in ("multiply", "add")
        if key in effect
    }
    return {**effect, **plain, "values": seen}
