"""What one run of a page has at hand: language, definitions, publication, choices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from equity.framework.models import Definitions
from equity.i18n import DEFAULT, LANGUAGES, Translator
from equity.publication import Publication
from equity.ui import load
from equity.ui.state import State
from equity.workspace import Workspace, open_workspace

_HERE = "equity_here"


@dataclass(frozen=True)
class Here:
    """Everything that a page reads. `publication` is one version for the whole run."""

    say: Translator
    state: State
    workspace: Workspace
    definitions: Definitions
    publication: Publication

    @property
    def today(self) -> date:
        """The day in the city, by which a review is past due."""
        return datetime.now(ZoneInfo(self.definitions.city.time_zone)).date()

    @property
    def synthetic(self) -> bool:
        """The city's records are made, not collected."""
        return self.definitions.city.synthetic


def words(state: State) -> Translator:
    """Words in the chosen language, before it is known which languages the city has."""
    wanted = state.get("lang")
    return Translator(wanted if wanted in LANGUAGES else DEFAULT)


def arrive(state: State) -> Here:
    """Load what pages read and keep it for `here`. Raises `EquityError` where it cannot be."""
    workspace = open_workspace()
    definitions = load.definitions(workspace)
    spoken = [name for name in definitions.city.languages if name in LANGUAGES] or [DEFAULT]
    chosen = state.resolve("lang", spoken)
    say = Translator(chosen, definitions.city.fiscal_year_start)
    here = Here(say, state, workspace, definitions, load.publication(workspace))
    st.session_state[_HERE] = here
    return here


def here() -> Here:
    """What `arrive` loaded for this run."""
    found: Here = st.session_state[_HERE]
    return found
