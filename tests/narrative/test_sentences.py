"""The sentences of findings: what they say, in both languages, and what they never say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from equity.findings.model import Entry, Finding, Settle, Told, Trend
from equity.framework.models import DimensionSource, Metric, Note, Tolerance
from equity.i18n import CATALOGUES, Translator, catalogue
from equity.monitoring import Course
from equity.narrative import (
    brief,
    caveats,
    chip,
    course_sentence,
    course_word,
    headline,
    interval_meaning,
    metric_definition,
    movement,
    moving,
    names_of,
    notes_on,
    quiet_line,
    reading,
    told_label,
    trend_sentence,
    verdict_word,
)
from equity.narrative.headline import result_text
from equity.schema import TREND_REASONS
from tests.narrative import samples

EN, ES = Translator("en"), Translator("es")


def plain(text: str) -> str:
    """Without the no-break spaces that keep numbers with their signs."""
    return text.replace("\u00a0", " ")


def say(finding: Finding, language: Translator = EN, **metrics: Metric) -> str:
    definitions = samples.definitions(**metrics)
    names = names_of(finding.by, definitions, language, samples.places())
    return plain(headline(finding, definitions, names, language))


# --- headline ------------------------------------------------------------------------------------
def test_a_gap_says_where_how_many_and_how_far_behind() -> None:
    assert say(samples.finding()) == (
        "In District 4, 44 of 100 reports were cleared within 5 days, "
        "29 points below the city (interval 25 to 33)."
    )
    assert say(samples.finding(), ES) == (
        "En District 4, 44 de cada 100 avisos fueron atendidos en 5 días, "
        "29 puntos menos que la ciudad (intervalo: de 25 a 33)."
    )


def test_cannot_tell_says_the_side_the_interval_across_and_the_records() -> None:
    text = say(samples.by_language())
    assert text.startswith("Cannot tell yet. The group “Tiếng Việt")
    assert "leans behind: 64 of 100 reports were cleared within 5 days, 8.7 points below" in text
    assert text.endswith("(interval 2.3 above to 20 below; 87 records).")
    spanish = say(samples.by_language(), ES)
    assert "parece quedar atrás" in spanish
    assert spanish.endswith("(intervalo: 2.3 más a 20 menos; 87 registros).")


def test_cannot_tell_without_a_lean_does_not_name_anyone_behind() -> None:
    text = say(samples.by_language(lean="ahead", gap=1.3, gap_lower=-3.0, gap_upper=6.0))
    assert "behind" not in text
    assert "interval 3 below to 6 above" in text


def test_parity_says_nobody_is_behind_and_within_what() -> None:
    finding = samples.finding(verdict="parity", entries=samples.DISTRICTS[:5])
    assert say(finding) == (
        "Nobody is behind. Across the city, 73 of 100 reports were cleared within 5 days, "
        "and all 5 results by council district lie within ±10% of that, intervals included."
    )
    assert say(finding, ES).startswith("Nadie queda atrás. En toda la ciudad, 73 de cada 100")
    group = say(replace(finding, reference="group:4"))
    assert "the group “District 4”" in group


def test_a_gap_ahead_does_not_read_as_a_failure() -> None:
    text = say(samples.finding(worst="2", lean="ahead", gap=12.4, gap_lower=9.9, gap_upper=14.9))
    assert "12 points above the city (interval 9.9 to 15): ahead; nobody is shown to be behind." in text  # fmt: skip


def test_nothing_to_compare() -> None:
    empty = samples.finding(verdict="cannot_tell", worst=None, entries=samples.DISTRICTS[5:7])
    assert "no result by council district can be compared" in say(empty)


def test_a_difference_without_an_interval_says_so() -> None:
    text = say(samples.finding(verdict="cannot_tell", gap_lower=None, gap_upper=None))
    assert "no interval can be given" in text


@pytest.mark.parametrize(
    ("changes", "value", "english", "spanish"),
    [
        (
            {"kind": "duration", "statistic": "median", "unit": "days", "value": "d"},
            5.24,
            "half of reports took longer than 5.2 days",
            "50 de cada 100 avisos tardaron más de 5.2 días",
        ),
        (
            {"kind": "duration", "statistic": "percentile", "percentile": 0.9, "unit": "minutes", "value": "d"},
            1.0,
            "10 of 100 reports took longer than 1 minute",
            "10 de cada 100 avisos tardaron más de 1 minuto",
        ),
        (
            {"kind": "duration", "statistic": "mean", "unit": "hours", "value": "d"},
            47.3,
            "reports took 47 hours on average",
            "el promedio fue de 47 horas (avisos)",
        ),
        (
            {"kind": "rate", "population": "households", "unit": "per_1000", "per": 1000},
            42.4,
            "42 reports were cleared within 5 days per 1,000 households",
            "42 avisos fueron atendidos en 5 días por cada 1,000 hogares",
        ),
        (
            {"kind": "rate", "population": "households", "unit": "per_1000", "per": 1000, "achieved": {}},
            42.4,
            "there were 42 reports per 1,000 households",
            "hubo 42 avisos por cada 1,000 hogares",
        ),
        (
            {"kind": "amount", "statistic": "mean", "unit": "dollars", "value": "d"},
            1234.0,
            "“Cleared within 5 days” came to $1,200",
            "«Retirados en 5 días» fue de 1,200 dólares",
        ),
    ],
)  # fmt: skip
def test_results_of_every_kind(
    changes: dict[str, Any], value: float, english: str, spanish: str
) -> None:
    metric = samples.metric(**changes)
    definitions = samples.definitions(cleared=metric)
    assert plain(result_text(value, metric, definitions, EN)) == english
    assert plain(result_text(value, metric, definitions, ES)) == spanish


@pytest.mark.parametrize(
    ("value", "shown"),
    [(61.3, "61 of 100"), (0.42, "4.2 of 1,000"), (99.6, "996 of 1,000"), (100.0, "100 of 100"), (0.0, "0 of 100")],
)  # fmt: skip
def test_shares_are_natural_frequencies_and_nearly_all_is_not_all(value: float, shown: str) -> None:
    metric = samples.metric()
    assert result_text(value, metric, samples.definitions(), EN).startswith(shown)


@pytest.mark.parametrize("language", [EN, ES], ids=["en", "es"])
def test_sentences_are_short_certain_and_never_causal(language: Translator) -> None:
    named = samples.by_language()
    short = replace(named, entries=tuple(replace(e, code="es") if e.code == "vi" else e for e in named.entries if e.code != "es"), worst="es")  # fmt: skip
    findings = [samples.finding(), short, samples.finding(verdict="parity", entries=samples.DISTRICTS[:5])]  # fmt: skip
    for finding in findings:
        text = say(finding, language)
        assert all(len(part.split()) <= 30 for part in text.split(". ")), text
        assert re.search(r"interval", text), text
        assert not re.search(r"caus|because of|debido a|por culpa", text)
        assert text[0].isupper()
        assert text.endswith(".")


# --- reading, caveats, quiet line -----------------------------------------------------------------
def test_reading_names_the_others_the_people_and_the_other_rule() -> None:
    finding = samples.finding(other_verdicts=(("strict", "cannot_tell"),))
    text = reading(finding, samples.definitions(), samples.NAMES, EN)
    assert text == (
        "Also behind, beyond chance: District 3. "
        "At the level of the city, at least 53 more reports would have been cleared within 5 days. "
        "Under another rule for unfinished cases (counted as not cleared), one could not tell."
    )
    assert "fewer" in reading(
        finding,
        samples.definitions(cleared=samples.metric(direction="lower_is_better")),
        samples.NAMES,
        EN,
    )


def test_reading_of_parity_is_empty() -> None:
    finding = samples.finding(verdict="parity", entries=(samples.DISTRICTS[4],), affected=None)
    assert reading(finding, samples.definitions(), samples.NAMES, EN) == ""


def test_caveats_tell_withheld_from_empty_and_name_the_empty() -> None:
    texts = caveats(samples.finding(), samples.definitions(), samples.NAMES, EN)
    assert len(texts) == 2
    assert "District 7" in texts[1]
    assert "District 6" not in texts[1]


def test_unknown_is_told_even_when_it_changes_nothing() -> None:
    finding = samples.by_language(caveats=())
    assert caveats(finding, samples.definitions(), samples.NAMES, EN) == [
        "For 10% of reports the group is not known."
    ]


def test_every_caveat_of_a_finding_has_its_sentence() -> None:
    known = ("suppressed", "no_records", "unknown", "immature", "unstable", "no_interval", "complaints")  # fmt: skip
    for language in (EN, ES):
        texts = caveats(
            samples.finding(caveats=known), samples.definitions(), samples.NAMES, language
        )
        assert len(set(texts)) == len(known)


def test_a_share_of_unknown_that_is_withheld_is_not_a_hole_in_the_sentence() -> None:
    finding = samples.finding(caveats=("unknown",), unknown_share=None)
    for language, word in ((EN, "withheld"), (ES, "se reserva")):
        [text] = caveats(finding, samples.definitions(), samples.NAMES, language)
        assert word in text
        assert "%" not in text


def test_complaints_are_said_to_be_reports() -> None:
    [text] = caveats(
        samples.finding(caveats=("complaints",)), samples.definitions(), samples.NAMES, EN
    )
    assert "not who needed help" in text


def test_notes_are_told_where_they_belong() -> None:
    note = {"text": "District 3 was cut.", "place_level": "district", "places": ["3"], "years": [2022]}  # fmt: skip
    definitions = samples.definitions(cleared=samples.metric(notes=[note], caveats=["Mind this."]))

    def told(finding: Finding) -> list[str]:
        return caveats(finding, definitions, samples.NAMES, EN)

    quiet = {"caveats": (), "missing": ()}
    assert told(samples.finding(**quiet)) == ["Mind this.", "District 3 was cut."]
    assert told(samples.finding(**quiet, period=date(2021, 1, 1))) == ["Mind this."]
    assert told(samples.by_language(caveats=(), unknown_share=0.0)) == ["Mind this."]


def test_quiet_line_holds_the_evidence() -> None:
    text = plain(quiet_line(samples.finding(), samples.definitions(), samples.NAMES, EN))
    assert text == (
        "2022 · 260 records in District 4 · intervals at 95%; the verdict’s is widened for the 5 compared · compared with the city, 72.7% · "
        "tolerance ±10% · source: City of Examples, requests 2022 · publication 3 · synthetic records"
    )
    real = quiet_line(samples.finding(), samples.definitions(synthetic=False), samples.NAMES, EN)
    assert "synthetic" not in real


def test_a_chip_never_shows_a_verdict_without_its_certainty() -> None:
    definitions = samples.definitions()
    assert (
        plain(chip(samples.finding(), definitions, EN)) == "Gap · widened interval 25 to 33 points"
    )
    assert chip(samples.finding(), definitions, EN) != verdict_word("gap", EN)


def test_a_chip_carries_the_unit_at_both_ends_and_parity_no_interval() -> None:
    definitions = samples.definitions()
    across = {"verdict": "cannot_tell", "gap": -2.9, "gap_lower": -7.3, "gap_upper": 1.1}
    text = plain(chip(samples.finding(**across), definitions, EN))
    assert text == "Cannot tell yet · widened interval 1.1 points above to 7.3 points below"
    spanish = plain(chip(samples.finding(**across), definitions, ES))
    assert spanish.endswith("intervalo ampliado: de 1.1 puntos más a 7.3 puntos menos")
    parity = samples.finding(verdict="parity", gap_lower=-1.0, gap_upper=2.0)
    assert chip(parity, definitions, EN) == verdict_word("parity", EN)


def test_notes_of_entries_are_told_once_and_named_where_they_are_not_of_all() -> None:
    noted = replace(samples.DISTRICTS[0], note="cube.partial_period")
    quiet = {"caveats": (), "missing": ()}
    some = samples.finding(entries=(noted, *samples.DISTRICTS[1:3]), **quiet)
    every = samples.finding(entries=(noted, replace(noted, code="2")), **quiet)
    definitions, text = samples.definitions(), EN("cube.partial_period")
    assert caveats(some, definitions, samples.NAMES, EN) == [f"District 1: {text}"]
    assert caveats(every, definitions, samples.NAMES, EN) == [text]
    assert brief(some, definitions, EN) == "Mind: some figures carry a note."
    assert brief(samples.finding(entries=samples.DISTRICTS[:1], **quiet), definitions, EN) == ""


def test_a_note_concerns_a_fiscal_year_that_touches_its_year() -> None:
    note = Note(text={"en": "Cut."}, years=[2020])
    metric = samples.metric(notes=[note])
    start = date(2019, 7, 1)
    assert notes_on(metric, "place:district", ["1"], "fiscal_year", start) == [note]
    assert notes_on(metric, "place:district", ["1"], "fiscal_year", date(2020, 7, 1)) == [note]
    assert notes_on(metric, "place:district", ["1"], "month", start) == []


def test_interval_meaning_says_that_it_is_no_sample() -> None:
    assert "not a sample" in interval_meaning(EN)
    assert "no una muestra" in interval_meaning(ES)


# --- definitions and trends ----------------------------------------------------------------------
def test_definition_says_reference_tolerance_and_unfinished() -> None:
    text = plain(" ".join(metric_definition("cleared", samples.definitions(), EN)))
    for part in ("Requests cleared within 5 days.", "Unfinished cases: left out.", "Higher is better.", "Compared with the city", "±10%"):  # fmt: skip
        assert part in text


def test_definition_names_a_reference_group() -> None:
    metric = samples.metric(reference={"kind": "group", "group": "en"}, tolerance={"points": 5})
    text = " ".join(metric_definition("cleared", samples.definitions(cleared=metric), EN))
    assert "the group “English”" in text
    assert "±5 points" in text


def test_trend_says_both_ends_and_gives_no_verdict() -> None:
    frame = samples.gaps()
    assert trend_sentence(frame, samples.metric(), "District 3", "year", EN) == (
        "“District 3”: 4 points behind (0 to 8) in 2018, 13 points behind (9 to 17) in 2021."
    )


def test_both_ends_of_a_trend_are_of_the_same_season() -> None:
    frame = samples.gaps().iloc[:3]
    quarters = frame.assign(period=pd.to_datetime(["2019-10-01", "2020-01-01", "2021-01-01"]))
    text = trend_sentence(quarters, samples.metric(), "District 3", "quarter", EN)
    assert "in Q1 2020" in text
    assert "in Q1 2021" in text


def test_a_gap_that_turns_is_ahead_with_its_interval_the_right_way_round() -> None:
    frame = samples.gaps().iloc[:2].assign(gap=[3.0, -6.0], lower=[1.0, -8.0], upper=[5.0, -4.0])
    text = trend_sentence(frame, samples.metric(), "D", "year", EN)
    assert "3 points behind (1 to 5) in 2018, 6 points ahead (4 to 8) in 2019" in text


def test_a_gap_whose_interval_crosses_zero_names_both_sides() -> None:
    frame = samples.gaps().iloc[:2].assign(gap=[3.0, 3.0], lower=[-2.0, 1.0], upper=[8.0, 5.0])
    text = trend_sentence(frame, samples.metric(), "D", "year", EN)
    assert "3 points behind (2 ahead to 8 behind) in 2018" in text


def test_unfinished_periods_do_not_make_a_trend() -> None:
    frame = samples.gaps().iloc[3:]
    assert "not yet two complete periods" in trend_sentence(frame, samples.metric(), "D", "year", EN)  # fmt: skip


def trend(verdict: str = "widening", **changes: Any) -> Trend:
    return Trend(
        **{
            "code": "4", "verdict": verdict, "first": date(2019, 7, 1), "last": date(2026, 4, 1),
            "points": 28, "change": 9.2, "lower": 5.9, "upper": 12.4, "lower_simultaneous": 4.6,
            "upper_simultaneous": 13.3, "level": 20.0, "margin": 3.6,
        }
        | changes
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (trend(), "The gap is widening: along a straight line from Q3 2019 to Q2 2026 it went 9.2 points further from the reference (widened interval 4.6 to 13 points)."),
        (trend("closing", change=-9.2, lower_simultaneous=-13.3, upper_simultaneous=-4.6), "The gap is closing: along a straight line from Q3 2019 to Q2 2026 it came 9.2 points nearer to the reference (widened interval 4.6 to 13 points)."),
        (trend("steady"), "it certainly changed by less than 3.6 points, half the tolerance."),
        (trend("cannot_tell", reason="uncertain", lower_simultaneous=-2.0, upper_simultaneous=7.0), "it may have come 2 points nearer or gone 7 points further."),
        (trend("cannot_tell", reason="uncertain", lower_simultaneous=-2.0, upper_simultaneous=7.0, level=-5.0), "it may have come 7 points nearer or gone 2 points further."),
        (trend("cannot_tell", reason="crossed"), "it cannot be told whether it came nearer to the reference or went past it."),
        (trend("cannot_tell", reason="few_points", points=7, change=None), "7 finished periods are shown, and it takes 24 quarters or months."),
        (trend("cannot_tell", reason="yearly", points=7, change=None), "it is published by year only, and it takes 24 quarters or months."),
        (trend("cannot_tell", reason="withheld", change=None), "more than a quarter of the periods from Q3 2019 to Q2 2026 are withheld"),
    ],
)  # fmt: skip
def test_a_trend_says_how_far_since_when_and_how_sure(told: Trend, text: str) -> None:
    assert text in moving(told, samples.metric(), EN)
    assert "{" not in moving(told, samples.metric(), ES)


def test_a_list_says_certainty_and_movement_in_a_few_words() -> None:
    found = samples.finding(trend=trend())
    assert movement(found, samples.definitions(), EN) == (
        "Certain · widening: 9.2 points further since Q3 2019 (4.6 to 13 points)"
    )
    assert movement(found, samples.definitions(), ES).startswith("Con certeza · se amplía")
    assert movement(samples.finding(), samples.definitions(), EN) == ""
    shaky = samples.finding(trend=trend(), certain=False)
    assert movement(shaky, samples.definitions(), EN).startswith("Not certain among so many")
    open_ = samples.by_language(trend=trend("steady"))
    assert movement(open_, samples.definitions(), EN).startswith("Not certain · steady")
    assert "The gap is widening" in reading(found, samples.definitions(), samples.NAMES, EN)


def test_the_change_of_a_rate_is_that_of_a_year() -> None:
    rate = samples.metric(kind="rate", population="households")
    text = moving(trend(), rate, EN)
    assert "went 37 points further" in text  # four quarters of 9.2
    assert "18 to 53 points" in text
    assert text.endswith("These are figures of a whole year.")


@pytest.mark.parametrize("reason", TREND_REASONS)
def test_every_reason_has_its_words(reason: str) -> None:
    told = trend("cannot_tell", reason=reason)
    for say in (EN, ES):
        assert len(moving(told, samples.metric(), say)) > 40
        found = samples.finding(trend=told)
        assert "narrative." not in movement(found, samples.definitions(), say)


def course(**changes: Any) -> Course:
    return Course(
        **{
            "metric": "cleared", "period_kind": "year", "verdict": "off_course", "reason": "",
            "target": 80.0, "by": date(2027, 6, 30), "baseline_period": date(2019, 1, 1),
            "baseline": 65.0, "latest_period": date(2025, 1, 1), "latest": 71.2,
            "latest_lower": 70.0, "latest_upper": 72.4, "expected": 77.6, "line_kind": "quarter",
            "points": 28, "projected": 72.3, "projected_lower": 70.2, "projected_upper": 74.9,
        }
        | changes
    )  # fmt: skip


def test_a_target_says_where_things_lead_and_where_they_should_be() -> None:
    assert plain(course_sentence(course(), samples.metric(), EN)) == (
        "Target: 80% by June 30, 2027. Off course: a straight line through the last 28 quarters "
        "leads to 72% by then (interval 70 to 75%). In 2025 it stood at 71%; on the straight path "
        "to the target it would have been 78%."
    )
    assert course_word(course(), EN) == "off course"


@pytest.mark.parametrize(
    ("told", "text"),
    [
        (course(verdict="on_course"), "On course"),
        (course(verdict="cannot_tell", reason="uncertain"), "Whether it will be met cannot be told"),
        (course(verdict="cannot_tell", reason="few_points", points=7, line_kind="", projected=None), "7 finished quarters or months are shown, and it takes 24."),
        (course(verdict="cannot_tell", reason="no_values", latest=None, projected=None), "no finished period is published."),
        (course(verdict="met", by=None, expected=None, projected=None), "Target: 80%. Met. In 2025 it stood at 71%."),
        (course(verdict="not_met", by=None, expected=None, projected=None), "Not met."),
    ],
)  # fmt: skip
def test_every_course_has_its_words(told: Course, text: str) -> None:
    assert text in plain(course_sentence(told, samples.metric(), EN))
    for say in (EN, ES):
        assert "narrative." not in course_sentence(told, samples.metric(), say)
        assert "narrative." not in course_word(told, say)


# --- catalogues ----------------------------------------------------------------------------------
@pytest.mark.parametrize("domain", ["charts", "narrative"])
def test_both_languages_have_the_same_messages_and_placeholders(domain: str) -> None:
    english, spanish = (
        {key: text for key, text in catalogue(language).items() if key.startswith(f"{domain}.")}
        for language in ("en", "es")
    )
    assert (CATALOGUES / "es" / f"{domain}.po").exists()
    assert english.keys() == spanish.keys()
    for key, forms in english.items():
        holes = [set(re.findall(r"{(\w+)}", form)) for form in (forms[-1], spanish[key][-1])]
        assert holes[0] == holes[1], key
        assert len(forms) == len(spanish[key]), key


def test_an_entry_outside_every_place_is_not_given_a_place_name() -> None:
    outside = Entry("outside", "value", "not_applicable", estimate=50.0, n=30)
    finding = samples.finding(worst="outside", entries=(outside,))
    assert say(finding).startswith("Outside every area, 50 of 100")


# --- what cannot be told -------------------------------------------------------------------------
def more(finding: Finding, language: Translator = EN) -> str:
    definitions = samples.definitions()
    names = names_of(finding.by, definitions, language, samples.places())
    return plain(reading(finding, definitions, names, language))


def test_an_open_comparison_says_whom_it_concerns_and_what_would_settle_it() -> None:
    settle = Settle("records", "vi", 412, 3.2)
    finding = samples.by_language(concerned=87, settle=settle)
    text = more(finding)
    assert "It concerns 87 reports in “Tiếng Việt" in text
    assert text.endswith("would settle it, 3.2 years’ supply.")
    assert "About 410 records in" in text
    spanish = more(finding, ES)
    assert "Se trata de 87 avisos en «Tiếng Việt" in spanish
    assert "los de 3.2 años" in spanish
    told = Told("language", "all", date(2015, 11, 1), "gap")
    assert "would settle it" not in more(replace(finding, told_in=told))
    one = replace(finding, settle=Settle("records", "vi", 412, 1.0))
    assert more(one).endswith("one year’s supply.")


@pytest.mark.parametrize("by", ["never", "missing", "unknown", "interval"])
def test_what_records_cannot_settle_is_said(by: Any) -> None:
    finding = samples.by_language(concerned=87, settle=Settle(by, "vi"))
    for language in (EN, ES):
        text = more(finding, language)
        assert text.count(".") >= 2
        assert "{" not in text
    assert "not with these data" in more(samples.by_language(settle=Settle("never", "vi")))
    assert more(samples.finding(concerned=87)) == more(samples.finding())  # a gap is not open


def test_where_it_can_be_told_is_the_words_of_a_link() -> None:
    told = Told("place:district", "all", date(2015, 11, 1), "gap")
    finding = samples.by_language(told_in=told)
    label = told_label(finding, samples.definitions(), EN)
    assert label.startswith("By council district, ")
    assert label.endswith("it can be told: there is a gap")
    assert told_label(finding, samples.definitions(), ES).endswith("sí se sabe: hay brecha")
    assert told_label(samples.by_language(), samples.definitions(), EN) == ""


def test_the_verdict_of_unfinished_periods_is_told_where_it_differs() -> None:
    finding = samples.by_language(other_period=(date(2023, 1, 1), "gap"))
    assert "In 2023, whose cases are not all finished, there would be a gap." in more(finding)


def test_areas_are_not_the_people_they_are_named_for() -> None:
    definitions = samples.definitions()
    areas = definitions.dimensions["income"].model_copy(
        update={"source": DimensionSource(attribute="income_fifth")}
    )
    definitions = definitions.model_copy(
        update={"dimensions": definitions.dimensions | {"income": areas}}
    )
    entries = (samples.entry("1", 60.0, 4, "behind", -1.7, 300),)
    gap = samples.finding(by="income", entries=entries, worst="1", missing=())
    names = names_of("income", definitions, EN)
    text = plain(headline(gap, definitions, names, EN))
    assert text.startswith("In neighborhoods of the group “Lowest fifth”, 60 of 100 reports")
    open_ = replace(gap, verdict="cannot_tell")
    assert "Neighborhoods of the group “Lowest fifth” lean behind:" in plain(
        headline(open_, definitions, names, EN)
    )
    assert "Los barrios del grupo «Quinto más bajo» parecen quedar atrás" in plain(
        headline(open_, definitions, names_of("income", definitions, ES), ES)
    )


def test_the_readers_own_rule_is_the_one_that_is_named() -> None:
    finding = samples.finding(
        tolerance=Tolerance(points=3), declared=False, caveats=("own_question",)
    )
    definitions = samples.definitions()
    names = names_of(finding.by, definitions, EN, samples.places())
    assert "tolerance ±3 points" in plain(quiet_line(finding, definitions, names, EN))
    assert "reader’s own question" in caveats(finding, definitions, names, EN)[0]
    assert "not the declared rule" in brief(finding, definitions, EN)


def test_need_is_named_beside_complaints() -> None:
    finding = samples.finding(caveats=("complaints",), beside="cleared")
    definitions = samples.definitions()
    names = names_of(finding.by, definitions, EN, samples.places())
    assert any("which measures need" in text for text in caveats(finding, definitions, names, EN))


def test_a_place_after_a_colon_does_not_begin_a_sentence() -> None:
    """'Cannot tell yet: in District 3, …', although the name has a capital."""
    neutral = samples.definitions(cleared=samples.metric(direction="neutral"))
    finding = samples.finding(verdict="cannot_tell")
    for language, begins in (
        (EN, "Cannot tell yet: in District"),
        (ES, "Aún no se sabe: en District"),
    ):
        names = names_of(finding.by, neutral, language, samples.places())
        assert headline(finding, neutral, names, language).startswith(begins)
