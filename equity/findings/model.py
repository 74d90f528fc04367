"""The finding: the currency of the whole product."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from equity.framework.models import Tolerance

Verdict = Literal["parity", "gap", "cannot_tell"]
TrendVerdict = Literal["closing", "widening", "steady", "cannot_tell"]
Position = Literal[
    "behind", "ahead", "within", "unclear", "suppressed", "no_records", "unknown", "not_applicable"
]
"""Where a group or place stands: `behind`/`ahead` when its simultaneous contrast with the reference
lies wholly outside the tolerance, `within` when its 95 % contrast lies wholly inside, else
`unclear`."""


@dataclass(frozen=True)
class Entry:
    """One group or place in a comparison: a published entry and where it stands.

    Numbers are in the metric's unit and None where the status has none. `steps` is the signed
    distance from the reference in tolerance steps (−1.0 = one tolerance on the unfavourable side).
    `affected` is the number of records (people, requests) beyond what the reference would give, by
    the interval end nearest the reference; None unless `behind`.
    """

    code: str
    status: str
    position: Position
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    lower_simultaneous: float | None = None
    upper_simultaneous: float | None = None
    n: int | None = None
    numerator: float | None = None
    denominator: float | None = None
    steps: float | None = None
    affected: int | None = None
    unstable: bool = False
    note: str = ""
    immature: bool = False
    entry: str = ""
    """The published entry's id, by which its evidence is found; "" outside a publication."""


@dataclass(frozen=True)
class Trend:
    """Whether the gap of one group or place moves; `equity.schema.TREND_COLUMNS` says what is what.

    `change` along a straight line over the window `first`–`last`, positive towards the unfavourable
    side, with its 95 % interval (which decides what is steady) and its simultaneous one (which
    decides what moves); numbers are None where no line was fitted. `reason`: why it cannot be told.
    """

    code: str
    verdict: TrendVerdict
    reason: str = ""
    period_kind: str = "quarter"
    first: date | None = None
    last: date | None = None
    points: int = 0
    change: float | None = None
    lower: float | None = None
    upper: float | None = None
    lower_simultaneous: float | None = None
    upper_simultaneous: float | None = None
    level: float | None = None
    margin: float | None = None
    against: str = ""


@dataclass(frozen=True)
class Settle:
    """What would settle a comparison that cannot be told.

    `records`: about so many in the group or place named (`code`), in all, which is `years` of
    supply. `never`: it would take more than ten years of these records. `missing`, `unknown`,
    `interval`: not more records, but those withheld or absent, the groups that are not known, or
    an interval that the source does not give.
    """

    by: Literal["records", "never", "missing", "unknown", "interval"]
    code: str | None = None
    records: int | None = None
    years: float | None = None


@dataclass(frozen=True)
class Told:
    """Another published comparison of the same metric that does tell: where a link leads."""

    by: str
    period_kind: str
    period: date
    verdict: Verdict


@dataclass(frozen=True)
class Finding:
    """What a metric shows in one comparison, in one period, under one treatment.

    `by` is a dimension's id, or `place:<level>`. `worst` is the code of the entry furthest on the
    unfavourable side, by the interval end nearest the tolerance; `lean` the side on which a
    `cannot_tell` lies. `gap` is worst minus reference (in the metric's unit) and `ratio` worst over
    reference; `gap_lower`–`gap_upper` is its simultaneous interval, the reference being estimated too.
    `affected`: at least so many records (people) more would have been reached at the level of the
    reference, over all groups, what chance alone adds being taken off. `place_level`/`place` and `within_*` say what
    the comparison is restricted to (the whole city, unless a second dimension is crossed).
    """

    id: str
    metric: str
    department: str
    by: str
    period_kind: str
    period: date
    treatment: str
    verdict: Verdict
    reference: str
    reference_value: float | None
    tolerance_lower: float | None
    tolerance_upper: float | None
    entries: tuple[Entry, ...]
    worst: str | None
    lean: Literal["behind", "ahead", "none"]
    gap: float | None
    gap_lower: float | None
    gap_upper: float | None
    ratio: float | None
    affected: int | None
    unknown_share: float | None
    missing: tuple[str, ...]
    caveats: tuple[str, ...]
    publication: int
    severity: float | None = None
    """How far behind `worst` certainly is, in tolerances (its interval end nearest the reference)."""
    place_level: str = "city"
    place: str = "city"
    within_dimension: str = ""
    within_group: str = ""
    other_verdicts: tuple[tuple[str, Verdict], ...] = field(default=())
    """Verdicts under the other treatments of unfinished cases, where they differ."""
    trend: Trend | None = None
    """Whether the gap of `worst` moves; None for restricted comparisons and other treatments."""
    other_period: tuple[date, Verdict] | None = None
    """The verdict of the latest period with unfinished cases (or, of such a period, that of the last
    complete one), where it differs."""
    tolerance: Tolerance | None = None
    """The tolerance that was asked for: the declared one unless `declared` is false."""
    declared: bool = True
    """Whether reference and tolerance are those that the metric declares."""
    p_value: float | None = None
    """How probable contrasts as far outside the tolerance are, if nobody lies beyond it."""
    certain: bool | None = None
    """Whether the gap is certain among all findings of one overview; None outside of one."""
    picked_lower: float | None = None
    picked_upper: float | None = None
    """The interval of `gap` once it is picked out of an overview (FCR-adjusted)."""
    concerned: int | None = None
    """People (or records) in the group or place that the finding names."""
    settle: Settle | None = None
    """What would settle it; only where it cannot be told."""
    told_in: Told | None = None
    """Where it can be told: a longer period, a coarser grouping; only where it cannot be told."""
    beside: str = ""
    """Of complaints: the metric of need that stands beside it, "" where there is none."""
