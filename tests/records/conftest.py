from __future__ import annotations

from pathlib import Path

import pytest

from equity.workspace import Workspace
from tests.records.city import a_city


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """The folders of a city with two districts."""
    return a_city(tmp_path)
