"""What is wrong with one YAML file by its model: pydantic's errors in words, with their lines."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from equity.errors import Problem
from equity.framework.models import Model
from equity.framework.yaml_files import Path_, YamlFile

HIDDEN = "a value that is not shown (private column)"


def model_problem(yaml: YamlFile, model: type[Model], fault: Any) -> Problem:
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
    if kind == "dict_type" and any(o.get("type") == "string" for o in _options(model, location)):
        return "a text, or one in each language", "Write `text`, or `{en: text, es: texto}`."
    return _REMEDIES.get(kind, (fault["msg"], "Correct the value."))


def _fields_at(model: type[Model], location: Path_) -> list[str]:
    """The fields that may stand at `location` of `model`."""
    return [name for option in _options(model, location) for name in option.get("properties", {})]


def _options(model: type[Model], location: Path_) -> list[dict[str, Any]]:
    """The JSON schemas of what may stand at `location` of `model`."""
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
    return [_resolved(schema, option) for option in here.get("anyOf", [here])]


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    name = part.get("$ref", "").rsplit("/", 1)[-1]
    return schema["$defs"][name] if name else part
