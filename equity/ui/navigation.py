"""The pages, their sections, and links between them that carry the reader's choices along.

Streamlit's own menu drops the address's fields when one changes pages, so the menu is hidden and
drawn here from links that hold them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from equity.findings import PLACE_PREFIX, Finding, Told
from equity.i18n import Translator
from equity.ui.context import Here
from equity.ui.state import State
from equity.workspace import PROGRAM_ROOT

SECTIONS: dict[str, tuple[str, ...]] = {
    "city": ("overview", "department", "neighborhood"),
    "explore": ("breakdown", "trends"),
    "steward": ("intake",),
    "learn": ("methods", "downloads"),
}
"""Section → its pages, in the order of the menu; the first page of all is the home page."""

HOME = "overview"


def script(page: str) -> Path:
    """The script of a page."""
    section = next(name for name, pages in SECTIONS.items() if page in pages)
    return PROGRAM_ROOT / "pages" / section / f"{page}.py"


def pages() -> list[Any]:
    """Every page, for Streamlit. The title in the reader's language comes from `frame.dress`."""
    return [
        st.Page(script(page), title=page, url_path=page, default=page == HOME)
        for members in SECTIONS.values()
        for page in members
    ]


def link(page: str, label: str, state: State, **changes: str) -> None:
    """A link to `page` that keeps the choices but for `changes`; an entry is one page's alone."""
    st.page_link(script(page), label=label, query_params=state.query(**{"entry": "", **changes}))


def menu(say: Translator, state: State) -> None:
    """The menu of all pages, by section, in the sidebar."""
    with st.container(gap="xxsmall", key="eq-menu"):
        for section, members in SECTIONS.items():
            st.html(f'<p class="eq-section">{say(f"ui.section_{section}")}</p>')
            for page in members:
                link(page, say(f"ui.page_{page}"), state)


def to_breakdown(here: Here, finding: Finding, label: str, *, place: str = "") -> None:
    """A link to the page that shows a finding, with everything it is about in the address."""
    shown = {"kind": finding.period_kind, "period": finding.period.isoformat()}
    _breakdown(here, finding.metric, finding.by, label, place=place, **shown)


def to_told(here: Here, metric: str, told: Told, label: str) -> None:
    """A link to the comparison in which an open one can be told."""
    shown = {"kind": told.period_kind, "period": told.period.isoformat()}
    _breakdown(here, metric, told.by, label, **shown)


def _breakdown(here: Here, metric: str, by: str, label: str, **shown: str) -> None:
    """A link to a comparison under the declared rule, nothing chosen but what is `shown`."""
    level = by.removeprefix(PLACE_PREFIX)
    about = {"level": level, "by": ""} if level != by else {"by": by, "level": ""}
    nothing = dict.fromkeys(("place", "group", "by2", "treatment", "reference", "tolerance"), "")
    link("breakdown", label, here.state, **{**nothing, "metric": metric, **about, **shown})
