"""Control charts: what they say, draw, and read aloud."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from equity.charts.control import control
from equity.charts.model import Drawing
from equity.charts.timeline import changes
from equity.i18n import LANGUAGES, Translator
from equity.monitoring import Series, control_chart, fitting_chart
from tests.narrative.samples import definitions, metric

PERIODS = pd.date_range("2020-01-01", periods=30, freq="MS")
CALM = np.array([70.0, 74.0] * 15)


def drawn(values: np.ndarray, say: Translator, series: str = "value") -> Drawing:
    chart = control_chart(values, direction="neutral")
    return control(
        chart, PERIODS, definitions(), say, metric="cleared", series=series, period_kind="month"
    )


def rows(drawing: Drawing) -> list[dict[str, Any]]:
    return drawing.chart.to_dict()["data"]["values"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("series", ["value", "gap"])
def test_it_is_a_valid_chart_and_says_what_chance_does(language: str, series: str) -> None:
    say = Translator(language)
    values = CALM.copy() - (72 if series == "gap" else 0)
    drawing = drawn(values, say, series)
    drawing.chart.to_dict()  # Altair checks it
    assert drawing.title == say(
        "monitoring.chance_moves",
        range=say(
            "monitoring.between",
            lower=say.plural("narrative.unit_percent", 2, value="61")
            if series == "value"
            else say("narrative.side_ahead", size=say.plural("narrative.unit_points", 2, value="11")),
            upper=say.plural("narrative.unit_percent", 2, value="83")
            if series == "value"
            else say("narrative.side_behind", size=say.plural("narrative.unit_points", 2, value="11")),
        ),
    )  # fmt: skip
    assert drawing.title in drawing.alt_text
    assert len(drawing.table) == 30


def test_a_signal_is_a_mark_with_a_word_and_is_read_aloud() -> None:
    say = Translator("en")
    values = CALM.copy()
    values[20], values[25] = 99, 40
    found = drawn(values, say)
    marked = {row["period_text"]: row["side"] for row in rows(found) if row["side"]}
    assert marked == {"September 2021": 1, "February 2022": -1}
    words = [row["word"] for row in rows(found) if row["word"]]
    assert words == ["above chance", "below chance"]
    assert "September 2021, above what chance explains" in found.alt_text
    assert found.table["Mark"].iloc[20] == "above what chance explains"
    assert found.table["Mark"].iloc[0] == "within what chance explains"


def test_a_long_stretch_has_one_word_at_its_furthest_mark() -> None:
    values = CALM.copy()
    values[14:24] += 5
    values[19] += 3
    found = rows(drawn(values, Translator("en")))
    words = [i for i, row in enumerate(found) if row["word"]]
    assert len(words) == len({row["side"] for row in found} - {0})
    assert 19 in words


def test_a_band_that_moves_is_told_for_the_last_period() -> None:
    season = np.arange(30) % 12
    wave = 10 * np.sin(2 * np.pi * season / 12)
    values = CALM + wave + np.random.default_rng(1).normal(0, 1, 30)
    chart = fitting_chart(Series(values, season, 12)).chart
    drawing = control(
        chart, PERIODS, definitions(), Translator("en"),
        metric="cleared", series="value", period_kind="month",
    )  # fmt: skip
    assert drawing.title.startswith("In June 2022, chance alone would keep this line between")


def test_missing_values_and_lines_that_do_not_move() -> None:
    say = Translator("en")
    values = CALM.copy()
    values[5] = np.nan
    assert rows(drawn(values, say))[5]["value"] is None
    still = drawn(np.full(30, 72.0), say)
    assert still.title == say("monitoring.no_limits")
    assert "No point is marked" in still.alt_text


def test_limits_stay_within_what_can_be() -> None:
    low = drawn(np.array([1.0, 3.0] * 15), Translator("en"))
    assert "between 0% and" in low.title


def test_words_that_would_meet_are_not_both_drawn() -> None:
    values = CALM.copy()
    values[[2, 22, 25]] = 99
    found = rows(drawn(values, Translator("en")))
    assert [i for i, row in enumerate(found) if row["side"] > 0] == [2, 22, 25]
    assert [i for i, row in enumerate(found) if row["word"] and row["side"] > 0] == [2, 25]


def test_a_stretch_is_read_aloud_as_one() -> None:
    values = CALM.copy()
    values[10:20] += 40
    said = drawn(values, Translator("en")).alt_text
    assert "November 2020 to August 2021, above what chance explains" in said
    assert said.count("above what chance explains") == 1


def test_the_words_of_a_change_stand_above_the_panel() -> None:
    text = {"en": "Crews were assigned by area and no longer by the order of requests"}
    known = metric(changes=[{"on": PERIODS[9].date(), "text": text}])
    frame = pd.DataFrame({"period": PERIODS})
    words = [m.to_dict()["mark"] for m in changes(known, frame, Translator("en"))]
    lines = [mark for mark in words if mark["type"] == "text"]
    assert [mark["dy"] for mark in lines] == [-3 - 2 * 14]
