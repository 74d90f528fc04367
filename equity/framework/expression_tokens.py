"""sqlglot's DuckDB tokens of an expression, walked one by one; and how a refusal names its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from equity.framework.expression_operations import (
    BOOLEAN,
    DATE,
    NULL,
    NUMBER,
    TEXT,
    TIMESTAMP,
    Kind,
    Node,
)

MAX_LENGTH = 2000

RESERVED = {"AND", "OR", "NOT", "IN", "IS", "BETWEEN", "CASE", "WHEN", "THEN", "ELSE", "END",
             "NULL", "TRUE", "FALSE", "SELECT", "FROM", "WHERE"}  # fmt: skip
_HINTS = {
    "SEMICOLON": "an expression is one condition or value, never a statement",
    "SELECT": "an expression cannot hold a query",
    "DOT": "columns have plain names, without a table",
    "DCOLON": "values keep the type of the contract",
    "L_BRACKET": "lists and indexing are not part of expressions",
    "OVER": "an expression sees one record at a time",
    "STAR": "name the column",
    "ARROW": "lambdas and JSON paths are not part of expressions",
}
_KIND_NAMES = {BOOLEAN: "true or false", NUMBER: "a number", TEXT: "text",
               TIMESTAMP: "a timestamp", DATE: "a date", NULL: "null"}  # fmt: skip


class RefusedError(Exception):
    """Why an expression is refused: offending text, its line and column, and what is expected."""

    def __init__(self, found: str, line: int, column: int, expected: str, remedy: str):
        super().__init__(f"{found} at line {line}, column {column}: expected {expected}. {remedy}")
        self.found, self.line, self.column = found, line, column
        self.expected, self.remedy = expected, remedy


class Tokens:
    """The tokens of `text`, the position in them, and refusals at it."""

    def __init__(self, text: str, columns: Mapping[str, Kind]):
        self.text, self.columns, self.position, self.nesting = text, columns, 0, 0
        if len(text) > MAX_LENGTH:
            self._refuse_at(MAX_LENGTH, text[MAX_LENGTH : MAX_LENGTH + 20],
                            f"at most {MAX_LENGTH} characters", "Split it into derived columns.")  # fmt: skip
        self.tokens = self._tokens()

    # -- tokens ---------------------------------------------------------------------------------
    def _tokens(self) -> list[Any]:
        from sqlglot.dialects.duckdb import DuckDB  # 0.3 s: only where expressions are parsed
        from sqlglot.errors import TokenError

        try:
            return DuckDB().tokenize(self.text)
        except TokenError:
            at = self.text.rfind("'") if self.text.count("'") % 2 else 0
            self._refuse_at(at, self.text[at : at + 40], "complete text and names",
                            "Close every quotation mark and use only plain characters.")  # fmt: skip

    @property
    def token(self) -> Any:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def _is(self, *kinds: str) -> bool:
        return self.token is not None and self._type(self.token) in kinds

    @staticmethod
    def _type(token: Any) -> str:
        name = token.token_type.name
        word = token.text.upper()
        # Words that this grammar uses, whichever type a version of the tokenizer gives them.
        return word if name not in ("STRING", "IDENTIFIER") and word in RESERVED else name

    def _next(self) -> Any:
        token = self.token
        self.position += 1
        return token

    def _expect(self, kind: str, sign: str) -> Any:
        if not self._is(kind):
            self._refuse(f"`{sign}`")
        return self._next()

    # -- refusals -------------------------------------------------------------------------------
    def _refuse_at(self, start: int, found: str, expected: str, remedy: str) -> NoReturn:
        line = self.text.count("\n", 0, start) + 1
        column = start - self.text.rfind("\n", 0, start)
        raise RefusedError(found, line, column, expected, remedy)

    def _refuse(self, expected: str, remedy: str = "", token: Any = None) -> NoReturn:
        token = token or self.token
        if token is None:
            self._refuse_at(len(self.text), "the end", expected,
                            remedy or "Complete the expression.")  # fmt: skip
        hint = _HINTS.get(self._type(token), "see docs/adding-a-metric.md for what may stand")
        self._refuse_at(token.start, self.text[token.start : token.end + 1], expected,
                        remedy or f"Take it out: {hint}.")  # fmt: skip

    def _need(self, node: Node, kinds: tuple[Kind, ...], where: str, token: Any) -> Node:
        if node.kind not in kinds:
            wanted = " or ".join(_KIND_NAMES[kind] for kind in kinds)
            self._refuse(f"{wanted} {where}, not {_KIND_NAMES[node.kind]}",
                         "Compare or convert it so that the kinds fit.", token)  # fmt: skip
        return node

    def _same(self, nodes: list[Node], token: Any, where: str) -> Kind:
        """The one kind that `nodes` share (nulls aside)."""
        kinds = list(dict.fromkeys(node.kind for node in nodes if node.kind != NULL))
        if len(kinds) > 1:
            remedy = "Both sides must be of one kind."
            if TEXT in kinds and (DATE in kinds or TIMESTAMP in kinds):
                remedy = (
                    "Write a date as date '2024-07-01', a time as timestamp '2024-07-01 08:00'."
                )
            self._refuse(f"values of one kind {where}, not "
                         + " and ".join(_KIND_NAMES[kind] for kind in kinds), remedy, token)  # fmt: skip
        return kinds[0] if kinds else NULL
