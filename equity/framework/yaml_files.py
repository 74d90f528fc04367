"""Safe YAML with line numbers: plain values, and the line of every key and item.

YAML 1.2 from its events: an alias, an anchor, a tag, a second document, a key that comes twice and
a file larger than `MAX_BYTES` are refused, so nothing can be constructed, executed or exploded.
Dates stay text; the models read them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from equity.errors import Problem

MAX_BYTES = 512 * 1024
MAX_NESTING = 20

Path_ = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass
class YamlFile:
    """One file: its value, and the line (from 1) of every path in it."""

    name: str
    value: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int | None:
        """The line of `path`, or of the nearest thing around it that stands in the file."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None

    def at(self, path: Path_) -> Any:
        """The value that stands at `path`; None where nothing does."""
        value = self.value
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value


class _RefusedError(Exception):
    def __init__(self, found: str, expected: str, remedy: str, line: int, path: Path_):
        super().__init__(expected)
        self.found, self.expected, self.remedy = found, expected, remedy
        self.line, self.path = line, path


def read_yaml(path: Path, name: str) -> tuple[YamlFile, list[Problem]]:
    """The file at `path`, shown as `name`, and what is wrong with it as YAML (at most one fault)."""
    result = YamlFile(name)

    def refuse(found: str, expected: str, remedy: str, line: int | None = None,
               where: str = "(file)") -> tuple[YamlFile, list[Problem]]:  # fmt: skip
        return result, [Problem(name, where, found, expected, remedy, line)]

    try:
        raw = path.read_bytes()
    except OSError as error:
        return refuse(error.strerror or "an error", "a file that can be read", "Check its rights.")
    if len(raw) > MAX_BYTES:
        return refuse(f"{len(raw):,} bytes", f"at most {MAX_BYTES:,} bytes", "Split the file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return refuse("a byte that is not UTF-8", "text in UTF-8", "Save the file as UTF-8.",
                      raw.count(b"\n", 0, error.start) + 1)  # fmt: skip
    reader = _Reader(text, result.lines)
    try:
        result.value = reader.document()
    except _RefusedError as error:
        return refuse(error.found, error.expected, error.remedy, error.line,
                      ".".join(map(str, error.path)) or "(file)")  # fmt: skip
    except YAMLError as error:
        return refuse(*_of_parser(error))
    return result, []


_AT_THE_END = ("unexpected end of stream", "expected ',' or ']'", "expected ',' or '}'")
"""What the parser says where something was opened and never closed."""


def _of_parser(error: YAMLError) -> tuple[str, str, str, int | None]:
    """The parser's complaint in plain words, with the line on which it is to be mended."""
    said = str(getattr(error, "problem", None) or "")
    problem, context = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    line = problem.line + 1 if problem else None
    if "'\\t'" in said:
        return "a tab at the start of a line", "spaces", "Indent with spaces only.", line
    if context and any(each in said for each in _AT_THE_END):
        return (
            "a quotation mark or bracket that is not closed", "its other half",
            "Close it, or put a text that holds such signs in quotes.", context.line + 1,
        )  # fmt: skip
    if "expected ':'" in said or "mapping values are not allowed" in said:
        return (
            "a colon too few or too many", "`field: value`, with a space after the colon",
            "Look at this line and the one above; put a text that holds a colon in quotes.", line,
        )  # fmt: skip
    found = said.removeprefix("found ") or "text that is not YAML"
    return found, "YAML", "Check indentation, colons and quotation marks there.", line


class _Reader:
    """Builds plain values from parser events."""

    def __init__(self, text: str, lines: dict[Path_, int]):
        self.events = iter(YAML(typ="safe", pure=True).parse(text))
        self.lines = lines

    def document(self) -> Any:
        value = None
        seen = False
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                if seen:
                    raise _RefusedError("a second document", "one document",
                                        "Take the `---` out.", event.start_mark.line + 1, ())  # fmt: skip
                seen = True
            elif isinstance(
                event, AliasEvent | MappingStartEvent | SequenceStartEvent | ScalarEvent
            ):
                value = self.node(event, ())
        return value

    def node(self, event: Any, path: Path_) -> Any:
        line = event.start_mark.line + 1
        self.lines.setdefault(path, line)
        if isinstance(event, AliasEvent) or event.anchor is not None:
            sign = "*" if isinstance(event, AliasEvent) else "&"
            raise _RefusedError(f"{sign}{event.anchor}", "values written out, without & and *",
                                "Write the value where it is used.", line, path)  # fmt: skip
        if event.tag is not None:
            raise _RefusedError(
                str(event.tag), "values without tags", "Take the tag out.", line, path
            )
        if len(path) > MAX_NESTING:
            raise _RefusedError("deeper nesting", f"at most {MAX_NESTING} levels",
                                "Write it flatter.", line, path[:3])  # fmt: skip
        if isinstance(event, ScalarEvent):
            return _scalar(event.value) if event.implicit[0] else event.value
        if isinstance(event, SequenceStartEvent):
            return self.sequence(path)
        return self.mapping(path)

    def sequence(self, path: Path_) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return items

    def mapping(self, path: Path_) -> dict[Any, Any]:
        items: dict[Any, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            line = event.start_mark.line + 1
            key = self.node(event, (*path, "(key)"))
            if not isinstance(key, str | int):
                raise _RefusedError("a list or mapping as a key", "plain keys",
                                    "Write the key as text.", line, path)  # fmt: skip
            if key in items:
                raise _RefusedError(f"{key} a second time (first on line {self.lines[(*path, key)]})",
                                    "every key once", "Take one of them out.", line, (*path, key))  # fmt: skip
            self.lines[(*path, key)] = line
            items[key] = self.node(next(self.events), (*path, key))
        return items


def _scalar(text: str) -> Any:
    """A plain scalar by YAML 1.2's core rules, octal and infinities left as text.

    >>> [_scalar(text) for text in ("12", "012", "1.5", "no", "true", "~", "2024-07-01")]
    [12, '012', 1.5, 'no', True, None, '2024-07-01']
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if "." in text or "e" in text or "E" in text:
        return float(text) if _FLOAT.fullmatch(text) else text
    return text
