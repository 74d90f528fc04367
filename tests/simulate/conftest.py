"""A small sample, made once for this folder's tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from equity.simulate import generate
from equity.workspace import Workspace, open_workspace

ROOT = Path(__file__).resolve().parents[2] / "data"
ROWS = 30_000


@pytest.fixture(scope="session")
def sample_in() -> Callable[[Path], Workspace]:
    """The shipped workspace with its store in a folder of one's own."""
    return lambda store: open_workspace(ROOT, {"EQUITY_STORE": str(store)})


@pytest.fixture(scope="session")
def sample(
    sample_in: Callable[[Path], Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """The shipped workspace with 30,000 rows of raw exports in a store of its own."""
    workspace = sample_in(tmp_path_factory.mktemp("sample"))
    generate(workspace, rows=ROWS)
    return workspace


@pytest.fixture(scope="session")
def truth(sample: Workspace) -> dict[str, Any]:
    """The truth of `sample`."""
    document: dict[str, Any] = json.loads((sample.raw / "truth.json").read_text(encoding="utf-8"))
    return document


@pytest.fixture(scope="session")
def raw(sample: Workspace) -> dict[str, pd.DataFrame]:
    """The raw exports of `sample` as text, by dataset, with the fiscal year of their file."""
    frames: dict[str, list[pd.DataFrame]] = {}
    for path in sorted(sample.raw.glob("*.csv.gz")):
        dataset, year = path.name.split(".")[0].rsplit("_", 1)
        frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
        frames.setdefault(dataset, []).append(frame.assign(fiscal_year=year[:4]))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in frames.items()}
