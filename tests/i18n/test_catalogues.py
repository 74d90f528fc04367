"""Catalogues: every message in every language, with the same placeholders, none too many."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from equity.i18n import DEFAULT, LANGUAGES, catalogue
from equity.workspace import PROGRAM_ROOT

OTHERS = [language for language in LANGUAGES if language != DEFAULT]
SOURCES = [PROGRAM_ROOT / "app.py", *(p for d in ("equity", "pages") for p in (PROGRAM_ROOT / d).rglob("*.py"))]  # fmt: skip
DOMAINS = sorted({key.split(".")[0] for key in catalogue(DEFAULT)})
KEY = re.compile(r"""["']((?:%s)\.[a-z0-9_]+(?:\{[^}]*\}[a-z0-9_]*)*|(?:%s)\.(?:\{[^}]*\}[a-z0-9_]*)+)""" % (("|".join(DOMAINS),) * 2))  # fmt: skip


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def used() -> set[str]:
    """Keys as they stand in the code; a part in braces stands for anything."""
    return {match for path in SOURCES for match in KEY.findall(path.read_text("utf-8"))}


def matches(pattern: str, key: str) -> bool:
    parts = re.split(r"\{[^}]*\}", pattern)
    return bool(re.fullmatch("[a-z0-9_]+".join(map(re.escape, parts)), key))


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_messages_in_every_language(language: str) -> None:
    assert set(catalogue(language)) == set(catalogue(DEFAULT))


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_placeholders_in_every_language(language: str) -> None:
    theirs = catalogue(language)
    different = {
        key: (text, theirs[key])
        for key, text in catalogue(DEFAULT).items()
        if key in theirs
        and set().union(*map(placeholders, text)) != set().union(*map(placeholders, theirs[key]))
    }
    assert different == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not all(text)] == []


def test_every_message_that_the_code_names_exists() -> None:
    known = catalogue(DEFAULT)
    assert [k for k in sorted(used()) if not any(matches(k, key) for key in known)] == []


@pytest.mark.parametrize("domain", ["pages", "steward", "ui"])
def test_no_message_is_unused(domain: str) -> None:
    patterns = used()
    mine = (key for key in catalogue(DEFAULT) if key.startswith(f"{domain}."))
    assert [key for key in mine if not any(matches(p, key) for p in patterns)] == []


def test_a_missing_message_would_be_seen(tmp_path: Path) -> None:
    assert not matches("ui.kind_{kind}", "ui.no_such")
    assert matches("ui.kind_{kind}", "ui.kind_month")
