"""Published tables as files, and what their columns mean."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from equity.charts import export
from equity.schema import ESTIMATE_COLUMNS, KEY
from equity.ui import frame, names, offers, speak
from equity.ui.context import Here

_ROWS_SHOWN = 200


def table(here: Here, metric: str) -> None:
    """The first rows of a metric's published table, and the whole of it as CSV."""
    offer = offers.of(here, metric)
    if not offer.tables:
        frame.words(here.say("ui.nothing_published"))
        return
    entries = _entries(here, metric)
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
    """The whole published table of a metric, after what must be known of it."""
    say, definition = here.say, here.definitions.metrics[metric]
    known = [*definition.caveats, *(note.text for note in definition.notes)]
    notes = [
        say.text(definition.title),
        say.text(definition.definition),
        f"{say('ui.unit')}: {names.unit(here, metric)}",
        *map(say.text, known),
        *speak.marks(here, [metric]),
    ]
    return export.csv(_entries(here, metric).assign(synthetic=_synthetic(here, metric)), notes)


def dictionary(here: Here) -> None:
    """Every column of the published tables and what it holds."""
    say = here.say
    rows = [(column, say(f"ui.column_{column}")) for column in (*KEY, *ESTIMATE_COLUMNS, "entry")]
    frame.table([say("ui.column"), say("ui.meaning")], rows)


def _synthetic(here: Here, metric: str) -> bool:
    definition = here.definitions.metrics[metric]
    return here.synthetic or here.definitions.datasets[definition.dataset].synthetic


def _entries(here: Here, metric: str) -> pd.DataFrame:
    """Every published entry of a metric, days without a time, notes as sentences."""
    frame = here.publication.slice(
        metric, treatment=None, place_level=None, dimension=None, dimension_2=None
    )
    said = {note: here.say(note) for note in frame["note"].unique() if note}
    return frame.assign(period=frame["period"].dt.date, note=frame["note"].replace(said))
