"""Reading the CSV and GeoJSON tables that hold one row a place."""

from __future__ import annotations

import json
from difflib import get_close_matches

import numpy as np
import pandas as pd

from equity.errors import DefinitionError, Problem
from equity.places.boundaries import place_code
from equity.workspace import Workspace


def read_table(
    workspace: Workspace, path: str, key: str, *, file: str, field: str, key_field: str = "key"
) -> pd.DataFrame:
    """The rows of a CSV or GeoJSON file as text, indexed by the place's code.

    `file` and `field` name the definition that points at it, for problems. Raises
    `DefinitionError` for a file that cannot be read, a key that is no column, an empty code, a
    code that comes twice.
    """
    found = workspace.resolve(path, file=file, field=f"{field}file")
    shown = workspace.name_of(found)
    try:
        table = _rows(found)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DefinitionError.of(
            [
                Problem(file, f"{field}file", path, "a CSV or GeoJSON file that can be read",
                        f"Put the file there, or correct the path ({type(error).__name__}).")
            ]
        ) from error  # fmt: skip
    require_columns(table, [key], shown, file=file, field=f"{field}{key_field}")
    codes = table[key].map(place_code)
    twice = codes[codes.duplicated() | (codes == "")]
    if len(twice):
        raise DefinitionError.of(
            [
                Problem(shown, key, str(table.loc[twice.index[0], key]) or "nothing",
                        "one row a place, each with its code",
                        "Remove the row that comes again, or add the rows up first.",
                        line=int(twice.index[0]) + 2)
            ]
        )  # fmt: skip
    table.index = pd.Index(codes, name="place")
    return table


def _rows(path: object) -> pd.DataFrame:
    if str(path).lower().endswith((".geojson", ".json")):
        with open(str(path), encoding="utf-8-sig") as stream:
            features = json.load(stream)["features"]
        return pd.DataFrame([each["properties"] for each in features])
    return pd.read_csv(str(path), dtype=str, keep_default_na=False, encoding="utf-8-sig")


def require_columns(
    table: pd.DataFrame, columns: list[str], shown: str, *, file: str, field: str
) -> None:
    """Raise `DefinitionError` for the first of `columns` that `table` does not have."""
    for column in columns:
        if column not in table.columns:
            near = get_close_matches(column, [str(each) for each in table.columns], n=1, cutoff=0.4)
            remedy = f"Did you mean {near[0]}?" if near else "Choose a column of the file."
            raise DefinitionError.of([Problem(file, field, column, f"a column of {shown}", remedy)])


def numbers(
    table: pd.DataFrame, column: str, missing: list[float], *, file: str, field: str
) -> np.ndarray:
    """A column as floats; empty and `missing` values are not-a-number.

    Raises `DefinitionError` for text that is not a number.
    """
    text = table[column].map(lambda value: "" if value is None else str(value).strip().lower())
    empty = text.isin(["", "nan", "na", "n/a", "null", "none"])
    values = pd.to_numeric(text.where(~empty).str.replace(",", ""), errors="coerce")
    wrong = table.loc[values.isna() & ~empty, column]
    if len(wrong):
        raise DefinitionError.of(
            [
                Problem(file, field, f"{wrong.iloc[0]} for place {wrong.index[0]}",
                        f"numbers in column {column}",
                        "Correct the value, or name it under missing.")
            ]
        )  # fmt: skip
    kept: np.ndarray = values.where(~values.isin(missing)).to_numpy(dtype="float64")
    return kept
