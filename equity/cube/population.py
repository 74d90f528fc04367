"""The population of each place and group, ready to be a denominator."""

from __future__ import annotations

import pandas as pd

from equity.schema import POPULATION_COLUMNS

DENOMINATOR_KEY = ["place_level", "place", "dimension", "group", "dimension_2", "group_2"]


def denominators(population: pd.DataFrame, id: str) -> pd.DataFrame:
    """`count` and `moe` of population `id` by `DENOMINATOR_KEY`.

    Rows by two dimensions are given in both orders, because a table may name them in either.
    """
    rows = population.loc[population["population"] == id, list(POPULATION_COLUMNS)]
    crossed = rows[rows["dimension_2"] != ""].rename(
        columns={
            "dimension": "dimension_2",
            "dimension_2": "dimension",
            "group": "group_2",
            "group_2": "group",
        }
    )
    both = pd.concat([rows, crossed], ignore_index=True)
    # A mirrored pair may already have been there in both orders.
    return both.drop_duplicates(DENOMINATOR_KEY)[[*DENOMINATOR_KEY, "count", "moe"]]
