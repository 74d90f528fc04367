"""Sample cities of many sizes, built by the program itself in a process of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.report import Line
from equity.workspace import PROGRAM_ROOT, Workspace, open_workspace

STORES = PROGRAM_ROOT / "bench" / "store"
"""Not in git, and kept from run to run: `make bench` builds only what changed."""


@dataclass(frozen=True)
class Built:
    """A finished build: seconds and peak memory (GiB) of the process tree that made it."""

    workspace: Workspace
    seconds: float
    peak: float
    output: str


def environment(rows: int) -> dict[str, str]:
    """The environment of a program whose store holds `rows` synthetic records."""
    return {**os.environ, "EQUITY_STORE": str(STORES / str(rows))}


def build(rows: int, *, anew: bool = False) -> Built:
    """Build and publish the sample with `rows` records; nothing is redone unless `anew`."""
    command = [sys.executable, "-m", "equity", "build", "--publish", "--rows", str(rows)]
    if anew:
        command.append("--force")
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=PROGRAM_ROOT, env=environment(rows), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    with process, Peak(process.pid) as peak:
        output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"the build of {rows:,} records failed:\n{output[-2000:]}")
    seconds = time.perf_counter() - begin
    store = environment(rows)["EQUITY_STORE"]
    return Built(open_workspace(environ={"EQUITY_STORE": store}), seconds, peak.gib, output)


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
