"""Two workspaces in a real browser: one is left for the other, and every key and link stays there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import served
from tests.support.firm import fill_home
from trodden.store.folder import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a filled workspace and an empty one."""
    home = tmp_path_factory.mktemp("two") / "home"
    fill_home(home, 30).titled("Kestrel Broadband")
    Workspace.create(home, "desk").titled("Service desk")
    with served(home) as found:
        yield found


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    """Open the first page."""
    context = chromium.new_context()
    opened = context.new_page()
    opened.goto(address)
    yield opened
    context.close()


def test_somebody_switches_workspaces_and_stays_in_the_one_they_chose(page: Page, address: str) -> None:
    page.get_by_text("Kestrel Broadband").first.click()
    page.get_by_role("link", name="Service desk").click()
    expect(page).to_have_url(f"{address}/w/desk/")
    expect(page.get_by_role("main")).to_contain_text("have no data yet", ignore_case=True)
    page.keyboard.press("g")
    page.keyboard.press("e")
    expect(page).to_have_url(f"{address}/w/desk/explore/")
    page.get_by_role("link", name="Journeys").first.click()
    expect(page).to_have_url(f"{address}/w/desk/journeys/")


def test_somebody_makes_a_workspace_and_finds_it_empty(page: Page, address: str) -> None:
    page.goto(f"{address}/settings/workspaces/")
    page.get_by_label("Name", exact=True).fill("shop")
    page.get_by_label("Shown title").last.fill("Our shop")
    page.get_by_role("button", name="Make it").click()
    expect(page).to_have_url(f"{address}/w/shop/")
    expect(page.locator(".rooms summary")).to_contain_text("Our shop")
