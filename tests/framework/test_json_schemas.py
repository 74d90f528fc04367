"""The committed JSON schemas are those of the models, and fit the files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from equity.framework.json_schemas import FOLDER, MODELS, stale_schemas, write_schemas
from equity.workspace import PROGRAM_ROOT

WORKSPACES = [PROGRAM_ROOT / "data", PROGRAM_ROOT / "tests/workspaces/open_data"]
FILES = [
    path
    for workspace in WORKSPACES
    for path in sorted(workspace.rglob("*.yml"))
    if not {"store", "sample"} & set(path.relative_to(workspace).parts)
]
_COMMENT = re.compile(r"# yaml-language-server: \$schema=(\S+)")


def test_the_committed_schemas_are_those_of_the_models():
    assert stale_schemas() == [], "run: python -m equity.framework.json_schemas"


def test_a_changed_or_missing_schema_is_stale(tmp_path):
    write_schemas(tmp_path)
    (tmp_path / "metric.json").write_text("{}")
    (tmp_path / "city.json").unlink()
    assert stale_schemas(tmp_path) == ["city", "metric"]


@pytest.mark.parametrize("name", MODELS)
def test_every_field_that_a_schema_describes_can_be_completed(name):
    schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert schema["additionalProperties"] is False
    assert schema["description"]


@pytest.mark.parametrize("path", FILES, ids=[p.relative_to(PROGRAM_ROOT).as_posix() for p in FILES])
def test_yaml_files_name_their_schema_in_the_first_line(path: Path):
    found = _COMMENT.match(path.read_text(encoding="utf-8"))
    assert found, "add: # yaml-language-server: $schema=<relative path>"
    target = (path.parent / found[1]).resolve()
    assert target.parent == FOLDER
    kind = {"city": "city", "dimensions": "dimensions", "department": "department"}.get(path.stem)
    kind = kind or {"datasets": "dataset", "population": "population"}.get(
        path.parent.name, "metric"
    )
    assert target.stem == kind
