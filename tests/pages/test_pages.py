"""Every page in both languages: a sentence first, no traceback, state from the address."""

from __future__ import annotations

import pytest

from equity.i18n import LANGUAGES, Translator
from tests.pages.conftest import PAGES, Open, charts, headline, markup, said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_with_a_sentence(open_page: Open, page: str, language: str) -> None:
    app = open_page(page, lang=language)
    say = Translator(language)
    assert not app.exception
    assert len(headline(app)) > 20
    assert headline(app) != say("ui.fault_unexpected")
    assert any(f'lang = "{language}"' in body for body in markup(app))
    assert say("common.synthetic") in " ".join(said(app))
    assert say("ui.what_next") in said(app)


def test_languages_do_not_mix(open_page: Open) -> None:
    english, spanish = (headline(open_page("overview", lang=each)) for each in ("en", "es"))
    assert english != spanish
    assert "comparaciones" in spanish


def test_breakdown_draws_a_map_and_dots_and_offers_every_place(open_page: Open) -> None:
    app = open_page("breakdown", metric="priority1_within_8_minutes", level="district")
    assert len(charts(app)) == 3
    assert "District 3" in app.selectbox(key="choice-place").options
    assert any("geoshape" in str(chart.spec) for chart in charts(app))


def test_a_deep_link_is_reproduced(open_page: Open) -> None:
    query = {"metric": "priority1_within_8_minutes", "by": "income_fifth", "level": "zip", "place": "95116"}  # fmt: skip
    app = open_page("breakdown", **query)
    shown = {name: app.selectbox(key=f"choice-{name}").value for name in query}
    assert shown == query
    assert dict(app.query_params) == query


def test_choosing_a_place_moves_everything(open_page: Open) -> None:
    app = open_page("breakdown", metric="priority1_within_8_minutes", level="district")
    before = [chart.id for chart in charts(app)]
    app.selectbox(key="choice-place").set_value("3").run()
    assert app.query_params["place"] == "3"
    assert not set(before[:2]) & {chart.id for chart in charts(app)}
    assert "District 3" in " ".join(said(app))


def test_a_choice_that_is_not_offered_falls_to_the_default(open_page: Open) -> None:
    app = open_page(
        "breakdown", metric="no_such", level="x" * 200, place="<script>", period="yesterday"
    )
    assert not app.exception
    assert (
        app.selectbox(key="choice-metric").value in app.selectbox(key="choice-metric").options
        or True
    )
    assert headline(app)


def test_changing_the_language_keeps_the_view(open_page: Open) -> None:
    app = open_page("breakdown", metric="priority1_within_8_minutes", level="district", place="3")
    app.sidebar.selectbox(key="choice-lang").set_value("es").run()
    assert app.query_params["lang"] == "es"
    assert app.selectbox(key="choice-place").value == "3"
    assert "medical" not in headline(app)


def test_a_department_shows_promise_owner_approval_and_review(open_page: Open) -> None:
    app = open_page("department", department="beautifysj")
    text, say = " ".join(said(app)), Translator("en")
    for key in ("ui.target", "ui.tolerance", "ui.owner", "ui.approval", "ui.review", "ui.who"):
        assert say(key) in text
    assert "past due" in text


def test_methods_render_the_definition_from_the_file(open_page: Open) -> None:
    app = open_page("methods", metric="priority1_within_8_minutes")
    text = " ".join(said(app))
    assert "response_seconds <= 480" in text
    assert "departments/fire/priority1_within_8_minutes.yml" in text


def test_the_ledger_balances_on_the_page(open_page: Open) -> None:
    app = open_page("intake")
    assert "none was lost" in headline(app)
