"""Text → `Node`: a small grammar over sqlglot's DuckDB tokens.

Only what the grammar names can be written, so nothing has to be taken out again: there is no rule
for a subquery, a file function, a cast, a window or a star. Lowest to highest: `or`, `and`, `not`,
comparison (`=`, `in`, `between`, `is null`), `+ -`, `* /`, unary minus. Every refusal names the
line, the column and the text it is about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from equity.framework.expression_operations import (
    BOOLEAN,
    DATE,
    FUNCTIONS,
    NULL,
    NUMBER,
    TEXT,
    TIMESTAMP,
    Kind,
    Node,
)
from equity.framework.expression_tokens import RESERVED, Tokens

MAX_DEPTH = 30
"""Nested steps; more is no expression that a person can review (and exhausts the stack)."""

_COMPARISONS = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_SUMS = {"PLUS": "+", "DASH": "-"}
_PRODUCTS = {"STAR": "*", "SLASH": "/"}
_TYPED = {"DATE": (DATE, date), "TIMESTAMP": (TIMESTAMP, datetime),
          "TIMESTAMPNTZ": (TIMESTAMP, datetime)}  # fmt: skip


def parse_tree(text: str, columns: Mapping[str, Kind]) -> Node:
    """The tree of `text` over `columns` (name → kind). Raises `RefusedError`."""
    return _Parser(text, columns).parse()


class _Parser(Tokens):
    """The grammar, one method a level of precedence."""

    def parse(self) -> Node:
        node = self._or()
        if self.token is not None:
            self._refuse("the end of the expression")
        return self._shallow(node)

    def _shallow(self, node: Node) -> Node:
        if node.depth > MAX_DEPTH:
            expected = f"at most {MAX_DEPTH} nested steps"
            self._refuse_at(0, self.text[:40], expected, "Split it into derived columns.")
        return node

    def _chain(self, word: str, part: Any) -> Node:
        token, nodes = self.token, [part()]
        while self._is(word):
            token = self._next()
            nodes.append(part())
        if len(nodes) == 1:
            return nodes[0]
        for node in nodes:
            self._need(node, (BOOLEAN,), f"beside `{word.lower()}`", token)
        return Node(word.lower(), BOOLEAN, tuple(nodes))

    def _or(self) -> Node:
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            self._refuse(f"at most {MAX_DEPTH} nested parentheses",
                         "Split it into derived columns.")  # fmt: skip
        node = self._chain("OR", self._and)
        self.nesting -= 1
        return node

    def _and(self) -> Node:
        return self._chain("AND", self._not)

    def _not(self) -> Node:
        negations = []
        while self._is("NOT"):
            negations.append(self._next())
        node = self._comparison()
        for token in negations:
            self._need(node, (BOOLEAN,), "after `not`", token)
        return Node("not", BOOLEAN, (node,)) if len(negations) % 2 else node

    def _comparison(self) -> Node:
        left = self._sum()
        if self._is(*_COMPARISONS):
            token = self._next()
            sign = _COMPARISONS[token.token_type.name]
            right = self._sum()
            if NULL in (left.kind, right.kind):
                self._refuse("`is null` or `is not null`",
                             "Comparing with null is never true.", token)  # fmt: skip
            kind = self._same([left, right], token, f"beside `{sign}`")
            if kind == BOOLEAN and sign not in ("=", "<>"):
                self._refuse("numbers, dates or text to order", "Use = or and/or/not.", token)
            return Node(sign, BOOLEAN, (left, right))
        if self._is("IS"):
            self._next()
            negated = self._is("NOT") and bool(self._next())
            self._expect("NULL", "null")
            node = Node("is_null", BOOLEAN, (left,))
            return Node("not", BOOLEAN, (node,)) if negated else node
        negated = self._is("NOT") and bool(self._next())
        if self._is("IN"):
            node = self._in(left)
        elif self._is("BETWEEN"):
            node = self._between(left)
        elif negated:
            self._refuse("`in` or `between` after `not`")
        else:
            return left
        return Node("not", BOOLEAN, (node,)) if negated else node

    def _in(self, left: Node) -> Node:
        token = self._next()
        self._expect("L_PAREN", "(")
        items = [self._sum()]
        while self._is("COMMA"):
            self._next()
            items.append(self._sum())
        self._expect("R_PAREN", ")")
        if any(item.kind == NULL for item in items):
            self._refuse(
                "values", "A null in a list makes `not in` never true; use is null.", token
            )
        self._same([left, *items], token, "in the list")
        return Node("in", BOOLEAN, (left, *items))

    def _between(self, left: Node) -> Node:
        token = self._next()
        low = self._sum()
        self._expect("AND", "and")
        high = self._sum()
        kind = self._same([left, low, high], token, "around `between`")
        self._need(Node("", kind), (NUMBER, TEXT, TIMESTAMP, DATE), "around `between`", token)
        return Node("and", BOOLEAN,
                    (Node(">=", BOOLEAN, (left, low)), Node("<=", BOOLEAN, (left, high))))  # fmt: skip

    def _arithmetic(self, signs: dict[str, str], part: Any) -> Node:
        node = part()
        while self._is(*signs):
            token = self._next()
            sign = signs[token.token_type.name]
            right = part()
            for side in (node, right):
                remedy_place = f"beside `{sign}`"
                if side.kind in (TIMESTAMP, DATE):
                    self._refuse(f"numbers {remedy_place}",
                                 "Use days_between(from, to), hours_between … for elapsed time.",
                                 token)  # fmt: skip
                self._need(side, (NUMBER,), remedy_place, token)
            node = self._shallow(Node(sign, NUMBER, (node, right)))
        return node

    def _sum(self) -> Node:
        return self._arithmetic(_SUMS, self._product)

    def _product(self) -> Node:
        return self._arithmetic(_PRODUCTS, self._unary)

    def _unary(self) -> Node:
        signs = []
        while self._is("DASH", "PLUS"):
            signs.append(self._next())
        node = self._primary()
        for token in signs:
            self._need(node, (NUMBER,), "after a sign", token)
        if sum(token.token_type.name == "DASH" for token in signs) % 2 == 0:
            return node
        if node.op == "literal":
            return Node("literal", NUMBER, value=-node.value)
        return Node("negative", NUMBER, (node,))

    def _primary(self) -> Node:
        token = self.token
        if token is None:
            self._refuse("a column, a value or a parenthesis")
        kind = self._type(token)
        following = self.tokens[self.position + 1] if self.position + 1 < len(self.tokens) else None
        follows = self._type(following) if following is not None else ""
        if kind == "L_PAREN":
            self._next()
            node = self._or()
            self._expect("R_PAREN", ")")
            return node
        if kind == "NUMBER":
            return Node("literal", NUMBER, value=self._number(self._next()))
        if kind == "STRING":
            return Node("literal", TEXT, value=self._next().text)
        if kind in ("TRUE", "FALSE"):
            return Node("literal", BOOLEAN, value=self._next() is not None and kind == "TRUE")
        if kind == "NULL":
            self._next()
            return Node("literal", NULL)
        if kind == "CASE":
            return self._case()
        if kind in _TYPED and follows == "STRING":
            return self._typed(*_TYPED[kind])
        if kind not in RESERVED and (token.text.isidentifier() or kind == "IDENTIFIER"):
            if follows == "L_PAREN" and kind != "IDENTIFIER":
                return self._function()
            return self._column()
        return self._refuse("a column, a value or a parenthesis")

    def _number(self, token: Any) -> int | float:
        try:
            value = (
                int(token.text)
                if token.text.isascii() and token.text.isdigit()
                else float(token.text)
            )
        except ValueError:
            self._refuse("a number", "Write it with digits and a point.", token)
        if not math.isfinite(value) or (isinstance(value, int) and value > 2**53):
            self._refuse("a number of at most 16 digits", "Larger numbers are not exact.", token)
        return value

    def _typed(self, kind: Kind, read: Any) -> Node:
        self._next()
        token = self._next()
        try:
            value = read.fromisoformat(token.text)
        except ValueError:
            value = None
        if value is None or getattr(value, "tzinfo", None):
            self._refuse("a day as '2024-07-01' (a time as '2024-07-01 08:00', in UTC)",
                         "Correct the date.", token)  # fmt: skip
        return Node("literal", kind, value=value)

    def _column(self) -> Node:
        token = self._next()
        if token.text not in self.columns:
            near = get_close_matches(token.text.lower(), self.columns, 1, 0.6)
            self._refuse("a column of the contract",
                         f"Did you mean {near[0]}?" if near
                         else f"Columns are: {', '.join(sorted(self.columns))}.", token)  # fmt: skip
        if self._is("DOT"):
            self._refuse("a plain column")
        return Node("column", self.columns[token.text], value=token.text)

    def _function(self) -> Node:
        token = self._next()
        name = token.text.lower()
        signature = FUNCTIONS.get(name)
        if signature is None:
            near = get_close_matches(name, FUNCTIONS, 1, 0.7)
            self._refuse("one of the functions " + ", ".join(FUNCTIONS),
                         f"Did you mean {near[0]}?" if near else "Only these may be used.", token)  # fmt: skip
        self._next()
        args = [self._or()] if not self._is("R_PAREN") else []
        while self._is("COMMA"):
            self._next()
            args.append(self._or())
        self._expect("R_PAREN", ")")
        if not signature.at_least <= len(args) <= signature.at_most:
            self._refuse(f"{signature.at_least} to {signature.at_most} arguments of {name}",
                         f"It has {len(args)}.", token)  # fmt: skip
        if name == "round" and len(args) == 2:
            digits = args[1]
            if digits.op != "literal" or digits.value not in range(11):
                self._refuse(
                    "a number of decimals from 0 to 10", "Write it as a plain digit.", token
                )
        kind = self._same(args, token, f"in {name}")
        self._need(Node("", kind), signature.kinds, f"in {name}", token)
        if any(arg.kind == NULL for arg in args):
            self._refuse(f"values in {name}", "Leave null out.", token)
        return Node(name, signature.result or kind, tuple(args))

    def _case(self) -> Node:
        token = self._next()
        subject = None if self._is("WHEN") else self._or()
        args: list[Node] = []
        while self._is("WHEN"):
            when_token = self._next()
            when = self._or()
            if subject is not None:
                self._same([subject, when], when_token, "in case … when")
                when = Node("=", BOOLEAN, (subject, when))
            self._expect("THEN", "then")
            args += [self._need(when, (BOOLEAN,), "after `when`", when_token), self._or()]
        if not args:
            self._refuse("`when`")
        otherwise = Node("literal", NULL)
        if self._is("ELSE"):
            self._next()
            otherwise = self._or()
        self._expect("END", "end")
        results = [*args[1::2], otherwise]
        kind = self._same(results, token, "as results of case")
        return Node("case", kind, (*args, otherwise))
