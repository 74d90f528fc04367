"""Charts as files: every one is rendered once in each language, without a browser or a network."""

from __future__ import annotations

import csv as csv_reader
import struct

import pytest
import vl_convert

from equity.charts import export
from equity.charts.export import FONTS
from tests.charts.test_charts import LANGUAGES, all_drawings, map_of
from tests.narrative import samples


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_drawing_becomes_a_picture_of_the_same_width(language: str) -> None:
    for name, drawing in all_drawings(language).items():
        picture = export.png(drawing, samples.boundaries())
        assert picture.startswith(b"\x89PNG"), name
        width, height = struct.unpack(">II", picture[16:24])
        assert 1400 <= width <= 2000, (name, width)
        assert height > 200, name


def test_the_picture_carries_finding_measure_and_source() -> None:
    svg = export.svg(map_of("es"), samples.boundaries())
    for text in ("44 de cada 100 avisos", "registros sintéticos", "publicación 3", "distrito"):
        assert text in svg


def test_a_map_has_its_shapes_and_the_dots_their_dots() -> None:
    assert shapes(export.svg(map_of(), samples.boundaries()), "mark-shape") == len(samples.places())
    assert shapes(export.svg(all_drawings("en")["dots"]), "mark-symbol") == 6


def shapes(svg: str, kind: str) -> int:
    """Paths in the first group of marks of a kind."""
    return svg.split(f'<g class="{kind} ', 1)[1].split("</g>", 1)[0].count("<path")


def test_text_is_measured_in_the_font_that_is_shipped() -> None:
    """100 W of 20 px are 1,570 px wide in Source Sans; measured in no font at all, 1,140 px."""
    spec = export.picture(all_drawings("en")["mini"]) | {"vconcat": [_text("W" * 100)]}
    assert _width(spec) > 1500


def _text(text: str) -> dict[str, object]:
    mark = {"type": "text", "text": text, "fontSize": 20}
    return {"data": {"values": [{}]}, "mark": mark, "width": 10, "height": 20}


def _width(spec: dict[str, object]) -> int:
    spec["title"] = ""
    width: int = struct.unpack(">I", vl_convert.vegalite_to_png(spec)[16:20])[0]
    return width


def test_the_font_comes_with_its_licence() -> None:
    assert "Open Font License" in (FONTS / "LICENSE.md").read_text("utf-8")
    assert sum(file.stat().st_size for file in FONTS.iterdir()) < 1_000_000


def test_csv_says_what_it_is_and_holds_the_table() -> None:
    drawing = map_of()
    content = export.csv(drawing.table, [drawing.title, "", "Source: a, b\nand c"])
    assert content.startswith("\ufeff#".encode())
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[:2] == [f"# {drawing.title}", "# Source: a, b and c"]
    table = list(csv_reader.reader(lines[2:]))
    assert table[0] == list(drawing.table.columns)
    assert len(table) == len(drawing.table) + 1


def test_export_fetches_nothing() -> None:
    """A map whose boundaries are not given does not go and get them."""
    with pytest.raises(ValueError, match="not allowed"):
        export.png(map_of(boundaries="http://127.0.0.1:9/d.json"))
