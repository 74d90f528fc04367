"""What the frame writes: verdicts that accuse nobody without reason, tables that can be read."""

from __future__ import annotations

import pytest

from equity.i18n import Translator
from equity.ui import frame


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    pieces: list[str] = []
    monkeypatch.setattr(frame.st, "html", lambda text, **_: pieces.append(str(text)))
    return pieces


def test_a_gap_of_a_metric_without_a_better_side_only_differs(written: list[str]) -> None:
    say = Translator("en")
    frame.metric_title(say, "Requests", "gap", neutral=True)
    frame.line(say, "gap", "More requests.", neutral=True)
    frame.head(say, "Where", "More requests.", verdict="gap", neutral=True)
    for piece in written:
        assert "eq-differs" in piece
        assert "Differs" in piece
        assert "Gap" not in piece
        assert "▼" not in piece
    frame.metric_title(say, "Cleared", "gap", neutral=False)
    assert "eq-gap" in written[-1]
    assert "▼" in written[-1]


def test_only_columns_of_numbers_stand_at_the_right(written: list[str]) -> None:
    frame.table(["Name", "Part", "Rows"], [["a", "72.1\u00a0%", "1,002"], ["b", "–", "2.5 days"]])
    assert written[0].count('<td class="eq-number">') == 2
    assert '<th scope="col" class="eq-number">Part</th>' in written[0]
    assert '<th scope="col">Rows</th>' in written[0]


def test_a_table_without_rows_keeps_its_head(written: list[str]) -> None:
    frame.table(["Name", "Rows"], [])
    assert written[0].count('<th scope="col">') == 2


def test_the_style_sheet_closes_what_it_opens() -> None:
    """A brace that is lost hides what stands behind it from the screen, or shows it everywhere."""
    depth = 0
    for sign in frame.STYLE.read_text(encoding="utf-8"):
        depth += (sign == "{") - (sign == "}")
        assert 0 <= depth <= 2
    assert depth == 0
