"""Whether a target will be reached, in words."""

from __future__ import annotations

from equity.framework.models import Metric
from equity.i18n import Translator
from equity.monitoring import Course
from equity.monitoring.slope import MINIMUM
from equity.narrative.numbers import TABLE_FIGURES, figure, quantity


def course_word(course: Course, say: Translator) -> str:
    """'on course', 'off course', 'cannot tell whether it will be met', 'met', 'not met'."""
    return say(f"narrative.course_{course.verdict}")


def target_text(course: Course, metric: Metric, say: Translator) -> str:
    """'80% by June 30, 2027'."""
    value = quantity(course.target, metric.unit, say, TABLE_FIGURES)
    if course.by is None:
        return value
    return say("narrative.target_by", value=value, day=say.date(course.by))


def course_sentence(course: Course, metric: Metric, say: Translator) -> str:
    """The target, where things lead with their interval, and where they stand against the path."""

    def shown(value: float | None) -> str:
        return "" if value is None else quantity(value, metric.unit, say)

    def plain(value: float | None) -> str:
        return "" if value is None else figure(value, say)

    sentences = [
        say(
            f"narrative.on_target_{course.reason or course.verdict}",
            target=target_text(course, metric, say),
            points=say.number(course.points),
            needed=say.number(MINIMUM),
            line=say(f"narrative.line_{course.line_kind}") if course.line_kind else "",
            projected=shown(course.projected),
            lower=plain(course.projected_lower),
            upper=shown(course.projected_upper),
        )
    ]
    if course.latest is not None and course.latest_period is not None:
        sentences.append(
            say(
                "narrative.on_path" if course.expected is not None else "narrative.at_last",
                period=say.period(course.period_kind, course.latest_period),
                latest=shown(course.latest),
                expected=shown(course.expected),
            )
        )
    return " ".join(sentences)
