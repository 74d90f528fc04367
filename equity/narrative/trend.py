"""Where a gap stood at two ends of a series; whether it moves is told in `equity.narrative.moving`."""

from __future__ import annotations

import pandas as pd

from equity.framework.models import Metric
from equity.i18n import Translator
from equity.narrative.numbers import difference, figure


def trend_sentence(
    frame: pd.DataFrame, metric: Metric, name: str, period_kind: str, say: Translator
) -> str:
    """The gap in the last period and in the first of the same season, each with its interval.

    `frame`: `equity.findings.gap_series` (columns `period, gap, lower, upper, immature`; positive is
    behind); `name`: the group or place it follows. Immature periods are left out. Two ends say where
    the gap stood, not whether it is closing: that takes a slope with its own error.
    """
    whole = frame[frame["gap"].notna() & ~frame["immature"].astype(bool)].sort_values("period")
    season = pd.to_datetime(whole["period"]).dt.month
    whole = whole[season == season.iloc[-1]] if len(whole) else whole
    if len(whole) < 2:
        return say("narrative.trend_too_short", name=name)
    first, last = whole.iloc[0], whole.iloc[-1]
    return say(
        "narrative.trend",
        name=name,
        start=_side(first, metric, say),
        start_period=say.period(period_kind, pd.Timestamp(first["period"]).date()),
        end=_side(last, metric, say),
        end_period=say.period(period_kind, pd.Timestamp(last["period"]).date()),
    )


def _side(row: pd.Series, metric: Metric, say: Translator) -> str:
    """'12 points behind (5 to 19)'."""
    gap = float(row["gap"])
    neutral = metric.direction == "neutral"
    sides = ("lower", "higher") if neutral else ("behind", "ahead")
    size = difference(gap, metric.unit, say)
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return say(f"narrative.side_{sides[0] if gap >= 0 else sides[1]}", size=size)
    if row["lower"] < 0 < row["upper"]:
        return say(
            f"narrative.side_{sides[0] if gap >= 0 else sides[1]}_across",
            size=size,
            behind=figure(float(row["upper"]), say),
            ahead=figure(-float(row["lower"]), say),
        )
    ends = sorted((float(row["lower"]), float(row["upper"])), key=lambda v: v if gap >= 0 else -v)
    sign = 1 if gap >= 0 else -1
    return say(
        f"narrative.side_{sides[0] if gap >= 0 else sides[1]}_interval",
        size=size,
        lower=figure(sign * ends[0], say),
        upper=figure(sign * ends[1], say),
    )
