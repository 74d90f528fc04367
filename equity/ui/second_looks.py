"""Second looks at a comparison: like for like, smoothed, and as the plain test would read it.

None of them decides anything: a verdict is the crude comparison's, with errors that know places.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from equity.estimates.smoothing import smoothed_rates, smoothed_shares
from equity.findings import PLACE_PREFIX, Finding
from equity.findings.like_for_like import contradiction, covered
from equity.findings.median_split import LEVEL, plain_test
from equity.narrative.numbers import TABLE_FIGURES, difference, quantity
from equity.schema import LIKE_FOR_LIKE, OUTSIDE, SEASON, UNKNOWN
from equity.ui import choices, frame, load, names, offers
from equity.ui.breakdown import View
from equity.ui.context import Here


def like_for_like(here: Here, view: View, finding: Finding) -> None:
    """What was made equal and for how much of the city's mix, on a like-for-like view; and, on
    either view, a plain warning where the other one says something else."""
    dimension = "" if finding.by.startswith(PLACE_PREFIX) else finding.by
    level = finding.by.removeprefix(PLACE_PREFIX) if not dimension else finding.place_level
    offered = offers.of(here, view.metric).alike(view.kind, (level, dimension))
    if not offered or finding.within_dimension or finding.treatment not in ("", LIKE_FOR_LIKE):
        return
    on = finding.treatment == LIKE_FOR_LIKE
    other = load.finding(
        here, view.metric, finding.by, period_kind=view.kind, period=finding.period,
        treatment="" if on else LIKE_FOR_LIKE, place=(finding.place_level, finding.place),
        within=("", ""),
    )  # fmt: skip
    crude, alike = (other, finding) if on else (finding, other)
    say, lines = here.say, []
    if on:
        lines.append(say("ui.alike_what", what=_adjusted(here, view.metric, dimension)))
        part = covered(alike, _covered(here, alike))
        if part is not None and part < 0.995:
            lines.append(say("ui.alike_covered", part=quantity(100 * part, "percent", say)))
    found = contradiction(crude, alike)
    if found:
        lines.append(say(f"ui.alike_{found}_{'on' if on else 'off'}", what=_adjusted(here, view.metric, dimension)))  # fmt: skip
    frame.notes(lines)


def _adjusted(here: Here, metric: str, dimension: str) -> str:
    """What is made equal, in words: 'Program, Season'."""
    titles = {id: here.say.text(d.title) for id, d in here.definitions.dimensions.items()}
    titles[SEASON] = here.say("ui.season")
    made = [id for id in here.definitions.metrics[metric].adjust_for if id != dimension]
    return ", ".join(titles[id] for id in made)


def _covered(here: Here, finding: Finding) -> dict[str, float]:
    place = finding.by.startswith(PLACE_PREFIX)
    rows = here.publication.slice(
        finding.metric, treatment=LIKE_FOR_LIKE, period_kind=finding.period_kind,
        period=finding.period,
        place_level=finding.by.removeprefix(PLACE_PREFIX) if place else finding.place_level,
        place=None if place else finding.place, dimension="" if place else finding.by,
    )  # fmt: skip
    rows = rows[rows["covered"].notna()]
    return dict(zip(rows["place" if place else "group"], rows["covered"], strict=True))


def smoothed(here: Here, view: View, finding: Finding) -> None:
    """A switch, and behind it the raw and the smoothed value of every place side by side."""
    metric = here.definitions.metrics[view.metric]
    if metric.kind not in ("share", "rate") or not choices.switch(here, "smooth"):
        return
    say = here.say
    shown = [
        entry for entry in finding.entries
        if entry.code not in (OUTSIDE, UNKNOWN) and entry.estimate is not None
        and entry.numerator is not None
    ]  # fmt: skip
    base = [entry.n if metric.kind == "share" else entry.denominator for entry in shown]
    smooth = smoothed_shares if metric.kind == "share" else smoothed_rates
    x = np.array([entry.numerator for entry in shown], dtype=float)
    values, weights = smooth(x, np.array(base, dtype=float))
    named = names.of(here, finding.by)
    order = np.argsort(values)
    unit = metric.unit
    rows = [
        [
            named[shown[i].code],
            quantity(shown[i].estimate or 0.0, unit, say, TABLE_FIGURES),
            quantity(float(values[i]) * metric.per, unit, say, TABLE_FIGURES),
            quantity(float(weights[i]) * 100, "percent", say),
        ]
        for i in order
        if np.isfinite(values[i])
    ]
    frame.notes([say("ui.smooth_what"), say("ui.smooth_never")])
    frame.table(
        [names.comparison(here, finding.by), say("ui.smooth_raw"), say("ui.smooth_value"), say("ui.smooth_weight")],
        rows,
    )  # fmt: skip


def plain(here: Here, view: View, finding: Finding) -> None:
    """A fold with the plain two-sample reading, where the comparison is of areas."""
    metric = here.definitions.metrics[view.metric]
    area = finding.by in here.definitions.dimensions and here.definitions.area_level(finding.by)
    city = finding.place_level == "city" and not finding.within_dimension
    if metric.kind != "share" or not area or not city or view.treatment == LIKE_FOR_LIKE:
        return
    say = here.say
    fold = st.expander(say("ui.plain_title"), key="fold-plain", on_change="rerun")
    if not fold.open:
        return
    told = plain_test(
        here.publication, here.definitions, view.metric,
        treatment=finding.treatment, period_kind=finding.period_kind, period=finding.period,
    )  # fmt: skip
    with fold:
        frame.words(say("ui.plain_what"))
        rows = []
        for row in told.to_dict("records"):
            named = names.of(here, row["dimension"])
            rows.append(
                [
                    names.comparison(here, row["dimension"]),
                    "; ".join(named[code] for code in row["first"]),
                    "; ".join(named[code] for code in row["second"]),
                    difference(row["difference"] * metric.per, metric.unit, say),
                    say.number(row["p_holm"], significant=2) if row["p_holm"] >= 0.001 else say("ui.plain_tiny", value=say.number(0.001, significant=1)),
                    say("ui.plain_differs" if row["p_holm"] < LEVEL else "ui.plain_same"),
                ]
            )  # fmt: skip
        if rows:
            heads = ("by", "first", "second", "difference", "p", "reads")
            frame.table([say(f"ui.plain_{head}") for head in heads], rows)
        else:
            frame.words(say("ui.plain_none"))
        frame.words(say("ui.plain_caveat"), quiet=True)
