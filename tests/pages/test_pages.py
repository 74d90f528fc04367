"""Every page in both languages: a sentence first, no traceback, state from the address."""

from __future__ import annotations

import pytest
import streamlit as st

from equity import framework
from equity.findings import overview
from equity.i18n import LANGUAGES, Translator
from equity.narrative import told_label
from equity.publication import open_publication
from equity.ui import context, downloads
from equity.ui.state import State
from equity.workspace import Workspace
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
    plain = open_page("breakdown")
    for name in ("metric", "level", "place", "period"):
        box = app.selectbox(key=f"choice-{name}")
        assert box.value == plain.selectbox(key=f"choice-{name}").value
    assert headline(app) == headline(plain)


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


def test_the_entry_behind_a_number_is_found_again(open_page: Open, sample: Workspace) -> None:
    publication = open_publication(sample)
    [row] = publication.slice(
        "dumping_cleared_5_days", period_kind="all", place_level="district", place="3"
    ).to_dict("records")
    text = " ".join(said(open_page("methods", entry=row["entry"])))
    assert row["entry"] in text
    assert "District 3" in text
    assert Translator("en").number(row["n"]) in text
    assert Translator("en")("pages.entry") in text
    assert Translator("en")("pages.entry") not in said(open_page("methods", entry="0" * 14))


@pytest.mark.parametrize("language", LANGUAGES)
def test_treatments_are_offered_only_where_they_are_published(
    open_page: Open, language: str
) -> None:
    where = {"metric": "dumping_cleared_5_days", "lang": language}
    keys = [box.key for box in open_page("breakdown", level="zip", **where).selectbox]
    assert "choice-treatment" not in keys
    some = {"level": "district", "by": "limited_english_fifth"}
    app = open_page("breakdown", treatment="not_cleared", **some, **where)
    assert app.selectbox(key="choice-treatment").value == "not_cleared"
    assert len(charts(app)) == 3


def test_a_file_says_what_it_is(open_page: Open) -> None:
    open_page("overview")
    here = context.arrive(State({}, st.query_params))
    lines = downloads.csv(here, "dumping_cleared_5_days").decode("utf-8-sig").splitlines()
    head = [line for line in lines if line.startswith("# ")]
    for text in (Translator("en")("common.synthetic"), "Publication ", "Source: "):
        assert any(text in line for line in head)
    assert lines[len(head)].startswith("metric,")


def test_methods_say_how_people_were_carried(open_page: Open) -> None:
    text = " ".join(said(open_page("methods", metric="qualified_program_penetration")))
    assert Translator("en")("places.carried_by_area") in text
    assert "185,748" in text


def test_the_overview_says_what_changed(open_page: Open) -> None:
    text = " ".join(said(open_page("overview")))
    assert "What changed" in text
    assert "lines were watched. At most one entry in twenty is expected to be chance." in text
    assert "Qué cambió" in " ".join(said(open_page("overview", lang="es")))


def test_trends_say_what_chance_does(open_page: Open) -> None:
    address = {"metric": "scholarship_share", "by": "language", "group": "spanish"}
    app = open_page("trends", kind="quarter", **address)
    assert "chance alone" in " ".join(said(app))
    assert "A line on which nothing changed would show at least one mark in" in " ".join(said(app))
    assert len(charts(app)) == 4
    app.toggle(key="control-city-shown").set_value(True).run()
    assert not app.exception
    assert len(charts(app)) == 5
    assert "Is it more than chance? the city" in " ".join(said(app))
    yearly = open_page("trends", kind="fiscal_year", **address)
    assert "Months or quarters are needed" in " ".join(said(yearly))


def test_a_table_is_made_when_its_fold_is_opened(open_page: Open) -> None:
    app = open_page("breakdown", metric="priority1_within_8_minutes", level="district")
    assert not app.dataframe
    app.session_state["fold-places"] = True
    app.run()
    [table] = app.dataframe
    assert "/methods?lang=en&entry=" in table.value["Entry"].iloc[0]


def test_a_crossing_that_is_the_whole_citys_is_said_to_be(open_page: Open) -> None:
    """Where groups are published inside a place and their crossing is not, the page says so."""
    view = {"metric": "qualified_program_penetration", "by": "income", "level": "district"}
    inside = " ".join(said(open_page("breakdown", place="3", **view)))
    assert "for the whole city only: inside District 3" in inside
    assert "for the whole city only" not in " ".join(said(open_page("breakdown", **view)))


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("department", {"department": "beautifysj"}),
        ("breakdown", {"metric": "dumping_median_days"}),
        ("trends", {"metric": "dumping_median_days"}),
        ("neighborhood", {}),
        ("overview", {"department": "beautifysj"}),
    ],
)
def test_a_review_that_is_past_due_is_seen_wherever_its_metric_is(
    open_page: Open, page: str, query: dict[str, str]
) -> None:
    # The sample's days until dumping is cleared were to be reviewed by September 30, 2026.
    text = " ".join(said(open_page(page, **query)))
    assert Translator("en")("ui.review_overdue", day="September 30, 2026") in text
    text = " ".join(said(open_page("breakdown", metric="priority1_within_8_minutes")))
    assert "past due" not in text


def test_the_department_says_beside_a_target_whether_it_is_on_course(open_page: Open) -> None:
    text = " ".join(said(open_page("department", department="fire")))
    words = ("on_course", "off_course", "cannot_tell")
    told = [Translator("en")(f"narrative.course_{word}") for word in words]
    assert any(f"80% by June 30, 2027 · {word}" in text.replace("\u00a0", " ") for word in told)


def test_trends_say_whether_the_gap_moves_and_where_the_target_stands(open_page: Open) -> None:
    app = open_page("trends", metric="dumping_median_days", by="limited_english_fifth", group="5")
    assert headline(app).startswith("The gap is closing")
    text = " ".join(said(app)).replace("\u00a0", " ")
    assert "Target: 3 days by June 30, 2027." in text
    assert "not judged" not in text
    spanish = open_page("trends", metric="dumping_median_days", by="limited_english_fifth", group="5", lang="es")  # fmt: skip
    assert headline(spanish).startswith("La brecha se cierra")


def test_a_reader_asks_with_another_reference_and_tolerance(open_page: Open) -> None:
    view = {"metric": "priority1_within_8_minutes", "by": "income_fifth", "level": "zip"}
    app = open_page("breakdown", **view)
    offered = app.selectbox(key="choice-reference").options
    assert offered[0].startswith("As declared: the city")
    assert any("Highest-income fifth" in text for text in offered)
    app.selectbox(key="choice-reference").set_value("group:income_fifth:5").run()
    app.selectbox(key="choice-tolerance").set_value("points:2").run()
    assert not app.exception
    assert app.query_params["reference"] == "group:income_fifth:5"
    assert app.query_params["tolerance"] == "points:2"
    text = " ".join([headline(app), *said(app)])
    assert "the group “Highest-income fifth”" in text
    assert "±2 points" in text
    assert "reader’s own question" in text
    assert "reader’s own question" not in " ".join(said(open_page("breakdown", **view)))
    other = open_page(
        "breakdown", **{**view, "reference": "group:income_fifth:99", "tolerance": "points:x"}
    )
    assert not other.exception
    assert other.selectbox(key="choice-reference").value == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_open_comparison_leads_to_where_it_can_be_told(
    open_page: Open, sample: Workspace, language: str
) -> None:
    definitions = framework.load(sample)
    found = overview(open_publication(sample), definitions)
    open_one = next(finding for finding in found if finding.told_in)
    level = open_one.by.removeprefix("place:")
    where = {"level": level} if level != open_one.by else {"by": open_one.by}
    label = told_label(open_one, definitions, Translator(language))
    app = open_page("breakdown", lang=language, metric=open_one.metric, **where)
    assert label in [link.proto.label for link in app.get("page_link")]
    assert label in [
        link.proto.label for link in open_page("overview", lang=language).get("page_link")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_power_curve_is_drawn_when_its_fold_is_opened(open_page: Open, language: str) -> None:
    app = open_page("methods", lang=language)
    say = Translator(language)
    assert say("ui.power_heading") in " ".join(said(app))
    assert not charts(app)
    app.session_state["fold-power"] = True
    app.run()
    assert len(charts(app)) == 1
    assert say("charts.power_caption") in said(app)
