"""What a measure of disparity says to somebody who never heard of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from equity.findings.measures import CODES, summaries
from equity.findings.measures.published import Described
from equity.i18n import LANGUAGES, Translator
from equity.narrative.measures import (
    measure_corrected,
    measure_doubt,
    measure_interval,
    measure_notes,
    measure_sentence,
    measure_source,
    measure_value,
)

NAMES = {"a": "Alder", "b": "Birch", "c": "Cedar", "d": "Dogwood"}
EN = Translator("en")


def described(
    values: list[float], direction: Any, *, order: bool = False, reference: str = "", se: float = 1
) -> Described:
    frame = pd.DataFrame({"group": list(NAMES)[: len(values)], "estimate": values, "se": se, "population": 100})  # fmt: skip
    if order:
        frame["order"] = range(len(values))
    found = summaries(frame, direction=direction, reference=reference or None, scale=100)
    sign = {"higher_is_better": 1, "lower_is_better": -1}.get(direction, 0)
    return Described(tuple(found), "records", "percent", sign, order, reference, {})


def sentence(found: Described, code: str, say: Translator = EN) -> str:
    [one] = [one for one in found.summaries if one.code == code]
    return measure_sentence(one, found, NAMES, say)


@pytest.mark.parametrize(
    ("values", "direction", "options", "code", "told"),
    [
        ([10, 20, 50], "higher_is_better", {}, "d", "The highest and the lowest group are 40 points apart."),
        ([10, 20, 50], "higher_is_better", {"order": True}, "d", "The most advantaged group does better than the least advantaged by 40 points."),
        ([10, 20, 50], "lower_is_better", {"order": True}, "d", "The least advantaged group does better than the most advantaged by 40 points."),
        ([10, 20, 50], "higher_is_better", {"reference": "b"}, "d", "Birch does better than the group furthest behind by 10 points."),
        ([10, 20, 50], "lower_is_better", {"reference": "c"}, "d", "Every other group does better than Cedar, by at least 30 points."),
        ([10, 20, 50], "lower_is_better", {"reference": "a"}, "r", "The highest other group's value is 5 times that of Alder."),
        ([10, 20, 50], "lower_is_better", {"order": True}, "r", "The least advantaged group's value is 0.20 times that of the most advantaged."),
        ([10, 20, 60], "lower_is_better", {}, "par", "If every group stood where the best one stands, the average would be lower by 20 points."),
        ([10, 20, 60], "higher_is_better", {}, "par", "If every group stood where the best one stands, the average would be higher by 30 points."),
        ([60, 20, 10], "higher_is_better", {"order": True}, "sii_linear", "From the very least to the very most advantaged, the value falls by 75 points along a straight line."),
        ([10, 20, 60], "higher_is_better", {}, "paf", "That change is 100% of today's average."),
    ],
)  # fmt: skip
def test_a_value_is_read_by_direction_order_and_reference(
    values: list[float], direction: str, options: dict[str, Any], code: str, told: str
) -> None:
    assert sentence(described(values, direction, **options), code) == told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("direction", ["higher_is_better", "lower_is_better", "neutral"])
@pytest.mark.parametrize("order", [True, False])
def test_everything_can_be_said(language: str, direction: str, order: bool) -> None:
    say = Translator(language)
    for values in ([10.0, 20.0, 50.0, 60.0], [60.0, 50.0, 20.0, 10.0], [0.0, 0.0, 0.0, 0.0], [10.0]):  # fmt: skip
        found = described(values, direction, order=order, reference="a")
        for one in found.summaries:
            said = measure_sentence(one, found, NAMES, say) or measure_notes(one, NAMES, say)
            assert len(said) > 20
            assert "{" not in said
            assert measure_interval(one.code, one.lower, one.upper, "percent", say)
            assert measure_corrected(one, "percent", say)
            assert measure_source(one.code, say)


def test_places_are_called_places() -> None:
    found = replace(described([10, 20, 50], "higher_is_better"), places=True)
    assert sentence(found, "d") == "The highest and the lowest place are 40 points apart."
    assert sentence(found, "mdmw", Translator("es")).startswith("Ponderando los lugares por")


def test_noise_is_called_noise() -> None:
    clear = described([10, 40, 50, 60], "higher_is_better", order=True)
    noisy = described([30, 31, 30.5, 31.5], "higher_is_better", order=True, se=3)
    for one in clear.summaries:
        assert measure_doubt(one, EN) == ""
    for one in noisy.summaries:
        doubt = measure_doubt(one, EN)
        assert doubt == EN("measures.doubt") or one.code[:3] == "mdr"


def test_notes_name_groups_by_their_names() -> None:
    found = described([10.0, float("nan"), 30.0, 40.0], "higher_is_better", order=True)
    [one] = [one for one in found.summaries if one.code == "bgv"]
    assert "Birch" in measure_notes(one, NAMES, EN)


@pytest.mark.parametrize("code", CODES)
def test_values_have_their_unit(code: str) -> None:
    told = measure_value(code, -3.5, "dollars", EN)
    assert told in ("−$3.50", "−3.50%", "−3.50")
    assert measure_value(code, 3.5, "", EN) in ("3.50", "3.50%")


def test_intervals_say_the_unit_once() -> None:
    assert measure_interval("d", 2.0, 8.25, "percent", EN) == "2 to 8.25 points"
    assert measure_interval("par", 2.0, 8.0, "dollars", EN) == "$2 to $8"
    assert measure_interval("d", float("nan"), 8.0, "percent", EN) == "–"
