"""Signals of control charts in people's words: what moved, where, and what chance alone would do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from equity.findings import PLACE_PREFIX
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator
from equity.monitoring import SIGNALS
from equity.narrative.numbers import difference, quantity
from equity.schema import CITY, GAP_SERIES

UP = ("above_limit", "trend_up", "near_upper", "shift_up")
"""Signals on the upper side of a chart."""
_RULE = {name: name.split("_")[0] for name in SIGNALS} | {
    "above_limit": "limit",
    "below_limit": "limit",
}
_WHOLE = 100.0


def by_and_code(row: Mapping[str, Any]) -> tuple[str, str]:
    """The comparison that a charted series belongs to, and its code in it; ("", "city") for the city.

    `row` has the columns of `equity.schema.SERIES_KEY`.
    """
    if row["dimension"]:
        return str(row["dimension"]), str(row["group"])
    if row["place_level"] != CITY:
        return PLACE_PREFIX + str(row["place_level"]), str(row["place"])
    return "", CITY


def change_sentence(
    row: Mapping[str, Any], definitions: Definitions, name: str, say: Translator
) -> str:
    """What a signal says: which line, when, how far, and between which values chance keeps it.

    `row`: a signal (`equity.schema.SIGNAL_COLUMNS`); `name`: what its group, place or city is called.
    """
    metric = definitions.metrics[row["metric"]]
    kind, period = str(row["period_kind"]), pd.Timestamp(row["period"]).date()
    series, signal = str(row["series"]), str(row["signal"])
    line = "gap" if series == GAP_SERIES else "value"
    tone = "neutral" if line == "gap" and metric.direction == "neutral" else line
    way = "up" if signal in UP else "down"
    return say(
        f"monitoring.told_{_RULE[signal]}",
        line=say(f"monitoring.line_{line}", metric=say.text(metric.title), name=name),
        value=level_text(float(row["value"]), metric, series, say),
        centre=level_text(float(row["centre"]), metric, series, say),
        range=range_text(row, metric, say),
        side=say(f"monitoring.side_{tone}_{way}"),
        way=say(f"monitoring.way_{tone}_{way}"),
        end=say(f"monitoring.end_{tone}_{way}"),
        run=say(f"monitoring.run_{kind}"),
        three=say(f"monitoring.three_{kind}"),
        period=say.period(kind, period),
    )


def change_word(row: Mapping[str, Any], metric: Metric, say: Translator) -> str:
    """The direction of a signal in a word or two: 'better', 'gap wider', 'higher'."""
    up = row["signal"] in UP
    if row["series"] == GAP_SERIES:
        away = (float(row["value"]) > 0) == up
        return say("monitoring.word_wider" if away else "monitoring.word_narrower")
    if metric.direction == "neutral":
        return say("monitoring.word_higher" if up else "monitoring.word_lower")
    better = up == (metric.direction == "higher_is_better")
    return say("monitoring.word_better" if better else "monitoring.word_worse")


def signal_word(signal: str, say: Translator) -> str:
    """What a mark on a chart means, in a few words: 'above what chance explains'."""
    return say(f"monitoring.mark_{signal}")


def range_text(row: Mapping[str, Any], metric: Metric, say: Translator) -> str:
    """Between which values chance alone moves a line: 'between 71% and 83%'.

    `row` has `lower`, `upper` and `series`. Limits beyond what the metric can be are cut.
    """
    low, high = float(row["lower"]), float(row["upper"])
    if row["series"] != GAP_SERIES:
        low = max(low, 0.0)
        high = min(high, _WHOLE) if metric.unit == "percent" else high
    ends = (level_text(value, metric, str(row["series"]), say) for value in (low, high))
    lower, upper = ends
    return say("monitoring.between", lower=lower, upper=upper)


def level_text(value: float, metric: Metric, series: str, say: Translator) -> str:
    """A value in its unit, or a gap with its side: '72%', '12 points behind'."""
    if series != GAP_SERIES:
        return quantity(value, metric.unit, say)
    sides = ("lower", "higher") if metric.direction == "neutral" else ("behind", "ahead")
    side = sides[0] if value >= 0 else sides[1]
    return say(f"narrative.side_{side}", size=difference(value, metric.unit, say))


def withdrawn_sentence(
    row: Mapping[str, Any], definitions: Definitions, name: str, say: Translator
) -> str:
    """That a signal which an earlier version showed is none any more."""
    metric = definitions.metrics[row["metric"]]
    line = "gap" if row["series"] == GAP_SERIES else "value"
    return say(
        "monitoring.withdrawn" if row["charted"] else "monitoring.not_charted",
        line=say(f"monitoring.line_{line}", metric=say.text(metric.title), name=name),
        period=say.period(str(row["period_kind"]), pd.Timestamp(row["period"]).date()),
        mark=signal_word(str(row["signal"]), say),
    )
