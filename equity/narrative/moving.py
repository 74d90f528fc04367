"""Whether a gap moves, in words: a sentence, and a few words for lists."""

from __future__ import annotations

from datetime import date

from equity.findings import Finding, Trend, is_count
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator
from equity.monitoring.gap_trends import SEASONS
from equity.monitoring.slope import MINIMUM
from equity.monitoring.targets import adds_up
from equity.narrative.numbers import difference, figure


def trend_word(trend: Trend, say: Translator) -> str:
    """'closing', 'widening', 'steady', 'cannot tell whether it moves'."""
    return say(f"narrative.trend_{trend.verdict}")


def moving(trend: Trend, metric: Metric, say: Translator) -> str:
    """One sentence: how the gap moved, over which time, how sure that is; or what is missing.

    The interval is the widened one, of all gaps of the comparison at once.
    """
    key = trend.reason if trend.verdict == "cannot_tell" else trend.verdict
    text = say(f"narrative.moving_{key}", **_values(trend, metric, say))
    if _yearly(trend, metric) == 1 or trend.change is None:
        return text
    return f"{text} {say('narrative.moving_yearly_figures')}"


def movement(finding: Finding, definitions: Definitions, say: Translator) -> str:
    """The same in a few words after how sure the verdict is: 'certain · widening by 9 points since …'.

    "" where the finding has no trend: of counts, and of comparisons inside a place or group.
    """
    metric = definitions.metrics[finding.metric]
    if finding.trend is None or is_count(metric):
        return ""
    trend = finding.trend
    key = trend.reason if trend.verdict == "cannot_tell" else trend.verdict
    return say(
        "narrative.movement",
        certainty=say(f"narrative.certainty_{_certainty(finding)}"),
        trend=say(f"narrative.movement_{key}", **_values(trend, metric, say)),
    )


def _certainty(finding: Finding) -> str:
    """How sure the verdict is, also among all that an overview shows."""
    return "among" if finding.verdict == "gap" and finding.certain is False else finding.verdict


def _values(trend: Trend, metric: Metric, say: Translator) -> dict[str, str]:
    values = {
        "points": say.number(trend.points),
        "needed": say.number(MINIMUM),
        "first": _period(trend, trend.first, say),
        "last": _period(trend, trend.last, say),
    }
    low, high = trend.lower_simultaneous, trend.upper_simultaneous
    if trend.change is None or low is None or high is None or trend.margin is None:
        return values

    def size(value: float) -> str:
        return difference(_yearly(trend, metric) * value, metric.unit, say)

    side = -1 if (trend.level or 0) < 0 else 1  # of a gap ahead, more ahead is further away
    nearer, further = max(-side * low, -side * high), max(side * low, side * high)
    near, far = sorted((abs(low), abs(high)))
    return values | {
        "size": size(trend.change),
        "lower": figure(_yearly(trend, metric) * near, say),
        "upper": size(far),
        "nearer": size(max(nearer, 0.0)),
        "further": size(max(further, 0.0)),
        "margin": size(trend.margin),
    }


def _yearly(trend: Trend, metric: Metric) -> int:
    """How many periods make a year, for what adds up over them; 1 for all else.

    A finding tells a rate of a year, and so the change of its gap must be that of a year's figures.
    """
    return SEASONS.get(trend.period_kind, 1) if adds_up(metric) else 1


def _period(trend: Trend, start: date | None, say: Translator) -> str:
    return say.period(trend.period_kind, start) if start else ""
