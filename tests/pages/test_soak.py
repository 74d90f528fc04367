"""Long use: sessions come and go over every page, and memory stays where it was."""

from __future__ import annotations

import gc
from itertools import cycle, islice, product
from pathlib import Path

import pytest

from equity.framework.load import load
from equity.i18n import LANGUAGES
from equity.workspace import Workspace
from tests.pages.conftest import PAGES, Open

RERUNS = 300
GROWTH_MB = 60
"""A leak of a page's frames and charts (half a megabyte a run) would be 150 MB."""
STATUS = Path("/proc/self/status")


def resident_mb() -> float:
    """Memory of this process that is in use, in megabytes."""
    gc.collect()
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


@pytest.mark.proof
@pytest.mark.skipif(not STATUS.exists(), reason="memory is read from /proc, which is Linux's")
def test_three_hundred_runs_leave_memory_where_it_was(open_page: Open, sample: Workspace) -> None:
    metrics = sorted(load(sample).metrics)
    visits = list(product(PAGES, LANGUAGES, metrics))

    def visit(page: str, language: str, metric: str) -> None:
        app = open_page(page, lang=language, metric=metric)
        assert not app.exception
        assert not app.run().exception

    for each in visits:  # what is kept by design is kept now
        visit(*each)
    before = resident_mb()
    for each in islice(cycle(visits), RERUNS // 2):
        visit(*each)
    after = resident_mb()

    assert after - before <= GROWTH_MB
