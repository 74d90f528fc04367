"""What a rule of `equity.framework.checks` sees, and how it speaks of a fault."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from equity.errors import DefinitionError, Problem
from equity.framework.expressions import ParsedExpression, columns_of, parse
from equity.framework.faults import HIDDEN, is_private, shown
from equity.framework.headers import header
from equity.framework.load import Loaded
from equity.framework.models import Dataset
from equity.framework.yaml_files import Path_
from equity.workspace import Workspace


@dataclass(frozen=True)
class Context:
    """One check of a workspace: what was loaded, and the day on which it is checked."""

    loaded: Loaded
    workspace: Workspace
    today: date

    # -- speaking of a fault --------------------------------------------------------------------
    def problem(self, file: str, path: Path_, expected: str, remedy: str, *,
                found: str | None = None,
                severity: Literal["error", "warning"] = "error") -> Problem:  # fmt: skip
        """A problem at `path` of `file`, with its line, and the value that stands there."""
        yaml = self.loaded.files.get(file)
        if found is None:
            value = yaml.at(path) if yaml else None
            found = "" if value is None else shown(value)
            if yaml and is_private(yaml, path):
                found = HIDDEN
        return Problem(file, ".".join(map(str, path)) or "(file)", found, expected, remedy,
                       yaml.line(path) if yaml else None, severity)  # fmt: skip

    def missing(self, file: str, path: Path_, name: str, known: Collection[str],
                what: str) -> list[Problem]:  # fmt: skip
        """A problem where `name` is not among `known`, with the nearest that is."""
        if name in known:
            return []
        return [self.problem(file, path, f"{what} that exists", self.nearest(name, known),
                             found=name)]  # fmt: skip

    @staticmethod
    def nearest(name: str, known: Collection[str]) -> str:
        """'Did you mean …?', or what there is."""
        near = get_close_matches(name, known, 1, 0.6)
        if near:
            return f"Did you mean {near[0]}?"
        some = sorted(known)
        listed = ", ".join(some[:12]) + (", …" if len(some) > 12 else "")
        return f"There are: {listed}." if some else "There are none yet; add it first."

    # -- what there is, so that one broken file does not raise faults in the others -------------
    def ids(self, kind: Literal["datasets", "population", "metrics"]) -> set[str]:
        """Names of all files of a kind, of broken ones too."""
        return {name.split("/")[1] for name in self.loaded.named if name.startswith(f"{kind}/")}

    def readable(self, file: str) -> bool:
        """Whether `file` could be read into its model."""
        return not any(p.file == file and p.severity == "error" for p in self.loaded.problems)

    @property
    def levels(self) -> set[str] | None:
        """The place levels of city.yml; None where that cannot be read."""
        city = self.loaded.city
        return {level.id for level in city.place_levels} if city else None

    @property
    def attributes(self) -> set[str] | None:
        """The place attributes of city.yml; None where that cannot be read."""
        city = self.loaded.city
        return {attribute.id for attribute in city.attributes} if city else None

    @property
    def dimensions(self) -> set[str] | None:
        """The dimensions; None where dimensions.yml cannot be read."""
        return set(self.loaded.dimensions) if self.readable("dimensions.yml") else None

    # -- the two things that many rules need ----------------------------------------------------
    def expression(self, file: str, path: Path_, text: str, dataset: Dataset, kind: str, *,
                   at_intake: bool = False,
                   columns: dict[str, str] | None = None) -> list[Problem]:  # fmt: skip
        """Problems of an expression over `dataset` that must give `kind` ("" for any)."""
        known = columns_of(dataset, at_intake=at_intake) if columns is None else columns
        field = ".".join(map(str, path))
        yaml = self.loaded.files.get(file)
        try:
            parsed: ParsedExpression = parse(text, known, file, field,
                                             yaml.line(path) if yaml else None)  # fmt: skip
        except DefinitionError as error:
            return error.problems
        if kind and parsed.kind != kind:
            words = {"boolean": "a condition (true or false)", "number": "a number"}[kind]
            return [self.problem(file, path, words, f"It gives {parsed.kind}; correct it.",
                                 found=f"`{text}`")]  # fmt: skip
        return []

    def path(self, file: str, path: Path_, value: str) -> tuple[Path | None, list[Problem]]:
        """The file that a YAML value names, and what is wrong with that. Not whether it is there."""
        yaml = self.loaded.files.get(file)
        try:
            found = self.workspace.resolve(value, file=file, field=".".join(map(str, path)))
            found.exists()  # raises where no system can hold such a name
        except DefinitionError as error:
            line = yaml.line(path) if yaml else None
            return None, [dataclasses.replace(problem, line=line) for problem in error.problems]
        except (OSError, ValueError):
            return None, [self.problem(file, path, "a path", "Correct it.", found=shown(value))]
        return found, []

    def columns_in(self, file: str, path: Path_, value: str,
                   wanted: Sequence[tuple[Path_, str]]) -> list[Problem]:  # fmt: skip
        """Problems with a file that must be there and hold the `wanted` columns (path, name)."""
        target, problems = self.path(file, path, value)
        if target is None:
            return problems
        if not target.is_file():
            return [self.problem(file, path, "a file that is there",
                                 "Put it there, or correct the path.", found=value)]  # fmt: skip
        names = header(target)
        if names is None:
            return [self.problem(file, path, "a CSV or GeoJSON file with a header",
                                 "Export the file again.", found=value)]  # fmt: skip
        return [
            self.problem(file, where, f"a column of {value}", self.nearest(name, names), found=name)
            for where, name in wanted
            if name not in names
        ]

    def columns_of_file(self, value: str) -> list[str] | None:
        """The columns of the file that a YAML value names; None where they cannot be read."""
        target, _ = self.path("", (), value)
        return header(target) if target and target.is_file() else None
