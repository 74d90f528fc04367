"""Errors that people read: every one names the place, what was found, what was expected, the remedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One fault found in a definition, a workspace or an input file.

    `file` is a path relative to the workspace, `line` starts at 1 (None where there is none),
    `field` is a dotted path such as `tables.0.places`, `found` is the offending value as text
    (never the value of a private field), `expected` and `remedy` are sentences.
    """

    file: str
    field: str
    found: str
    expected: str
    remedy: str
    line: int | None = None
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        found = f" Found {self.found}." if self.found else ""
        return f"{where}: {self.field}:{found} Expected {self.expected}. {self.remedy}"


class EquityError(Exception):
    """A fault that a person can mend; the message says how."""

    def __init__(self, message: str, problems: list[Problem] | None = None):
        super().__init__(message)
        self.problems = problems or []

    @classmethod
    def of(cls, problems: list[Problem]) -> EquityError:
        """An error whose message is the list of `problems`, one a line."""
        return cls("\n".join(str(problem) for problem in problems), problems)


class DefinitionError(EquityError):
    """The workspace's YAML is not right."""


class IntakeError(EquityError):
    """A file cannot be taken in; nothing of it was stored and the previous build stays in service."""


class LedgerError(EquityError):
    """Rows read are not the sum of rows accepted and quarantined."""


class PublicationError(EquityError):
    """There is no publication to read, or it is not one that this program can read."""
