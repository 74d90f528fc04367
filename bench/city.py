"""Sample cities of many sizes, built by the program itself in a process of its own."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.report import Line
from equity.simulate import parquet_copy
from equity.workspace import PROGRAM_ROOT, Workspace, open_workspace

STORES = PROGRAM_ROOT / "bench" / "store"
"""Not in git, and kept from run to run: what is measured on a city builds only what changed."""
PARQUET_FROM = 2_000_000
"""Records from which exports are Parquet: reading text would be most of the time."""


@dataclass(frozen=True)
class Built:
    """A finished build: seconds and peak memory (GiB) of the process tree that made it."""

    workspace: Workspace
    seconds: float
    peak: float
    output: str


def _place(rows: int) -> Workspace:
    """The workspace of `rows` synthetic records: the sample's, its contracts read as Parquet.

    Definitions are copied anew every time, so that they are those of today; the store stays.
    """
    folder = STORES / str(rows)
    made = STORES / f".made-{rows}"
    shutil.rmtree(made, ignore_errors=True)
    workspace = open_workspace(environ={})
    if rows < PARQUET_FROM:
        shutil.copytree(workspace.root, made, ignore=shutil.ignore_patterns("store"))
    else:
        parquet_copy(workspace, made)
    if (folder / "store").is_dir():
        (folder / "store").rename(made / "store")
    shutil.rmtree(folder, ignore_errors=True)
    made.rename(folder)
    return open_workspace(folder, environ={})


def build(rows: int, *, anew: bool = False) -> Built:
    """Build and publish the sample with `rows` records; nothing is redone unless `anew`."""
    workspace = _place(rows)
    if anew:
        shutil.rmtree(workspace.store, ignore_errors=True)
    environment = {**os.environ, "EQUITY_WORKSPACE": str(workspace.root)}
    environment.pop("EQUITY_STORE", None)
    # compiling every module anew on every run is not how anybody runs it
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "equity", "build", "--publish", "--rows", str(rows)],
        cwd=PROGRAM_ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    with process, Peak(process.pid) as peak:
        output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"the build of {rows:,} records failed:\n{output[-2000:]}")
    return Built(workspace, time.perf_counter() - begin, peak.gib, output)


class Peak:
    """The largest resident memory of a process, its children included, while it is watched."""

    def __init__(self, pid: int, every: float = 0.05):
        self.gib = 0.0
        self._pid, self._every = pid, every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(self._every):
            self.gib = max(self.gib, resident(self._pid))


def resident(pid: int) -> float:
    """GiB of memory that a process and its children hold now; 0 where it has ended."""
    page = resource.getpagesize()
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            folder = Path(f"/proc/{one}")
            total += int((folder / "statm").read_text().split()[1]) * page
            for task in (folder / "task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except (OSError, ValueError, IndexError):
            continue
    return total / 2**30


def measure_sample() -> Iterator[Line]:
    """The sample as people get it: 300,000 records generated and built."""
    built = build(300_000, anew=True)
    yield Line("300,000 records generated and built", built.seconds, "s", limit=20)
    yield Line("  peak memory", built.peak, "GiB")


def measure_build(rows: int, limit: float | None = None) -> Iterator[Line]:
    """A build of `rows` records from nothing: seconds and peak memory."""
    built = build(rows, anew=True)
    yield Line(f"{rows / 1e6:g} million records generated and built", built.seconds, "s")
    yield Line("  peak memory", built.peak, "GiB", limit=limit)
