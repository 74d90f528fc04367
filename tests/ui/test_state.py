"""The reader's choices and the address: who wins, and when."""

from __future__ import annotations

from typing import Any

import pytest

from equity.ui.state import FIELDS, MAX_LENGTH, State, clean


class Bar(dict[str, str]):
    """An address bar that counts the entries it adds to the history."""

    entries = 0

    def from_dict(self, parameters: dict[str, str]) -> None:
        self.clear()
        self.update(parameters)
        self.entries += 1


def run(session: dict[str, Any], bar: Bar, page: str = "breakdown") -> State:
    """One run of a page that resolves nothing."""
    state = State(session, bar)
    state.begin(page)
    state.write()
    return state


def test_a_first_run_adopts_the_address_and_leaves_it_alone() -> None:
    bar = Bar(metric="a", place="3", nonsense="x")
    assert run({}, bar).fields == {"metric": "a", "place": "3"}
    assert bar.entries == 0
    assert "nonsense" in bar


def test_a_choice_makes_one_entry_in_the_history() -> None:
    session, bar = {}, Bar(metric="a")
    run(session, bar).choose("place", "3")
    run(session, bar)
    assert bar == {"metric": "a", "place": "3"}
    assert bar.entries == 1


def test_back_takes_a_choice_back() -> None:
    session, bar = {}, Bar(metric="a")
    run(session, bar).choose("place", "3")
    run(session, bar)
    back = Bar(metric="a")
    assert run(session, back).get("place") == ""
    assert back.entries == 0


def test_a_choice_wins_over_an_address_that_lags_behind() -> None:
    session = {}
    run(session, Bar()).choose("place", "3")
    run(session, Bar()).choose("group", "x")
    late = Bar()
    assert run(session, late).fields == {"place": "3", "group": "x"}
    assert late == {"place": "3", "group": "x"}


def test_a_page_change_that_clears_the_address_keeps_the_choices() -> None:
    session = {}
    run(session, Bar(metric="a", place="3"))
    cleared = Bar()
    assert run(session, cleared, "trends").fields == {"metric": "a", "place": "3"}
    assert cleared == {"metric": "a", "place": "3"}


def test_a_default_is_not_written() -> None:
    session, bar = {}, Bar(place="3")
    run(session, bar).choose("place", "5", default="5")
    run(session, bar)
    assert bar == {}


def test_what_is_not_offered_falls_to_the_default_and_is_forgotten() -> None:
    state = run({}, Bar(place="99"))
    assert state.resolve("place", ["", "3"]) == ""
    assert state.get("place") == ""
    assert state.resolve("period", ["2021", "2022"], "2022") == "2022"
    assert state.resolve("by", []) == ""


@pytest.mark.parametrize("value", ["<script>", "a b", "é", "../x", "a" * (MAX_LENGTH + 1)])
def test_an_address_is_cut_and_cleaned(value: str) -> None:
    found = clean({"place": value}).get("place", "")
    assert len(found) <= MAX_LENGTH
    assert found in ("", "a" * MAX_LENGTH)


def test_links_carry_every_field_in_order() -> None:
    state = run({}, Bar(dict.fromkeys(reversed(FIELDS), "x")))
    assert list(state.query()) == list(FIELDS)
    assert "place" not in state.query(place="")
    assert state.link("/trends", **dict.fromkeys(FIELDS, "")) == "/trends"
