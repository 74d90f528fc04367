"""The cells again, the slow and obvious way: loops over rows in plain Python, no SQL, no pandas."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Any

from equity.framework.expressions import ParsedExpression, columns_of, parse
from equity.framework.models import Definitions, Metric, Table

Row = dict[str, Any]
Key = tuple[Any, ...]


def period_of(kind: str, day: date, first: date, fiscal_year_start: int) -> date:
    if kind == "all":
        return date(first.year, first.month, 1)
    if kind == "month":
        return date(day.year, day.month, 1)
    if kind == "quarter":
        return date(day.year, {1: 1, 2: 4, 3: 7, 4: 10}[math.ceil(day.month / 3)], 1)
    if kind == "year":
        return date(day.year, 1, 1)
    begins = day.year if day.month >= fiscal_year_start else day.year - 1
    return date(begins, fiscal_year_start, 1)


@lru_cache
def _parsed(text: str, columns: tuple[tuple[str, str], ...]) -> ParsedExpression:
    return parse(text, dict(columns))


def result(row: Row, metric: Metric, treatment: str, columns: dict[str, str]) -> Any:
    """None where the record is not counted; else its outcome, or its number."""

    def value(text: str) -> Any:
        return _parsed(text, tuple(columns.items())).evaluate(row)

    if metric.filter and value(metric.filter) is not True:
        return None
    rules = []
    if metric.unfinished:
        rules = metric.unfinished.alternatives[treatment] if treatment else metric.unfinished.rule
    measured = metric.kind in ("duration", "amount")
    for rule in rules:
        if value(rule.when) is True:
            if rule.count_as == "left_out":
                return None
            if not measured:
                return (
                    True
                    if rule.count_as == "success"
                    else (False if metric.kind == "share" else None)
                )
    if measured:
        return value(metric.value)
    outcome = value(metric.numerator) if metric.numerator else True
    if metric.kind == "share":
        return outcome
    return outcome or None


def keys(row: Row, table: Table, metric: Metric, first: date, fiscal: int) -> Iterator[Key]:
    for level in {*table.places, "city"}:
        place = "city" if level == "city" else row[f"place_{level}"]
        for size in range(len(table.by) + 1):
            for dimensions in combinations(table.by, size):
                groups: list[str] = []
                for dimension in dimensions:
                    groups += [dimension, row[f"group_{dimension}"]]
                groups += [""] * (4 - len(groups))
                for kind in table.periods:
                    period = period_of(kind, row["local_date"], first, fiscal)
                    yield (kind, period, level, place, *groups)


def cells(rows: list[Row], definitions: Definitions, metric_id: str) -> dict[Key, dict[str, float]]:
    """Key (treatment first) → n, numerator, mean, m2, values."""
    metric = definitions.metrics[metric_id]
    columns = columns_of(definitions.datasets[metric.dataset])
    fiscal = definitions.city.fiscal_year_start
    first = min(row["local_date"] for row in rows)
    members: dict[Key, list[Any]] = {}
    for row in rows:
        for treatment in ["", *(metric.unfinished.alternatives if metric.unfinished else [])]:
            outcome = result(row, metric, treatment, columns)
            if outcome is None:
                continue
            seen = set()
            for table in metric.tables:
                if treatment and not table.treatments:
                    continue
                seen |= set(keys(row, table, metric, first, fiscal))
            for key in seen:
                members.setdefault((treatment, *key), []).append(outcome)
    answer = {}
    for key, values in members.items():
        mean = math.fsum(values) / len(values)
        answer[key] = {
            "n": len(values),
            "numerator": sum(value is True for value in values),
            "mean": mean,
            "m2": math.fsum((value - mean) ** 2 for value in values),
            "values": sorted(values),
        }
    return answer


def between_places(
    groups: list[list[tuple[float, float]]], variances: list[float]
) -> list[tuple[float, float]]:
    """Each group's dispersion from its places' (sum, size), and its degrees of freedom.

    A group of five places or more stands by itself; another borrows from all of them.
    """
    common, pooled = _together(groups, variances)
    found = []
    for places, variance in zip(groups, variances, strict=True):
        whole = math.fsum(w for _, w in places)
        design = math.fsum(w * w for _, w in places) / whole
        rho, freedom = _together([places], [variance])
        if len(places) < 5 or not variance > 0:
            rho, freedom = max(common, rho), pooled
        found.append((1 + rho * design, freedom))
    return found


def _together(
    groups: list[list[tuple[float, float]]], variances: list[float]
) -> tuple[float, float]:
    """The ρ of some groups and the degrees of freedom with which it is known."""
    excess = lever = trace = second = 0.0
    telling = [
        places
        for places, variance in zip(groups, variances, strict=True)
        if len(places) > 1 and variance > 0
    ]
    of = {id(places): variance for places, variance in zip(groups, variances, strict=True)}
    for places in telling:
        y, w = math.fsum(a for a, _ in places), math.fsum(b for _, b in places)
        excess += math.fsum((a - b * y / w) ** 2 / (b * of[id(places)]) for a, b in places)
        excess -= len(places) - 1
        lever += w - math.fsum(b * b for _, b in places) / w
    rho = max(0.0, excess) / lever if lever else 0.0
    for places in telling:
        whole = math.fsum(b for _, b in places)
        for i, (_, wi) in enumerate(places):
            for j, (_, wj) in enumerate(places):
                # The matrix of Σ(y − wȳ)²/w, times the variances that ρ gives.
                entry = (i == j) - math.sqrt(wi * wj) / whole
                trace += entry * (1 + rho * wi) if i == j else 0.0
                second += entry**2 * (1 + rho * wi) * (1 + rho * wj)
    return rho, trace**2 / second if second else 0.0
