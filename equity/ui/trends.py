"""A metric by group over time, and the gap of one group as a line of its own."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import pandas as pd

from equity import narrative
from equity.charts import gap_trend, trend
from equity.charts.course import until
from equity.charts.words import outside_text
from equity.findings import PLACE_PREFIX
from equity.monitoring import Course
from equity.monitoring.targets import adds_up
from equity.schema import CITY, OUTSIDE, UNKNOWN
from equity.ui import breakdown, choices, frame, load, names, offers, promise, show, speak
from equity.ui.context import Here

_FINE_ENOUGH = ("quarter", "month", "year", "fiscal_year")
"""Kinds of period for a trend, the one to start with first: quarters are steadier than months."""


@dataclass(frozen=True)
class View:
    """What is followed over time; `code` is the group or place whose gap is drawn."""

    metric: str
    by: str
    code: str
    kind: str
    treatment: str

    @property
    def shown(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.by and self.kind)


def choose(here: Here) -> View:
    """The selectors of the page and what holds now."""
    say = here.say
    metric = choices.select(here, "metric", names.metrics(here))
    offer = offers.of(here, metric)
    cells = choices.row(1, 1, 1)
    with cells[0]:
        by = _by(here, offer)
    with cells[2]:
        kind = choices.select(here, "kind", names.kinds(here, _kinds(offer, by)))
    with cells[1]:
        codes = names.codes(here, by) if by else {}
        offered = {code: name for code, name in codes.items() if code not in (OUTSIDE, UNKNOWN)}
        field = "place" if by.startswith(PLACE_PREFIX) else "group"
        worst = _worst(here, metric, by)
        code = choices.select(here, field, offered or {"": say("ui.no_groups")}, worst)
    shown = (by.removeprefix(PLACE_PREFIX), "") if by.startswith(PLACE_PREFIX) else (CITY, by)
    treatment = breakdown.choose_treatment(here, metric, offer.treatments(shown))
    return View(metric, by, code, kind, treatment)


def head(here: Here, view: View) -> None:
    """Whether the gap of the chosen group moves, and where it stood at both ends."""
    eyebrow = speak.eyebrow(here, view.metric)
    if not view.shown:
        frame.head(here.say, eyebrow, here.say("ui.nothing_published"))
        return
    ends, moving = _sentence(here, view), _moving(here, view)
    quiet = " ".join(filter(None, (here.say("ui.trend_quiet"), promise.overdue(here, view.metric))))
    frame.head(here.say, eyebrow, moving or ends, more=ends if moving else "", quiet=quiet)


def by_group(here: Here, view: View) -> None:
    """Every group or place over time, the chosen one standing out."""
    if not view.shown:
        return
    series = load.over_time(
        here, view.metric, by=view.by, period_kind=view.kind, treatment=view.treatment
    )
    known = _known(here, view, series)
    title = here.say("ui.trend_by", what=names.comparison(here, view.by))
    drawing = load.made(
        here,
        ("trend", *astuple(view)),
        lambda: trend(
            series,
            here.definitions,
            names.of(here, view.by),
            here.say,
            metric=view.metric,
            by=view.by,
            period_kind=view.kind,
            title=names.metric(here, view.metric),
            caption=_caption(here, view, known),
            highlight=view.code or None,
            course=_course(here, view),
        ),
    )
    frame.heading(title, promise.sentence(here, view.metric))
    show.plain(drawing, "trend")
    frame.notes(known)
    show.behind(here, drawing, "trend", view.metric)


def gap(here: Here, view: View) -> None:
    """The gap of the chosen group against the reference, period by period."""
    if not view.shown or not view.code:
        return
    name = names.codes(here, view.by)[view.code]
    gaps = _gaps(here, view)
    known = _known(here, view, gaps.assign(code=view.code))
    drawing = load.made(
        here,
        ("gap", *astuple(view)),
        lambda: gap_trend(
            gaps,
            here.definitions,
            here.say,
            metric=view.metric,
            by=view.by,
            code=view.code,
            name=name,
            period_kind=view.kind,
            title=_sentence(here, view),
            caption=_caption(here, view, known),
            until=until(_course(here, view), view.kind),
        ),
    )
    neutral = here.definitions.metrics[view.metric].direction == "neutral"
    quiet = here.say("ui.trend_gap_quiet_neutral" if neutral else "ui.trend_gap_quiet")
    frame.heading(here.say("ui.trend_gap", name=name), quiet)
    show.plain(drawing, "gap")
    show.behind(here, drawing, "gap", view.metric)
    for change in here.definitions.metrics[view.metric].changes:
        text = here.say.text(change.text)
        frame.words(here.say("ui.changed_on", day=here.say.date(change.on), text=text), quiet=True)


def _by(here: Here, offer: offers.Offer) -> str:
    levels = {PLACE_PREFIX + id: name for id, name in offers.levels(here, offer.levels()).items()}
    levels = {by: name for by, name in levels.items() if _kinds(offer, by)}
    dimensions = offers.dimensions(here, offer.dimensions())
    offered = {by: name for by, name in dimensions.items() if _kinds(offer, by)} | levels
    default = PLACE_PREFIX + here.state.get("level") if here.state.get("place") else ""
    return choices.select(here, "by", offered or {"": here.say("ui.no_groups")}, default)


def _kinds(offer: offers.Offer, by: str) -> list[str]:
    level = by.removeprefix(PLACE_PREFIX)
    kinds = offer.kinds(level) if level != by else offer.kinds(CITY, by)
    return [kind for kind in _FINE_ENOUGH if kind in kinds]


def _worst(here: Here, metric: str, by: str) -> str:
    return (load.finding(here, metric, by).worst or "") if by else ""


def _known(here: Here, view: View, series: pd.DataFrame) -> list[str]:
    """What must be known of the series that is drawn, with what lies outside every place."""
    metric = here.definitions.metrics[view.metric]
    sentences = narrative.of_series(series, metric, view.by, view.kind, here.say)
    return [text for text in (_outside(here, view), *sentences) if text]


def _outside(here: Here, view: View) -> str:
    """How many records lay outside every place in the last period, or that the city counts them."""
    if not view.by.startswith(PLACE_PREFIX):
        placed = any(table.places for table in here.definitions.metrics[view.metric].tables)
        return here.say("charts.outside_included") if placed else ""
    level = view.by.removeprefix(PLACE_PREFIX)
    rows = here.publication.slice(
        view.metric,
        treatment=view.treatment,
        period_kind=view.kind,
        place_level=level,
        place=OUTSIDE,
    )
    if rows.empty:
        return ""
    last = rows.sort_values("period").iloc[-1]
    when = here.say.period(view.kind, last["period"].date())
    n = None if pd.isna(last["n"]) else last["n"]
    return f"{when}: {outside_text(last['status'], n, here.say)}"


def _caption(here: Here, view: View, known: list[str]) -> str:
    return " · ".join([speak.source(here, view.metric), *known])


def _gaps(here: Here, view: View) -> pd.DataFrame:
    return load.gap_over_time(
        here,
        view.metric,
        by=view.by,
        code=view.code,
        period_kind=view.kind,
        treatment=view.treatment,
    )


def _course(here: Here, view: View) -> Course | None:
    """The course to the target, where the chart has its scale: a year's rate is none of a quarter."""
    course = promise.course(here, view.metric)
    if course is None or view.treatment:
        return None
    other = adds_up(here.definitions.metrics[view.metric]) and view.kind != course.period_kind
    return None if other else course


def _moving(here: Here, view: View) -> str:
    """The stored verdict; "" where there is none (trends are told under the metric's own rules)."""
    trend = load.trend(here, view.metric, view.by, view.code)
    if trend is None or view.treatment:
        return ""
    return narrative.moving(trend, here.definitions.metrics[view.metric], here.say)


def _sentence(here: Here, view: View) -> str:
    name = names.codes(here, view.by).get(view.code, view.code)
    metric = here.definitions.metrics[view.metric]
    return narrative.trend_sentence(_gaps(here, view), metric, name, view.kind, here.say)
