"""What an expression may do: every operation once, in SQL, in Ibis and in plain Python.

A row of `OPERATIONS` is one operation with its three renderings, which give the same result:
nulls follow SQL (an operation on null is null, `and`/`or` are three-valued, `least`, `greatest`
and `coalesce` skip nulls), arithmetic is in 64-bit floating point, and a division by zero is null.
A property test compares the three.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

Kind = Literal["boolean", "number", "text", "timestamp", "date", "null"]

BOOLEAN: Kind = "boolean"
NUMBER: Kind = "number"
TEXT: Kind = "text"
TIMESTAMP: Kind = "timestamp"
DATE: Kind = "date"
NULL: Kind = "null"


@dataclass(frozen=True)
class Node:
    """One step of a parsed expression: `literal`, `column`, or a key of `OPERATIONS`."""

    op: str
    kind: Kind
    args: tuple[Node, ...] = ()
    value: Any = None

    depth: int = field(init=False, compare=False)
    """Steps from here to the deepest leaf, this one included."""

    def __post_init__(self) -> None:
        deepest = max((arg.depth for arg in self.args), default=0)
        object.__setattr__(self, "depth", 1 + deepest)


@dataclass(frozen=True)
class Operation:
    """One operation: `sql` and `ibis` take rendered arguments, `python` takes values.

    `strict` operations are null as soon as one argument is, so their `python` never sees null.
    """

    sql: Callable[..., str]
    ibis: Callable[..., Any]
    python: Callable[..., Any]
    strict: bool = True


def _double(sql: str) -> str:
    return f"CAST({sql} AS DOUBLE)"


def _round(value: float, digits: int = 0) -> float:
    """Half away from zero, as databases round."""
    scaled = abs(value) * 10**digits
    whole = math.floor(scaled)
    return math.copysign((whole + (scaled - whole >= 0.5)) / 10**digits, value)


def _instant(value: date) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _between(unit: timedelta) -> Operation:
    """Elapsed time from the first argument to the second, with fractions of `unit`."""
    microseconds = unit / timedelta(microseconds=1)
    return Operation(
        lambda a, b: (
            f"(date_diff('microsecond', CAST({a} AS TIMESTAMP), CAST({b} AS TIMESTAMP))"
            f" / {microseconds!r}e0)"
        ),
        lambda a, b: (
            b.cast("timestamp").delta(a.cast("timestamp"), unit="microsecond") / microseconds
        ),
        lambda a, b: (_instant(b) - _instant(a)) / timedelta(microseconds=1) / microseconds,
    )


def _infix(sign: str, ibis: Callable[..., Any], python: Callable[..., Any]) -> Operation:
    return Operation(lambda a, b: f"({a} {sign} {b})", ibis, python)


def _arithmetic(sign: str, ibis: Callable[..., Any], python: Callable[..., Any]) -> Operation:
    return Operation(
        lambda a, b: f"({_double(a)} {sign} {b})",
        lambda a, b: ibis(a.cast("float64"), b),
        lambda a, b: python(float(a), b),
    )


def _and(*values: bool | None) -> bool | None:
    return False if False in values else None if None in values else True


def _or(*values: bool | None) -> bool | None:
    return True if True in values else None if None in values else False


def _present(values: tuple[Any, ...]) -> list[Any]:
    return [value for value in values if value is not None]


def _ibis(name: str) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        import ibis  # 0.3 s: only where a query is built

        return getattr(ibis, name)(*args)

    return call


def _all(*args: Any) -> Any:
    result = args[0]
    for arg in args[1:]:
        result = result & arg
    return result


def _any(*args: Any) -> Any:
    result = args[0]
    for arg in args[1:]:
        result = result | arg
    return result


def _case_sql(*args: str) -> str:
    pairs = zip(args[:-1:2], args[1:-1:2], strict=True)
    whens = " ".join(f"WHEN {when} THEN {then}" for when, then in pairs)
    return f"(CASE {whens} ELSE {args[-1]} END)"


def _case_ibis(*args: Any) -> Any:
    import ibis

    return ibis.cases(*zip(args[:-1:2], args[1:-1:2], strict=True), else_=args[-1])


def _in(value: Any, *options: Any) -> bool | None:
    """Three-valued: a match decides even beside a missing option."""
    if value is None:
        return None
    if value in [option for option in options if option is not None]:
        return True
    return None if None in options else False


def _case(*args: Any) -> Any:
    for when, then in zip(args[:-1:2], args[1:-1:2], strict=True):
        if when is True:
            return then
    return args[-1]


def _call(name: str) -> Callable[..., str]:
    return lambda *args: f"{name}({', '.join(args)})"


OPERATIONS: dict[str, Operation] = {
    "and": Operation(lambda *a: f"({' AND '.join(a)})", _all, _and, strict=False),
    "or": Operation(lambda *a: f"({' OR '.join(a)})", _any, _or, strict=False),
    "not": Operation(lambda a: f"(NOT {a})", lambda a: ~a, lambda a: not a),
    "=": _infix("=", lambda a, b: a == b, lambda a, b: a == b),
    "<>": _infix("<>", lambda a, b: a != b, lambda a, b: a != b),
    "<": _infix("<", lambda a, b: a < b, lambda a, b: a < b),
    "<=": _infix("<=", lambda a, b: a <= b, lambda a, b: a <= b),
    ">": _infix(">", lambda a, b: a > b, lambda a, b: a > b),
    ">=": _infix(">=", lambda a, b: a >= b, lambda a, b: a >= b),
    "+": _arithmetic("+", lambda a, b: a + b, lambda a, b: a + b),
    "-": _arithmetic("-", lambda a, b: a - b, lambda a, b: a - b),
    "*": _arithmetic("*", lambda a, b: a * b, lambda a, b: a * b),
    "/": Operation(
        lambda a, b: f"({_double(a)} / nullif({b}, 0))",
        lambda a, b: a.cast("float64") / b.nullif(0),
        lambda a, b: a / b if b else None,
    ),
    "negative": Operation(
        lambda a: f"(- {_double(a)})", lambda a: -a.cast("float64"), lambda a: -float(a)
    ),
    "in": Operation(
        lambda a, *b: f"({a} IN ({', '.join(b)}))",
        lambda a, *b: a.isin(b),
        _in,
        strict=False,
    ),
    "is_null": Operation(
        lambda a: f"({a} IS NULL)", lambda a: a.isnull(), lambda a: a is None, strict=False
    ),
    "case": Operation(_case_sql, _case_ibis, _case, strict=False),
    "abs": Operation(
        lambda a: f"abs({_double(a)})", lambda a: a.cast("float64").abs(), lambda a: abs(float(a))
    ),
    "round": Operation(
        lambda a, d="0": f"round({_double(a)}, {d})",
        lambda a, d=0: a.cast("float64").round(d).cast("float64"),
        _round,
    ),
    "coalesce": Operation(
        _call("coalesce"),
        _ibis("coalesce"),
        lambda *a: next(iter(_present(a)), None),
        strict=False,
    ),
    "least": Operation(
        _call("least"), _ibis("least"), lambda *a: min(_present(a), default=None), strict=False
    ),
    "greatest": Operation(
        _call("greatest"),
        _ibis("greatest"),
        lambda *a: max(_present(a), default=None),
        strict=False,
    ),
    "lower": Operation(_call("lower"), lambda a: a.lower(), str.lower),
    "upper": Operation(_call("upper"), lambda a: a.upper(), str.upper),
    "length": Operation(_call("length"), lambda a: a.length(), len),
    "year": Operation(_call("year"), lambda a: a.year(), lambda a: a.year),
    "month": Operation(_call("month"), lambda a: a.month(), lambda a: a.month),
    "days_between": _between(timedelta(days=1)),
    "hours_between": _between(timedelta(hours=1)),
    "minutes_between": _between(timedelta(minutes=1)),
    "seconds_between": _between(timedelta(seconds=1)),
}


@dataclass(frozen=True)
class Signature:
    """The arguments of a function: how many, of which kinds, all of one kind; and its result.

    `result` None: the kind of its arguments.
    """

    at_least: int
    at_most: int
    kinds: tuple[Kind, ...]
    result: Kind | None


_ANY_KIND = (NUMBER, TEXT, BOOLEAN, TIMESTAMP, DATE)
_ORDERED = (NUMBER, TEXT, TIMESTAMP, DATE)
_TIMES = (TIMESTAMP, DATE)

FUNCTIONS: dict[str, Signature] = {
    "abs": Signature(1, 1, (NUMBER,), NUMBER),
    "coalesce": Signature(2, 10, _ANY_KIND, None),
    "least": Signature(2, 10, _ORDERED, None),
    "greatest": Signature(2, 10, _ORDERED, None),
    "round": Signature(1, 2, (NUMBER,), NUMBER),
    "lower": Signature(1, 1, (TEXT,), TEXT),
    "upper": Signature(1, 1, (TEXT,), TEXT),
    "length": Signature(1, 1, (TEXT,), NUMBER),
    "year": Signature(1, 1, _TIMES, NUMBER),
    "month": Signature(1, 1, _TIMES, NUMBER),
    "days_between": Signature(2, 2, _TIMES, NUMBER),
    "hours_between": Signature(2, 2, _TIMES, NUMBER),
    "minutes_between": Signature(2, 2, _TIMES, NUMBER),
    "seconds_between": Signature(2, 2, _TIMES, NUMBER),
}
"""Functions that an expression may call. `days_between(a, b)` and its like are b − a."""


def literal_sql(value: Any) -> str:
    """A literal as DuckDB reads it; decimals as doubles."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        text = repr(value)
        return text if "e" in text else f"{text}e0"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.isoformat(sep=' ')}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + str(value).replace("'", "''") + "'"
