"""The reader's own question: another reference, another tolerance, from a short list of allowed ones.

Both are texts, so that an address can hold them: `city`, `best`, `rest`, `group:<dimension>:<code>`;
`percent:10`, `points:5`. "" is what the metric declares.
"""

from __future__ import annotations

from equity.findings.reference import is_count
from equity.framework.models import Definitions, Metric, Reference, Tolerance

PERCENTS = (5.0, 10.0, 20.0)
POINTS = (2.0, 5.0, 10.0)


def references_offered(definitions: Definitions, metric: str, by: str) -> list[str]:
    """The references that a comparison can be asked with besides the declared one.

    `by`: the dimension whose groups can be named; "" for none. A representation has only its
    expected share, a count nothing.
    """
    definition = definitions.metrics[metric]
    if is_count(definition) or definition.kind == "representation":
        return []
    kinds = ["city", "best", *(["rest"] if definition.kind in ("share", "rate") else [])]
    dimension = definitions.dimensions.get(by)
    groups = [f"group:{by}:{code}" for code in dimension.codes] if dimension else []
    return [text for text in kinds + groups if reference_of(text) != definition.reference]


def tolerances_offered(metric: Metric) -> list[str]:
    """The tolerances that a comparison can be asked with besides the declared one.

    Points only where they mean something without knowing the metric: in percent.
    """
    if is_count(metric):
        return []
    texts = [f"percent:{value:g}" for value in PERCENTS]
    texts += [f"points:{value:g}" for value in POINTS] if metric.unit == "percent" else []
    return [text for text in texts if tolerance_of(text) != metric.tolerance]


def reference_of(text: str) -> Reference | None:
    """The reference that a text names; None for "".

    >>> reference_of("group:language:spanish").group
    'spanish'
    """
    kind, _, rest = text.partition(":")
    if not kind:
        return None
    dimension, _, group = rest.partition(":")
    return Reference.model_validate(
        {"kind": kind, "dimension": dimension or None, "group": group or None}
    )


def tolerance_of(text: str) -> Tolerance | None:
    """The tolerance that a text names; None for "".

    >>> tolerance_of("points:5")
    Tolerance(percent=None, points=5.0)
    """
    kind, _, value = text.partition(":")
    return Tolerance(**{kind: float(value)}) if kind else None
