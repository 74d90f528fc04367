"""What a metric's published tables let a reader choose: levels, dimensions, crossings, periods."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from equity.findings import PERIOD_PREFERENCE
from equity.publication import Publication
from equity.schema import CITY, LIKE_FOR_LIKE
from equity.ui import names
from equity.ui.context import Here

_Table = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Offer:
    """The published tables of one metric: (treatment, period kind, level, dimension, second)."""

    tables: frozenset[_Table]

    def levels(self) -> set[str]:
        """Place levels, the whole city left out."""
        return {level for _, _, level, _, _ in self.tables} - {CITY}

    def dimensions(self, level: str = CITY) -> set[str]:
        """Dimensions published at a level."""
        return {d for _, _, at, one, two in self.tables if at == level for d in (one, two) if d}

    def crossings(self, dimension: str, level: str = CITY) -> set[str]:
        """Second dimensions published together with `dimension` at a level."""
        pairs = ({one, two} for _, _, at, one, two in self.tables if at == level and one and two)
        return {other for pair in pairs if dimension in pair for other in pair - {dimension}}

    def kinds(self, level: str, dimension: str = "") -> list[str]:
        """Kinds of period in which a level (by `dimension`) is published, the longest first."""
        found = {
            kind
            for _, kind, at, one, two in self.tables
            if at == level and dimension in ((one,) if not dimension else (one, two))
        }
        return [kind for kind in PERIOD_PREFERENCE if kind in found]

    def treatments(self, *shown: tuple[str, str]) -> set[str]:
        """Treatments of unfinished cases that all of the (level, dimension) shown have.

        The metric's own is `""`. A pair without a level, or the bare city, is nothing to show.
        """
        pairs = [pair for pair in shown if pair[0] and pair != (CITY, "")]
        found = [
            {
                treatment
                for treatment, _, at, one, two in self.tables
                if at == level and (dimension in (one, two) if dimension else not one)
            }
            for level, dimension in pairs
        ]
        return set.intersection(*found) if found else set()

    def alike(self, kind: str, *shown: tuple[str, str]) -> bool:
        """Whether all of the (level, dimension) shown are also published like for like in `kind`.

        A pair without a level, or the bare city, is nothing to show.
        """
        pairs = [pair for pair in shown if pair[0] and pair != (CITY, "")]
        return bool(pairs) and all(
            (LIKE_FOR_LIKE, kind, level, dimension, "") in self.tables for level, dimension in pairs
        )


@st.cache_resource(max_entries=256, show_spinner=False)
def _offer(store: str, version: str, metric: str, _publication: Publication) -> Offer:
    frame = _publication.tables(metric)
    columns = ["treatment", "period_kind", "place_level", "dimension", "dimension_2"]
    return Offer(frozenset(frame[columns].itertuples(index=False, name=None)))


def of(here: Here, metric: str) -> Offer:
    """What is published of `metric` in the version of this run."""
    return _offer(str(here.workspace.store), here.publication.identity, metric, here.publication)


def levels(here: Here, offered: set[str]) -> dict[str, str]:
    """The offered place levels that are shown to people, in the city's own order."""
    return {
        level.id: names.level(here, level.id)
        for level in here.definitions.city.place_levels
        if level.display and level.id in offered
    }


def dimensions(here: Here, offered: set[str]) -> dict[str, str]:
    """The offered dimensions, in the order of dimensions.yml."""
    return {
        id: here.say.text(dimension.title)
        for id, dimension in here.definitions.dimensions.items()
        if id in offered
    }
