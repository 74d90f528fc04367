"""Selectors: each keeps its field of the state, and offers only what is there."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st
from babel import Locale
from streamlit.delta_generator import DeltaGenerator

from equity.ui.context import Here
from equity.ui.state import State


def _key(field: str) -> str:
    return f"choice-{field}"


def _chosen(field: str, default: str) -> None:
    state = State(st.session_state, st.query_params)
    state.choose(field, st.session_state[_key(field)] or "", default)


def select(here: Here, field: str, options: Mapping[str, str], default: str = "") -> str:
    """A select box for `field` with `options` (value → words); the value that holds now.

    The first option is the default unless `default` names another.
    """
    value = here.state.resolve(field, options, default)
    start = default if default in options else next(iter(options), "")
    st.session_state[_key(field)] = value if value in options else None
    st.selectbox(
        here.say(f"ui.choose_{field}"),
        list(options),
        format_func=lambda option: options[option],
        key=_key(field),
        on_change=_chosen,
        args=(field, start),
    )
    return value


def switch(here: Here, field: str) -> bool:
    """A switch for `field`, off by default; whether it is on now."""
    value = here.state.resolve(field, ("", "1"))
    st.session_state[_key(field)] = value == "1"
    st.toggle(here.say(f"ui.choose_{field}"), key=_key(field), on_change=_switched, args=(field,))
    return value == "1"


def _switched(field: str) -> None:
    state = State(st.session_state, st.query_params)
    state.choose(field, "1" if st.session_state[_key(field)] else "")


def language(here: Here) -> None:
    """The languages of the city, each by its own name."""
    names = {
        name: (Locale.parse(name).get_display_name(name) or name).capitalize()
        for name in here.definitions.city.languages
    }
    if len(names) > 1:
        select(here, "lang", names)


def row(*widths: int) -> list[DeltaGenerator]:
    """Cells of these relative widths beside each other; on a phone they stand below each other."""
    return list(st.columns(list(widths)))
