"""The address holds the view: deep links, Back and Forward, navigation, language, reload."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import choose, sentence, settled, visit

VIEW = "metric=priority1_within_8_minutes&by=income_fifth&level=zip&place=95116"


def place(page: Page) -> str:
    return page.get_by_role("combobox", name="Place", exact=True).input_value()


def test_a_deep_link_opened_first_shows_the_view_without_a_dialog(page: Page, server: str) -> None:
    visit(page, f"{server}/breakdown?{VIEW}")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "95116" in place(page)
    assert page.url.endswith(VIEW)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_back_and_forward_across_choices_and_pages(page: Page, server: str) -> None:
    visit(page, f"{server}/breakdown?metric=priority1_within_8_minutes&level=district")
    choose(page, "Place", "District 3")
    expect(page).to_have_url(re.compile("place=3"))
    settled(page)
    choose(page, "Place", "District 5")
    expect(page).to_have_url(re.compile("place=5"))
    settled(page)
    page.get_by_role("link", name="Trends", exact=True).click()
    expect(page).to_have_title("Trends")
    expect(page).to_have_url(re.compile("place=5"))
    settled(page)
    page.go_back()
    expect(page).to_have_title("Breakdown")
    expect(page.get_by_role("combobox", name="Place", exact=True)).to_have_value("District 5")
    page.go_back()
    expect(page.get_by_role("combobox", name="Place", exact=True)).to_have_value("District 3")
    page.go_back()
    expect(page.get_by_role("combobox", name="Place", exact=True)).to_have_value("Whole city")
    page.go_forward()
    expect(page.get_by_role("combobox", name="Place", exact=True)).to_have_value("District 3")


def test_map_then_box_then_the_same_place_on_the_map(page: Page, server: str) -> None:
    visit(page, f"{server}/breakdown?metric=priority1_within_8_minutes&level=district")
    click_place(page, "District 3")
    expect(page).to_have_url(re.compile("place=3"))
    settled(page)
    choose(page, "Place", "District 5")
    expect(page).to_have_url(re.compile("place=5"))
    settled(page)
    click_place(page, "District 3")
    expect(page).to_have_url(re.compile("place=3"))
    expect(page.get_by_role("combobox", name="Place", exact=True)).to_have_value("District 3")


def test_the_language_keeps_the_view_and_a_reload_keeps_both(page: Page, server: str) -> None:
    visit(page, f"{server}/breakdown?{VIEW}")
    english = sentence(page)
    choose(page, "Language", "Español")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page).to_have_title("Desglose")
    settled(page)
    assert sentence(page) != english
    for part in VIEW.split("&"):
        assert part in page.url
    page.reload()
    settled(page)
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("combobox", name="Lugar", exact=True)).to_have_value(
        re.compile("95116")
    )


def test_the_link_that_is_offered_is_the_address(page: Page, server: str) -> None:
    visit(page, f"{server}/breakdown?{VIEW}")
    page.get_by_text("Link to this view").click()
    expect(page.locator('[data-testid="stCode"]')).to_contain_text(f"/breakdown?{VIEW}")


def click_place(page: Page, name: str) -> None:
    """Clicks the map where a place's name stands: the name lets the click through to the shape."""
    label = page.locator("g.mark-text text").get_by_text(name, exact=True).first
    expect(label).to_be_visible()
    label.scroll_into_view_if_needed()
    box = label.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
