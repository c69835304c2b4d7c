"""Following a number to the people behind it, by pointer and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched
from tests.browser.test_pages import JOURNEY

pytestmark = pytest.mark.requires("chromium")


def number(text: str) -> int:
    found = re.search(r"[\d,]+", text)
    assert found
    return int(found[0].replace(",", ""))


def test_a_deviation_opens_its_customers_and_a_customer_their_walk(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go(JOURNEY)
    entry = page.locator(".routes li").first
    count = number(entry.locator(".figures").first.inner_text())
    entry.locator("a[data-drawer]").click()
    drawer = page.locator("dialog.drawer")
    expect(drawer.locator("h1")).to_have_text(re.compile(rf"^{count:,} journeys? of "))
    drawer.locator("tbody a").first.click()
    page.wait_for_url("**/customers/walk/**")
    expect(page.locator("h1")).to_contain_text("events of K")
    page.locator(".events .what a").first.click()
    expect(page.locator("dialog.drawer .raw")).to_contain_text("event id")
    watched.hold()


def test_a_mark_of_the_picture_opens_exactly_its_journeys(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go(JOURNEY)
    label = page.locator("svg.drawing a.mark", has_text=" leave").first
    count = number(label.get_attribute("aria-label") or "")
    label.locator("text").first.click()
    heading = page.locator("dialog.drawer h1")
    expect(heading).to_have_text(re.compile(rf"^{count:,} journeys"))
    page.keyboard.press("Escape")
    expect(page.locator("dialog.drawer")).not_to_be_visible()
    watched.hold()


def test_both_sides_light_up_together(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go(JOURNEY)
    mark = page.locator("svg.drawing a.mark[data-key^='departed']").first
    key = mark.get_attribute("data-key")
    page.locator(f"li[data-key='{key}']").first.hover()
    expect(mark).to_have_class(re.compile("is-on"))
    page.locator("h1").hover()
    expect(mark).not_to_have_class(re.compile("is-on"))
    mark.locator("text").first.hover()
    expect(page.locator(f"li[data-key='{key}']").first).to_have_class(re.compile("is-on"))
    watched.hold()


def test_arrow_keys_walk_the_marks_and_say_where_they_are(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go(JOURNEY)
    chart = page.locator("td-chart").first
    count = chart.locator(".mark").count()
    chart.locator(".mark").first.focus()
    assert chart.locator(".mark[tabindex='0']").count() == 1
    page.keyboard.press("ArrowRight")
    expect(chart.get_by_role("status")).to_have_text(f"2 of {count}")
    page.keyboard.press("End")
    expect(chart.get_by_role("status")).to_have_text(f"{count} of {count}")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label
    expect(chart.locator("#tip")).to_have_text(label)
    page.keyboard.press("Escape")
    expect(chart.locator("#tip")).not_to_be_visible()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    expect(chart.get_by_role("status")).to_have_text(f"{count} of {count}")
    watched.hold()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_tab_enters_a_drawing_once_and_enter_opens_a_mark(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go(JOURNEY)
    page.locator("#detail").focus()
    for _ in range(6):
        page.keyboard.press("Tab")
        if "mark" in focused(page):
            break
    assert 'class="mark' in focused(page)
    page.keyboard.press("Tab")
    assert 'class="mark' not in focused(page)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("dialog.drawer h1")).to_contain_text("journeys")
    page.keyboard.press("Escape")
    assert 'class="mark' in focused(page)
    watched.hold()


def test_more_detail_draws_more_and_stays_in_the_address(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go(JOURNEY)
    marks = page.locator("svg.drawing").first.locator("a.mark")
    before = marks.count()
    page.locator("#detail").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#detail-said")).to_contain_text("Every way that differs is drawn")
    assert "detail=100" in page.url
    assert marks.count() > before
    assert 'id="detail"' in focused(page)
    page.go_back(wait_until="networkidle")
    expect(page.locator("#detail-said")).to_contain_text("80 %")
    watched.hold()


def test_the_palette_finds_and_goes(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go("/data/")
    page.keyboard.press("Control+k")
    page.keyboard.type("connected")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/journeys/**")
    watched.hold()


def test_single_keys_go_search_and_can_be_turned_off(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go("/customers/")
    page.keyboard.press("/")
    assert 'type="search"' in focused(page)
    page.keyboard.type("g?")
    assert page.locator("input[type=search]").input_value() == "g?"
    page.locator("h1").click()
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**/data/")
    page.keyboard.press("?")
    expect(page.locator("dialog.drawer h1")).to_have_text("Keys")
    page.get_by_role("button", name="Turn them off").click()
    page.wait_for_url("**/keys/")
    page.keyboard.press("g")
    page.keyboard.press("j")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_visible()
    assert page.url.endswith("/keys/")
    watched.hold()


def test_a_chart_has_its_table_one_click_away(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go("/explore/overview/")
    table = page.locator("figure details.as-table")
    expect(table.locator("table")).not_to_be_visible()
    table.locator("summary").click()
    rows = table.locator("tbody tr").count()
    assert rows == page.locator("figure svg.drawing .mark").count() > 5
    with page.expect_download() as found:
        page.get_by_role("link", name="CSV").click()
    lines = found.value.path().read_text().splitlines()
    assert len(lines) == rows + 1
    watched.hold()


@pytest.mark.parametrize("address", ["/.//evil.example/x", "//evil.example/x", "https://evil.example/x"])
def test_nothing_of_another_host_opens_beside(open_page: Callable[..., Watched], address: str) -> None:
    watched = open_page()
    page = watched.go(f"/explore/overview/#beside={quote(address, safe='')}")
    expect(page.locator("td-drawer dialog")).to_have_count(1)
    assert "evil" not in (page.locator("[data-whole]").get_attribute("href") or "")
    expect(page.locator("dialog.drawer")).not_to_be_visible()
    watched.hold()


def test_back_closes_what_is_open_beside_and_its_address_opens_it_again(
    open_page: Callable[..., Watched],
) -> None:
    watched = open_page()
    page = watched.go("/explore/overview/")
    drawer = page.locator("dialog.drawer")
    mark = page.locator("a.mark").first
    mark.focus()
    page.keyboard.press("Enter")
    heading = drawer.locator("h1")
    expect(heading).to_contain_text("customers")
    opened = page.url
    assert "#beside=" in opened
    page.go_back()
    expect(drawer).not_to_be_visible()
    assert page.url.endswith("/explore/overview/")
    assert 'class="mark' in focused(page)
    page.keyboard.press("Enter")
    expect(heading).to_contain_text("customers")
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    page.wait_for_url("**/explore/overview/")
    page.goto("about:blank")
    page.goto(opened)
    expect(heading).to_contain_text("customers")
    page.keyboard.press("Escape")
    expect(drawer).not_to_be_visible()
    assert page.url.endswith("/explore/overview/")
    watched.hold()


def test_the_list_beside_a_page_shows_all_its_columns(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go("/explore/overview/")
    page.locator("a.mark").first.click()
    table = page.locator("dialog.drawer .scroll").first
    expect(table.locator("tbody tr").first).to_be_visible()
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    assert page.locator("dialog.drawer").evaluate("box => box.scrollWidth - box.clientWidth") <= 0
    watched.hold()


def test_the_palette_finds_a_customer_by_how_the_identifier_begins(open_page: Callable[..., Watched]) -> None:
    watched = open_page()
    page = watched.go("/explore/")
    page.keyboard.press("Control+k")
    page.keyboard.type("K0001")
    options = page.get_by_role("option").filter(has_text="customer")
    expect(options).to_have_count(10)
    expect(options.first).to_contain_text("K00010")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/walk/?id=K00010")
    watched.hold()
