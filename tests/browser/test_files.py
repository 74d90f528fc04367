"""What a page hands out: each file is what its button says."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import settled, visit

VIEW = "/breakdown?metric=priority1_within_8_minutes&level=district"


@pytest.mark.parametrize(
    ("label", "begins", "holds"),
    [
        ("Table (CSV)", b"\xef\xbb\xbf# ", b"Synthetic"),
        ("Picture (PNG)", b"\x89PNG", b"IHDR"),
        ("Picture (SVG)", b"<svg", b"District 3"),
        ("Map (PNG)", b"\x89PNG", b"IHDR"),
        ("Map (SVG)", b"<svg", b"mark-shape"),
    ],
)
def test_a_chart_and_its_map_can_be_taken_along(
    page: Page, server: str, tmp_path: Path, label: str, begins: bytes, holds: bytes
) -> None:
    settled(visit(page, server + VIEW))
    with page.expect_download() as download:
        page.get_by_role("button", name=label).first.click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    content = path.read_bytes()
    assert content.startswith(begins)
    assert holds in content
