"""From records to a warning: a gap that turns around when like is compared with like."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from equity import cube, disclosure
from equity.findings import compare
from equity.findings.like_for_like import contradiction
from equity.findings.model import Finding
from equity.framework.models import Definitions
from equity.publication import open_publication
from equity.schema import LIKE_FOR_LIKE, POPULATION_COLUMNS
from tests.cube import city


def records(shares: dict[tuple[str, str], tuple[int, float]]) -> list[dict[str, Any]]:
    """Rows of (language, income) → how many, and the share of them that were quick."""
    template = city.random_rows(2)[0] | {"place_district": "1"}
    rows = []
    for (language, income), (count, share) in shares.items():
        for number in range(count):
            rows.append(
                template | {"group_language": language, "group_income": income,
                            "days": 1.0 if number < share * count else 9.0,
                            "local_date": city.FIRST if number % 2 else date(2022, 11, 20)}
            )  # fmt: skip
    return rows


def findings(rows: list[dict[str, Any]], folder: Path) -> tuple[Finding, Finding]:
    """The crude and the like-for-like comparison of languages, through a published version."""
    metric = city.metric(
        "share", numerator="days <= 5", adjust_for=["income"],
        tables=[{"by": ["language"], "periods": ["all"]}],
    )  # fmt: skip
    definitions = city.definitions({"m": metric})
    definitions = Definitions(**{**dict(definitions), "department_of": {"m": "d"}})
    workspace, nobody = city.workspace(folder), pd.DataFrame(columns=list(POPULATION_COLUMNS))
    with duckdb.connect() as connection:
        parts = city.write_parts(rows, folder)
        cube.build(connection, workspace, definitions, "m", parts, nobody)
        entries = cube.estimate(connection, definitions, "m", nobody, city.places())
    places = city.places().assign(name="x", area_km2=1.0, x=0.0, y=0.0)
    disclosure.publish(workspace, definitions, disclosure.protect(entries, definitions), places, nobody, {})  # fmt: skip
    publication = open_publication(workspace)
    crude, alike = (
        compare(publication, definitions, "m", by="language", treatment=treatment)
        for treatment in ("", LIKE_FOR_LIKE)
    )
    return crude, alike


def values(finding: Finding) -> dict[str, float | None]:
    return {entry.code: entry.estimate for entry in finding.entries}


def test_a_paradox_of_simpsons_is_found_from_end_to_end(tmp_path: Path) -> None:
    # Within each income Spanish is served better; but most of its records are of the hard kind.
    shares = {
        ("english", "high"): (5400, 0.80), ("english", "low"): (600, 0.30),
        ("spanish", "high"): (600, 0.98), ("spanish", "low"): (5400, 0.50),
    }  # fmt: skip
    crude, alike = findings(records(shares), tmp_path)
    assert (crude.verdict, crude.worst) == ("gap", "spanish")
    assert (alike.verdict, alike.worst) == ("gap", "english")
    assert values(alike)["spanish"] == pytest.approx(50 * 0.98 + 50 * 0.50)
    assert values(alike)["english"] == pytest.approx(50 * 0.80 + 50 * 0.30)
    # The city is its own mix, so the reference is the same.
    assert alike.reference_value == pytest.approx(crude.reference_value)
    assert contradiction(crude, alike) == "side"
    assert contradiction(alike, crude) == "side"


def test_a_gap_that_is_all_mix_is_a_verdict_that_changes(tmp_path: Path) -> None:
    shares = {
        ("english", "high"): (2700, 0.80), ("english", "low"): (300, 0.30),
        ("spanish", "high"): (300, 0.80), ("spanish", "low"): (2700, 0.30),
    }  # fmt: skip
    crude, alike = findings(records(shares), tmp_path)
    assert (crude.verdict, alike.verdict == "gap") == ("gap", False)
    assert contradiction(crude, alike) == "verdict"


def test_a_gap_within_every_kind_is_no_contradiction(tmp_path: Path) -> None:
    shares = {
        ("english", "high"): (1500, 0.80), ("english", "low"): (1500, 0.60),
        ("spanish", "high"): (1500, 0.50), ("spanish", "low"): (1500, 0.30),
    }  # fmt: skip
    crude, alike = findings(records(shares), tmp_path)
    assert crude.verdict == alike.verdict == "gap"
    assert contradiction(crude, alike) == ""


def test_what_is_withheld_contradicts_nothing(tmp_path: Path) -> None:
    shares = {
        ("english", "high"): (1500, 0.80), ("english", "low"): (1500, 0.60),
        ("spanish", "high"): (12, 0.50), ("spanish", "low"): (1500, 0.30),
    }  # fmt: skip
    crude, alike = findings(records(shares), tmp_path)
    assert crude.verdict == "gap"
    assert "spanish" in alike.missing
    assert contradiction(crude, alike) == ""
