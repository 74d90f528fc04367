"""Numbers, booleans, codes: what is read and what is not, from text and from typed columns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equity.framework.models import FieldSpec
from equity.records.values import type_field

UTC = ZoneInfo("UTC")


def read(values: list[Any] | pa.Array, kind: str, **spec: Any) -> tuple[list[Any], list[str]]:
    """Values, and the first fault of each row ("" without one)."""
    column = values if isinstance(values, pa.Array) else pa.array(values)
    typed = type_field("f", FieldSpec(type=kind, **spec), column, UTC)  # type: ignore[arg-type]
    first = [
        next((reason for reason, where in typed.faults.items() if where[row]), "")
        for row in range(len(column))
    ]
    return typed.values.to_pylist(), first


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("integer", " 7 ", 7), ("integer", "+7", 7), ("integer", "-0", 0), ("integer", "5.0", 5),
        ("integer", "007", 7), ("integer", "999999999999999999", 999999999999999999),
        ("number", "-1.5", -1.5), ("number", ".5", 0.5), ("number", "5.", 5.0), ("number", "1e3", 1000.0),
        ("boolean", "Yes", True), ("boolean", "F", False), ("boolean", "0", False),
        ("code", " a b ", "a b"), ("key", " x ", "x"),
    ],
)  # fmt: skip
def test_values(kind: str, text: str, value: Any) -> None:
    assert read([text], kind) == ([value], [""])


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "7.5"), ("integer", "1e3"), ("integer", "1,000"), ("integer", "x"),
        ("integer", "9" * 19), ("number", "1,5"), ("number", "1e999"), ("number", "inf"),
        ("number", "0x10"), ("number", "--1"), ("number", "1e"), ("number", "$5"),
        ("boolean", "maybe"), ("boolean", "2"), ("number", "٣"),
    ],
)  # fmt: skip
def test_not_values(kind: str, text: str) -> None:
    assert read([text], kind) == ([None], ["type:f"])


@pytest.mark.parametrize(
    "kind", ["integer", "number", "boolean", "code", "key", "date", "timestamp"]
)
def test_nothing_is_missing_and_not_wrong(kind: str) -> None:
    assert read(["", None, "  "], kind) == ([None] * 3, [""] * 3)
    assert read(["", None], kind, required=True)[1] == ["required:f"] * 2
    assert read(pa.nulls(2, pa.string()), kind) == ([None] * 2, [""] * 2)


@pytest.mark.parametrize(
    ("column", "kind", "values", "faults"),
    [
        (pa.array([1, None], pa.int8()), "integer", [1, None], ["", ""]),
        (pa.array([2**63], pa.uint64()), "integer", [None], ["type:f"]),
        (pa.array([1.0, 1.5, float("nan")]), "integer", [1, None, None], ["", "type:f", ""]),
        (pa.array([1e300]), "integer", [None], ["type:f"]),
        (pa.array([float("inf")]), "number", [None], ["type:f"]),
        (pa.array([Decimal("1.25")]), "number", [1.25], [""]),
        (pa.array([True, None]), "boolean", [True, None], ["", ""]),
        (pa.array([1, 0, 2]), "boolean", [True, False, None], ["", "", "type:f"]),
        (pa.array([True]), "number", [None], ["type:f"]),
        (pa.array([9.0, 9.5]), "code", ["9", "9.5"], ["", ""]),
        (pa.array(["a", "b", None]).dictionary_encode(), "code", ["a", "b", None], [""] * 3),
        (pa.array([12]), "key", ["12"], [""]),
        (pa.array(["x"], pa.large_string()), "key", ["x"], [""]),
    ],
)  # fmt: skip
def test_typed_columns(column: pa.Array, kind: str, values: list[Any], faults: list[str]) -> None:
    assert read(column, kind) == (values, faults)


def test_ranges() -> None:
    spec = {"minimum": 0, "maximum": 120}
    assert read(["-1", "0", "120", "121", "x"], "integer", **spec) == (
        [None, 0, 120, None, None],
        ["range:f", "", "", "range:f", "type:f"],
    )
    assert read(["-1"], "number", minimum=0, outside_range="empty") == ([None], [""])
    # A value that must be there cannot be left empty.
    emptied = read(["-1"], "number", minimum=0, outside_range="empty", required=True)
    assert emptied == ([None], ["range:f"])


@pytest.mark.parametrize(
    ("other", "values", "faults"),
    [
        ("unknown", ["one", "unknown", None], ["", "", ""]),
        ("keep", ["one", "2", None], ["", "", ""]),
        ("quarantine", ["one", None, None], ["", "code:f", ""]),
    ],
)
def test_crosswalks(other: str, values: list[Any], faults: list[str]) -> None:
    assert read(["1", "2", ""], "code", codes={"1": "one"}, other_codes=other) == (values, faults)


@given(st.lists(st.text(max_size=20)), st.sampled_from(["integer", "number", "boolean", "date"]))
def test_any_text_is_a_value_or_missing_or_a_fault(texts: list[str], kind: str) -> None:
    column = pa.array(texts, pa.string())
    values, faults = read(column, kind)
    for text, value, fault in zip(texts, values, faults, strict=True):
        assert (value is not None) + (fault == "type:f") + (not text.strip()) == 1
