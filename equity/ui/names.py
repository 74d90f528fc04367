"""What people call things: places, groups, metrics, periods, by the codes of the publication."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from equity.findings import PLACE_PREFIX, Finding
from equity.i18n import capitalized
from equity.narrative.names import comparison_name, is_place, names_of, with_reference
from equity.schema import CITY, OUTSIDE, UNKNOWN
from equity.ui import load
from equity.ui.context import Here


def metric(here: Here, id: str) -> str:
    """A metric's title."""
    return here.say.text(here.definitions.metrics[id].title)


def metrics(here: Here) -> dict[str, str]:
    """Every metric → 'Department: title', in the order of departments."""
    ids = sorted(here.definitions.metrics, key=lambda m: (here.definitions.department_of[m], m))
    return {
        id: here.say(
            "ui.of_department",
            department=department(here, here.definitions.department_of[id]),
            name=metric(here, id),
        )
        for id in ids
    }


def department(here: Here, id: str) -> str:
    """A department's title."""
    return here.say.text(here.definitions.departments[id].title)


def level(here: Here, id: str, *, plural: bool = False) -> str:
    """A place level's name; the whole city is one too."""
    if id == CITY:
        return here.say("ui.whole_city")
    found = here.definitions.level(id)
    return here.say.text(found.title_plural if plural else found.title)


def of(here: Here, by: str) -> dict[str, str]:
    """Code → name of everything that a comparison compares, with unknown, outside and the city."""
    if not is_place(by):
        return names_of(by, here.definitions, here.say)

    def named() -> dict[str, str]:
        places = here.publication.places(by.removeprefix(PLACE_PREFIX), here.say.language)
        # What lies outside has its name from the catalogue, in the reader's language.
        return names_of(by, here.definitions, here.say, places[places["place"] != OUTSIDE])

    return load.made(here, ("names", by), named)


def codes(here: Here, by: str) -> dict[str, str]:
    """The same in the order of selectors: places by name and outside; groups and unknown."""
    named = of(here, by)
    if not is_place(by):
        ordered = [*here.definitions.dimensions[by].codes, UNKNOWN]
    else:
        places = set(named) - {"", CITY, OUTSIDE, UNKNOWN}
        ordered = [*sorted(places, key=lambda code: _natural(named[code])), OUTSIDE]
    return {code: named[code] for code in ordered}


def places(here: Here, level: str) -> dict[str, str]:
    """Code → name of the places of a level, without outside, which nobody can choose."""
    found = codes(here, PLACE_PREFIX + level)
    del found[OUTSIDE]
    return found


def comparison(here: Here, by: str) -> str:
    """What a comparison is by: the level's or the dimension's name."""
    return comparison_name(by, here.definitions, here.say)


def kinds(here: Here, kinds: Iterable[str]) -> dict[str, str]:
    """Kinds of period → their names."""
    return {kind: here.say(f"ui.kind_{kind}") for kind in kinds}


def periods(here: Here, kind: str, periods: Iterable[date]) -> dict[str, str]:
    """First days as ISO text → the periods' names, latest first."""
    days = sorted(periods, reverse=True)
    return {day.isoformat(): capitalized(here.say.period(kind, day)) for day in days}


def unit(here: Here, metric: str) -> str:
    """The metric's unit in words."""
    return here.say(f"ui.unit_{here.definitions.metrics[metric].unit}")


def _natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts 'District 2' before 'District 10'."""
    parts: list[tuple[int, int | str]] = []
    digits, letters = "", ""
    for sign in f"{name} ":
        if sign.isdigit():
            if letters:
                parts.append((1, letters))
                letters = ""
            digits += sign
        else:
            if digits:
                parts.append((0, int(digits)))
                digits = ""
            letters += sign.casefold()
    parts.append((1, letters))
    return tuple(parts)


def of_finding(here: Here, finding: Finding) -> dict[str, str]:
    """The names of a finding's entries, and of the group that it is held against."""
    return with_reference(of(here, finding.by), finding, here.definitions, here.say)
