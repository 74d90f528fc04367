"""A metric's definition in sentences, from its YAML."""

from __future__ import annotations

from equity.framework.models import Definitions, Metric
from equity.i18n import Translator
from equity.narrative.numbers import tolerance_text


def metric_definition(metric: str, definitions: Definitions, say: Translator) -> list[str]:
    """What is measured, how unfinished cases count, what it is held against; a sentence each."""
    definition = definitions.metrics[metric]
    dataset = definitions.datasets[definition.dataset]
    sentences = [say.text(definition.definition)]
    if definition.unfinished and definition.unfinished.title:
        title = say.text(definition.unfinished.title)
        sentences.append(say("narrative.define_unfinished", title=title))
    sentences.append(say(f"narrative.define_{definition.direction}"))
    sentences.append(
        say(
            "narrative.define_reference",
            reference=reference_of(definition, definitions, say),
            tolerance=tolerance_text(definition, say),
        )
    )
    if definition.maturity_days:
        sentences.append(say.plural("narrative.define_maturity", definition.maturity_days))
    if definition.measures == "complaints":
        sentences.append(say("narrative.caveat_complaints", subject=say.text(definition.subject)))
    sentences.append(say("narrative.define_source", source=say.text(dataset.source.name)))
    return sentences


def reference_of(metric: Metric, definitions: Definitions, say: Translator) -> str:
    """What the metric declares as its reference, with its article."""
    if metric.reference.kind != "group":
        return say(f"narrative.reference_{metric.reference.kind}")
    code = metric.reference.group or ""
    labels = (
        group.label
        for dimension in metric.dimensions
        for group in definitions.dimensions[dimension].groups
        if group.code == code
    )
    label = next(labels, {"en": code})
    return say("narrative.reference_group", name=say.text(label))
