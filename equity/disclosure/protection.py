"""Entries as they may be shown: small numbers withheld, and others so that those stay unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from equity.disclosure.equations import Equations, equations
from equity.disclosure.rules import Counts, counts
from equity.disclosure.suppress import Suppression
from equity.framework.models import Definitions, Metric
from equity.schema import CITY, KEY, LIKE_FOR_LIKE, SUPPRESSED

SMALLEST = "smallest"

_NUMBERS = [
    "estimate", "lower", "upper", "lower_simultaneous", "upper_simultaneous", "se",
    "dispersion", "n", "numerator", "covered",
]  # fmt: skip
_PERIOD_WEIGHT = {"month": 1.0, "quarter": 2.0, "year": 6.0, "fiscal_year": 6.0, "all": 30.0}


def protect(entries: pd.DataFrame, definitions: Definitions) -> pd.DataFrame:
    """`entries` (KEY + ESTIMATE_COLUMNS, any metrics) with what may not be shown withheld.

    A withheld entry has the status `suppressed` and no number but the denominator where that is a
    public population. Metrics on datasets that are already public record by record are returned as
    they are. Rules: `equity.disclosure.rules`; further entries: `equity.disclosure.suppress`;
    what is promised and what is not: docs/privacy.md. Like-for-like entries (which come with a
    column `smallest`, that goes) are withheld with their crude ones, and where a number among their
    strata is sensitive. The order of rows and the index stay.
    """
    protected = entries.drop(columns=SMALLEST, errors="ignore")
    protected = entries.copy() if protected is entries else protected
    hidden = np.zeros(len(entries), dtype=bool)
    for name, positions in entries.groupby("metric", sort=True).indices.items():
        metric = definitions.metrics[str(name)]
        if definitions.datasets[metric.dataset].already_public is None:
            # In the order of the key, so that the choice does not depend on how rows arrive.
            sorted_ = entries.iloc[positions].reset_index(drop=True).sort_values(list(KEY)).index
            rows = np.asarray(positions)[sorted_.to_numpy()]
            hidden[rows] = _withheld(entries.iloc[rows], metric, definitions)
    protected.loc[hidden, "status"] = SUPPRESSED
    protected.loc[hidden, _NUMBERS] = np.nan
    protected.loc[hidden, "unstable"] = False
    protected.loc[hidden, "note"] = ""
    counted = [
        id for id, metric in definitions.metrics.items()
        if metric.population is None or metric.kind == "representation"
    ]  # fmt: skip
    protected.loc[hidden & entries["metric"].isin(counted), "denominator"] = np.nan
    return protected


def _withheld(entries: pd.DataFrame, metric: Metric, definitions: Definitions) -> np.ndarray:
    """True for each of one metric's entries that may not be shown."""
    hidden = np.zeros(len(entries), dtype=bool)
    treatment = entries["treatment"].to_numpy()
    own = np.flatnonzero(treatment == "")
    base = entries.iloc[own]
    told = counts(base, metric, definitions.city.thresholds)
    hidden[own] = _complete(base, told, definitions)
    key = ["period_kind", "period", "place_level", "place", "dimension", "group", "dimension_2", "group_2"]  # fmt: skip
    seen = [(base[key].assign(position=own), told.values)]
    for other in sorted(set(treatment) - {"", LIKE_FOR_LIKE}):
        rows = np.flatnonzero(treatment == other)
        alternative = entries.iloc[rows]
        told = counts(alternative, metric, definitions.city.thresholds)
        values, sensitive, withheld = told.values, told.sensitive, told.withheld
        for keys, known in seen:
            # What two treatments of the same cases differ by is derivable, and so is protected
            # as a quantity of its own.
            at = alternative[key].merge(keys, on=key, how="left")["position"]
            there = at.notna().to_numpy()
            index = np.searchsorted(keys["position"].to_numpy(), at[there].to_numpy(np.int64))
            apart = np.zeros_like(told.values)
            apart[:, there] = np.abs(told.values[:, there] - known[:, index])
            small = (apart >= 1) & (apart <= definitions.city.thresholds.sensitive_at_most)
            values = np.concatenate([values, apart])
            sensitive = np.concatenate([sensitive, small])
            withheld = withheld | small.any(axis=0)
            withheld[there] |= hidden[at[there].to_numpy(np.int64)]
        told_all = Counts(values, sensitive, withheld)
        hidden[rows] = _complete(alternative, told_all, definitions)
        seen.append((alternative[key].assign(position=rows), told.values))
    rows = np.flatnonzero(treatment == LIKE_FOR_LIKE)
    if len(rows):
        alike = entries.iloc[rows]
        crude = alike[key].merge(base[key].assign(hidden=hidden[own]), on=key, how="left")
        hidden[rows] = crude["hidden"].fillna(True).to_numpy(bool)
        # Anybody can take a standardized value and its crude one apart: no stratum may be small.
        smallest = alike[SMALLEST].to_numpy(float) if SMALLEST in alike else np.full(len(rows), np.nan)  # fmt: skip
        steady = smallest > definitions.city.thresholds.sensitive_at_most
        hidden[rows] |= ~steady & alike["estimate"].notna().to_numpy()
    return hidden


def _complete(entries: pd.DataFrame, told: Counts, definitions: Definitions) -> np.ndarray:
    """True for entries withheld for their own sake or to protect others."""
    size = told.values[:2].sum(axis=0)
    weight = entries["period_kind"].map(_PERIOD_WEIGHT).to_numpy(float)
    weight = weight * np.where(entries["place_level"] == CITY, 8.0, 1.0)
    weight = weight * np.where(entries["dimension"] == "", 6.0, 1.0)
    weight = weight * np.where(entries["dimension_2"] == "", 2.0, 1.0)
    cost = (10.0 + size) * weight
    sums = equations(entries, definitions.city.fiscal_year_start)
    values, sensitive, withheld, drags = told.values, told.sensitive, told.withheld, {}
    if entries["expected"].notna().any():
        scopes = _known(entries)
        first = len(entries)
        drags = {first + i: rows.tolist() for i, rows in enumerate(scopes)}
        added = np.stack([values[:, rows].sum(axis=1) for rows in scopes], axis=1)
        values = np.concatenate([values, added], axis=1)
        # A total that is published as the denominator of its parts goes when all of them go.
        sensitive = np.concatenate([sensitive, np.zeros_like(added, dtype=bool)], axis=1)
        withheld = np.concatenate([withheld, np.zeros(len(scopes), dtype=bool)])
        cost = np.concatenate([cost, [cost[rows].sum() for rows in scopes]])
        known = dict(enumerate(scopes, start=first))
        sums = sums.joined(list(known), scopes)
        sums = sums.joined(*_known_and_unknown(sums, known))
    found = Suppression(
        values, sensitive, withheld, cost, sums,
        definitions.city.thresholds.sensitive_at_most, drags,
    ).run()  # fmt: skip
    return found[: len(entries)]


def _known(entries: pd.DataFrame) -> list[np.ndarray]:
    """Representation: the rows that share a denominator, which is the sum of them.

    A group's share is of those whose group is known, so every entry gives away how many those are.
    """
    frame = entries.reset_index(drop=True)
    frame = frame[frame["expected"].notna()]
    grouped = frame["dimension"] != ""
    scope = ["period_kind", "period", "place_level", "dimension", "dimension_2"]
    place = frame["place"].where(grouped, "")
    groups = frame.groupby([*(frame[name] for name in scope), place])
    return [frame.index.to_numpy()[rows] for rows in groups.indices.values()]


def _known_and_unknown(
    sums: Equations, known: dict[int, np.ndarray]
) -> tuple[list[int], list[np.ndarray]]:
    """Totals and their two parts, those known and those unknown, wherever a total is their sum."""
    order = np.argsort(sums.equation, kind="stable")
    ends = np.cumsum(np.bincount(sums.equation, minlength=len(sums.total)))[:-1]
    totals, parts = [], []
    by_part: dict[int, list[tuple[int, np.ndarray]]] = {}
    for total, rows in zip(sums.total.tolist(), np.split(sums.part[order], ends), strict=False):
        for row in rows:
            by_part.setdefault(int(row), []).append((total, rows))
    for entry, rows in known.items():
        for total, whole in by_part.get(int(rows[0]), []):
            if total != entry and np.isin(rows, whole).all():
                totals.append(total)
                parts.append(np.append(np.setdiff1d(whole, rows), entry))
    return totals, parts
