"""The columns, statuses and names that writers and readers of cells and publications share.

One key serves cells and publication alike. A row is one combination of

- `metric`: the metric file's name,
- `treatment`: how unfinished cases count; `""` is the metric's own rule, and `LIKE_FOR_LIKE` that
  rule with every entry standardized to the city's mix,
- `period_kind` (one of `PERIOD_KINDS`) and `period`, the first day of the period,
- `place_level` and `place`: `city`/`city`, or a level of city.yml and the code of a place in it,
  or `OUTSIDE`,
- `dimension`/`group` and `dimension_2`/`group_2`: `""` where not broken down; a group's code or
  `UNKNOWN`.
"""

from __future__ import annotations

VERSION = 4
"""Version of the publication's tables."""
READABLE = (2, 3, 4)
"""Versions that a reader understands; it refuses others. Version 2 has no tables of monitoring: they
read as empty."""
SINCE = {"dispersion": 4, "covered": 4}
"""Columns of entries that earlier versions do not have, and the first that has: they read as None."""

LIKE_FOR_LIKE = "like_for_like"
"""The treatment under which entries are directly standardized: what a group or place would show if
its records were of the same kinds (`adjust_for`) as the whole city's. The city's own value is the
same. Only in period kinds of a year or more, which hold every season."""
SEASON = "season"
"""What a metric may adjust for without declaring a dimension: the calendar quarter of a record."""

KEY = (
    "metric",
    "treatment",
    "period_kind",
    "period",
    "place_level",
    "place",
    "dimension",
    "group",
    "dimension_2",
    "group_2",
)

PERIOD_KINDS = ("month", "quarter", "year", "fiscal_year", "all")

CITY = "city"
"""The place level, and the code of its one place, that covers every record."""
OUTSIDE = "outside"
"""The code, at every place level, of records that lie in none of its places."""
UNKNOWN = "unknown"
"""The code, in every dimension, of records whose group is not known."""

# --- cells: mergeable sums, before disclosure control ------------------------------------------
CELL_SUMS = ("n", "numerator", "denominator", "mean", "m2", "sketch")
"""`n` records; `numerator` and `denominator` sums; `mean` and `m2` (sum of squared deviations) of
the value; `sketch`: MAP of logarithmic bucket → count, only in tables that need a percentile."""

# --- estimates and publication -----------------------------------------------------------------
VALUE = "value"
SUPPRESSED = "suppressed"
NO_RECORDS = "no_records"
UNKNOWN_GROUP = "unknown_group"
NOT_APPLICABLE = "not_applicable"
STATUSES = (VALUE, SUPPRESSED, NO_RECORDS, UNKNOWN_GROUP, NOT_APPLICABLE)
"""Five different things. `unknown_group` entries carry numbers, of records whose group is not
known; `suppressed` and `no_records` entries carry none; `not_applicable` says in `note` why."""

ESTIMATE_COLUMNS = (
    "status",
    "estimate",
    "lower",
    "upper",
    "lower_simultaneous",
    "upper_simultaneous",
    "se",
    "dispersion",
    "n",
    "numerator",
    "denominator",
    "expected",
    "covered",
    "unstable",
    "immature",
    "note",
)
"""What an entry says beside its key.

`estimate` in the metric's unit (shares and rates × `per`: 72.7 for 72.7 %), with its 95 % interval
`lower`–`upper`; `lower_simultaneous`–`upper_simultaneous` is the interval at 1 − 0.05/k, k being
the number of groups or places it is compared among; `se` the standard error in the same unit (None
where there is none); `dispersion`: how many times the variance of independent records that of the
simultaneous interval is, 1.0 where none is added (periods or places that differ beyond chance; see
docs/methods.md), None without an interval: n / dispersion is the number of independent records that
an entry is worth in a comparison; `n` records; `expected`: for representation, the group's share of the eligible
population, in the metric's unit; `covered`: of like-for-like entries, the part (0–1) of the city's mix of
which the entry has records; `unstable`: fewer events than the city's threshold; `immature`:
the period's cases have not all had time to finish; `note`: a message key, or "".
"""

POINTER = "current"
"""File in the publications folder that holds the name of the version in service."""
PUBLICATION_FILE = "publication-{version:06d}.duckdb"
"""Name of a published version's file; versions count from 1 and are never rewritten."""
READ_ONLY = {"threads": 1, "enable_external_access": False, "lock_configuration": True}
"""DuckDB settings of every connection to a published version: one thread a query, because many
sessions ask at once; no files, no ATTACH, no SET. A process cannot open a file twice under
different settings, so there is one set."""

PUBLICATION_TABLE = "publication"
META_TABLE = "meta"
PLACES_TABLE = "places"
"""`places`: place_level, place, name (a JSON object, language → name; none for outside, which the
catalogues name), area_km2 (None for city and outside), x, y (the point
of it furthest from its edges, EPSG:4326)."""
POPULATION_TABLE = "population"
"""`population`: one row a population × place level × place × group, with its margin of error."""

POPULATION_COLUMNS = (
    "population",
    "place_level",
    "place",
    "dimension",
    "group",
    "dimension_2",
    "group_2",
    "count",
    "moe",
    "correction",
)
"""`count` people (or households); `moe` the 90 % margin of error (None where not published);
`correction`: factor by which raking changed the carried count (1.0 where none)."""

# --- monitoring: computed from published entries, stored with their version ----------------------
SERIES_KEY = (
    "metric",
    "treatment",
    "period_kind",
    "place_level",
    "place",
    "dimension",
    "group",
    "series",
)
"""Names a charted series: a published series of entries (names as in `KEY`), and in `series`
whether its values (`VALUE_SERIES`) or its distances from the reference (`GAP_SERIES`) are charted."""
VALUE_SERIES, GAP_SERIES = "value", "gap"

SIGNAL_COLUMNS = (
    *SERIES_KEY,
    "period",
    "chart",
    "signal",
    "value",
    "centre",
    "lower",
    "upper",
    "p",
)
"""One row a signal: the period and the chart that raised it, which rule did (one of
`equity.monitoring.SIGNALS`), the value and the chart's centre and limits then, in the metric's unit
(a gap: positive on the unfavourable side), and `p`: how probable something as extreme is, at this
period and by this rule, in a series that does not change."""

CHART_COLUMNS = (*SERIES_KEY, "chart", "points", "first", "last", "false_signal")
"""One row a charted series, with signals or without: the chart that the data call for, its number
of points, its first and last charted period, and the probability that at least one point of it is a
signal although nothing changed."""

TREND_COLUMNS = (
    *SERIES_KEY,
    "against",
    "first",
    "last",
    "points",
    "change",
    "lower",
    "upper",
    "lower_simultaneous",
    "upper_simultaneous",
    "level",
    "level_lower",
    "level_upper",
    "autocorrelation",
    "margin",
    "verdict",
    "reason",
)
"""One row a gap that is followed (a group or place against its metric's reference), judged or not.

`against`: the code of the fixed group that it is held against, or "" for a reference that is no
group; `first`–`last`: the periods of the first and last of its `points`. `change` of the gap along a
straight line over that window, in the metric's unit (positive: towards the unfavourable side), with
its 95 % interval, and the interval at 1 − 0.05/k over the k gaps of the comparison; `level`: the
line's height in the middle of the window with its simultaneous interval; `autocorrelation` of
neighbouring points; `margin`: the largest change that still counts as steady. `verdict` is one of
`TREND_VERDICTS`; `reason` why it cannot be told (one of `TREND_REASONS`), else "". Numbers are
missing where no line was fitted."""
TREND_VERDICTS = ("closing", "widening", "steady", "cannot_tell")
TREND_REASONS = ("yearly", "few_points", "withheld", "crossed", "uncertain")

TARGET_COLUMNS = (
    "metric",
    "period_kind",
    "baseline_period",
    "baseline",
    "latest_period",
    "latest",
    "latest_lower",
    "latest_upper",
    "target",
    "by",
    "expected",
    "line_kind",
    "points",
    "projected",
    "projected_lower",
    "projected_upper",
    "verdict",
    "reason",
)
"""One row a metric with a target: the city's value in the first period (`baseline`) and in the last
that is judged (`latest`, with its 95 % interval), both of `period_kind`; the target and the day `by`
which it is promised (missing: no day); `expected`: the height of the straight path from baseline to
target at the end of the latest period; `projected`: where a straight line through the `points` of
`line_kind` leads by that day, with its 95 % interval. `verdict` is one of `TARGET_VERDICTS`; `reason`
why it cannot be told (`no_values`, `few_points`, `uncertain`), else ""."""
TARGET_VERDICTS = ("on_course", "off_course", "cannot_tell", "met", "not_met")

SIGNALS_TABLE, CHARTS_TABLE, TRENDS_TABLE = "signals", "charts", "trends"
TARGETS_TABLE = "targets"
MONITORING_TABLES = {
    SIGNALS_TABLE: SIGNAL_COLUMNS,
    CHARTS_TABLE: CHART_COLUMNS,
    TRENDS_TABLE: TREND_COLUMNS,
    TARGETS_TABLE: TARGET_COLUMNS,
}
"""What monitoring found, by table."""

PLACE_COLUMN = "place_{level}"
"""Column of accepted records that holds the place's code at a level."""
GROUP_COLUMN = "group_{dimension}"
"""Column of accepted records that holds the group's code in a dimension."""
DATE_COLUMN = "local_date"
"""Column of accepted records that holds the local date of the contract's `time` field."""


def pointed_at(pointer: bytes) -> int | None:
    """The version that the content of the pointer file names; None where it names none.

    >>> pointed_at(b"publication-000012.duckdb\\n"), pointed_at(b"../../etc/passwd"), pointed_at(b"")
    (12, None, None)
    >>> pointed_at(b"publication-12.duckdb"), pointed_at(bytes([255, 254]))
    (None, None)
    """
    name = pointer.decode("ascii", "replace").strip()
    prefix, suffix = PUBLICATION_FILE.split("{version:06d}")
    digits = name.removeprefix(prefix).removesuffix(suffix)
    if not (digits.isascii() and digits.isdecimal()):
        return None
    return int(digits) if PUBLICATION_FILE.format(version=int(digits)) == name else None
