"""Every page: nothing asked of another machine, nothing wrong for axe, nothing wider than a phone."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from equity.ui.navigation import HOME, SECTIONS
from tests.browser.conftest import visit

PAGES = [page for pages in SECTIONS.values() for page in pages]
CHARTS = {"overview": 1, "breakdown": 3, "trends": 2}


def path(page: str) -> str:
    return "/" if page == HOME else f"/{page}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page(context: BrowserContext, server: str, name: str) -> None:
    page = context.new_page()
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit(page, server + path(name))
    drawn = page.locator('[data-testid="stVegaLiteChart"] svg.marks')
    expect(drawn.nth(CHARTS.get(name, 0) - 1) if name in CHARTS else page.locator("h1").first).to_be_visible()  # fmt: skip
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    assert outside(asked) == []
    assert errors == []
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => window.innerWidth === 390")
    expect(page.locator(".eq-head h1")).to_be_visible()
    page.wait_for_function(FITS)


FITS = """() => [document.documentElement, document.querySelector('[data-testid="stMain"]')]
    .every(element => element.scrollWidth <= window.innerWidth + 1)"""


def outside(addresses: list[str]) -> list[str]:
    """Requests that leave this machine."""
    parts = ((address, urlsplit(address)) for address in addresses)
    return [
        address
        for address, part in parts
        if part.scheme not in ("data", "blob") and part.hostname != "127.0.0.1"
    ]


def violations(page: Page) -> list[str]:
    """What axe finds, as 'rule: first element'."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def test_the_map_has_shapes_and_they_differ(page: Page, server: str) -> None:
    visit(page, f"{server}/breakdown?metric=priority1_within_8_minutes&level=district")
    shapes = page.locator("g.mark-shape path")
    expect(shapes.nth(9)).to_be_visible()
    outlines = {shape.get_attribute("d") for shape in shapes.all()[:10]}
    assert len(outlines) == 10
    assert all(outline and len(outline) > 30 for outline in outlines)


def test_boundaries_are_served_by_hash_and_nothing_else_is(page: Page, server: str) -> None:
    with page.expect_response("**/display/*.geojson") as response:
        page.goto(f"{server}/breakdown?metric=priority1_within_8_minutes&level=district")
    assert "immutable" in response.value.headers["cache-control"]
    for name in ("..%2f..%2fcity.yml", "city.yml", "x.geojson", "..%2fledger%2fx.geojson"):
        assert page.request.get(f"{server}/display/{name}").status in (400, 404)
