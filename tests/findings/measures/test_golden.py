"""Measures against the published unit tests of WHO's healthequal, read in place."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from equity.findings import summarize
from equity.workspace import PROGRAM_ROOT

DATA = Path(os.environ.get("EQUITY_DATA_ROOT") or PROGRAM_ROOT.parent / "shared/data/sanjose")
FILE = DATA.parent.parent / "golden" / "measures.json"
EXPECTED: list[dict[str, Any]] = (
    json.loads(FILE.read_text("utf-8"))["expected"] if FILE.is_file() else []
)
pytestmark = pytest.mark.skipif(not EXPECTED, reason="the golden values are not here")


@lru_cache
def summary(case: str, reference: bool) -> pd.DataFrame:
    inputs = json.loads(FILE.read_text("utf-8"))["inputs"][case]
    names = [f"g{number:02d}" for number in range(len(inputs["est"]))]
    frame = pd.DataFrame(
        {"group": names, "estimate": inputs["est"], "se": inputs["se"], "population": inputs["pop"]}
    )
    if "subgroup_order" in inputs:
        frame["order"] = inputs["subgroup_order"]
    chosen = names[inputs["reference_subgroup"].index(1)] if reference else None
    direction = "higher_is_better" if inputs["favourable"] else "lower_is_better"
    shuffled = frame.sample(frac=1, random_state=1)
    return summarize(shuffled, direction=direction, reference=chosen, scale=inputs["scale"])


def code_of(expected: dict[str, Any]) -> tuple[str, float]:
    """Our code for a published row, and what its value is multiplied by to be in our unit."""
    code, variant = expected["code"], expected["variant"]
    if variant == "linear=TRUE":
        return f"{code}_linear", 1.0
    if code == "rci" and "," in variant:
        return f"rci_{variant.split(',')[0]}", 1.0
    return code, 100.0 if variant == "lmin=0,lmax=scale" else 1.0


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda e: f"{e['code']} {e['variant']}")
def test_a_published_value(expected: dict[str, Any]) -> None:
    code, unit = code_of(expected)
    case = expected["case"].removeprefix("unit_test_")
    row = summary(case, expected["variant"] == "reference_subgroup").loc[code]
    assert row["estimate"] == pytest.approx(expected["estimate"] * unit, rel=1e-9, abs=1e-9)
    for name in ("se", "lower", "upper"):
        if name in expected:
            assert row[name] == pytest.approx(expected[name] * unit, rel=1e-6)


def test_every_published_code_is_checked() -> None:
    assert len(EXPECTED) == 30
    assert len({code_of(expected)[0] for expected in EXPECTED}) == 23
