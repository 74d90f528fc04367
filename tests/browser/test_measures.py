"""The fold with every measure of disparity, opened by a reader: on a screen and on a phone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from equity.i18n import Translator
from tests.browser.conftest import settled, visit
from tests.browser.test_every_page import FITS, violations

SAY = Translator("en")


def test_every_measure_with_its_formula(page: Page, server: str) -> None:
    visit(page, f"{server}/breakdown?metric=priority1_within_8_minutes&by=income_fifth")
    fold = page.locator(".st-key-measures-groups")
    expect(page.locator(".eq-measures")).to_have_count(0)
    fold.locator("summary").first.click()
    expect(page.locator(".eq-measures")).to_have_count(3)
    settled(page)
    how = page.locator(".eq-measures tr", has_text=SAY("measures.name_bgsd")).locator("details")
    expect(how.locator("code")).to_be_hidden()
    how.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(how.locator("code")).to_have_text(SAY("measures.formula_bgsd"))
    assert violations(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => window.innerWidth === 390")
    page.wait_for_function(FITS)
    table = page.locator(".eq-measures").nth(1)
    assert table.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    assert violations(page) == []
