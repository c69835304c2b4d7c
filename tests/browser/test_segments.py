"""Segments and questions as people make them, in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.test_grid import SERIOUS

pytestmark = pytest.mark.requires("chromium")

RULE = (
    "(did Order >= 2 times in last 90d or region = north) and did (Coverage check -> .* -> Order) within 14d"
    " and not paused over 7d after Order and not deviated from %22Getting connected%22"
)


@pytest.fixture(autouse=True)
def tidied(sample: Path) -> Iterator[None]:
    """Take away what a test has kept."""
    yield
    for path in (sample / "workspaces" / "default" / "segments").glob("*"):
        path.unlink()


def fill_in(page: Page) -> None:
    page.locator("select[name=r0-name]").select_option("region")
    page.locator("input[name=r0-value]").fill("north")


def add(page: Page, kind: str) -> None:
    page.get_by_label("What the next condition is about").select_option(kind)
    page.get_by_role("button", name="Add a condition").click()


def test_somebody_builds_a_segment_and_asks_a_question_with_it(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go("/segments/new/")
    fill_in(page)
    add(page, "did")
    page.locator("input[name=r1-steps]").fill("Order")
    page.locator("input[name=r1-steps]").blur()
    expect(page.locator("#size code")).to_have_text("region = north and did Order")
    page.locator("input[name=name]").fill("northern-buyers")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("@northern-buyers")
    size = page.locator(".big").inner_text()
    page.get_by_role("link", name="Where they go").click()
    expect(page.locator("figcaption")).to_contain_text(f"{size} customers")
    assert "segment=%40northern-buyers" in page.url
    watched.hold()


def test_somebody_builds_changes_and_loses_a_segment_without_script(
    open_page: Callable[..., Watched],
) -> None:
    watched = open_page(script=False)
    page = watched.go("/segments/new/")
    fill_in(page)
    page.get_by_role("button", name="Count").last.click()
    assert "region is north" in page.inner_text("#size")
    page.get_by_role("button", name="Edit as text").click()
    page.locator("textarea[name=text]").fill("region = north and not did Order")
    page.locator("input[name=name]").fill("window-shoppers")
    page.get_by_role("button", name="Save").click()
    assert "never was at Order" in page.inner_text("#panel")
    page.get_by_role("button", name="Delete").click()
    assert "@window-shoppers is deleted" in page.inner_text("#panel")
    page.get_by_role("button", name="Undo").click()
    assert page.inner_text("h1") == "@window-shoppers"
    watched.hold()


def test_somebody_builds_a_pattern_steps_through_periods_and_copies_the_command(
    open_page: Callable[..., Watched],
) -> None:
    watched = open_page()
    page = watched.go("/explore/overview/?by=month&period=2026-03-01..2026-04-01")
    page.get_by_text("Build it from steps").click()
    page.locator("input[name=where-s0-names]").fill("Coverage check")
    page.locator("input[name=where-s1-names]").fill("Order")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_label("Only where this happened")).to_have_value("Coverage check -> .* -> Order")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**period=2026-02-01*")
    page.get_by_text("As code").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy Command line").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    copied: str = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("trodden ask overview")
    assert "2026-02-01..2026-03-01" in copied
    watched.hold()


@pytest.mark.parametrize("width", [390, 1440])
def test_a_rule_of_every_kind_is_laid_out_without_a_fault(
    open_page: Callable[..., Watched], width: int
) -> None:
    watched = open_page(width=width, dark=width == 390)
    page = watched.go(f"/segments/new/?rule={RULE}")
    for fold in page.locator("details.often > summary").all():
        fold.click()
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(SERIOUS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    watched.hold()
