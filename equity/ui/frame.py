"""The frame of every page: style, language, banner; a sentence first, then headings and notes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

import streamlit as st

from equity.charts.model import position_text
from equity.charts.palette import DIFFERS_ICON, VERDICT_ICON
from equity.findings import is_count
from equity.findings.model import Verdict
from equity.framework.models import Dataset, Metric
from equity.i18n import Translator
from equity.narrative import verdict_word
from equity.ui.context import Here

STYLE = Path(__file__).parent / "style.css"
_TONES: dict[str, Verdict] = {"behind": "gap", "within": "parity", "ahead": "parity"}
ICON = Path(__file__).parent / "icon.svg"
_SLIM = 3
"""Columns up to which a table fits on a phone when its words wrap; a wider one scrolls in itself."""
_NUMBER = re.compile(r"[×<>≤≥−-]?[\d.,]+\s?%?")


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


def chip(verdict: Verdict, text: str, *, sign: bool = True, neutral: bool = False) -> str:
    """A verdict as a small label: colour, sign and words. A `neutral` metric accuses nobody."""
    tone, icon = _look(verdict, neutral)
    mark = f'<span aria-hidden="true">{icon}</span> ' if sign else ""
    return f'<span class="eq-chip eq-{tone}">{mark}{escape(text)}</span>'


def _look(verdict: Verdict, neutral: bool) -> tuple[str, str]:
    """The tone and the sign of a verdict."""
    if neutral and verdict == "gap":
        return "differs", DIFFERS_ICON
    return verdict, VERDICT_ICON[verdict]


def head(
    say: Translator,
    eyebrow: str,
    sentence: str,
    *,
    verdict: Verdict | None = None,
    neutral: bool = False,
    certainty: str = "",
    more: str = "",
    quiet: str = "",
) -> None:
    """Where we are, the sentence that answers the page's question, its verdict, one quiet line."""
    mark = f"<p>{_chip(say, verdict, neutral, certainty)}</p>" if verdict else ""
    reading = f'<p class="eq-text">{escape(more)}</p>' if more else ""
    line = f'<p class="eq-quiet">{escape(quiet)}</p>' if quiet else ""
    st.html(
        f'<div class="eq-head"><p class="eq-eyebrow">{escape(eyebrow)}</p>'
        f"<h1>{escape(sentence)}</h1>{mark}{reading}{line}</div>"
    )


def _chip(say: Translator, verdict: Verdict, neutral: bool, text: str = "") -> str:
    return chip(verdict, text or verdict_word(verdict, say, neutral=neutral), neutral=neutral)


def heading(text: str, quiet: str = "") -> None:
    """A heading of a part of the page, with a quiet line under it."""
    line = f'<p class="eq-quiet">{escape(quiet)}</p>' if quiet else ""
    st.html(f'<h2 class="eq-h2">{escape(text)}</h2>{line}')


def metric_title(say: Translator, title: str, verdict: Verdict | None, neutral: bool) -> None:
    """The title of a metric in a list, with its verdict."""
    mark = f" {_chip(say, verdict, neutral)}" if verdict else ""
    st.html(f'<h3 class="eq-h3">{escape(title)}{mark}</h3>')


def line(
    say: Translator, verdict: Verdict, sentence: str, mind: str = "", *, neutral: bool = False
) -> None:
    """A finding in a list: its verdict, its sentence, and what to bear in mind."""
    tone, icon = _look(verdict, neutral)
    word = verdict_word(verdict, say, neutral=neutral)
    mark = f'<span aria-hidden="true">{icon}</span><span class="eq-said">{escape(word)}</span>'
    quiet = f'<p class="eq-quiet">{escape(mind)}</p>' if mind else ""
    st.html(
        f'<p class="eq-finding"><span class="eq-chip eq-{tone}">{mark}</span> '
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
    columns = list(zip(*rows, strict=True)) or [()] * len(headers)
    kinds = [' class="eq-number"' if _numeric(cells) else "" for cells in columns]
    head = "".join(
        f'<th scope="col"{kind}>{escape(text)}</th>'
        for text, kind in zip(headers, kinds, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{kind}>{escape(cell)}</td>" for cell, kind in zip(row, kinds, strict=True))
        + "</tr>"
        for row in rows
    )
    slim = " eq-slim" if len(headers) <= _SLIM else ""
    st.html(
        f'<div class="eq-table{slim}" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _numeric(cells: Sequence[str]) -> bool:
    """Whether a column holds numbers, which stand at the right."""
    filled = [cell for cell in cells if cell != "–"]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


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
    """Names and what they stand for, in lines; pairs without a value are left out."""
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


def banner_on_top(here: Here) -> None:
    """The same of synthetic records above the page, where the sidebar is folded away: on a phone."""
    if here.synthetic:
        text = escape(here.say("common.synthetic"))
        st.html(f'<div class="eq-banner eq-narrow" role="note"><p>{text}</p></div>')


def public(here: Here, dataset: Dataset) -> str:
    """That a dataset was published by its owner, so that nothing of it is withheld; else ""."""
    if dataset.already_public is None:
        return ""
    return here.say(
        f"ui.already_public_{dataset.kind}",
        dataset=here.say.text(dataset.title),
        owner=here.say.text(dataset.already_public.source.name),
        day=here.say.date(dataset.already_public.on),
    )


def foot(here: Here) -> None:
    """Which publication the page was drawn from."""
    words(publication(here), quiet=True)


def publication(here: Here) -> str:
    """The version in service and the day it was made."""
    made = date.fromisoformat(str(here.publication.meta["created"])[:10])
    return here.say("ui.publication", version=here.publication.version, made=here.say.date(made))
