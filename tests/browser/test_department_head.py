"""A department head finds who and where is behind: by mouse, and again by keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import settled, visit

SHAPES = '[data-testid="stVegaLiteChart"] svg g.mark-shape path'


def test_by_mouse(page: Page, server: str) -> None:
    visit(page, server)
    page.get_by_role("link", name="Department", exact=True).click()
    expect(page).to_have_title("Department")
    page.get_by_role("combobox", name="Department", exact=True).click()
    page.get_by_role("option", name="Fire Department").click()
    expect(page.locator(".eq-eyebrow").first).to_have_text(re.compile("Fire", re.I))
    page.get_by_role("link", name="See who and where").first.click()
    expect(page).to_have_title("Breakdown")
    settled(page)
    shape = page.locator(SHAPES).first
    expect(shape).to_be_visible()
    shape.click()
    expect(page).to_have_url(re.compile(r"place=\w+"))


def test_by_keyboard_alone(page: Page, server: str) -> None:
    visit(page, server)
    tab_to(page, "link", "Department")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Department")
    settled(page)
    tab_to(page, "combobox", "Department")
    page.keyboard.type("Fire")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("department=fire"))
    settled(page)
    tab_to(page, "link", "See who and where")
    page.keyboard.press("Enter")
    expect(page).to_have_title("Breakdown")
    settled(page)
    tab_to(page, "combobox", "Place")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"place=\w+"))


def tab_to(page: Page, role: str, name: str) -> None:
    """Presses Tab until the focus is on an element of this role and name."""
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    expect(target).to_be_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never reaches the {role} {name}")
