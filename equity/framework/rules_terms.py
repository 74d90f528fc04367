"""Rules of a metric's terms: tolerance, reference, notes, approval, review. One rule, one function."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equity.errors import Problem
from equity.framework.context import Context
from equity.framework.models import Dataset, Metric, Population
from equity.framework.yaml_files import Path_
from equity.i18n import pick
from equity.schema import CITY, LIKE_FOR_LIKE


@dataclass(frozen=True)
class Case:
    """A metric with its file and, where they can be read, its dataset and population."""

    id: str
    file: str
    metric: Metric
    dataset: Dataset | None
    population: Population | None


def case_of(context: Context, id: str, metric: Metric) -> Case:
    """`metric` with what it refers to."""
    loaded = context.loaded
    return Case(
        id,
        f"departments/{loaded.department_of[id]}/{id}.yml",
        metric,
        loaded.datasets.get(metric.dataset),
        loaded.populations.get(metric.population or ""),
    )


# --- reference and tolerance ---------------------------------------------------------------------
def tolerance_is_one_of_two(context: Context, case: Case) -> Iterator[Problem]:
    tolerance = case.metric.tolerance
    if (tolerance.percent is None) == (tolerance.points is None):
        yield context.problem(case.file, ("tolerance",), "exactly one of percent and points",
                              "Write {percent: 10} or {points: 5}.")  # fmt: skip


_UNFIT = {
    "eligible": "Only representation has an expected share: take city, rest or best.",
    "need": "Need is for representation (share of the service against share of the need). As a rate: "
            "let `population` be the units of need and take city or rest.",
    "rest": "The rest's value is what is left of sums, and {what} leaves none: take city or best, or "
            "`statistic: mean`.",
}  # fmt: skip


def _fits(kind: str, metric: Metric) -> bool:
    """Whether a metric can have a reference of this kind.

    Everybody else's value follows from published sums: of shares, rates, means and totals per
    person. Percentiles do not subtract, and a representation's rest is its own complement.
    """
    if kind in ("eligible", "need"):
        return metric.kind == "representation"
    summed = metric.kind in ("share", "rate") or metric.statistic in ("mean", "total")
    return kind != "rest" or summed


def reference_is_complete(context: Context, case: Case) -> Iterator[Problem]:
    reference, metric = case.metric.reference, case.metric
    here: Path_ = ("reference",)
    for name in ("dimension", "group"):
        if (getattr(reference, name) is not None) != (reference.kind == "group"):
            yield context.problem(case.file, here, f"`{name}` exactly with kind group",
                                  "Add one or take the other out.")  # fmt: skip
    if not _fits(reference.kind, metric):
        what = f"a {metric.statistic}" if metric.statistic else metric.kind
        yield context.problem(case.file, (*here, "kind"),
                              f"a reference that a metric of kind {metric.kind} can have",
                              _UNFIT[reference.kind].format(what=what))  # fmt: skip


def reference_group_is_published(context: Context, case: Case) -> Iterator[Problem]:
    reference, metric = case.metric.reference, case.metric
    if reference.dimension is None or reference.group is None or context.dimensions is None:
        return
    yield from context.missing(case.file, ("reference", "dimension"), reference.dimension,
                               metric.dimensions, "one of the metric's dimensions")  # fmt: skip
    dimension = context.loaded.dimensions.get(reference.dimension)
    if dimension is None:
        return
    yield from context.missing(case.file, ("reference", "group"), reference.group,
                               dimension.codes, "a group of the dimension")  # fmt: skip
    if not any(CITY in t.places and reference.dimension in t.by for t in metric.tables):
        yield context.problem(case.file, ("reference", "dimension"),
                              "a table of the whole city by this dimension",
                              "Add {by: [" + reference.dimension + "], periods: […]}.")  # fmt: skip


def adjustment_can_be_made(context: Context, case: Case) -> Iterator[Problem]:
    """adjust_for: strata of single records, of a value that is a sum over strata."""
    metric = case.metric
    if not metric.adjust_for:
        return
    if metric.kind != "share" and metric.statistic != "mean":
        yield context.problem(
            case.file, ("adjust_for",), "a share, or a mean (`statistic: mean`)",
            "Only a share and a mean are sums over kinds of records. Take it out, or measure the "
            "share within a limit beside this metric.", found=f"{metric.kind} {metric.statistic or ''}".strip(),
        )  # fmt: skip
    if case.dataset is not None and case.dataset.kind == "aggregate":
        yield context.problem(case.file, ("adjust_for",), "a dataset of records",
                              "Counted data cannot be split again: take it out.")  # fmt: skip
    if not any(set(t.periods) & {"year", "fiscal_year", "all"} for t in metric.tables):
        yield context.problem(
            case.file, ("adjust_for",), "a table by year, fiscal_year or all",
            "Like is compared with like in periods that hold every season: add one.",
        )  # fmt: skip
    if metric.unfinished and LIKE_FOR_LIKE in metric.unfinished.alternatives:
        yield context.problem(
            case.file, ("unfinished", "alternatives", LIKE_FOR_LIKE), "another name",
            f"`{LIKE_FOR_LIKE}` is the name of the standardized entries: rename the alternative.",
        )  # fmt: skip


# --- what is said about it -----------------------------------------------------------------------
def notes_are_about_places(context: Context, case: Case) -> Iterator[Problem]:
    for position, note in enumerate(case.metric.notes):
        here: Path_ = ("notes", position)
        if note.place_level is not None and context.levels is not None:
            yield from context.missing(case.file, (*here, "place_level"), note.place_level,
                                       {*context.levels, CITY}, "a place level")  # fmt: skip
        if note.places and note.place_level is None:
            yield context.problem(case.file, here, "`place_level` beside `places`", "Add it.")


def alternatives_have_titles(context: Context, case: Case) -> Iterator[Problem]:
    unfinished = case.metric.unfinished
    if unfinished is None:
        return
    for name in unfinished.alternatives:
        if not unfinished.alternative_titles.get(name):
            yield context.problem(case.file, ("unfinished", "alternatives", name),
                                  "a title under `alternative_titles`",
                                  "Say in a few words what was decided.", found=name)  # fmt: skip
    for name in unfinished.alternative_titles:
        yield from context.missing(case.file, ("unfinished", "alternative_titles", name), name,
                                   unfinished.alternatives, "an alternative")  # fmt: skip


def approval_is_whole(context: Context, case: Case) -> Iterator[Problem]:
    metric = case.metric
    if (metric.approved_by is None) != (metric.approved_on is None):
        name = "approved_on" if metric.approved_on else "approved_by"
        yield context.problem(case.file, (name,), "approved_by and approved_on together",
                              "Say who approved it and when, or take both out.")  # fmt: skip
    if metric.approved_on is not None and metric.approved_on > context.today:
        yield context.problem(case.file, ("approved_on",), f"a day up to {context.today}",
                              "Correct the date.")  # fmt: skip


def review_is_not_overdue(context: Context, case: Case) -> Iterator[Problem]:
    owner = case.metric.monitoring.owner
    if case.metric.review_due < context.today:
        yield context.problem(
            case.file, ("review_due",), f"a review that is not past due on {context.today}",
            f"Review the definition with {pick(owner)}, then set the next date.",
            severity="warning",
        )  # fmt: skip


TERM_RULES = (tolerance_is_one_of_two, reference_is_complete,
              reference_group_is_published, adjustment_can_be_made, notes_are_about_places,
              alternatives_have_titles, approval_is_whole, review_is_not_overdue)  # fmt: skip
