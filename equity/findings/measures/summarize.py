"""The descriptive table: every measure of one table of groups, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from equity.estimates.arrays import Array
from equity.findings.measures.checked import Table, checked
from equity.findings.measures.compute import CODES, FAMILIES, UNWEIGHTED, Measured, measures
from equity.findings.measures.groups import Mask, groups_of
from equity.findings.measures.notes import Note, said
from equity.i18n import Translator

Direction = Literal["higher_is_better", "lower_is_better", "neutral"]

MISSING_SHARE_LIMIT = 0.15
"""Above this share of groups without an estimate, a table of unordered groups is not summarized."""
COLUMNS = ("estimate", "se", "lower", "upper", "note", "corrected", "corrected_lower", "corrected_upper")  # fmt: skip

_REFERENCE = frozenset(("mdru", "mdrw"))
_DIRECTION = frozenset(("mdbu", "mdbw", "par", "paf"))
_BOUND = frozenset(("rci_wagstaff", "rci_erreygers", "sii", "rii"))
_MEAN = frozenset(("cov", "idisu", "idisw", "paf", "ti", "rci", "rci_wagstaff"))
_FEW = 3


@dataclass(frozen=True)
class Summary:
    """One measure of a table: NaN for what it has not, and why or how in `notes`."""

    code: str
    family: str
    notes: tuple[Note, ...]
    estimate: float = np.nan
    se: float = np.nan
    lower: float = np.nan
    upper: float = np.nan
    corrected: float = np.nan
    corrected_lower: float = np.nan
    corrected_upper: float = np.nan


def summarize(
    groups: pd.DataFrame,
    *,
    direction: Direction,
    reference: str | None = None,
    scale: float | None = 1.0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Every measure of disparity of a table of groups, in English; see `docs/methods/measures.md`.

    `groups`: a row a group, with `group` (its name), `estimate` and `se` in the metric's unit
    (NaN where there is none: suppressed, no records), `population` (what the group weighs) and, for
    ordered groups, `order` (1 = least advantaged). `reference`: a group's name. `scale`: the upper
    bound of a bounded metric (1 or 100), or None. `direction` may be `neutral`, where neither is
    better; what needs a best group then does not apply.

    A frame indexed by code (`CODES`), with `name`, `estimate`, `se`, `lower`, `upper` (the interval
    at `confidence`; naive for d and r), `note` (why a measure does not apply, who is left out) and
    `corrected`, `corrected_lower`, `corrected_upper`: the measure without what chance adds to it,
    NaN where chance adds nothing on average. `EquityError` where the table cannot be what it says
    it is: an estimate above `scale`, a group named twice, an unknown reference.

    >>> frame = pd.DataFrame({
    ...     "group": ["a", "b", "c"], "estimate": [0.5, 0.6, 0.8], "se": 0.01, "population": 100})
    >>> found = summarize(frame, direction="higher_is_better")
    >>> found.loc["d", ["estimate", "lower", "upper"]].astype(float).round(3).tolist()
    [0.3, 0.272, 0.328]
    >>> found.loc["sii", "note"]
    'Needs groups that are ordered from least to most advantaged.'
    """
    say = Translator("en")
    rows = summaries(
        groups, direction=direction, reference=reference, scale=scale, confidence=confidence
    )
    frame = pd.DataFrame(
        [
            {
                "name": say(f"measures.name_{row.code}"),
                **{name: getattr(row, name) for name in COLUMNS if name != "note"},
                "note": said(row.notes, say),
            }
            for row in rows
        ],
        index=pd.Index([row.code for row in rows], name="code"),
    )
    return frame[["name", *COLUMNS]]


def summaries(
    groups: pd.DataFrame,
    *,
    direction: Direction,
    reference: str | None = None,
    scale: float | None = 1.0,
    confidence: float = 0.95,
) -> list[Summary]:
    """`summarize` before it is put into words: one entry a measure, in the order of `CODES`."""
    table = checked(groups, direction, reference, scale, confidence)
    # What needs no population is measured on every group that has an estimate.
    found = _measured(table, ~np.isnan(table.estimate), None, confidence)
    found |= _measured(table, table.weighable, table.population, confidence)
    return [_summary(code, table, found.get(code)) for code in CODES]


def _measured(
    table: Table, here: Mask, population: Array | None, confidence: float
) -> dict[str, Measured]:
    """Measures of the groups that are `here`; those that need no population where it is None."""
    names = [name for name, there in zip(table.names, here, strict=True) if there]
    reference = names.index(table.reference) if table.reference in names else None
    arrays = groups_of(
        table.estimate[here],
        table.se[here],
        1.0 if population is None else population[here],
        sign=table.sign,
        reference=reference,
        ordered=table.ordered,
        scale=table.scale,
    )
    only = [code for code in CODES if (code in UNWEIGHTED) == (population is None)]
    if not names or (population is not None and not population[here].sum() > 0):
        return {}
    return measures(arrays, confidence=confidence, only=only)


def _summary(code: str, table: Table, one: Measured | None) -> Summary:
    family = next(name for name, codes in FAMILIES.items() if code in codes)
    refusal = _refusal(code, table)
    if refusal or one is None:
        return Summary(code, family, (refusal or Note("no_population_at_all"),))
    if np.isnan(one.estimate):
        return Summary(code, family, (_undefined(code, table), *_left_out(code, table)))
    return Summary(code, family, tuple(_remarks(code, table, one)), *(float(v) for v in one))


def _refusal(code: str, table: Table) -> Note | None:
    """Why the measure does not apply to this table; None where it does."""
    if code in FAMILIES["gradient"] and not table.ordered:
        return Note("needs_order")
    if code in _REFERENCE and table.reference is None:
        return Note("needs_reference")
    if code in _DIRECTION and not table.sign:
        return Note("needs_direction")
    if code in _BOUND and table.scale is None:
        return Note("needs_scale")
    missing = table.without_estimate if code in UNWEIGHTED else table.left_out
    if code in FAMILIES["simple"]:
        return _no_pair(table)
    if len(table.names) < _FEW:
        return Note("needs_three", values=(("count", len(table.names)),))
    if table.ordered and missing:
        return Note("missing_ordered", missing)
    if len(missing) > MISSING_SHARE_LIMIT * len(table.names):
        counts = (("missing", len(missing)), ("all", len(table.names)))
        return Note("missing_share", missing, counts)
    if code in _REFERENCE and table.reference in missing:
        return Note("reference_missing", (str(table.reference),))
    return None


def _no_pair(table: Table) -> Note | None:
    """Why there are no two groups to compare."""
    missing = table.without_estimate
    if len(table.names) - len(missing) < _FEW - 1:
        return Note("needs_two")
    if table.ordered:
        ends = [name for name in (table.names[0], table.names[-1]) if name in missing]
        return Note("end_missing", tuple(ends)) if ends else None
    if table.reference in missing:
        return Note("reference_missing", (str(table.reference),))
    return None


def _undefined(code: str, table: Table) -> Note:
    """Why the measure has no value although it applies."""
    here = table.estimate[table.weighable]
    if (here < 0).any():
        return Note("negative")
    if code in _MEAN and not (table.population[table.weighable] * here).sum() > 0:
        return Note("mean_zero")
    if code == "mld":
        return Note("log_zero")
    if code == "rci_wagstaff":
        return Note("at_bound")
    return Note("ratio_to_zero" if code in ("r", "rii_linear") else "no_fit")


def _remarks(code: str, table: Table, one: Measured) -> list[Note]:
    """What must be known of a measure that has a value."""
    notes = _left_out(code, table)
    if np.isnan(one.se):
        unknown = [
            name
            for name, y, s in zip(table.names, table.estimate, table.se, strict=True)
            if np.isnan(s) and not np.isnan(y)
        ]
        notes.append(Note("no_error", tuple(unknown)) if unknown else Note("no_interval"))
    elif code in FAMILIES["simple"] and not table.ordered and not np.isnan(one.corrected):
        notes.append(Note("picked"))
    if code in ("par", "paf") and one.estimate == 0 and table.target_behind:
        notes.append(Note("no_gain"))
    return notes


def _left_out(code: str, table: Table) -> list[Note]:
    notes = []
    if table.without_estimate:
        notes.append(Note("left_out", table.without_estimate))
    if table.without_population and code not in UNWEIGHTED:
        notes.append(Note("left_out_population", table.without_population))
    return notes
