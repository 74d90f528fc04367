"""The power curve: more records find smaller gaps, and what is committed is what the command wrote."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from equity import cli
from equity.simulate.calibration import curve, power, table
from equity.ui import calibration


def test_more_records_find_smaller_gaps_as_often() -> None:
    points = curve(400, 3, lines=[(5, 0.5)], records=[200, 2000])
    few, many = points
    assert few.gap is not None
    assert many.gap is not None
    assert power.TOLERANCE < many.gap < few.gap < 60
    for point in points:
        assert point.found == pytest.approx(power.FOUND, abs=0.12)
        assert point.error == pytest.approx((point.found * (1 - point.found) / 400) ** 0.5)


def test_a_larger_gap_is_found_more_often() -> None:
    often = [power._found(300, np.random.default_rng(1), 5, 0.5, 500, gap).mean() for gap in (15, 25, 40)]  # fmt: skip
    assert often == sorted(often)
    assert often[0] < 0.5 < often[2]


def test_where_too_few_records_find_nothing_there_is_no_gap() -> None:
    [point] = curve(200, 3, lines=[(10, 0.05)], records=[20])
    assert point.gap is None
    assert point.found < power.FOUND
    assert table([point]).splitlines()[1].startswith("10,0.05,20,,")


def test_the_same_seed_gives_the_same_curve() -> None:
    assert curve(200, 5, lines=[(2, 0.5)], records=[500]) == curve(200, 5, lines=[(2, 0.5)], records=[500])  # fmt: skip


def test_the_committed_curve_is_whole_and_in_the_document() -> None:
    rows = list(csv.DictReader(io.StringIO(calibration.CURVE.read_text("utf-8"))))
    assert cli.CALIBRATION.with_name("power.csv") == calibration.CURVE
    assert [(int(r["groups"]), float(r["share"])) for r in rows[:: len(power.RECORDS)]] == list(power.LINES)  # fmt: skip
    assert len(rows) == len(power.LINES) * len(power.RECORDS)
    text = cli.CALIBRATION.read_text("utf-8")
    for row in rows:
        told = f"{float(row['gap']):.1f} % (" if row["gap"] else "none ("
        assert told in text
        assert abs(float(row["found"]) - power.FOUND) < 0.1
