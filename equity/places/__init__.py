"""Boundaries, point to place, populations carried between levels, attributes of places."""

from equity.places.attributes import attribute
from equity.places.boundaries import Level, load_level, place_code
from equity.places.display import place_table, write_display
from equity.places.locate import Locator

__all__ = [
    "Level",
    "Locator",
    "attribute",
    "load_level",
    "place_code",
    "place_table",
    "write_display",
]
