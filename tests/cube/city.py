"""A small city made in code: definitions of every kind of metric, random records, a population."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from equity.framework.models import City, Dataset, Definitions, Dimension, Metric
from equity.schema import POPULATION_COLUMNS, UNKNOWN
from equity.workspace import Workspace

DISTRICTS = ["1", "2", "3"]
LANGUAGES = ["english", "spanish"]
INCOMES = ["low", "high"]
BLOCKS = {"a": "poor", "b": "poor", "c": "poor", "d": "rich", "e": "rich", "f": "rich"}
"""Block → the wealth of the area, of which it makes a group."""
FIRST, LAST = date(2021, 2, 11), date(2022, 11, 20)

_CITY = {
    "name": "Test", "synthetic": True, "time_zone": "UTC", "languages": ["en"],
    "crs": "EPSG:32631", "fiscal_year_start": 7,
    "place_levels": [
        {"id": "district", "title": "District", "title_plural": "Districts", "code": "c",
         "boundaries": "b.geojson", "name": "{c}", "source": {"name": "test"}},
        {"id": "block", "title": "Block", "title_plural": "Blocks", "code": "c",
         "boundaries": "b.geojson", "name": "{c}", "source": {"name": "test"}},
    ],
    "attributes": [
        {"id": "wealth", "title": "Wealth", "level": "block", "method": "column", "file": "b.csv",
         "key": "c", "column": "wealth", "source": {"name": "test"}},
    ],
}  # fmt: skip

_RECORDS = {
    "title": "Requests", "owner": "x", "source": {"name": "test"}, "files": ["a.csv"],
    "time": "received",
    "fields": {
        "received": {"type": "timestamp"},
        "days": {"type": "number"},
        "cost": {"type": "number"},
        "state": {"type": "code", "codes": {"open": "open", "closed": "closed"}},
    },
}  # fmt: skip

TABLES = [
    {"places": ["district"], "by": ["language", "income"], "periods": ["quarter", "all"]},
    {"places": ["district"], "periods": ["month", "fiscal_year", "year"]},
]


def dimension(id: str, groups: list[str], **source: str) -> Dimension:
    return Dimension.model_validate(
        {
            "id": id, "title": id, "source": source or {"field": "state"},
            "groups": [{"code": code, "label": code} for code in groups],
        }
    )  # fmt: skip


def metric(kind: str, **more: Any) -> Metric:
    return Metric.model_validate(
        {
            "title": "m", "objective": "o", "definition": "d", "why": "w", "subject": "requests",
            "dataset": "requests", "kind": kind, "unit": "percent", "tables": TABLES,
            "direction": "higher_is_better", "dimensions": ["language", "income"],
            "reference": {"kind": "city"}, "tolerance": {"percent": 10},
            "monitoring": {"cadence": "yearly", "owner": "x"},
            "written_by": "x", "review_due": date(2030, 1, 1), **more,
        }
    )  # fmt: skip


UNFINISHED = {
    "rule": [{"when": "days is null and state = 'closed'", "count_as": "success"},
             {"when": "days is null", "count_as": "left_out"}],
    "alternatives": {
        "left_out": [{"when": "days is null", "count_as": "left_out"}],
        "not_done": [{"when": "days is null", "count_as": "failure"}],
    },
}  # fmt: skip

METRICS = {
    "quick_share": metric(
        "share", numerator="days <= 5", unfinished=UNFINISHED, filter="cost >= 0",
        tables=[{**table, "treatments": True} for table in TABLES],
    ),
    "request_rate": metric("rate", population="residents", per=1000, numerator="cost > 20"),
    "mean_days": metric("duration", value="days", statistic="mean", unit="days"),
    "median_days": metric("duration", value="days", statistic="median", unit="days"),
    "late_days": metric("duration", value="days", statistic="percentile", percentile=0.9, unit="days"),
    "mean_cost": metric("amount", value="cost", statistic="mean", unit="dollars"),
    "median_cost": metric("amount", value="cost", statistic="median", unit="dollars", filter="cost > 0"),
    "total_cost": metric("amount", value="cost", statistic="total", unit="dollars"),
    "cost_per_person": metric("amount", value="cost", statistic="total", unit="dollars", population="residents"),
    "representation": metric("representation", population="residents"),
}  # fmt: skip


def definitions(metrics: dict[str, Metric] = METRICS, **datasets: Dataset) -> Definitions:
    return Definitions(
        city=City.model_validate(_CITY),
        dimensions={
            "language": dimension("language", LANGUAGES), "income": dimension("income", INCOMES),
            # of another dataset: these records have no such group
            "race": dimension("race", ["a", "b"]),
            "wealth": dimension("wealth", ["poor", "rich"], attribute="wealth"),
        },
        populations={}, departments={}, department_of={}, digest="test", metrics=metrics,
        datasets={"requests": Dataset.model_validate(_RECORDS), **datasets},
    )  # fmt: skip


def random_rows(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Accepted records as plain rows; district 3 has no Spanish-speaking records at all."""
    draw, of_blocks = random.Random(seed), random.Random(seed)
    rows = []
    for _ in range(count):
        place = draw.choice([*DISTRICTS, "outside"])
        day = FIRST + timedelta(days=draw.randrange((LAST - FIRST).days + 1))
        block = of_blocks.choice(["a", *BLOCKS, "outside"])
        rows.append(
            {
                "local_date": day,
                "received": pd.Timestamp(day),
                "days": None if draw.random() < 0.15 else round(draw.lognormvariate(1.2, 1.0), 3),
                "cost": round(draw.gauss(30, 40), 2) if draw.random() < 0.95 else 0.0,
                "state": draw.choice(["open", "closed", None]),
                "place_district": place,
                "place_block": block,
                "group_wealth": BLOCKS.get(block, UNKNOWN),
                "group_language": draw.choice(["english", UNKNOWN] if place == "3" else [*LANGUAGES, UNKNOWN]),
                "group_income": draw.choice([*INCOMES, UNKNOWN]),
            }
        )  # fmt: skip
    rows[0]["local_date"], rows[-1]["local_date"] = FIRST, LAST
    return rows


_COLUMNS = ["local_date", "received", "days", "cost", "state", "place_district", "place_block", "group_wealth", "group_language", "group_income"]  # fmt: skip


def write_parts(rows: list[dict[str, Any]], folder: Path, parts: int = 2) -> list[Path]:
    """Write rows as Parquet parts, as intake does."""
    paths = []
    for number in range(parts):
        path = folder / f"part{number}.parquet"
        chunk = pd.DataFrame(rows[number::parts], columns=_COLUMNS)
        with duckdb.connect() as connection:
            connection.register("chunk", chunk)
            connection.execute(
                "COPY (SELECT local_date::DATE AS local_date, received::TIMESTAMP AS received, "
                "days::DOUBLE AS days, cost::DOUBLE AS cost, state::VARCHAR AS state, "
                "place_district, place_block, group_wealth, group_language, group_income FROM chunk) "
                f"TO '{path}' (FORMAT parquet)"
            )
        paths.append(path)
    return paths


def population() -> pd.DataFrame:
    """People by district, language, income and both (in the other order than tables name them)."""
    rows = []
    for place_number, place in enumerate(["city", *DISTRICTS]):
        base = 6000 if place == "city" else 1000 * place_number
        level = "city" if place == "city" else "district"
        rows.append([level, place, "", "", "", "", base])
        for language, part in zip(LANGUAGES, (0.7, 0.3), strict=True):
            rows.append([level, place, "language", language, "", "", base * part])
            for income, other in zip(INCOMES, (0.4, 0.6), strict=True):
                rows.append(
                    [level, place, "income", income, "language", language, base * part * other]
                )
        for income, part in zip(INCOMES, (0.4, 0.6), strict=True):
            rows.append([level, place, "income", income, "", "", base * part])
    for number, block in enumerate(BLOCKS):
        rows.append(["block", block, "", "", "", "", 500 + 200 * number])
        for language, part in zip(LANGUAGES, (0.7, 0.3), strict=True):
            rows.append(["block", block, "language", language, "", "", (500 + 200 * number) * part])
    for group in ("poor", "rich"):
        count = sum(row[6] for row in rows if BLOCKS.get(row[1]) == group and not row[2])
        rows.append(["city", "city", "wealth", group, "", "", count])
        for language, part in zip(LANGUAGES, (0.7, 0.3), strict=True):
            rows.append(["city", "city", "wealth", group, "language", language, count * part])
    return pd.DataFrame(
        [["residents", *row, 50.0, 1.0] for row in rows], columns=list(POPULATION_COLUMNS)
    )  # fmt: skip


def places() -> pd.DataFrame:
    rows = [("city", "city"), *(("district", code) for code in [*DISTRICTS, "outside"])]
    return pd.DataFrame(rows, columns=["place_level", "place"])


def workspace(root: Path) -> Workspace:
    return Workspace(root=root, store=root / "store")
