"""What the process that serves public pages opens: publications and boundaries, nothing private."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from equity.workspace import PROGRAM_ROOT, Workspace
from tests.pages.conftest import PAGES

STEWARDS = {"intake"}
LISTEN = """
import json, os, sys
opened = set()
def note(event, arguments):
    if event in {"open", "os.listdir", "os.scandir", "glob.glob", "pathlib.Path.glob"}:
        opened.add(os.path.abspath(os.fsdecode(arguments[0])) if isinstance(arguments[0], (str, bytes, os.PathLike)) else "")
sys.addaudithook(note)
import duckdb
connect = duckdb.connect
def connected(database=":memory:", *arguments, **options):
    opened.add(os.path.abspath(database))
    return connect(database, *arguments, **options)
duckdb.connect = connected
from tests.pages.conftest import opened as open_page
faults = [page for page in sys.argv[1:] if open_page(page).exception]
if os.path.isdir("/proc/self/fd"):
    opened |= {os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")}
behind = sorted(m for m in sys.modules if m.startswith(
    ("equity.records", "equity.cube", "equity.disclosure", "equity.pipeline", "equity.steward")))
print(json.dumps({"opened": sorted(opened), "faults": faults, "behind": behind}))
"""


def listened(workspace: Workspace, pages: list[str]) -> dict[str, list[str]]:
    """Paths that a fresh process opened or listed while it drew `pages`, in a store's terms."""
    environ = {
        **os.environ,
        "EQUITY_WORKSPACE": str(workspace.root),
        "EQUITY_STORE": str(workspace.store),
    }
    done = subprocess.run(
        [sys.executable, "-c", LISTEN, *pages], cwd=PROGRAM_ROOT, env=environ, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, list[str]] = json.loads(done.stdout.splitlines()[-1])
    inside = (Path(path) for path in found["opened"])
    store = workspace.store
    found["folders"] = sorted(
        {path.relative_to(store).parts[0] for path in inside
         if path.is_relative_to(store) and path != store}
    )  # fmt: skip
    return found


def test_public_pages_open_nothing_private(sample: Workspace) -> None:
    found = listened(sample, [page for page in PAGES if page not in STEWARDS])
    assert found["faults"] == []
    assert found["behind"] == []
    assert set(found["folders"]) <= {"publications", "display"}
    assert "publications" in found["folders"]


def test_a_private_file_would_be_heard(sample: Workspace) -> None:
    """The steward's page reads the ledger, and is the only one that does."""
    found = listened(sample, sorted(STEWARDS))
    assert "ledger" in found["folders"]
    assert not set(found["folders"]) & {"records", "raw", "cube"}
