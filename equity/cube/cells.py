"""One metric's records as mergeable sums, written in Ibis and run as SQL where the records are.

A work table has a column `period`, a place and group columns, `bucket` where a sketch is kept, and
the sums `n`, `numerator` or `mean` and `m2`. Rolling up is grouping by fewer of them; sketches are
folded into maps only when a table is written to `cells`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import ibis
import ibis.expr.types as ir

from equity.cube.plan import Table
from equity.cube.sketch import GAMMA, SHIFT
from equity.framework.expressions import ParsedExpression, columns_of, parse
from equity.framework.models import Dataset, Definitions, Metric, Treatment
from equity.schema import CITY, DATE_COLUMN, GROUP_COLUMN, PLACE_COLUMN

RECORDS = "cube_records"
"""Name of the view of accepted records."""

_TYPES = {
    "timestamp": "timestamp",
    "date": "date",
    "integer": "int64",
    "number": "float64",
    "boolean": "boolean",
    "code": "string",
}


def records_table(definitions: Definitions, dataset: Dataset) -> ir.Table:
    """The accepted records of `dataset`, as Ibis sees them before there is a database."""
    schema = {name: _TYPES[type_] for name, type_ in columns_of(dataset).items()}
    schema |= {PLACE_COLUMN.format(level=level.id): "string" for level in definitions.city.place_levels}  # fmt: skip
    schema |= {GROUP_COLUMN.format(dimension=id): "string" for id in definitions.dimensions}
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


def key_columns(table: Table) -> list[str]:
    """The columns by which a work table is grouped, `period` first."""
    place = [] if table.level == CITY else [PLACE_COLUMN.format(level=table.level)]
    groups = [GROUP_COLUMN.format(dimension=dimension) for dimension in table.dimensions]
    return ["period", *place, *groups]


def from_records(
    records: ir.Table, table: Table, metric: Metric, fiscal_year_start: int, origin: date
) -> ir.Table:
    """Aggregate counted records (from `counted`) into the work table of `table`."""
    keyed = records.mutate(
        period=_period(records[DATE_COLUMN], table.period_kind, fiscal_year_start, origin)
    )
    keys = key_columns(table)
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


def rolled_up(
    source: ir.Table, finer: Table, table: Table, fiscal_year_start: int, origin: date
) -> ir.Table:
    """Merge the work table of `finer` into that of `table`, which it contains."""
    if finer.period_kind != table.period_kind:
        source = source.mutate(
            period=_period(source.period, table.period_kind, fiscal_year_start, origin)
        )
    keys = key_columns(table)
    return merged(source, [*keys, "bucket"] if table.sketch else keys)


def merged(source: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Group a work table by `keys`, adding counts and merging means and squared deviations.

    Chan, Golub & LeVeque 1983, The American Statistician 37: 242–247: the merged m2 is Σ m2 plus
    Σ n·(mean − merged mean)².
    """
    if "mean" not in source.columns:
        return source.group_by(keys).agg(n=source.n.sum(), numerator=source.numerator.sum())
    window = ibis.window(group_by=list(keys))
    weighted = (source.n * source["mean"]).sum().over(window) / source.n.sum().over(window)
    centred = source.mutate(together=weighted)
    return centred.group_by(keys).agg(
        n=centred.n.sum(),
        mean=centred.together.first(),
        m2=(centred.m2 + centred.n * (centred["mean"] - centred.together) ** 2).sum(),
    )


def as_cells(work: ir.Table, table: Table, metric_id: str, metric: Metric) -> ir.Table:
    """A work table in the columns of `cells`: the key, the sums, the sketch as a map."""
    keys = key_columns(table)
    sketches = None
    if table.sketch:
        sketches = work.group_by(keys).agg(
            sketch=ibis.map(
                work.bucket.collect(order_by=work.bucket), work.n.collect(order_by=work.bucket)
            )
        )
        work = merged(work, keys)
        work = work.join(sketches, keys)
    number = ibis.null("float64")
    groups = [work[GROUP_COLUMN.format(dimension=dimension)] for dimension in table.dimensions]
    groups += [ibis.literal("")] * (2 - len(groups))
    names = [*table.dimensions, "", ""][:2]
    share = metric.kind == "share"
    return work.select(
        metric=ibis.literal(metric_id),
        treatment=ibis.literal(table.treatment),
        period_kind=ibis.literal(table.period_kind),
        period=work.period.cast("date"),
        place_level=ibis.literal(table.level),
        place=ibis.literal(CITY)
        if table.level == CITY
        else work[PLACE_COLUMN.format(level=table.level)],
        dimension=ibis.literal(names[0]),
        group=groups[0],
        dimension_2=ibis.literal(names[1]),
        group_2=groups[1],
        n=work.n.cast("int64"),
        numerator=number if is_measured(metric) else work.numerator.cast("float64"),
        denominator=work.n.cast("float64") if share else number,
        mean=work["mean"] if is_measured(metric) else number,
        m2=work.m2 if is_measured(metric) else number,
        sketch=work.sketch if table.sketch else ibis.null("map<int32, int64>"),
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
