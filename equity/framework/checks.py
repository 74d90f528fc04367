"""Every fault of a workspace's definitions at once: what `python -m equity check` reports.

Each file is held against its model while it is loaded; the rules here are about what files say of
each other and of the data files that they name (of which only headers are read). A rule is a small
function in `rules_city`, `rules_dataset` or `rules_metric`; the tuples at their ends are the list.
"""

from __future__ import annotations

from datetime import date

from equity.errors import DefinitionError, Problem
from equity.framework.context import Context
from equity.framework.load import read
from equity.framework.rules_city import (
    CITY_RULES,
    DEPARTMENT_RULES,
    DIMENSION_RULES,
    POPULATION_RULES,
    texts_are_translated,
)
from equity.framework.rules_dataset import DATASET_RULES
from equity.framework.rules_metric import METRIC_RULES
from equity.framework.rules_terms import case_of
from equity.workspace import Workspace


def check(workspace: Workspace, today: date) -> list[Problem]:
    """Every fault and warning, by file and line; an empty list where all is well.

    `today` decides which reviews are past due. Nothing is raised for faults of definitions. Data
    files below `store:` may be absent: they are built.
    """
    loaded = read(workspace)
    context = Context(loaded, workspace, today)
    found = list(loaded.problems)
    if loaded.city is not None:
        for city_rule in CITY_RULES:
            found += city_rule(context, loaded.city)
    for dimension_rule in DIMENSION_RULES:
        for position, dimension in enumerate(loaded.dimensions.values()):
            found += dimension_rule(context, position, dimension)
    for population_rule in POPULATION_RULES:
        for id, population in loaded.populations.items():
            found += population_rule(context, id, population)
    for dataset_rule in DATASET_RULES:
        for id, dataset in loaded.datasets.items():
            found += dataset_rule(context, id, dataset)
    for department_rule in DEPARTMENT_RULES:
        for id, department in loaded.departments.items():
            found += department_rule(context, id, department)
    for metric_rule in METRIC_RULES:
        for id, metric in loaded.metrics.items():
            found += metric_rule(context, case_of(context, id, metric))
    found += texts_are_translated(context)
    unique = list(dict.fromkeys(found))
    return sorted(unique, key=lambda problem: (problem.file, problem.line or 0, problem.field))


def require(workspace: Workspace, today: date) -> list[Problem]:
    """The warnings of `check`. Raises `DefinitionError` with every error, for a build to stop at."""
    problems = check(workspace, today)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise DefinitionError.of(errors)
    return problems
