"""The application finds the gaps that are planted, and none where there is none.

The whole path is run on 100,000 synthetic records: intake, cells, protection, publication, findings.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from equity import findings, framework, pipeline, records
from equity.framework.models import Definitions, Metric
from equity.publication import open_publication
from equity.simulate.parameters import read_yaml
from equity.workspace import Workspace

from .conftest import ROOT

ROWS = 300_000  # as people get it: groups of six ZIP areas need them
CLEAR = 2.5  # standard errors to spare from which a planted gap must be found


@dataclass(frozen=True)
class Built:
    workspace: Workspace
    definitions: Definitions
    publication: Any
    truth: dict[str, Any]


@pytest.fixture(scope="module")
def built(
    sample_in: Callable[[Path], Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Built:
    workspace = sample_in(tmp_path_factory.mktemp("found"))
    pipeline.build(workspace, rows=ROWS)
    pipeline.publish(workspace)
    truth = json.loads((workspace.raw / "truth.json").read_text(encoding="utf-8"))
    return Built(workspace, framework.load(workspace), open_publication(workspace), truth)


def test_the_ledger_sets_aside_exactly_what_was_planted(built: Built) -> None:
    ledger = records.read_ledger(built.workspace)
    for dataset, planted in built.truth["quarantined"].items():
        found: dict[str, int] = {}
        for reasons in ledger.loc[ledger["dataset"] == dataset, "quarantined"]:
            for reason, count in reasons.items():
                found[reason] = found.get(reason, 0) + count
        assert {k: v for k, v in found.items() if v} == {k: v for k, v in planted.items() if v}


def test_published_sums_are_those_of_the_truth(built: Built) -> None:
    compared = 0
    for metric in ("scholarship_share", "priority1_within_8_minutes", "dumping_cleared_5_days"):
        for by, periods in built.truth["values"][metric].items():
            for period, groups in periods.items():
                for code, entry in rows_of(built, metric, by, period).items():
                    true = groups.get(code, {"n": 0, "numerator": 0})
                    assert (entry["n"], entry["numerator"]) == (true["n"], true["numerator"])
                    compared += 1
    assert compared > 500


def test_published_medians_are_near_the_true_ones(built: Built) -> None:
    compared = 0
    spread = read_yaml(ROOT / "sample/dumping_requests.yml")["elapsed"]["spread"]
    for by, periods in built.truth["values"]["dumping_median_days"].items():
        for period, groups in periods.items():
            for code, entry in rows_of(built, "dumping_median_days", by, period).items():
                error = math.sqrt(math.pi / 2) * spread / math.sqrt(entry["n"])
                far = abs(math.log(entry["estimate"] / groups[code]["value"]))
                assert far < 4.5 * error + 0.01  # a sketch is 1 % wide
                compared += 1
    assert compared > 100


def rows_of(built: Built, metric: str, by: str, period: str) -> dict[str, Any]:
    """The published entries with numbers of one comparison, by code."""
    if by not in {"city", *findings.comparisons(built.publication, metric)}:
        return {}
    level = by.removeprefix("place:") if by.startswith("place:") else "city"
    dimension = "" if by == "city" or by.startswith("place:") else by
    kind = "all" if period == "all" else "fiscal_year"
    frame = built.publication.slice(
        metric, period_kind=kind, place_level=level, dimension=dimension, treatment=""
    )
    frame = frame[frame["status"].isin(["value", "unknown_group"])]
    if period != "all":
        frame = frame[frame["period"].astype(str).str[:10] == period]
    column = "group" if dimension else "place"
    return {row[column]: row for row in frame.to_dict("records") if row["dimension_2"] == ""}


def distance(metric: Metric, group: float, city: float) -> float:
    """How far the true value lies beyond the tolerance on the unfavourable side, in the unit."""
    tolerance = metric.tolerance
    wide = tolerance.points or (tolerance.percent or 0) / 100 * city
    behind = group - city if metric.direction == "lower_is_better" else city - group
    return behind - wide


def planted(built: Built) -> list[tuple[str, dict[str, Any], str, dict[str, float]]]:
    return [
        (metric, effect, period, value)
        for effect in built.truth["planted"]
        for metric, periods in effect["values"].items()
        for period, value in periods.items()
        if effect["by"] in findings.comparisons(built.publication, metric)
    ]


def compare(built: Built, metric: str, by: str, period: str) -> findings.Finding:
    kind, day = ("all", None) if period == "all" else ("fiscal_year", date.fromisoformat(period))
    return findings.compare(
        built.publication, built.definitions, metric, by=by, period_kind=kind, period=day
    )


def test_large_planted_gaps_are_found(built: Built) -> None:
    found, clear = set(), 0
    for metric, effect, period, value in planted(built):
        definition = built.definitions.metrics[metric]
        finding = compare(built, metric, effect["by"], period)
        entry = next(e for e in finding.entries if e.code == effect["group"])
        ends = (entry.lower, entry.upper, entry.lower_simultaneous, entry.upper_simultaneous)
        if None in ends:
            continue
        lower, upper, lowest, highest = (end or 0.0 for end in ends)
        needed = (highest - lowest) / 2 + CLEAR * (upper - lower) / 3.92
        if distance(definition, value["group"], value["city"]) > needed:
            clear += 1
            assert finding.verdict == "gap", (metric, effect["id"], period)
            assert entry.position == "behind", (metric, effect["id"], period)
            found.add(effect["id"])
    assert clear >= 10, (clear, found)
    assert found >= {
        "very_low_income_reached_less",
        "large_households_reached_less",
        "vietnamese_scholarships",
        "lowest_income_areas_slower",
        "limited_english_areas_slower",
    }


def test_where_nothing_is_planted_nobody_is_behind(built: Built) -> None:
    looked = 0
    for none in built.truth["none"]:
        metric, by = none["metric"], none["by"]
        for period in built.truth["values"][metric][by]:
            if not str(none.get("since", "")) <= period <= str(none.get("until", "9999")):
                continue
            if period == "all":
                continue
            for entry in compare(built, metric, by, period).entries:
                if not none["groups"] or entry.code in none["groups"]:
                    looked += 1
                    assert entry.position not in ("behind", "ahead"), (none, period, entry)
    assert looked > 60


def test_nobody_is_called_within_tolerance_who_lies_far_beyond(built: Built) -> None:
    for metric, effect, period, value in planted(built):
        entry = next(
            e
            for e in compare(built, metric, effect["by"], period).entries
            if e.code == effect["group"]
        )
        if entry.position == "within":
            definition = built.definitions.metrics[metric]
            assert distance(definition, value["group"], value["city"]) < 0.02 * value["city"]


def test_what_is_called_certain_is_true(built: Built) -> None:
    """Of every gap that the overview calls certain, the true value lies beyond the tolerance."""
    looked = 0
    for finding in findings.overview(built.publication, built.definitions):
        by = built.truth["values"].get(finding.metric, {})
        period = "all" if finding.period_kind == "all" else finding.period.isoformat()
        truth = by.get(finding.by, {}).get(period, {})
        city = by.get("city", {}).get(period, {}).get("city", {})
        if not finding.certain or finding.worst not in truth or city.get("value") is None:
            continue
        definition = built.definitions.metrics[finding.metric]
        value, reference = truth[finding.worst].get("value"), city["value"]
        if finding.lean == "behind" and value is not None:
            looked += 1
            assert distance(definition, value, reference) > 0, finding
            assert finding.picked_lower is not None
            assert finding.gap_lower is not None
            assert finding.picked_lower <= finding.gap_lower
    assert looked >= 5


# --- trends --------------------------------------------------------------------------------------
MOVES = ("closing", "widening")


def true_ends(built: Built, row: pd.Series) -> tuple[float, float] | None:
    """The true gap at the ends of a line through its fiscal years, in the unit of the row's periods.

    Signed as gaps are: positive on the unfavourable side. None where the truth has too few years.
    """
    metric = built.definitions.metrics[row["metric"]]
    by = row["dimension"] or f"place:{row['place_level']}"
    code = row["group"] or row["place"]
    values = built.truth["values"][row["metric"]]
    years = sorted(set(values.get(by, {})) & set(values["city"]) - {"all"})
    pairs = [(values[by][y].get(code, {}).get("value"), values["city"][y]["city"]["value"]) for y in years]  # fmt: skip
    if len(years) < 7 or any(group is None for group, _ in pairs):
        return None
    sign = 1 if metric.direction == "lower_is_better" else -1
    gaps = np.array([sign * (group - city) for group, city in pairs])
    slope, height = np.polyfit(np.arange(len(gaps)), gaps, 1)
    share = 4 if metric.kind == "rate" else 1  # a rate of a year is the sum of its quarters'
    middle, half = (len(gaps) - 1) / 2, 27 / 8
    return tuple((height + slope * (middle + end)) / share for end in (-half, half))


def true_moves(built: Built) -> list[tuple[pd.Series, float, float]]:
    """Stored trends that were judged, with the true gap at both ends of the line."""
    stored = built.publication.trends()
    judged = stored[stored["change"].notna() & ~stored["reason"].isin(["withheld"])]
    rows = [(row, true_ends(built, row)) for _, row in judged.iterrows()]
    return [(row, *ends) for row, ends in rows if ends is not None]


def test_what_is_called_moving_truly_moves_that_way(built: Built) -> None:
    called = 0
    for row, first, last in true_moves(built):
        if row["verdict"] in MOVES:
            called += 1
            nearer = abs(last) - abs(first)
            assert (nearer < 0) == (row["verdict"] == "closing"), (row["metric"], row["group"])
            # What is not planted moves only as the city does that it is held against.
            assert abs(last - first) > row["margin"] / 8, (row["metric"], row["group"])
    assert called >= 6


def test_planted_movements_are_found_where_the_records_suffice(built: Built) -> None:
    natures = {
        (metric, effect["by"], str(effect["group"])): effect
        for effect in built.truth["planted"]
        for metric in (effect["metric"], *effect.get("also", []))
        if effect["nature"] in MOVES
    }
    found, clear = set(), 0
    for row, first, last in true_moves(built):
        effect = natures.get((row["metric"], row["dimension"], row["group"]))
        if effect is None:
            continue
        if row["verdict"] in MOVES:
            assert row["verdict"] == effect["nature"], effect["id"]
            found.add(effect["id"])
        half = (row["upper_simultaneous"] - row["lower_simultaneous"]) / 2
        if abs(last - first) > 1.5 * half and first * last > 0:
            clear += 1
            assert row["verdict"] == effect["nature"], effect["id"]
    assert clear >= 3
    assert found >= {"large_households_reached_less", "limited_english_areas_slower"}


def test_intervals_of_changes_hold_the_true_change(built: Built) -> None:
    # Of movements that are lines or nearly so; a step has no line to be held.
    steps = {e["metric"] for e in built.truth["planted"] if e["nature"] == "step"}
    held = [
        row["lower_simultaneous"] <= last - first <= row["upper_simultaneous"]
        for row, first, last in true_moves(built)
        if row["metric"] not in steps
    ]
    assert len(held) >= 15
    assert np.mean(held) > 0.9


def test_what_cannot_be_told_says_why(built: Built) -> None:
    stored = built.publication.trends()
    untold = stored["verdict"] == "cannot_tell"
    assert (stored.loc[untold, "reason"] != "").all()
    assert (stored.loc[~untold, "reason"] == "").all()
    places = stored[stored["place_level"] != "city"]
    assert set(places["reason"]) == {"yearly"}  # places are published by fiscal year
