"""Like for like, smoothed and plain readings on the breakdown page: in the address, beside the finding."""

from __future__ import annotations

import pytest

from equity.schema import LIKE_FOR_LIKE
from equity.ui.offers import Offer
from tests.pages.conftest import Open, said

DUMPING = {"metric": "dumping_cleared_5_days", "by": "limited_english_fifth", "level": "district"}


def texts(app: object) -> str:
    return " ".join(said(app))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "sentence", "what"),
    [("en", "Like for like: what each would show", "How it was reported"),
     ("es", "Lo semejante con lo semejante:", "Cómo se reportó")],
)  # fmt: skip
def test_like_for_like_is_a_switch_in_the_address(open_page: Open, language: str, sentence: str, what: str) -> None:  # fmt: skip
    plain = open_page("breakdown", **DUMPING, lang=language)
    assert sentence not in texts(plain)
    [switch] = [toggle for toggle in plain.toggle if toggle.key == "choice-alike"]
    assert not switch.value
    switch.set_value(True).run()
    assert plain.query_params["alike"] in ("1", ["1"])
    assert sentence in texts(plain)
    assert what in texts(plain)
    linked = open_page("breakdown", **DUMPING, lang=language, alike="1")
    assert sentence in texts(linked)
    assert LIKE_FOR_LIKE not in texts(linked)


def test_no_switch_where_nothing_is_standardized(open_page: Open) -> None:
    rate = open_page("breakdown", metric="qualified_program_penetration", alike="1")
    assert "choice-alike" not in {toggle.key for toggle in rate.toggle}
    assert not rate.exception
    table = (LIKE_FOR_LIKE, "all", "city", "language", "")
    offer = Offer(frozenset({table, ("", "quarter", "city", "language", "")}))
    assert offer.alike("all", ("", ""), ("city", "language"))
    assert not offer.alike("quarter", ("city", "language"))
    assert not offer.alike("all", ("district", ""), ("city", "language"))
    assert not offer.alike("all", ("city", ""))


def test_smoothed_values_stand_beside_the_raw_ones_and_say_what_they_are(open_page: Open) -> None:
    off = open_page("breakdown", **DUMPING)
    assert "Smoothed" not in texts(off).replace("Smoothed values", "")
    on = open_page("breakdown", **DUMPING, smooth="1")
    assert "no finding on any page uses them" in texts(on)
    assert "As recorded" in texts(on)
    assert "Weight of its own records" in texts(on)


def test_the_plain_reading_is_folded_and_carries_its_caveat(open_page: Open) -> None:
    app = open_page("breakdown", **DUMPING)
    assert "Holm" not in texts(app)
    app.session_state["fold-plain"] = True
    app.run()
    assert "Holm" in texts(app)
    assert "14 to 49 of 100 comparisons" in texts(app)
    people = open_page("breakdown", metric="scholarship_share", by="language")
    people.session_state["fold-plain"] = True
    people.run()
    assert "Holm" not in texts(people)
