"""The examples in docs/adding-*.md are right: they are checked, and the small city is built."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from equity.framework import check
from equity.framework.expression_operations import FUNCTIONS
from equity.framework.expressions import parse
from equity.pipeline import build, publish
from equity.publication import open_publication
from equity.workspace import PROGRAM_ROOT, Workspace

DOCS = PROGRAM_ROOT / "docs"
_EXAMPLE = re.compile(r"`([\w/]+\.yml)`:\n\n```yaml\n(.*?)```", re.DOTALL)
TODAY = date(2026, 11, 22)


def examples(name: str) -> dict[str, str]:
    found = dict(_EXAMPLE.findall((DOCS / name).read_text(encoding="utf-8")))
    assert found
    return found


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("name", ["adding-a-metric.md", "adding-a-department.md"])
def test_an_example_put_into_the_sample_adds_no_problem(tmp_path, name):
    root = tmp_path / "city"
    shutil.copytree(PROGRAM_ROOT / "data", root, ignore=shutil.ignore_patterns("store"))
    workspace = Workspace(root, tmp_path / "store")
    before = check(workspace, TODAY)
    write(root, examples(name))
    assert [str(p) for p in check(workspace, TODAY) if p not in before] == []


def test_the_small_city_checks_and_builds(tmp_path):
    files = examples("adding-a-city.md")
    assert len(files) == 6
    write(tmp_path, files)
    squares = [
        {"type": "Feature", "properties": {"DISTRICT": code},
         "geometry": {"type": "Polygon", "coordinates": [[[x, 37], [x, 38], [x + 1, 38], [x + 1, 37], [x, 37]]]}}
        for code, x in ((1, -122), (2, -121))
    ]  # fmt: skip
    rows = "REQUEST_ID,RECEIVED,CLOSED,LANG,LON,LAT,NOTES,REPORTER\n" + "".join(
        f"{i},2026-01-{1 + i % 28:02d} 08:00,2026-02-{1 + i % 28:02d} 08:00,EN,-121.5,37.5,a,b\n"
        for i in range(40)
    )
    write(
        tmp_path,
        {
            "places/districts.geojson": json.dumps(
                {"type": "FeatureCollection", "features": squares}
            ),
            "records/requests_2026.csv": rows,
            "population/residents.csv": "district,people,spanish,spanish_moe\n1,100,30,5\n2,90,20,5\n",
        },
    )
    workspace = Workspace(tmp_path, tmp_path / "store")
    assert [str(problem) for problem in check(workspace, TODAY)] == []
    build(workspace)
    publish(workspace)
    (row,) = (
        open_publication(workspace).slice("closed_in_5_days", period_kind="all").to_dict("records")
    )
    assert (row["n"], row["estimate"]) == (40, 0.0)


def test_the_metric_page_lists_every_function_and_its_values_are_read():
    text = (DOCS / "adding-a-metric.md").read_text(encoding="utf-8")
    table = text[text.index("## Expressions") :]
    for function in FUNCTIONS:
        assert f"`{function}" in table, function
    values = next(line for line in table.splitlines() if line.startswith("| values"))
    for value in re.findall(r"`([^`]+)`", values):
        assert parse(value, {}).kind


def test_links_between_the_pages_lead_somewhere():
    for page in (*DOCS.glob("adding-*.md"), PROGRAM_ROOT / "GLOSSARY.md"):
        for target in re.findall(r"\]\(([\w./-]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page.name, target)
