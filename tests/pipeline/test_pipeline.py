"""One build of a small sample city, looked at from all sides."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from equity import framework, monitoring, pipeline
from equity.errors import DefinitionError, EquityError
from equity.pipeline.inputs import Inputs, read_inputs
from equity.pipeline.manifest import one_at_a_time, read_manifest
from equity.publication import current_version, open_publication
from equity.schema import SERIES_KEY, TREND_VERDICTS
from equity.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
ROWS = 6000


def copied(folder: Path) -> Workspace:
    shutil.copytree(ROOT / "data", folder, ignore=shutil.ignore_patterns("store"))
    return Workspace(root=folder, store=folder / "store")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Workspace, pipeline.BuildReport]:
    workspace = copied(tmp_path_factory.mktemp("city") / "data")
    report = pipeline.build(workspace, rows=ROWS)
    with pytest.raises(EquityError):
        current_version(workspace)  # a build is a candidate until somebody publishes it
    assert pipeline.status(workspace).candidate
    pipeline.publish(workspace)
    return workspace, report


@pytest.fixture
def workspace(built, tmp_path) -> Workspace:
    """A copy to break."""
    folder = tmp_path / "data"
    shutil.copytree(built[0].root, folder)
    return Workspace(root=folder, store=folder / "store")


def test_a_build_reports_what_it_did(built):
    workspace, report = built
    assert report.changed
    assert sum(read for read, _, _ in report.ledger.values()) == ROWS
    assert all(read == accepted + held for read, accepted, held in report.ledger.values())
    assert report.statuses["suppressed"] > 0
    assert report.statuses["value"] > 0
    assert set(report.ledger) == set(framework.load(workspace).datasets)


def test_the_publication_says_what_it_is_made_of(built):
    workspace, _ = built
    publication = open_publication(workspace)
    definitions = framework.load(workspace)
    assert publication.metrics() == sorted(definitions.metrics)
    assert publication.meta["synthetic"] is True
    assert publication.meta["definitions_digest"] == definitions.digest
    assert set(publication.meta["datasets"]) == set(definitions.datasets)
    assert set(publication.meta["populations"]) == set(definitions.populations)
    assert set(publication.meta["repairs"]) == {each.id for each in definitions.city.place_levels}
    for level, name in publication.meta["display"].items():
        assert (workspace.display / name).is_file()
        assert len(publication.places(level)) > 1
    frame = publication.slice(
        publication.metrics()[0], treatment=None, place_level=None, dimension=None, dimension_2=None
    )
    withheld = frame[frame["status"] == "suppressed"]
    assert len(withheld)
    assert withheld[["estimate", "lower", "upper", "se", "n", "numerator"]].isna().all().all()


def test_trends_are_those_of_what_is_published(built):
    workspace, report = built
    publication = open_publication(workspace)
    stored = publication.trends()
    found = monitoring.trends(publication, framework.load(workspace))
    assert len(stored) == len(found) > 100
    assert set(stored["verdict"]) <= set(TREND_VERDICTS)
    both = stored.merge(found, on=list(SERIES_KEY), suffixes=("", "_found"))
    assert len(both) == len(stored)
    assert both["change"].to_numpy() == pytest.approx(both["change_found"].to_numpy(), nan_ok=True)
    assert (both["verdict"] == both["verdict_found"]).all()
    assert "Looking for what moves" in report.seconds


def test_building_the_same_again_publishes_nothing_new(workspace):
    before = current_version(workspace)
    pipeline.build(workspace, force=True)
    assert pipeline.publish(workspace) == before


def test_nothing_is_built_where_nothing_changed(built):
    workspace, _ = built
    assert not pipeline.build(workspace).changed
    assert pipeline.status(workspace).up_to_date
    assert pipeline.publish(workspace) == 1


def test_a_file_that_was_only_touched_is_no_change(workspace):
    os.utime(workspace.root / "city.yml", (1, 1))
    assert pipeline.status(workspace).up_to_date
    assert not pipeline.build(workspace).changed
    name = "city.yml"
    assert read_manifest(workspace).inputs.files[name][1] == 1_000_000_000


def test_a_candidate_is_told_by_the_metrics_that_would_change(workspace):
    assert pipeline.status(workspace).changed == ()
    path = workspace.root / "departments" / "fire" / "slow_over_12_minutes.yml"
    text = path.read_text()
    assert "720" in text
    path.write_text(text.replace("720", "900"))
    pipeline.build(workspace)
    state = pipeline.status(workspace)
    assert state.candidate
    assert state.changed == ("slow_over_12_minutes",)
    pipeline.publish(workspace)
    assert pipeline.status(workspace).changed == ()


def test_what_changed_is_named(workspace):
    with (workspace.root / "dimensions.yml").open("a") as file:
        file.write("# a remark\n")
    (workspace.root / "places" / "new.csv").write_text("a\n")
    raw = next(workspace.raw.glob("enrolments*"))
    raw.unlink()
    differences = pipeline.status(workspace).differences
    assert differences == (
        "dimensions.yml changed", "places/new.csv is new", f"store:raw/{raw.name} is gone",
    )  # fmt: skip


def test_a_build_that_fails_leaves_the_publication_in_service(workspace):
    with (workspace.root / "city.yml").open("a") as file:
        file.write("no_such_field: 1\n")
    with pytest.raises(DefinitionError, match="no_such_field"):
        pipeline.build(workspace)
    assert current_version(workspace) == 1
    assert len(open_publication(workspace).metrics()) > 1


def test_definitions_that_changed_are_not_published_with_old_numbers(workspace):
    path = workspace.root / "city.yml"
    path.write_text(path.read_text().replace("fiscal_year_start: 7", "fiscal_year_start: 10"))
    with pytest.raises(EquityError, match=r"Run `python -m equity build` again"):
        pipeline.publish(workspace)


def test_publishing_needs_a_build(tmp_path):
    workspace = copied(tmp_path / "data")
    with pytest.raises(EquityError, match="no finished build"):
        pipeline.publish(workspace)
    assert pipeline.status(workspace).built is None


def test_one_build_at_a_time(workspace):
    with one_at_a_time(workspace), pytest.raises(EquityError, match="Another build"):
        pipeline.build(workspace)


def test_files_outside_the_workspace_count_too(tmp_path):
    root, outside = tmp_path / "city", tmp_path / "files"
    for folder in (root, outside):
        folder.mkdir()
    (root / "city.yml").write_text("x")
    (outside / "a_1.csv").write_text("1")
    workspace = Workspace(root=root, store=root / "store", data_root=outside)
    first = read_inputs(workspace, ["data_root:a_*.csv"], None)
    assert set(first.files) == {"city.yml", "data_root:a_1.csv"}
    (outside / "a_2.csv").write_text("2")
    second = read_inputs(workspace, ["data_root:a_*.csv"], None, first)
    assert second.differences(first) == ["data_root:a_2.csv is new"]
    assert Inputs.from_json(second.to_json()) == second
    assert replace(second, program="other").differences(second) == ["the program changed"]


def test_asking_for_the_status_imports_nothing_heavy(built):
    code = (
        "import sys; from equity.cli import main\n"
        "sys.argv = ['equity', 'status']\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(sorted(set(sys.modules) & {'pandas', 'ibis', 'geopandas', 'scipy', 'duckdb'}))"
    )
    environment = {**os.environ, "EQUITY_WORKSPACE": str(built[0].root)}
    environment.pop("EQUITY_STORE", None)
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    assert "Version in service: 1. Up to date." in out
    assert out.splitlines()[-1] == "[]"
