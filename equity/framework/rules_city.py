"""Rules of city.yml, dimensions.yml, population and department files. One rule, one function."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from equity.errors import Problem
from equity.framework.context import Context
from equity.framework.expressions import columns_of
from equity.framework.models import Attribute, City, Department, Dimension, Population
from equity.framework.texts import texts
from equity.framework.yaml_files import Path_
from equity.i18n import LANGUAGES
from equity.schema import CITY, OUTSIDE, SEASON, UNKNOWN

CITY_FILE = "city.yml"
DIMENSIONS_FILE = "dimensions.yml"
_RESERVED = {CITY, OUTSIDE, UNKNOWN}
_STEPS = {"fifths": [str(step) for step in range(1, 6)],
          "equity_index": [str(step) for step in range(2, 11)]}  # fmt: skip


# --- city.yml ------------------------------------------------------------------------------------
def time_zone_exists(context: Context, city: City) -> Iterator[Problem]:
    try:
        ZoneInfo(city.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield context.problem(CITY_FILE, ("time_zone",), "an IANA time zone",
                              "Write it as America/Los_Angeles.")  # fmt: skip


def languages_are_spoken(context: Context, city: City) -> Iterator[Problem]:
    for position, language in enumerate(city.languages):
        if language not in LANGUAGES:
            yield context.problem(CITY_FILE, ("languages", position),
                                  f"one of {', '.join(LANGUAGES)}",
                                  "See docs/adding-a-language.md.")  # fmt: skip


def crs_is_metric(context: Context, city: City) -> Iterator[Problem]:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_user_input(city.crs)
    except CRSError:
        crs = None
    if crs is None or not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        yield context.problem(CITY_FILE, ("crs",), "a projected coordinate system in metres",
                              "Use the UTM zone of the city, such as EPSG:26910.")  # fmt: skip


def city_ids_come_once(context: Context, city: City) -> Iterator[Problem]:
    for name, ids in (("place_levels", [level.id for level in city.place_levels]),
                      ("attributes", [attribute.id for attribute in city.attributes])):  # fmt: skip
        for position, id in enumerate(ids):
            if id in ids[:position] or id in _RESERVED:
                yield context.problem(CITY_FILE, (name, position, "id"),
                                      "an id that is used once and is not city, outside, unknown",
                                      "Choose another id.")  # fmt: skip


def boundaries_have_their_columns(context: Context, city: City) -> Iterator[Problem]:
    for position, level in enumerate(city.place_levels):
        here: Path_ = ("place_levels", position)
        wanted: list[tuple[Path_, str]] = [((*here, "code"), level.code)]
        for text in level.name.values():
            for name in re.findall(r"\{([^{}]+)\}", text) or [text]:
                wanted.append(((*here, "name"), name))
        yield from context.columns_in(CITY_FILE, (*here, "boundaries"), level.boundaries, wanted)


def attributes_are_complete(context: Context, city: City) -> Iterator[Problem]:
    for position, attribute in enumerate(city.attributes):
        here: Path_ = ("attributes", position)
        for name in ("level", "within"):
            value = getattr(attribute, name)
            if value is not None:
                yield from context.missing(CITY_FILE, (*here, name), value, context.levels or (),
                                           "a place level")  # fmt: skip
        yield from _attribute_needs(context, attribute, here)
        wanted: list[tuple[Path_, str]] = [((*here, "key"), attribute.key)]
        wanted += [((*here, "race", i), name) for i, name in enumerate(attribute.race)]
        names = ["column", "over", "population"] + ([] if attribute.income_file else ["income"])
        wanted += [((*here, name), value) for name in names if (value := getattr(attribute, name))]
        yield from context.columns_in(CITY_FILE, (*here, "file"), attribute.file, wanted)
        if attribute.income_file:
            key = attribute.income_key or attribute.key
            yield from context.columns_in(
                CITY_FILE, (*here, "income_file"), attribute.income_file,
                [((*here, "income_key"), key), ((*here, "income"), attribute.income or key)],
            )  # fmt: skip


def _attribute_needs(context: Context, attribute: Attribute, here: Path_) -> Iterator[Problem]:
    if attribute.method in ("column", "fifths") and not attribute.column:
        yield context.problem(CITY_FILE, here, f"a column for method {attribute.method}",
                              "Add `column:`.", found="")  # fmt: skip
    if attribute.method == "equity_index" and (len(attribute.race) != 2 or not attribute.income):
        yield context.problem(CITY_FILE, here, "race (two columns) and income for the Equity Index",
                              "Add `race: [people of color, total]` and `income:`.", found="")  # fmt: skip


# --- dimensions.yml ------------------------------------------------------------------------------
def dimension_has_one_source(context: Context, at: int, dimension: Dimension) -> Iterator[Problem]:
    source = dimension.source
    here: Path_ = ("dimensions", at, "source")
    if (source.field is None) == (source.attribute is None):
        yield context.problem(DIMENSIONS_FILE, here, "either a field or an attribute",
                              "Keep one of the two.")  # fmt: skip
    elif source.attribute is not None and context.attributes is not None:
        yield from context.missing(DIMENSIONS_FILE, (*here, "attribute"), source.attribute,
                                   context.attributes, "an attribute of city.yml")  # fmt: skip
    elif source.field is not None and len(context.loaded.datasets) == len(context.ids("datasets")):
        fields = {name for each in context.loaded.datasets.values() for name in columns_of(each)}
        yield from context.missing(DIMENSIONS_FILE, (*here, "field"), source.field, fields,
                                   "a field of some dataset")  # fmt: skip


def season_is_taken(context: Context, at: int, dimension: Dimension) -> Iterator[Problem]:
    if dimension.id == SEASON:
        yield context.problem(
            DIMENSIONS_FILE, ("dimensions", at, "id"), "another id",
            f"`{SEASON}` is the calendar quarter of a record, for `adjust_for`: rename it.",
        )  # fmt: skip


def group_codes_come_once(context: Context, at: int, dimension: Dimension) -> Iterator[Problem]:
    for position, code in enumerate(dimension.codes):
        if code in dimension.codes[:position] or code in (UNKNOWN, OUTSIDE, CITY):
            yield context.problem(
                DIMENSIONS_FILE, ("dimensions", at, "groups", position, "code"),
                "a code that is used once and is not unknown, outside or city",
                "Choose another; records of unknown group are counted as unknown by themselves.",
            )  # fmt: skip


def crosswalks_reach_the_groups(context: Context, at: int,
                                dimension: Dimension) -> Iterator[Problem]:  # fmt: skip
    for id, dataset in context.loaded.datasets.items():
        spec = dataset.fields.get(dimension.source.field or "")
        for value, code in spec.codes.items() if spec else ():
            if code not in dimension.codes:
                yield context.problem(
                    f"datasets/{id}.yml", ("fields", dimension.source.field or "", "codes", value),
                    f"a group of dimension {dimension.id}",
                    "These records would count as unknown. "
                    + context.nearest(code, dimension.codes),
                    severity="warning",
                )  # fmt: skip


def steps_have_their_groups(context: Context, at: int, dimension: Dimension) -> Iterator[Problem]:
    for attribute in context.loaded.city.attributes if context.loaded.city else ():
        steps = _STEPS.get(attribute.method, [])
        if attribute.id == dimension.source.attribute and steps:
            without = [step for step in steps if step not in dimension.codes]
            if without:
                yield context.problem(
                    DIMENSIONS_FILE, ("dimensions", at, "groups"),
                    f"the codes {steps[0]} to {steps[-1]} of {attribute.id}",
                    f"Add {', '.join(without)}: their records would count as unknown.",
                    found=", ".join(dimension.codes), severity="warning",
                )  # fmt: skip


# --- population/<id>.yml -------------------------------------------------------------------------
def population_places_exist(context: Context, id: str, population: Population) -> Iterator[Problem]:
    file = f"population/{id}.yml"
    if context.levels is None:
        return
    yield from context.missing(file, ("level",), population.level, context.levels, "a place level")
    for position, carry in enumerate(population.carry):
        yield from context.missing(file, ("carry", position, "level"), carry.level, context.levels,
                                   "a place level")  # fmt: skip
        if carry.rake_to and context.loaded.city:
            for level in context.loaded.city.place_levels:
                if level.id == carry.level:
                    yield from context.missing(
                        file, ("carry", position, "rake_to"), carry.rake_to,
                        context.columns_of_file(level.boundaries) or [carry.rake_to],
                        f"a property of {level.boundaries}",
                    )  # fmt: skip


def population_groups_exist(context: Context, id: str, population: Population) -> Iterator[Problem]:
    file = f"population/{id}.yml"
    for position, count in enumerate(population.counts):
        here: Path_ = ("counts", position, "groups")
        if len(count.groups) > 2:
            yield context.problem(file, here, "at most two dimensions", "Take one out.")
        for dimension, group in count.groups.items() if context.dimensions is not None else ():
            yield from context.missing(file, (*here, dimension), dimension,
                                       context.dimensions or (), "a dimension")  # fmt: skip
            if dimension in context.loaded.dimensions:
                codes = context.loaded.dimensions[dimension].codes
                yield from context.missing(file, (*here, dimension), group, codes,
                                           f"a group of dimension {dimension}")  # fmt: skip


def population_file_has_its_columns(context: Context, id: str,
                                    population: Population) -> Iterator[Problem]:  # fmt: skip
    wanted: list[tuple[Path_, str]] = [(("key",), population.key)]
    for position, count in enumerate(population.counts):
        wanted.append((("counts", position, "column"), count.column))
        if count.moe:
            wanted.append((("counts", position, "moe"), count.moe))
    yield from context.columns_in(f"population/{id}.yml", ("file",), population.file, wanted)


# --- departments/<dept>/department.yml -----------------------------------------------------------
def department_ids_come_once(
    context: Context, id: str, department: Department
) -> Iterator[Problem]:
    file = f"departments/{id}/department.yml"
    programs = Counter(program.id for program in department.programs)
    objectives = Counter(
        objective.id for program in department.programs for objective in program.objectives
    )
    for p, program in enumerate(department.programs):
        if programs[program.id] > 1:
            yield context.problem(file, ("programs", p, "id"), "an id that is used once",
                                  "Choose another id.")  # fmt: skip
        for o, objective in enumerate(program.objectives):
            if objectives[objective.id] > 1:
                yield context.problem(file, ("programs", p, "objectives", o, "id"),
                                      "an id that is used once in the department",
                                      "Choose another id: metrics name it.")  # fmt: skip


# --- all files -----------------------------------------------------------------------------------
def texts_are_translated(context: Context) -> Iterator[Problem]:
    """A missing translation is a warning: the page shows the default language instead."""
    city = context.loaded.city
    if city is None:
        return
    for file, model in _models(context):
        for path, text in texts(model):
            missing = [language for language in city.languages if not text.get(language)]
            if missing:
                yield context.problem(
                    file, path, f"the text in {', '.join(missing)} too",
                    "Add the translation; until then people read it in another language.",
                    found=f"only {', '.join(text)}", severity="warning",
                )  # fmt: skip


def _models(context: Context) -> Iterable[tuple[str, object]]:
    loaded = context.loaded
    yield CITY_FILE, loaded.city
    for id, population in loaded.populations.items():
        yield f"population/{id}.yml", population
    for id, dataset in loaded.datasets.items():
        yield f"datasets/{id}.yml", dataset
    for id, department in loaded.departments.items():
        yield f"departments/{id}/department.yml", department
    for id, metric in loaded.metrics.items():
        yield f"departments/{loaded.department_of[id]}/{id}.yml", metric
    if context.readable(DIMENSIONS_FILE):
        from equity.framework.models import Dimensions

        yield DIMENSIONS_FILE, Dimensions(dimensions=list(loaded.dimensions.values()))


CITY_RULES = (time_zone_exists, languages_are_spoken, crs_is_metric, city_ids_come_once,
              boundaries_have_their_columns, attributes_are_complete)  # fmt: skip
DIMENSION_RULES = (dimension_has_one_source, season_is_taken, group_codes_come_once, crosswalks_reach_the_groups,
                   steps_have_their_groups)  # fmt: skip
POPULATION_RULES = (population_places_exist, population_groups_exist,
                    population_file_has_its_columns)  # fmt: skip
DEPARTMENT_RULES = (department_ids_come_once,)
