"""Somebody's first day: from the printed link to a board that is mailed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, serving, trodden
from tests.browser.test_sign_in import EMAIL, add_app, links, set_up, sign_in
from tests.support.mail import MailServer, mail_server

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium"), pytest.mark.timeout(600)]

BOARD = "What I look at"
QUESTIONS = (
    "What comes after what?",
    "Where do people wait longer than they should?",
    "Who comes back, and when?",
)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Invent a small firm, and look for what matters in it, as `make run` does with a larger one."""
    home = tmp_path_factory.mktemp("story") / "home"
    trodden("demo", "--into", str(home), "--customers", "800")
    trodden("--home", str(home), "findings", "--json")
    return home


@pytest.fixture
def letters() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def started(firm: Path, letters: MailServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str]]:
    """Serve the firm with sign-in; yield the address and the link that is printed."""
    for name, value in letters.environment().items():
        monkeypatch.setenv(name, value)
    with serving(firm, "--port", "0", "--sign-in") as process:
        yield links(process)


def test_a_new_user_reads_edits_compares_asks_walks_and_mails_a_board(
    open_page: Callable[..., Watched], started: tuple[str, str], letters: MailServer
) -> None:
    home, link = started
    site = open_page(home=home)
    signs_in(site, link)
    reads_the_findings(site.go("/"))
    edits_a_map(site.go("/journeys/"))
    sees_walked_over_designed(site.go("/journeys/"))
    builds_a_segment(site.go("/segments/new/"))
    for question in QUESTIONS:
        asks(site.go("/explore/"), question)
    walks_in_somebodys_shoes(site.go("/journeys/"))
    saves_a_board_and_mails_it(site.go("/explore/overview/"))
    (mail,) = (one for one in letters.received() if BOARD in one["Subject"])
    assert mail["To"] == EMAIL
    assert "customers" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    site.hold()


def signs_in(site: Watched, link: str) -> None:
    set_up(site, link)
    sign_in(site)
    add_app(site)
    site.page.get_by_role("button", name="Use it").click()
    site.page.get_by_role("link", name="I have kept them").click()


def reads_the_findings(page: Page) -> None:
    card = page.locator(".finding-card").first
    expect(card).to_contain_text("Against it:")
    said = card.get_by_role("heading").inner_text()
    card.get_by_role("heading").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said)
    page.get_by_role("button", name="Watch").click()
    expect(page.locator("main")).to_contain_text("watched")


def edits_a_map(page: Page) -> None:
    page.get_by_role("link", name="Getting connected").first.click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("#step-plans").click()
    page.locator("#f-promise").fill("Three plans, side by side")
    page.locator("#step-order").click()
    expect(page.locator(".lane-promise")).to_contain_text("Three plans, side by side")
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()


def sees_walked_over_designed(page: Page) -> None:
    page.get_by_role("link", name="Getting connected").first.click()
    expect(page.locator(".lead")).to_contain_text("went as designed")
    expect(page.locator("svg.drawing").first).to_contain_text("skip")


def builds_a_segment(page: Page) -> None:
    page.locator("select[name=r0-name]").select_option("region")
    page.locator("input[name=r0-value]").fill("north")
    page.locator("input[name=name]").fill("north")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("@north")


def asks(page: Page, question: str) -> None:
    page.get_by_role("link", name=question).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(question)
    expect(page.locator("figure figcaption").first).to_be_visible()


def walks_in_somebodys_shoes(page: Page) -> None:
    page.get_by_role("link", name="Getting connected").first.click()
    page.locator("section.shoes a, section.shoes button").first.click()
    page.get_by_label("What do you want to find out?").fill("How does waiting feel?")
    page.get_by_role("button", name="Begin").click()
    number = page.locator("#moment .about").first
    expect(number).to_contain_text("moment 1 of ")
    count = int(number.inner_text().rpartition(" ")[2])
    for moment in range(2, count + 1):
        page.keyboard.press("ArrowRight")
        expect(number).to_contain_text(f"moment {moment} of ")
    expect(page.get_by_role("heading", name="Was the need met?")).to_be_visible()


def saves_a_board_and_mails_it(page: Page) -> None:
    page.get_by_text("Save to a board").click()
    page.get_by_label("Name of the card").fill("How many come")
    page.get_by_label("Board", exact=True).fill(BOARD)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(BOARD)
    expect(page.locator(".board-card svg").first).to_be_visible()
    page.get_by_role("link", name="Send and share").click()
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("button", name="Send one now").click()
    expect(page.locator("#mails")).to_contain_text("sent")
