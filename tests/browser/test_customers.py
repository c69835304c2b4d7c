"""Walking in somebody's shoes by keyboard, without script, as a viewer; and erasing somebody for good."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import LISTEN, Watched, served, watched
from tests.support.firm import fill_home
from trodden.store.proof import traces

pytestmark = pytest.mark.requires("chromium")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Serve a small home of these tests' own: they change it."""
    home = tmp_path_factory.mktemp("own")
    fill_home(home, customers=60)
    with served(home) as address:
        yield address, home


def begin(page: Page, whose: str = "paused") -> None:
    page.get_by_label("What do you want to find out?").fill("How does waiting feel?")
    page.get_by_label("Whose, drawn by lot").select_option(whose)
    page.get_by_role("button", name="Begin").click()


def test_a_journey_is_walked_to_its_end_by_keyboard_and_a_wish_is_left(
    open_page: Callable[..., Watched], own: tuple[str, Path]
) -> None:
    site = open_page(home=own[0])
    page = site.go("/customers/shoes/")
    begin(page)
    number = page.locator("#moment .about").first
    expect(number).to_contain_text("moment 1 of ")
    page.keyboard.press("ArrowRight")
    expect(number).to_contain_text("moment 2 of ")
    page.keyboard.press("ArrowLeft")
    expect(number).to_contain_text("moment 1 of ")
    count = int(re.findall(r"of (\d+)", number.inner_text())[0])
    for place in range(2, count + 1):
        page.keyboard.press("ArrowRight")
        expect(number).to_contain_text(f"moment {place} of ")
    expect(page.get_by_role("heading", name="Was the need met?")).to_be_visible()
    expect(page.get_by_role("button", name="Go on by itself")).to_have_count(0)
    page.get_by_label("What would you change?").fill("Say when the technician comes.")
    page.keyboard.press("Enter")
    expect(page.locator(".wishes")).to_contain_text("Say when the technician comes.")
    page.go_back()
    site.hold()


def test_it_goes_on_by_itself_only_when_asked_and_motion_is_welcome(
    chromium: Browser, own: tuple[str, Path]
) -> None:
    context = chromium.new_context(reduced_motion="no-preference")
    context.add_init_script(LISTEN)
    site = watched(context.new_page(), own[0])
    begin(site.go("/customers/shoes/"))
    number = site.page.locator("#moment .about").first
    expect(number).to_contain_text("moment 1 of ")
    site.page.get_by_label("Pace").select_option("fast")
    site.page.get_by_role("button", name="Go on by itself").click()
    expect(number).to_contain_text("moment 3 of ")
    site.page.get_by_role("button", name="Stop").click()
    site.hold()
    context.close()


def test_without_script_the_same_walk_is_links(
    open_page: Callable[..., Watched], own: tuple[str, Path]
) -> None:
    site = open_page(home=own[0], script=False, width=390)
    page = site.go("/customers/shoes/")
    begin(page)
    page.get_by_role("link", name="Next").click()
    expect(page.locator("#moment .about").first).to_contain_text("moment 2 of ")
    page.get_by_role("link", name="Back").click()
    expect(page.locator("#moment .about").first).to_contain_text("moment 1 of ")


def test_a_customer_erased_on_the_page_is_in_no_file_any_more(
    open_page: Callable[..., Watched], own: tuple[str, Path]
) -> None:
    address, home = own
    site = open_page(home=address)
    page = site.go("/customers/walk/?id=K00031")
    assert traces(home, "K00031")
    page.get_by_role("link", name="Erase").click()
    page.get_by_label("Type K00031 to confirm").fill("K00031")
    page.get_by_role("button", name="Erase for good").click()
    expect(page.locator("#proof")).to_contain_text("Proved: every file of the workspace was opened")
    assert traces(home, "K00031") == []
    assert site.page.request.get(f"{address}/customers/walk/?id=K00031").status == 404
    site.hold()
