"""The published rows that a comparison is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from equity.findings.reference import city_rows, reference_group, references
from equity.findings.tables import level_of, once
from equity.framework.models import Metric
from equity.publication import Publication
from equity.schema import CITY, NO_RECORDS, OUTSIDE, UNKNOWN, VALUE


@dataclass(frozen=True)
class Asked:
    """A question put to a publication: what is compared, when, under which rule, within what.

    `place` = (level, code) and `within` = (dimension, group) restrict it; `definition` carries the
    reference and the tolerance that are asked for, the declared ones or the reader's own.
    """

    metric: str
    definition: Metric
    by: str
    period_kind: str
    period: date
    treatment: str = ""
    place: tuple[str, str] = (CITY, CITY)
    within: tuple[str, str] = ("", "")

    @property
    def scope(self) -> dict[str, Any]:
        """What every slice has in common."""
        return {
            "treatment": self.treatment, "period_kind": self.period_kind, "period": self.period,
        }  # fmt: skip


@dataclass(frozen=True)
class Gathered:
    """The rows of a comparison (column `code` names each), and what they are held against."""

    asked: Asked
    rows: pd.DataFrame
    city: pd.DataFrame
    group: pd.DataFrame
    """The reference group's row in the whole city; empty unless the reference is a group."""
    reference: npt.NDArray[np.float64]
    """The reference's value for every row, in the metric's unit."""
    people: int | None
    """Records in the place and group that the comparison is restricted to; None where withheld."""

    @cached_property
    def codes(self) -> list[str]:
        """The rows' codes."""
        return [str(code) for code in self.rows["code"]]

    def column(self, name: str) -> npt.NDArray[np.float64]:
        """A column of numbers, NaN where there is none."""
        if name not in self.rows:
            return np.full(len(self.rows), np.nan)
        return self.rows[name].to_numpy(dtype=float, na_value=np.nan)

    def flag(self, name: str) -> npt.NDArray[np.bool_]:
        """A column of truths, false where it is not said."""
        return self.rows[name].fillna(False).to_numpy(dtype=bool)

    @cached_property
    def declared(self) -> npt.NDArray[np.bool_]:
        """Rows of declared groups and places: without unknown and outside."""
        return np.array([code not in (UNKNOWN, OUTSIDE) for code in self.codes], dtype=bool)

    @cached_property
    def judged(self) -> npt.NDArray[np.bool_]:
        """Declared rows with a number and a reference, without the reference group itself."""
        held = self.declared & (self.rows["status"] == VALUE).to_numpy(dtype=bool)
        itself = np.array([code == self.itself for code in self.codes], dtype=bool)
        known = np.isfinite(self.column("estimate")) & np.isfinite(self.reference)
        return held & known & ~itself

    @cached_property
    def itself(self) -> str | None:
        """The compared group that is the reference; None where it is not one of them."""
        reference = self.asked.definition.reference
        alone = self.asked.place == (CITY, CITY) and not self.asked.within[0]
        same = reference.kind == "group" and reference.dimension == self.asked.by
        return reference.group if same and alone else None

    @cached_property
    def unknown(self) -> int | None:
        """The position of the row of unknown groups that has records; None where there is none."""
        for i, (code, status) in enumerate(zip(self.codes, self.rows["status"], strict=True)):
            if code == UNKNOWN and status != NO_RECORDS:
                return i
        return None


def gather(publication: Publication, asked: Asked) -> Gathered:
    """The rows that answer a question, with their reference."""
    rows = _rows(publication, asked)
    key = ("city", asked.metric, asked.treatment, asked.period_kind, asked.period.isoformat())
    city = once(publication, key, lambda: city_rows(publication, asked.metric, asked.scope))
    definition = asked.definition
    reference = references(publication, asked.metric, definition, rows, city, asked.scope)
    return Gathered(
        asked,
        rows,
        city,
        reference_group(publication, asked.metric, definition, asked.scope),
        reference.to_numpy(dtype=float, na_value=np.nan),
        _people(publication, asked, city),
    )


def _people(publication: Publication, asked: Asked, city: pd.DataFrame) -> int | None:
    rows = city
    if asked.place != (CITY, CITY) or asked.within[0]:
        rows = publication.slice(
            asked.metric, place_level=asked.place[0], place=asked.place[1],
            dimension=asked.within[0], group=asked.within[1] or None, **asked.scope,
        )  # fmt: skip
    return None if rows.empty or pd.isna(rows["n"].iloc[0]) else round(rows["n"].iloc[0])


def _rows(publication: Publication, asked: Asked) -> pd.DataFrame:
    """The compared entries, with their code in column `code`."""
    metric, within, scope = asked.metric, asked.within, asked.scope
    if level_of(asked.by):
        rows = publication.slice(
            metric, place_level=level_of(asked.by), dimension=within[0],
            group=within[1] or None, **scope,
        )  # fmt: skip
        return rows.assign(code=rows["place"])
    where = {"place_level": asked.place[0], "place": asked.place[1], **scope}
    if not within[0]:
        rows = publication.slice(metric, dimension=asked.by, **where)
        return rows.assign(code=rows["group"])
    rows = publication.slice(
        metric, dimension=asked.by, dimension_2=within[0], group_2=within[1], **where
    )
    if len(rows):
        return rows.assign(code=rows["group"])
    rows = publication.slice(
        metric, dimension=within[0], group=within[1], dimension_2=asked.by, **where
    )
    return rows.assign(code=rows["group_2"])
