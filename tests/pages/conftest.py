"""Pages as AppTest draws them: always through app.py."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from equity.ui.navigation import HOME, SECTIONS, script
from equity.workspace import PROGRAM_ROOT, Workspace

PAGES = [page for pages in SECTIONS.values() for page in pages]
Open = Callable[..., AppTest]


@pytest.fixture
def open_page(sample: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Opens a page of the sample city with fields of the address, as a first deep link would."""
    monkeypatch.setenv("EQUITY_WORKSPACE", str(sample.root))
    monkeypatch.setenv("EQUITY_STORE", str(sample.store))
    yield opened
    st.cache_resource.clear()


def opened(page: str = HOME, **query: str) -> AppTest:
    """The page after its first run."""
    app = AppTest.from_file(str(PROGRAM_ROOT / "app.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    if page != HOME:
        app.switch_page(str(script(page).relative_to(PROGRAM_ROOT)))
    return app.run()


def said(app: AppTest) -> list[str]:
    """The text of every piece of HTML on the page, tags and escapes taken out."""
    return [html.unescape(re.sub(r"<[^>]+>", " ", body)).strip() for body in markup(app)]


def markup(app: AppTest) -> list[str]:
    """Every piece of HTML on the page, sidebar last."""
    return [*_markup(app.main), *_markup(app.sidebar)]


def headline(app: AppTest) -> str:
    """The sentence at the head of the page."""
    heads = [re.findall(r"<h1>(.*?)</h1>", body) for body in markup(app)]
    [found] = [head for each in heads for head in each]
    return html.unescape(found)


def charts(app: AppTest) -> list[Any]:
    """The specifications of the charts on the page."""
    return [node.proto for node in _nodes(app.main) if _kind(node) == "vega_lite_chart"]


def _markup(root: Any) -> list[str]:
    return [node.proto.body for node in _nodes(root) if _kind(node) == "html"]


def _kind(node: Any) -> str:
    return str(getattr(node, "type", ""))


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)
