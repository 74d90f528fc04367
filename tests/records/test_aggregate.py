"""Datasets that are already aggregated: counts, medians, partial years, refused estimates."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from equity.errors import EquityError
from equity.records import read_aggregate, read_ledger
from equity.workspace import Workspace
from tests.records.city import BASE, SOURCE, contract, definitions

CONTRACT: dict[str, Any] = {
    "title": "Counts", "kind": "aggregate", "owner": "x", "source": SOURCE, "files": ["in/*.csv"],
    "fields": {
        "kind": {"type": "code", "codes": {"All": "all", "Graffiti": "graffiti"},
                 "other_codes": "quarantine"},
        "estimated": {"type": "boolean"},
    },
    "reject": [{"id": "estimate", "when": "estimated", "reason": "Spread by population"}],
    "aggregate": {
        "level": "district", "place": "district", "period": "year", "period_kind": "year",
        "category": "kind", "partial_periods": ["2026"],
        "columns": [{"id": "requests", "column": "n"},
                    {"id": "days", "column": "median", "statistic": "median"}],
    },
}  # fmt: skip


def test_a_tidy_frame_and_its_ledger(workspace: Workspace) -> None:
    (workspace.root / "in" / "a.csv").write_text(
        "district,year,kind,n,median,estimated\n"
        "1,2025,All,10,2.5,False\n"
        "2,2026,All,0,,false\n"
        "2,2026,Graffiti,7,,true\n"
        "Citywide,2025,All,20,,false\n"
        "1,2025,All,11,,false\n"
        "1,25,All,1,,false\n"
        "1,2025,Other,1,,false\n"
        "1,2024,All,-3,,false\n"
        ",2024,All,3,,false\n"
    )
    known = definitions({"counts": CONTRACT})
    frame = read_aggregate(workspace, known, "counts")
    assert frame.columns[:4].tolist() == ["place", "period", "partial", "category"]
    assert frame["place"].tolist() == ["1", "2"]
    assert frame["period"].tolist() == [pd.Timestamp(2025, 1, 1), pd.Timestamp(2026, 1, 1)]
    assert frame["partial"].tolist() == [False, True]
    assert frame["category"].tolist() == ["all", "all"]
    assert frame["requests"].tolist() == [10, 0]
    assert frame["days"].isna().tolist() == [False, True]
    (entry,) = read_ledger(workspace).to_dict("records")
    assert (entry["rows_read"], entry["accepted"]) == (9, 2)
    assert entry["quarantined"] == {
        "code:kind": 1, "code:place": 1, "duplicate": 1, "range:requests": 1,
        "required:place": 1, "rule:estimate": 1, "type:period": 1,
    }  # fmt: skip


def test_a_dataset_of_records_is_no_aggregate(workspace: Workspace) -> None:
    assert BASE["files"]
    with pytest.raises(EquityError, match="dataset of records"):
        read_aggregate(workspace, definitions({"requests": contract()}), "requests")
