"""The sample's YAML: loads, in both languages throughout, with the one warning that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from equity import framework
from equity.framework.models import Definitions
from equity.workspace import Workspace, open_workspace

from .conftest import ROOT


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return open_workspace(ROOT, {})


@pytest.fixture(scope="module")
def definitions(workspace: Workspace) -> Definitions:
    return framework.load(workspace)


def test_the_only_problem_is_the_overdue_review(workspace: Workspace) -> None:
    problems = framework.check(workspace, date(2026, 11, 22))
    assert [(p.severity, Path(p.file).stem, p.field) for p in problems] == [
        ("warning", "dumping_median_days", "review_due")
    ]


def test_every_text_is_in_both_languages(definitions: Definitions) -> None:
    texts = list(_texts(definitions.model_dump(), ""))
    assert len(texts) > 150
    worded = [(path, text) for path, text in texts if any(map(_has_words, text.values()))]
    missing = [p for p, text in worded if set(text) != {"en", "es"} or not all(text.values())]
    assert missing == []


def _has_words(text: str) -> bool:
    """A year or a code is the same in every language."""
    return re.search("[a-z]", re.sub("{[^}]*}", "", text)) is not None or not text


def test_three_departments_with_objectives_and_approvals(definitions: Definitions) -> None:
    assert set(definitions.departments) == {"prns", "fire", "beautifysj"}
    assert {metric.kind for metric in definitions.metrics.values()} >= {"share", "rate", "duration"}
    for id, metric in definitions.metrics.items():
        definitions.objective(id)
        for value in (metric.approved_by, metric.approved_on, metric.caveats, metric.why):
            assert value, id
        assert definitions.datasets[metric.dataset].synthetic
    for id in ("dumping_cleared_5_days", "dumping_median_days"):
        assert definitions.metrics[id].measures == "complaints"


def test_planted_effects_name_what_is_defined(definitions: Definitions) -> None:
    from equity.simulate.parameters import read_yaml

    for dataset in definitions.datasets:
        settings = read_yaml(ROOT / "sample" / f"{dataset}.yml")
        for effect in settings["effects"]:
            for metric in (effect["metric"], *effect.get("also", [])):
                assert definitions.metrics[metric].dataset == dataset
            if not effect["by"].startswith("place:"):
                assert effect["group"] in definitions.dimensions[effect["by"]].codes


def _texts(value: Any, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(value, dict):
        if "en" in value and isinstance(value["en"], str):
            yield path, value
            return
        for key, inner in value.items():
            yield from _texts(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, f"{path}.{index}")
