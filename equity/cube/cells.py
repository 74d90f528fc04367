"""One metric's records as mergeable sums, written in Ibis and run as SQL where the records are.

What comes out is a work table of `equity.cube.merging`, which does the rest without the records.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import ibis
import ibis.expr.types as ir

from equity.cube import merging
from equity.cube.plan import Table
from equity.cube.sketch import GAMMA, SHIFT
from equity.framework.expressions import ParsedExpression, columns_of, parse
from equity.framework.models import Dataset, Metric, Treatment
from equity.schema import DATE_COLUMN, GROUP_COLUMN, SEASON

RECORDS = "cube_records"
"""Name of the view of accepted records."""

_SEASON = GROUP_COLUMN.format(dimension=SEASON)

_TYPES = {
    "timestamp": "timestamp",
    "date": "date",
    "integer": "int64",
    "number": "float64",
    "boolean": "boolean",
    "code": "string",
}


def records_table(dataset: Dataset, tables: Iterable[Table]) -> ir.Table:
    """The accepted records of `dataset`, as Ibis sees them before there is a database.

    Of places and groups only those by which `tables` count: a dataset need not have the others.
    """
    schema = {name: _TYPES[type_] for name, type_ in columns_of(dataset).items()}
    schema[DATE_COLUMN] = "date"
    for table in tables:
        schema |= dict.fromkeys(merging.key_columns(table)[1:], "string")
    schema.pop(_SEASON, None)  # made from the date
    return ibis.table(schema, name=RECORDS)


def rules(metric: Metric, treatment: str) -> list[Treatment]:
    """How unfinished cases count under `treatment` ("" is the metric's own rule)."""
    if metric.unfinished is None:
        return []
    return metric.unfinished.alternatives[treatment] if treatment else metric.unfinished.rule


def is_measured(metric: Metric) -> bool:
    """Whether records carry a number (duration, amount) rather than an outcome."""
    return metric.kind in ("duration", "amount")


def counted(table: ir.Table, metric: Metric, dataset: Dataset, treatment: str) -> ir.Table:
    """The records that a metric counts, with their `outcome` (boolean) or `value` (number).

    Left out are records that the filter does not hold for, that a rule leaves out, or whose
    outcome or value is not known. For rates and representation only successes are records counted.
    """
    columns = columns_of(dataset)

    def read(text: str) -> ParsedExpression:
        return parse(text, columns)

    if metric.filter:
        table = table.filter(read(metric.filter).to_ibis(table))
    measured = is_measured(metric)
    if measured:
        assert metric.value is not None  # equity.framework.checks refuses the metric otherwise
        result = read(metric.value).to_ibis(table).cast("float64")
        branches = [
            (read(rule.when).to_ibis(table), ibis.null("float64"))
            for rule in rules(metric, treatment)
            if rule.count_as == "left_out"
        ]
    else:
        result = read(metric.numerator).to_ibis(table) if metric.numerator else ibis.literal(True)
        counts_as = {"left_out": ibis.null("boolean"), "success": ibis.literal(True), "failure": ibis.literal(False)}  # fmt: skip
        branches = [
            (read(rule.when).to_ibis(table), counts_as[rule.count_as])
            for rule in rules(metric, treatment)
        ]
    if branches:
        result = ibis.cases(*branches, else_=result)
    if measured:
        table = table.mutate(value=result)
        return table.filter(table.value.notnull() & ~table.value.isnan() & ~table.value.isinf())
    table = table.mutate(outcome=result)
    return table.filter(table.outcome.notnull() if metric.kind == "share" else table.outcome)


def from_records(
    records: ir.Table, table: Table, metric: Metric, fiscal_year_start: int, origin: date
) -> ir.Table:
    """Aggregate counted records (from `counted`) into the work table of `table`."""
    keyed = records.mutate(
        period=_period(records[DATE_COLUMN], table.period_kind, fiscal_year_start, origin)
    )
    keys = merging.key_columns(table)
    if _SEASON in keys:
        keyed = keyed.mutate(**{_SEASON: keyed[DATE_COLUMN].quarter().cast("string")})
    if not is_measured(metric):
        return keyed.group_by(keys).agg(
            n=keyed.count(), numerator=keyed.outcome.cast("int64").sum()
        )
    if table.sketch:
        keyed = keyed.mutate(bucket=_bucket(keyed.value))
        keys = [*keys, "bucket"]
    # Sums of squares cancel; the population variance is computed without them.
    return keyed.group_by(keys).agg(
        n=keyed.count(),
        mean=keyed.value.mean(),
        m2=keyed.value.var(how="pop") * keyed.count(),
    )


def _period(day: ir.DateValue, kind: str, fiscal_year_start: int, origin: date) -> ir.DateValue:
    if kind == "all":
        return ibis.date(origin.year, origin.month, 1)
    if kind == "fiscal_year":
        year = day.year() - (day.month() < fiscal_year_start).cast("int64")
        return ibis.date(year, fiscal_year_start, 1)
    return day.truncate({"month": "M", "quarter": "Q", "year": "Y"}[kind])


def _bucket(value: ir.FloatingValue) -> ir.IntegerValue:
    index = SHIFT + (value.abs().ln() / math.log(GAMMA)).ceil().cast("int32")
    return ibis.cases((value == 0, 0), (value < 0, -index), else_=index).cast("int32")
