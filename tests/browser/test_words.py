"""Reading in German, choosing the language, and pages read from right to left."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.conftest import Watched
from tests.browser.test_grid import faults
from tests.browser.test_pages import JOURNEY

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.slow]

PAGES = (
    "/",
    JOURNEY,
    "/explore/overview/",
    "/customers/",
    "/segments/new/",
    "/data/",
    "/settings/workspace/",
)
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
OVERLAPS = """() => {
  const told = "main h1, main h2, main h3, main label, main button, main a.button";
  const isShown = (one) => one.checkVisibility() && one.getClientRects().length;
  const boxes = [...document.querySelectorAll(told)]
    .filter((one) => isShown(one) && !one.closest("details:not([open]), .unseen"))
    .map((one) => [one, one.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], i) => boxes.slice(i + 1)
    .filter(([other, b]) => !one.contains(other) && !other.contains(one)
      && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2)
    .map(([other]) => `${one.textContent.trim()} | ${other.textContent.trim()}`));
}"""


def test_a_visitor_switches_to_german_and_back(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go("/explore/")
    expect(page.locator("h1")).to_have_text("Explore")
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("h1")).to_have_text("Erkunden")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("link", name="Kunden", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Kunden")
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_contain_text("customers")
    watched.hold()


@pytest.mark.parametrize("path", PAGES)
def test_german_is_accessible_and_fits_a_small_screen(open_page: Callable[..., Watched], path: str) -> None:
    watched = open_page(width=390)
    watched.page.context.add_cookies([{"name": "language", "value": "de", "url": watched.home}])
    page = watched.go(path)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.evaluate(SIDEWAYS) <= 0
    page.evaluate(AXE_SCRIPT)
    assert faults(page, "light") == []
    watched.hold()


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_read_from_right_to_left_as_well(open_page: Callable[..., Watched], width: int) -> None:
    watched = open_page(width=width)
    for path in PAGES:
        page = watched.go(path)
        before = page.evaluate(OVERLAPS)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert page.evaluate(SIDEWAYS) <= 0, path
        assert page.evaluate("document.documentElement.scrollLeft") == 0, path
        assert page.evaluate(OVERLAPS) == before, path
    watched.hold()
