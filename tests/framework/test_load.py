"""Loading: right files give models and a stable digest; every fault has file, line and field."""

from __future__ import annotations

import pytest

from equity.errors import DefinitionError, Problem
from equity.framework.load import load, read
from equity.workspace import Workspace
from tests.framework.workspaces import edit, make_workspace


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return make_workspace(tmp_path)


def faults(workspace: Workspace) -> list[Problem]:
    with pytest.raises(DefinitionError) as caught:
        load(workspace)
    return caught.value.problems


def test_a_right_workspace_loads(workspace):
    definitions = load(workspace)
    assert set(definitions.metrics) == {"cleared", "rate"}
    assert definitions.department_of == {"cleared": "clean", "rate": "clean"}
    assert definitions.objective("cleared")[1].id == "equal_clearing"
    assert definitions.dimensions["language"].codes == ["english", "spanish"]
    assert definitions.metrics["cleared"].review_due.year == 2027


def test_the_digest_follows_meaning_not_form(workspace):
    before = load(workspace).digest
    edit(workspace, "departments/clean/cleared.yml", "kind: share", "# a comment\nkind:   'share'")
    assert load(workspace).digest == before
    edit(workspace, "departments/clean/cleared.yml", "{percent: 10}", "{percent: 11}")
    assert load(workspace).digest != before


def test_every_fault_of_every_file_comes_at_once_with_its_line(workspace):
    edit(workspace, "city.yml", "synthetic: true", "synthetic: perhaps")
    edit(workspace, "departments/clean/rate.yml", "direction: neutral", "directoin: neutral")
    edit(workspace, "departments/clean/cleared.yml", "count_as: failure", "count_as: failed")
    edit(workspace, "datasets/requests.yml", "type: code", "type: text")
    found = {(p.file, p.line, p.field): p for p in faults(workspace)}
    assert set(found) == {
        ("city.yml", 2, "synthetic"),
        ("departments/clean/rate.yml", 12, "directoin"),
        ("departments/clean/rate.yml", 1, "direction"),
        ("departments/clean/cleared.yml", 19, "unfinished.alternatives.not_cleared.0.count_as"),
        ("datasets/requests.yml", 9, "fields.language.type"),
    }
    unknown = found[("departments/clean/rate.yml", 12, "directoin")]
    assert unknown.remedy == "Did you mean direction?"
    wrong = found[("departments/clean/cleared.yml", 19,
                   "unfinished.alternatives.not_cleared.0.count_as")]  # fmt: skip
    assert wrong.found == "failed"
    assert wrong.expected == "one of left_out, success, failure"
    assert wrong.remedy == "Did you mean failure?"


def test_the_value_of_a_private_field_is_never_shown(workspace):
    edit(workspace, "datasets/requests.yml", "private: [NOTES]", "private: [NOTES, LANG]")
    edit(workspace, "datasets/requests.yml", "E: english", "E: Jane Doe 555 1234")
    (problem,) = faults(workspace)
    assert problem.field == "fields.language.codes.E"
    assert "Jane" not in str(problem)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name: &a Testville\nother: *a\n", "&a"),
        ("a: &x [1, 1]\nb: [*x, *x]\n", "&x"),
        ("name: !!python/object/apply:os.system [ls]\n", "tag"),
        ("name: x\n---\nname: y\n", "a second document"),
        ("name: x\nname: y\n", "name a second time (first on line 1)"),
        ("name: [1, 2\nother: 3\n", ""),
        ("\tname: x\n", ""),
        ("name: 'x\n", ""),
        ("[" * 200, ""),
        ("? {a: b}\n: 1\n", "key"),
        ("name: \x00\n", ""),
        ("# " + "x" * 600_000, "bytes"),
    ],
)
def test_yaml_that_could_do_harm_or_is_broken_is_refused(workspace, text, found):
    (workspace.root / "city.yml").write_text(text, encoding="utf-8")
    (problem,) = faults(workspace)
    assert problem.file == "city.yml"
    assert found in problem.found
    assert problem.remedy


def test_bytes_that_are_not_utf8_are_refused_with_their_line(workspace):
    (workspace.root / "city.yml").write_bytes("name: x\nabout: año\n".encode("latin-1"))
    (problem,) = faults(workspace)
    assert (problem.line, problem.expected) == (2, "text in UTF-8")


def test_ids_are_file_names_and_come_once(workspace):
    root = workspace.root
    (root / "datasets/requests.yml").rename(root / "datasets/Requests-2.yml")
    other = root / "departments/fire"
    other.mkdir()
    (other / "cleared.yml").write_text((root / "departments/clean/cleared.yml").read_text())
    problems = {(p.file, p.found) for p in faults(workspace)}
    assert ("datasets/Requests-2.yml", "Requests-2") in problems
    assert ("departments/fire/cleared.yml", "cleared") in problems
    assert ("departments/fire/department.yml", "no such file") in problems


def test_what_can_be_read_is_read_beside_a_broken_file(workspace):
    edit(workspace, "departments/clean/rate.yml", "kind: rate", "kind: ratio")
    loaded = read(workspace)
    assert set(loaded.metrics) == {"cleared"}
    assert "metrics/rate" in loaded.named


@pytest.mark.parametrize(
    ("old", "put", "found", "remedy"),
    [
        ("kind: share", "\tkind: share", "a tab at the start of a line", "spaces only"),
        ("{en: It matters.", '{en: "It matters.', "that is not closed", "Close it"),
        ("unit: percent", "unit:percent", "a colon too few", "quotes"),
        ("{en: It matters., es: Importa.}", "[It matters.]", "a list", "`text`"),
    ],
)
def test_a_slip_of_the_keyboard_is_told_in_plain_words(
    workspace, old: str, put: str, found: str, remedy: str
) -> None:
    file = "departments/clean/cleared.yml"
    lines = (workspace.root / file).read_text(encoding="utf-8").split("\n")
    line = next(number for number, text in enumerate(lines, start=1) if old in text)
    edit(workspace, file, old, put)
    (problem,) = faults(workspace)
    assert problem.file == file
    assert problem.line is not None
    assert problem.line - line in (0, 1)  # a colon is missed where the next one comes
    assert found in problem.found
    assert remedy in problem.remedy
