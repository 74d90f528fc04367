"""The value and intervals of every entry, by the kind of metric; vectorised, in the metric's unit.

Each function takes the frame of entries (`KEY`, `n`, `numerator`, `mean`, `m2`, `people`, `moe`,
`k`, `immature`, `partial`, and `clustering` and `freedom` of `equity.cube.clusters`) and answers with the columns of `NUMBERS` beside it, NaN where there is
none.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from equity import estimates
from equity.cube import sketch
from equity.framework.models import Metric
from equity.schema import CITY, OUTSIDE

NUMBERS = ("estimate", "lower", "upper", "lower_simultaneous", "upper_simultaneous", "se", "dispersion",
           "numerator", "denominator", "expected", "covered")  # fmt: skip
CONFIDENCE = 0.95

Floats = npt.NDArray[np.float64]
Ends = tuple[npt.ArrayLike, npt.ArrayLike]

_SERIES = ["treatment", "period_kind", "place_level", "dimension", "dimension_2"]
_ROWS = ["place", "group", "group_2"]
_COARSER = ("month", "quarter", "year", "fiscal_year")
_A_YEAR = {"month": 12, "quarter": 4}


def share(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """Successes over records, × `per`: Wilson's interval alone, the exact one among others."""
    x, n = _floats(frame, "numerator"), _floats(frame, "n")
    spread = dispersion(frame, "numerator")

    def alone(level: Floats, spread: Floats) -> Ends:
        return estimates.wilson(x / spread, n / spread, level)

    def together(level: Floats, spread: Floats) -> Ends:
        return estimates.clopper_pearson(x / spread, n / spread, level)

    answer = _intervals(frame, alone, metric.per, spread, together=together)
    answer["estimate"] = _over(x, n) * metric.per
    answer["numerator"], answer["denominator"] = x, n
    return answer


def rate(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """Records over people, × `per`, with a Poisson interval widened by dispersion and margin."""
    x, people, moe = (_floats(frame, name) for name in ("numerator", "people", "moe"))
    spread = dispersion(frame)

    def ends(level: Floats, spread: Floats) -> Ends:
        _, lower, upper = estimates.rate(x, people, moe, level, spread)
        return lower, upper

    answer = _intervals(frame, ends, metric.per, spread)
    answer["estimate"] = _over(x, people) * metric.per
    answer["numerator"], answer["denominator"] = x, people
    return answer


def average(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """The mean value, with Student's t interval."""
    n, mean, m2 = (_floats(frame, name) for name in ("n", "mean", "m2"))

    def ends(level: Floats, spread: Floats) -> Ends:
        _, lower, upper = estimates.mean(n, mean, m2, level)
        return mean - (mean - lower) * np.sqrt(spread), mean + (upper - mean) * np.sqrt(spread)

    answer = _intervals(frame, ends, 1.0)
    answer["estimate"] = mean
    answer["se"] = estimates.mean(n, mean, m2)[0] * np.sqrt(_widened(frame, CONFIDENCE))
    return answer


def total(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """The sum of the values, over people where the metric has a population.

    A total of no records is 0 and has no interval. Over people it is per person: `per` is for
    shares and rates.
    """
    n = _floats(frame, "n")
    mean, m2 = np.nan_to_num(_floats(frame, "mean")), np.nan_to_num(_floats(frame, "m2"))
    people = _floats(frame, "people") if metric.population else np.ones(len(frame))
    people = np.where(people > 0, people, np.nan)
    relative = np.zeros(len(frame))
    if metric.population:
        relative = np.nan_to_num(_floats(frame, "moe")) / estimates.MARGIN_Z / people
    spread = dispersion(frame)
    value = n * mean / people

    def ends(level: Floats, spread: Floats) -> Ends:
        _, lower, upper = estimates.total(n, mean, m2, level, spread)
        carried = estimates.z(level) * relative * value
        half = np.hypot((upper - lower) / 2 / people, carried)
        half = np.where(n > 0, half, np.nan)
        return value - half, value + half

    answer = _intervals(frame, ends, 1.0, spread)
    answer["estimate"] = value
    if metric.population:
        answer["denominator"] = people
    return answer


def counts(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """Counts of a dataset that is already aggregated, with a Poisson interval."""
    n = _floats(frame, "n")
    spread = dispersion(frame)
    answer = _intervals(
        frame, lambda level, spread: estimates.poisson(n, level, spread), 1.0, spread
    )
    answer["estimate"] = n
    return answer


def representation(frame: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """A group's share of recipients beside its share of the eligible population, both × `per`.

    Shares are of those whose group is known (or, between places, who live in a place of the
    level), because a population has no unknown. `expected` is the population share; the interval
    is that of the ratio of the two on a log scale, times `expected`, at most all. The entry of
    unknown groups is its share of all recipients, with its own interval and nothing expected.
    """
    groups = frame["dimension"].ne("") | frame["dimension_2"].ne("")
    within = ["treatment", "period_kind", "period", "place_level", "dimension", "dimension_2"]
    known = frame["people"].notna() & (groups | frame["place"].ne(OUTSIDE))
    # Groups are compared within their place; places, within the level.
    scope = [*(frame[name] for name in within), frame["place"].where(groups, "")]

    def whole(values: pd.Series) -> pd.Series:
        return values.groupby(scope).transform("sum")

    x, people = frame["numerator"].astype(float), frame["people"].astype(float)
    among = whole(x.where(known, 0.0)).where(known, whole(x))
    eligible = whole(people.where(known, 0.0))
    margin = frame["moe"].astype(float).fillna(0.0)
    all_margin = np.sqrt(whole((margin**2).where(known, 0.0)))
    expected = (people.where(known) / eligible.where(eligible > 0)).to_numpy(dtype=float)
    carried = estimates.acs_share_margin(people, eligible, margin, all_margin)
    entire = (frame["place_level"].eq(CITY) & ~groups).to_numpy()

    def ends(
        level: Floats, spread: Floats, interval: estimates.ShareInterval = estimates.wilson
    ) -> Ends:
        part, total = x / spread, among / spread
        _, low, high = estimates.representation(part, total, expected, carried, level, interval)
        plain_low, plain_high = interval(part, total, level)
        lower = np.where(np.isnan(expected), plain_low, low * expected)
        upper = np.where(np.isnan(expected), plain_high, np.minimum(high * expected, 1))
        return np.where(entire, np.nan, lower), np.where(entire, np.nan, upper)

    answer = _intervals(
        frame,
        ends,
        metric.per,
        together=lambda level, spread: ends(level, spread, estimates.clopper_pearson),
    )
    answer["estimate"] = x / among.where(among > 0) * metric.per
    answer["numerator"], answer["denominator"] = x, among
    answer["expected"] = expected * metric.per
    return answer


def percentile(frame: pd.DataFrame, buckets: pd.DataFrame, p: float) -> pd.DataFrame:
    """The `p` quantile from sketches, with the interval of binomial order statistics.

    `buckets` has the columns `id` (as in the frame), `bucket`, `count`, sorted by the first two.
    The interval's ends are the outer edges of their buckets, so that it is never too narrow.
    """
    answer = _empty(frame)
    owners = buckets["id"].unique()
    rows = np.flatnonzero(frame["id"].isin(owners))
    if not len(rows):
        return answer
    position = pd.Series(np.arange(len(owners)), index=owners)
    order = position.loc[frame["id"].iloc[rows]].to_numpy()
    rows = rows[np.argsort(order)]
    held = (
        np.searchsorted(owners, buckets["id"].to_numpy()),
        buckets["bucket"].to_numpy(dtype=np.int64),
        buckets["count"].to_numpy(dtype=np.int64),
    )
    n = _floats(frame, "n")[rows]

    def ends(level: Floats, spread: Floats) -> Ends:
        worth = n / spread[rows]
        low, high = estimates.percentile_ranks(worth, p, level[rows])
        # The ranks among so many independent records, as ranks among all of them.
        low = np.floor(low * (n + 1) / (worth + 1) + 1e-9)
        high = np.ceil(high * (n + 1) / (worth + 1) - 1e-9)
        lower, upper = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
        exists = (low >= 1) & (high <= n)
        lower[rows] = np.where(exists, sketch.edges(sketch.at_rank(*held, low))[0], np.nan)
        upper[rows] = np.where(exists, sketch.edges(sketch.at_rank(*held, high))[1], np.nan)
        return lower, upper

    answer = _intervals(frame, ends, 1.0)
    value = np.full(len(frame), np.nan)
    value[rows] = sketch.quantile(*held, n, p)
    answer["estimate"] = value
    return answer


def dispersion(frame: pd.DataFrame, successes: str = "") -> Floats:
    """Each entry's dispersion of counts, estimated over periods and places of its own table.

    With the name of the column of `successes`, that of shares of `n`. It may grow with the size of
    an entry (`equity.estimates.by_size`).

    Neighbouring complete periods are compared within each place and group. Where a table has too
    few of them (one year; all years together) the nearest finer period kind of the same table
    answers, else 1.
    """
    usable = frame[~frame["immature"] & ~frame["partial"] & frame["period_kind"].ne("all")]
    found: dict[tuple[str, ...], pd.Series] = {}
    for key, table in usable.groupby(_SERIES):
        series = table.pivot(index=_ROWS, columns="period", values="n")
        # What the whole city goes through cancels between rows; a row alone has only last year.
        lag = _A_YEAR.get(str(table["period_kind"].iloc[0]), 1) if len(series) == 1 else 1
        n = series.to_numpy(dtype=float)
        if successes:
            x = table.pivot(index=_ROWS, columns="period", values=successes).to_numpy(dtype=float)
            spread = estimates.dispersion_of_shares(x, n, lag=lag, by_row=True)
        else:
            spread = estimates.dispersion(n, lag=lag, by_row=True)
        if not np.isnan(spread).all():
            found[_strings(key)] = pd.Series(spread, index=series.index)
    answer = pd.Series(1.0, index=frame.index)
    for key, rows in frame.groupby(_SERIES):
        spread_of = _nearest(_strings(key), found)
        if spread_of is not None:
            own = pd.MultiIndex.from_frame(rows[_ROWS])
            answer[rows.index] = spread_of.reindex(own).fillna(1.0).to_numpy()
    return np.asarray(answer, dtype=float)


def _strings(key: Iterable[Hashable]) -> tuple[str, ...]:
    return tuple(str(part) for part in key)


def _nearest(key: tuple[str, ...], found: dict[tuple[str, ...], pd.Series]) -> pd.Series | None:
    treatment, kind, *rest = key
    upto = _COARSER.index(kind) + 1 if kind in _COARSER else len(_COARSER)
    kinds = reversed(_COARSER[:upto])
    return next((f for k in kinds if (f := found.get((treatment, k, *rest))) is not None), None)


def _intervals(
    frame: pd.DataFrame,
    alone: Callable[[Floats, Floats], Ends],
    scale: float,
    dispersion: Floats | float = 1.0,
    *,
    together: Callable[[Floats, Floats], Ends] | None = None,
) -> pd.DataFrame:
    """The 95 % interval, the simultaneous one, the standard error that the first stands for and the
    dispersion of the second.

    `alone` and `together` give the ends at a confidence and a dispersion an entry, which is the
    larger of `dispersion` and the one that the entry's places show; an entry that is compared with
    no other has the first interval twice.
    """
    answer = _empty(frame)
    level = np.full(len(frame), CONFIDENCE)
    spread = _widened(frame, level, dispersion)
    lower, upper = (np.asarray(end, dtype=float) * scale for end in alone(level, spread))
    answer["lower"], answer["upper"] = lower, upper
    k = frame["k"].to_numpy(dtype=float)
    confidence = estimates.bonferroni(k, CONFIDENCE)
    spread = _widened(frame, confidence, dispersion)
    each = (together or alone)(confidence, spread)
    lower_k, upper_k = (np.asarray(end, dtype=float) * scale for end in each)
    answer["lower_simultaneous"] = np.where(k > 1, lower_k, lower)
    answer["upper_simultaneous"] = np.where(k > 1, upper_k, upper)
    answer["se"] = estimates.standard_error(lower, upper, CONFIDENCE)
    answer["dispersion"] = np.where(np.isnan(lower_k), np.nan, spread)
    return answer


_STEP = 1.05
"""Dispersions are published in steps of 5 %, rounded up: an exact one, made of the counts of places
that may be withheld, would give a number away."""


def _widened(
    frame: pd.DataFrame, level: Floats | float, dispersion: Floats | float = 1.0
) -> Floats:
    """By how much the variance of each entry exceeds that of independent records, at `level`."""
    places = estimates.for_few(frame["clustering"], frame["freedom"], level)
    spread = np.maximum(dispersion, places)
    return in_steps(spread)


def in_steps(dispersion: Floats) -> Floats:
    """`dispersion` (at least 1) rounded up to the steps in which it is published."""
    return np.asarray(_STEP ** np.ceil(np.log(dispersion) / np.log(_STEP) - 1e-9))


def _empty(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(np.nan, index=frame.index, columns=list(NUMBERS))


def _floats(frame: pd.DataFrame, name: str) -> Floats:
    return frame[name].to_numpy(dtype=float, na_value=np.nan)


def _over(x: Floats, n: Floats) -> Floats:
    return x / np.where(n > 0, n, np.nan)
