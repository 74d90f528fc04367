"""Signals in sentences, and the digest that is sent."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from equity.framework.models import Department
from equity.i18n import LANGUAGES, Translator
from equity.monitoring import SIGNALS, Feed
from equity.narrative.changes import (
    by_and_code,
    change_sentence,
    change_word,
    signal_word,
    withdrawn_sentence,
)
from equity.narrative.digest import digest
from equity.schema import SIGNAL_COLUMNS
from tests.narrative.samples import definitions, metric


def row(**changes: Any) -> dict[str, Any]:
    base = {
        "metric": "cleared", "treatment": "", "period_kind": "month", "place_level": "city",
        "place": "city", "dimension": "language", "group": "es", "series": "value",
        "period": pd.Timestamp("2024-05-01"), "chart": "xmr", "signal": "above_limit",
        "value": 88.0, "centre": 77.0, "lower": 71.2, "upper": 82.9, "p": 1e-6,
    }  # fmt: skip
    return base | changes


def test_a_point_beyond_the_limits() -> None:
    said = change_sentence(row(), definitions(), "Spanish", Translator("en"))
    assert said == (
        "Cleared within 5 days, Spanish: 88% in May 2024, above what chance explains. "
        "Chance alone moves this line between 71% and 83%."
    )


def test_a_gap_says_which_side_is_which() -> None:
    gap = row(series="gap", signal="shift_up", value=-1.8, centre=-4.2, lower=-9, upper=0.8)
    said = change_sentence(gap, definitions(), "Spanish", Translator("en"))
    assert "the gap of Spanish: less favorable than its usual level (4.2 points ahead)" in said
    assert "1.8 points ahead in May 2024" in said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("signal", SIGNALS[1:])
@pytest.mark.parametrize("series", ["value", "gap"])
def test_every_signal_has_its_sentence_and_words(signal: str, series: str, language: str) -> None:
    say = Translator(language)
    for direction in ("higher_is_better", "neutral"):
        known = definitions(cleared=metric(direction=direction))
        for kind in ("month", "quarter"):
            told = row(signal=signal, series=series, period_kind=kind)
            sentence = change_sentence(told, known, "X", say)
            assert "{" not in sentence
            assert say.period(kind, date(2024, 5, 1)) in sentence
            assert change_word(told, known.metrics["cleared"], say)
    assert signal_word(signal, say)


@pytest.mark.parametrize(
    ("direction", "signal", "series", "value", "word"),
    [
        ("higher_is_better", "above_limit", "value", 88.0, "better"),
        ("higher_is_better", "shift_down", "value", 70.0, "worse"),
        ("lower_is_better", "above_limit", "value", 88.0, "worse"),
        ("neutral", "trend_down", "value", 70.0, "lower"),
        ("higher_is_better", "above_limit", "gap", 12.0, "gap wider"),
        ("higher_is_better", "shift_down", "gap", 3.0, "gap narrower"),
        ("higher_is_better", "shift_down", "gap", -12.0, "gap wider"),
        ("higher_is_better", "shift_up", "gap", -2.0, "gap narrower"),
    ],
)
def test_words(direction: str, signal: str, series: str, value: float, word: str) -> None:
    told = row(signal=signal, series=series, value=value)
    assert change_word(told, metric(direction=direction), Translator("en")) == word


def test_series_belong_to_comparisons() -> None:
    assert by_and_code(row()) == ("language", "es")
    place = row(dimension="", group="", place_level="district", place="3")
    assert by_and_code(place) == ("place:district", "3")
    assert by_and_code(row(dimension="", group="")) == ("", "city")


class Places:
    """The names of a publication's places."""

    version = 7

    def places(self, level: str, language: str) -> pd.DataFrame:
        return pd.DataFrame({"place": ["3"], "name": ["District 3 <b>"]})


def feed(entries: list[dict[str, Any]], withdrawn: list[dict[str, Any]]) -> Feed:
    columns = list(SIGNAL_COLUMNS)
    return Feed(
        pd.DataFrame(entries, columns=[*columns, "q", "new"]),
        pd.DataFrame(withdrawn, columns=[*columns, "charted"]),
        86,
    )


def write(found: Feed, language: str = "en", html: bool = False) -> str:
    cleaning = Department(
        title={"en": "Cleaning", "es": "Limpieza"}, mission="m", owner="o",
        programs=[{"id": "p", "title": "P"}],
    )  # fmt: skip
    known = definitions().model_copy(update={"departments": {"cleaning": cleaning}})
    return digest(
        found, known, Places(), Translator(language),  # type: ignore[arg-type]
        since=date(2024, 4, 1), html=html,
    )  # fmt: skip


def test_a_digest_in_markdown() -> None:
    place = row(dimension="", group="", place_level="district", place="3")
    text = write(feed([row(), place], [row(charted=True, period=pd.Timestamp("2024-01-01"))]))
    assert text.startswith("# Examples: what changed since April 1, 2024\n")
    assert "86 lines were watched" in text
    assert "## Cleaning" in text
    assert "- Better: Cleared within 5 days, Spanish: 88% in May 2024" in text
    assert "Cleared within 5 days, District 3 <b>: 88%" in text
    assert "## No longer a signal" in text
    assert (
        "Spanish, January 2024: was “above what chance explains”, and is within chance now." in text
    )
    assert text.endswith("version 7. How this is told is in docs/methods.md.\n")


def test_a_digest_in_html_stands_alone_and_is_escaped() -> None:
    place = row(dimension="", group="", place_level="district", place="3")
    text = write(feed([place], []), "es", html=True)
    assert '<html lang="es">' in text
    assert "District 3 &lt;b&gt;" in text
    assert "<b>" not in text
    assert "http" not in text


def test_nothing_changed_is_said() -> None:
    assert Translator("en")("monitoring.nothing") in write(feed([], []))


def test_many_withdrawn_signals_are_counted() -> None:
    gone = [row(charted=False, value=float(i)) for i in np.arange(60)]
    text = write(feed([], gone))
    assert text.count("not charted any more") == 50
    assert "and 10 more." in text


def test_withdrawn_because_the_line_is_gone() -> None:
    said = withdrawn_sentence(row(charted=False), definitions(), "Spanish", Translator("en"))
    assert said.endswith("this line is not charted any more.")
