"""Charts on pages: drawn, linked to the chosen place, and with the table and files behind them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from equity import narrative
from equity.charts import export, mini, place_map, ranked_dots
from equity.charts.model import Drawing
from equity.findings import PLACE_PREFIX, Finding
from equity.schema import OUTSIDE, UNKNOWN
from equity.ui import frame, load, names, navigation, promise, speak
from equity.ui.context import Here
from equity.ui.serve import DISPLAY
from equity.ui.state import State

_NOT_CHOSEN = (OUTSIDE, UNKNOWN)


def dots(here: Here, finding: Finding, *, field: str = "", name: str = "dots") -> Drawing:
    """Ranked dots; with `field`, choosing a row chooses that field of the state."""
    chosen = here.state.get(field) if field else ""
    drawing = load.made(
        here,
        ("dots", finding.id, chosen),
        lambda: ranked_dots(
            finding,
            here.definitions,
            names.of_finding(here, finding),
            here.say,
            chosen=chosen or None,
        ),
    )
    _draw(drawing, f"{name}-{finding.by}-{chosen}", field)
    return drawing


def map_of(here: Here, finding: Finding) -> Drawing | None:
    """The map of a finding by place; None where the level has no boundaries for display."""
    level = finding.by.removeprefix(PLACE_PREFIX)
    file = here.publication.meta.get("display", {}).get(level)
    if not file:
        return None
    chosen = here.state.get("place")

    def make() -> Drawing:
        places = here.publication.places(level, here.say.language)
        return place_map(
            finding,
            here.definitions,
            places[places["x"].notna()],
            here.say,
            boundaries=DISPLAY.format(name=file),
            chosen=chosen or None,
        )

    drawing = load.made(here, ("map", finding.id, chosen), make)
    _draw(drawing, f"map-{finding.by}-{chosen}", "place")
    return drawing


def small(here: Here, finding: Finding, code: str = "") -> None:
    """One entry of the finding, its leading one unless `code` names another: a dot and a band."""
    drawing = load.made(
        here,
        ("mini", finding.id, code),
        lambda: mini(
            finding, here.definitions, names.of_finding(here, finding), here.say, code=code or None
        ),
    )
    _draw(drawing, f"mini-{finding.id}-{code}", "")


def plain(drawing: Drawing, name: str) -> Drawing:
    """A chart that nothing is chosen on."""
    _draw(drawing, name, "")
    return drawing


def _draw(drawing: Drawing, key: str, field: str) -> None:
    """The chart. Its key contains what is chosen, so that choosing the same thing twice counts."""
    spec = json.loads(drawing.spec)  # a copy: Streamlit takes the data out of it
    if not field:
        st.vega_lite_chart(spec=spec, key=key, alt=drawing.alt_text, theme=None)
        return
    parameter = "place" if field == "place" else "group"
    st.vega_lite_chart(
        spec=spec,
        key=key,
        alt=drawing.alt_text,
        theme=None,
        selection_mode=parameter,
        on_select=lambda: _picked(key, parameter, field),
    )


def _picked(key: str, parameter: str, field: str) -> None:
    """Take what was chosen on a chart into the state; what is no place or group is let be."""
    event: Any = st.session_state.get(key) or {}
    points = event.get("selection", {}).get(parameter, [])
    code = str(points[0].get(parameter, "")) if points else ""
    if code and code not in _NOT_CHOSEN:
        State(st.session_state, st.query_params).choose(field, code)


def table(here: Here, table: pd.DataFrame, name: str, metrics: Sequence[str]) -> None:
    """A table of some metrics, folded, and the same as a file."""
    folded = _folded(here, name)
    if not folded.open:
        return
    with folded:
        _table(here, table, here.say("ui.table_behind"))
        _file(
            here.say("ui.download_csv"),
            lambda: export.csv(table, speak.marks(here, metrics)),
            f"{name}.csv",
            "text/csv",
        )


def behind(
    here: Here,
    drawing: Drawing,
    name: str,
    metric: str,
    *,
    on_map: Drawing | None = None,
    level: str = "",
) -> None:
    """What stands behind a chart: table, files (of its map of `level` too), definition."""
    say = here.say
    folded = _folded(here, name)
    if folded.open:
        with folded:
            _table(here, drawing.table, drawing.title)
            frame.words(drawing.caption, quiet=True)
            frame.words(speak.interval_meaning(here), quiet=True)
    with st.container(horizontal=True, vertical_alignment="center", key=f"eq-behind-{name}"):
        _file(
            say("ui.download_csv"), lambda: _csv(here, drawing, metric), f"{name}.csv", "text/csv"
        )
        _pictures(here, drawing, name, "")
        if on_map:
            _pictures(here, on_map, f"{name}-map", level)
        navigation.link("methods", say("ui.how_computed"), here.state, metric=metric)


def _folded(here: Here, name: str) -> Any:
    """The fold of a table. It is filled when it is opened: a table asks more of the browser than
    all the charts of a page."""
    return st.expander(here.say("ui.table_behind"), key=f"fold-{name}", on_change="rerun")


def _table(here: Here, table: pd.DataFrame, alt: str) -> None:
    """A table on the page, where the id of each entry leads to its evidence."""
    column = here.say("charts.entry")
    path = f"/methods?lang={here.say.language}&entry="
    shown = table.copy()
    shown[column] = [path + id if id else None for id in table[column]]
    links = {column: st.column_config.LinkColumn(display_text=r"entry=(.*)$")}
    st.dataframe(shown, hide_index=True, alt=alt, column_config=links)


def _csv(here: Here, drawing: Drawing, metric: str) -> bytes:
    """The table behind a chart, after what the picture says of itself."""
    told = [drawing.title, drawing.subtitle, drawing.caption]
    return export.csv(drawing.table, [*told, *speak.marks(here, [metric])])


def _file(label: str, make: Callable[[], bytes], name: str, kind: str) -> None:
    """A file that is made when it is asked for, not at every run."""
    st.download_button(
        label,
        make,
        file_name=name,
        mime=kind,
        on_click="ignore",
        key=f"file-{name}",
        type="tertiary",
    )


def _pictures(here: Here, drawing: Drawing, name: str, level: str) -> None:
    """A chart, or the map of a level, as PNG and as SVG."""
    what = "map" if level else "chart"
    _file(
        here.say(f"ui.download_{what}_png"),
        lambda: export.png(drawing, _boundaries(here, level)),
        f"{name}.png",
        "image/png",
    )
    _file(
        here.say(f"ui.download_{what}_svg"),
        lambda: export.svg(drawing, _boundaries(here, level)).encode(),
        f"{name}.svg",
        "image/svg+xml",
    )


def _boundaries(here: Here, level: str) -> Any:
    """The display boundaries of a level, to set into a picture."""
    file = here.publication.meta.get("display", {}).get(level) if level else None
    return json.loads((here.workspace.display / file).read_bytes()) if file else None


def finding_line(here: Here, finding: Finding) -> None:
    """A finding in a list: verdict, sentence, small dot and band, and the way to its page."""
    with st.container(key=f"eq-finding-{finding.id}"):
        text, picture = st.columns([3, 1], vertical_alignment="center", gap="medium")
    with text, st.container(gap="xxsmall"):
        sentence, mind = speak.headline(here, finding), speak.brief(here, finding)
        told = (
            speak.movement(here, finding),
            mind.rstrip("."),
            promise.overdue(here, finding.metric),
        )
        quiet = ". ".join(filter(None, told))
        frame.line(here.say, finding.verdict, sentence, quiet, neutral=speak.neutral(here, finding))
        navigation.to_breakdown(
            here, finding, speak.eyebrow(here, finding.metric, names.comparison(here, finding.by))
        )
        if finding.told_in:
            label = narrative.told_label(finding, here.definitions, here.say)
            navigation.to_told(here, finding.metric, finding.told_in, label)
    with picture:
        small(here, finding)
