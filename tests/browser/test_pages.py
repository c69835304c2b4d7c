"""Pages as people use them: without script, in print, in both themes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import Watched

pytestmark = pytest.mark.requires("chromium")

JOURNEY = "/journeys/Getting%20connected@1/"


@pytest.mark.parametrize("path", [JOURNEY, "/explore/overview/", "/customers/", "/data/", "/find/", "/keys/"])
def test_a_page_says_all_of_it_without_script(open_page: Callable[..., Watched], path: str) -> None:
    bare, scripted = open_page(script=False), open_page()
    first = bare.page.goto(f"{bare.home}{path}")
    assert first is not None
    assert first.ok
    said = bare.page.inner_text("#panel")
    assert said.strip()
    lines = {line for line in scripted.go(path).inner_text("#panel").splitlines() if line.strip()}
    assert lines <= {*said.splitlines()}


def test_the_journey_can_be_narrowed_without_script(open_page: Callable[..., Watched]) -> None:
    watched = open_page(script=False)
    page = watched.go(JOURNEY)
    page.locator("#detail").fill("40")
    page.get_by_role("button", name="Show", exact=True).click()
    assert "detail=40" in page.url
    assert "Draws 40 %" in page.inner_text("#detail-said")
    page.locator("details.filters > summary").click()
    page.fill("input[name=segment]", "region = north")
    page.get_by_role("button", name="Apply").click()
    assert "segment=region" in page.url
    assert "detail=40" in page.url
    assert page.locator("a.chip", has_text="region = north").count() == 1


def test_a_theme_is_kept_without_script(open_page: Callable[..., Watched]) -> None:
    watched = open_page(script=False)
    page = watched.go("/journeys/")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.get_by_role("button", name="Dark").click()
    assert page.url.endswith("/journeys/")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") != ground
    watched.go("/data/")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_page_prints_without_its_menus(open_page: Callable[..., Watched]) -> None:
    page = open_page().go(JOURNEY)
    page.emulate_media(media="print")
    assert not page.locator("header.side").is_visible()
    assert page.locator("svg.drawing").first.is_visible()
    assert page.locator("table.map").is_visible()


def test_charts_follow_the_theme(open_page: Callable[..., Watched]) -> None:
    colours = {
        open_page(dark=dark)
        .go(JOURNEY)
        .evaluate("getComputedStyle(document.querySelector('svg.drawing .mark text')).fill")
        for dark in (False, True)
    }
    assert len(colours) == 2
