"""Entries and gaps over time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from equity.findings.reference import city_rows, favourable, references
from equity.findings.tables import PLACE_PREFIX
from equity.findings.verdict import Band
from equity.framework.models import Definitions
from equity.publication import Publication
from equity.schema import CITY, OUTSIDE

SERIES_COLUMNS = [
    "period", "code", "status", "estimate", "lower", "upper", "n", "immature", "unstable", "note",
    "entry",
]  # fmt: skip


def series(
    publication: Publication,
    metric: str,
    *,
    by: str,
    period_kind: str,
    treatment: str = "",
    place: tuple[str, str] = (CITY, CITY),
) -> pd.DataFrame:
    """Every entry of a comparison in every period: `SERIES_COLUMNS`, oldest first.

    The row of the whole city (or of `place`) has code `""`; `by=""` gives only that.
    """
    scope: dict[str, Any] = {"treatment": treatment, "period_kind": period_kind}
    total = publication.slice(metric, place_level=place[0], place=place[1], dimension="", **scope)
    frames = [total.assign(code="")]
    if by.startswith(PLACE_PREFIX):
        rows = publication.slice(metric, place_level=by[len(PLACE_PREFIX) :], dimension="", **scope)
        frames.append(rows[rows["place"] != OUTSIDE].assign(code=lambda f: f["place"]))
    elif by:
        rows = publication.slice(
            metric, place_level=place[0], place=place[1], dimension=by, **scope
        )
        frames.append(rows.assign(code=lambda f: f["group"]))
    frame = pd.concat([f[SERIES_COLUMNS] for f in frames if len(f)] or [total.reindex(columns=SERIES_COLUMNS)])  # fmt: skip
    return frame.sort_values(["code", "period"], ignore_index=True)


def gap_series(
    publication: Publication,
    definitions: Definitions,
    metric: str,
    *,
    by: str,
    code: str,
    period_kind: str,
    treatment: str = "",
) -> pd.DataFrame:
    """The gap between one fixed group or place and the metric's reference, period by period.

    The rows of `gaps` with this `code`, oldest first. The pair is fixed: a series of maximum −
    minimum shrinks by itself when n grows.
    """
    every = gaps(publication, definitions, metric, by=by, period_kind=period_kind, treatment=treatment)  # fmt: skip
    own = every[every["code"] == code].drop(columns="code")
    return own.sort_values("period", ignore_index=True)


def gaps(
    publication: Publication,
    definitions: Definitions,
    metric: str,
    *,
    by: str,
    period_kind: str,
    treatment: str = "",
) -> pd.DataFrame:
    """The gap of every group or place of a comparison from the metric's reference, by period.

    Columns: `code, period, estimate, reference, gap, lower, upper, tolerance, status, immature, n,
    denominator, unstable, note, entry`; `gap` is estimate − reference in the metric's unit, signed
    so that positive is on the unfavourable side (favourable groups come out negative); `tolerance`
    the half width of the tolerance then. The reference is the one that verdicts use
    (`equity.findings.reference`); a metric without one has no gap (NaN).
    """
    definition = definitions.metrics[metric]
    scope: dict[str, Any] = {"treatment": treatment, "period_kind": period_kind}
    if by.startswith(PLACE_PREFIX):
        level = by[len(PLACE_PREFIX) :]
        rows = publication.slice(metric, place_level=level, dimension="", **scope)
        rows = rows.assign(code=rows["place"])
    else:
        rows = publication.slice(metric, dimension=by, **scope)
        rows = rows.assign(code=rows["group"])
    city = city_rows(publication, metric, scope)
    sign = -favourable(definition)
    reference = references(publication, metric, definition, rows, city, scope)
    ends = pd.concat([sign * (rows["lower"] - reference), sign * (rows["upper"] - reference)], axis=1)  # fmt: skip
    half = [
        band.upper - band.reference if band else None
        for band in (Band.around_or_none(v, definition.tolerance, 1) for v in reference)
    ]
    return pd.DataFrame(
        {
            "code": rows["code"],
            "period": rows["period"],
            "estimate": rows["estimate"],
            "reference": reference,
            "gap": sign * (rows["estimate"] - reference),
            "lower": ends.min(axis=1, skipna=False),
            "upper": ends.max(axis=1, skipna=False),
            "tolerance": pd.Series(half, index=rows.index, dtype=float),
            "status": rows["status"],
            **{
                name: rows[name]
                for name in ("immature", "n", "denominator", "unstable", "note", "entry")
            },
        }
    )
