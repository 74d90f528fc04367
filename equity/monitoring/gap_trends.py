"""Is a gap closing, widening, steady, or can it not be told?

Only fixed pairs are followed: one group or place against one reference. (The largest minus the
smallest shrinks by itself as counts grow.) The rules mirror those of verdicts:

- **steady**: the 95 % interval of the change over the window lies inside ± half a tolerance. A
  position is told in tolerances, on maps and in rankings; such a change rounds to none of them,
  whether or not it is more than chance.
- **closing**, **widening**: else, where both the change and the side on which the gap lies are
  certain, jointly for the k gaps of the comparison (at 1 − 0.05/k): the page follows the gap that
  stands out, which is chosen because it is large, and chance makes a gap that is large at the end
  of its window look as if it widened.
- **cannot tell** else, with the reason.

Which way the distance moves where a line may change sides: along a straight line
|last| − |first| has the sign of last² − first² = 2 · change · level, the level being the line's height
in the middle of the window. So a gap closes where change and level have opposite signs and widens
where they have the same, and that is certain only where both signs are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from equity.findings import PLACE_PREFIX, comparisons, gaps, is_count, period_kinds
from equity.framework.models import Definitions, Metric
from equity.monitoring.slope import MINIMUM, fit_lines
from equity.publication import Publication
from equity.schema import CITY, GAP_SERIES, OUTSIDE, TREND_COLUMNS, UNKNOWN

SEASONS = {"quarter": 4, "month": 12}
"""Kinds of period that a trend is told from, the steadiest first, and how many make a year."""
STEADY_PART = 0.5
"""The margin of steadiness, in tolerances."""
SEEN_PART = 0.75
"""Part of a window's periods that must be shown: what is withheld is not withheld by chance."""
LONGEST = 10
"""Years that a window spans at most."""

_CONFIDENCE = 0.95
_PARTIAL = "partial_period"


def trends(publication: Publication, definitions: Definitions) -> pd.DataFrame:
    """The trend of every gap of every published comparison (`equity.schema.TREND_COLUMNS`).

    Under each metric's own treatment, in the whole city. Comparisons of metrics without a reference
    (plain counts) have none.
    """
    found = [
        trends_of(publication, definitions, metric, by)
        for metric, definition in definitions.metrics.items()
        if not is_count(definition)
        for by in comparisons(publication, metric)
    ]
    found = [frame for frame in found if len(frame)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=TREND_COLUMNS)


def trends_of(
    publication: Publication, definitions: Definitions, metric: str, by: str
) -> pd.DataFrame:
    """The trends of one comparison, a row a group or place; `TREND_COLUMNS`."""
    definition = definitions.metrics[metric]
    published = period_kinds(publication, metric, by)
    kinds = [kind for kind in SEASONS if kind in published] or published[:1]
    tables = {
        kind: _compared(gaps(publication, definitions, metric, by=by, period_kind=kind))
        for kind in kinds
    }
    told = [kind for kind, frame in tables.items() if _longest(frame) >= MINIMUM]
    kind = next(iter(told or kinds), "")
    if not kind or tables[kind].empty:
        return pd.DataFrame(columns=TREND_COLUMNS)
    frame, against = _fixed(tables[kind], definition)
    judged = judge(frame, definition, kind)
    place = by.startswith(PLACE_PREFIX)
    key: dict[str, Any] = {
        "metric": metric,
        "treatment": "",
        "period_kind": kind,
        "place_level": by.removeprefix(PLACE_PREFIX) if place else CITY,
        "place": judged["code"] if place else CITY,
        "dimension": "" if place else by,
        "group": "" if place else judged["code"],
        "series": GAP_SERIES,
        "against": against,
    }
    return judged.assign(**key)[list(TREND_COLUMNS)]


def judge(frame: pd.DataFrame, metric: Metric, period_kind: str) -> pd.DataFrame:
    """The trend of each `code` of a table of gaps: a row each, `TREND_COLUMNS` after the key.

    `frame`: `equity.findings.gaps` of one comparison without immature periods.
    """
    season = SEASONS.get(period_kind, 1)
    frame = frame.assign(position=positions(frame["period"], season))
    codes = pd.Index(sorted(frame["code"].unique()), name="code")
    columns = range(int(frame["position"].max()) + 1)

    def table(name: str) -> np.ndarray:
        wide = frame.pivot(index="code", columns="position", values=name)
        return wide.reindex(index=codes, columns=columns).to_numpy(float)

    gap = table("gap")
    base = base_of(metric)
    sizes = variances(gap, table(base)) if base else None
    lines = fit_lines(gap, variances=sizes, season=season)
    fitted = lines.fitted & (season > 1)
    joint = 1 - (1 - _CONFIDENCE) / max(int(fitted.sum()), 1)
    change, lower, upper = lines.change(_CONFIDENCE)
    _, lower_joint, upper_joint = lines.change(joint)
    level, level_lower, level_upper = lines.middle(joint)
    seen = frame[frame["gap"].notna()].groupby("code")
    margin = STEADY_PART * seen["tolerance"].median().reindex(codes).to_numpy(float)
    days = frame.drop_duplicates("position").set_index("position")["period"]
    with np.errstate(invalid="ignore"):
        steady = (-margin <= lower) & (upper <= margin)
        moved = (lower_joint > 0) | (upper_joint < 0)
        aside = (level_lower > 0) | (level_upper < 0)
    withheld = lines.n < SEEN_PART * (lines.last - lines.first + 1)
    told = fitted & ~withheld
    away = np.sign(change) == np.sign(level)
    verdict = np.select(
        [~told, steady, moved & aside & away, moved & aside],
        ["cannot_tell", "steady", "widening", "closing"],
        "cannot_tell",
    )
    reason = np.select(
        [verdict != "cannot_tell", season == 1, ~fitted, withheld, moved],
        ["", "yearly", "few_points", "withheld", "crossed"],
        "uncertain",
    )
    numbers = {
        "change": change, "lower": lower, "upper": upper,
        "lower_simultaneous": lower_joint, "upper_simultaneous": upper_joint,
        "level": level, "level_lower": level_lower, "level_upper": level_upper,
        "autocorrelation": lines.autocorrelation,
    }  # fmt: skip
    any_seen = lines.n > 0
    return pd.DataFrame(
        {
            "code": codes,
            "first": days.reindex(lines.first).where(any_seen).to_numpy(),
            "last": days.reindex(lines.last).where(any_seen).to_numpy(),
            "points": lines.n,
            **{name: np.where(fitted, values, np.nan) for name, values in numbers.items()},
            "margin": margin,
            "verdict": verdict,
            "reason": reason,
        }
    )


def _compared(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of gaps that a trend is told from."""
    return window(frame[~frame["code"].isin([OUTSIDE, UNKNOWN])])


def window(frame: pd.DataFrame) -> pd.DataFrame:
    """The whole and finished periods of published entries, the last ten years of them."""
    unfinished = frame["immature"].fillna(False).astype(bool)
    partial = frame["note"].fillna("").astype(str).str.endswith(_PARTIAL)
    frame = frame[~unfinished & ~partial]
    if frame.empty:
        return frame
    since = frame["period"].max() - pd.DateOffset(years=LONGEST)
    return frame[frame["period"] > since]


def _longest(frame: pd.DataFrame) -> int:
    """Points of the gap that has the most."""
    return int(frame["gap"].notna().groupby(frame["code"]).sum().max()) if len(frame) else 0


def _fixed(frame: pd.DataFrame, metric: Metric) -> tuple[pd.DataFrame, str]:
    """The gaps against a reference that is the same group in every period, and that group's code.

    Where the reference is the best, whoever that was, it is the one that was best over the window.
    """
    if metric.reference.kind == "group":
        return frame, metric.reference.group or ""
    if metric.reference.kind != "best":
        return frame, ""
    wide = frame.pivot(index="period", columns="code", values="estimate")
    full = wide.loc[:, wide.notna().mean() >= SEEN_PART]
    sign = -1 if metric.direction == "lower_is_better" else 1
    if full.empty:
        return frame.assign(gap=np.nan), ""
    best = str((sign * full.mean()).idxmax())
    others = frame[frame["code"] != best]
    reference = others["period"].map(wide[best])
    gap = -sign * (others["estimate"] - reference)
    return others.assign(reference=reference, gap=gap), best


def positions(periods: pd.Series, season: int) -> pd.Series:
    """Equally spaced whole numbers for periods, the first one 0, or the season of it."""
    if season == 1:
        return periods.rank(method="dense").astype(int) - 1
    months = periods.dt.year * 12 + periods.dt.month - 1
    steps = months // (12 // season)
    return steps - steps.min()


def base_of(metric: Metric) -> str:
    """The column that says on how many records a value rests; "" where that is always the same.

    A rate's denominator is a population, which hardly changes.
    """
    if metric.kind == "rate":
        return ""
    return "denominator" if metric.kind == "representation" else "n"


def variances(values: np.ndarray, base: np.ndarray) -> np.ndarray | None:
    """How uncertain each value is by its counts, up to a factor; None where a count is not known.

    One over the records: the published standard error depends on the estimate itself and would weigh
    low values more than high ones.
    """
    seen = np.isfinite(values)
    if not (base[seen] > 0).all():
        return None
    return 1 / np.where(seen, base, 1.0)
