"""A workspace's YAML → `Definitions`, or every fault with its file, line and field.

```
city.yml                            dimensions.yml
population/<id>.yml                 datasets/<id>.yml
departments/<dept>/department.yml   departments/<dept>/<metric>.yml
```
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from equity.errors import DefinitionError, Problem
from equity.framework.faults import model_problem
from equity.framework.models import (
    City,
    Dataset,
    Definitions,
    Department,
    Dimension,
    Dimensions,
    Metric,
    Model,
    Population,
)
from equity.framework.yaml_files import Path_, YamlFile, read_yaml
from equity.workspace import Workspace

M = TypeVar("M", bound=Model)
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


@dataclass
class Loaded:
    """What could be read: models by id, the files that they came from, and the faults."""

    city: City | None = None
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    populations: dict[str, Population] = field(default_factory=dict)
    datasets: dict[str, Dataset] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    metrics: dict[str, Metric] = field(default_factory=dict)
    department_of: dict[str, str] = field(default_factory=dict)
    files: dict[str, YamlFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    """Ids of metrics, datasets … whose files exist, `kind/id`, though they may hold faults."""

    def definitions(self) -> Definitions:
        """Everything as one immutable model. Raises `DefinitionError` with every fault."""
        errors = [problem for problem in self.problems if problem.severity == "error"]
        if errors or self.city is None:
            raise DefinitionError.of(errors)
        parts: dict[str, Any] = {
            "city": self.city,
            "dimensions": self.dimensions,
            "populations": self.populations,
            "datasets": self.datasets,
            "departments": self.departments,
            "metrics": self.metrics,
            "department_of": self.department_of,
        }
        return Definitions.model_construct(**parts, digest=digest(parts))


def load(workspace: Workspace) -> Definitions:
    """The definitions of `workspace`.

    Every file is read and held against its model; what files say of each other is the work of
    `equity.framework.checks`, which a build runs first. Raises `DefinitionError` with every fault.
    """
    return read(workspace).definitions()


def digest(parts: dict[str, Any]) -> str:
    """SHA-256 over the canonical JSON of all models: the same definitions, the same digest."""

    def plain(value: Any) -> Any:
        if isinstance(value, BaseModel):
            return value.model_dump(mode="json")
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        return value

    text = json.dumps(plain(parts), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read(workspace: Workspace) -> Loaded:
    """Whatever can be read of the workspace's definitions, with every fault beside it."""
    loaded = Loaded()
    root = workspace.root
    loaded.city = _file(loaded, workspace, root / "city.yml", City)
    listed = _file(loaded, workspace, root / "dimensions.yml", Dimensions)
    for position, dimension in enumerate(listed.dimensions if listed else []):
        if dimension.id in loaded.dimensions:
            _twice(loaded, "dimensions.yml", ("dimensions", position, "id"), dimension.id)
        loaded.dimensions[dimension.id] = dimension
    _folder(loaded, workspace, root / "population", Population, loaded.populations)
    _folder(loaded, workspace, root / "datasets", Dataset, loaded.datasets)
    for folder in sorted(path for path in (root / "departments").glob("*") if path.is_dir()):
        _department(loaded, workspace, folder)
    return loaded


def _department(loaded: Loaded, workspace: Workspace, folder: Path) -> None:
    """One department: its own file, and a metric in every other YAML file beside it."""
    name = folder.name
    own = folder / "department.yml"
    if not _name_is_good(loaded, workspace, folder):
        return
    department = _file(loaded, workspace, own, Department)
    if department:
        loaded.departments[name] = department
    for path in sorted(set(folder.glob("*.yml")) - {own}):
        before = set(loaded.department_of)
        loaded.department_of.setdefault(path.stem, name)
        if path.stem in before:
            _twice(loaded, _shown(workspace, path), (), path.stem)
            continue
        if _name_is_good(loaded, workspace, path):
            loaded.named.add(f"metrics/{path.stem}")
            metric = _file(loaded, workspace, path, Metric)
            if metric:
                loaded.metrics[path.stem] = metric


def _folder(loaded: Loaded, workspace: Workspace, folder: Path, model: type[Model],
            into: dict[str, Any]) -> None:  # fmt: skip
    for path in sorted(folder.glob("*.yml")):
        if _name_is_good(loaded, workspace, path):
            loaded.named.add(f"{folder.name}/{path.stem}")
            value = _file(loaded, workspace, path, model)
            if value:
                into[path.stem] = value


def _shown(workspace: Workspace, path: Path) -> str:
    return path.relative_to(workspace.root).as_posix()


def _name_is_good(loaded: Loaded, workspace: Workspace, path: Path) -> bool:
    good = _NAME.fullmatch(path.stem) is not None
    if not good:
        loaded.problems.append(
            Problem(_shown(workspace, path), "(file name)", path.stem,
                    "lower-case letters, digits and underscores, starting with a letter",
                    "Rename it: the name is the id.")
        )  # fmt: skip
    return good


def _twice(loaded: Loaded, file: str, path: Path_, name: str) -> None:
    yaml = loaded.files.get(file)
    loaded.problems.append(
        Problem(file, ".".join(map(str, path)) or "(file name)", name, "an id that is used once",
                "Rename one of the two.", yaml.line(path) if yaml else None)
    )  # fmt: skip


def _file(loaded: Loaded, workspace: Workspace, path: Path, model: type[M]) -> M | None:
    name = _shown(workspace, path)
    if not path.is_file():
        loaded.problems.append(
            Problem(name, "(file)", "no such file", f"the {model.__name__.lower()} file",
                    "Add it; docs/adding-a-city.md shows a small one.")
        )  # fmt: skip
        return None
    yaml, problems = read_yaml(path, name)
    loaded.files[name] = yaml
    loaded.problems += problems
    if problems:
        return None
    try:
        return model.model_validate(yaml.value)
    except ValidationError as error:
        loaded.problems += [model_problem(yaml, model, fault) for fault in error.errors()]
        return None
