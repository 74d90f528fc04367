"""What a metric's owner promised: a target, and to look at the definition again in time."""

from __future__ import annotations

from equity import narrative
from equity.framework.models import Metric
from equity.monitoring import Course, course_of
from equity.narrative import quantity
from equity.narrative.numbers import TABLE_FIGURES
from equity.ui.context import Here


def target(here: Here, id: str) -> str:
    """The promised value and its date, with a word on whether it will be kept."""
    metric = here.definitions.metrics[id]
    if metric.target is None:
        return here.say("ui.no_target")
    value = quantity(metric.target.value, metric.unit, here.say, TABLE_FIGURES)
    if metric.target.by is not None:
        day = here.say.date(metric.target.by)
        value = here.say("ui.target_by", value=value, day=day)
    held = course(here, id)
    return f"{value} · {narrative.course_word(held, here.say)}" if held else value


def course(here: Here, id: str) -> Course | None:
    """Where the metric stands on the way to its target; None where a target changed since."""
    metric, held = here.definitions.metrics[id], course_of(here.publication, id)
    if held is None or metric.target is None:
        return None
    same = (held.target, held.by) == (metric.target.value, metric.target.by)
    return held if same else None


def sentence(here: Here, id: str) -> str:
    """The same in full; "" where nothing is promised."""
    held = course(here, id)
    metric = here.definitions.metrics[id]
    return narrative.course_sentence(held, metric, here.say) if held else ""


def review(here: Here, metric: Metric) -> str:
    """When the definition is next due for review; said aloud when that is past."""
    day = here.say.date(metric.review_due)
    return here.say("ui.review_past", day=day) if metric.review_due < here.today else day


def overdue(here: Here, id: str) -> str:
    """That the definition's review is past due, and since when; "" where it is not."""
    metric = here.definitions.metrics[id]
    if metric.review_due >= here.today:
        return ""
    return here.say("ui.review_overdue", day=here.say.date(metric.review_due))
