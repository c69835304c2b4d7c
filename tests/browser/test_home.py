"""Home in a real browser: a finding is read, followed to its customers, decided about and made knowledge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Watched, served
from tests.support.lawn import SKIPPED, fill_lawn

pytestmark = pytest.mark.requires("chromium")


@pytest.fixture(scope="module")
def lawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a shop with a path over the lawn."""
    home: Path = tmp_path_factory.mktemp("lawn")
    fill_lawn(home)
    with served(home) as address:
        yield address


def test_a_finding_is_read_followed_agreed_with_and_made_knowledge(
    open_page: Callable[..., Watched], lawn: str
) -> None:
    watched = open_page(home=lawn)
    page = watched.go("/")
    card = page.locator(".finding-card", has_text="skip Advice")
    expect(card.locator("svg.drawing")).to_be_visible()
    card.locator("a[data-drawer]").click()
    drawer = page.locator("dialog.drawer")
    expect(drawer.locator("h1")).to_contain_text(f"{SKIPPED} journeys")
    page.keyboard.press("Escape")
    card.get_by_role("button", name="Agree").click()
    expect(card.locator(".badge")).to_have_text("confirmed")
    card.locator("summary", has_text="What it means").click()
    card.get_by_label("What you take it to mean").fill("Advice puts people off.")
    card.get_by_role("button", name="We know this").click()
    expect(page.locator("aside")).to_contain_text("Advice puts people off.")
    expect(page.get_by_role("heading", name="Nothing is open")).to_be_visible()
    watched.hold()


def test_a_finding_is_dismissed_by_keyboard_and_taken_up_without_script(
    open_page: Callable[..., Watched], lawn: str
) -> None:
    watched = open_page(home=lawn, width=390)
    page = watched.go("/findings/?show=all")
    page.get_by_role("link", name="skip Advice").focus()
    page.keyboard.press("Enter")
    page.locator("summary", has_text="Dismiss").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("The advice was closed.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".notice", has_text="Dismissed: The advice was closed.")).to_be_visible()
    address = page.url.removeprefix(lawn)
    watched.hold()
    bare = open_page(home=lawn, script=False).go(address)
    bare.get_by_role("button", name="Take it up again").click()
    expect(bare.locator(".history")).to_contain_text("took it up again")
    expect(bare.locator(".notice", has_text="Dismissed")).to_have_count(0)
