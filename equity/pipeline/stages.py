"""The stages of a build, each calling the room that does it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import duckdb
import pandas as pd

from equity import cube, disclosure, framework, monitoring, places, records, simulate
from equity.framework.models import Dataset, Definitions
from equity.pipeline.candidate import Candidate
from equity.pipeline.inputs import program_digest
from equity.publication import Publication
from equity.records.ledger import check_balance
from equity.schema import (
    CHARTS_TABLE,
    ESTIMATE_COLUMNS,
    KEY,
    SIGNALS_TABLE,
    TARGETS_TABLE,
    TRENDS_TABLE,
)
from equity.workspace import Workspace

Done = Callable[[float], None]


@dataclass(frozen=True)
class Ground:
    """Places and people: what every estimate stands on.

    `display`: level → file for maps; `told`: what was done to boundaries and counts, for the meta.
    """

    places: pd.DataFrame
    population: pd.DataFrame
    display: dict[str, str]
    told: dict[str, Any]


def check(workspace: Workspace) -> tuple[str, ...]:
    """The warnings of the definitions; raises `DefinitionError` with every error."""
    problems = framework.require(workspace, date.today())  # noqa: DTZ011 - a review falls due here
    return tuple(str(problem) for problem in problems)


def make_records(workspace: Workspace, rows: int | None, done: Done) -> None:
    """Synthetic raw exports, where those in the store are not what would be made now."""
    simulate.generate(workspace, rows, progress=lambda name, part: done(part))


def ground(workspace: Workspace, definitions: Definitions) -> Ground:
    """Display boundaries, places and populations."""
    population, report = places.population_with_report(workspace, definitions)
    return Ground(
        places.place_table(workspace, definitions),
        population,
        places.write_display(workspace, definitions),
        places.told(workspace, definitions, report),
    )


def take_in(
    workspace: Workspace, definitions: Definitions, dataset: str, done: Done
) -> tuple[int, int, int]:
    """Take a dataset's files in; rows read, accepted, quarantined. They balance, or it raises."""
    ledger = records.take_in(workspace, definitions, dataset, lambda name, part: done(part))
    check_balance(ledger)
    return (
        sum(entry.rows_read for entry in ledger),
        sum(entry.accepted for entry in ledger),
        sum(entry.in_quarantine for entry in ledger),
    )


def estimate(
    workspace: Workspace, definitions: Definitions, ground: Ground, done: Done
) -> pd.DataFrame:
    """The entries of every metric before disclosure control, by way of a working file."""
    workspace.cube.mkdir(parents=True, exist_ok=True)
    working = workspace.cube / "cells.duckdb"
    for path in workspace.cube.glob("cells.duckdb*"):
        path.unlink()
    frames = []
    spill = workspace.cube / "spill"
    with duckdb.connect(str(working), config={"temp_directory": str(spill)}) as connection:
        for count, (metric, definition) in enumerate(definitions.metrics.items()):
            dataset = definition.dataset
            if definitions.datasets[dataset].kind == "aggregate":
                frame = records.read_aggregate(workspace, definitions, dataset)
                cube.build_aggregate(connection, definitions, metric, frame)
            else:
                parts = records.parts(workspace, definitions, dataset)
                cube.build(connection, workspace, definitions, metric, parts, ground.population)
            frames.append(
                cube.estimate(connection, definitions, metric, ground.population, ground.places)
            )
            done((count + 1) / len(definitions.metrics))
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return pd.DataFrame(columns=[*KEY, *ESTIMATE_COLUMNS])
    return pd.concat(frames, ignore_index=True)


def protect(
    workspace: Workspace, definitions: Definitions, entries: pd.DataFrame, ground: Ground
) -> Candidate:
    """What may be published: protected entries, and what is said beside them."""
    return Candidate(
        disclosure.protect(entries, definitions),
        ground.places,
        ground.population,
        _meta(workspace, definitions, ground),
    )


def monitor(definitions: Definitions, held: Candidate) -> Candidate:
    """The candidate with what moves in it. It is looked for in what would be published alone."""
    with disclosure.preview(
        definitions, held.entries, held.places, held.population, held.meta
    ) as connection:
        publication = Publication.over(connection)
        watched = monitoring.watch(publication, definitions)
        found = {
            SIGNALS_TABLE: watched.signals,
            CHARTS_TABLE: watched.charts,
            TRENDS_TABLE: monitoring.trends(publication, definitions),
            TARGETS_TABLE: monitoring.targets(publication, definitions),
        }
    return replace(held, monitoring=found)


def _meta(workspace: Workspace, definitions: Definitions, ground: Ground) -> dict[str, Any]:
    ledger = records.read_ledger(workspace)
    smallest = definitions.city.thresholds.sensitive_at_most
    return {
        "built_from": definitions.digest,
        "program": program_digest(),
        "display": ground.display,
        **ground.told,
        "metric_digests": {
            name: hashlib.sha256(metric.model_dump_json().encode()).hexdigest()
            for name, metric in definitions.metrics.items()
        },
        "datasets": {
            name: _dataset(dataset, ledger[ledger["dataset"] == name], smallest)
            for name, dataset in definitions.datasets.items()
        },
    }


def _dataset(dataset: Dataset, ledger: pd.DataFrame, smallest: int) -> dict[str, Any]:
    """What readers are told of a dataset. Counts that are small are not told (None)."""
    public = dataset.already_public

    def count(column: str) -> int | None:
        total = int(ledger[column].sum())
        return None if public is None and 0 < total <= smallest else total

    dates = [text for name in ("first_date", "last_date") for text in ledger[name] if text]
    return {
        "title": dataset.title,
        "synthetic": dataset.synthetic,
        "first_date": min(dates, default=None),
        "last_date": max(dates, default=None),
        "already_public": public.model_dump(mode="json") if public else None,
        "files": len(ledger),
        "rows_read": count("rows_read") if count("in_quarantine") is not None else None,
        "accepted": count("accepted"),
        "quarantined": count("in_quarantine"),
    }
