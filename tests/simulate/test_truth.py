"""The truth is in the records: recomputed in the plainest way from the raw exports."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import shapely
from scipy.stats import norm

from .conftest import ROOT

SPANISH, VIETNAMESE = "spanish", "vietnamese"
LANGUAGE = {"EN": "english", "ES": "spanish", "VI": "vietnamese", "YUE": "chinese", "CMN": "chinese"}  # fmt: skip


def clean_enrolments(frame: pd.DataFrame) -> pd.DataFrame:
    days = pd.to_datetime(frame["Registration_Date"], format="%m/%d/%Y", errors="coerce")
    fee = frame["Fee_Paid"].astype(float)
    right = days.notna() & (fee >= 0) & (fee <= 2000) & (frame["Program_Code"] != "ZZZ9")
    return frame[right].drop_duplicates("Enrollment_ID")


def test_scholarships_by_language_are_counted_as_they_are(
    raw: dict[str, pd.DataFrame], truth: dict[str, Any]
) -> None:
    frame = clean_enrolments(raw["enrolments"])
    low = frame[frame["Income_Band"].isin(["VLI", "ELI", "LI"])]
    language = low["Home_Language"].map(LANGUAGE).fillna("another")
    language[low["Home_Language"] == ""] = "unknown"
    plain = low.assign(helped=low["Scholarship"] == "Y").groupby([low["fiscal_year"], language])
    seen = plain["helped"].agg(["size", "sum"])
    values = truth["values"]["scholarship_share"]["language"]
    for (year, code), row in seen.iterrows():
        entry = values[f"{year}-07-01"][code]
        assert (entry["n"], entry["numerator"]) == (row["size"], row["sum"])


def test_reach_is_first_enrolments_over_households(
    raw: dict[str, pd.DataFrame], truth: dict[str, Any]
) -> None:
    frame = clean_enrolments(raw["enrolments"])
    first = frame[(frame["First_This_FY"] == "Y") & (frame["fiscal_year"] == "2024")]
    large = int(first["HH_Size"].isin(["5", "6", "7"]).sum())
    households = pd.read_csv(ROOT / "population/qualified_households.csv")["size_5+"].sum()
    entry = truth["values"]["qualified_program_penetration"]["household_size"]["2024-07-01"]["5+"]
    assert entry["numerator"] == large
    assert math.isclose(entry["value"], 100 * entry["expected"] / households, abs_tol=1e-3)


def test_response_by_area_is_counted_as_it_is(
    raw: dict[str, pd.DataFrame], truth: dict[str, Any]
) -> None:
    fire = raw["fire_incidents"].drop_duplicates("Incident_No")
    form = "%m/%d/%Y %I:%M:%S %p"
    dispatched = pd.to_datetime(fire["Dispatched_Time"], format=form, errors="coerce")
    arrived = pd.to_datetime(fire["Unit_On_Scene_TimeStamp"], format=form, errors="coerce")
    seconds = (arrived - dispatched).dt.total_seconds()
    medical = (fire["Priority"] == "1") & (fire["Final_Incident_Category"] == "Rescue and Medical")
    right = medical & seconds.between(60, 3600)
    entry = truth["values"]["priority1_within_8_minutes"]["city"]["2021-07-01"]["city"]
    year = right & (fire["fiscal_year"] == "2021")
    # Times around the two changes of the clock are read differently here.
    assert abs(entry["n"] - int(year.sum())) <= 6
    assert abs(entry["numerator"] - int((seconds[year] <= 480).sum())) <= 6


def test_records_lie_in_the_places_that_the_truth_counts(
    raw: dict[str, pd.DataFrame], truth: dict[str, Any]
) -> None:
    frame = raw["dumping_requests"].drop_duplicates("INCIDENTID")
    received = pd.to_numeric(frame["DATETIMERECEIVEDUTC"], errors="coerce")
    completed = pd.to_numeric(frame["DATETIMECOMPLETEDUTC"], errors="coerce")
    right = received.notna() & (completed >= received) & (frame["STATUS"] != "XX-7")
    x = pd.to_numeric(frame["LONGITUDE"]).to_numpy()
    y = pd.to_numeric(frame["LATITUDE"]).to_numpy()
    default = np.isclose(x, -121.886) & np.isclose(y, 37.338)
    places = shapely.from_geojson((ROOT / "places/zip_areas.geojson").read_text(encoding="utf-8"))
    codes = [entry["zip"] for entry in pd.read_csv(ROOT / "places/zip_attributes.csv", dtype=str).to_dict("records")]  # fmt: skip
    fast = (completed - received) <= 5 * 86_400_000
    counts = truth["values"]["dumping_cleared_5_days"]["place:zip"]["all"]
    inside = np.zeros(len(frame), bool)
    for code, shape in zip(codes, shapely.get_parts(places), strict=True):
        here = shapely.contains_xy(shape, np.nan_to_num(x), np.nan_to_num(y)) & ~default
        inside |= here
        entry = counts.get(code, {"n": 0, "numerator": 0})
        assert entry["n"] == int((right & here).sum())
        assert entry["numerator"] == int((right & here & fast).sum())
    assert counts["outside"]["n"] == int((right & ~inside).sum()) > 0


def test_draws_agree_with_their_chances(truth: dict[str, Any]) -> None:
    """Of all shares, no more lie far from their true value than chance allows."""
    scores = []
    for metric in ("scholarship_share", "priority1_within_8_minutes", "dumping_cleared_5_days"):
        for periods in truth["values"][metric].values():
            for entry in (e for period in periods.values() for e in period.values()):
                share = entry["expected"] / entry["n"]
                error = math.sqrt(share * (1 - share) / entry["n"])
                if entry["n"] >= 50:
                    scores.append((entry["numerator"] / entry["n"] - share) / error)
    assert len(scores) > 300
    far = sum(abs(score) > norm.ppf(0.9995) for score in scores)
    assert far <= 0.005 * len(scores)
    assert 0.8 < float(np.std(scores)) < 1.15


def test_planted_gaps_move_as_they_are_described(truth: dict[str, Any]) -> None:
    gaps = {}
    for effect in truth["planted"]:
        values = {k: v for k, v in effect["values"][effect["metric"]].items() if k != "all"}
        gaps[effect["id"]] = [abs(v["group"] / v["city"] - 1) for _, v in sorted(values.items())]
    assert gaps["very_low_income_reached_less"][0] > 0.2 > 0.06 > gaps["very_low_income_reached_less"][-1]  # fmt: skip
    assert gaps["large_households_reached_less"] == sorted(gaps["large_households_reached_less"])
    assert gaps["large_households_reached_less"][-1] > 0.25
    assert gaps["spanish_scholarships"][0] > 0.2 > 0.05 > gaps["spanish_scholarships"][-1]
    assert min(gaps["vietnamese_scholarships"]) > 0.2
    assert max(gaps["lowest_income_areas_slower"][:3]) < 0.02 < 0.15 < min(gaps["lowest_income_areas_slower"][4:])  # fmt: skip
    assert min(gaps["hill_roads"]) > 0.1
    assert gaps["limited_english_areas_slower"][0] > 0.25 > 0.05 > gaps["limited_english_areas_slower"][-1]  # fmt: skip
    assert gaps["burbank_slower"][-1] > 0.3


def test_where_nothing_is_planted_the_truth_is_within_tolerance(truth: dict[str, Any]) -> None:
    for entry in truth["none"]:
        values = truth["values"][entry["metric"]]
        for period, groups in values[entry["by"]].items():
            if not str(entry.get("since", "")) <= period <= str(entry.get("until", "9999")):
                continue
            city = values["city"][period]["city"]["value"]
            for code in entry["groups"] or set(groups) - {"outside", "unknown"}:
                assert abs(groups[code]["value"] / city - 1) < 0.1, (entry, period, code)
