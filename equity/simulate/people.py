"""Invented residents, households and place attributes of the sample's ZIP areas.

City totals resemble the published ones (`sample/people.yml`); how they divide among ZIP areas is
invented from the rough figures in `sample/areas.csv`. Nothing here is random.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm

from equity.simulate.geography import read_areas, whole_numbers
from equity.simulate.parameters import read_yaml

_MARGIN = 2.0  # 90 % margin of error of an invented household count, in square roots of the count


def make_people(sample: Path) -> dict[str, pd.DataFrame]:
    """The frames of `residents`, `qualified_households` and `zip_attributes`, one row a ZIP area."""
    areas = read_areas(sample)
    return {
        "residents": residents(sample, areas),
        "qualified_households": qualified_households(sample, areas),
        "zip_attributes": attributes(areas),
    }


def rake(seed: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """`seed` scaled until it adds up to `rows` and `columns` (iterative proportional fitting).

    >>> rake(np.ones((2, 2)), np.array([1.0, 3.0]), np.array([2.0, 2.0])).tolist()
    [[0.5, 0.5], [1.5, 1.5]]
    """
    table = seed.astype(float)
    columns = columns / columns.sum() * rows.sum()
    for _ in range(200):
        table *= (columns / table.sum(axis=0))[None, :]
        table *= (rows / table.sum(axis=1))[:, None]
    return table


def residents(sample: Path, areas: pd.DataFrame) -> pd.DataFrame:
    """People by ZIP area: all, by race and ethnicity, by language; each adds up to `people`."""
    settings = read_yaml(sample / "people.yml")
    people = areas["population"].to_numpy(float)
    hispanic, asian = areas["hispanic"].to_numpy(float), areas["asian"].to_numpy(float)
    limited = areas["limited_english"].to_numpy(float)
    rest = np.clip(100 - hispanic - asian, 3, None)
    race_seed = {
        "aian": hispanic, "asian": asian, "black": rest + hispanic, "hispanic": hispanic,
        "mena": rest, "nhpi": hispanic + asian, "white": rest**1.2, "multiple": rest,
    }  # fmt: skip
    language_seed = {
        "english": 100 - 1.6 * limited, "spanish": hispanic + 1, "vietnamese": asian * limited,
        "chinese": asian * (40 - limited), "another": asian + 0.5 * rest,
    }  # fmt: skip
    frame = pd.DataFrame({"zip": areas["zip"], "people": areas["population"]})
    for name, seeds in (("race", race_seed), ("language", language_seed)):
        codes = list(settings[name])
        seed = np.column_stack([seeds[code] for code in codes])
        shares = np.array([settings[name][code] for code in codes], float)
        table = rake(seed, people, shares)
        whole = np.array([whole_numbers(row, int(n)) for row, n in zip(table, people, strict=True)])
        for index, code in enumerate(codes):
            frame[f"{name}_{code}"] = whole[:, index]
    return frame


def qualified_households(sample: Path, areas: pd.DataFrame) -> pd.DataFrame:
    """Households that qualify, by ZIP area: all, by size, by income, by both, with margins (`_moe`).

    Columns: `households`, `size_<size>`, `income_<income>`, `size_<size>_income_<income>`.
    """
    settings, total = read_yaml(sample / "people.yml"), read_yaml(sample / "geography.yml")
    sizes, incomes = list(settings["household_size"]), list(settings["income"])
    children = areas["children"].to_numpy(float)
    weight = areas["population"].to_numpy(float) / (2.4 + 0.7 * children)
    households = whole_numbers(weight, total["households"]).astype(float)
    by_size = np.column_stack([1.6 - 0.6 * children, np.ones_like(children), children**2])
    limits = np.log(np.array(settings["income_limits"], float))
    median = np.log(areas["median_income"].to_numpy(float))
    below = norm.cdf((limits[None, :] - median[:, None]) / settings["income_spread"])
    by_income = np.diff(np.column_stack([0 * median, below, 1 + 0 * median]), axis=1)
    seed = (by_size[:, :, None] * by_income[:, None, :]).reshape(len(areas), -1)
    share = np.outer(
        list(settings["household_size"].values()), list(settings["income"].values())
    ).ravel()
    table = rake(seed, households, share.astype(float)).reshape(-1, len(sizes), len(incomes))
    rate = np.array([settings["qualified"][size] for size in sizes], float) / 100
    counts = np.rint(table * rate[None, :, None]).astype(np.int64)
    columns: dict[str, np.ndarray] = {"households": counts.sum(axis=(1, 2))}
    for i, size in enumerate(sizes):
        columns[f"size_{size}"] = counts[:, i, :].sum(axis=1)
    for j, income in enumerate(incomes):
        columns[f"income_{income}"] = counts[:, :, j].sum(axis=1)
    for i, size in enumerate(sizes):
        for j, income in enumerate(incomes):
            columns[f"size_{size}_income_{income}"] = counts[:, i, j]
    margins = {f"{name}_moe": np.rint(_MARGIN * np.sqrt(c)) for name, c in columns.items()}
    frame = pd.DataFrame({"zip": areas["zip"], **columns, **margins})
    return frame.astype(dict.fromkeys(margins, np.int64))


def attributes(areas: pd.DataFrame) -> pd.DataFrame:
    """Invented figures of each ZIP area and the steps made from them.

    `income_fifth` and `limited_english_fifth`: 1 = lowest … 5 = highest, each about a fifth of the
    people. `equity_index`: race step plus income step (2–10; 10 = highest priority) in three bands.
    `latino_half`: whether the share of Hispanic or Latino residents is above the median ZIP area's.
    """
    people = areas["population"].to_numpy(float)
    income = fifths(areas["median_income"].to_numpy(float), people)
    color = np.minimum(96, areas["hispanic"].to_numpy(float) + areas["asian"].to_numpy(float) + 6)
    index = fifths(color, people) + 6 - income
    hispanic = areas["hispanic"].to_numpy(float)
    band = np.where(index >= 8, "8-10", np.where(index >= 5, "5-7", "2-4"))
    return pd.DataFrame(
        {
            "zip": areas["zip"],
            "people": areas["population"],
            "median_household_income": areas["median_income"],
            "limited_english_percent": areas["limited_english"],
            "people_of_color_percent": color.astype(np.int64),
            "hispanic_percent": areas["hispanic"],
            "income_fifth": income,
            "limited_english_fifth": fifths(areas["limited_english"].to_numpy(float), people),
            "equity_index": index,
            "equity_index_band": band,
            "latino_half": np.where(hispanic > np.median(hispanic), "above", "below"),
        }
    )


def fifths(values: np.ndarray, people: np.ndarray) -> np.ndarray:
    """Five groups of about equal population by `values`: 1 = lowest. Ties stay in input order.

    >>> fifths(np.array([3.0, 1.0, 2.0, 5.0, 4.0]), np.ones(5)).tolist()
    [3, 1, 2, 5, 4]
    """
    order = np.argsort(values, kind="stable")
    middle = (np.cumsum(people[order]) - people[order] / 2) / people.sum()
    codes = np.empty(len(values), np.int64)
    codes[order] = np.minimum(5, np.floor(middle * 5).astype(np.int64) + 1)
    return codes
