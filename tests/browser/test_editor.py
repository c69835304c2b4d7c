"""A map edited in a real browser: by keys alone, by pointer, without script, and by two people at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched, served
from tests.browser.test_grid import faults
from tests.support.shop import fill_shop

pytestmark = pytest.mark.requires("chromium")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a shop; each test edits a map of its own."""
    home = tmp_path_factory.mktemp("shop")
    fill_shop(home)
    with served(home) as address:
        yield address


def drawn(watched: Watched, name: str) -> Page:
    """Draw a map of three steps and open its editor."""
    page = watched.go("/journeys/new")
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Steps, one on each line").fill("look\nadvice\nbuy")
    page.get_by_role("button", name="Draw it").click()
    page.wait_for_url(f"**/journeys/{name}@1/edit/")
    return page


def steps(page: Page) -> list[str]:
    return page.locator("[data-step] > a").all_inner_texts()


def press(page: Page, key: str, *expected: str) -> None:
    """Press a key and wait until the steps are as they should be."""
    page.keyboard.press(key)
    expect(page.locator("[data-step] > a")).to_have_text(list(expected))


def held(watched: Watched, status: str) -> None:
    """Fail on anything that went wrong but an answer of this status, which a browser notes in its console."""
    watched.problems = [one for one in watched.problems if status not in one]
    watched.hold()


def test_by_keys_alone_a_step_is_moved_added_named_and_taken_out_and_all_of_it_undone(
    open_page: Callable[..., Watched], shop: str
) -> None:
    watched = open_page(home=shop)
    page = drawn(watched, "Keys")
    page.locator("#step-advice").focus()
    press(page, "Alt+ArrowRight", "look", "buy", "advice")
    expect(page.locator("#step-advice")).to_be_focused()
    press(page, "Alt+ArrowLeft", "look", "advice", "buy")
    page.locator("#add-advice").focus()
    press(page, "Enter", "look", "advice", "New step", "buy")
    expect(page.locator("#f-label")).to_be_focused()
    page.keyboard.type("Thank you")
    press(page, "Tab", "look", "advice", "Thank you", "buy")
    expect(page.locator("#f-stage")).to_be_focused()
    page.locator("#step-look").focus()
    press(page, "Delete", "advice", "Thank you", "buy")
    expect(page.locator("#undo")).to_be_focused()
    press(page, "Control+z", "look", "advice", "Thank you", "buy")
    press(page, "Control+z", "look", "advice", "New step", "buy")
    press(page, "Control+Shift+z", "look", "advice", "Thank you", "buy")
    page.reload()
    assert steps(page) == ["look", "advice", "Thank you", "buy"]
    page.locator("#undo").focus()
    press(page, "Enter", "look", "advice", "New step", "buy")
    watched.hold()


def test_two_quick_changes_of_a_published_map_make_one_draft(
    open_page: Callable[..., Watched], shop: str
) -> None:
    watched = open_page(home=shop)
    page = watched.go("/journeys/Shop@1/edit/")
    expect(page.locator("[data-step] > a")).to_have_text(["Look", "Advice", "Basket", "Buy"])
    page.evaluate("for (const id of ['right-look', 'right-basket']) document.getElementById(id).click()")
    expect(page.locator("[data-step] > a")).to_have_text(["Advice", "Look", "Buy", "Basket"])
    page.locator("#step-buy").click()
    page.wait_for_url("**/journeys/Shop@2/edit/?step=buy")
    watched.hold()


def test_what_is_typed_is_saved_as_one_goes_on_and_the_preview_follows(
    open_page: Callable[..., Watched], shop: str
) -> None:
    watched = open_page(home=shop)
    page = drawn(watched, "Typing")
    page.locator("#step-advice").click()
    expect(page.locator("#matches")).to_contain_text("Matches 182 events of 182 customers.")
    page.locator("#f-match-0").fill("basket")
    page.keyboard.press("Tab")
    expect(page.locator("#matches")).to_contain_text("262 customers")
    page.locator("#f-longest").fill("soon")
    page.keyboard.press("Tab")
    expect(page.locator("#f-longest-error")).to_contain_text("Write it as 90s")
    assert page.input_value("#f-longest") == "soon"
    page.locator("#f-longest").fill("2h")
    page.locator("#f-promise").focus()
    expect(page.locator(".lane-wait")).to_contain_text("at most 2 h")
    page.locator("#f-promise").fill("At once")
    page.locator("#step-buy").click()
    expect(page.locator("#panel-title")).to_have_text("buy")
    expect(page.locator(".lane-promise")).to_contain_text("At once")
    held(watched, "422")


def test_a_name_is_dragged_to_another_place(open_page: Callable[..., Watched], shop: str) -> None:
    watched = open_page(home=shop)
    page = drawn(watched, "Dragging")
    box = page.locator("[data-step=buy]").bounding_box()
    assert box
    page.drag_and_drop("#step-look", "[data-step=buy]", target_position={"x": box["width"] - 8, "y": 10})
    expect(page.locator("[data-step] > a")).to_have_text(["advice", "buy", "look"])
    watched.hold()


def test_all_of_it_works_without_script(open_page: Callable[..., Watched], shop: str) -> None:
    watched = open_page(home=shop, script=False)
    page = drawn(watched, "Plain")
    page.get_by_role("button", name="Move look right").click()
    assert steps(page) == ["advice", "look", "buy"]
    page.get_by_role("link", name="advice", exact=True).click()
    page.get_by_label("Promise", exact=True).fill("Honest")
    page.get_by_label("Expected wait before it").fill("3d")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "Honest" in page.inner_text(".lane-promise")
    page.locator("#place > summary").click()
    page.get_by_label("in the flow").select_option("may be left out")
    page.get_by_role("button", name="Make it so").click()
    assert "perhaps" in page.inner_text(".groups")
    page.get_by_role("button", name="Undo").click()
    assert page.locator(".groups").count() == 0
    page.get_by_role("link", name="Versions").click()
    assert "Drawn by this machine" in page.inner_text("#version-1")


def test_of_two_who_edit_one_draft_the_later_is_told_and_both_changes_stay(
    open_page: Callable[..., Watched], shop: str
) -> None:
    mine, theirs = open_page(home=shop), open_page(home=shop)
    page = drawn(mine, "Together")
    other = theirs.go("/journeys/Together@1/edit/?step=advice")
    page.locator("#step-advice").click()
    page.locator("#f-promise").fill("Mine")
    page.locator("#f-label").focus()
    expect(page.locator(".lane-promise")).to_contain_text("Mine")
    other.locator("#f-customer").fill("Asks")
    other.locator("#f-label").focus()
    expect(other.locator("h1")).to_have_text("Somebody changed this draft meanwhile")
    expect(other.locator("#conflict")).to_contain_text("Promise of advice: nothing \u2192 Mine")
    other.get_by_role("button", name="Make my change on top of theirs").click()
    expect(other.locator(".lane-promise")).to_contain_text("Mine")
    expect(other.locator(".lane-customer")).to_contain_text("Asks")
    mine.hold()
    held(theirs, "409")


@pytest.mark.parametrize(("width", "theme"), [(390, "dark"), (1440, "light")])
def test_no_serious_fault_with_every_panel_open(
    open_page: Callable[..., Watched], shop: str, width: int, theme: str
) -> None:
    watched = open_page(home=shop, width=width)
    page = drawn(watched, f"Panels{width}")
    here = page.url
    for query in ("?step=look", "?open=map", "?open=stages"):
        page.goto(f"{here}{query}")
        for summary in page.locator(".panel summary").all():
            summary.click()
        page.evaluate(AXE_SCRIPT)
        assert faults(page, theme) == []
    watched.hold()
