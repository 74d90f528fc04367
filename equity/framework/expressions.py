"""Expressions over the columns of a dataset's contract, such as `response_seconds <= 480`.

An expression is data written by a city, so it may do only what is listed here: columns of the
contract, literals (`480`, `'closed'`, `date '2024-07-01'`, `true`), comparison, arithmetic,
`and`/`or`/`not`, `in (…)`, `between`, `is null`, `case when`, and the functions of
`expression_operations.FUNCTIONS`. It means the same in DuckDB, in Ibis and in plain Python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from equity.errors import DefinitionError, Problem
from equity.framework.expression_operations import OPERATIONS, Kind, Node, literal_sql
from equity.framework.expression_parser import parse_tree
from equity.framework.expression_tokens import RefusedError
from equity.framework.models import Dataset
from equity.schema import DATE_COLUMN

KIND_OF_TYPE: dict[str, Kind] = {
    "timestamp": "timestamp",
    "date": "date",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "code": "text",
}
"""Kind of every contract type that an expression may use; a `key` is kept as a hash only."""


@dataclass(frozen=True)
class ParsedExpression:
    """An expression that was checked against its columns.

    `kind` is boolean, number, text, timestamp or date. `to_sql`, `to_ibis` and `evaluate` agree.
    """

    text: str
    tree: Node

    @property
    def kind(self) -> Kind:
        """What the expression gives for a record."""
        return self.tree.kind

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns that it uses."""
        found, todo = set(), [self.tree]
        while todo:
            node = todo.pop()
            todo += node.args
            if node.op == "column":
                found.add(node.value)
        return frozenset(found)

    def to_sql(self) -> str:
        """DuckDB SQL, made from the checked tree and never from the text.

        >>> parse("seconds <= 480", {"seconds": "integer"}).to_sql()
        '("seconds" <= 480)'
        """
        return _sql(self.tree)

    def to_ibis(self, table: Any) -> Any:
        """An Ibis value over the columns of `table`."""
        return _ibis(self.tree, table)

    def evaluate(self, row: Mapping[str, Any]) -> Any:
        """The value for one record in plain Python, with SQL's rules for None.

        >>> longer = parse("days_between(a, b) > 5", {"a": "date", "b": "date"})
        >>> from datetime import date
        >>> longer.evaluate({"a": date(2024, 1, 1), "b": date(2024, 1, 9)})
        True
        >>> longer.evaluate({"a": date(2024, 1, 1), "b": None}) is None
        True
        """
        return _value(self.tree, row)


def parse(text: str, columns: Mapping[str, str], file: str = "", field: str = "",
          line: int | None = None) -> ParsedExpression:  # fmt: skip
    """Parse `text` against `columns` (name → contract type, from `columns_of`).

    Raises `DefinitionError` with one problem that names `file`, `field`, the offending text and
    its line and column inside the expression.

    >>> parse("secnds <= 480", {"seconds": "integer"})
    Traceback (most recent call last):
    ...
    equity.errors.DefinitionError: ...Found `secnds` (line 1, column 1)... Did you mean seconds?
    """
    kinds: dict[str, Kind] = {
        name: KIND_OF_TYPE[type_] for name, type_ in columns.items() if type_ in KIND_OF_TYPE
    }
    try:
        return ParsedExpression(text, parse_tree(text, kinds))
    except RefusedError as refused:
        raise DefinitionError.of(
            [
                Problem(
                    file,
                    field,
                    f"`{refused.found}` (line {refused.line}, column {refused.column})",
                    refused.expected,
                    refused.remedy,
                    line,
                )
            ]
        ) from None


def columns_of(dataset: Dataset, *, at_intake: bool = False) -> dict[str, str]:
    """Name → type of every column that an expression over `dataset` may use.

    The contract's fields (keys excepted, of which only a hash is kept) and derived columns, and,
    once the records are accepted, `local_date`. With `at_intake`, what the contract's own
    `derived` and `reject` may use: without `local_date`, which is computed after them. A derived
    column whose expression is refused is left out.
    """
    columns: dict[str, str] = {
        name: spec.type for name, spec in dataset.fields.items() if spec.type != "key"
    }
    if dataset.aggregate:
        columns |= {column.id: "number" for column in dataset.aggregate.columns}
    for name, text in dataset.derived.items():
        try:
            kind = parse(text, columns).kind
        except DefinitionError:
            continue
        columns[name] = _TYPE_OF_KIND[kind]
    if dataset.time and not at_intake:
        columns[DATE_COLUMN] = "date"
    return columns


_TYPE_OF_KIND = {"timestamp": "timestamp", "date": "date", "number": "number",
                 "boolean": "boolean", "text": "code", "null": "code"}  # fmt: skip


def _sql(node: Node) -> str:
    if node.op == "literal":
        return literal_sql(node.value)
    if node.op == "column":
        return '"' + node.value.replace('"', '""') + '"'
    return OPERATIONS[node.op].sql(*map(_sql, node.args))


def _ibis(node: Node, table: Any) -> Any:
    if node.op == "literal":
        import ibis

        return ibis.null() if node.value is None else ibis.literal(node.value)
    if node.op == "column":
        return table[node.value]
    if node.op == "round":
        return OPERATIONS["round"].ibis(
            _ibis(node.args[0], table), *(a.value for a in node.args[1:])
        )
    return OPERATIONS[node.op].ibis(*(_ibis(arg, table) for arg in node.args))


def _value(node: Node, row: Mapping[str, Any]) -> Any:
    if node.op == "literal":
        return node.value
    if node.op == "column":
        return row[node.value]
    operation = OPERATIONS[node.op]
    values = [_value(arg, row) for arg in node.args]
    if operation.strict and None in values:
        return None
    return operation.python(*values)
