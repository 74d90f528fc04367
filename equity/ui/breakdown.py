"""What the reader looks at on the breakdown page: the choices, and the findings they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from equity import narrative
from equity.findings import (
    PLACE_PREFIX,
    Finding,
    latest_period,
    references_offered,
    tolerance_of,
    tolerances_offered,
)
from equity.i18n import capitalized
from equity.narrative import tolerance_text
from equity.narrative.definition import reference_of as reference_of_metric
from equity.schema import CITY, LIKE_FOR_LIKE
from equity.ui import choices, load, names, navigation, offers
from equity.ui.context import Here


@dataclass(frozen=True)
class View:
    """One view of a metric. `""` is: no map, the whole city, no dimension, no crossing."""

    metric: str
    level: str
    place: str
    by: str
    by2: str
    group: str
    kind: str
    period: date | None
    treatment: str
    where: tuple[str, str]
    """(place level, place) that groups are shown in: the city where they are not published inside."""
    reference: str = ""
    tolerance: str = ""
    """The reader's own question, "" for what the metric declares."""

    @property
    def within(self) -> tuple[str, str]:
        """(second dimension, group) that everything is restricted to."""
        return (self.by2, self.group) if self.by2 and self.group else ("", "")


def choose(here: Here) -> View:
    """The selectors of the page, in rows, and what holds now."""
    say = here.say
    first, second = choices.row(5, 2, 2), choices.row(1, 1, 1, 1)
    with first[0]:
        metric = choices.select(here, "metric", names.metrics(here))
    offer = offers.of(here, metric)
    with second[0]:
        levels = offers.levels(here, offer.levels())
        level = choices.select(here, "level", levels or {"": say("ui.no_places")})
    with second[1]:
        inside = names.places(here, level) if level else {}
        place = choices.select(here, "place", {"": say("ui.whole_city")} | inside)
    with second[2]:
        dimensions = offers.dimensions(here, offer.dimensions())
        by = choices.select(here, "by", dimensions or {"": say("ui.no_groups")})
    inner = level if place and by in offer.dimensions(level) else CITY
    by2 = ""
    with second[3]:
        crossings = offers.dimensions(here, offer.crossings(by, inner))
        if crossings:
            by2 = choices.select(here, "by2", {"": say("ui.not_crossed")} | crossings)
    with first[1]:
        kind = choices.select(here, "kind", names.kinds(here, _kinds(offer, level, by)))
    with first[2]:
        period = choose_period(here, metric, kind)
    third, fourth = choices.row(1, 1, 1), choices.row(1, 1)
    alike = not by2 and offer.alike(kind, (level, ""), (inner, by))
    with third[0]:
        reference = _reference(here, metric, by)
    with third[1]:
        tolerance = _tolerance(here, metric)
    with fourth[0]:
        alike = alike and choices.switch(here, "alike")
    with fourth[1]:
        shown = offer.treatments((level, ""), (inner, by))
        treatment = LIKE_FOR_LIKE if alike else choose_treatment(here, metric, shown)
    with third[2]:
        group = _group(here, by2)
    where = (level, place) if inner != CITY else (CITY, CITY)
    return View(
        metric, level, place, by, by2, group, kind, period, treatment, where, reference, tolerance
    )


def _group(here: Here, dimension: str) -> str:
    """A group of the second dimension, where there is one."""
    if not dimension:
        return ""
    groups = {"": here.say("ui.all_groups")} | names.codes(here, dimension)
    return choices.select(here, "group", groups)


def _reference(here: Here, metric: str, by: str) -> str:
    """What to compare with: as declared, or the reader's own among those that can be reckoned."""
    declared = reference_of_metric(here.definitions.metrics[metric], here.definitions, here.say)
    offered = {"": here.say("ui.as_declared", what=declared)}
    labels = names.codes(here, by) if by else {}
    for text in references_offered(here.definitions, metric, by):
        kind, _, rest = text.partition(":")
        code = rest.rpartition(":")[2]
        offered[text] = here.say(f"narrative.reference_{kind}", name=labels.get(code, code))
    return choices.select(here, "reference", offered) if len(offered) > 1 else ""


def _tolerance(here: Here, metric: str) -> str:
    """How far counts as equitable: as declared, or the reader's own, in percent or in points."""
    definition = here.definitions.metrics[metric]
    offered = {"": here.say("ui.as_declared", what=tolerance_text(definition, here.say))}
    for text in tolerances_offered(definition):
        offered[text] = tolerance_text(definition, here.say, tolerance_of(text))
    return choices.select(here, "tolerance", offered) if len(offered) > 1 else ""


def told(here: Here, finding: Finding | None) -> None:
    """A link to where an open comparison can be told; nothing where there is none."""
    label = narrative.told_label(finding, here.definitions, here.say) if finding else ""
    if finding and finding.told_in:
        navigation.to_told(here, finding.metric, finding.told_in, label)


def choose_period(here: Here, metric: str, kind: str) -> date | None:
    """The period among those published, the last mature one by default."""
    if not kind:
        return None
    days = here.publication.periods(metric, kind)
    latest = latest_period(here.publication, metric, kind)
    offered = names.periods(here, kind, days)
    chosen = choices.select(here, "period", offered, latest.isoformat() if latest else "")
    return date.fromisoformat(chosen) if chosen else None


def choose_treatment(here: Here, metric: str, treatments: set[str]) -> str:
    """How unfinished cases count, where what is shown is published in more than one way."""
    unfinished = here.definitions.metrics[metric].unfinished
    others = sorted(treatments - {"", LIKE_FOR_LIKE})
    if not unfinished or not others:
        return ""
    titles = {"": here.say.text(unfinished.title) or here.say("ui.own_rule")} | {
        name: here.say.text(unfinished.alternative_titles.get(name, {})) or name for name in others
    }
    return choices.select(here, "treatment", titles)


def places(here: Here, view: View) -> Finding | None:
    """The places of the level against the reference, within the crossing where there is one."""
    if not view.level:
        return None
    return _shown(here, view, PLACE_PREFIX + view.level, within=view.within)


def groups(here: Here, view: View) -> Finding | None:
    """The groups of the dimension in the chosen place, within the crossing where there is one."""
    if not view.by:
        return None
    return _shown(here, view, view.by, place=view.where, within=view.within)


def crossed(here: Here, view: View) -> list[tuple[str, Finding]]:
    """For each group of the second dimension: the groups of the first within it."""
    if not view.by2 or view.group:
        return []
    labels = names.codes(here, view.by2)
    found = (
        (
            capitalized(label),
            _shown(here, view, view.by, place=view.where, within=(view.by2, code), search=False),
        )
        for code, label in labels.items()
    )
    return [(label, finding) for label, finding in found if finding]


def _shown(
    here: Here,
    view: View,
    by: str,
    *,
    place: tuple[str, str] = (CITY, CITY),
    within: tuple[str, str] = ("", ""),
    search: bool = True,
) -> Finding | None:
    if view.period is None:
        return None
    finding = load.finding(
        here,
        view.metric,
        by,
        period_kind=view.kind,
        period=view.period,
        treatment=view.treatment,
        place=place,
        within=within,
        reference=view.reference,
        tolerance=view.tolerance,
        search=search,
    )
    return finding if finding.entries else None


def _kinds(offer: offers.Offer, level: str, by: str) -> list[str]:
    """Kinds of period published for all that is shown; else for any of it."""
    wanted = ([offer.kinds(level)] if level else []) + ([offer.kinds(CITY, by)] if by else [])
    wanted = [kinds for kinds in wanted if kinds] or [offer.kinds(CITY)]
    common = [kind for kind in wanted[0] if all(kind in kinds for kinds in wanted)]
    return common or list(dict.fromkeys(kind for kinds in wanted for kind in kinds))


def only_city(here: Here, view: View) -> str:
    """What is published for the whole city only although a place is chosen; else nothing."""
    if not view.place:
        return ""
    place = names.places(here, view.level)[view.place]
    if view.where == (CITY, CITY):
        return here.say("ui.groups_city_only", place=place)
    offer = offers.of(here, view.metric)
    if offer.crossings(view.by) and not offer.crossings(view.by, view.level):
        return here.say("ui.crossed_city_only", place=place)
    return ""
