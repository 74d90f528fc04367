"""Datasets that are already aggregated by place, period and type, as one tidy frame."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from equity.errors import EquityError
from equity.framework.models import Definitions
from equity.records.intake import parts, take_in
from equity.records.rows import KEY_COLUMN, PARTIAL_COLUMN
from equity.schema import DATE_COLUMN, PLACE_COLUMN
from equity.workspace import Workspace


def read_aggregate(
    workspace: Workspace, definitions: Definitions, dataset_id: str
) -> pd.DataFrame:  # fmt: skip
    """One row a place, period and type, taken in first where it is not yet.

    Columns: `place` (code at the aggregate's level), `period` (first day, datetime64), `partial`
    (the period is not complete), `category` (the code of the category's field; "" without one),
    every field of the contract, and every declared column by its id as float64, NaN where the
    file has none. Counts may be added up within a level; a median is a single entry and may not.
    Rows that a rule refuses, estimates for example, are in the quarantine and not here.

    Raises `EquityError` where the dataset is one of records.
    """
    dataset = definitions.datasets[dataset_id]
    if dataset.aggregate is None:
        raise EquityError(f"{dataset_id} is a dataset of records, not an aggregate one.")
    take_in(workspace, definitions, dataset_id)
    tables = [pq.read_table(path) for path in parts(workspace, definitions, dataset_id)]
    table = pa.concat_tables(tables)
    names = {PLACE_COLUMN.format(level=dataset.aggregate.level): "place", DATE_COLUMN: "period"}
    frame = table.drop_columns([KEY_COLUMN]).to_pandas().rename(columns=names)
    frame["period"] = pd.to_datetime(frame["period"])
    category = dataset.aggregate.category
    frame["category"] = frame[category].fillna("") if category else ""
    first = ["place", "period", PARTIAL_COLUMN, "category"]
    return frame[first + [name for name in frame.columns if name not in first]]
