"""Boards in a real browser: an answer saved, arranged, mailed, and opened by a link somewhere else."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, served
from tests.browser.test_grid import SERIOUS
from tests.support.mail import MailServer, mail_server

pytestmark = pytest.mark.requires("chromium")


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def mailing_site(sample: Path, mails: MailServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the sample by a server that knows a mail server."""
    home = tmp_path_factory.mktemp("boards") / "home"
    shutil.copytree(sample, home, ignore=shutil.ignore_patterns("run"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in mails.environment().items():
            patch.setenv(name, value)
        with served(home) as address:
            yield address


def save(page: Page, board: str) -> None:
    """Save the answer that is shown."""
    page.get_by_text("Save to a board").click()
    if page.locator("select[name=board]").count():
        page.locator("select[name=board]").select_option(label=board)
    else:
        page.locator("input[name=new]").fill(board)
    page.locator("form.save").get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(board)


def names(page: Page) -> list[str]:
    expect(page.locator("[aria-busy]")).to_have_count(0)
    return page.locator(".board-name").all_inner_texts()


def hold_access(page: Page) -> None:
    """Fail on what keeps somebody out, and on a page wider than its window."""
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(SERIOUS) == []
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def height_of(page: Page, selector: str) -> float:
    """Return how far down the page something begins."""
    box = page.locator(selector).bounding_box()
    assert box
    return box["y"]


def test_somebody_saves_answers_to_a_board_arranges_it_mails_it_and_opens_it_by_link_elsewhere(
    open_page: Callable[..., Watched], mailing_site: str, mails: MailServer, chromium: Browser
) -> None:
    watched = open_page(home=mailing_site)
    page = watched.go("/explore/funnel/?steps=Coverage+check%2COrder")
    sentence = page.locator("figcaption h2").inner_text()
    save(page, "Moving in")
    page = watched.go("/explore/lifecycle/")
    save(page, "Moving in")
    first, second = names(page)
    page.locator("[data-grip]").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".board-name").first).to_have_text(second)
    expect(page.locator("[data-grip]").nth(1)).to_be_focused()
    page.locator("[data-grip]").first.drag_to(page.locator(".board-name").nth(1))
    expect(page.locator(".board-name").first).to_have_text(first)

    hold_access(page)
    page.get_by_role("link", name="Send and share").click()
    page.set_viewport_size({"width": 390, "height": 900})
    assert height_of(page, "#by-mail") < height_of(page, "#by-link")
    for rhythm, asked in (("day", ()), ("week", ("Weekly on",)), ("month", ("Monthly on day",))):
        page.get_by_label("How often").select_option(rhythm)
        for label in ("Weekly on", "Monthly on day"):
            expect(page.get_by_label(label)).to_be_visible(visible=label in asked)
    page.get_by_label("How often").select_option("week")
    page.locator("input[name=to]").fill("ada@example.org")
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("button", name="Send one now").click()
    (mail,) = mails.received()
    body = mail.get_body(("html",))
    assert body
    assert sentence.replace("\xa0", " ").split(":")[0] in body.get_content().replace("\xa0", " ")
    expect(page.get_by_role("row", name=re.compile("ada@example.org"))).to_contain_text("sent")

    hold_access(page)
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#secret").inner_text()
    elsewhere = chromium.new_context().new_page()
    elsewhere.goto(link)
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Moving in")
    expect(elsewhere.locator("figcaption h2").first).to_have_text(sentence)
    assert elsewhere.locator("a[href^='/explore'], nav").count() == 0
    hold_access(elsewhere)
    elsewhere.context.close()
    watched.hold()


def test_a_board_is_read_and_arranged_without_script(
    open_page: Callable[..., Watched], mailing_site: str
) -> None:
    watched = open_page(script=False, home=mailing_site)
    page = watched.go("/boards/")
    page.get_by_role("button", name=re.compile("Begin with it.*Management")).click()
    expect(page.locator("figcaption")).to_have_count(5)
    before = names(page)
    page.get_by_role("button", name=re.compile("^Later")).nth(1).click()
    after = names(page)
    assert after == [before[0], before[2], before[1], *before[3:]]
    page.get_by_role("button", name=re.compile("^Take off")).first.click()
    assert "The card is taken off" in page.inner_text("#panel")
    page.get_by_role("button", name="Undo").click()
    assert len(names(page)) == len(before)
    watched.hold()


def test_somebody_marks_a_release_and_sees_it_on_the_axis_of_time(
    open_page: Callable[..., Watched], mailing_site: str
) -> None:
    watched = open_page(home=mailing_site)
    page = watched.go("/marks/")
    page.locator("input[name=name]").fill("New checkout")
    page.locator("input[name=from]").fill("2026-03-02T00:00")
    page.get_by_role("button", name="Add").click()
    hold_access(page)
    page = watched.go("/explore/lifecycle/")
    expect(page.get_by_role("img", name="A: Release New checkout")).to_be_visible()
    page.get_by_role("link", name="Without marks").click()
    expect(page.get_by_role("link", name="With marks")).to_be_visible()
    expect(page.get_by_role("img", name="A: Release New checkout")).to_have_count(0)
    watched.hold()
