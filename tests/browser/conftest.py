"""A site started as a person starts it, and a real Chromium in front of it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.support.firm import fill_home

CUSTOMERS = 400
PATIENCE_S = 60
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
LISTEN = """
window.refusals = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.refusals.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
window.shifts = [];
new PerformanceObserver((list) => window.shifts.push(...list.getEntries()))
  .observe({type: "layout-shift", buffered: true});
"""


def trodden(*arguments: str) -> None:
    """Run a command as a person would."""
    done = subprocess.run(
        [sys.executable, "-m", "trodden", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def serving(home: Path, *arguments: str, options: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """Serve a home by the real command, and end it by Ctrl-C."""
    command = [sys.executable, "-m", "trodden", *options, "serve", str(home), *arguments]
    environment = {
        "TRODDEN_PROGRESS_AFTER": "600",
        "TRODDEN_SEEK_FINDINGS": "false",
        **os.environ,
        "PYTHONUNBUFFERED": "1",
    }
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_S) == 0


@contextmanager
def served(home: Path, *options: str) -> Iterator[str]:
    """Serve a home on any free port; yield the address it prints."""
    with serving(home, "--port", "0", options=options) as process:
        yield address_of(process)


def address_of(process: subprocess.Popen[str]) -> str:
    """Read the address a server prints."""
    assert process.stdout is not None
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = re.search(r"http://\S+", process.stdout.readline())
        if found:
            return found[0]
    pytest.fail("the server printed no address")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the sample of the guides."""
    home = tmp_path_factory.mktemp("sample")
    fill_home(home, customers=CUSTOMERS)
    return home


@pytest.fixture(scope="session")
def site(sample: Path) -> Iterator[str]:
    """Serve the sample company, its ways judged already: so no page changes while a test reads it."""
    with served(sample) as address:
        judged = f"{address}/journeys/Getting%20connected@1/?judged=yes"
        urlopen(judged, timeout=PATIENCE_S).close()  # noqa: S310 - the address our own server printed
        yield address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start Playwright once; what is expected of a page may take long on a busy machine."""
    expect.set_options(timeout=PATIENCE_S * 1000)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Start Debian's Chromium once."""
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
    yield browser
    browser.close()


@dataclass
class Watched:
    """A page, and everything that went wrong on it: errors, refusals by the policy, other hosts asked."""

    page: Page
    home: str
    problems: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open an address of the site and wait until it rests."""
        self.page.goto(f"{self.home}{path}", wait_until="load")
        return self.page

    def hold(self) -> None:
        """Fail on anything that went wrong."""
        refusals: list[str] = self.page.evaluate("window.refusals ?? []")
        assert [*self.problems, *refusals] == []


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Any]:
    """Return what opens a watched page of the site: width, theme and script may be said."""
    contexts: list[Any] = []

    def start(*, width: int = 1440, dark: bool = False, script: bool = True, home: str = site) -> Watched:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(PATIENCE_S * 1000)
        contexts.append(context)
        if script:
            context.add_init_script(LISTEN)
        return watched(context.new_page(), home)

    yield start
    for context in contexts:
        context.close()


def watched(page: Page, home: str) -> Watched:
    """Watch a page."""
    found = Watched(page, home)
    page.on("pageerror", lambda error: found.problems.append(f"error: {error}"))
    page.on("console", lambda said: found.problems.append(said.text) if said.type == "error" else None)
    page.on("dialog", lambda dialog: (found.problems.append(f"dialog: {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda asked: None if asked.url.startswith(home) else found.problems.append(asked.url))
    return found


def serve_json(home: Path) -> dict[str, Any]:
    """Return what a server says of itself beside its data."""
    return json.loads((home / "run" / "serve.json").read_text())
