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
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from equity.errors import DefinitionError, Problem
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

HIDDEN = "a value that is not shown (private column)"
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
        loaded.problems += [_problem(yaml, model, fault) for fault in error.errors()]
        return None


# --- pydantic's errors as problems ---------------------------------------------------------------
def _problem(yaml: YamlFile, model: type[Model], fault: Any) -> Problem:
    """One of pydantic's errors, in words, with the line it is about."""
    location = tuple(step for step in fault["loc"] if step != "[key]")
    kind = fault["type"]
    found = _found(yaml, location, fault)
    expected, remedy = _expectation(kind, fault, model, location)
    return Problem(yaml.name, ".".join(map(str, location)) or "(file)", found, expected, remedy,
                   yaml.line(location))  # fmt: skip


def _found(yaml: YamlFile, location: Path_, fault: Any) -> str:
    if fault["type"] == "missing":
        return ""
    if fault["type"] == "extra_forbidden":
        return str(location[-1])
    if is_private(yaml, location):
        return HIDDEN
    return shown(fault["input"])


def shown(value: Any) -> str:
    """A YAML value as a problem quotes it, cut to 80 characters."""
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 80 else text[:77] + "…"


def is_private(yaml: YamlFile, location: Path_) -> bool:
    """Whether `location` lies under a field of a contract whose column is private."""
    if len(location) < 3 or location[0] != "fields":
        return False
    private = yaml.at(("private",))
    column = yaml.at(("fields", location[1], "column")) or location[1]
    return isinstance(private, list) and (column in private or location[1] in private)


_REMEDIES: dict[str, tuple[str, str]] = {
    "string_type": ("text", "Put it in quotes."),
    "int_type": ("a whole number", "Write it without quotes."),
    "int_parsing": ("a whole number", "Write it with digits only."),
    "int_from_float": ("a whole number", "Leave the decimals out."),
    "float_type": ("a number", "Write it without quotes."),
    "float_parsing": ("a number", "Write it with digits and a point."),
    "bool_type": ("true or false", "Write true or false, without quotes."),
    "bool_parsing": ("true or false", "Write true or false, without quotes."),
    "list_type": ("a list", "Write it in [ ] or one a line with a dash."),
    "dict_type": ("a mapping of names to values", "Write `name: value`, one a line."),
    "model_type": ("a mapping of fields", "Write `field: value`, one a line."),
    "model_attributes_type": ("a mapping of fields", "Write `field: value`, one a line."),
}
_RANGES = {"greater_than": ("gt", "more than"), "greater_than_equal": ("ge", "at least"),
           "less_than": ("lt", "less than"), "less_than_equal": ("le", "at most")}  # fmt: skip
_PATTERNS = {
    r"^[a-z][a-z0-9_]{0,62}$": "lower-case letters, digits and underscores, starting with a letter",
    r"^[A-Za-z0-9_.+-]{1,64}$": "letters, digits and _ . + -, at most 64",
}


def _expectation(kind: str, fault: Any, model: type[Model], location: Path_) -> tuple[str, str]:
    context = fault.get("ctx", {})
    if kind == "missing":
        return f"the field {location[-1]}", "Add it."
    if kind == "extra_forbidden":
        fields = _fields_at(model, location[:-1])
        near = get_close_matches(str(location[-1]), fields, 1, 0.6)
        return "a field that exists", (
            f"Did you mean {near[0]}?" if near else f"Fields here: {', '.join(fields)}."
        )
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        near = get_close_matches(str(fault["input"]), allowed, 1, 0.6)
        return f"one of {', '.join(allowed)}", f"Did you mean {near[0]}?" if near else "Choose one."
    if kind in _RANGES:
        bound, words = _RANGES[kind]
        return f"{words} {context[bound]}", "Correct the value."
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], context["pattern"]), "Rename it."
    if kind in ("too_short", "string_too_short"):
        return f"at least {context.get('min_length')}", "Add what is missing."
    if kind in ("too_long", "string_too_long"):
        return f"at most {context.get('max_length')}", "Shorten it."
    if kind.startswith(("date", "datetime")):
        return "a date such as 2024-07-01", "Write year-month-day."
    return _REMEDIES.get(kind, (fault["msg"], "Correct the value."))


def _fields_at(model: type[Model], location: Path_) -> list[str]:
    """The fields that may stand at `location` of `model`, found through its JSON schema."""
    schema = model.model_json_schema()
    here: dict[str, Any] = schema
    for step in location:
        options = [_resolved(schema, option) for option in here.get("anyOf", [here])]
        for option in options:
            inner = (
                option.get("items")
                if isinstance(step, int)
                else option.get("properties", {}).get(step, option.get("additionalProperties"))
            )
            if isinstance(inner, dict):
                here = _resolved(schema, inner)
                break
    options = [_resolved(schema, option) for option in here.get("anyOf", [here])]
    return [name for option in options for name in option.get("properties", {})]


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    name = part.get("$ref", "").rsplit("/", 1)[-1]
    return schema["$defs"][name] if name else part
