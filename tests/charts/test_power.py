"""The power curve: a line a share, every point in words, nothing drawn where no gap is found."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from equity.charts import power_curve
from equity.i18n import Translator

FRAME = pd.DataFrame(
    {
        "groups": [10, 10, 10, 10, 2],
        "share": [0.2, 0.2, 0.5, 0.5, 0.5],
        "records": [100, 1000, 100, 1000, 1000],
        "gap": [float("nan"), 31.1, 45.2, 21.3, 18.1],
    }
)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_point_is_drawn_and_told_in_words(language: str) -> None:
    drawing = power_curve(FRAME, Translator(language))
    drawing.chart.to_dict()  # checked against the schema
    rows = json.loads(drawing.spec)["layer"][0]["data"]["values"]
    assert [(row["records"], row["gap"]) for row in rows] == [(1000, 31.1), (100, 45.2), (1000, 21.3)]  # fmt: skip
    assert [row["label"] for row in rows] == ["20%", "50%", "50%"]  # short: a phone is narrow
    for text in ("31.1", "45.2", "21.3", "1,000"):
        assert text in drawing.alt_text
    assert list(drawing.table.iloc[:, 2]) == [31.1, 45.2, 21.3]


def test_the_title_says_what_a_thousand_records_find() -> None:
    assert "21%" in power_curve(FRAME, Translator("en")).title
    without = power_curve(FRAME[FRAME["records"] < 1000], Translator("en"))
    assert without.title == Translator("en")("charts.power_about")


def test_the_tolerance_is_a_band() -> None:
    layers = json.loads(power_curve(FRAME, Translator("en"), tolerance=5).spec)["layer"][0]["layer"]
    [band] = [layer for layer in layers if layer["mark"]["type"] == "rect"]
    assert (band["encoding"]["y"]["datum"], band["encoding"]["y2"]["datum"]) == (0, 5)
