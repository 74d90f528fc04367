"""What every chart function gives back, and the rows that charts of a finding share."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from equity.charts.palette import step_of
from equity.charts.theme import HEAD_WIDTH, Chart
from equity.findings import is_count
from equity.findings.model import Entry, Finding
from equity.framework.models import Definitions, Metric
from equity.i18n import Translator, capitalized
from equity.narrative import of_entry, position_word
from equity.narrative.names import comparison_name
from equity.narrative.numbers import TABLE_FIGURES, quantity, unit_name
from equity.schema import NO_RECORDS, NOT_APPLICABLE, OUTSIDE, SUPPRESSED, UNKNOWN, UNKNOWN_GROUP

WITHOUT_NUMBERS = (SUPPRESSED, NO_RECORDS, NOT_APPLICABLE)

_COMPARED = ("behind", "within", "ahead", "unclear")


@dataclass(frozen=True)
class Drawing:
    """A chart with what must stand beside it.

    `chart` carries no headline and no source, because a page writes them as text that wraps and
    can be read aloud; `equity.charts.export` sets `title`, `subtitle` and `caption` into the
    picture. `alt_text` says what the picture shows to somebody who does not see it. `table` is the
    tidy frame behind it, headers translated.
    """

    chart: Chart
    alt_text: str
    table: pd.DataFrame
    title: str
    subtitle: str
    caption: str

    @cached_property
    def spec(self) -> str:
        """The Vega-Lite specification as JSON, made once.

        Altair does not check it here, which would take most of the time: tests check every chart.
        Where nothing is chosen on the chart, the data lie one layer down, where Streamlit leaves
        them: turning a few rows into an Arrow table takes longer than all the rest of a chart.
        """
        spec = self.chart.to_dict(validate=False)
        if "params" not in spec:
            spec["layer"] = [{"data": spec.pop("data"), "layer": spec["layer"]}]
        return json.dumps(spec)


def measure_title(metric: Metric, say: Translator) -> str:
    """The metric's title and unit, for axes and subtitles."""
    unit = unit_name(metric.unit, say)
    title = say.text(metric.title)
    return say("charts.measure", title=title, unit=unit) if unit else title


def lines(text: str, width: int = HEAD_WIDTH) -> list[str]:
    """`text` broken into lines, because Vega does not break them."""
    return wrap(text, width) or [""]


_NEUTRAL = {"behind": "lower", "ahead": "higher"}


def neutral(word: str, metric: Metric) -> str:
    """A position ('behind') or map step ('behind_2'), with its side named without a judgement.

    Changed only where the metric has no better direction.
    """
    if metric.direction != "neutral":
        return word
    for judged, plain in _NEUTRAL.items():
        word = word.replace(judged, plain)
    return word


def position_text(position: str, metric: Metric, say: Translator) -> str:
    """Where an entry stands, or why it has no numbers, in words."""
    return position_word(neutral(position, metric), say)


def interval_text(lower: float | None, upper: float | None, unit: str, say: Translator) -> str:
    """'65 to 78%', or why there is none."""
    if lower is None or upper is None or pd.isna(lower) or pd.isna(upper):
        return say("charts.no_interval")
    return say(
        "charts.interval",
        lower=quantity(lower, unit, say, TABLE_FIGURES),
        upper=quantity(upper, unit, say, TABLE_FIGURES),
    )


def row_of(
    entry: Entry,
    finding: Finding,
    definitions: Definitions,
    names: Mapping[str, str],
    say: Translator,
) -> dict[str, Any]:
    """One entry as a chart row: its numbers, and every text that the chart or tooltip shows."""
    metric = definitions.metrics[finding.metric]
    shown = entry.status not in WITHOUT_NUMBERS and entry.estimate is not None
    status = position_text(entry.position, metric, say)
    return {
        "code": entry.code,
        "name": names.get(entry.code, entry.code),
        "status": entry.status,
        "position": neutral(entry.position, metric),
        "step": neutral(step_of(entry), metric),
        "estimate": entry.estimate if shown else None,
        "lower": entry.lower if shown else None,
        "upper": entry.upper if shown else None,
        "value_text": quantity(entry.estimate, metric.unit, say, TABLE_FIGURES)  # type: ignore[arg-type]
        if shown
        else status,
        "interval_text": interval_text(entry.lower, entry.upper, metric.unit, say)
        if shown
        else "–",
        "n_text": say.number(entry.n) if entry.n is not None else "–",
        "status_text": status,
        "note_text": " ".join(of_entry(entry, finding, definitions, say)),
    }


def tooltip(
    what: str, rows: Sequence[Mapping[str, Any]], say: Translator, over_time: bool = False
) -> list[alt.Tooltip]:
    """The one style of tooltip: what, period over time, value, interval, n, status, notes if any."""
    period = alt.Tooltip("period_text:N", title=say("charts.period"))
    note = alt.Tooltip("note_text:N", title=say("charts.note"))
    return [
        alt.Tooltip("name:N", title=what),
        *([period] if over_time else []),
        alt.Tooltip("value_text:N", title=say("charts.value")),
        alt.Tooltip("interval_text:N", title=say("charts.interval_title")),
        alt.Tooltip("n_text:N", title=say("charts.n")),
        alt.Tooltip("status_text:N", title=say("charts.status")),
        *([note] if any(row["note_text"] for row in rows) else []),
    ]


def order(finding: Finding, definitions: Definitions) -> tuple[list[Entry], str]:
    """The entries in the order in which they are listed, and the message that says which.

    Ordered dimensions keep their own order; everything else runs from furthest behind. Then those
    without numbers, then outside, and unknown last of all.
    """
    dimension = definitions.dimensions.get(finding.by)
    own = dimension is not None and dimension.ordered
    rank = {code: i for i, code in enumerate(dimension.codes)} if dimension else {}
    lower_better = definitions.metrics[finding.metric].direction == "lower_is_better"
    sign = -1 if lower_better else 1

    def key(entry: Entry) -> tuple[int, bool, float, str]:
        last = {OUTSIDE: 1, UNKNOWN: 2}.get(entry.code, 2 if entry.status == UNKNOWN_GROUP else 0)
        if own and not last:
            return (0, False, rank.get(entry.code, len(rank)), entry.code)
        empty = entry.estimate is None or entry.status in WITHOUT_NUMBERS
        value = 0.0 if empty else sign * (entry.estimate or 0.0)
        return (last, empty, value, entry.code)

    message = "order_own" if own else "order_behind" if _has_direction(finding, definitions) else "order_value"  # fmt: skip
    return sorted(finding.entries, key=key), f"charts.{message}"


def _has_direction(finding: Finding, definitions: Definitions) -> bool:
    return definitions.metrics[finding.metric].direction != "neutral"


def table_of(finding: Finding, definitions: Definitions, names: Mapping[str, str], say: Translator) -> pd.DataFrame:  # fmt: skip
    """The finding's entries as a tidy table with translated headers; numbers stay numbers."""
    entries, _ = order(finding, definitions)
    what = comparison_name(finding.by, definitions, say)
    metric = definitions.metrics[finding.metric]
    return pd.DataFrame(
        [
            {
                what: names.get(e.code, e.code),
                say("charts.code"): e.code,
                measure_title(metric, say): e.estimate,
                say("charts.lower"): e.lower,
                say("charts.upper"): e.upper,
                say("charts.n"): e.n,
                say("charts.status"): position_text(e.position, metric, say),
                say("charts.note"): " ".join(of_entry(e, finding, definitions, say)),
                say("charts.entry"): e.entry,
            }
            for e in entries
        ]
    )


def tally(finding: Finding, definitions: Definitions, say: Translator) -> str:
    """How many entries stand where: 'Behind: 2, within the tolerance: 5, withheld: 1.'

    Of a count only which are not shown, because nothing is behind in it.
    """
    counts = Counter(e.position for e in finding.entries if e.code not in (OUTSIDE, UNKNOWN))
    hidden = (SUPPRESSED, NO_RECORDS)
    metric = definitions.metrics[finding.metric]
    compared = () if is_count(metric) else _COMPARED
    parts = [
        say(
            "charts.tally",
            count=say.number(counts[position]),
            what=position_text(position, metric, say),
        )
        for position in (*compared, *hidden)
        if counts[position]
    ]
    return capitalized(", ".join(parts)) + "." if parts else ""
