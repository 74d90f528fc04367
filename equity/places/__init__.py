"""Boundaries, point to place, populations carried between levels, attributes of places."""

from equity.places.attributes import attribute
from equity.places.boundaries import Level, load_level, place_code
from equity.places.display import place_table, write_display
from equity.places.locate import Locator
from equity.places.population import (
    PopulationReport,
    population,
    population_with_report,
)
from equity.places.report import told
from equity.places.shapes import Repair

__all__ = [
    "Level",
    "Locator",
    "PopulationReport",
    "Repair",
    "attribute",
    "load_level",
    "place_code",
    "place_table",
    "population",
    "population_with_report",
    "told",
    "write_display",
]
