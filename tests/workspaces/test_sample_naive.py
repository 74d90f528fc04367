"""Every metric of the sample, from its accepted records in plain Python: the cells agree."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from equity import cube, framework, places, records
from equity.framework.models import Definitions
from equity.schema import CELL_SUMS, KEY
from equity.workspace import PROGRAM_ROOT, Workspace, open_workspace
from tests.cube import naive

EVERY = 12
"""One record in twelve is recomputed: plain Python is slow."""
METRICS = sorted(framework.load(open_workspace(PROGRAM_ROOT / "data", {})).metrics)


@pytest.fixture(scope="module")
def definitions(sample: Workspace) -> Definitions:
    return framework.load(sample)


@pytest.mark.parametrize("metric_id", METRICS)
def test_cells_of_the_sample_agree_with_plain_python(
    metric_id: str, sample: Workspace, definitions: Definitions, tmp_path: Path
) -> None:
    metric = definitions.metrics[metric_id]
    accepted = ds.dataset(records.parts(sample, definitions, metric.dataset)).to_table()
    chosen = accepted.take(pa.array(range(0, len(accepted), EVERY)))
    assert len(chosen) > 500
    part = tmp_path / "part.parquet"
    pq.write_table(chosen, part)
    expected = naive.cells(chosen.to_pylist(), definitions, metric_id)
    with duckdb.connect() as connection:
        people = places.population(sample, definitions)
        cube.build(connection, sample, definitions, metric_id, [part], people)
        cursor = connection.execute("SELECT * FROM cells")
        assert [column[0] for column in cursor.description] == [*KEY, *CELL_SUMS]
        rows = cursor.fetchall()
    size = len(KEY)
    found = {row[1:size]: dict(zip(CELL_SUMS, row[size:], strict=True)) for row in rows}
    assert len(found) == len(rows) > 20
    assert found.keys() == expected.keys()
    for key, cell in found.items():
        assert cell["n"] == expected[key]["n"], key
        if metric.kind in ("duration", "amount"):
            assert cell["mean"] == pytest.approx(expected[key]["mean"], rel=1e-12, abs=1e-9)
            assert cell["m2"] == pytest.approx(expected[key]["m2"], rel=1e-9, abs=1e-6)
        else:
            assert cell["numerator"] == expected[key]["numerator"], key
