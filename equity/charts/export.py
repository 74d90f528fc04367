"""Charts as files: PNG and SVG with title and source set into the picture, CSV of the table."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
import vl_convert

from equity.charts.model import Drawing, lines
from equity.charts.palette import INK, MUTED
from equity.charts.theme import BODY, LARGE, SMALL

FONTS = Path(__file__).parent / "fonts"
WIDTH = 900
SCALE = 2.0
_TITLE_WIDTH, _TEXT_WIDTH, _LINE = 92, 120, 16

_LEGENDS = ("fill", "stroke", "strokeDash", "shape", "size")


def png(drawing: Drawing, boundaries: Mapping[str, Any] | None = None) -> bytes:
    """The drawing as a PNG, 1,800 pixels wide.

    `boundaries`: the GeoJSON to set in for a map that names it by address, because nothing is
    fetched here.
    """
    return bytes(
        vl_convert.vegalite_to_png(picture(drawing, boundaries), scale=SCALE, **_offline())
    )


def svg(drawing: Drawing, boundaries: Mapping[str, Any] | None = None) -> str:
    """The drawing as SVG text; `boundaries` as for `png`."""
    return str(vl_convert.vegalite_to_svg(picture(drawing, boundaries), **_offline()))


def csv(table: pd.DataFrame, notes: Sequence[str]) -> bytes:
    """A table as CSV after lines of `#` that say what it is; UTF-8 with BOM for Excel."""
    head = "".join(f"# {' '.join(note.split())}\n" for note in notes if note)
    return f"{head}{table.to_csv(index=False)}".encode("utf-8-sig")


def picture(drawing: Drawing, boundaries: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The drawing as one Vega-Lite specification of fixed width with title, subtitle and caption."""
    spec = json.loads(drawing.spec)
    config, schema = spec.pop("config"), spec.pop("$schema")
    spec["width"] = WIDTH - 180
    spec.pop("autosize", None)
    if boundaries is not None:
        _inline(spec, boundaries)
    caption = lines(drawing.caption, _TEXT_WIDTH)
    foot = {
        "data": {"values": [{}]},
        "width": spec["width"],
        "height": _LINE * len(caption),
        "mark": {
            "type": "text",
            "text": caption,
            "align": "left",
            "baseline": "top",
            "fontSize": SMALL,
            "lineHeight": _LINE,
            "color": MUTED,
        },
        "encoding": {"x": {"value": 0}, "y": {"value": 0}},
    }
    return {
        "$schema": schema,
        "config": config,
        "padding": 24,
        "title": {
            "text": lines(drawing.title, _TITLE_WIDTH),
            "subtitle": lines(drawing.subtitle, _TEXT_WIDTH),
            "anchor": "start",
            "frame": "bounds",
            "fontSize": LARGE,
            "fontWeight": 600,
            "color": INK,
            "lineHeight": 21,
            "subtitleFontSize": BODY,
            "subtitleColor": MUTED,
            "subtitleLineHeight": 17,
            "subtitlePadding": 6,
            "offset": 18,
        },
        "vconcat": [spec, foot],
        "resolve": {
            "legend": dict.fromkeys(_LEGENDS, "independent"),
            "scale": dict.fromkeys(_LEGENDS, "independent"),
        },
        "spacing": 20,
    }


def _inline(node: Any, boundaries: Mapping[str, Any]) -> None:
    """Replace every data address in `node` by the features of `boundaries`."""
    if isinstance(node, dict):
        if "url" in node:
            node.pop("url")
            node.pop("format", None)
            node["values"] = list(boundaries["features"])
            return
        for value in node.values():
            _inline(value, boundaries)
    elif isinstance(node, list):
        for value in node:
            _inline(value, boundaries)


@lru_cache(maxsize=1)
def _offline() -> dict[str, Any]:
    """Registers the font once; options that keep the converter from fetching anything."""
    vl_convert.register_font_directory(str(FONTS))
    return {"allowed_base_urls": []}
