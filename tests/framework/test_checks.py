"""Each cross-file rule catches its fault: the small workspace is broken in one place at a time."""

from __future__ import annotations

from datetime import date

import pytest

from equity.errors import DefinitionError, Problem
from equity.framework.checks import check, require
from equity.workspace import Workspace
from tests.framework.workspaces import edit, make_workspace

TODAY = date(2026, 11, 22)
CITY, DIMENSIONS = "city.yml", "dimensions.yml"
REQUESTS, RESIDENTS = "datasets/requests.yml", "population/residents.yml"
CLEARED, RATE = "departments/clean/cleared.yml", "departments/clean/rate.yml"


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return make_workspace(tmp_path)


def new(workspace: Workspace) -> list[Problem]:
    """Problems beside the one warning that the small workspace has on purpose."""
    return [p for p in check(workspace, TODAY) if p.field != "dimensions.1.groups"]


def test_the_small_workspace_is_right(workspace):
    assert new(workspace) == []
    (warning,) = require(workspace, TODAY)
    assert warning.severity == "warning"


FAULTS = [
    # file, what stands there, what is put there, field of the problem, a word of it
    (CITY, "America/Los_Angeles", "America/San_Jose", "time_zone", "IANA"),
    (CITY, "[en, es]", "[en, es, xx]", "languages.2", "adding-a-language"),
    (CITY, "EPSG:26910", "EPSG:4326", "crs", "metres"),
    (CITY, "id: district", "id: city", "place_levels.0.id", "once"),
    (CITY, "code: DISTRICT", "code: DISTRIC", "place_levels.0.code", "Did you mean DISTRICT?"),
    (CITY, "{DISTRICT}", "{NAME}", "place_levels.0.name", "There are: DISTRICT"),
    (CITY, '"District {DISTRICT}"', '{en: "{DISTRICT}", es: "{DISTRITO}"}', "place_levels.0.name",
     "Did you mean DISTRICT?"),
    (CITY, "places/districts", "places/distrits", "place_levels.0.boundaries", "a file that is there"),
    (CITY, "places/districts", "../districts", "place_levels.0.boundaries", "inside the workspace"),
    (CITY, "places/districts", "data_root:districts", "place_levels.0.boundaries", "EQUITY_DATA_ROOT"),
    (CITY, "level: district", "level: zip", "attributes.0.level", "There are: district"),
    (CITY, "column: income", "over: income", "attributes.0", "a column for method fifths"),
    (CITY, "column: income", "column: incom", "attributes.0.column", "Did you mean income?"),
    (CITY, "method: fifths", "method: equity_index", "attributes.0", "race"),
    (DIMENSIONS, "{field: language}", "{field: lang}", "dimensions.0.source.field", "language"),
    (DIMENSIONS, "{field: language}", "{}", "dimensions.0.source", "either"),
    (DIMENSIONS, "{attribute: income_fifth}", "{attribute: incomes}", "dimensions.1.source.attribute",
     "income_fifth"),
    (DIMENSIONS, "code: spanish", "code: english", "dimensions.0.groups.1.code", "once"),
    (DIMENSIONS, "code: spanish", "code: unknown", "dimensions.0.groups.1.code", "unknown"),
    (RESIDENTS, "level: district", "level: zip", "level", "There are: district"),
    (RESIDENTS, "file: population", "file: people", "file", "a file that is there"),
    (RESIDENTS, "key: district", "key: distrct", "key", "Did you mean district?"),
    (RESIDENTS, "moe: spanish_moe", "moe: spanish_m", "counts.2.moe", "spanish_moe"),
    (RESIDENTS, "groups: {language: english}", "groups: {tongue: english}", "counts.1.groups.tongue",
     "a dimension"),
    (RESIDENTS, "groups: {language: english}", "groups: {language: englsh}",
     "counts.1.groups.language", "Did you mean english?"),
    (REQUESTS, "time: received", "time: language", "time", "timestamp or date"),
    (REQUESTS, "time: received\n", "", "(file)", "`time`"),
    (REQUESTS, "[NOTES]", "[NOTES, LANG]", "fields.language", "not private"),
    (REQUESTS, "type: timestamp}", "type: timestamp, codes: {a: b}}", "fields.closed.codes", "code"),
    (REQUESTS, "type: timestamp}", "type: timestamp, time_zone: Mars}", "fields.closed.time_zone",
     "IANA"),
    (REQUESTS, "days_between(received, closed)", "days_between(received, close)", "derived.days",
     "Did you mean closed?"),
    (REQUESTS, "days: days_between", "closed: days_between", "derived.closed", "once"),
    (REQUESTS, "closed < received", "closed + 1", "reject.0.when", "days_between"),
    (REQUESTS, "closed < received", "days", "reject.0.when", "true or false"),
    (REQUESTS, "closed < received", "year(local_date) < 2000", "reject.0.when", "column"),
    (REQUESTS, "time: received\n", "time: received\nduplicates: {key: [received]}\n",
     "duplicates.key.0", "type key"),
    (REQUESTS, "time: received\n", "time: received\nplace_codes: {districts: language}\n",
     "place_codes.districts", "Did you mean district?"),
    (REQUESTS, "time: received\n", "time: received\nkind: aggregate\n", "kind", "aggregate"),
    (REQUESTS, "records/requests", "records/nothing", "files.0", "files that are there"),
    (REQUESTS, "column: CLOSED", "column: CLOSD", "fields.closed", "Did you mean CLOSED?"),
    (REQUESTS, "x: LON", "x: LONG", "coordinates.x", "Did you mean LON?"),
    (CLEARED, "objective: equal_clearing", "objective: equal_clering", "objective",
     "Did you mean equal_clearing?"),
    (CLEARED, "dataset: requests", "dataset: request", "dataset", "Did you mean requests?"),
    (CLEARED, "[language, income_fifth]", "[language, incme_fifth]", "dimensions.1", "income_fifth"),
    (CLEARED, "numerator: days <= 5", "numerator: dys <= 5", "numerator", "Did you mean days?"),
    (CLEARED, "numerator: days <= 5", "numerator: days", "numerator", "true or false"),
    (CLEARED, "numerator: days <= 5", "filter: days <= 5", "kind", "`numerator`"),
    (CLEARED, "numerator: days <= 5", "value: days", "kind", "`numerator`"),
    (CLEARED, "kind: share", "kind: duration", "kind", "`value`"),
    (CLEARED, "kind: share", "kind: share\nstatistic: median", "statistic", "no statistic"),
    (CLEARED, "kind: share", "kind: share\npercentile: 0.9", "percentile", "exactly"),
    (CLEARED, "kind: share", "kind: share\ncolumn: n", "column", "records"),
    (CLEARED, "unit: percent", "unit: per_1000", "unit", "per: 1000"),
    (CLEARED, "closed is null, count_as: left_out", "clsed is null, count_as: left_out",
     "unfinished.rule.0.when", "closed"),
    (CLEARED, "places: [district]", "places: [distric]", "tables.0.places.0", "district"),
    (CLEARED, "by: [language]", "by: [race]", "tables.1.by.0", "metric's dimensions"),
    (CLEARED, "by: [language]", "by: [language, language]", "tables.1.by", "different"),
    (CLEARED, "by: [language], periods: [all]", "by: [language], periods: [all]}\nnotes:\n"
     "  - {text: {en: a, es: b}, places: ['1']", "notes.0", "place_level"),
    (CLEARED, "not_cleared: {en", "other: {en", "unfinished.alternatives.not_cleared", "title"),
    (CLEARED, "approved_by: Head of Clean City\n", "", "approved_on", "together"),
    (CLEARED, "approved_on: 2026-01-15", "approved_on: 2027-01-15", "approved_on", "up to"),
    (CLEARED, "{percent: 10}", "{percent: 10, points: 5}", "tolerance", "exactly one"),
    (CLEARED, "{percent: 10}", "{}", "tolerance", "exactly one"),
    (CLEARED, "{kind: city}", "{kind: group}", "reference", "exactly with kind group"),
    (CLEARED, "{kind: city}", "{kind: need}", "reference.kind", "can have"),
    (CLEARED, "{kind: city}", "{kind: need}", "reference.kind", "units of need"),
    (CLEARED, "kind: share", "kind: duration\nvalue: days\nstatistic: median\nadjust_for: [season]", "adjust_for", "a share, or a mean"),
    (CLEARED, "kind: share", "kind: share\nadjust_for: [seasons]", "adjust_for.0", "Did you mean season?"),
    (DIMENSIONS, "id: language", "id: season", "dimensions.0.id", "rename it"),
    (RATE, "dimension: language, group", "dimension: langage, group", "reference.dimension",
     "Did you mean language?"),
    (RATE, "[city, district]", "[district]", "reference.dimension", "whole city"),
    (RATE, "group: english}", "group: englsh}", "reference.group", "Did you mean english?"),
    (RATE, "population: residents", "population: residnts", "population", "residents"),
    (RATE, "population: residents\n", "", "kind", "`population`"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "put", "field", "word"), FAULTS,
                         ids=[f"{f[0].split('/')[-1]}-{f[3]}-{i}" for i, f in enumerate(FAULTS)])  # fmt: skip
def test_each_fault_is_found_with_its_file_line_and_remedy(workspace, file, old, put, field, word):
    edit(workspace, file, old, put)
    matching = [p for p in new(workspace) if (p.file, p.field) == (file, field)]
    assert matching, [str(p) for p in new(workspace)]
    problem = matching[0]
    assert problem.severity == "error"
    assert word in str(problem)
    assert problem.line is not None
    assert problem.remedy
    with pytest.raises(DefinitionError):
        require(workspace, TODAY)


def test_a_denominator_that_does_not_cover_the_table(workspace):
    edit(workspace, RESIDENTS, "  - {column: english, groups: {language: english}}\n", "")
    (problem,) = new(workspace)
    assert (problem.file, problem.field) == (RATE, "tables.0.by")


def test_an_objective_that_comes_twice_in_a_department(workspace):
    department = "departments/clean/department.yml"
    text = (workspace.root / department).read_text(encoding="utf-8")
    program = text[text.index("  - id: dumping") :]
    (workspace.root / department).write_text(text + program, encoding="utf-8")
    assert {(p.file, p.field) for p in new(workspace)} == {
        (department, f"programs.{program}{rest}")
        for program in (0, 1)
        for rest in (".id", ".objectives.0.id")
    }


def test_a_dimension_from_a_field_of_another_dataset(workspace):
    text = (workspace.root / REQUESTS).read_text(encoding="utf-8")
    other = workspace.root / "datasets/calls.yml"
    other.write_text(text.replace("language:", "tongue:"), encoding="utf-8")
    edit(workspace, DIMENSIONS, "{field: language}", "{field: tongue}")
    assert {(p.file, p.field) for p in new(workspace)} == {(CLEARED, "dimensions.0"),
                                                           (RATE, "dimensions.0")}  # fmt: skip


def test_warnings_do_not_stop_a_build(workspace):
    edit(workspace, CLEARED, "review_due: 2027-01-15", "review_due: 2026-11-21")
    edit(workspace, CLEARED, "{en: It matters., es: Importa.}", "{en: It matters.}")
    edit(workspace, REQUESTS, "S: spanish", "S: castellano")
    edit(workspace, REQUESTS, "[NOTES]", "[]")
    found = {(p.file, p.field): p for p in new(workspace)}
    assert set(found) == {(CLEARED, "review_due"), (CLEARED, "why"),
                          (REQUESTS, "fields.language.codes.S"), (REQUESTS, "fields")}  # fmt: skip
    assert {p.severity for p in found.values()} == {"warning"}
    assert "NOTES" in found[(REQUESTS, "fields")].found
    require(workspace, TODAY)


def test_the_first_record_of_a_file_without_header_is_not_shown(workspace):
    (workspace.root / "records/requests.csv").write_text("7,Jane Doe,NOTES IDE,x\n")
    text = "\n".join(map(str, new(workspace)))
    assert "have a header" in text
    assert "Jane" not in text


def test_one_broken_file_raises_no_faults_in_files_that_name_it(workspace):
    edit(workspace, REQUESTS, "time: received", "tme: received")
    edit(workspace, DIMENSIONS, "ordered: true", "ordered: perhaps")
    edit(workspace, RESIDENTS, "level: district", "levl: district")
    assert {p.file for p in new(workspace)} == {REQUESTS, DIMENSIONS, RESIDENTS}


def test_faults_of_all_files_come_at_once_in_order(workspace):
    edit(workspace, CITY, "America/Los_Angeles", "Mars")
    edit(workspace, CLEARED, "{percent: 10}", "{}")
    edit(workspace, CLEARED, "kind: share", "kind: shares")
    edit(workspace, RATE, "dataset: requests", "dataset: nothing")
    problems = new(workspace)
    assert [(p.file, p.line) for p in problems] == [(CITY, 3), (CLEARED, 7), (RATE, 6)]


def test_an_aggregate_dataset_allows_only_its_own_level_and_no_groups(workspace):
    edit(workspace, REQUESTS, "time: received\n",
         "time: received\nkind: aggregate\naggregate:\n  level: district\n  place: D\n"
         "  period: Y\n  period_kind: year\n  columns:\n    - {id: share, column: S, "
         "statistic: share_percent, of: cases}\n")  # fmt: skip
    edit(workspace, CLEARED, "kind: share", "kind: amount\ncolumn: share")
    found = {(p.file, p.field) for p in new(workspace)}
    assert (REQUESTS, "aggregate.columns.0.of") in found
    assert (CLEARED, "kind") in found
    assert (CLEARED, "tables.1.by") in found


def test_a_name_is_translated_where_it_is_in_several_languages(workspace):
    """A plain name is the name in every language; one that is translated is translated whole."""
    edit(workspace, CITY, "[en, es]", "[es, en]")
    edit(workspace, CITY, '"District {DISTRICT}"', '{en: "District {DISTRICT}", es: "{DISTRICT}"}')
    assert new(workspace) == []
    edit(workspace, CITY, ', es: "{DISTRICT}"', ', vi: "{DISTRICT}"')
    (warning,) = new(workspace)
    assert (warning.field, warning.severity) == ("place_levels.0.name", "warning")
    assert "in es too" in warning.expected
