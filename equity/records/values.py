"""Values of one field, from text or from typed Parquet columns, to the contract's type.

Each function gives the values (null where missing or faulty) and, for each fault, the mask of
the rows that have it. Faults carry the field's name and never its value.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from equity.framework.models import FieldSpec
from equity.records import times
from equity.schema import UNKNOWN

MAXIMUM_CODE = 100
"""Characters in a code; a longer value is free text and is not kept."""
NUMBER = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$"
WHOLE = r"^[+-]?\d{1,18}(?:\.0*)?$"
TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")

ARROW_TYPES = {
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "code": pa.string(),
    "key": pa.string(),
}


@dataclass
class Typed:
    """The values of a field; `faults`: reason → mask, the first that fits a row being its reason;
    `emptied`: mask of values outside the range that the contract leaves empty."""

    values: pa.Array
    faults: dict[str, np.ndarray] = field(default_factory=dict)
    emptied: np.ndarray | None = None


def type_field(name: str, spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> Typed:
    """The values of `column` as `spec.type`; `zone` is the city's time zone.

    >>> spec = FieldSpec(type="integer", required=True, maximum=120)
    >>> typed = type_field("age", spec, pa.array(["7", "", "x", "130"]), ZoneInfo("UTC"))
    >>> typed.values.to_pylist(), {r: m.tolist() for r, m in typed.faults.items()}
    ([7, None, None, None], {'required:age': [False, True, False, False],
     'type:age': [False, False, True, False], 'range:age': [False, False, False, True]})
    """
    column = plain(column)
    missing = ~mask(pc.is_valid(column))
    faults = {f"required:{name}": missing} if spec.required else {}
    if spec.type == "code":
        return _code(name, spec, column, faults)
    typed = _READERS[spec.type](name, spec, column, zone)
    typed.faults = {**faults, **typed.faults}
    _apply_range(name, spec, typed, zone)
    return typed


def plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """`column` as one array; text trimmed, "" and not-a-number as null, dictionaries unfolded."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
        column = pc.cast(column, pa.string())
    if pa.types.is_string(column.type):
        trimmed = pc.utf8_trim_whitespace(column)
        return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    if pa.types.is_decimal(column.type):
        column = pc.cast(column, pa.float64(), safe=False)
    if pa.types.is_floating(column.type):
        return pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    return column


def mask(array: pa.Array) -> np.ndarray:
    """A boolean array as numpy; null is False."""
    return np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), dtype=bool)


def numbers(column: pa.Array) -> tuple[pa.Array, np.ndarray]:
    """`column` (as `plain` gives it) as float64, and the mask of what is not a finite number."""
    if pa.types.is_string(column.type):
        right = pc.match_substring_regex(column, NUMBER)
        column = pc.if_else(right, column, pa.scalar(None, pa.string()))
        values, wrong = pc.cast(column, pa.float64()), ~mask(pc.fill_null(right, True))
    elif pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values, wrong = pc.cast(column, pa.float64(), safe=False), np.zeros(len(column), bool)
    else:
        return pa.nulls(len(column), pa.float64()), mask(pc.is_valid(column))
    endless = mask(pc.invert(pc.is_finite(values)))
    return blank(values, endless), wrong | endless


def blank(values: pa.Array, where: np.ndarray) -> pa.Array:
    """`values`, null where the mask says so."""
    if not where.any():
        return values
    return pc.if_else(pa.array(where), pa.scalar(None, values.type), values)


def _number(name: str, spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> Typed:
    values, wrong = numbers(column)
    return Typed(values, {f"type:{name}": wrong})


def _integer(name: str, spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> Typed:
    if pa.types.is_string(column.type):
        right = pc.match_substring_regex(column, WHOLE)
        digits = pc.replace_substring_regex(column, r"^\+|\.0*$", "")
        digits = pc.if_else(right, digits, pa.scalar(None, pa.string()))
        values, wrong = pc.cast(digits, pa.int64()), ~mask(pc.fill_null(right, True))
    elif pa.types.is_integer(column.type):
        values = pc.cast(column, pa.int64(), safe=False)
        wrong = mask(pc.less(values, 0)) if pa.types.is_uint64(column.type) else _none(column)
    else:
        decimal, wrong = numbers(column)
        wrong |= mask(pc.not_equal(decimal, pc.round(decimal)))
        wrong |= mask(pc.greater(pc.abs(decimal), 2.0**53))
        values = pc.cast(blank(decimal, wrong), pa.int64())
    return Typed(blank(values, wrong), {f"type:{name}": wrong})


def _boolean(name: str, spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> Typed:
    if pa.types.is_boolean(column.type):
        return Typed(column)
    words = pc.utf8_lower(pc.cast(column, pa.string()))
    true, false = mask(pc.is_in(words, pa.array(TRUE))), mask(pc.is_in(words, pa.array(FALSE)))
    wrong = mask(pc.is_valid(column)) & ~true & ~false
    return Typed(pa.array(true, mask=~(true | false)), {f"type:{name}": wrong})


def _key(name: str, spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> Typed:
    return Typed(pc.cast(column, pa.string()))


def _code(name: str, spec: FieldSpec, column: pa.Array, faults: dict[str, np.ndarray]) -> Typed:
    """Values through the crosswalk; one of "" names what a missing value means."""
    if pa.types.is_floating(column.type):
        whole = pc.equal(column, pc.round(column))
        as_whole = pc.cast(pc.cast(column, pa.int64(), safe=False), pa.string())
        column = pc.if_else(whole, as_whole, pc.cast(column, pa.string()))
    text = pc.cast(column, pa.string())
    if "" in spec.codes:
        text, faults = pc.fill_null(text, ""), {}
    coded = pc.dictionary_encode(text)
    keep = not spec.codes or spec.other_codes == "keep"
    codes, wrong = [], []
    for value in coded.dictionary.to_pylist():
        known, is_code = value in spec.codes, len(value) <= MAXIMUM_CODE and value.isprintable()
        wrong.append(not known and (not is_code if keep else spec.other_codes == "quarantine"))
        codes.append(spec.codes[value] if known else value if keep and is_code else UNKNOWN)
    values = pa.DictionaryArray.from_arrays(coded.indices, pa.array(codes, pa.string()))
    index = coded.indices.fill_null(len(wrong)).to_numpy(zero_copy_only=False)
    faulty = np.array([*wrong, False], dtype=bool)[index]
    values = values.dictionary_decode() if codes else pa.nulls(len(text), pa.string())
    return Typed(blank(values, faulty), {**faults, f"code:{name}": faulty})


def _date(name: str, spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> Typed:
    if pa.types.is_date(column.type):
        days, wrong = _numpy(column, "M8[D]"), _none(column)
    elif pa.types.is_timestamp(column.type) or spec.format.startswith("epoch"):
        instants = _instants(spec, column, zone)
        local = times.to_local(instants.utc, _zone(spec, column, zone))
        days, wrong = local.astype("M8[D]"), instants.not_a_time
    elif pa.types.is_string(column.type):
        days, wrong = times.parse_dates(column, spec.format)
    else:
        days, wrong = np.full(len(column), np.datetime64("NaT", "D")), mask(pc.is_valid(column))
    wrong |= ~np.isnat(days) & ~times.in_years(days)
    days = np.where(wrong, np.datetime64("NaT", "D"), days)
    return Typed(pa.array(days, pa.date32()), {f"type:{name}": wrong})


def _timestamp(name: str, spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> Typed:
    instants = _instants(spec, column, zone)
    utc = instants.utc
    wrong = instants.not_a_time | (~np.isnat(utc) & ~times.in_years(utc))
    faults = {f"type:{name}": wrong}
    if instants.ambiguous.any():
        if spec.ambiguous == "quarantine":
            faults[f"time_ambiguous:{name}"] = instants.ambiguous
        elif spec.ambiguous == "second":
            where, its_zone = instants.ambiguous, _zone(spec, column, zone)
            utc[where] = times.second_of_two(utc[where], its_zone)
    if spec.nonexistent == "quarantine" and instants.nonexistent.any():
        faults[f"time_nonexistent:{name}"] = instants.nonexistent
    for where in faults.values():
        utc = np.where(where, np.datetime64("NaT", "us"), utc)
    return Typed(pa.array(utc, pa.timestamp("us")), faults)


def _instants(spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> times.Instants:
    """Instants of a timestamp column: typed, epoch numbers or text.

    An epoch is true UTC unless the contract gives it a zone: then it is that zone's wall time,
    written as if it were UTC.
    """
    none, own = _none(column), _zone(spec, column, zone)
    if pa.types.is_timestamp(column.type):
        wall = _numpy(column, "M8[us]")
        return (
            times.Instants(wall, none, none, none) if column.type.tz else times.localise(wall, own)
        )
    if pa.types.is_string(column.type) and not spec.format.startswith("epoch"):
        return times.parse_times(column, spec.format, own)
    if not spec.format.startswith("epoch"):
        never = np.full(len(column), np.datetime64("NaT", "us"))
        return times.Instants(never, mask(pc.is_valid(column)), none, none)
    values, wrong = numbers(column)
    per_unit = 1_000_000 if spec.format == "epoch_s" else 1_000
    count = np.nan_to_num(values.to_numpy(zero_copy_only=False), nan=0.0) * per_unit
    too_far = np.abs(count) > 1e16
    wrong = wrong | too_far
    wall = np.where(too_far, 0, np.rint(count)).astype("int64").astype("M8[us]")
    wall = np.where(wrong | ~mask(pc.is_valid(values)), np.datetime64("NaT", "us"), wall)
    if spec.time_zone is None:
        return times.Instants(wall, wrong, none, none)
    return times.localise(wall, own)._replace(not_a_time=wrong)


def _zone(spec: FieldSpec, column: pa.Array, zone: ZoneInfo) -> ZoneInfo:
    if spec.time_zone:
        return ZoneInfo(spec.time_zone)
    return ZoneInfo("UTC") if spec.format.startswith("epoch") else zone


def _apply_range(name: str, spec: FieldSpec, typed: Typed, zone: ZoneInfo) -> None:
    if spec.minimum is None and spec.maximum is None:
        return
    if spec.type in {"timestamp", "date"}:
        raw = _numpy(typed.values, "M8[us]")
        values = (times.to_local(raw, zone) if spec.type == "timestamp" else raw).astype("M8[D]")
        limits = [
            None if v is None else np.datetime64(str(v)) for v in (spec.minimum, spec.maximum)
        ]
    elif spec.type in {"integer", "number"}:
        values = typed.values.to_numpy(zero_copy_only=False).astype("float64")
        limits = [spec.minimum, spec.maximum]  # type: ignore[list-item]
    else:
        return
    low, high = limits
    outside = np.zeros(len(values), bool)
    outside |= (values < low) if low is not None else False
    outside |= (values > high) if high is not None else False
    typed.values = blank(typed.values, outside)
    if spec.outside_range == "empty" and not spec.required:
        typed.emptied = outside
    else:
        typed.faults[f"range:{name}"] = outside


def _none(column: pa.Array) -> np.ndarray:
    return np.zeros(len(column), bool)


def _numpy(column: pa.Array, dtype: str) -> np.ndarray:
    return np.array(column.to_numpy(zero_copy_only=False)).astype(dtype)


_READERS = {
    "timestamp": _timestamp,
    "date": _date,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "key": _key,
}
