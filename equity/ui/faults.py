"""A calm page for when something is not there: what is wrong, and what to do."""

from __future__ import annotations

import logging
from html import escape

import streamlit as st

from equity.errors import DefinitionError, EquityError, PublicationError
from equity.i18n import Translator
from equity.ui import frame

_LOG = logging.getLogger(__name__)
_SHOWN = 20


def show(say: Translator, error: Exception) -> None:
    """The page in place of one that cannot be drawn. What is unexpected goes to the log."""
    if isinstance(error, DefinitionError):
        kind = "definitions"
    elif isinstance(error, PublicationError):
        kind = "publication"
    elif isinstance(error, EquityError):
        kind = "known"
    else:
        kind = "unexpected"
        _LOG.error("A page could not be drawn", exc_info=error)
    frame.head(
        say, say("ui.fault_eyebrow"), say(f"ui.fault_{kind}"), quiet=say(f"ui.fault_{kind}_do")
    )
    problems = error.problems if isinstance(error, EquityError) else []
    for problem in problems[:_SHOWN]:
        where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
        st.html(
            f'<div class="eq-problem"><p><strong>{escape(where)}</strong> · '
            f"<code>{escape(problem.field)}</code></p>"
            f"<p>{escape(say('ui.fault_found', found=problem.found, expected=problem.expected))}"
            f"</p><p>{escape(problem.remedy)}</p></div>"
        )
    if len(problems) > _SHOWN:
        frame.words(say("ui.fault_more", count=say.number(len(problems) - _SHOWN)), quiet=True)
