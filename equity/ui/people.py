"""The people that records are set against: how they were counted, carried and corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equity.narrative.numbers import TABLE_FIGURES
from equity.schema import CITY
from equity.ui import frame, names
from equity.ui.context import Here

_WORTH_SAYING = 0.0001
"""Part of a place's ground that no counted area covers, below which it is a matter of drawing."""


def method(here: Here, id: str) -> None:
    """Level by level: where the counts come from and how far they were corrected; then remarks."""
    say = here.say
    told: Mapping[str, Any] = here.publication.meta.get("populations", {}).get(id, {})
    levels = told.get("levels", [])
    if not levels:
        return
    frame.heading(
        say("ui.carried_how"),
        say(
            "ui.carried_from",
            level=names.level(here, told["level"]),
            vintage=say.text(told["vintage"]) or "–",
        ),
    )
    headers = ("level", "method", "boundaries", "places", "people", "factors", "nowhere")
    frame.table([say(f"ui.people_{name}") for name in headers], [_row(here, at) for at in levels])
    frame.notes([*_remarks(here, levels), *_counted(here, told), *_repairs(here, levels)])


def _row(here: Here, at: Mapping[str, Any]) -> list[str]:
    say = here.say
    return [
        names.level(here, at["level"], plural=True),
        say(f"ui.method_{at['method']}"),
        say.text(at["boundaries"]) or "–",
        say.number(at["places"]),
        say.number(round(at["people"])),
        _factors(here, at),
        "–" if at["nowhere"] is None else say.number(round(at["nowhere"])),
    ]


def _factors(here: Here, at: Mapping[str, Any]) -> str:
    """The corrections of a level, '×0.98 to ×1.12'; a dash where there are none."""
    if not at["factor_range"]:
        return "–"
    low, high = (here.say.number(value, digits=3) for value in at["factor_range"])
    if low == high:
        return f"×{low}"
    return here.say("ui.interval", lower=f"×{low}", upper=f"×{high}")


def _remarks(here: Here, levels: list[Mapping[str, Any]]) -> list[str]:
    """What carrying by area and correcting mean, and the ground that no counted area covers."""
    say, sentences = here.say, []
    if any(at["method"] == "area_overlap" for at in levels):
        sentences.append(say("places.carried_by_area"))
    for at in levels:
        if at["factor_range"] and at["level"] != CITY:
            smallest, largest = (say.number(value, digits=3) for value in at["factor_range"])
            sentences.append(say("places.raked", smallest=smallest, largest=largest))
        sentences += [
            say("places.uncovered", place=_place(here, at["level"], code), share=_share(here, part))
            for code, part in at["uncovered"].items()
            if part >= _WORTH_SAYING
        ]
    return sentences


def _counted(here: Here, told: Mapping[str, Any]) -> list[str]:
    """What was found in the file of counts."""
    sentences = []
    for note in told["notes"]:
        where = [names.level(here, note["level"], plural=True)]
        where += [names.comparison(here, note["dimension"])] if note["dimension"] else []
        text = here.say(note["note"], amount=here.say.number(round(note["amount"])))
        sentences.append(here.say("narrative.note_of", names=" · ".join(where), text=text))
    return sentences


def _repairs(here: Here, levels: list[Mapping[str, Any]]) -> list[str]:
    """What was mended in the boundaries of these levels."""
    repairs = here.publication.meta.get("repairs", {})
    return [
        here.say(
            repair["note"],
            place=_place(here, at["level"], repair["place"]),
            **_said(here, at["level"], repair["values"]),
        )
        for at in levels
        for repair in repairs.get(at["level"], [])
    ]


def _said(here: Here, level: str, values: Mapping[str, Any]) -> dict[str, str]:
    """The values of a repair's message as people read them."""
    known = {
        "other": lambda value: _place(here, level, value),
        "share": lambda value: _share(here, value),
        "features": here.say.number,
    }
    return {
        name: known[name](value) if name in known else str(value) for name, value in values.items()
    }


def _place(here: Here, level: str, code: str) -> str:
    return names.places(here, level).get(code, code)


def _share(here: Here, part: float) -> str:
    return f"{here.say.number(100 * part, significant=TABLE_FIGURES - 1)}%"
