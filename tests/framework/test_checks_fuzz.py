"""Whatever stands in a definition, `check` answers with problems and never falls over."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equity.framework import check
from equity.framework.yaml_files import read_yaml
from tests.framework.workspaces import FILES, make_workspace

YAML_FILES = sorted(name for name in FILES if name.endswith(".yml"))
JUNK = st.sampled_from(
    [None, "", " ", "x", "district", "city", 0, -1, 10**30, 1.5, True, [], {}, [[]], [None], {"a": "b"},
     "data_root:x", "store:../../x", "../x", "/etc/passwd", "a" * 300, "\x00", "1 +", "closed is null",
     "2026-02-30", {"field": "a", "attribute": "b"}, ["language", "income_fifth", "language"]]
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, item in items:
        yield from paths(item, (*path, key))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return make_workspace(tmp_path_factory.mktemp("fuzz"))


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_value_replaced_by_junk_is_answered(workspace, data):
    name = data.draw(st.sampled_from(YAML_FILES))
    file = workspace.root / name
    original = file.read_text(encoding="utf-8")
    try:
        value = read_yaml(file, name)[0].value
        for _ in range(data.draw(st.integers(1, 3))):
            path = data.draw(st.sampled_from(sorted(paths(value), key=str)))
            holder = value
            for step in path[:-1]:
                holder = holder[step]
            holder[path[-1]] = copy.deepcopy(data.draw(JUNK))
        file.write_text(json.dumps(value), encoding="utf-8")
        problems = check(workspace, date(2026, 11, 22))
    finally:
        file.write_text(original, encoding="utf-8")
    assert all(problem.remedy and problem.expected for problem in problems)
    assert all(map(str, problems))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=200) | st.text("{}[]:-&*!|>'\"#,? \n\tab1~", max_size=60))
def test_any_text_as_a_file_is_answered(workspace, text):
    file = workspace.root / "dimensions.yml"
    original = file.read_text(encoding="utf-8")
    try:
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
        problems = check(workspace, date(2026, 11, 22))
    finally:
        file.write_text(original, encoding="utf-8")
    assert [problem for problem in problems if problem.file == "dimensions.yml"]
