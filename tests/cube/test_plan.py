"""What is built: the declared tables and their margins, each from the smallest that contains it."""

from __future__ import annotations

from equity.cube import plan
from equity.cube.plan import Table

from . import city


def declared(*tables: dict, **more: object) -> list[Table]:
    return plan.tables(city.metric("share", numerator="days <= 5", tables=list(tables), **more))


def bases(tables: list[Table]) -> set[tuple]:
    return {
        (step.table.level, step.table.dimensions, step.table.period_kind)
        for step in plan.steps(tables, 7)
        if step.source is None
    }


def test_a_table_brings_the_margins_that_comparisons_need() -> None:
    found = declared({"places": ["district"], "by": ["language"], "periods": ["year"]})
    assert {(t.level, t.dimensions) for t in found} == {
        ("district", ("language",)), ("district", ()), ("city", ("language",)), ("city", ()),
    }  # fmt: skip
    assert {t.period_kind for t in found} == {"year"}


def test_nothing_finer_than_declared_is_built() -> None:
    tables = declared(
        {"places": ["district"], "by": ["language", "income"], "periods": ["fiscal_year"]},
        {"places": ["district"], "periods": ["month"]},
    )
    assert ("district", (), "month") in {(t.level, t.dimensions, t.period_kind) for t in tables}
    assert bases(tables) == {
        ("district", ("language", "income"), "fiscal_year"), ("district", (), "month"),
        ("city", ("language", "income"), "fiscal_year"), ("city", (), "month"),
    }  # fmt: skip


def test_coarser_periods_are_rolled_up() -> None:
    tables = declared({"by": ["language"], "periods": ["month", "quarter", "fiscal_year", "all"]})
    steps = {(s.table.dimensions, s.table.period_kind): s.source for s in plan.steps(tables, 7)}
    assert bases(tables) == {("city", ("language",), "month")}
    assert steps[(), "all"].dimensions == ()
    assert steps[("language",), "fiscal_year"].period_kind == "quarter"


def test_calendar_and_fiscal_years_do_not_contain_each_other() -> None:
    tables = declared({"periods": ["year", "fiscal_year", "all"]})
    assert bases(tables) == {("city", (), "year"), ("city", (), "fiscal_year")}


def test_no_level_is_made_from_another() -> None:
    for step in plan.steps(declared({"places": ["district"], "periods": ["year", "all"]}), 7):
        assert step.source is None or step.source.level == step.table.level


def test_other_treatments_only_where_declared() -> None:
    more = {"unfinished": city.UNFINISHED}
    plain = declared({"periods": ["year"]}, **more)
    every = declared({"periods": ["year"], "treatments": True}, **more)
    assert {t.treatment for t in plain} == {""}
    assert {t.treatment for t in every} == {"", "left_out", "not_done"}


def test_a_sketch_is_not_rolled_up_from_pairs_that_keep_none() -> None:
    metric = city.metric(
        "duration", value="days", statistic="median", unit="days",
        tables=[{"by": ["language", "income"], "periods": ["year"]}],
    )  # fmt: skip
    made = {step.table.dimensions: step for step in plan.steps(plan.tables(metric), 7)}
    assert not made["language", "income"].table.sketch
    assert made[("language",)].table.sketch
    assert made[("language",)].source is None
    assert made[()].source in {made[("language",)].table, made[("income",)].table}
