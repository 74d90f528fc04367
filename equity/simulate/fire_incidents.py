"""Synthetic Fire incidents, as a dispatch system would export them: wall-clock times, state plane."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyproj
from scipy.special import ndtr

from equity.simulate.city import SampleCity
from equity.simulate.clock import us_times
from equity.simulate.drawing import (
    Batch,
    area_groups,
    coordinate,
    copy_duplicates,
    count_faults,
    draw,
    effects,
    moments,
    plant_faults,
    private_columns,
    replaced,
    serials,
    stray,
    texts,
)

WITHIN, SLOW = "priority1_within_8_minutes", "slow_over_12_minutes"
FASTEST, SLOWEST = 60, 3600  # seconds; the contract sets aside what lies beyond
_OTHER = ["Fire", "Hazardous Condition", "Service Call", "Good Intent Call"]
_CATEGORIES = ["Rescue and Medical", *_OTHER]
_NOTES = ["Gate code given by caller", "Second call, same address", 'Caller said "please hurry"']
_BY = ("city", "place:zip", "place:district", "income_fifth", "latino_half", "equity_index")


def make_fire_incidents(batch: Batch) -> pa.Table:
    """One batch, one row an incident; counts what is true of it in the batch's tally."""
    rng, n, settings, city, clock = batch.rng, batch.n, batch.settings, batch.city, batch.clock
    days, dispatched, begin = moments(batch)
    area, given = stray(batch, draw(rng, n, city.people))
    address = city.draw_addresses(rng, area)
    groups = area_groups(city, address, given)
    everywhere = area_groups(city, address, np.ones(n, bool))
    response = settings["response"]
    log_median = np.log(response["median_seconds"]) + np.log(
        effects(batch, WITHIN, everywhere, days, "multiply")
    )
    seconds = np.exp(log_median + response["spread"] * rng.standard_normal(n))
    seconds = seconds.round().astype(np.int64).clip(FASTEST, SLOWEST)
    medical = rng.random(n) < settings["medical"]
    category = np.where(medical, 0, rng.integers(1, len(_CATEGORIES), n))
    priority = np.where(rng.random(n) < settings["priority_1"], 1, rng.integers(2, 5, n))
    arrived = rng.random(n) >= settings["not_arrived"]

    faults, clean = plant_faults(batch)
    for kind in ("under_60_s", "over_3600_s", "dst_fold"):
        arrived[faults[kind]] = True
    seconds[faults["under_60_s"]] = rng.integers(-600, FASTEST, len(faults["under_60_s"]))
    seconds[faults["over_3600_s"]] = rng.integers(
        SLOWEST + 1, 10 * SLOWEST, len(faults["over_3600_s"])
    )
    fold = int(clock.folds[clock.folds > begin][0])
    before = rng.integers(60, 900, len(faults["dst_fold"]))
    dispatched[faults["dst_fold"]] = fold - before
    seconds[faults["dst_fold"]] = before + rng.integers(0, 300, len(faults["dst_fold"]))
    on_scene = dispatched + seconds
    _count_quarantined(batch, faults, clean, arrived, dispatched, on_scene)

    slow_chance = ndtr(-(np.log(720.5) - log_median) / response["spread"])
    chance = ndtr((np.log(480.5) - log_median) / response["spread"])
    counted = clean & (priority == 1) & medical & arrived
    by = {name: groups[name] for name in _BY}
    batch.tally.add_shares(WITHIN, batch.fiscal_year, by, counted, chance, seconds <= 480)
    by.pop("equity_index")
    batch.tally.add_shares(SLOW, batch.fiscal_year, by, counted, slow_chance, seconds > 720)

    wall = clock.to_wall(dispatched)
    gap = int(clock.gaps[clock.gaps > begin][0])
    skipped = int(clock.to_wall(np.array([gap - 1]))[0]) + 1
    wall[faults["dst_gap"]] = skipped + rng.integers(0, 3600, len(faults["dst_gap"]))
    dispatched_text = replaced(us_times(wall), faults["bad_timestamp"], "00/00/0000 00:00:00 AM")
    priority[faults["out_of_range"]] = 99
    east, north = state_plane(city)
    station = np.append(np.arange(len(city.zips)), 0)[area]
    table = pa.table(
        {
            "Incident_No": serials("F", batch),
            "Date_Time_Of_Event": us_times(clock.to_wall(dispatched - rng.integers(20, 90, n))),
            "Dispatched_Time": replaced(dispatched_text, faults["missing_timestamp"], None),
            "Unit_On_Scene_TimeStamp": replaced(
                us_times(clock.to_wall(on_scene)), np.flatnonzero(~arrived), None
            ),
            "Priority": pa.array(priority),
            "Final_Incident_Category": replaced(
                texts(_CATEGORIES, category), faults["wrong_code"], "Code 000"
            ),
            "Station": pa.array(station + 1),
            "Battalion": pa.array(station // 6 + 1),
            "Unit_Count": pa.array(rng.integers(1, 4, n)),
            "Near_X": coordinate(east, address, given),
            "Near_Y": coordinate(north, address, given),
            **private_columns(batch, "Caller_Name", "Caller_Phone", "Comments", _NOTES),
        }
    )
    return copy_duplicates(batch, table, faults["duplicate"], clean)


def _count_quarantined(
    batch: Batch,
    faults: dict[str, np.ndarray],
    clean: np.ndarray,
    arrived: np.ndarray,
    dispatched: np.ndarray,
    on_scene: np.ndarray,
) -> None:
    """Counts the rows that intake must set aside, and takes them out of `clean`.

    A response that spans the end of daylight saving is read wrong, planted or not: the rules of
    the contract set it aside.
    """
    clock, tally = batch.clock, batch.tally
    read = clock.as_read(on_scene) - clock.as_read(dispatched)
    by_itself = clean & arrived & ((read < FASTEST) | (read > SLOWEST))
    clean[by_itself] = False
    ruled = np.concatenate(
        [np.flatnonzero(by_itself), *(faults[k] for k in ("under_60_s", "over_3600_s", "dst_fold"))]
    )
    tally.quarantine(
        "fire_incidents", "rule:response_under_60_s", int((read[ruled] < FASTEST).sum())
    )
    tally.quarantine(
        "fire_incidents", "rule:response_over_3600_s", int((read[ruled] > SLOWEST).sum())
    )
    reasons = {
        "duplicate": "duplicate",
        "bad_timestamp": "type:dispatched_at",
        "missing_timestamp": "required:dispatched_at",
        "out_of_range": "range:priority",
        "wrong_code": "code:category",
        "dst_gap": "time_nonexistent:dispatched_at",
    }
    count_faults(batch, "fire_incidents", faults, reasons)


def state_plane(city: SampleCity) -> tuple[np.ndarray, np.ndarray]:
    """Easting and northing of every address in EPSG:2227 (US survey feet), to a tenth of a foot."""
    east, north = _to_feet().transform(city.longitude, city.latitude)
    return np.round(east, 1), np.round(north, 1)


@lru_cache(maxsize=1)
def _to_feet() -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4326", "EPSG:2227", always_xy=True)
