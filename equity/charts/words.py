"""Title, subtitle and caption of a picture, from the narrative."""

from __future__ import annotations

from collections.abc import Mapping

from equity.charts.model import measure_title
from equity.findings.model import Finding
from equity.framework.models import Definitions
from equity.i18n import Translator
from equity.narrative import headline, quiet_line
from equity.narrative.names import comparison_name, inline


def words(
    finding: Finding, definitions: Definitions, names: Mapping[str, str], say: Translator
) -> tuple[str, str, str]:
    """(title: what the finding is; subtitle: measure, comparison, period; caption: the evidence)."""
    metric = definitions.metrics[finding.metric]
    subtitle = say(
        "charts.subtitle",
        measure=measure_title(metric, say),
        what=inline(comparison_name(finding.by, definitions, say)),
        period=say.period(finding.period_kind, finding.period),
    )
    return (
        headline(finding, definitions, names, say),
        subtitle,
        quiet_line(finding, definitions, names, say),
    )
