"""Published tables as files, and what their columns mean."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from equity.publication import Publication
from equity.schema import ESTIMATE_COLUMNS, KEY
from equity.ui import frame, names, offers
from equity.ui.context import Here

_ROWS_SHOWN = 200


def table(here: Here, metric: str) -> None:
    """The first rows of a metric's published table, and the whole of it as CSV."""
    offer = offers.of(here, metric)
    if not offer.tables:
        frame.words(here.say("ui.nothing_published"))
        return
    entries = _entries(here.publication, metric)
    frame.words(
        here.say.plural("ui.rows_published", len(entries), metric=names.metric(here, metric)),
        quiet=True,
    )
    st.download_button(
        here.say("ui.download_csv"),
        lambda: csv(here, metric),
        file_name=file_name(here, metric),
        mime="text/csv",
        on_click="ignore",
        key=f"file-{metric}",
    )
    st.dataframe(
        entries.head(_ROWS_SHOWN), hide_index=True, alt=names.metric(here, metric), height=320
    )


def file_name(here: Here, metric: str) -> str:
    """`<metric>-publication-<version>.csv`, with 'synthetic' where it is."""
    marks = ["synthetic"] if _synthetic(here, metric) else []
    return "-".join([metric, "publication", str(here.publication.version), *marks]) + ".csv"


def csv(here: Here, metric: str) -> bytes:
    """The whole published table of a metric: lines of `#` say what it is, then CSV in UTF-8."""
    say, definition = here.say, here.definitions.metrics[metric]
    dataset = here.definitions.datasets[definition.dataset]
    notes = [
        say.text(definition.title),
        say.text(definition.definition),
        f"{say('ui.unit')}: {names.unit(here, metric)}",
        f"{say('ui.source')}: {dataset.source.name}",
        frame.publication(here),
    ]
    if _synthetic(here, metric):
        notes.append(say("common.synthetic"))
    head = "".join(f"# {' '.join(note.split())}\n" for note in notes)
    entries = _entries(here.publication, metric)
    entries["synthetic"] = _synthetic(here, metric)
    return (head + entries.to_csv(index=False)).encode("utf-8-sig")


def dictionary(here: Here) -> None:
    """Every column of the published tables and what it holds."""
    say = here.say
    rows = [(column, say(f"ui.column_{column}")) for column in (*KEY, *ESTIMATE_COLUMNS, "entry")]
    frame.table([say("ui.column"), say("ui.meaning")], rows)


def _synthetic(here: Here, metric: str) -> bool:
    definition = here.definitions.metrics[metric]
    return here.synthetic or here.definitions.datasets[definition.dataset].synthetic


def _entries(publication: Publication, metric: str) -> pd.DataFrame:
    frame = publication.slice(
        metric, treatment=None, place_level=None, dimension=None, dimension_2=None
    )
    frame["period"] = frame["period"].dt.date
    return frame
