"""What changed since a day, as a text to send: Markdown, or HTML that stands alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from html import escape
from typing import Any

import pandas as pd

from equity.findings import PLACE_PREFIX
from equity.framework.models import Definitions
from equity.i18n import Translator
from equity.monitoring import Feed
from equity.narrative.changes import by_and_code, change_sentence, change_word, withdrawn_sentence
from equity.narrative.names import names_of
from equity.publication import Publication

_Names = Callable[[str], Mapping[str, str]]
_MOST = 50
"""Withdrawn signals that are listed; of more than that, how many there are."""


def digest(
    feed: Feed,
    definitions: Definitions,
    publication: Publication,
    say: Translator,
    *,
    since: date,
    html: bool = False,
) -> str:
    """The feed as a text: entries by department, then what was withdrawn, then how to read it.

    `publication`: the one that the feed was read from, for the names of places. Markdown, or with
    `html` a whole HTML page without outside resources.
    """

    @cache
    def names(by: str) -> Mapping[str, str]:
        level = by.removeprefix(PLACE_PREFIX)
        places = publication.places(level, say.language) if level != by else None
        return names_of(by, definitions, say, places)

    told = _Text(html, say)
    told.title(say("monitoring.digest_title", city=definitions.city.name, day=say.date(since)))
    if definitions.city.synthetic:
        told.words(say("common.synthetic"))
    watched = say.plural("monitoring.looked_at", feed.looked_at)
    told.words(watched if feed.looked_at else say("monitoring.older"))
    for department, own in definitions.departments.items():
        mine = [metric for metric, of in definitions.department_of.items() if of == department]
        rows = feed.entries[feed.entries["metric"].isin(mine)]
        if len(rows):
            told.heading(say.text(own.title))
            told.items([_entry(row, definitions, names, say) for row in _records(rows)])
    if feed.looked_at and feed.entries.empty:
        told.words(say("monitoring.nothing"))
    gone = _records(feed.withdrawn.head(_MOST))
    if gone:
        told.heading(say("monitoring.withdrawn_title"))
        told.words(say("monitoring.withdrawn_why"))
        told.items([withdrawn_sentence(row, definitions, _name(row, names), say) for row in gone])
        if len(feed.withdrawn) > _MOST:
            told.words(say.plural("monitoring.withdrawn_more", len(feed.withdrawn) - _MOST))
    told.words(say("monitoring.digest_foot", version=publication.version))
    return told.whole()


def _entry(row: dict[str, Any], definitions: Definitions, names: _Names, say: Translator) -> str:
    word = change_word(row, definitions.metrics[row["metric"]], say)
    sentence = change_sentence(row, definitions, _name(row, names), say)
    return say("monitoring.entry", word=word[:1].upper() + word[1:], sentence=sentence)


def _name(row: Mapping[str, Any], names: _Names) -> str:
    by, code = by_and_code(row)
    return names(by).get(code, code)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


class _Text:
    """Titles, words and lists, in Markdown or HTML."""

    def __init__(self, html: bool, say: Translator):
        self._html, self._say = html, say
        self._parts: list[str] = []
        self._title = ""

    def title(self, text: str) -> None:
        self._title = text
        self._parts.append(f"<h1>{escape(text)}</h1>" if self._html else f"# {text}")

    def heading(self, text: str) -> None:
        self._parts.append(f"<h2>{escape(text)}</h2>" if self._html else f"## {text}")

    def words(self, text: str) -> None:
        self._parts.append(f"<p>{escape(text)}</p>" if self._html else text)

    def items(self, texts: list[str]) -> None:
        if self._html:
            self._parts.append("<ul>" + "".join(f"<li>{escape(t)}</li>" for t in texts) + "</ul>")
        else:
            self._parts.append("\n".join(f"- {text}" for text in texts))

    def whole(self) -> str:
        if not self._html:
            return "\n\n".join(self._parts) + "\n"
        style = "body{font:16px/1.5 sans-serif;max-width:44em;margin:2em auto;color:#1B2430}"
        return (
            f'<!DOCTYPE html>\n<html lang="{self._say.language}"><head><meta charset="utf-8">'
            f"<title>{escape(self._title)}</title><style>{style}</style></head><body>"
            + "\n".join(self._parts)
            + "</body></html>\n"
        )
