"""Cells agree with a plain-Python recomputation, re-add, and do not mind order or unit."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from equity import cube
from equity.errors import IntakeError
from equity.framework.models import Definitions
from equity.schema import CELL_SUMS, KEY

from . import city, naive

ROWS = city.random_rows(700)
DEFINITIONS = city.definitions()
MEASURED = ("duration", "amount")


def built(
    rows: list[dict[str, Any]], folder: Path, metric_id: str, definitions: Definitions = DEFINITIONS
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    parts = city.write_parts(rows, folder)
    cube.build(connection, city.workspace(folder), definitions, metric_id, parts, city.population())
    return connection


def read(connection: duckdb.DuckDBPyConnection) -> dict[tuple[Any, ...], dict[str, Any]]:
    cursor = connection.execute("SELECT * FROM cells")
    assert [column[0] for column in cursor.description] == [*KEY, *CELL_SUMS]
    size = len(KEY)
    found = {
        row[1:size]: dict(zip(CELL_SUMS, row[size:], strict=True)) for row in cursor.fetchall()
    }
    assert len(found) == connection.execute("SELECT count(*) FROM cells").fetchall()[0][0]
    return found


@pytest.mark.parametrize("metric_id", list(city.METRICS))
def test_cells_agree_with_plain_python(metric_id: str, tmp_path: Path) -> None:
    metric = DEFINITIONS.metrics[metric_id]
    found = read(built(ROWS, tmp_path, metric_id))
    expected = naive.cells(ROWS, DEFINITIONS, metric_id)
    assert found.keys() == expected.keys()
    for key, cell in found.items():
        wanted = expected[key]
        assert cell["n"] == wanted["n"]
        if metric.kind in MEASURED:
            assert cell["mean"] == pytest.approx(wanted["mean"], rel=1e-12, abs=1e-9)
            assert cell["m2"] == pytest.approx(wanted["m2"], rel=1e-9, abs=1e-6)
            assert cell["numerator"] is None
        else:
            assert cell["numerator"] == wanted["numerator"]


def test_denominators_are_the_people_of_the_place_and_groups(tmp_path: Path) -> None:
    found = read(built(ROWS, tmp_path, "request_rate"))
    for (_, _, _, level, place, d1, g1, d2, g2), cell in found.items():
        if "unknown" in (g1, g2) or place == "outside":
            assert cell["denominator"] is None
        else:
            base = 6000 if level == "city" else 1000 * int(place)
            parts = {"": 1, "english": 0.7, "spanish": 0.3, "low": 0.4, "high": 0.6}
            assert cell["denominator"] == pytest.approx(base * parts[g1] * parts[g2]), (d1, d2)


def test_cells_add_up_within_their_level(tmp_path: Path) -> None:
    cells = built(ROWS, tmp_path, "quick_share").execute("SELECT * FROM cells").df()
    own = cells[(cells["treatment"] == "") & (cells["dimension_2"] == "")]
    months = own[(own["period_kind"] == "month") & (own["place_level"] == "district")]
    years = own[(own["period_kind"] == "fiscal_year") & (own["place_level"] == "district")]
    assert months["numerator"].sum() == years["numerator"].sum() > 0
    quarters = own[(own["period_kind"] == "quarter") & (own["place_level"] == "district")]
    for dimension in ("language", "income", ""):
        assert quarters.loc[quarters["dimension"] == dimension, "n"].sum() == months["n"].sum()


def test_order_of_rows_does_not_matter(tmp_path: Path) -> None:
    shuffled = list(ROWS)
    random.Random(3).shuffle(shuffled)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one = read(built(ROWS, tmp_path / "a", "median_days"))
    other = read(built(shuffled, tmp_path / "b", "median_days"))
    assert one.keys() == other.keys()
    for key, cell in one.items():
        assert cell["n"] == other[key]["n"]
        assert cell["sketch"] == other[key]["sketch"]
        assert cell["m2"] == pytest.approx(other[key]["m2"], rel=1e-9, abs=1e-9)


def test_building_again_replaces_the_rows(tmp_path: Path) -> None:
    connection = built(ROWS, tmp_path, "mean_days")
    before = connection.execute("SELECT count(*), sum(n) FROM cells").fetchall()
    parts = sorted(tmp_path.glob("*.parquet"))
    for metric_id in ("mean_days", "request_rate", "mean_days"):
        cube.build(
            connection, city.workspace(tmp_path), DEFINITIONS, metric_id, parts, city.population()
        )
    after = "SELECT count(*), sum(n) FROM cells WHERE metric = 'mean_days'"
    assert connection.execute(after).fetchall() == before
    left = connection.execute("SELECT table_name FROM information_schema.tables").fetchall()
    assert {name for (name,) in left} == {"cells", "cell_clusters", "cell_strata", "cell_spans"}


def test_sketches_only_where_a_percentile_of_one_dimension_needs_them(tmp_path: Path) -> None:
    sketched = built(ROWS, tmp_path, "median_days").execute(
        "SELECT dimension_2 = '' AS single, bool_and(sketch IS NOT NULL), bool_or(sketch IS NOT NULL)"
        " FROM cells GROUP BY ALL ORDER BY ALL"
    )  # fmt: skip
    assert sketched.fetchall() == [(False, False, False), (True, True, True)]
    none = built(ROWS, tmp_path, "mean_days").execute("SELECT count(sketch) FROM cells")
    assert none.fetchall() == [(0,)]


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "store" / "records" / "requests" / "gone.parquet"
    with pytest.raises(IntakeError, match=r"store:records/requests/gone\.parquet"):
        cube.build(
            duckdb.connect(), city.workspace(tmp_path), DEFINITIONS, "mean_days", [gone],
            city.population(),
        )  # fmt: skip


def test_a_part_without_rows_changes_nothing(tmp_path: Path) -> None:
    connection = built(ROWS, tmp_path, "mean_days")
    before = read(connection)
    parts = sorted(tmp_path.glob("*.parquet"))
    empty = tmp_path / "empty.parquet"
    nothing = pq.read_table(parts[0]).slice(0, 0)
    with pq.ParquetWriter(empty, nothing.schema) as writer:
        writer.write_table(nothing)
    assert pq.read_metadata(empty).num_row_groups == 1
    people = city.population()
    workspace = city.workspace(tmp_path)
    cube.build(connection, workspace, DEFINITIONS, "mean_days", [empty, *parts], people)
    after = read(connection)
    assert after.keys() == before.keys()
    assert all(after[key]["n"] == cell["n"] for key, cell in before.items())


def test_records_without_a_date_are_refused_and_what_was_built_stays(tmp_path: Path) -> None:
    connection = built(ROWS, tmp_path, "mean_days")
    before = read(connection)
    (tmp_path / "dateless").mkdir()
    parts = city.write_parts([{**ROWS[0], "local_date": None}, ROWS[1]], tmp_path / "dateless", 1)
    with pytest.raises(IntakeError, match="accepted records have no local_date"):
        cube.build(
            connection, city.workspace(tmp_path), DEFINITIONS, "mean_days", parts,
            city.population(),
        )  # fmt: skip
    assert read(connection) == before
    views = "SELECT view_name FROM duckdb_views() WHERE NOT internal"
    assert connection.execute(views).fetchall() == []
