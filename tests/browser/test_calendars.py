"""Opening hours as somebody keeps them on a small screen, by keys, and asks by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.test_grid import SERIOUS

pytestmark = pytest.mark.requires("chromium")


@pytest.fixture(autouse=True)
def tidied(sample: Path) -> Iterator[None]:
    """Take away what a test has kept."""
    yield
    for path in (sample / "workspaces" / "default" / "calendars").glob("*"):
        path.unlink()


def test_somebody_keeps_opening_hours_on_a_phone_and_asks_by_them(open_page: Callable[..., Watched]) -> None:
    watched = open_page(width=390)
    page = watched.go("/settings/calendars/")
    page.get_by_role("button", name="Start with Monday to Friday").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Office hours")
    saturday = page.get_by_label("Saturday, interval 1, from")
    saturday.fill("22:00")
    saturday.press("Tab")
    page.get_by_label("Saturday, interval 1, until").fill("06:00")
    page.get_by_label("Country").select_option("AT")
    page.get_by_role("button", name="Show its regions").click()
    page.get_by_label("Region").select_option("9")
    page.get_by_label("Region").press("Enter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_have_text("Saved.")
    kept = page.get_by_role("img", name="Saturday 22:00-06:00")
    expect(kept).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(SERIOUS) == []
    page.get_by_role("button", name="Delete this calendar").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Office hours")
    watched.go("/explore/pauses/?floor=1min&calendar=Office+hours")
    expect(page.locator("figure")).to_contain_text("Times are opening time: only hours of Office hours count")
    watched.hold()
