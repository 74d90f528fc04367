"""The candidate: what the next publication would say, kept until somebody publishes it."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from equity.errors import EquityError
from equity.schema import ESTIMATE_COLUMNS, KEY, MONITORING_TABLES
from equity.workspace import Workspace

_TABLES = ("entries", "places", "population")


@dataclass(frozen=True)
class Candidate:
    """Protected entries with what is published beside them; see `equity.disclosure.publish`."""

    entries: pd.DataFrame
    places: pd.DataFrame
    population: pd.DataFrame
    meta: dict[str, Any]
    monitoring: dict[str, pd.DataFrame] = field(default_factory=dict)
    """Signals, charts and trends, by table (`equity.schema.MONITORING_TABLES`)."""


def exists(workspace: Workspace) -> bool:
    """Whether there is a candidate."""
    return (_folder(workspace) / "meta.json").is_file()


def write(workspace: Workspace, candidate: Candidate) -> None:
    """Replace the candidate. The manifest must not name one while this runs."""
    folder = _folder(workspace)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    frames = {name: getattr(candidate, name) for name in _TABLES} | candidate.monitoring
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "meta.json").write_text(json.dumps(candidate.meta), encoding="utf-8")


def read(workspace: Workspace) -> Candidate:
    """The candidate. Raises `EquityError` where it cannot be read."""
    folder = _folder(workspace)
    try:
        entries, places, population = (
            pd.read_parquet(folder / f"{name}.parquet") for name in _TABLES
        )
        monitoring = {
            name: pd.read_parquet(folder / f"{name}.parquet")
            for name in MONITORING_TABLES
            if (folder / f"{name}.parquet").is_file()
        }
        meta = json.loads((folder / "meta.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise EquityError(
            f"The candidate in {workspace.name_of(folder)} cannot be read ({type(error).__name__}). "
            "Run `python -m equity build --force`."
        ) from None
    return Candidate(entries, places, population, meta, monitoring)


def contents(entries: pd.DataFrame) -> dict[str, str]:
    """A digest of each metric's entries, whatever order they come in."""
    columns = [*KEY, *ESTIMATE_COLUMNS]
    ordered = entries[columns].sort_values(list(KEY))
    return {
        str(metric): hashlib.sha256(
            pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes()
        ).hexdigest()[:20]
        for metric, rows in ordered.groupby("metric", sort=True)
    }


def _folder(workspace: Workspace) -> Path:
    return workspace.cube / "candidate"
