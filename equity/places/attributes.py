"""Attributes of places: fifths of the population, the Equity Index, a column's own code."""

from __future__ import annotations

import numpy as np
import pandas as pd

from equity.errors import DefinitionError, Problem
from equity.framework.models import Attribute, Definitions
from equity.places.boundaries import load_level, place_code
from equity.places.overlap import level_overlap
from equity.places.tables import numbers, read_table, require_columns
from equity.schema import UNKNOWN
from equity.workspace import Workspace

STEPS = 5


def attribute(workspace: Workspace, definitions: Definitions, id: str) -> pd.DataFrame:
    """`place, code`: the group of every place of the attribute's level, `unknown` without data.

    `fifths`: 1 = lowest value … 5 = highest, each about 20 % of the people (`population_steps`).
    `equity_index`: the sum of two steps, race (5 = highest share of people of color) and income
    (5 = lowest), 2–10; source: City of San José, Equity Index, GIS layer description. `column`:
    the column's value as a code. With `within`, people are those living inside that level's
    places (a place's people times the part of its area that lies inside), and every place that
    touches them gets a code; the others are `unknown`.

    Raises `ValueError` where there is no such attribute, `DefinitionError` for its file's faults.
    """
    index = [each.id for each in definitions.city.attributes].index(id)
    found = definitions.city.attributes[index]
    field = f"attributes.{index}."
    places = pd.Index(load_level(workspace, definitions, found.level).frame["place"])
    table = read_table(workspace, found.file, found.key, file="city.yml", field=field)

    if found.method == "column":
        column = _needed(found.column, "column", table, found, field)
        codes = table[column].map(place_code).replace("", UNKNOWN)
        return _frame(places, codes.reindex(places, fill_value=UNKNOWN))

    inside = _inside(workspace, definitions, found, places)
    if found.population:
        people = _values(table, found, "population", field, places)
    else:
        people = pd.Series(1.0, index=places)
    weight = (people * inside).where(inside.notna())
    if found.method == "fifths":
        value = _values(table, found, "column", field, places)
        if found.over:
            value = value / _values(table, found, "over", field, places).replace(0, np.nan)
        return _frame(places, population_steps(value, weight))

    if len(found.race) != 2:
        raise DefinitionError.of(
            [
                Problem("city.yml", f"{field}race", ", ".join(found.race),
                        "two columns: people of color, people in total", "Name both.")
            ]
        )  # fmt: skip
    color, total = found.race
    require_columns(table, [color, total], found.file, file="city.yml", field=f"{field}race")
    share = _column(table, color, found, f"{field}race", places) / _column(
        table, total, found, f"{field}race", places
    ).replace(0, np.nan)
    if found.income_file:
        table = read_table(
            workspace, found.income_file, found.income_key or found.key,
            file="city.yml", field=f"{field}income_", key_field="key",
        )  # fmt: skip
    income = _values(table, found, "income", field, places)
    return _frame(places, population_steps(share, weight) + population_steps(-income, weight))


def population_steps(value: pd.Series, weight: pd.Series, steps: int = STEPS) -> pd.Series:
    """The step (1 = lowest values) of each place, such that each holds about 1/`steps` of `weight`.

    Places are ordered by value; a place's step is the fifth in which the middle of its people
    falls, and places with one value share a step. Places without a value or a weight get none
    (not-a-number); a place without people gets the step of its value.

    >>> people = pd.Series([10.0, 10, 10, 10, 60])
    >>> population_steps(pd.Series([5.0, 1, 2, 3, 4]), people).astype(int).tolist()
    [5, 1, 1, 2, 4]
    """
    known = value.notna() & weight.notna()
    total = weight[known].sum()
    if not total > 0:
        return pd.Series(np.nan, index=value.index)
    blocks = weight[known].groupby(value[known]).sum()
    middle = (blocks.cumsum() - blocks / 2) / total
    step = np.minimum(np.floor(middle * steps) + 1, steps)
    return value.map(step).where(known)


def _frame(places: pd.Index, codes: pd.Series) -> pd.DataFrame:
    if codes.dtype == "float64":
        codes = pd.Series(
            [UNKNOWN if np.isnan(code) else str(int(code)) for code in codes], dtype=object
        )
    return pd.DataFrame({"place": places.to_numpy(), "code": codes.to_numpy()})


def _inside(
    workspace: Workspace, definitions: Definitions, found: Attribute, places: pd.Index
) -> pd.Series:
    """The part of each place inside the `within` level; not-a-number where it does not touch."""
    if found.within is None or found.within == found.level:
        return pd.Series(1.0, index=places)
    pairs = level_overlap(workspace, definitions, found.level, found.within)
    return pairs.groupby("source")["share"].sum().clip(upper=1).reindex(places)


def _values(
    table: pd.DataFrame, found: Attribute, name: str, field: str, places: pd.Index
) -> pd.Series:
    column = _needed(getattr(found, name), name, table, found, field)
    return _column(table, column, found, f"{field}{name}", places)


def _column(
    table: pd.DataFrame, column: str, found: Attribute, field: str, places: pd.Index
) -> pd.Series:
    values = numbers(table, column, found.missing, file="city.yml", field=field)
    return pd.Series(values, index=table.index).reindex(places)


def _needed(
    column: str | None, name: str, table: pd.DataFrame, found: Attribute, field: str
) -> str:
    require_columns(table, [column or ""], found.file, file="city.yml", field=f"{field}{name}")
    return str(column)
