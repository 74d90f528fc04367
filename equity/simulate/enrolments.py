"""Synthetic enrollments in recreation programs, as their registration system would export them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from equity.simulate.clock import sample_days, us_dates
from equity.simulate.drawing import (
    Batch,
    area_groups,
    coordinate,
    copy_duplicates,
    count_faults,
    draw,
    draw_by_row,
    effects,
    plant_faults,
    private_columns,
    replaced,
    serials,
    stray,
    texts,
    with_average,
)
from equity.simulate.parameters import follow
from equity.simulate.tally import Index

SIZES, INCOMES = ["1-2", "3-4", "5+"], ["very_low", "low", "moderate", "above_moderate"]
LANGUAGES = ["english", "spanish", "vietnamese", "chinese", "another"]
RACES = ["aian", "asian", "black", "hispanic", "mena", "nhpi", "white", "multiple"]
CROSSED = "household_size,income"
REACH, SHARE, RECIPIENTS = (
    "qualified_program_penetration",
    "scholarship_share",
    "scholarship_recipients",
)
_SIZE_TEXT = [["1", "2", "2"], ["3", "4", "4"], ["5", "6", "7"]]
_INCOME_TEXT = [["VLI", "ELI", "VLI"], ["LI"] * 3, ["MOD"] * 3, ["ABV"] * 3]
_LANGUAGE_TEXT = [
    ["EN"] * 8,
    ["ES"] * 8,
    ["VI"] * 8,
    ["YUE", "CMN"] * 4,
    ["TL", "HI", "KO", "FA", "AM", "TI", "PT", "RU"],
]
_RACE_TEXT = [
    "AI/AN", "Asian", "Black/AfrAm", "Hispanic/Latino", "MENA", "NH/PI", "White", "Two or more",
]  # fmt: skip
_NOTES = [
    "Called back, left a message",
    'Asked for "late pick-up" on Fridays',
    "Sibling in the same camp, keep together",
    "Paid at the counter",
    "Llamar después de las 5",
]


def make_enrolments(batch: Batch) -> pa.Table:
    """One batch, one row an enrollment; counts what is true of it in the batch's tally."""
    rng, n, settings, city = batch.rng, batch.n, batch.settings, batch.city
    days = sample_days(rng, n, batch.fiscal_year, batch.start_month, settings["months"])
    chances = reach_chances(batch)
    cell = draw(rng, n, chances.ravel())
    area, combination = np.divmod(cell, len(SIZES) * len(INCOMES))
    size, income = np.divmod(combination, len(INCOMES))
    area, given = stray(batch, area)
    address = city.draw_addresses(rng, area)
    language, race = _languages_and_races(batch, area)

    known = {
        name: rng.random(n) >= settings["unknown"][name]
        for name in ("household_size", "income", "language", "race")
    }
    silent = rng.random(n) < settings["unknown"]["household_size_and_income"]
    for name in ("household_size", "income"):
        known[name] &= ~silent
    true_groups: dict[str, Index] = {"language": (LANGUAGES, language)}
    low = income <= INCOMES.index("low")
    helped = settings["scholarship"]
    chance = np.where(low, follow(helped["low_income"], days), helped["other"])
    chance = chance + np.where(low, effects(batch, SHARE, true_groups, days, "add"), 0)
    chance = chance.clip(0, 1)
    scholarship = rng.random(n) < chance
    first = rng.random(n) < settings["first_in_year"]

    faults, clean = plant_faults(batch)
    recorded: dict[str, Index] = {
        "household_size": (SIZES, np.where(known["household_size"], size, -1)),
        "income": (INCOMES, np.where(known["income"], income, -1)),
        "language": (LANGUAGES, np.where(known["language"], language, -1)),
        "race": (RACES, np.where(known["race"], race, -1)),
    }
    groups = {**area_groups(city, address, given), **recorded}
    _count_reach(batch, chances, groups, clean & first)
    by = ("city", "place:zip", "place:district", "language", "race")
    low_recorded = clean & low & known["income"]
    batch.tally.add_shares(
        SHARE, batch.fiscal_year, {name: groups[name] for name in by}, low_recorded, chance, scholarship
    )  # fmt: skip
    batch.tally.add_shares(
        RECIPIENTS, batch.fiscal_year, {"city": groups["city"], "race": groups["race"]}, clean, chance,
        scholarship,
    )  # fmt: skip
    reasons = {
        "duplicate": "duplicate",
        "bad_timestamp": "type:registered_on",
        "missing_timestamp": "required:registered_on",
        "out_of_range": "range:fee_paid",
        "wrong_code": "code:program",
    }
    count_faults(batch, "enrolments", faults, reasons)
    variant = rng.integers(0, 24, n)
    date_text = replaced(us_dates(days), faults["bad_timestamp"], "02/30/2022")
    program = draw(rng, n, list(settings["programs"].values()))
    fee = np.where(scholarship, 0.0, np.round(40 + 260 * rng.random(n), 2))
    fee[faults["out_of_range"]] = np.where(rng.random(len(faults["out_of_range"])) < 0.5, -1, 99999)
    yes_no = pa.array(["N", "Y"], pa.string())
    table = pa.table(
        {
            "Enrollment_ID": serials("E", batch),
            "Registration_Date": replaced(date_text, faults["missing_timestamp"], None),
            "Program_Code": replaced(
                texts(list(settings["programs"]), program), faults["wrong_code"], "ZZZ9"
            ),
            "HH_Size": _variants(_SIZE_TEXT, recorded["household_size"][1], variant),
            "Income_Band": _variants(_INCOME_TEXT, recorded["income"][1], variant),
            "Home_Language": _variants(_LANGUAGE_TEXT, recorded["language"][1], variant),
            "Race_Ethnicity": texts(_RACE_TEXT, recorded["race"][1]),
            "Scholarship": yes_no.take(pa.array(scholarship.astype(np.int64))),
            "First_This_FY": yes_no.take(pa.array(first.astype(np.int64))),
            "Fee_Paid": pa.array(fee),
            "Latitude": coordinate(city.latitude, address, given),
            "Longitude": coordinate(city.longitude, address, given),
            "Center": texts([f"Center {number:02d}" for number in range(1, 12)], variant % 11),
            **private_columns(batch, "Applicant_Name", "Phone", "Staff_Notes", _NOTES),
        }
    )
    return copy_duplicates(batch, table, faults["duplicate"], clean)


def reach_chances(batch: Batch) -> np.ndarray:
    """Relative chance that an enrollment comes from each ZIP area × size × income, summing to 1."""
    columns = [f"size_{size}_income_{income}" for size in SIZES for income in INCOMES]
    households = batch.city.households[columns].to_numpy(float)
    size, income = np.divmod(np.arange(len(columns)), len(INCOMES))
    groups: dict[str, Index] = {"household_size": (SIZES, size), "income": (INCOMES, income)}
    days = np.repeat(batch.middle, len(columns))
    weights = households * effects(batch, REACH, groups, days, "multiply")[None, :]
    return weights / weights.sum()


def _languages_and_races(batch: Batch, area: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rng, residents = batch.rng, batch.city.residents
    spoken = with_average(residents[[f"language_{code}" for code in LANGUAGES]].to_numpy(float))
    language = draw_by_row(rng, spoken, area)
    local = with_average(residents[[f"race_{code}" for code in RACES]].to_numpy(float))
    tilt = np.array([batch.settings["race_of_english"][code] for code in RACES])
    race = draw_by_row(rng, local * tilt, area)
    for code, shares in batch.settings["race_of_language"].items():
        hit = language == LANGUAGES.index(code)
        race[hit] = draw(rng, int(hit.sum()), [shares.get(name, 0) for name in RACES])
    return language, race


def _count_reach(
    batch: Batch, chances: np.ndarray, groups: dict[str, Index], first: np.ndarray
) -> None:
    """Counts first enrollments; the expected number follows from the chances and what is unknown."""
    shape = (len(batch.city.zips), len(SIZES), len(INCOMES))
    cube = chances.reshape(shape) * int(first.sum())
    settings = batch.settings
    unknown = settings["unknown"]
    answered = 1 - unknown["household_size_and_income"]
    size_known = answered * (1 - unknown["household_size"])
    income_known = answered * (1 - unknown["income"])
    both_known = size_known * (1 - unknown["income"])
    inside = (1 - settings["outside"]) * (1 - settings["no_coordinates"])
    expected = {
        "city": cube.sum(keepdims=True).reshape(1),
        "household_size": cube.sum(axis=(0, 2)) * size_known,
        "income": cube.sum(axis=(0, 1)) * income_known,
        "place:zip": cube.sum(axis=(1, 2)) * inside,
        CROSSED: (cube.sum(axis=0) * both_known).ravel(),
    }
    crossed_codes = [f"{size},{income}" for size in SIZES for income in INCOMES]
    size, income = groups["household_size"][1], groups["income"][1]
    crossed = np.where((size < 0) | (income < 0), -1, size * len(INCOMES) + income)
    known: dict[str, Index] = {**groups, CROSSED: (crossed_codes, crossed)}
    for by, numbers in expected.items():
        codes, index = known[by]
        found = np.bincount(
            np.where(index[first] < 0, len(codes), index[first]), minlength=len(codes) + 1
        )
        rest = max(0.0, float(first.sum() - numbers.sum()))
        sums = np.column_stack([found, np.append(numbers, rest), found])
        batch.tally.add_sums(REACH, batch.fiscal_year, by, codes, sums)


def _variants(pool: list[list[str]], index: np.ndarray, variant: np.ndarray) -> pa.Array:
    """Text of each group, which the source writes in several ways; empty where unknown."""
    width = len(pool[0])
    flat = [text for row in pool for text in row]
    return texts(flat, np.where(index < 0, -1, index * width + variant % width))
