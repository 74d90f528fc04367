"""The fields of `datasets/<id>.yml`: the contract under which a file of records is read."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from equity.framework.terms import Code, Expression, Identifier, Model, Name, Source, Text


class FieldSpec(Model):
    """One field of the records: where it is read from and what it must be.

    Types: `timestamp` (an instant), `date`, `integer`, `number`, `boolean`, `code` (one of a
    bounded set of values; free text has no type because it is never kept), `key` (identifies the
    record; only a hash of it is kept).
    """

    column: str | None = Field(None, description="Column of the file; the field's name by default.")
    type: Literal["timestamp", "date", "integer", "number", "boolean", "code", "key"]
    title: Text = Field(default_factory=dict)
    required: bool = Field(False, description="A row without a value is quarantined.")
    unit: str = ""
    format: Literal["iso", "us", "epoch_s", "epoch_ms"] = "iso"
    time_zone: str | None = Field(None, description="Zone of wall-clock times; the city's by default; UTC for epochs.")  # fmt: skip
    ambiguous: Literal["first", "second", "quarantine"] = Field("first", description="A wall time that happens twice when daylight saving ends.")  # fmt: skip
    nonexistent: Literal["forward", "quarantine"] = Field("quarantine", description="A wall time that never happens when daylight saving begins.")  # fmt: skip
    minimum: float | date | None = Field(None, description="Sanity range: smaller is quarantined.")
    maximum: float | date | None = None
    outside_range: Literal["quarantine", "empty"] = "quarantine"
    codes: dict[str, Code] = Field(default_factory=dict, description="Crosswalk: value in the file → code.")  # fmt: skip
    other_codes: Literal["quarantine", "unknown", "keep"] = Field("unknown", description="A value that the crosswalk does not name.")  # fmt: skip


class Coordinates(Model):
    """Where a record lies."""

    x: str = Field(description="Column: longitude or easting.")
    y: str = Field(description="Column: latitude or northing.")
    crs: str = "EPSG:4326"
    missing: Literal["outside", "quarantine"] = "outside"
    defaults: list[tuple[float, float]] = Field(default_factory=list, description="Known false points (x, y), treated as missing.")  # fmt: skip


class RowRule(Model):
    """Rows for which `when` is true are quarantined with `reason`."""

    id: Identifier
    when: Expression
    reason: Text


class Duplicates(Model):
    """What to do when a key comes again, in one file or across files."""

    key: list[Identifier] = Field(min_length=1, description="Fields of type key that identify a record.")  # fmt: skip
    rule: Literal["keep_first", "keep_last", "refuse"] = "keep_first"


class AlreadyPublic(Model):
    """The owner has published these data record by record: exempt from suppression."""

    source: Source
    on: date = Field(description="Since when.")


class AggregateCount(Model):
    """A column of counts, or of medians, in a dataset that is already aggregated."""

    id: Identifier
    column: str
    statistic: Literal["count", "share_percent", "median"] = "count"
    of: Identifier | None = Field(None, description="share_percent: the count it is a share of.")


class Aggregate(Model):
    """The shape of a dataset that is already aggregated by place, period and type."""

    level: Identifier
    place: str = Field(description="Column with the place's code.")
    period: str = Field(description="Column with the period.")
    period_kind: Literal["month", "quarter", "year", "fiscal_year"]
    category: Identifier | None = Field(
        None, description="Field whose code a metric may filter on."
    )
    columns: list[AggregateCount] = Field(min_length=1)
    partial_periods: list[str] = Field(
        default_factory=list, description="Periods not yet complete."
    )


class Dataset(Model):
    """`datasets/<id>.yml`: the contract under which one record source is read."""

    title: Text
    description: Text = Field(default_factory=dict)
    kind: Literal["records", "aggregate"] = "records"
    owner: Name
    source: Source
    synthetic: bool = False
    already_public: AlreadyPublic | None = None
    files: list[str] = Field(min_length=1, description="Paths; `*` in the last part.")
    format: Literal["csv", "parquet"] = "csv"
    encoding: Literal["auto", "utf-8", "windows-1252"] = "auto"
    delimiter: Literal["auto", ",", ";", "tab"] = "auto"
    fields: dict[Identifier, FieldSpec]
    private: list[str] = Field(default_factory=list, description="Columns dropped as private or free text.")  # fmt: skip
    ignored: list[str] = Field(default_factory=list, description="Columns dropped as not needed.")
    time: Identifier | None = Field(None, description="The field that puts a record in its period.")
    coordinates: Coordinates | None = None
    place_codes: dict[Identifier, Identifier] = Field(default_factory=dict, description="place level: field that already holds its code.")  # fmt: skip
    derived: dict[Identifier, Expression] = Field(default_factory=dict, description="Columns computed from fields, in this order.")  # fmt: skip
    reject: list[RowRule] = Field(default_factory=list)
    duplicates: Duplicates | None = None
    aggregate: Aggregate | None = None
