"""What next: the few links that lead from a page to a decision."""

from __future__ import annotations

import streamlit as st

from equity.ui import frame, navigation
from equity.ui.context import Here


def links(here: Here, *steps: tuple[str, str], **changes: str) -> None:
    """Links under 'What next', each (page, message name); `changes` go into all their addresses."""
    frame.heading(here.say("ui.what_next"))
    with st.container(horizontal=True, key="eq-next"):
        for page, message in steps:
            navigation.link(page, here.say(f"ui.next_{message}"), here.state, **changes)


def this_view(here: Here, page: str) -> None:
    """The address of what is seen now, to be copied.

    Made when the fold is opened: the browser loads 1.5 MB of highlighter for a line of code.
    """
    folded = st.expander(here.say("ui.link_to_view"), key="fold-link", on_change="rerun")
    if folded.open:
        folded.code(here.state.link(f"/{page}"), language=None, wrap_lines=True)
