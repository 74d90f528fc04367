"""Rules of dataset contracts. One rule, one function."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from equity.errors import Problem
from equity.framework.context import Context
from equity.framework.expressions import columns_of
from equity.framework.headers import header
from equity.framework.models import Dataset
from equity.framework.yaml_files import Path_
from equity.schema import DATE_COLUMN
from equity.workspace import STORE_PREFIX

_RESERVED = {"row_number", "record_key", DATE_COLUMN, "place", "period"}
_RESERVED_PREFIXES = ("place_", "group_")


def _file(id: str) -> str:
    return f"datasets/{id}.yml"


def time_field_is_a_time(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    if dataset.kind != "records":
        return
    if dataset.time is None:
        yield context.problem(_file(id), (), "the field `time`",
                              "Name the field that puts a record in its period.", found="")  # fmt: skip
        return
    times = [name for name, spec in dataset.fields.items() if spec.type in ("timestamp", "date")]
    if dataset.time not in times:
        yield context.problem(_file(id), ("time",), "a field of type timestamp or date",
                              context.nearest(dataset.time, times))  # fmt: skip


def names_are_free(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    names: list[tuple[Path_, str]] = [(("fields", name), name) for name in dataset.fields]
    names += [(("derived", name), name) for name in dataset.derived]
    if dataset.aggregate:
        names += [(("aggregate", "columns", i, "id"), column.id)
                  for i, column in enumerate(dataset.aggregate.columns)]  # fmt: skip
    seen: set[str] = set()
    for path, name in names:
        if name in seen or name in _RESERVED or name.startswith(_RESERVED_PREFIXES):
            yield context.problem(_file(id), path, "a name that is used once and not by the program",
                                  "Choose another name.", found=name)  # fmt: skip
        seen.add(name)


def private_columns_are_not_kept(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    for position, column in enumerate(dataset.private):
        if column in dataset.ignored:
            yield context.problem(_file(id), ("private", position),
                                  "a column that is either private or ignored",
                                  "Take it out of `ignored`.")  # fmt: skip
    dropped = {*dataset.private, *dataset.ignored}
    for name, spec in dataset.fields.items():
        # A key may come from a private column: only its hash is kept.
        private = spec.type != "key" and (spec.column or name) in dropped
        if private or name in dataset.private:
            yield context.problem(
                _file(id), ("fields", name), "a field whose column is not private or ignored",
                "Take the field out, or the column out of `private` or `ignored`.",
                found=spec.column or name,
            )  # fmt: skip


def fields_fit_their_types(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    for name, spec in dataset.fields.items():
        here: Path_ = ("fields", name)
        if spec.codes and spec.type not in ("code", "boolean"):
            yield context.problem(_file(id), (*here, "codes"), "no codes, or type code",
                                  "Codes belong to fields of type code.")  # fmt: skip
        if spec.minimum is not None or spec.maximum is not None:
            if spec.type not in ("integer", "number", "date", "timestamp"):
                yield context.problem(_file(id), here, "a range only for numbers and dates",
                                      "Take minimum and maximum out.", found=spec.type)  # fmt: skip
            elif _backwards(spec.minimum, spec.maximum):
                yield context.problem(_file(id), (*here, "maximum"), "a maximum above the minimum",
                                      "Exchange the two.")  # fmt: skip
        if spec.time_zone is not None:
            try:
                ZoneInfo(spec.time_zone)
            except (ZoneInfoNotFoundError, ValueError):
                yield context.problem(_file(id), (*here, "time_zone"), "an IANA time zone",
                                      "Write it as America/Los_Angeles.")  # fmt: skip


def _backwards(low: object, high: object) -> bool:
    try:
        return low is not None and high is not None and low > high  # type: ignore[operator]
    except TypeError:
        return True


def expressions_are_right(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    columns = columns_of(dataset, at_intake=True)
    before = {name: kind for name, kind in columns.items() if name not in dataset.derived}
    for name, text in dataset.derived.items():
        yield from context.expression(_file(id), ("derived", name), text, dataset, "",
                                      columns=before)  # fmt: skip
        if name in columns:
            before[name] = columns[name]
    for position, rule in enumerate(dataset.reject):
        yield from context.expression(_file(id), ("reject", position, "when"), rule.when, dataset,
                                      "boolean", columns=columns)  # fmt: skip


def duplicates_have_a_key(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    keys = [name for name, spec in dataset.fields.items() if spec.type == "key"]
    for position, name in enumerate(dataset.duplicates.key if dataset.duplicates else ()):
        yield from context.missing(_file(id), ("duplicates", "key", position), name, keys,
                                   "a field of type key")  # fmt: skip


def places_are_known(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    for level, name in dataset.place_codes.items():
        here: Path_ = ("place_codes", level)
        if context.levels is not None:
            yield from context.missing(_file(id), here, level, context.levels, "a place level")
        yield from context.missing(_file(id), here, name, dataset.fields, "a field")


def aggregate_fits_its_kind(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    shape = dataset.aggregate
    if (dataset.kind == "aggregate") != (shape is not None):
        yield context.problem(_file(id), ("kind",), "`aggregate:` exactly for kind aggregate",
                              "Add the shape of the file, or make it kind records.")  # fmt: skip
    if shape is None:
        return
    if context.levels is not None:
        yield from context.missing(_file(id), ("aggregate", "level"), shape.level, context.levels,
                                   "a place level")  # fmt: skip
    if shape.category is not None:
        codes = [name for name, spec in dataset.fields.items() if spec.type == "code"]
        yield from context.missing(_file(id), ("aggregate", "category"), shape.category, codes,
                                   "a field of type code")  # fmt: skip
    counts = [column.id for column in shape.columns if column.statistic == "count"]
    for position, column in enumerate(shape.columns):
        if column.statistic == "share_percent":
            yield from context.missing(_file(id), ("aggregate", "columns", position, "of"),
                                       column.of or "", counts, "a count")  # fmt: skip


def files_have_their_columns(context: Context, id: str, dataset: Dataset) -> Iterator[Problem]:
    """Files below `store:` may be built later; of others the header is read, of the first match."""
    for position, value in enumerate(dataset.files):
        here: Path_ = ("files", position)
        target, problems = context.path(_file(id), here, value)
        yield from problems
        if target is None or value.startswith(STORE_PREFIX):
            continue
        matches = sorted(glob.glob(glob.escape(str(target.parent)) + "/" + target.name))
        if not matches:
            yield context.problem(_file(id), here, "files that are there",
                                  "Put them there, or correct the path.")  # fmt: skip
            continue
        names = header(Path(matches[0]))
        if names is None:
            yield context.problem(_file(id), here, "a file with a header",
                                  "Export it again.")  # fmt: skip
            continue
        yield from _header_problems(context, id, dataset, names)


def _header_problems(context: Context, id: str, dataset: Dataset,
                     names: list[str]) -> Iterator[Problem]:  # fmt: skip
    wanted = _columns(dataset)
    # A file without a header begins with a record: its values are never shown.
    is_header = any(column in names for column in wanted.values())
    for path, column in wanted.items():
        if column not in names:
            remedy = context.nearest(column, names) if is_header else "Does the file have a header?"
            yield context.problem(_file(id), path, "a column of the file", remedy, found=column)
    if not is_header:
        return
    known = {*wanted.values(), *dataset.private, *dataset.ignored}
    without = [name for name in names if name not in known]
    if without:
        yield context.problem(
            _file(id), ("fields",), "every column of the file as a field, private or ignored",
            "They are dropped; say under `private` or `ignored` that this is meant.",
            found=", ".join(without), severity="warning",
        )  # fmt: skip
    for position, column in enumerate(dataset.private):
        if column not in names:
            yield context.problem(_file(id), ("private", position), "a column of the file",
                                  context.nearest(column, names), severity="warning")  # fmt: skip


def _columns(dataset: Dataset) -> dict[Path_, str]:
    columns: dict[Path_, str] = {
        ("fields", name): spec.column or name for name, spec in dataset.fields.items()
    }
    if dataset.coordinates:
        columns[("coordinates", "x")] = dataset.coordinates.x
        columns[("coordinates", "y")] = dataset.coordinates.y
    if dataset.aggregate:
        columns[("aggregate", "place")] = dataset.aggregate.place
        columns[("aggregate", "period")] = dataset.aggregate.period
        for position, column in enumerate(dataset.aggregate.columns):
            columns[("aggregate", "columns", position, "column")] = column.column
    return columns


DATASET_RULES = (time_field_is_a_time, names_are_free, private_columns_are_not_kept,
                 fields_fit_their_types, expressions_are_right, duplicates_have_a_key,
                 places_are_known, aggregate_fits_its_kind, files_have_their_columns)  # fmt: skip
