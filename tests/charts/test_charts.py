"""What the charts draw and say, read from their Vega-Lite specifications."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from equity.charts import Drawing, gap_trend, mini, place_map, quadrants, ranked_dots, trend
from equity.charts.course import until
from equity.charts.palette import (
    INK,
    MUTED,
    PAPER,
    POSITION_MARK,
    STEPS,
    VERDICT_COLOUR,
    VERDICT_ICON,
    WASH,
)
from equity.findings import Standing
from equity.findings.model import Entry
from equity.framework.models import Note
from equity.i18n import Translator
from equity.monitoring import Course
from equity.narrative import names_of
from tests.narrative import samples

LANGUAGES = ("en", "es")


def map_of(language: str = "en", **changes: Any) -> Drawing:
    options = {"boundaries": "display/d.json", "chosen": "5"} | changes
    return place_map(
        samples.finding(), samples.definitions(), samples.places(), Translator(language), **options
    )


def dots_of(language: str = "en", **changes: Any) -> Drawing:
    say = Translator(language)
    definitions = samples.definitions()
    finding = samples.finding(**changes)
    return ranked_dots(finding, definitions, names_of(finding.by, definitions, say, samples.places()), say)  # fmt: skip


def trend_of(language: str = "en", **changes: Any) -> Drawing:
    options = {"metric": "cleared", "by": "place:district", "period_kind": "year", "title": "T"}
    return trend(
        samples.series(), samples.definitions(), samples.NAMES, Translator(language), **options | changes
    )  # fmt: skip


def gap_of(language: str = "en") -> Drawing:
    return gap_trend(
        samples.gaps(),
        samples.definitions(),
        Translator(language),
        metric="cleared",
        by="place:district",
        code="3",
        name="District 3",
        period_kind="year",
        title="T",
    )


def layers(drawing: Drawing) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = drawing.chart.to_dict()["layer"]
    return found


def layer_with(drawing: Drawing, text: str) -> list[dict[str, Any]]:
    return [layer for layer in layers(drawing) if text in json.dumps(layer)]


def rows(drawing: Drawing) -> dict[str, dict[str, Any]]:
    return {row["code"]: row for row in drawing.chart.to_dict()["data"]["values"]}


# --- the map -------------------------------------------------------------------------------------
def test_map_asks_for_boundaries_by_address_and_carries_only_values() -> None:
    spec = map_of().chart.to_dict()
    assert spec["transform"] == [
        {
            "lookup": "place",
            "from": {
                "data": {
                    "url": "display/d.json",
                    "format": {"type": "json", "property": "features"},
                },
                "key": "properties.place",
                "fields": ["geometry", "type"],
            },
        }
    ]
    assert "coordinates" not in json.dumps(spec)
    assert len(json.dumps(spec)) < 20_000


def test_map_selects_the_field_place() -> None:
    [parameter] = map_of().chart.to_dict()["params"]
    assert (parameter["name"], parameter["select"]["fields"]) == ("place", ["place"])


def test_map_colours_by_tolerance_steps_and_tells_withheld_from_empty() -> None:
    steps = {code: row["step"] for code, row in rows(map_of()).items()}
    assert steps == {
        "1": "within",
        "2": "ahead_1",
        "3": "behind_1",
        "4": "behind_3",
        "5": "within",
        "6": "suppressed",
        "7": "no_records",
    }
    shapes = layers(map_of())[0]["encoding"]
    domain = shapes["fill"]["scale"]["domain"]
    colour = dict(zip(domain, shapes["fill"]["scale"]["range"], strict=True))
    dash = dict(zip(domain, shapes["strokeDash"]["scale"]["range"], strict=True))
    assert domain.index("behind, over 3") < domain.index("within tolerance")
    assert {"withheld to protect people", "no records (white)"} <= set(domain)
    assert colour["withheld to protect people"] == colour["no records (white)"] == PAPER
    assert dash["withheld to protect people"] != dash["no records (white)"]


def test_a_place_without_an_entry_is_not_published_which_is_not_no_records() -> None:
    finding = samples.finding(entries=samples.DISTRICTS[:2])
    drawing = place_map(
        finding, samples.definitions(), samples.places(), Translator("en"), boundaries="d.json"
    )
    assert rows(drawing)["5"]["step"] == "not_published"
    assert rows(drawing)["5"]["status_text"] == "not published"
    assert rows(drawing)["5"]["estimate"] is None


def test_map_outlines_the_chosen_place_only() -> None:
    def outlined(drawing: Drawing) -> list[Any]:
        marks = [layer for layer in layers(drawing) if layer["mark"].get("strokeWidth") == 4 and layer["mark"]["type"] == "geoshape"]  # fmt: skip
        return [mark["transform"][0]["filter"]["oneOf"] for mark in marks]

    assert outlined(map_of()) == [["5"]]
    assert outlined(map_of(chosen=None)) == [[]]


def test_records_outside_are_counted_in_the_caption_and_not_drawn() -> None:
    drawing = map_of()
    assert "21 records lie outside every area" in drawing.caption
    assert "outside" not in rows(drawing)
    hidden = samples.finding(entries=(Entry("outside", "suppressed", "suppressed"),))
    other = place_map(
        hidden, samples.definitions(), samples.places(), Translator("en"), boundaries="d.json"
    )
    assert "withheld to protect people" in other.caption
    assert "21" not in other.caption.replace("2022", "")


def test_counts_are_circles_and_never_colours() -> None:
    metric = samples.metric(kind="amount", statistic="total", unit="count", value="items")
    definitions = samples.definitions(cleared=metric)
    drawing = place_map(
        samples.finding(), definitions, samples.places(), Translator("en"), boundaries="d.json"
    )
    text = json.dumps(drawing.chart.to_dict())
    assert not any("fill" in layer["encoding"] for layer in layers(drawing))
    assert STEPS["behind_3"].fill not in text
    assert [layer for layer in layers(drawing) if layer["mark"]["type"] == "circle"]
    assert "does not say who is behind" in drawing.title

    ranked = ranked_dots(samples.finding(), definitions, samples.NAMES, Translator("en"))
    kinds = {layer["mark"]["type"] for layer in layers(ranked)}
    assert "bar" in kinds
    assert "72.7" not in json.dumps(ranked.chart.to_dict())


def test_a_metric_without_a_better_direction_is_not_told_as_behind() -> None:
    definitions = samples.definitions(cleared=samples.metric(direction="neutral"))
    drawing = place_map(
        samples.finding(), definitions, samples.places(), Translator("en"), boundaries="d.json"
    )
    ranked = ranked_dots(samples.finding(), definitions, samples.NAMES, Translator("en"))
    for found in (drawing, ranked):
        assert "behind" not in json.dumps([row["status_text"] for row in rows(found).values()])
        assert "behind" not in found.alt_text
    assert "lower, over 3" in json.dumps(drawing.chart.to_dict())


# --- ranked dots ---------------------------------------------------------------------------------
def test_dots_run_from_furthest_behind_then_without_numbers_then_outside() -> None:
    drawing = dots_of()
    order = [row["code"] for row in drawing.chart.to_dict()["data"]["values"]]
    assert order == ["4", "3", "5", "1", "2", "6", "7", "outside"]
    assert "furthest behind first" in " ".join(drawing.chart.to_dict()["title"]["text"])


def test_dots_of_a_metric_where_lower_is_better_run_the_other_way() -> None:
    definitions = samples.definitions(cleared=samples.metric(direction="lower_is_better"))
    drawing = ranked_dots(samples.finding(), definitions, samples.NAMES, Translator("en"))
    order = [row["code"] for row in drawing.chart.to_dict()["data"]["values"]]
    assert order[:2] == ["2", "1"]


def test_ordered_groups_keep_their_order_and_unknown_is_last() -> None:
    entries = tuple(
        samples.entry(code, value, 3, "within", 0.1)
        for code, value in [("unknown", 10), ("5", 60), ("1", 90), ("3", 70)]
    )
    drawing = dots_of(by="income", entries=entries, worst="1")
    assert [row["code"] for row in drawing.chart.to_dict()["data"]["values"]] == ["1", "3", "5", "unknown"]  # fmt: skip
    assert drawing.chart.to_dict()["params"][0]["name"] == "group"


def test_dots_show_reference_band_and_interval() -> None:
    drawing = dots_of()
    [band] = [la for la in layers(drawing) if la["encoding"].get("x2", {}).get("datum") == 80.0]
    assert band["encoding"]["x"]["datum"] == 65.4
    assert layer_with(drawing, "the city: 72.7%")
    assert [la for la in layers(drawing) if la["encoding"].get("x2", {}).get("field") == "upper"]


def test_dots_without_a_common_reference_draw_none() -> None:
    drawing = dots_of(tolerance_lower=None, tolerance_upper=None, reference="rest")
    assert not layer_with(drawing, '"datum": ')


def test_withheld_and_empty_rows_say_so_and_have_no_dot() -> None:
    found = rows(dots_of())
    assert found["6"]["status_text"] == "withheld to protect people"
    assert found["7"]["status_text"] == "no records"
    assert found["6"]["estimate"] is found["7"]["estimate"] is None
    assert found["6"]["n_text"] == found["7"]["n_text"] == "–"


def test_values_are_written_for_few_rows_and_height_grows() -> None:
    many = tuple(samples.entry(str(i), 50 + i, 2, "within", 0.0) for i in range(13))
    few, lots = dots_of(), dots_of(entries=many, worst="1")
    assert layer_with(few, "value_text") != []
    texts = [
        la for la in layers(lots) if la["encoding"].get("text", {}).get("field") == "value_text"
    ]
    assert texts == []
    assert lots.chart.to_dict()["height"] > few.chart.to_dict()["height"]


def test_every_position_has_its_own_shape_or_fill() -> None:
    for absent in (("behind", "ahead"), ("lower", "higher")):  # a metric has one pair or the other
        there = set(POSITION_MARK) - {"not_applicable", *absent}
        marks = [(POSITION_MARK[p].shape, POSITION_MARK[p].filled) for p in there]
        assert len(set(marks)) == len(marks)
    assert len(set(VERDICT_ICON.values())) == len(VERDICT_ICON)


# --- trends --------------------------------------------------------------------------------------
def test_trend_breaks_where_nothing_is_shown_and_dashes_what_is_unfinished() -> None:
    values = trend_of(highlight="7").chart.to_dict()["data"]["values"]
    seven = {row["period"][:4]: row for row in values if row["code"] == "7"}
    assert seven["2020"]["estimate"] is None
    assert seven["2020"]["status_text"] == "withheld to protect people"
    assert [year for year, row in seven.items() if row["dashed"] is not None] == ["2021", "2022"]
    assert seven["2022"]["status_text"] == "not finished yet"


def test_trend_highlights_one_and_names_all_at_their_ends() -> None:
    drawing = trend_of(highlight="3")
    ranks = {row["code"]: row["rank"] for row in drawing.chart.to_dict()["data"]["values"]}
    assert ranks == {"": 1, "3": 2, "4": 0, "7": 0}
    for name in ("the city", "District 3", "District 4", "District 7"):
        assert layer_with(drawing, f'"text": "{name}"')


def test_trend_marks_a_change_of_practice_inside_the_time_shown() -> None:
    assert layer_with(trend_of(), "New crews")
    late = samples.metric(changes=[{"on": date(2030, 1, 1), "text": "Later"}])
    drawing = trend(
        samples.series(),
        samples.definitions(cleared=late),
        samples.NAMES,
        Translator("en"),
        metric="cleared",
        by="place:district",
        period_kind="year",
        title="T",
    )
    assert not layer_with(drawing, "Later")


def test_periods_are_local_midnights_so_that_no_zone_shifts_them() -> None:
    for drawing in (trend_of(), gap_of()):
        periods = {row["period"] for row in drawing.chart.to_dict()["data"]["values"]}
        assert "2018-01-01T00:00:00" in periods


def test_fiscal_years_are_named_on_the_axis() -> None:
    axis = json.dumps(trend_of(period_kind="fiscal_year").chart.to_dict())
    assert "2018" in axis
    assert "FY" in axis


def test_gap_stands_under_the_metric_on_the_same_axis() -> None:
    metric, gap = trend_of().chart.to_dict(), gap_of().chart.to_dict()
    assert [json.dumps(spec).count('"width + ') for spec in (metric, gap)] == [1, 1]

    def widths(spec: dict[str, Any]) -> set[tuple[Any, Any]]:
        axes = [la["encoding"]["y"].get("axis") for la in spec["layer"] if "y" in la["encoding"]]
        return {(axis["minExtent"], axis["maxExtent"]) for axis in axes if axis}

    def times(spec: dict[str, Any]) -> list[Any]:
        return next(la["encoding"]["x"]["axis"]["values"] for la in spec["layer"] if la["encoding"].get("x", {}).get("axis"))  # fmt: skip

    assert widths(metric) == widths(gap)
    assert times(metric) == times(gap)


def course(**changes: Any) -> Course:
    return Course(
        **{
            "metric": "cleared", "period_kind": "year", "verdict": "off_course", "reason": "",
            "target": 92.0, "by": date(2025, 12, 31), "baseline_period": date(2018, 1, 1),
            "baseline": 65.0, "latest_period": date(2022, 1, 1), "latest": 71.2,
            "latest_lower": 70.0, "latest_upper": 72.4, "expected": 77.6, "line_kind": "quarter",
            "points": 28, "projected": 72.3, "projected_lower": 70.2, "projected_upper": 74.9,
        }
        | changes
    )  # fmt: skip


def test_a_target_has_a_path_a_mark_and_a_projection_inside_the_panel() -> None:
    drawing = trend_of(course=course())
    [path] = layer_with(drawing, '"value": 65.0')
    assert [row["value"] for row in path["data"]["values"]] == [65.0, 92.0]
    # A year's point stands at its first day, and so does the year that ends by the target's.
    assert [row["period"][:10] for row in path["data"]["values"]] == ["2018-01-01", "2025-01-01"]
    assert layer_with(drawing, "72.3% (70.2 to 74.9)")
    assert layer_with(drawing, '"text": "target 92%"')
    domains = [la["encoding"]["y"]["scale"]["domain"] for la in layers(drawing) if la["encoding"].get("y", {}).get("scale")]  # fmt: skip
    assert all(low <= 65 and high >= 92 for low, high in domains)
    assert not layer_with(trend_of(), "target 92%")


def test_a_target_without_a_day_is_a_level_line() -> None:
    level = course(by=None, expected=None, projected=None, verdict="not_met")
    drawing = trend_of(course=level)
    [line] = layer_with(drawing, '"value": 92.0')
    assert line["mark"]["type"] == "rule"
    assert "x" not in line["encoding"]
    assert until(level, "year") is None


def test_the_panels_reach_to_the_same_day() -> None:
    assert until(course(), "quarter") == date(2025, 12, 31)
    assert until(course(), "year") == date(2025, 1, 1)
    assert until(None, "year") is None
    options = {"metric": "cleared", "by": "place:district", "code": "3", "name": "District 3"}
    drawing = gap_trend(
        samples.gaps(), samples.definitions(), Translator("en"), **options, period_kind="year",
        title="T", until=until(course(), "year"),
    )  # fmt: skip
    assert layer_with(drawing, "2025-01-01")
    assert not layer_with(gap_of(), "2025-01-01")


def test_gap_has_a_zero_line_a_tolerance_and_an_interval() -> None:
    drawing = gap_of()
    assert layer_with(drawing, "no gap")
    first = drawing.chart.to_dict()["data"]["values"][0]
    assert (first["gap"], first["tolerance"], first["tolerance_low"]) == (4.0, 7.0, -7.0)
    assert first["value_text"] == "4 points behind"
    assert first["interval_text"] == "0 points behind to 8 points behind"


def test_a_trend_without_rows_is_still_a_chart() -> None:
    empty = samples.series().iloc[:0]
    drawing = trend(
        empty, samples.definitions(), samples.NAMES, Translator("en"),
        metric="cleared", by="place:district", period_kind="month", title="T",
    )  # fmt: skip
    assert drawing.chart.to_dict()["data"]["values"] == []


# --- all of them ---------------------------------------------------------------------------------
def all_drawings(language: str) -> dict[str, Drawing]:
    say = Translator(language)
    definitions = samples.definitions()
    language_names = names_of("language", definitions, say)
    return {
        "map": map_of(language),
        "dots": dots_of(language),
        "groups": ranked_dots(samples.by_language(), definitions, language_names, say),
        "mini": mini(samples.finding(), definitions, samples.NAMES, say),
        "trend": trend_of(language, highlight="3"),
        "gap": gap_of(language),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_drawing_has_text_table_and_the_width_of_its_page(language: str) -> None:
    for name, drawing in all_drawings(language).items():
        spec = drawing.chart.to_dict()
        assert spec["width"] == "container", name
        assert drawing.alt_text, name
        assert drawing.title, name
        assert isinstance(drawing.table, pd.DataFrame), name
        assert len(drawing.table), name
        assert drawing.table.columns.is_unique, name


def test_numbers_and_words_follow_the_language() -> None:
    english, spanish = dots_of("en"), dots_of("es")
    assert rows(english)["2"]["value_text"] == "85.1%"
    assert rows(spanish)["2"]["value_text"].replace("\u00a0", " ") == "85.1 %"
    assert spanish.chart.to_dict()["config"]["locale"]["number"]["decimal"] == "."
    assert next(iter(spanish.table.columns)) == "Distrito municipal"
    assert "registros sintéticos" in spanish.caption


def test_one_style_of_tooltip() -> None:
    titles = [
        [field["title"] for field in la["encoding"]["tooltip"]]
        for drawing in (map_of(), dots_of())
        for la in layers(drawing)
        if "tooltip" in la["encoding"]
    ]
    wanted = ["Council district", "Value", "95% interval", "Records", "Status"]
    assert titles
    assert all(found == wanted for found in titles)


def test_a_table_never_shows_numbers_of_a_withheld_entry() -> None:
    entries = (*samples.DISTRICTS[:5], replace(samples.DISTRICTS[5], estimate=None))
    table = dots_of(entries=entries).table
    row = table[table["Code"] == "6"].iloc[0]
    assert row[["Records", "Cleared within 5 days (%)"]].isna().all()


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [INK, MUTED, *VERDICT_COLOUR.values()])
@pytest.mark.parametrize("ground", [PAPER, WASH])
def test_text_can_be_read(colour: str, ground: str) -> None:
    assert contrast(colour, ground) >= 4.5


def test_a_metric_without_a_better_side_has_no_judging_colours() -> None:
    definitions = samples.definitions(cleared=samples.metric(direction="neutral"))
    drawing = place_map(
        samples.finding(), definitions, samples.places(), Translator("en"), boundaries="d.json"
    )
    assert rows(drawing)["4"]["step"] == "lower_3"
    domain = layers(drawing)[0]["encoding"]["fill"]["scale"]["domain"]
    assert not [word for word in domain if "behind" in word or "ahead" in word]
    assert "lower, over 3" in domain


def test_what_must_be_known_travels_with_the_number() -> None:
    noted = replace(samples.DISTRICTS[2], note="cube.partial_period", unstable=True, entry="ab")
    text = Translator("en")("cube.partial_period")
    finding = samples.finding(entries=(*samples.DISTRICTS[:2], noted))
    for drawing in (
        ranked_dots(finding, samples.definitions(), samples.NAMES, Translator("en")),
        place_map(
            finding, samples.definitions(), samples.places(), Translator("en"), boundaries="d.json"
        ),
    ):
        assert rows(drawing)["3"]["note_text"] == f"{text} Rests on few events."
        assert f"District 3: {text}" in drawing.caption
        assert any("Note" in titles for titles in tooltips(drawing))
        table = drawing.table.set_index("Code")
        assert table.loc["3", "Entry"] == "ab"
        assert text in table.loc["3", "Note"]


def tooltips(drawing: Drawing) -> list[list[str]]:
    """The titles of every tooltip of a drawing."""
    return [
        [field["title"] for field in layer["encoding"]["tooltip"]]
        for layer in layers(drawing)
        if "tooltip" in layer.get("encoding", {})
    ]


def test_years_with_a_known_artefact_are_marked_on_trends() -> None:
    note = Note(text={"en": "Cut."}, place_level="district", places=["3"], years=[2020])
    definitions = samples.definitions(cleared=samples.metric(notes=[note]))

    def marked(code: str) -> list[str]:
        drawing = gap_trend(
            samples.gaps(), definitions, Translator("en"), metric="cleared", by="place:district",
            code=code, name="X", period_kind="year", title="T",
        )  # fmt: skip
        data = [layer.get("data", {}).get("values", []) for layer in layers(drawing)]
        named = [values for values in data if values and values[0].get("text") == "known artifact"]
        return [values[0]["period"] for values in named]

    assert marked("3") == ["2020-01-01T00:00:00"]
    assert marked("4") == []


def test_where_no_side_is_better_up_is_more() -> None:
    """Gaps are positive on the unfavourable side; a metric without one is drawn as it is."""
    neutral = samples.definitions(cleared=samples.metric(direction="neutral"))
    drawn = {
        name: gap_trend(
            samples.gaps(), definitions, Translator("en"), metric="cleared", by="place:district",
            code="3", name="X", period_kind="year", title="T",
        ).table["Gap"]
        for name, definitions in (("judged", samples.definitions()), ("neutral", neutral))
    }  # fmt: skip
    assert drawn["judged"].abs().max() > 0
    assert drawn["neutral"].tolist() == (-drawn["judged"]).tolist()


def test_shares_of_recipients_are_not_drawn_beside_all_of_them() -> None:
    kind = {"kind": "representation", "population": "residents", "numerator": None}
    represented = samples.definitions(cleared=samples.metric().model_copy(update=kind))
    say = Translator("en")

    def named(definitions: Any) -> set[str]:
        found = trend(
            samples.series(), definitions, samples.NAMES, say, metric="cleared",
            by="place:district", period_kind="year", title="T",
        )  # fmt: skip
        return set(found.table[found.table.columns[1]])

    assert named(samples.definitions()) - named(represented) == {samples.NAMES[""]}


def test_a_small_chart_draws_the_entry_that_is_asked_for() -> None:
    finding, definitions, say = samples.finding(), samples.definitions(), Translator("en")
    other = next(e.code for e in finding.entries if e.code != finding.worst and e.estimate)
    drawn = mini(finding, definitions, samples.NAMES, say, code=other)
    assert samples.NAMES[other] in drawn.alt_text
    assert samples.NAMES[other] not in mini(finding, definitions, samples.NAMES, say).alt_text


# --- performance × disparity ---------------------------------------------------------------------
def quadrants_of(language: str = "en") -> Drawing:
    gap = samples.finding(certain=True)
    open_one = replace(samples.by_language(), id="open")
    placed = [
        Standing(gap, performance=-9.1, behind=3.9, nearest=3.4, furthest=4.5),
        Standing(open_one, performance=4.0, behind=1.2, nearest=-0.3, furthest=2.7),
    ]
    sentences = {gap.id: "In District 4, fewer.", "open": "Cannot tell yet."}
    return quadrants(placed, sentences, samples.definitions(), Translator(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_quadrants_place_each_metric_and_say_it_to_those_who_do_not_see_it(language: str) -> None:
    drawing = quadrants_of(language)
    spec = json.loads(drawing.spec)
    (data,) = [layer["data"]["values"] for layer in spec["layer"]]
    assert [(row["number"], row["certain"]) for row in data] == [("1", True), ("2", False)]
    assert "1. In District 4, fewer. 2. Cannot tell yet." in drawing.alt_text
    drawing.chart.to_dict()  # checked against the schema
    text = drawing.spec
    assert '"datum": 1' in text
    assert len(drawing.table) == 2


def test_quadrants_hold_every_interval() -> None:
    spec = quadrants_of().spec
    assert "datum.certain" in spec
    domains = [
        json.loads(f"[{part.split(']')[0]}]")
        for part in spec.split('"domain": [')[1:]
        if part[0] in "-0123456789"
    ]
    assert any(low <= -0.3 and high >= 4.5 for low, high in domains)
    assert any(low <= -9.1 and high >= 4.0 for low, high in domains)
