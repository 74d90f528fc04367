"""Measures of disparity in words: what a value says to somebody who never heard of the measure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from equity.findings.measures import Note, Summary
from equity.findings.measures.published import Described
from equity.i18n import Translator
from equity.narrative.numbers import TABLE_FIGURES, difference, figure, quantity

_PERCENT = frozenset(("cov", "idisu", "idisw", "paf"))
_DISTANCE = frozenset(
    ("d", "bgsd", "mdbu", "mdbw", "mdmu", "mdmw", "mdru", "mdrw", "par", "aci", "sii", "sii_linear")
)
_SIGNED = frozenset(
    ("aci", "rci", "rci_wagstaff", "rci_erreygers", "sii", "sii_linear")
)  # two sentences, by the value's sign
_RATIO = frozenset(("r", "rii", "rii_linear"))
_SOURCES = {
    "bgv": "variance", "bgv_corrected": "variance", "ti": "variance", "mld": "variance",
    "rci_wagstaff": "wagstaff", "rci_erreygers": "erreygers", "sii": "logit", "rii": "logit",
}  # fmt: skip
_ALREADY_NAMED = frozenset(("left_out",))
"""Notes that stand once above the tables of a page."""


def measure_value(code: str, value: float, unit: str, say: Translator, figures: int = TABLE_FIGURES) -> str:  # fmt: skip
    """A measure's value with its unit; `unit` is the metric's, "" where values are plain ratios.

    >>> say = Translator("en")
    >>> measure_value("d", -12.345, "percent", say), measure_value("cov", 8.02, "days", say)
    ('−12.3 points', '8.02%')
    >>> measure_value("r", 1.5273, "percent", say), measure_value("bgv", 46.2, "percent", say)
    ('1.53', '46.2')
    """
    value = float(f"{value:.{figures}g}")
    sign = "−" if value < 0 else ""
    if code in _PERCENT:
        return sign + quantity(abs(value), "percent", say, figures)
    if code in _DISTANCE and unit:
        return sign + difference(value, unit, say, figures)
    return sign + figure(abs(value), say, figures)


def measure_interval(code: str, lower: float, upper: float, unit: str, say: Translator) -> str:
    """'2.1 to 8 points'; a dash where there is none."""
    if np.isnan(lower) or np.isnan(upper):
        return say("measures.none")
    # A unit that follows its number is said once; a sign before it ($) twice.
    before = code in _DISTANCE and unit == "dollars"
    low = measure_value(code if before else "r", lower, unit, say)
    return say("measures.interval", lower=low, upper=measure_value(code, upper, unit, say))


def measure_corrected(one: Summary, unit: str, say: Translator) -> str:
    """The value without what chance adds, with its interval; a dash where chance adds nothing."""
    if np.isnan(one.corrected):
        return say("measures.none")
    return say(
        "measures.corrected",
        value=measure_value(one.code, one.corrected, unit, say),
        interval=measure_interval(one.code, one.corrected_lower, one.corrected_upper, unit, say),
    )


def measure_sentence(
    one: Summary, described: Described, names: Mapping[str, str], say: Translator
) -> str:
    """The value read aloud, in one sentence; "" where there is no value."""
    if np.isnan(one.estimate):
        return ""
    size = measure_value(one.code, abs(one.estimate), described.unit, say, 2)
    reference = names.get(described.reference, described.reference)
    kind = "place" if described.places else "group"
    return say(
        _sentence(one, described),
        value=size,
        reference=reference,
        one=say(f"measures.one_{kind}"),
        many=say(f"measures.many_{kind}s"),
    )


def measure_doubt(one: Summary, say: Translator) -> str:
    """That chance alone could look like this, where the interval holds no disparity; else ""."""
    none = 1.0 if one.code in _RATIO else 0.0
    corrected = not np.isnan(one.corrected_lower)
    lower = one.corrected_lower if corrected else one.lower
    upper = one.corrected_upper if corrected else one.upper
    return say("measures.doubt") if lower <= none <= upper else ""


def measure_notes(one: Summary, names: Mapping[str, str], say: Translator) -> str:
    """Why there is no value, or what must be known of it; groups by their names."""
    return " ".join(
        _named(note, names).said(say) for note in one.notes if note.name not in _ALREADY_NAMED
    )


def measure_source(code: str, say: Translator) -> str:
    """Where the measure is described."""
    return say(f"measures.source_{_SOURCES.get(code, 'review')}")


def _named(note: Note, names: Mapping[str, str]) -> Note:
    return replace(note, groups=tuple(names.get(code, code) for code in note.groups))


def _sentence(one: Summary, described: Described) -> str:
    """The key of the sentence that fits the direction, the order and the reference."""
    code, better = one.code, one.estimate >= 0
    if code in _SIGNED:
        return f"measures.plain_{code}_{'up' if better else 'down'}"
    if code == "par":
        return f"measures.plain_par{'_ordered' if described.ordered else ''}_{'up' if described.sign > 0 else 'down'}"  # fmt: skip
    if code == "d" and described.sign and (described.ordered or described.reference):
        against = "ordered" if described.ordered else "reference"
        return f"measures.plain_d_{against}_{'ahead' if better else 'behind'}"
    if code == "r" and described.ordered:
        return f"measures.plain_r_{'least_most' if described.sign < 0 else 'most_least'}"
    if code == "r" and described.reference:
        return f"measures.plain_r_reference_{'high' if described.sign < 0 else 'low'}"
    return f"measures.plain_{code}"
