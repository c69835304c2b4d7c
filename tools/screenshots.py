"""Take the pictures of the tour from the product itself: ``python tools/screenshots.py HOME``.

Works on a copy of a demo home, so that nothing of it changes. Writes ``docs/images``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
PATIENCE_MS = 60_000
SEARCHES = 3
MAP = "/journeys/Getting%20connected@1/"


@dataclass(frozen=True)
class Picture:
    """A picture: its file, the address it begins at, what is done there first, and how it is looked at."""

    name: str
    path: str
    before: Callable[[Page], None] | None = None
    width: int = 1280
    height: int = 860
    is_dark: bool = False


def begin_shoes(page: Page) -> None:
    """Begin to walk in the shoes of somebody who waited, and go two moments on."""
    page.get_by_label("What do you want to find out?").fill("How does waiting feel?")
    page.get_by_label("Whose, drawn by lot").select_option("paused")
    page.get_by_role("button", name="Begin").click()
    number = page.locator("#moment .about")
    number.filter(has_text="moment 1 of ").first.wait_for()
    for moment in (2, 3):
        page.keyboard.press("ArrowRight")
        number.filter(has_text=f"moment {moment} of ").first.wait_for()


def open_somebody(page: Page) -> None:
    """Open the first customer of the list."""
    page.locator("main table a").first.click()
    page.wait_for_url(re.compile("id="))


def begin_board(page: Page) -> None:
    """Begin with a proposed board, and wait until each of its cards is answered."""
    page.get_by_role("button", name="Begin with it").first.click()
    page.wait_for_function("document.querySelectorAll('.board-card svg').length > 2")
    page.wait_for_load_state("networkidle")


PICTURES = (
    Picture("home", "/"),
    Picture("home-phone", "/", width=390, height=800, is_dark=True),
    Picture("journeys", "/journeys/"),
    Picture("map", MAP, height=1000),
    Picture("editor", f"{MAP}edit/?step=coverage", height=900),
    Picture("touchpoint", "/touchpoints/Help%20search/"),
    Picture("explore", "/explore/pauses/?map=Getting+connected%401", is_dark=True),
    Picture("customer", "/customers/", open_somebody),
    Picture("shoes", "/customers/shoes/", begin_shoes),
    Picture("segment", "/segments/new/?rule=region+%3D+north+and+did+Hotline+%3E%3D+2+times"),
    Picture("board", "/boards/", begin_board),
    Picture("sources", "/data/"),
)


def main(arguments: list[str]) -> int:
    """Serve a copy of the demo, and take every picture."""
    given = Path(arguments[0]) if arguments else ROOT / ".trodden-demo"
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(shutil.copytree(given, Path(scratch) / "home"))
        with serving(home) as address, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            seek_findings(home, browser, address)
            for picture in PICTURES:
                take(browser, address, picture)
            browser.close()
    return 0


def trodden(home: Path) -> list[str]:
    """Return how the command is called on a home."""
    return [sys.executable, "-m", "trodden", "--home", str(home)]


def seek_findings(home: Path, browser: Browser, address: str) -> None:
    """Look for findings in the walks as the server has them: its start may bring them up to date."""
    page = browser.new_page()
    for _ in range(SEARCHES):
        subprocess.run([*trodden(home), "findings"], check=True, stdout=subprocess.DEVNULL)
        page.goto(address, wait_until="networkidle")
        if page.get_by_text("there is newer data").count() == 0:
            page.close()
            return
    message = f"the findings are older than the data after {SEARCHES} searches: pictures would say so"
    raise SystemExit(message)


@contextmanager
def serving(home: Path) -> Generator[str]:
    """Serve a home on any free port; yield its address."""
    variables = {"TRODDEN_PROGRESS_AFTER": "600", "TRODDEN_SEEK_FINDINGS": "false", "PYTHONUNBUFFERED": "1"}
    command = [*trodden(home), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | variables) as process:
        try:
            lines = iter(process.stdout or ())
            yield next(found[0] for line in lines if (found := re.search(r"http://\S+", line)))
        finally:
            process.terminate()


def take(browser: Browser, address: str, picture: Picture) -> None:
    """Take one picture and say so."""
    context = browser.new_context(
        viewport={"width": picture.width, "height": picture.height},
        color_scheme="dark" if picture.is_dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(address + picture.path, wait_until="networkidle")
    if picture.before:
        picture.before(page)
        page.wait_for_load_state("networkidle")
    path = IMAGES / f"{picture.name}.png"
    page.screenshot(path=path)
    context.close()
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:,.0f} kB", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
