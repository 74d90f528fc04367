"""A dataset's contract made ready for reading: which columns, in what types, under which key."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from equity.errors import DefinitionError, EquityError, IntakeError, Problem
from equity.framework.models import Dataset, Definitions, Duplicates, FieldSpec
from equity.places import Locator, attribute, load_level
from equity.records.files import fault
from equity.schema import DATE_COLUMN, PLACE_COLUMN
from equity.workspace import Workspace

_FORMAT = 1
"""Raised when accepted records are computed otherwise, so that files are taken in again."""


@dataclass(frozen=True)
class Contract:
    """What one dataset's rows are read by."""

    id: str
    dataset: Dataset
    zone: ZoneInfo
    definitions: Definitions
    workspace: Workspace

    @cached_property
    def fields(self) -> dict[str, FieldSpec]:
        """Fields to type, in order; the columns of an aggregate dataset among them."""
        columns = self.dataset.aggregate.columns if self.dataset.aggregate else []
        counts = {c.id: FieldSpec(column=c.column, type="number", minimum=0) for c in columns}
        fields = {**self.dataset.fields, **counts}
        if self.dataset.time in fields:
            # A record without its period can stand in no cell, so it may not be accepted.
            required = fields[self.dataset.time].model_copy(update={"required": True})
            fields[self.dataset.time] = required
        return fields

    @cached_property
    def columns(self) -> list[str]:
        """The columns of the file that are read; no other one ever leaves the reader."""
        aggregate, coordinates = self.dataset.aggregate, self.dataset.coordinates
        names = [self.column(name) for name in self.fields]
        names += [aggregate.place, aggregate.period] if aggregate else []
        names += [coordinates.x, coordinates.y] if coordinates else []
        return list(dict.fromkeys(names))

    def column(self, field: str) -> str:
        """The file's column of a field."""
        return self.fields[field].column or field

    @cached_property
    def key_fields(self) -> list[str]:
        """Fields, or columns of the part, whose hash identifies a record."""
        if aggregate := self.dataset.aggregate:
            codes = [name for name, spec in self.fields.items() if spec.type == "code"]
            return [PLACE_COLUMN.format(level=aggregate.level), DATE_COLUMN, *codes]
        if self.dataset.duplicates:
            return list(self.dataset.duplicates.key)
        return [name for name, spec in self.fields.items() if spec.type == "key"]

    @cached_property
    def duplicates(self) -> Duplicates | None:
        """What to do when a key comes again; an aggregate has one row a place, period and code."""
        if self.dataset.aggregate:
            return Duplicates(key=["place"], rule="keep_first")
        return self.dataset.duplicates

    @cached_property
    def group_fields(self) -> dict[str, str]:
        """Dimension → the column of accepted records that holds its group."""
        known = {n for n, s in self.fields.items() if s.type != "key"} | set(self.dataset.derived)
        return {
            dimension.id: dimension.source.field
            for dimension in self.definitions.dimensions.values()
            if dimension.source.field in known
        }

    @cached_property
    def group_attributes(self) -> dict[str, tuple[str, dict[str, str]]]:
        """Dimension → (place level, place → group) for groups of the place that a record is in."""
        if self.dataset.aggregate:
            return {}
        levels = {a.id: a.level for a in self.definitions.city.attributes}
        found = {}
        for dimension in self.definitions.dimensions.values():
            id = dimension.source.attribute or ""
            level = levels.get(id)
            if level and (self.dataset.coordinates or level in self.dataset.place_codes):
                frame = attribute(self.workspace, self.definitions, id)
                codes = dict(zip(frame["place"], frame["code"], strict=True))
                found[dimension.id] = (level, codes)
        return found

    @cached_property
    def levels(self) -> dict[str, Level]:
        """The place levels that the dataset's rows are put in, by id."""
        aggregate = self.dataset.aggregate
        wanted = [
            level.id
            for level in self.definitions.city.place_levels
            if not aggregate or level.id == aggregate.level
        ]
        return {id: Level(self.workspace, self.definitions, id) for id in wanted}

    @cached_property
    def digest(self) -> str:
        """Hash of all that decides how a row is read, its places and its groups included."""
        city = self.definitions.city
        dimensions = [d.model_dump(mode="json") for d in self.definitions.dimensions.values()]
        settings: list[Any] = [
            _FORMAT,
            self.dataset.model_dump(mode="json", exclude={"title", "description", "source", "files"}),
            [level.model_dump(mode="json") for level in city.place_levels],
            [entry.model_dump(mode="json") for entry in city.attributes],
            [{**d, "title": "", "groups": [g["code"] for g in d["groups"]]} for d in dimensions],
            city.time_zone,
            city.crs,
            city.fiscal_year_start,
        ]  # fmt: skip
        paths = [level.boundaries for level in city.place_levels]
        paths += [path for a in city.attributes for path in (a.file, a.income_file) if path]
        for path in paths:
            try:
                with self.workspace.resolve(path).open("rb") as handle:
                    settings.append(hashlib.file_digest(handle, "sha256").hexdigest())
            except OSError as error:
                raise fault(
                    path, "(file)", error.strerror or "an unreadable file",
                    "boundaries or attributes that can be read", "Put the file there.",
                ) from None  # fmt: skip
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()

    def source_columns(self, file: str, header: list[str]) -> dict[str, int]:
        """Column → its position in `header`.

        Raises `IntakeError` naming every column that is missing (with the nearest name) or that
        stands there twice. A file whose first row holds none of the contract's columns may have
        no header at all: then nothing of that row is repeated, because it would be a record.
        """
        counts = Counter(header)
        problems = []
        if not any(column in counts for column in self.columns):
            problems.append(
                Problem(
                    file, "(header)", "a first row with none of the contract's columns",
                    "a header with " + ", ".join(self.columns),
                    "Export with column names in the first row, or correct the contract.",
                )
            )  # fmt: skip
        else:
            others = [name for name in counts if name not in self.columns]
            for column in self.columns:
                if column not in counts:
                    near = nearest(column, others)
                    hint = f"The nearest name in the file is {near}. " if near else ""
                    problems.append(
                        Problem(
                            file, column, "no such column", f"a column {column}",
                            hint + "Correct the export, or the column in the contract.",
                        )
                    )  # fmt: skip
                elif counts[column] > 1:
                    problems.append(
                        Problem(
                            file, column, f"{counts[column]} columns of that name",
                            f"one column {column}", "Rename or remove the others in the export.",
                        )
                    )  # fmt: skip
        if problems:
            raise IntakeError.of(problems)
        return {column: header.index(column) for column in self.columns}


class Level:
    """One place level at intake: its codes, its bounds and the finder of places."""

    def __init__(self, workspace: Workspace, definitions: Definitions, id: str):
        frame = load_level(workspace, definitions, id).frame
        self.codes = frozenset(frame["place"].astype(str))
        self.bounds = tuple(frame.total_bounds)
        self.locator = Locator(frame)


def contract_of(workspace: Workspace, definitions: Definitions, dataset_id: str) -> Contract:
    """The contract of `dataset_id`.

    Raises `EquityError` where there is no such dataset, `DefinitionError` where a private column
    is also a field: what is private may not be read under another name.
    """
    if dataset_id not in definitions.datasets:
        near = nearest(dataset_id, list(definitions.datasets))
        raise EquityError(
            f"There is no dataset {dataset_id}." + (f" Did you mean {near}?" if near else "")
        )
    zone = ZoneInfo(definitions.city.time_zone)
    dataset = definitions.datasets[dataset_id]
    contract = Contract(dataset_id, dataset, zone, definitions, workspace)
    clash = [column for column in contract.columns if column in {*dataset.private}]
    if clash:
        raise DefinitionError.of(
            [
                Problem(
                    f"datasets/{dataset_id}.yml", "private", ", ".join(clash),
                    "columns that no field and no coordinate reads",
                    "Remove the field, or take the column off the private list.",
                )
            ]
        )  # fmt: skip
    return contract


def nearest(name: str, names: list[str]) -> str:
    """The one of `names` that is most like `name`, or "".

    >>> nearest("Date_Created", ["date created", "status"])
    'date created'
    """
    plain = {other.lower(): other for other in names}
    found = difflib.get_close_matches(name.lower(), list(plain), n=1, cutoff=0.6)
    return plain[found[0]] if found else ""
