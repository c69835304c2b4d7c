"""A better way found on the map, drafted and published: by pointer, by keyboard, without script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from tests.browser.conftest import Watched, served
from tests.browser.test_grid import faults
from tests.support.shop import fill_shop

pytestmark = pytest.mark.requires("chromium")

SHOP = "/journeys/Shop@1/"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[str]:
    """Serve a shop whose customers have found a better way."""
    fill_shop(tmp_path)
    with served(tmp_path) as address:
        yield address


def test_verdicts_come_by_themselves_and_a_redesign_is_one_click(
    open_page: Callable[..., Watched], shop: str
) -> None:
    watched = open_page(home=shop)
    page = watched.go(SHOP)
    first = page.locator(".routes.paths > li").first
    expect(first).to_contain_text("Skip Advice")
    expect(page.locator(".pending")).to_have_count(0)
    expect(first.locator(".diff li")).to_have_text("Advice became optional")
    expect(page.locator("svg.drawing a.mark[data-key='missing:advice']").first).to_contain_text(
        "skip Advice ▲"
    )
    first.get_by_role("button", name="Draft this redesign").click()
    page.wait_for_url("**/journeys/Shop@2/")
    expect(page.locator(".draft h2")).to_have_text("A draft: 2 changes from version 1")
    page.get_by_role("button", name="Publish this version").click()
    expect(page.locator(".draft")).to_have_count(0)
    expect(page.locator(".heading")).to_contain_text("map version 2")
    expect(page.locator(".heading")).to_contain_text("published")
    watched.hold()


def test_a_map_is_printed_on_landscape_sheets_and_fits_one(
    open_page: Callable[..., Watched], shop: str
) -> None:
    """A4 less its margins is 1,047 by 718 pixels."""
    watched = open_page(home=shop)
    for address, part in ((SHOP, "figure.whole"), (f"{SHOP}edit/", ".editing")):
        page = watched.go(address)
        expect(page.locator(".pending")).to_have_count(0)
        page.emulate_media(media="print")
        sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
        assert sheets
        assert {float(wide) > float(high) for wide, high in sheets} == {True}
        page.set_viewport_size({"width": 1047, "height": 718})
        box = page.locator(part).first.bounding_box()
        assert box
        assert box["height"] <= 718
        assert box["x"] + box["width"] <= 1048
    watched.hold()


def test_all_of_it_works_without_script(open_page: Callable[..., Watched], shop: str) -> None:
    watched = open_page(home=shop, script=False)
    page = watched.go(SHOP)
    page.get_by_role("link", name="Judge these ways and wait for it").click()
    page.get_by_role("button", name="Draft this redesign").click()
    assert page.url.endswith("/journeys/Shop@2/")
    page.locator(".draft").get_by_role("button", name="Discard the draft").click()
    assert page.url.endswith(SHOP)
    page.locator("details.accept > summary").first.click()
    page.get_by_role("button", name="Accept as designed").first.click()
    assert page.url.endswith("/journeys/Shop@2/")
    assert "Accepted as designed" in page.inner_text(".draft .diff")
    watched.go("/journeys/")
    assert "Draft: 1 change from version 1" in page.inner_text(".badge")


def test_a_redesign_by_keyboard_alone(open_page: Callable[..., Watched], shop: str) -> None:
    watched = open_page(home=shop)
    page = watched.go(f"{SHOP}?judged=yes")
    page.locator(".routes.paths textarea").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/journeys/Shop@2/")
    watched.hold()


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_no_serious_fault_once_ways_are_judged(
    open_page: Callable[..., Watched], shop: str, width: int, theme: str
) -> None:
    watched = open_page(home=shop, width=width)
    page = watched.go(f"{SHOP}?judged=yes")
    page.locator("details.accept > summary").first.click()
    page.evaluate(AXE_SCRIPT)
    assert faults(page, theme) == []
    page.get_by_role("button", name="Draft this redesign").click()
    page.wait_for_url("**/journeys/Shop@2/")
    page.evaluate(AXE_SCRIPT)
    assert faults(page, theme) == []
    watched.hold()
