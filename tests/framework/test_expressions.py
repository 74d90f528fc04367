"""Expressions: what they mean (the same in three places) and what is refused, where."""

from __future__ import annotations

import math
from datetime import date, datetime

import duckdb
import ibis
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from equity.errors import DefinitionError, Problem
from equity.framework.expressions import columns_of, parse
from equity.framework.models import Dataset

COLUMNS = {
    "seconds": "integer",
    "amount": "number",
    "status": "code",
    "closed": "boolean",
    "received": "timestamp",
    "completed": "timestamp",
    "born": "date",
    "case_id": "key",
}

numbers = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["seconds", "amount"]),
        st.integers(-50, 50).map(str),
        st.floats(-50, 50).map(lambda x: f"{x:.2f}"),
        st.tuples(numbers, st.sampled_from("+-*/"), numbers).map(" ".join),
        numbers.map(lambda n: f"abs({n})"),
        numbers.map(lambda n: f"-({n})"),
        st.tuples(numbers, numbers).map(lambda p: f"coalesce({p[0]}, {p[1]})"),
        st.tuples(numbers, numbers).map(lambda p: f"least({p[0]}, {p[1]})"),
        st.tuples(numbers, numbers).map(lambda p: f"greatest({p[0]}, {p[1]})"),
        st.tuples(booleans, numbers, numbers).map(
            lambda p: f"case when {p[0]} then {p[1]} else {p[2]} end"
        ),
        st.tuples(booleans, numbers).map(lambda p: f"case when {p[0]} then {p[1]} end"),
        st.sampled_from(
            [
                "days_between(received, completed)",
                "hours_between(received, completed)",
                "minutes_between(received, timestamp '2024-01-01 12:00')",
                "seconds_between(born, date '2020-02-29')",
                "year(received)",
                "month(born)",
                "length(status)",
                "round(amount)",
                "round(amount, 1)",
            ]
        ),
    )
)
texts = st.sampled_from(["status", "'closed'", "'it''s open'", "lower(status)", "upper(status)"])
booleans = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["closed", "true", "false", "closed = false"]),
        st.tuples(numbers, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), numbers).map(
            lambda p: f"({p[0]}) {p[1]} ({p[2]})"
        ),
        st.tuples(texts, st.sampled_from(["=", "!=", "<", ">="]), texts).map(" ".join),
        st.tuples(booleans, st.sampled_from(["and", "or"]), booleans).map(" ".join),
        booleans.map(lambda b: f"not ({b})"),
        st.tuples(
            texts, st.lists(texts, min_size=1, max_size=3), st.sampled_from(["", "not "])
        ).map(lambda p: f"{p[0]} {p[2]}in ({', '.join(p[1])})"),
        st.tuples(numbers, numbers, numbers).map(
            lambda p: f"({p[0]}) not between ({p[1]}) and ({p[2]})"
        ),
        st.sampled_from(
            [
                "amount is null",
                "completed is not null",
                "completed >= received",
                "born between date '2000-01-01' and date '2010-12-31'",
            ]
        ),
    )
)
instants = st.none() | st.datetimes(
    datetime.fromisoformat("1990-01-01"), datetime.fromisoformat("2040-01-01")
)
rows = st.fixed_dictionaries(
    {
        "seconds": st.none() | st.integers(-1000, 1000),
        "amount": st.none() | st.integers(-4000, 4000).map(lambda x: x / 8),
        "status": st.none() | st.sampled_from(["closed", "Open", "it's open", ""]),
        "closed": st.none() | st.booleans(),
        "received": instants,
        "completed": instants,
        "born": st.none() | st.dates(date(1900, 1, 1), date(2040, 1, 1)),
    }
)
SQL_TYPES = {"seconds": "BIGINT", "amount": "DOUBLE", "status": "VARCHAR", "closed": "BOOLEAN",
             "received": "TIMESTAMP", "completed": "TIMESTAMP", "born": "DATE"}  # fmt: skip


@pytest.fixture(scope="module")
def database():
    connection = ibis.duckdb.connect()
    yield connection
    connection.disconnect()


def same(a: object, b: object) -> bool:
    if a is None or b is None:
        return a is b
    if isinstance(a, float) or isinstance(b, float):
        return math.isclose(float(a), float(b), rel_tol=1e-9, abs_tol=1e-9)  # type: ignore[arg-type]
    return a == b


ANY = {"text": st.one_of(booleans, numbers), "row": rows}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(**ANY)
def test_sql_ibis_and_python_agree(database, text, row):
    agree(database, text, row)


@pytest.mark.proof
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(**ANY)
def test_sql_ibis_and_python_agree_on_many(database, text, row):
    agree(database, text, row)


def agree(database, text, row):
    """One expression on one row, three ways."""
    try:
        expression = parse(text, COLUMNS)
    except DefinitionError as error:
        assume("nested" not in str(error) and "characters" not in str(error))
        raise
    raw = database.con
    raw.execute("create or replace table t as select "
                + ", ".join(f"CAST(? AS {SQL_TYPES[name]}) AS {name}" for name in row),
                list(row.values()))  # fmt: skip
    from_sql = raw.execute(f"select {expression.to_sql()} from t").fetchall()[0][0]
    query = ibis.to_sql(expression.to_ibis(database.table("t")).name("z"), dialect="duckdb")
    from_ibis = raw.execute(str(query)).fetchall()[0][0]
    in_python = expression.evaluate(row)
    assert same(from_sql, in_python), (text, row, from_sql, in_python)
    assert same(from_ibis, in_python), (text, row, from_ibis, in_python)
    # The same text read by DuckDB itself: our precedence is SQL's (division by zero and integer
    # arithmetic apart, which are ours on purpose).
    if not any(word in text for word in ("/", "_between", "round", "*", "+", "abs", "-(")):
        assert same(raw.execute(f"select {text} from t").fetchall()[0][0], in_python)


@pytest.mark.parametrize(
    ("text", "found", "column"),
    [
        ("seconds <= 480; drop table t", ";", 15),
        ("seconds in (select 1)", "select", 13),
        ("read_csv('/etc/passwd') = 1", "read_csv", 1),
        ("seconds > 1 and read_text('x') = 'y'", "read_text", 17),
        ("count(*) > 1", "count", 1),
        ("* = 1", "*", 1),
        ("t.seconds = 1", "t", 1),
        ("seconds.x = 1", ".", 8),
        ("seconds::varchar = 'a'", "::", 8),
        ("cast(seconds as varchar) = 'a'", "cast", 1),
        ("sum(seconds) over () > 1", "sum", 1),
        ("seconds[1] = 2", "[", 8),
        ("x -> x + 1", "x", 1),
        ("seconds <= 'fast'", "<=", 9),
        ("seconds + status > 1", "+", 9),
        ("received + 5 > received", "+", 10),
        ("received >= '2024-01-01'", ">=", 10),
        ("received < born", "<", 10),
        ("days_between(received, born) > 1", "days_between", 1),
        ("seconds = null", "=", 9),
        ("status in ('a', null)", "in", 8),
        ("closed and seconds", "and", 8),
        ("not seconds", "not", 1),
        ("case_id = 'x'", "case_id", 1),
        ("seconds <=", "the end", 11),
        ("seconds <= 480)", ")", 15),
        ("born > date '2024-13-01'", "'2024-13-01'", 13),
        ("round(amount, seconds) > 1", "round", 1),
        ("$1 > 2", "$", 1),
        ("current_user = 'x'", "current_user", 1),
        ("exists (select 1)", "exists", 1),
    ],
)
def test_what_is_not_listed_is_refused_with_its_position(text, found, column):
    with pytest.raises(DefinitionError) as caught:
        parse(text, COLUMNS, file="departments/fire/m.yml", field="numerator", line=7)
    (problem,) = caught.value.problems
    assert problem.found == f"`{found}` (line 1, column {column})"
    assert (problem.file, problem.field, problem.line) == ("departments/fire/m.yml", "numerator", 7)
    assert problem.remedy


def test_an_unknown_column_names_the_nearest_and_the_line_inside_the_text():
    with pytest.raises(DefinitionError) as caught:
        parse("closed\n  and secnods <= 480", COLUMNS)
    (problem,) = caught.value.problems
    assert problem.found == "`secnods` (line 2, column 7)"
    assert problem.remedy == "Did you mean seconds?"


@pytest.mark.parametrize(
    "text",
    ["(" * 1999, "not " * 480 + "closed", "1" + "+1" * 900, "-" * 1990 + "1", "(" * 900 + "1" + ")" * 900,
     "abs(" * 400, "case when " * 190, "a" * 3000, "'" * 999, "closed" + " and closed" * 150,
     "1 = " * 400 + "1", "\x00", "'unclosed", "closed /* comment"],
)  # fmt: skip
def test_nested_long_and_broken_text_is_refused_or_read_never_a_crash(text):
    assert_parsed_or_refused(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text("()'\"; ,.*-+/<>=!ab1[]{}:|%$#@\\", max_size=40))
def test_any_text_at_all_is_parsed_or_refused(text):
    assert_parsed_or_refused(text)


def assert_parsed_or_refused(text: str) -> None:
    problems: list[Problem] = []
    try:
        expression = parse(text, COLUMNS)
    except DefinitionError as error:
        problems = error.problems
    if problems:
        assert len(problems) == 1
        assert problems[0].remedy
    else:
        assert expression.to_sql()
        assert expression.columns <= set(COLUMNS)


def test_columns_and_kind():
    expression = parse("seconds <= 480 and status = 'closed'", COLUMNS)
    assert expression.columns == {"seconds", "status"}
    assert expression.kind == "boolean"
    assert parse("case status when 'a' then 1 end", COLUMNS).kind == "number"


def test_columns_of_a_dataset_leave_keys_out_and_add_derived_and_the_local_date():
    dataset = Dataset.model_validate(
        {
            "title": "Calls",
            "owner": "Fire",
            "source": {"name": "x"},
            "files": ["a.csv"],
            "time": "at",
            "fields": {
                "id": {"type": "key"},
                "at": {"type": "timestamp"},
                "s": {"type": "integer"},
            },
            "derived": {"slow": "s > 720", "late": "slow and month(at) = 12", "bad": "nope"},
        }
    )
    expected = {"at": "timestamp", "s": "integer", "slow": "boolean", "late": "boolean"}
    assert columns_of(dataset) == {**expected, "local_date": "date"}
    assert columns_of(dataset, at_intake=True) == expected


def test_evaluate_on_a_frame_agrees_with_duckdb_on_a_filter():
    frame = pd.DataFrame({"seconds": [100, 480, 481, 900], "status": ["a", "b", "a", "b"]})
    expression = parse("seconds <= 480 or status = 'b'", COLUMNS)
    kept = duckdb.sql(
        f"select seconds from frame where {expression.to_sql()} order by 1"
    ).fetchall()
    assert [s for (s,) in kept] == [
        row["seconds"] for row in frame.to_dict("records") if expression.evaluate(row)
    ]


@pytest.mark.parametrize(("status", "answer"), [(None, True), ("open", True), ("closed", True)])
def test_a_match_decides_even_beside_a_missing_option(status, answer):
    assert parse("'closed' in (status, 'closed')", COLUMNS).evaluate({"status": status}) is answer
    missing = parse("'late' in (status, 'closed')", COLUMNS).evaluate({"status": status})
    assert missing is (None if status is None else False)
