"""A person's own file in a real browser: dropped, proposed, checked, imported, on a map; and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import PATIENCE_S, Watched, served

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.requires("linux")]

STEPS = ("Search", "Compare", "Order")
ROWS = "Kundennummer;Ereignis;Zeitpunkt\n" + "".join(
    f"C{number % 31:03};{STEPS[number % 3]};{1 + number % 28:02}.03.2026 10:00\n" for number in range(400)
)

DROP = """(text) => {
  const files = new DataTransfer();
  files.items.add(new File([text], "orders.csv", { type: "text/csv" }));
  for (const type of ["dragover", "drop"]) {
    const said = { dataTransfer: files, bubbles: true, cancelable: true };
    document.body.dispatchEvent(new DragEvent(type, said));
  }
}"""


@pytest.fixture
def clicks() -> list[str]:
    """Note what was clicked."""
    return []


def press(site: Watched, clicks: list[str], role: str, name: str) -> None:
    site.page.get_by_role(role, name=name).click()  # type: ignore[arg-type]
    clicks.append(name)


def test_somebody_drops_a_file_accepts_the_proposal_sees_the_count_imports_and_lands_on_a_map(
    open_page: Callable[..., Watched], tmp_path: Path, clicks: list[str]
) -> None:
    with served(tmp_path) as home:
        site = open_page(home=home)
        site.go("/journeys/")
        press(site, clicks, "link", "Sources")
        site.page.get_by_text("Drop a file here").wait_for()
        site.page.evaluate(DROP, ROWS)
        site.page.wait_for_url("**/data/files/**")
        press(site, clicks, "button", "Check the whole file")
        site.page.get_by_text("Rows that would be kept").wait_for(timeout=PATIENCE_S * 1000)
        press(site, clicks, "button", "Import")
        site.page.wait_for_url("**/journeys/First%20draft@1/", timeout=PATIENCE_S * 1000)
        assert "400 events of 31 customers came in" in site.page.content()
        assert len(clicks) <= 4

        press(site, clicks, "link", "Sources")
        press(site, clicks, "link", "orders.csv")
        press(site, clicks, "button", "Take this import back")
        site.page.get_by_text("400 events were taken back").wait_for(timeout=PATIENCE_S * 1000)
        site.hold()


def test_a_select_shows_the_events_anew_and_keeps_the_focus(
    open_page: Callable[..., Watched], tmp_path: Path
) -> None:
    with served(tmp_path) as home:
        site = open_page(home=home, width=390)
        site.go("/data/")
        site.page.set_input_files(
            "input[type=file]", [{"name": "a.csv", "mimeType": "", "buffer": ROWS.encode()}]
        )
        site.page.wait_for_url("**/data/files/**")
        select = site.page.get_by_label("Ereignis")
        select.focus()
        select.select_option("property")
        site.page.get_by_text("Choose in the table").wait_for()
        assert "c.Ereignis=property" in site.page.url
        assert site.page.evaluate("document.activeElement.name") == "c.Ereignis"
        select.select_option("touchpoint")
        site.page.get_by_role("button", name="Check the whole file").wait_for()
        assert site.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        site.hold()
