"""San José's open records, end to end, against figures recomputed with plain csv and shapely.

Nothing of the program is used to recompute: only the raw file, the boundary file and the rules as
they stand in the definitions' words (5 × 24 hours, local month of receipt, place by polygon).
"""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import statistics
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
import shapely
from shapely.geometry import shape

from equity.findings import compare
from equity.framework import load
from equity.pipeline import build, publish
from equity.publication import open_publication
from equity.records import read_ledger
from equity.workspace import PROGRAM_ROOT, Workspace
from tests.pages.conftest import charts, opened, said

SOURCE = Path(__file__).parent / "open_data"
DATA = Path(
    os.environ.get("EQUITY_DATA_ROOT") or PROGRAM_ROOT.parent / "shared/data/sanjose"
).resolve()
DAY = 24 * 3600 * 1000

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(
        not (DATA / "illegal_dumping_requests.csv").is_file(),
        reason="EQUITY_DATA_ROOT does not hold the real San José records",
    ),
]

CLEARED = "dumping_cleared_5_days"


# --- the program's answer ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Workspace:
    found = Workspace(SOURCE, tmp_path_factory.mktemp("store"), DATA)
    build(found)
    publish(found)
    return found


@pytest.fixture(scope="module")
def publication(workspace):
    return open_publication(workspace)


def published(publication, metric: str, **key: object) -> dict[str, tuple[int, int]]:
    """Place or group → records and numerator, of entries with records."""
    frame = publication.slice(metric, period_kind="all", **key)
    frame = frame[frame["status"] == "value"]
    name = "group" if key.get("dimension") else "place"
    return {row[name]: (int(row["n"]), int(row["numerator"])) for _, row in frame.iterrows()}


# --- the same from the raw files -----------------------------------------------------------------
@pytest.fixture(scope="module")
def requests() -> list[dict[str, str]]:
    with (DATA / "illegal_dumping_requests.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def days(row: dict[str, str]) -> float | None:
    done = row["DATETIMECOMPLETEDUTC"]
    return (int(done) - int(row["DATETIMERECEIVEDUTC"])) / DAY if done else None


def accepted(requests: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in requests if (days(row) or 0) >= 0]


def finished(requests: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in accepted(requests) if days(row) is not None]


def in_time(row: dict[str, str]) -> bool:
    return 0 <= (days(row) or 0) <= 5


def polygons(file: str, name: str) -> dict[str, shapely.Geometry]:
    features = json.loads((DATA / file).read_text(encoding="utf-8"))["features"]
    return {str(f["properties"][name]): shapely.make_valid(shape(f["geometry"])) for f in features}


def places_of(row: dict[str, str], shapes: dict[str, shapely.Geometry]) -> list[str]:
    point = shapely.Point(float(row["LONGITUDE"]), float(row["LATITUDE"]))
    return [code for code, polygon in shapes.items() if polygon.covers(point)]


@pytest.fixture(scope="module")
def districts() -> dict[str, shapely.Geometry]:
    shapes = polygons("council_districts_2022.geojson", "DISTRICTINT")
    for polygon in shapes.values():
        shapely.prepare(polygon)
    return shapes


# --- intake --------------------------------------------------------------------------------------
def test_the_ledger_balances_and_says_why(workspace):
    ledger = {row["dataset"]: row for row in read_ledger(workspace).to_dict("records")}
    counts = {
        dataset: (row["rows_read"], row["accepted"], row["quarantined"])
        for dataset, row in ledger.items()
    }
    assert counts == {
        "illegal_dumping": (2000, 1980, {"rule:completed_before_received": 20}),
        "sj311": (900, 700, {"rule:estimated_from_population": 200}),
    }
    assert ledger["illegal_dumping"]["columns_private"] == ["DETAILSUMMARY", "NOTES"]


def test_private_text_is_in_no_record(workspace, requests):
    notes = {row[name] for row in requests for name in ("NOTES", "DETAILSUMMARY") if row[name]}
    parts = sorted(workspace.records.rglob("*.parquet"))
    assert parts
    for part in parts:
        with duckdb.connect() as connection:
            rows = connection.sql(f"select * from read_parquet('{part}')").fetchall()
        kept = {value for row in rows for value in row if isinstance(value, str)}
        assert rows
        assert not kept & notes


# --- illegal dumping -----------------------------------------------------------------------------
def test_the_three_shares(publication, requests):
    done, all_rows = finished(requests), accepted(requests)
    cleared = sum(map(in_time, done))
    closed = sum(row["STATUS"] == "Closed" for row in all_rows if days(row) is None)
    assert (len(requests), len(all_rows), len(done), cleared, closed) == (
        2000,
        1980,
        1887,
        1372,
        74,
    )
    expected = {
        "": (len(done), cleared),
        "not_cleared": (len(all_rows), cleared),
        "closed_counted": (len(all_rows), cleared + closed),
    }
    for treatment, (n, numerator) in expected.items():
        (row,) = publication.slice(CLEARED, period_kind="all", treatment=treatment).to_dict(
            "records"
        )
        assert (row["n"], row["numerator"]) == (n, numerator)
        assert row["estimate"] == pytest.approx(100 * numerator / n)
    assert [round(100 * x / n, 1) for n, x in expected.values()] == [72.7, 69.3, 73.0]


def test_the_polygon_join_agrees_with_the_recorded_district(requests, districts, workspace):
    found = [places_of(row, districts) for row in requests]
    assert (
        sum(row["COUNCILDISTRICT"] in hits for row, hits in zip(requests, found, strict=True))
        == 1993
    )
    assert sum(not hits for hits in found) == 1
    expected = Counter(
        row["COUNCILDISTRICT"] in hits
        for row, hits in zip(requests, found, strict=True)
        if (days(row) or 0) >= 0
    )
    (part,) = (workspace.records / "illegal_dumping").glob("*.parquet")
    with duckdb.connect() as connection:
        ours = dict(connection.sql(
            f"select place_district = recorded_district, count(*) from read_parquet('{part}') group by 1"
        ).fetchall())  # fmt: skip
    assert ours == {True: expected[True], False: expected[False]}


def test_every_district_and_outside(publication, requests, districts):
    n, cleared = Counter(), Counter()
    for row in finished(requests):
        (place,) = places_of(row, districts) or ["outside"]
        n[place] += 1
        cleared[place] += in_time(row)
    ours = published(publication, CLEARED, place_level="district")
    assert ours == {place: (n[place], cleared[place]) for place in n}
    assert sum(count for count, _ in ours.values()) == 1887


def test_every_neighborhood_and_what_lies_outside_all(publication, requests):
    shapes = polygons("neighborhoods_partial.geojson", "name")
    n, shared = Counter(), 0
    for row in finished(requests):
        hits = places_of(row, shapes) or ["outside"]
        shared += len(hits) > 1
        n[hits[0]] += 1
    ours = published(publication, CLEARED, place_level="neighborhood")
    # Codes are made of names; the sizes say whether the same records are in the same places.
    # Where polygons overlap, a record may be in either.
    difference = Counter(sorted(n.values())) - Counter(sorted(count for count, _ in ours.values()))
    assert difference.total() <= shared
    assert ours["outside"][0] == n["outside"]
    assert sum(count for count, _ in ours.values()) == 1887


def test_months_are_local_months_of_receipt(publication, requests):
    zone = ZoneInfo("America/Los_Angeles")
    expected = Counter(
        datetime.fromtimestamp(int(row["DATETIMERECEIVEDUTC"]) / 1000, UTC)
        .astimezone(zone).strftime("%Y-%m")
        for row in finished(requests)
    )  # fmt: skip
    months = publication.slice(CLEARED, period_kind="month")
    months = months[months["status"] == "value"]
    ours = {f"{row.period:%Y-%m}": int(row.n) for row in months.itertuples()}
    assert ours == dict(expected)


def test_groups_of_tracts_add_up(publication):
    for dimension in ("equity_index", "limited_english_fifth", "income_fifth"):
        groups = published(publication, CLEARED, dimension=dimension)
        assert sum(n for n, _ in groups.values()) == 1887
        assert sum(cleared for _, cleared in groups.values()) == 1372


def test_median_days_of_the_city_and_of_every_district(publication, requests, districts):
    by_place: dict[str, list[float]] = {"city": [days(row) or 0 for row in finished(requests)]}
    for row in finished(requests):
        (place,) = places_of(row, districts) or ["outside"]
        by_place.setdefault(place, []).append(days(row) or 0)
    for level in ("city", "district"):
        frame = publication.slice("dumping_median_days", period_kind="all", place_level=level)
        for row in frame[frame["status"] == "value"].to_dict("records"):
            values = by_place.pop(row["place"])
            # A sketch may be 1 % off, and takes one of the two middle values of an even number.
            low, high = statistics.median_low(values), statistics.median_high(values)
            assert low * 0.99 <= row["estimate"] <= high * 1.01, row["place"]
            assert row["n"] == len(values)
    assert by_place == {}


def test_cannot_tell_is_the_finding_between_districts(publication, workspace):
    """By hand: no 95 % interval lies wholly outside 72.7 % ± 10 %, and district 8's is not inside."""
    frame = publication.slice(CLEARED, period_kind="all", place_level="district")
    frame = frame[(frame["status"] == "value") & (frame["place"] != "outside")]
    low, high = 72.708 * 0.9, 72.708 * 1.1
    intervals = {place: wilson(int(x), int(n)) for place, x, n
                 in zip(frame["place"], frame["numerator"], frame["n"], strict=True)}  # fmt: skip
    assert not [place for place, (a, b) in intervals.items() if b < low or a > high]
    assert intervals["8"][0] < low < intervals["8"][1]
    finding = compare(publication, load(workspace), CLEARED, by="place:district",
                      period_kind="all", period=None)  # fmt: skip
    assert finding.verdict == "cannot_tell"
    assert finding.reference_value == pytest.approx(72.708, abs=0.001)


def wilson(x: int, n: int) -> tuple[float, float]:
    z, p = 1.959964, x / n
    middle, half = p + z * z / (2 * n), z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return 100 * (middle - half) / (1 + z * z / n), 100 * (middle + half) / (1 + z * z / n)


# --- 311 -----------------------------------------------------------------------------------------
def test_311_counts_are_those_of_the_file_and_estimates_are_refused(publication):
    with (DATA / "sj311_by_district_year_type.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["service_type"] == "ALL (geolocated)"]
    frame = publication.slice("sj311_requests_per_1000", period_kind="year", place_level="district")
    frame = frame[frame["place"] != "outside"]
    ours = {
        (row.place, row.period.year): (int(row.n), bool(row.immature)) for row in frame.itertuples()
    }
    assert ours == {
        (row["district"], int(row["year"])): (int(row["requests"]), row["year"] == "2026")
        for row in rows
    }
    medians = publication.slice("sj311_median_days", period_kind="year", place_level="district")
    medians = medians[medians["status"] == "value"]
    assert {(row.place, row.period.year): row.estimate for row in medians.itertuples()} == {
        (row["district"], int(row["year"])): float(row["median_days_created_to_last_update"])
        for row in rows
    }
    assert medians["lower"].isna().all()
    city = publication.slice("sj311_median_days", period_kind="year")
    assert set(city["status"]) == {"not_applicable"}


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("metric", ["sj311_requests_per_1000", "sj311_median_days"])
def test_the_district_9_artefact_is_noted_on_its_charts(workspace, monkeypatch, metric, language):
    (note,) = load(workspace).metrics[metric].notes
    assert (note.places, note.years) == (["9"], [2019, 2020])
    monkeypatch.setenv("EQUITY_WORKSPACE", str(workspace.root))
    monkeypatch.setenv("EQUITY_STORE", str(workspace.store))
    monkeypatch.setenv("EQUITY_DATA_ROOT", str(DATA))
    view = {"metric": metric, "level": "district", "kind": "year", "lang": language}

    def noted(page: str, **more: str) -> bool:
        """Whether the note stands on the page, in its text or in a chart's own."""
        app = opened(page, **view, **more)
        assert not app.exception
        assert charts(app)
        text = " ".join([*said(app), *(chart.spec for chart in charts(app))])
        return letters(note.text[language]) in letters(text)

    assert noted("breakdown", period="2019-01-01")
    assert noted("breakdown", period="2020-01-01")
    assert not noted("breakdown", period="2022-01-01")
    assert noted("trends")


def letters(text: str) -> str:
    """Text without the breaks, quotes and escapes that a chart's specification puts into it."""
    plain = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text)
    return "".join(c for c in plain if c.isalnum())


# --- the same without the exemption --------------------------------------------------------------
def test_without_already_public_small_numbers_are_withheld(tmp_path, publication):
    root = tmp_path / "workspace"
    shutil.copytree(SOURCE, root, ignore=shutil.ignore_patterns("store"))
    file = root / "datasets/illegal_dumping.yml"
    text = file.read_text(encoding="utf-8")
    start, end = text.index("already_public:"), text.index("files:")
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    protected = Workspace(root, tmp_path / "store", DATA)
    build(protected)
    publish(protected)
    frame = open_publication(protected).slice(
        CLEARED, treatment=None, place_level=None, dimension=None, group=None
    )
    shown = frame[frame["status"] == "value"]
    for number in (shown["n"], shown["numerator"], shown["n"] - shown["numerator"]):
        assert not number.between(1, 10).any()
    assert (frame["status"] == "suppressed").any()
    city = shown[(shown["place_level"] == "city") & (shown["period_kind"] == "all")
                 & (shown["dimension"] == "") & (shown["treatment"] == "")]  # fmt: skip
    assert city["estimate"].iloc[0] == pytest.approx(72.708, abs=0.001)
