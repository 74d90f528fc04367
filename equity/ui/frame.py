"""The frame of every page: style, language, banner; a sentence first, then headings and notes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st

from equity.charts.model import position_text
from equity.charts.palette import VERDICT_ICON
from equity.findings import is_count
from equity.findings.model import Verdict
from equity.framework.models import Dataset, Metric
from equity.i18n import Translator
from equity.narrative import verdict_word
from equity.ui.context import Here

STYLE = Path(__file__).parent / "style.css"
_TONES: dict[str, Verdict] = {"behind": "gap", "within": "parity", "ahead": "parity"}
ICON = Path(__file__).parent / "icon.svg"


def dress() -> None:
    """The page's width and style, before anything is drawn."""
    st.set_page_config(page_icon=str(ICON), layout="wide")
    st.html(STYLE)


def speak(say: Translator, page: str) -> None:
    """The tab's title, and the page's language for screen readers (Streamlit says English)."""
    st.set_page_config(page_title=say(f"ui.page_{page}"))
    with st.container(key="eq-lang"):
        st.html(
            f'<script>document.documentElement.lang = "{say.language}"</script>',
            unsafe_allow_javascript=True,
        )


def city(here: Here) -> None:
    """Whose pages these are."""
    st.html(
        f'<p class="eq-city">{escape(here.definitions.city.name)}</p>'
        f'<p class="eq-quiet">{escape(here.say("ui.product"))}</p>'
    )


def chip(verdict: Verdict, text: str, *, sign: bool = True) -> str:
    """A verdict as a small label: colour, sign and words."""
    mark = f'<span aria-hidden="true">{VERDICT_ICON[verdict]}</span> ' if sign else ""
    return f'<span class="eq-chip eq-{verdict}">{mark}{escape(text)}</span>'


def head(
    say: Translator,
    eyebrow: str,
    sentence: str,
    *,
    verdict: Verdict | None = None,
    certainty: str = "",
    more: str = "",
    quiet: str = "",
) -> None:
    """Where we are, the sentence that answers the page's question, its verdict, one quiet line."""
    mark = f"<p>{chip(verdict, certainty or verdict_word(verdict, say))}</p>" if verdict else ""
    reading = f'<p class="eq-text">{escape(more)}</p>' if more else ""
    line = f'<p class="eq-quiet">{escape(quiet)}</p>' if quiet else ""
    st.html(
        f'<div class="eq-head"><p class="eq-eyebrow">{escape(eyebrow)}</p>'
        f"<h1>{escape(sentence)}</h1>{mark}{reading}{line}</div>"
    )


def heading(text: str, quiet: str = "") -> None:
    """A heading of a part of the page, with a quiet line under it."""
    line = f'<p class="eq-quiet">{escape(quiet)}</p>' if quiet else ""
    st.html(f'<h2 class="eq-h2">{escape(text)}</h2>{line}')


def metric_title(say: Translator, title: str, verdict: Verdict | None) -> None:
    """The title of a metric in a list, with its verdict."""
    mark = f" {chip(verdict, verdict_word(verdict, say))}" if verdict else ""
    st.html(f'<h3 class="eq-h3">{escape(title)}{mark}</h3>')


def line(say: Translator, verdict: Verdict, sentence: str, mind: str = "") -> None:
    """A finding in a list: its verdict, its sentence, and what to bear in mind."""
    said = f'<span class="eq-said">{escape(verdict_word(verdict, say))}</span>'
    mark = f'<span aria-hidden="true">{VERDICT_ICON[verdict]}</span>{said}'
    quiet = f'<p class="eq-quiet">{escape(mind)}</p>' if mind else ""
    st.html(
        f'<p class="eq-finding"><span class="eq-chip eq-{verdict}">{mark}</span> '
        f"{escape(sentence)}</p>{quiet}"
    )


def position_title(say: Translator, title: str, position: str, metric: Metric) -> None:
    """The title of a metric, with where a place stands in it; a neutral one judges nothing."""
    judged = metric.direction != "neutral" and not is_count(metric)
    tone = _TONES.get(position, "cannot_tell") if judged else "cannot_tell"
    mark = chip(tone, position_text(position, metric, say), sign=judged)
    st.html(f'<h2 class="eq-h3">{escape(title)} {mark}</h2>')


def section(title: str, quiet: str = "") -> None:
    """The eyebrow above several headings."""
    line = f'<p class="eq-quiet">{escape(quiet)}</p>' if quiet else ""
    st.html(f'<p class="eq-eyebrow eq-rule">{escape(title)}</p>{line}')


def table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A small table of plain text, all of it on the page."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in headers)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    st.html(
        f'<div class="eq-table" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def words(text: str, *, quiet: bool = False) -> None:
    """A paragraph of plain text; nothing where there is none."""
    if text:
        st.html(f'<p class="{"eq-quiet" if quiet else "eq-text"}">{escape(text)}</p>')


def notes(sentences: Sequence[str]) -> None:
    """What must be known of the numbers above, a quiet line each."""
    if sentences:
        body = "".join(f"<p>{escape(text)}</p>" for text in sentences)
        st.html(f'<div class="eq-notes" role="note">{body}</div>')


def terms(pairs: list[tuple[str, str]]) -> None:
    """Names and what they stand for; pairs without a value are left out."""
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>"
        for name, value in pairs
        if value
    )
    st.html(f'<dl class="eq-terms">{rows}</dl>')


def banner(here: Here) -> None:
    """What everybody must know about the records before reading a number."""
    notes = []
    if here.synthetic:
        notes.append(here.say("common.synthetic"))
    notes += [
        public(here, dataset)
        for dataset in here.definitions.datasets.values()
        if dataset.already_public
    ]
    if here.publication.meta.get("definitions_digest") != here.definitions.digest:
        notes.append(here.say("ui.definitions_changed"))
    if notes:
        text = "".join(f"<p>{escape(note)}</p>" for note in notes)
        st.html(f'<div class="eq-banner" role="note">{text}</div>')


def public(here: Here, dataset: Dataset) -> str:
    """That a dataset was published by its owner, so that nothing of it is withheld; else ""."""
    if dataset.already_public is None:
        return ""
    return here.say(
        "ui.already_public",
        dataset=here.say.text(dataset.title),
        owner=here.say.text(dataset.already_public.source.name),
        day=here.say.date(dataset.already_public.on),
    )


def foot(here: Here) -> None:
    """Which publication the page was drawn from."""
    words(publication(here), quiet=True)


def publication(here: Here) -> str:
    """The version in service and the day it was made."""
    made = str(here.publication.meta.get("created", ""))[:10]
    return here.say("ui.publication", version=here.publication.version, made=made)
