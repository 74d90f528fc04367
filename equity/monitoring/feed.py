"""What changed: the few signals of the last periods that are hardly chance, and those withdrawn.

A chart of an unchanged series shows a signal more often than not (`Fitted.false_signal`), so a list
of the latest signals of many charts would be mostly false. The feed asks of each charted series
whether its last periods hold a signal whose p-value survives

- the rules and periods that each had a chance to be wrong: times four rules, times the periods
  looked at (Bonferroni);
- the series that were looked at, those without signals included: Benjamini and Hochberg's procedure
  over all of them, at an expected 5 % of entries that are false. It holds for series that are
  independent or, as groups of one city and a value and its gap mostly are, positively dependent.

Source: Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57: 289–300; Benjamini
& Yekutieli 2001, Annals of Statistics 29: 1165–1188.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from equity.monitoring.evidence import RULES
from equity.monitoring.limits import Numbers
from equity.monitoring.rules import SIGNALS
from equity.monitoring.watching import MONTHS
from equity.schema import SERIES_KEY, SIGNAL_COLUMNS

FALSE = 0.05
"""Expected share of entries of a feed that are false."""
RECENT = 3
"""Months that are the last periods when nobody says since when: three months or one quarter."""
_YEAR = 12
_KEY = list(SERIES_KEY)
_UP = frozenset(SIGNALS[1::2])


class Feed(NamedTuple):
    """What changed.

    `entries`: one row a series, `SIGNAL_COLUMNS` of its most telling signal, `q` (its p-value after
    both corrections) and `new` (the earlier version did not show it), least probable first.
    `withdrawn`: signals that the earlier version showed and this one does not, in the earlier
    version's numbers, `SIGNAL_COLUMNS` and `charted` (whether the series still is). `looked_at`:
    how many series were.
    """

    entries: pd.DataFrame
    withdrawn: pd.DataFrame
    looked_at: int


def feed(
    signals: pd.DataFrame,
    charts: pd.DataFrame,
    earlier: pd.DataFrame | None = None,
    since: date | None = None,
) -> Feed:
    """What changed in the periods that end on or after `since` (by default the last of each series).

    `signals`, `charts`: as `watch` gives them and a publication keeps them; `earlier`: the signals
    of the version before (None: there was none). A signal is withdrawn where its point is no signal
    any more, or one on the other side; another rule on the same side is the same news.
    """
    known = pd.DataFrame(columns=list(SIGNAL_COLUMNS)) if earlier is None else earlier
    found = signals.merge(_windows(charts, since), on=_KEY)
    found = found[found["period"] >= found["begin"]]
    found = found.assign(p_series=np.minimum(found["p"] * RULES * found["periods"], 1.0))
    best = found.sort_values(["p_series", "period"], ascending=[True, False], kind="stable")
    best = best.drop_duplicates(_KEY)
    adjusted = adjust(np.concatenate([best["p_series"], np.ones(len(charts) - len(best))]))
    best = best.assign(q=adjusted[: len(best)])
    entries = best[best["q"] <= FALSE]
    entries = entries.assign(new=~_sided(entries).isin(_sided(known)))
    gone = known[~_sided(known).isin(_sided(signals))]
    still = pd.MultiIndex.from_frame(charts[_KEY])
    return Feed(
        entries[[*SIGNAL_COLUMNS, "q", "new"]].reset_index(drop=True),
        gone.assign(charted=pd.MultiIndex.from_frame(gone[_KEY]).isin(still)).reset_index(
            drop=True
        ),
        len(charts),
    )


def adjust(p: Numbers) -> Numbers:
    """Benjamini and Hochberg's adjusted p-values, in the order of `p`.

    (`scipy.stats` has the same; importing it would make the first page wait.)

    >>> adjust(np.array([0.01, 0.04, 0.03, 1.0])).round(4).tolist()
    [0.04, 0.0533, 0.0533, 1.0]
    """
    order = np.argsort(p, kind="stable")
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    out = np.empty(len(p))
    out[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return out


def _windows(charts: pd.DataFrame, since: date | None) -> pd.DataFrame:
    """For each series the first period that is looked at, and how many are."""
    months = charts["period_kind"].map(MONTHS).astype(int)
    last = pd.to_datetime(charts["last"])
    end = last.dt.year * _YEAR + last.dt.month - 1
    if since is None:
        periods = np.maximum(RECENT // months, 1)
    else:
        month = since.year * _YEAR + since.month - 1
        periods = np.maximum((end - month + months - 1) // months + 1, 0)
    periods = np.minimum(periods, charts["points"].astype(int))
    start = end - (periods - 1) * months
    first = pd.to_datetime(
        pd.DataFrame({"year": start // _YEAR, "month": start % _YEAR + 1, "day": 1})
    )
    return charts[_KEY].assign(begin=first, periods=periods)


def _sided(signals: pd.DataFrame) -> pd.MultiIndex:
    """Series, period and side of each signal."""
    side = signals["signal"].isin(_UP)
    return pd.MultiIndex.from_frame(signals[[*_KEY, "period"]].assign(side=side.astype(bool)))
