"""Boundaries, point to place, populations carried between levels, attributes of places."""

from equity.places.attributes import attribute
from equity.places.boundaries import Level, load_level, place_code
from equity.places.display import place_table, write_display
from equity.places.locate import Locator
from equity.places.population import (
    PopulationReport,
    population,
    population_report,
    population_with_report,
)

__all__ = [
    "Level",
    "Locator",
    "PopulationReport",
    "attribute",
    "load_level",
    "place_code",
    "place_table",
    "population",
    "population_report",
    "population_with_report",
    "write_display",
]
