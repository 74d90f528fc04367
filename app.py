"""Launcher and script in one: `python app.py` serves; within the server it draws one page.

It holds no logic: page set-up, language, menu, the page, and a calm page where something is not
there.
"""

from __future__ import annotations

import streamlit as st
from streamlit import runtime
from streamlit.runtime.pages_manager import PagesManager

from equity.ui import serve


def main() -> None:
    """One run: take up the reader's choices, draw the page, put the choices into the address."""
    serve.loaded()
    from equity.ui import choices, context, faults, frame, load, navigation
    from equity.ui.state import State

    load.settle()
    chosen = st.navigation(navigation.pages(), position="hidden")
    page = chosen.url_path or navigation.HOME
    state = State(st.session_state, st.query_params)
    state.begin(page)
    say = context.words(state)
    frame.dress()
    try:
        serve.stay_on_this_machine()
        here = context.arrive(state)
        say = here.say
        with st.sidebar:
            frame.city(here)
            navigation.menu(say, state)
            choices.language(here)
            frame.banner(here)
        frame.banner_on_top(here)
        chosen.run()
        frame.foot(here)
    except Exception as error:  # whatever it is, nobody is shown a traceback
        faults.show(say, error)
    finally:
        frame.speak(say, page)
        state.write()


# Without this the first deep link of a server process opens on a "Page not found" dialog, because
# a folder named `pages` wakes Streamlit's older way of finding pages.
PagesManager.uses_pages_directory = False

if runtime.exists():
    main()
else:
    serve.load_ahead()
    app = st.App(__file__, routes=serve.routes())
    if __name__ == "__main__":
        serve.start(app)
