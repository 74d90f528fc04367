"""Title, subtitle and caption of a picture, from the narrative; the drawing of a finding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from equity.charts.model import Drawing, measure_title, table_of, tally
from equity.charts.theme import Chart, finish
from equity.findings.model import Finding
from equity.framework.models import Definitions
from equity.i18n import Translator
from equity.narrative import caveats, headline, quiet_line
from equity.narrative.names import comparison_name, inline, is_place
from equity.schema import CITY, NO_RECORDS, OUTSIDE, SUPPRESSED


def drawing_of(
    finding: Finding,
    kind: str,
    chart: Chart,
    rows: list[dict[str, Any]],
    definitions: Definitions,
    names: Mapping[str, str],
    say: Translator,
) -> Drawing:
    """The finished drawing of a finding: its headline, its evidence, and what must be known of it.

    `kind` is the chart's (`map`, `dots`, `mini`). The caption travels with the picture: source and
    reference, records outside every place, caveats and notes.
    """
    subtitle = say(
        "charts.subtitle",
        measure=measure_title(definitions.metrics[finding.metric], say),
        what=inline(comparison_name(finding.by, definitions, say)),
        period=say.period(finding.period_kind, finding.period),
    )
    title = headline(finding, definitions, names, say)
    evidence = quiet_line(finding, definitions, names, say)
    notes = [outside_note(finding, definitions, say), *caveats(finding, definitions, names, say)]
    return Drawing(
        chart=finish(chart, rows, say),
        alt_text=say(
            f"charts.alt_{kind}",
            title=title,
            subtitle=subtitle,
            tally=tally(finding, definitions, say),
        ),
        table=table_of(finding, definitions, names, say),
        title=title,
        subtitle=subtitle,
        caption=" · ".join(part for part in (evidence, *notes) if part),
    )


def outside_note(finding: Finding, definitions: Definitions, say: Translator) -> str:
    """How many records lie in none of the places; for groups of the whole city, that they count.

    "" where the metric is not published by place, so that nothing is inside or outside.
    """
    if is_place(finding.by):
        entry = next((e for e in finding.entries if e.code == OUTSIDE), None)
        return outside_text(entry.status, entry.n, say) if entry else ""
    placed = any(table.places for table in definitions.metrics[finding.metric].tables)
    return say("charts.outside_included") if placed and finding.place_level == CITY else ""


def outside_text(status: str, n: float | None, say: Translator) -> str:
    """How many records lie outside every place, from the status and n of the entry `outside`."""
    if status == NO_RECORDS:
        return say("charts.outside_none")
    if status == SUPPRESSED or n is None:
        return say("charts.outside_suppressed")
    return say.plural("charts.outside", round(n))
