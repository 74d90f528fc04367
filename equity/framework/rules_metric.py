"""Rules of metric files. One rule, one function; each is about one metric."""

from __future__ import annotations

from collections.abc import Iterator

from equity.errors import Problem
from equity.framework.context import Context
from equity.framework.expressions import columns_of
from equity.framework.models import Population, Treatment
from equity.framework.rules_terms import TERM_RULES, Case
from equity.framework.yaml_files import Path_
from equity.schema import CITY, SEASON


# --- what it refers to ---------------------------------------------------------------------------
def objective_exists(context: Context, case: Case) -> Iterator[Problem]:
    department = context.loaded.departments.get(context.loaded.department_of[case.id])
    if department:
        objectives = {o.id for program in department.programs for o in program.objectives}
        yield from context.missing(case.file, ("objective",), case.metric.objective, objectives,
                                   "an objective of the department")  # fmt: skip


def dataset_exists(context: Context, case: Case) -> Iterator[Problem]:
    yield from context.missing(case.file, ("dataset",), case.metric.dataset,
                               context.ids("datasets"), "a dataset")  # fmt: skip


def population_exists(context: Context, case: Case) -> Iterator[Problem]:
    if case.metric.population is not None:
        yield from context.missing(case.file, ("population",), case.metric.population,
                                   context.ids("population"), "a population")  # fmt: skip


def dimensions_exist(context: Context, case: Case) -> Iterator[Problem]:
    if context.dimensions is None:
        return
    for name in ("dimensions", "adjust_for"):
        for position, dimension in enumerate(getattr(case.metric, name)):
            more = {SEASON} if name == "adjust_for" else set()
            yield from context.missing(case.file, (name, position), dimension,
                                       context.dimensions | more, "a dimension")  # fmt: skip


def dimensions_come_from_the_dataset(context: Context, case: Case) -> Iterator[Problem]:
    if case.dataset is None:
        return
    named = [(name, position, id) for name in ("dimensions", "adjust_for")
             for position, id in enumerate(getattr(case.metric, name))]  # fmt: skip
    for name, position, id in named:
        dimension = context.loaded.dimensions.get(id)
        field = dimension.source.field if dimension else None
        if field is not None and field not in columns_of(case.dataset):
            yield context.problem(
                case.file, (name, position),
                f"a dimension whose source {field} is a field of dataset {case.metric.dataset}",
                "Add the field to the contract, or take the dimension out.",
            )  # fmt: skip


# --- expressions ---------------------------------------------------------------------------------
def expressions_are_right(context: Context, case: Case) -> Iterator[Problem]:
    if case.dataset is None:
        return
    metric = case.metric
    wanted: list[tuple[Path_, str | None, str]] = [
        (("filter",), metric.filter, "boolean"),
        (("numerator",), metric.numerator, "boolean"),
        (("value",), metric.value, "number"),
    ]
    if metric.unfinished:
        rules: list[tuple[Path_, list[Treatment]]] = [
            (("unfinished", "rule"), metric.unfinished.rule)
        ]
        rules += [(("unfinished", "alternatives", name), rule)
                  for name, rule in metric.unfinished.alternatives.items()]  # fmt: skip
        wanted += [((*path, i, "when"), treatment.when, "boolean")
                   for path, rule in rules for i, treatment in enumerate(rule)]  # fmt: skip
    for path, text, kind in wanted:
        if text is not None:
            yield from context.expression(case.file, path, text, case.dataset, kind)


# --- each kind's own needs -----------------------------------------------------------------------
def kind_has_what_it_needs(context: Context, case: Case) -> Iterator[Problem]:
    metric = case.metric
    needs: dict[str, tuple[str, ...]] = {
        "share": ("numerator",),
        "rate": ("population",),
        "duration": ("value", "statistic"),
        "amount": ("value", "statistic"),
        "representation": ("population",),
    }
    for name in needs[metric.kind]:
        from_column = metric.column is not None and name in ("numerator", "value", "statistic")
        if getattr(metric, name) is None and not from_column:
            yield context.problem(case.file, ("kind",), f"`{name}` for kind {metric.kind}",
                                  f"Add `{name}:`.")  # fmt: skip
    allowed = {"duration": ("median", "percentile", "mean"), "amount": ("mean", "total", "median")}
    if metric.statistic is not None and metric.statistic not in allowed.get(metric.kind, ()):
        yield context.problem(
            case.file, ("statistic",),
            f"one of {', '.join(allowed[metric.kind])}" if metric.kind in allowed
            else f"no statistic for kind {metric.kind}",
            "Correct or remove it.",
        )  # fmt: skip
    if (metric.statistic == "percentile") != (metric.percentile is not None):
        yield context.problem(case.file, ("percentile",),
                              "`percentile: 0.9` exactly with `statistic: percentile`",
                              "Add one or take the other out.")  # fmt: skip


def aggregate_column_fits(context: Context, case: Case) -> Iterator[Problem]:
    if case.dataset is None:
        return
    shape, metric = case.dataset.aggregate, case.metric
    if shape is None:
        if metric.column is not None:
            yield context.problem(case.file, ("column",), "no column for a dataset of records",
                                  "Use numerator or value.")  # fmt: skip
        return
    ids = [column.id for column in shape.columns]
    if metric.column not in ids:
        yield context.problem(case.file, ("column",), "a column of the aggregate dataset",
                              context.nearest(metric.column or "", ids))  # fmt: skip
        return
    fits = {"median": "duration", "share_percent": "share"}
    statistic = next(c.statistic for c in shape.columns if c.id == metric.column)
    if statistic in fits and metric.kind != fits[statistic]:
        yield context.problem(case.file, ("kind",), f"{fits[statistic]} for a {statistic} column",
                              "Correct the kind.")  # fmt: skip
    for position, table in enumerate(metric.tables):
        if table.by:
            yield context.problem(case.file, ("tables", position, "by"),
                                  "no groups: the dataset is already aggregated", "Take it out.")  # fmt: skip
        for i, level in enumerate(table.places):
            if level not in (CITY, shape.level):
                yield context.problem(case.file, ("tables", position, "places", i),
                                      f"city or {shape.level}, the file's own level",
                                      "Aggregated rows cannot be put in other places.")  # fmt: skip


def unit_fits(context: Context, case: Case) -> Iterator[Problem]:
    metric = case.metric
    times = ("days", "hours", "minutes", "seconds")
    per = {"percent": 100, "per_1000": 1000, "per_10000": 10000}
    if metric.kind == "duration" and metric.unit not in times:
        yield context.problem(case.file, ("unit",), "days, hours, minutes or seconds",
                              "A duration is a time.")  # fmt: skip
    if metric.kind in ("share", "rate") and metric.unit in per and metric.per != per[metric.unit]:
        yield context.problem(case.file, ("unit",), f"`per: {per[metric.unit]}` with this unit",
                              f"Now `per` is {metric.per:g}: correct one of the two.")  # fmt: skip


# --- tables --------------------------------------------------------------------------------------
def tables_name_what_exists(context: Context, case: Case) -> Iterator[Problem]:
    metric = case.metric
    for position, table in enumerate(metric.tables):
        here: Path_ = ("tables", position)
        if context.levels is not None:
            for i, level in enumerate(table.places):
                yield from context.missing(case.file, (*here, "places", i), level,
                                           {*context.levels, CITY}, "a place level")  # fmt: skip
        for i, dimension in enumerate(table.by):
            yield from context.missing(case.file, (*here, "by", i), dimension, metric.dimensions,
                                       "one of the metric's dimensions")  # fmt: skip
        if len(set(table.by)) < len(table.by):
            yield context.problem(case.file, (*here, "by"), "two different dimensions",
                                  "Take one out.")  # fmt: skip
        if table.treatments and not (metric.unfinished and metric.unfinished.alternatives):
            yield context.problem(case.file, (*here, "treatments"),
                                  "`unfinished: alternatives:` to show",
                                  "Declare them, or take `treatments` out.")  # fmt: skip


def denominators_cover_the_tables(context: Context, case: Case) -> Iterator[Problem]:
    """rate and representation: people are counted at every level and for every group shown."""
    metric, population = case.metric, case.population
    if metric.kind not in ("rate", "representation") or population is None:
        return
    levels = {CITY, population.level, *(carry.level for carry in population.carry)}
    for position, table in enumerate(metric.tables):
        for i, level in enumerate(table.places):
            if level not in levels:
                yield context.problem(
                    case.file, ("tables", position, "places", i),
                    f"a level of population {metric.population}",
                    f"Add it under `carry` there. Its levels: {', '.join(sorted(levels))}.",
                )  # fmt: skip
        by = [d for d in table.by if _from_records(context, d)]
        if not _counted(context, population, by):
            yield context.problem(
                case.file, ("tables", position, "by"),
                f"groups that population {metric.population} counts",
                "Add a count for every group there, or take the dimension out of the table.",
            )  # fmt: skip


def _from_records(context: Context, dimension: str) -> bool:
    # Groups of places need no counts of their own: people are summed over the places.
    found = context.loaded.dimensions.get(dimension)
    return found is not None and found.source.field is not None


def _counted(context: Context, population: Population, by: list[str]) -> bool:
    """Whether every combination of the groups of `by` has its count."""
    wanted: list[dict[str, str]] = [{}]
    for dimension in by:
        codes = context.loaded.dimensions[dimension].codes
        wanted = [{**groups, dimension: code} for groups in wanted for code in codes]
    counted = [count.groups for count in population.counts]
    # People in all need no count of their own: they are the sum of the groups.
    return not by or all(groups in counted for groups in wanted)


METRIC_RULES = (
    objective_exists, dataset_exists, population_exists, dimensions_exist,
    dimensions_come_from_the_dataset, expressions_are_right, kind_has_what_it_needs,
    aggregate_column_fits, unit_fits, tables_name_what_exists, denominators_cover_the_tables,
    *TERM_RULES,
)  # fmt: skip
