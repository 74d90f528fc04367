"""Synthetic requests to remove illegal dumping, with times in epoch milliseconds as the City has them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy.special import ndtr

from equity.simulate.clock import DAY
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

CLEARED, MEDIAN = "dumping_cleared_5_days", "dumping_median_days"
DEFAULT_POINT = (-121.886, 37.338)
_LIMIT_DAYS = 5
_SOURCES, _SOURCE_WEIGHTS = ["SJ311 app", "Web", "Phone", "City staff"], [55, 15, 22, 8]
_NOTES = [
    "Mattress and two chairs, by the fence",
    'Says "it is always here"',
    "Colchón en la acera",
]
_BY = ("city", "place:zip", "place:district", "limited_english_fifth", "equity_index", "income_fifth")  # fmt: skip


def make_dumping_requests(batch: Batch) -> pa.Table:
    """One batch, one row a request; counts what is true of it in the batch's tally."""
    rng, n, settings, city = batch.rng, batch.n, batch.settings, batch.city
    days, received, _ = moments(batch)
    reports = city.people * (city.income / np.average(city.income)) ** settings["income_power"]
    area, given = stray(batch, draw(rng, n, reports))
    default = ~given & (rng.random(n) < 0.5)
    address = city.draw_addresses(rng, area)
    groups = area_groups(city, address, given)
    everywhere = area_groups(city, address, np.ones(n, bool))

    elapsed = settings["elapsed"]
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    season = np.array(settings["season"])[(month - (batch.start_month - 1)) % 12]
    planted = effects(batch, CLEARED, everywhere, days, "multiply")
    log_median = np.log(elapsed["median_days"] * season * planted)
    took = np.exp(log_median + elapsed["spread"] * rng.standard_normal(n))
    seconds = (took * DAY).round().astype(np.int64).clip(60)
    completed = rng.random(n) >= settings["no_completion"]
    closed = completed | (rng.random(n) < settings["closed_without_time"])

    faults, clean = plant_faults(batch)
    early = faults["completed_before_received"]
    completed[early] = True
    closed[early] = True
    seconds[early] = -rng.integers(60, 3 * DAY, len(early))
    counted = clean & completed
    chance = ndtr((np.log(_LIMIT_DAYS) - log_median) / elapsed["spread"])
    by = {name: groups[name] for name in _BY}
    year = batch.fiscal_year
    batch.tally.add_shares(CLEARED, year, by, counted, chance, seconds <= _LIMIT_DAYS * DAY)
    by.pop("income_fifth")
    batch.tally.add_medians(MEDIAN, year, by, counted, log_median)
    reasons = {
        "duplicate": "duplicate",
        "bad_timestamp": "type:received_at",
        "missing_timestamp": "required:received_at",
        "wrong_code": "code:status",
        "completed_before_received": "rule:completed_before_received",
    }
    count_faults(batch, "dumping_requests", faults, reasons)
    received_text = pa.array(received * 1000).cast(pa.string())
    received_text = replaced(received_text, faults["bad_timestamp"], "n/a")
    finished = pa.array((received + seconds) * 1000, mask=~completed)
    stage = np.where(closed, 0, 1 + (rng.random(n) < 0.4))
    located = given | default
    longitude = np.append(city.longitude, DEFAULT_POINT[0])
    latitude = np.append(city.latitude, DEFAULT_POINT[1])
    point = np.where(default, len(city.longitude), address)
    table = pa.table(
        {
            "INCIDENTID": serials("D", batch),
            "DATETIMERECEIVEDUTC": replaced(received_text, faults["missing_timestamp"], None),
            "DATETIMECOMPLETEDUTC": finished,
            "STATUS": replaced(
                texts(["Closed", "Open", "In Progress"], stage), faults["wrong_code"], "XX-7"
            ),
            "SOURCE": texts(_SOURCES, draw(rng, n, _SOURCE_WEIGHTS)),
            "LATITUDE": coordinate(latitude, point, located),
            "LONGITUDE": coordinate(longitude, point, located),
            **private_columns(batch, "REPORTERNAME", "REPORTERPHONE", "NOTES", _NOTES),
        }
    )
    return copy_duplicates(batch, table, faults["duplicate"], clean)
