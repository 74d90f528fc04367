"""Whatever the file: either a clear error, or a ledger that balances and parts every row."""

from __future__ import annotations

import csv
import io
import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equity.errors import IntakeError
from equity.records import parts, quarantined_rows, take_in
from tests.records.city import a_city, contract, definitions

HEADER = ["received", "age", "status", "case", "lon", "lat"]
KNOWN = definitions(
    {
        "requests": contract(
            {"case": {"type": "key"}},
            coordinates={"x": "lon", "y": "lat"},
            reject=[{"id": "old", "when": "age > 99", "reason": "Old"}],
            duplicates={"key": ["case"]},
        )
    }
)
PLAUSIBLE = {
    "received": ["2024-05-01 10:00:00", "2024-03-10 02:30", "2024-11-03 01:30", "", "5/1/2024"],
    "age": ["30", "", "-1", "100", "x", "121"],
    "status": ["Closed", "", "Señal", 'a "b"', "a\nb", "a,b"],
    "case": ["1", "2", "3", "4", ""],
    "lon": ["-121.95", "-121.85", "", "-74", "x", "200"],
    "lat": ["37.3", "", "91", "40"],
}
cells = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8)
plausible = st.tuples(*[st.sampled_from(PLAUSIBLE[name]) for name in HEADER]).map(list)
tables = st.lists(
    st.one_of(plausible, plausible, st.lists(cells, min_size=1, max_size=8)), max_size=12
)


def take(content: bytes) -> tuple[Any, list[int], list[int]] | None:
    """(entry, accepted row numbers, quarantined ones), or None where the file is refused."""
    root = Path(tempfile.mkdtemp())
    try:
        workspace = a_city(root)
        (root / "in" / "a.csv").write_bytes(content)
        try:
            (entry,) = take_in(workspace, KNOWN, "requests")
        except IntakeError:
            assert not list(workspace.store.rglob("*.parquet"))
            return None
        (part,) = parts(workspace, KNOWN, "requests")
        refused = quarantined_rows(workspace, KNOWN, "requests", "in/a.csv")
        return entry, pd.read_parquet(part)["row_number"].tolist(), [r.row_number for r in refused]
    finally:
        shutil.rmtree(root)


def check_partition(content: bytes) -> bool:
    result = take(content)
    if result is None:
        return False
    entry, accepted, refused = result
    assert entry.rows_read == entry.accepted + entry.in_quarantine
    assert (len(accepted), len(refused)) == (entry.accepted, entry.in_quarantine)
    numbers = sorted([*accepted, *refused])
    assert len(set(numbers)) == len(numbers) == entry.rows_read
    assert all(2 <= number <= entry.rows_read + entry.blank_lines + 1 for number in numbers)
    return True


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables, st.sampled_from([",", ";", "\t"]), st.sampled_from(["\n", "\r\n"]))
def test_accepted_and_quarantined_part_the_rows(
    rows: list[list[str]], delimiter: str, ending: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerows([HEADER, *rows])
    content = text.getvalue().encode()
    read = check_partition(content)
    if rows and read:
        _, accepted, refused = take(content)  # type: ignore[misc]
        expected = [n for n, row in enumerate(csv.reader(io.StringIO(text.getvalue(), newline=""), delimiter=delimiter), 1) if row][1:]  # fmt: skip
        assert sorted([*accepted, *refused]) == expected


def damaged(seed: int) -> bytes:
    """A plausible file with bytes deleted, doubled, exchanged or put in."""
    chance = random.Random(seed)
    rows = [
        [chance.choice(PLAUSIBLE[name]) for name in HEADER] for _ in range(chance.randint(1, 30))
    ]
    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *rows])
    content = bytearray(text.getvalue().encode(chance.choice(["utf-8", "cp1252", "utf-8-sig"])))
    for _ in range(chance.randint(0, 6)):
        at = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                del content[at : at + chance.randint(1, 20)]
            case 1:
                content[at:at] = content[at : at + chance.randint(1, 50)]
            case 2:
                content[at] = chance.randrange(256)
            case _:
                content[at:at] = chance.choice(
                    [b'"', b"\n", b"\r", b",", b"\0", b"\xff", b"\xc3\xa9"]
                )
        if not content:
            break
    return bytes(content)


@pytest.mark.parametrize("first", [0, 20])
def test_damaged_files(first: int) -> None:
    assert any(check_partition(damaged(seed)) for seed in range(first, first + 20))


@pytest.mark.proof
def test_many_damaged_files() -> None:
    """EQUITY_FUZZ_FILES of them (2,000 by default: two minutes)."""
    count = int(os.environ.get("EQUITY_FUZZ_FILES", "2000"))
    taken = sum(check_partition(damaged(seed)) for seed in range(1000, 1000 + count))
    assert count / 4 < taken < count
