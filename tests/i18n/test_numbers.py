"""One way to write numbers, 1,234.5, in every language: by the program and in what people wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from equity.framework.yaml_files import read_yaml
from equity.i18n import LANGUAGES, Translator, catalogue
from equity.workspace import PROGRAM_ROOT

WORKSPACES = (PROGRAM_ROOT / "data", PROGRAM_ROOT / "tests/workspaces")
OTHER_FORM = re.compile(r"\d,\d{1,2}(?!\d)|\d,\d{4}|(?<![\d.])\d{1,3}\.\d{3}(?!\d)|\d\u202f\d")
"""A decimal comma, a point or a thin space between thousands."""


def texts(node: Any, language: str) -> Iterator[str]:
    """Every text of a language in a YAML document."""
    if isinstance(node, list):
        for item in node:
            yield from texts(item, language)
    if isinstance(node, dict):
        for key, value in node.items():
            if key == language and isinstance(value, str):
                yield value
            else:
                yield from texts(value, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_have_one_form(language: str) -> None:
    say = Translator(language)
    assert (say.number(1234.5), say.number(0.25, digits=2)) == ("1,234.5", "0.25")


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_hold_to_it(language: str) -> None:
    found = {
        key: text
        for key, forms in catalogue(language).items()
        for text in forms
        if OTHER_FORM.search(text)
    }
    assert found == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("root", WORKSPACES, ids=lambda root: root.name)
def test_what_a_city_wrote_holds_to_it(root: Path, language: str) -> None:
    files = sorted(root.rglob("*.yml"))
    said = [text for file in files for text in texts(read_yaml(file, file.name)[0].value, language)]
    assert said
    assert [text for text in said if OTHER_FORM.search(text)] == []


def test_the_other_form_would_be_seen() -> None:
    assert all(map(OTHER_FORM.search, ("5,2 días", "1.013.240", "3.600 segundos")))
    assert not any(map(OTHER_FORM.search, ("5.2 days", "1,013,240", "2019, 2020")))
