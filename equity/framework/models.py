"""The definitions of a city as typed, immutable models; the fields of every YAML file.

Each model is the whole truth about its file: what may stand there, and what it means (the
descriptions below become the JSON schemas that editors use). Cross-file rules (a metric's dataset
exists, its expressions use the contract's columns) are in `equity.framework.checks`.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from equity.framework.contracts import (
    Aggregate,
    AggregateCount,
    AlreadyPublic,
    Coordinates,
    Dataset,
    Duplicates,
    FieldSpec,
    RowRule,
)
from equity.framework.terms import Code, Expression, Identifier, Model, Name, Source, Text
from equity.schema import CITY, UNKNOWN

__all__ = [
    "Aggregate",
    "AggregateCount",
    "AlreadyPublic",
    "Attribute",
    "Carry",
    "Change",
    "City",
    "Code",
    "Coordinates",
    "Count",
    "Dataset",
    "Definitions",
    "Department",
    "Dimension",
    "DimensionSource",
    "Dimensions",
    "Duplicates",
    "Expression",
    "FieldSpec",
    "Group",
    "Identifier",
    "Metric",
    "Model",
    "Monitoring",
    "Name",
    "Note",
    "Objective",
    "PlaceLevel",
    "Population",
    "Program",
    "Reference",
    "RowRule",
    "Source",
    "Table",
    "Target",
    "Text",
    "Thresholds",
    "Tolerance",
    "Treatment",
    "Unfinished",
]


# --- city.yml ------------------------------------------------------------------------------------
class PlaceLevel(Model):
    """One way of dividing the city into places: districts, neighborhoods, ZIP areas, tracts."""

    id: Identifier
    title: Text = Field(description="One place of this level: 'Council district'.")
    title_plural: Text
    boundaries: str = Field(description="Path of a GeoJSON file with one feature a place.")
    crs: str | None = Field(None, description="Coordinate system, where the file does not say it.")
    code: str = Field(description="The feature property that holds the place's code.")
    name: Name = Field(description="A property in braces, or text with one: 'District {DISTRICT}'.")
    approximate: bool = Field(False, description="Not official boundaries; pages say so.")
    display: bool = Field(
        True, description="Shown to people; false for levels used for joins only."
    )
    source: Source


class Attribute(Model):
    """A property of the places of one level that puts them, and the records in them, in groups.

    `fifths`: five groups by `column` (over `over` where given), each of about 20 % of
    `population`; code 1 = lowest value … 5 = highest. `equity_index`: San José's index, race plus
    income steps, 2–10 (see docs/methods.md). `column`: the column's own code.
    """

    id: Identifier
    title: Text
    level: Identifier
    method: Literal["column", "fifths", "equity_index"]
    file: str = Field(description="Path of a CSV or GeoJSON file with one row a place.")
    key: str = Field(description="The column that holds the place's code.")
    column: str | None = None
    over: str | None = Field(None, description="Denominator column, for a share.")
    race: list[str] = Field(default_factory=list, description="equity_index: [people of color, total] columns.")  # fmt: skip
    income: str | None = Field(None, description="equity_index: median household income column.")
    income_file: str | None = None
    income_key: str | None = None
    population: str | None = Field(None, description="Column of the people living in the place.")
    within: Identifier | None = Field(None, description="Weight by the people living inside this level's places only.")  # fmt: skip
    missing: list[float] = Field(default_factory=list, description="Values that mean 'no data'.")
    source: Source


class Thresholds(Model):
    """Limits under which numbers are not shown, or shown with a warning."""

    sensitive_at_most: int = Field(10, ge=1, description="Counts from 1 to this are protected.")
    unstable_events: int = Field(20, ge=1, description="Estimates on fewer events are marked.")
    minimum_for_extremes: int = Field(30, ge=1, description="0 % and 100 % are shown from this n.")


class City(Model):
    """`city.yml`: what is true of the whole workspace."""

    name: str
    synthetic: bool = Field(description="The records are made, not collected; everything says so.")
    time_zone: str = Field(description="IANA name, such as America/Los_Angeles.")
    languages: list[str] = Field(
        min_length=1, description="Language codes; the first is the default."
    )
    fiscal_year_start: int = Field(
        7, ge=1, le=12, description="Month in which a fiscal year begins."
    )
    crs: str = Field(
        description="Projected coordinate system in metres for areas, e.g. EPSG:26910."
    )
    place_levels: list[PlaceLevel]
    attributes: list[Attribute] = Field(default_factory=list)
    thresholds: Thresholds = Field(default_factory=Thresholds)
    about: Text = Field(default_factory=dict)
    credits: list[Source] = Field(default_factory=list)


# --- dimensions.yml ------------------------------------------------------------------------------
class Group(Model):
    """One group of people."""

    code: Code
    label: Text
    note: Text = Field(
        default_factory=dict, description="Who is in it, where the label cannot say."
    )


class DimensionSource(Model):
    """Where a record's group comes from: a field of the record, or an attribute of its place."""

    field: Identifier | None = Field(None, description="The contract field that holds the group.")
    attribute: Identifier | None = Field(None, description="The place attribute that is the group.")


class Dimension(Model):
    """A way of grouping people: language, household size, the Equity Index of their tract."""

    id: Identifier
    title: Text
    source: DimensionSource
    ordered: bool = Field(False, description="Groups run from least to most advantaged.")
    order: Literal["given", "size", "alphabet"] = "given"
    groups: list[Group] = Field(min_length=1)

    @property
    def codes(self) -> list[str]:
        """The declared group codes, in order, without `unknown`."""
        return [group.code for group in self.groups]


class Dimensions(Model):
    """`dimensions.yml`."""

    dimensions: list[Dimension]


# --- population/<id>.yml -------------------------------------------------------------------------
class Count(Model):
    """One column of a population file: the people of one group (or of all, without groups)."""

    column: str
    moe: str | None = Field(None, description="Column with the 90 % margin of error.")
    groups: dict[Identifier, Code] = Field(default_factory=dict, description="dimension: group; at most two.")  # fmt: skip


class Carry(Model):
    """How counts of the file's level are carried to another level."""

    level: Identifier
    method: Literal["area_overlap"] = "area_overlap"
    rake_to: str | None = Field(None, description="Boundary property that holds the level's own total.")  # fmt: skip


class Population(Model):
    """`population/<id>.yml`: a denominator, by place and group."""

    title: Text
    unit: Text = Field(description="What is counted: people, households.")
    file: str
    level: Identifier = Field(description="The place level of the file's rows.")
    key: str = Field(description="The column that holds the place's code.")
    counts: list[Count] = Field(min_length=1)
    carry: list[Carry] = Field(default_factory=list)
    missing: list[float] = Field(default_factory=list)
    source: Source


# --- departments/<dept>/department.yml -----------------------------------------------------------
class Objective(Model):
    """An equity objective: what is an equitable outcome, for whom, and why."""

    id: Identifier
    statement: Text = Field(description="The outcome, in the department's own words.")
    who: Text = Field(description="The people it is about.")
    why: Text = Field(description="Why that outcome is equitable.")
    owner: Name = Field(default_factory=dict)
    source: Source | None = None


class Program(Model):
    """A program of a department, with its equity objectives."""

    id: Identifier
    title: Text
    description: Text = Field(default_factory=dict)
    owner: Name = Field(default_factory=dict)
    objectives: list[Objective] = Field(default_factory=list)


class Department(Model):
    """`departments/<dept>/department.yml`."""

    title: Text
    mission: Text
    owner: Name
    source: Source | None = None
    programs: list[Program] = Field(min_length=1)


# --- departments/<dept>/<metric>.yml -------------------------------------------------------------
class Treatment(Model):
    """How cases for which `when` is true count; the first rule that fits wins."""

    when: Expression
    count_as: Literal["left_out", "success", "failure"]


class Unfinished(Model):
    """How cases without an outcome yet count, and what else could have been decided."""

    rule: list[Treatment] = Field(min_length=1)
    title: Text = Field(default_factory=dict)
    alternatives: dict[Identifier, list[Treatment]] = Field(default_factory=dict)
    alternative_titles: dict[Identifier, Text] = Field(default_factory=dict)


class Tolerance(Model):
    """How far from the reference is still equitable: exactly one of the two."""

    percent: float | None = Field(None, gt=0, lt=100, description="Of the reference's value.")
    points: float | None = Field(None, gt=0, description="In the metric's unit.")


class Reference(Model):
    """What groups and places are compared with.

    `eligible` and `need` are for representation: the share expected of a group or place is its
    share of the metric's population (the eligible people, or the units of need). `rest`, everybody
    else, is for what has sums: shares, rates, means and totals per person. `group` is that group's
    value in the whole city. A rate per unit of need is a rate whose population is the need.
    """

    kind: Literal["city", "best", "rest", "group", "eligible", "need"]
    dimension: Identifier | None = Field(None, description="kind group: the group's dimension.")
    group: Code | None = Field(None, description="kind group: the group's code.")


class Target(Model):
    """A value that the city has promised to reach, by a date."""

    value: float
    by: date | None = None
    source: str = ""


class Monitoring(Model):
    """How the metric is kept true."""

    cadence: Literal["monthly", "quarterly", "yearly"]
    owner: Name
    reviews: list[date] = Field(default_factory=list)


class Table(Model):
    """A declared table: every combination of its levels, dimensions and period kinds is published.

    Without `places` it is about the whole city; `by` names at most two dimensions.
    """

    places: list[Identifier] = Field(default_factory=lambda: [CITY])
    by: list[Identifier] = Field(default_factory=list, max_length=2)
    periods: list[Literal["month", "quarter", "year", "fiscal_year", "all"]] = Field(min_length=1)
    treatments: bool = Field(False, description="Also under the other treatments of unfinished cases.")  # fmt: skip


class Change(Model):
    """A change of definition or practice, marked on trends from its date."""

    on: date
    text: Text


class Note(Model):
    """A known artefact of the data, shown wherever the entries it concerns are."""

    text: Text
    place_level: Identifier | None = None
    places: list[Code] = Field(default_factory=list)
    years: list[int] = Field(default_factory=list)


class Metric(Model):
    """`departments/<dept>/<metric>.yml`: one equity metric; the file's name is its id."""

    title: Text
    objective: Identifier
    definition: Text = Field(description="What is measured, in a sentence.")
    why: Text = Field(description="Why it matters.")
    subject: Text = Field(description="Who or what is counted, plural: 'families', 'requests'.")
    achieved: Text = Field(default_factory=dict, description="What they were, in a sentence: 'cleared within 5 days'.")  # fmt: skip
    dataset: Identifier
    filter: Expression | None = None
    kind: Literal["share", "rate", "duration", "amount", "representation"]
    numerator: Expression | None = Field(None, description="share: true for a success. rate, representation: which records count (all by default).")  # fmt: skip
    value: Expression | None = Field(None, description="duration and amount: the number measured.")
    statistic: Literal["median", "percentile", "mean", "total"] | None = None
    percentile: float | None = Field(None, gt=0, lt=1)
    population: Identifier | None = Field(None, description="rate, representation (and amount per person): the denominator.")  # fmt: skip
    per: float = Field(100, gt=0, description="share and rate are shown per this many.")
    unit: Literal["percent", "per_1000", "per_10000", "days", "hours", "minutes", "seconds", "dollars", "count", "ratio"]  # fmt: skip
    column: Identifier | None = Field(None, description="Aggregate datasets: the column.")
    unfinished: Unfinished | None = None
    maturity_days: int = Field(0, ge=0, description="Days after a period's end until its cases count as finished.")  # fmt: skip
    measures: Literal["service", "need", "complaints"] = Field("service", description="Complaints are reports of need, not need.")  # fmt: skip
    direction: Literal["higher_is_better", "lower_is_better", "neutral"]
    dimensions: list[Identifier] = Field(default_factory=list)
    reference: Reference
    tolerance: Tolerance
    target: Target | None = None
    monitoring: Monitoring
    tables: list[Table] = Field(min_length=1)
    adjust_for: list[Identifier] = Field(default_factory=list, description="Dimensions of the records (service type, program), or `season`, whose mix is made equal in the like-for-like comparison. Shares and means.")  # fmt: skip
    caveats: list[Text] = Field(default_factory=list)
    changes: list[Change] = Field(default_factory=list)
    notes: list[Note] = Field(default_factory=list)
    written_by: Name
    approved_by: Name | None = None
    approved_on: date | None = None
    review_due: date


# --- all of it -----------------------------------------------------------------------------------
class Definitions(Model):
    """Every definition of a workspace, by id. Made by `equity.framework.load`."""

    city: City
    dimensions: dict[str, Dimension]
    populations: dict[str, Population]
    datasets: dict[str, Dataset]
    departments: dict[str, Department]
    metrics: dict[str, Metric]
    department_of: dict[str, str] = Field(description="metric id → department id.")
    digest: str = Field(description="Hash of every definition, for versions and caches.")

    def level(self, id: str) -> PlaceLevel:
        """The place level `id`; `KeyError` where there is none (and for `city`)."""
        for level in self.city.place_levels:
            if level.id == id:
                return level
        raise KeyError(id)

    def objective(self, metric: str) -> tuple[Program, Objective]:
        """The program and objective that a metric serves."""
        for program in self.departments[self.department_of[metric]].programs:
            for objective in program.objectives:
                if objective.id == self.metrics[metric].objective:
                    return program, objective
        raise KeyError(self.metrics[metric].objective)

    def area_level(self, dimension: str) -> str | None:
        """The place level of whose places a dimension's groups are made; None for people's own."""
        id = self.dimensions[dimension].source.attribute
        return next((a.level for a in self.city.attributes if a.id == id), None) if id else None

    def group_label(self, dimension: str, code: str) -> dict[str, str]:
        """The label of a group in each language; `{}` for `unknown`, which the catalogue names."""
        if code == UNKNOWN:
            return {}
        return next(g.label for g in self.dimensions[dimension].groups if g.code == code)
