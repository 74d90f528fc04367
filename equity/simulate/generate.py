"""Makes the sample's raw exports, and writes down the truth that they hold."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from equity.simulate.city import SampleCity, city_settings, make_city
from equity.simulate.clock import Clock
from equity.simulate.drawing import Batch, split_rows
from equity.simulate.dumping_requests import make_dumping_requests
from equity.simulate.enrolments import make_enrolments
from equity.simulate.fire_incidents import make_fire_incidents
from equity.simulate.parameters import digest, read_yaml
from equity.simulate.tally import Tally
from equity.simulate.truth import describe
from equity.simulate.writing import write_export
from equity.workspace import Workspace

Progress = Callable[[str, float], None]
"""Called with the name of the file just written and the part of the rows that is done, 0 to 1."""
TRUTH = "truth.json"
BATCH_ROWS = 500_000
MAKERS: dict[str, Callable[[Batch], pa.Table]] = {
    "enrolments": make_enrolments,
    "fire_incidents": make_fire_incidents,
    "dumping_requests": make_dumping_requests,
}
_SUFFIXES = {"csv": "csv.gz", "parquet": "parquet"}
_THREADS = 2


@dataclass(frozen=True)
class _Task:
    """One file to write: one dataset, one fiscal year."""

    dataset: str
    number: int
    position: int
    fiscal_year: int
    rows: int
    path: Path


def generate(
    workspace: Workspace,
    rows: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
) -> Path:
    """Writes the synthetic exports into `workspace.raw`; the path of their truth (`truth.json`).

    `rows` in all (default: `sample/sample.yml`), exactly, duplicates and faults included; below
    1,000 rows a dataset and year may have none of some fault. One file a dataset and fiscal year, in
    the format of the dataset's contract (CSV in gzip, or Parquet; `parquet_copy` is for millions of
    rows). The same workspace, rows and seed give the same
    bytes, and a second call does nothing. Memory is bounded whatever the number of rows.
    """
    sample = read_yaml(workspace.root / "sample" / "sample.yml")
    rows = int(sample["rows"] if rows is None else rows)
    seed = int(sample["seed"] if seed is None else seed)
    if rows < 1:
        raise ValueError(f"rows must be at least 1, not {rows}")
    mark = digest(workspace.root, seed, rows)
    truth = workspace.raw / TRUTH
    if is_current(workspace, mark):
        return truth
    workspace.raw.mkdir(parents=True, exist_ok=True, mode=0o700)
    truth.unlink(missing_ok=True)
    _remove_exports(workspace)
    settings = {name: read_yaml(workspace.root / "sample" / f"{name}.yml") for name in MAKERS}
    time_zone, start_month = city_settings(workspace.root)
    first = int(sample["first_fiscal_year"])
    years = int(sample["years"])
    clock = Clock(time_zone, date(first, start_month, 1), date(first + years, start_month, 1))
    city = make_city(workspace.root, seed)
    tasks = _tasks(workspace, sample, settings, rows)
    done = 0

    def run(task: _Task) -> Tally:
        tally = Tally()
        batches = _batches(task, settings[task.dataset], city, clock, start_month, seed, tally)
        write_export(task.path, batches, mark=task.dataset == "enrolments")
        return tally

    total = Tally()
    with ThreadPoolExecutor(_THREADS) as pool:
        for task, tally in zip(tasks, pool.map(run, tasks), strict=True):
            total.merge(tally)
            done += task.rows
            if progress is not None:
                progress(task.path.name, done / rows)
    document = {
        "synthetic": True,
        "digest": mark,
        "seed": seed,
        "rows": rows,
        "rows_by_dataset": {
            name: sum(task.rows for task in tasks if task.dataset == name) for name in MAKERS
        },
        "files": {task.path.name: task.path.stat().st_size for task in tasks},
        **describe(total, settings, city, start_month),
    }
    _write_atomically(truth, json.dumps(document, indent=1, ensure_ascii=False, default=str))
    return truth


def is_current(workspace: Workspace, mark: str) -> bool:
    """Whether the exports in the store are those of digest `mark`, all there and whole."""
    truth = workspace.raw / TRUTH
    if not truth.is_file():
        return False
    known = json.loads(truth.read_text(encoding="utf-8"))
    return known["digest"] == mark and all(
        (workspace.raw / name).is_file() and (workspace.raw / name).stat().st_size == size
        for name, size in known["files"].items()
    )


def _tasks(
    workspace: Workspace, sample: dict[str, Any], settings: dict[str, dict[str, Any]], rows: int
) -> list[_Task]:
    first = int(sample["first_fiscal_year"])
    tasks = []
    shares = [sample["datasets"][name] for name in MAKERS]
    for number, (dataset, share) in enumerate(zip(MAKERS, split_rows(rows, shares), strict=True)):
        contract = read_yaml(workspace.root / "datasets" / f"{dataset}.yml")
        suffix = _SUFFIXES[contract.get("format", "csv")]
        weights = settings[dataset]["years"][: sample["years"]]
        for position, count in enumerate(split_rows(share, weights)):
            year = first + position
            name = f"{dataset}_{year}-{(year + 1) % 100:02d}.{suffix}"
            if count:
                path = workspace.raw / name
                tasks.append(_Task(dataset, number, position, year, count, path))
    return tasks


def _batches(
    task: _Task,
    settings: dict[str, Any],
    city: SampleCity,
    clock: Clock,
    start_month: int,
    seed: int,
    tally: Tally,
) -> Iterator[pa.Table]:
    for number, begin in enumerate(range(0, task.rows, BATCH_ROWS)):
        batch = Batch(
            n=min(BATCH_ROWS, task.rows - begin),
            fiscal_year=task.fiscal_year,
            start_month=start_month,
            position=task.position,
            serial=begin,
            settings=settings,
            city=city,
            clock=clock,
            rng=np.random.default_rng([seed, task.number, task.position, number]),
            tally=tally,
        )
        yield MAKERS[task.dataset](batch)


def _remove_exports(workspace: Workspace) -> None:
    for dataset in MAKERS:
        for path in workspace.raw.glob(f"{dataset}_*"):
            path.unlink()


def _write_atomically(path: Path, text: str) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_text(text + "\n", encoding="utf-8")
    os.replace(unfinished, path)
