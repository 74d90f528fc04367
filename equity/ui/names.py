"""What people call things: places, groups, metrics, periods, by the codes of the publication."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from equity.findings import PLACE_PREFIX
from equity.schema import CITY, OUTSIDE, UNKNOWN
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


def places(here: Here, level: str) -> dict[str, str]:
    """Code → name of the places of a level, in the order of their names; outside comes last."""
    frame = here.publication.places(level)
    names = dict(zip(frame["place"].astype(str), frame["name"].astype(str), strict=True))
    names.pop(OUTSIDE, None)
    ordered = sorted(names, key=lambda code: _natural(names[code]))
    return {code: names[code] for code in ordered} | {OUTSIDE: here.say("common.outside")}


def groups(here: Here, dimension: str) -> dict[str, str]:
    """Code → label of the groups of a dimension, in their own order; unknown comes last."""
    return {
        group.code: here.say.text(group.label)
        for group in here.definitions.dimensions[dimension].groups
    } | {UNKNOWN: here.say("common.unknown")}


def codes(here: Here, by: str) -> dict[str, str]:
    """Code → label of what a comparison compares: places of a level, or groups."""
    if by.startswith(PLACE_PREFIX):
        return places(here, by[len(PLACE_PREFIX) :])
    return groups(here, by)


def comparison(here: Here, by: str) -> str:
    """What a comparison is by: the level's or the dimension's name."""
    if by.startswith(PLACE_PREFIX):
        return level(here, by[len(PLACE_PREFIX) :])
    return here.say.text(here.definitions.dimensions[by].title)


def comparisons(here: Here, bys: Iterable[str]) -> dict[str, str]:
    """What a metric can be compared by → its name."""
    return {by: comparison(here, by) for by in bys}


def kinds(here: Here, kinds: Iterable[str]) -> dict[str, str]:
    """Kinds of period → their names."""
    return {kind: here.say(f"ui.kind_{kind}") for kind in kinds}


def periods(here: Here, kind: str, periods: Iterable[date]) -> dict[str, str]:
    """First days as ISO text → the periods' names, latest first."""
    return {day.isoformat(): here.say.period(kind, day) for day in sorted(periods, reverse=True)}


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
