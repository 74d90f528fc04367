"""The evidence of a number: its published entry, found again by the id that stands in every table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from equity import narrative
from equity.charts.model import interval_text
from equity.findings import PLACE_PREFIX, latest_period
from equity.i18n import capitalized
from equity.narrative import quantity
from equity.narrative.numbers import TABLE_FIGURES
from equity.schema import CITY, LIKE_FOR_LIKE
from equity.ui import frame, names
from equity.ui.context import Here

_NUMBERS = ("numerator", "denominator", "expected", "se")


def asked(here: Here) -> dict[Hashable, Any] | None:
    """The entry that the address asks for, in this version; None where there is none."""
    row = here.publication.entry(here.state.get("entry"))
    return None if row is None else row.to_dict()


def entry(here: Here, row: Mapping[Hashable, Any]) -> None:
    """One entry: its key in words, its numbers, its version and the definition it was made by."""
    say, unit = here.say, here.definitions.metrics[row["metric"]].unit
    groups = [
        f"{names.comparison(here, row[by])}: {names.of(here, row[by]).get(row[code], row[code])}"
        for by, code in (("dimension", "group"), ("dimension_2", "group_2"))
        if row[by]
    ]
    treatment = here.definitions.metrics[row["metric"]].unfinished
    titles = treatment.alternative_titles if treatment else {}
    rule = say.text(titles.get(row["treatment"], {})) or row["treatment"]
    if row["treatment"] == LIKE_FOR_LIKE:
        rule = say("ui.choose_alike")
    digest = here.publication.meta.get("metric_digests", {}).get(row["metric"], "")
    frame.terms(
        [
            (say("ui.head_entry"), row["entry"]),
            (say("ui.head_period"), say.period(row["period_kind"], row["period"].date())),
            (say("ui.choose_place"), _place(here, row)),
            (say("ui.dimensions"), " · ".join(groups)),
            (say("ui.unfinished"), rule),
            (say("ui.value"), _value(here, row)),
            (say("ui.head_interval"), interval_text(row["lower"], row["upper"], unit, say)),
            (
                say("ui.head_widened"),
                interval_text(row["lower_simultaneous"], row["upper_simultaneous"], unit, say),
            ),
            (say("ui.n"), _n(here, row)),
            *(
                (say(f"ui.column_{name}"), say.number(row[name], significant=6))
                for name in _NUMBERS
                if not pd.isna(row[name])
            ),
            (say("ui.head_status"), say(f"ui.status_{row['status']}")),
            (say("ui.publication_of"), frame.publication(here)),
            (say("ui.definition_digest"), digest[:16]),
        ]
    )
    immature, unstable = bool(row["immature"]), bool(row["unstable"])
    frame.notes(narrative.marks(row["note"], immature, unstable, say))


def latest(here: Here, id: str) -> None:
    """The whole city's entry in the last complete period of each kind, with its id."""
    entries = here.publication.slice(id)
    if entries.empty:
        frame.words(here.say("ui.nothing_published"))
        return
    say, unit = here.say, here.definitions.metrics[id].unit
    last = {kind: latest_period(here.publication, id, kind) for kind in entries["period_kind"].unique()}  # fmt: skip
    rows = [
        [
            capitalized(say.period(row["period_kind"], row["period"].date())),
            _value(here, row),
            interval_text(row["lower"], row["upper"], unit, say),
            _n(here, row),
            say(f"ui.status_{row['status']}"),
            row["entry"],
        ]
        for row in entries.to_dict("records")
        if row["period"].date() == last[row["period_kind"]]
    ]
    headers = ["period", "value", "interval", "n", "status", "entry"]
    frame.table([say(f"ui.head_{name}") for name in headers], rows)
    frame.words(say("ui.evidence_how"), quiet=True)


def _place(here: Here, row: Mapping[Hashable, Any]) -> str:
    level, place = row["place_level"], row["place"]
    if level == CITY:
        return here.say("ui.whole_city")
    return f"{names.level(here, level)}: {names.of(here, PLACE_PREFIX + level).get(place, place)}"


def _value(here: Here, row: Mapping[Hashable, Any]) -> str:
    """The estimate with its unit; a dash where the entry has none."""
    unit = here.definitions.metrics[row["metric"]].unit
    known = not pd.isna(row["estimate"])
    return quantity(row["estimate"], unit, here.say, TABLE_FIGURES) if known else "–"


def _n(here: Here, row: Mapping[Hashable, Any]) -> str:
    return "–" if pd.isna(row["n"]) else here.say.number(round(row["n"]))
