"""The sample city, built once for a whole test session, whatever the number of workers."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from equity import pipeline
from equity.workspace import PROGRAM_ROOT, Workspace, open_workspace

SAMPLE_ROWS = 40_000


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The sample workspace with a store of its own, built and published. Tests must not change it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    store = shared / "sample-store"
    workspace = open_workspace(PROGRAM_ROOT / "data", {"EQUITY_STORE": str(store)})
    with (shared / "sample-store.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _published(workspace):
            pipeline.build(workspace, rows=SAMPLE_ROWS)
            pipeline.publish(workspace)
    return workspace


def _published(workspace: Workspace) -> bool:
    return pipeline.status(workspace).current is not None


def chromium() -> Path | None:
    """A Chromium or Chrome of this machine."""
    from shutil import which

    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    mac = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    found = next((path for name in names if (path := which(name))), None)
    return Path(found) if found else mac if mac.exists() else None
