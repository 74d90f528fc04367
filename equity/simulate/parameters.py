"""The parameters of the sample, read from the workspace's `sample/` folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

INPUTS = (
    "sample/*.yml",
    "sample/*.csv",
    "places/*.geojson",
    "places/*.csv",
    "population/*.csv",
    "datasets/*.yml",
)
"""What the synthetic records are made from, below the workspace."""


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in one YAML file, read safely."""
    with path.open(encoding="utf-8") as file:
        content: dict[str, Any] = YAML(typ="safe", pure=True).load(file)
    return content


def follow(path: Mapping[date, float], days: np.ndarray) -> np.ndarray:
    """The value of a `path` (date → value) on each of `days` (days since 1970).

    Straight lines between the dates, constant before and after.

    >>> follow({date(1970, 1, 1): 0.0, date(1970, 1, 11): 1.0}, np.array([-5, 5, 50])).tolist()
    [0.0, 0.5, 1.0]
    """
    dates = sorted(path)
    known = [day_number(day) for day in dates]
    return np.interp(days, known, [float(path[day]) for day in dates])


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - 719_163


def digest(root: Path, seed: int, rows: int) -> str:
    """A hash of everything that the records depend on: inputs, seed, rows and this program."""
    hashed = hashlib.sha256(f"{seed} {rows} {_program()}".encode())
    for pattern in INPUTS:
        for path in sorted(root.glob(pattern)):
            hashed.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()


@lru_cache(maxsize=1)
def _program() -> str:
    hashed = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()
