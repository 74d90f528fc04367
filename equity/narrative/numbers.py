"""Numbers with their units, as people say them; sentences round to two significant figures."""

from __future__ import annotations

from equity.framework.models import Metric, Tolerance
from equity.i18n import Translator

SENTENCE_FIGURES = 2
TABLE_FIGURES = 3

_PLAIN_BASE = 100
_WIDE_BASE = 1000
_EXACT_COUNT = 99


def figure(value: float, say: Translator, significant: int = SENTENCE_FIGURES) -> str:
    """`value` to `significant` figures in the language's form; whole numbers below 100 as they are.

    Never rounds to 100 what is less (99.7 stays 99.7), because "all" and "nearly all" differ.

    >>> say = Translator("en")
    >>> figure(72.73, say), figure(0.0461, say), figure(99.7, say), figure(1234, say)
    ('73', '0.046', '99.7', '1,200')
    """
    if value == 0:
        return "0"
    if abs(value) <= _EXACT_COUNT and float(value).is_integer():
        return say.number(value)
    rounded = float(f"{value:.{significant}g}")
    if rounded == _PLAIN_BASE and value != _PLAIN_BASE:
        return say.number(value, digits=1 if abs(value - _PLAIN_BASE) >= 0.05 else 2)
    return say.number(value, significant=significant)


def quantity(value: float, unit: str, say: Translator, significant: int = SENTENCE_FIGURES) -> str:
    """`value` with its unit (one of `Metric.unit`).

    >>> quantity(72.73, "percent", Translator("en")), quantity(5.21, "days", Translator("es"))
    ('73%', '5.2 días')
    """
    return say.plural(
        f"narrative.unit_{unit}", _shown(value), value=figure(value, say, significant)
    )


def difference(
    value: float, unit: str, say: Translator, significant: int = SENTENCE_FIGURES
) -> str:
    """The size of a difference between two values in `unit`; shares differ by points.

    >>> difference(-11.6, "percent", Translator("en"))
    '12 points'
    """
    name = "points" if unit == "percent" else unit
    size = abs(value)
    return say.plural(f"narrative.unit_{name}", _shown(size), value=figure(size, say, significant))


def unit_name(unit: str, say: Translator) -> str:
    """What stands beside an axis or a column: '%', 'days', 'per 1,000'."""
    return say(f"narrative.axis_{unit}")


def out_of(value: float, say: Translator) -> str:
    """A percentage as a natural frequency: '61 of 100', '4 of 1,000'.

    >>> out_of(61.3, Translator("en")), out_of(0.42, Translator("en"))
    ('61 of 100', '4.2 of 1,000')
    """
    if 0 < value < 1 or 99 < value < _PLAIN_BASE:
        return say(
            "narrative.out_of",
            value=say.number(value * 10, significant=3 if value > 1 else SENTENCE_FIGURES),
            base=say.number(_WIDE_BASE),
        )
    return say("narrative.out_of", value=figure(value, say), base=say.number(_PLAIN_BASE))


def at_least(value: int, say: Translator) -> str:
    """A count that stands after 'at least': exact up to 99, above that two figures, never more.

    >>> at_least(87, Translator("en")), at_least(1296, Translator("en"))
    ('87', '1,200')
    """
    if value <= _EXACT_COUNT:
        return say.number(value)
    unit = 10 ** (len(str(value)) - SENTENCE_FIGURES)
    return say.number(value // unit * unit)


def tolerance_text(metric: Metric, say: Translator, tolerance: Tolerance | None = None) -> str:
    """How far from the reference is still equitable: '±10%' of it, or '±5 points'.

    `tolerance`: another than the metric declares, where the reader asked for one.
    """
    rule = tolerance or metric.tolerance
    if rule.percent is not None:
        return say("narrative.tolerance_percent", value=figure(rule.percent, say))
    points = rule.points or 0
    return say("narrative.tolerance_points", value=difference(points, metric.unit, say))


def _shown(value: float) -> int:
    """The number whose plural form fits: only exactly one is singular."""
    return 1 if value == 1 else 2
