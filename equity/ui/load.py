"""What pages read, each loaded once: definitions by their files' stamps, publication by version."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pandas as pd
import streamlit as st

from equity import monitoring
from equity.findings import (
    Finding,
    Trend,
    compare,
    gap_series,
    overview,
    reference_of,
    series,
    tolerance_of,
    trend_of,
)
from equity.framework.load import load
from equity.framework.models import Definitions
from equity.monitoring import Feed
from equity.publication import Publication, current_version, earlier, open_publication
from equity.workspace import Workspace

if TYPE_CHECKING:
    from equity.ui.context import Here

T = TypeVar("T")

_KEPT = 512
"""Findings and series kept, over all sessions and versions: a few kilobytes each. They are shared,
not copied: nobody may change one."""
_MADE = 256
"""Charts and tables of names kept in the same way."""


@lru_cache(maxsize=1)
def settle() -> None:
    """Move everything imported so far out of the garbage collector's sight, once a process.

    Streamlit collects after every run, which would walk these modules' objects each time.
    """
    gc.collect()
    gc.freeze()


def definitions(workspace: Workspace) -> Definitions:
    """The workspace's definitions; read again when one of its YAML files changes."""
    return _definitions(workspace, _stamp(workspace))


def publication(workspace: Workspace) -> Publication:
    """The publication in service, asked for at every run: a new one appears on the next choice."""
    return open_publication(workspace, current_version(workspace))


def finding(here: Here, metric: str, by: str, **choices: Any) -> Finding:
    """`findings.compare` on the publication of this run, reckoned once.

    `reference` and `tolerance` are texts (`equity.findings.question`), "" for the declared ones.
    """
    return _finding(*_identity(here), here, metric, by, tuple(sorted(choices.items())))


def findings(here: Here) -> list[Finding]:
    """`findings.overview` of the publication of this run, reckoned once."""
    return _findings(*_identity(here), here)


def over_time(here: Here, metric: str, **choices: Any) -> pd.DataFrame:
    """`findings.series` on the publication of this run."""
    return _series(*_identity(here), here, metric, tuple(sorted(choices.items())))


def gap_over_time(here: Here, metric: str, **choices: Any) -> pd.DataFrame:
    """`findings.gap_series` on the publication of this run."""
    return _gap(*_identity(here), here, metric, tuple(sorted(choices.items())))


def trend(here: Here, metric: str, by: str, code: str) -> Trend | None:
    """`findings.trend_of` in the publication of this run."""
    return trend_of(here.publication, metric, by, code)


def feed(here: Here) -> Feed | None:
    """What changed, by the signals of this run's publication and those of the version before it.

    None where the publication was written before signals were kept.
    """
    return _feed(*_identity(here), here)


def made(here: Here, key: tuple[str, ...], make: Callable[[], T]) -> T:
    """What `make` gives in the reader's language, made once; `key` says what it is."""
    return cast("T", _made(*_identity(here), here.say.language, key, make))


def _identity(here: Here) -> tuple[str, str, str]:
    """What a cached result depends on: store, publication and definitions."""
    return str(here.workspace.store), here.publication.identity, here.definitions.digest


_Choices = tuple[tuple[str, Any], ...]


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _finding(
    store: str, version: str, digest: str, _here: Here, metric: str, by: str, choices: _Choices
) -> Finding:
    asked = dict(choices)
    asked["reference"] = reference_of(asked.get("reference", ""))
    asked["tolerance"] = tolerance_of(asked.get("tolerance", ""))
    return compare(_here.publication, _here.definitions, metric, by=by, **asked)


@st.cache_resource(max_entries=4, show_spinner=False)
def _findings(store: str, version: str, digest: str, _here: Here) -> list[Finding]:
    return overview(_here.publication, _here.definitions)


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _series(
    store: str, version: str, digest: str, _here: Here, metric: str, choices: _Choices
) -> pd.DataFrame:
    return series(_here.publication, metric, **dict(choices))


@st.cache_resource(max_entries=_KEPT, show_spinner=False)
def _gap(
    store: str, version: str, digest: str, _here: Here, metric: str, choices: _Choices
) -> pd.DataFrame:
    return gap_series(_here.publication, _here.definitions, metric, **dict(choices))


@st.cache_resource(max_entries=4, show_spinner=False)
def _feed(store: str, version: str, digest: str, _here: Here) -> Feed | None:
    charts = _here.publication.charts()
    if charts.empty:
        return None
    before = earlier(_here.workspace, _here.publication.version)
    return monitoring.feed(
        _here.publication.signals(), charts, before.signals() if before else None
    )


@st.cache_resource(max_entries=_MADE, show_spinner=False)
def _made(
    store: str,
    version: str,
    digest: str,
    language: str,
    key: tuple[str, ...],
    _make: Callable[[], object],
) -> object:
    return _make()


def _stamp(workspace: Workspace) -> tuple[tuple[str, int, int], ...]:
    files = sorted(
        path
        for pattern in ("*.yml", "departments/*/*.yml", "datasets/*.yml", "population/*.yml")
        for path in workspace.root.glob(pattern)
    )
    stats = ((path, path.stat()) for path in files)
    return tuple((str(path), stat.st_mtime_ns, stat.st_size) for path, stat in stats)


@st.cache_resource(max_entries=4, show_spinner=False)
def _definitions(workspace: Workspace, stamp: tuple[tuple[str, int, int], ...]) -> Definitions:
    return load(workspace)
