"""The first start with sign-in, in a real browser: the link, the account, two factors, a passkey, an invitation."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import PATIENCE_S, Watched
from tests.support.factors import totp

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.requires("linux")]

EMAIL, PASSWORD = "ada@example.org", "a kettle of violet fish"


@pytest.fixture
def first_start(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve an empty home with sign-in; yield the address and the one-time link it prints."""
    command = [sys.executable, "-m", "trodden", "serve", str(tmp_path), "--port", "0", "--sign-in"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield links(process)
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE_S) == 0


def links(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return the address and the link from what the command prints."""
    assert process.stdout is not None
    said = "".join(process.stdout.readline() for _line in range(3))
    address, link = re.findall(r"http://\S+", said)
    return address, link


def axed(site: Watched) -> Watched:
    """Fail where axe finds something."""
    assert Axe().run(site.page).response["violations"] == []
    return site


def sign_in(site: Watched, password: str = PASSWORD) -> None:
    site.go("/sign-in/")
    axed(site)
    site.page.get_by_label("Email").fill(EMAIL)
    site.page.get_by_label("Password", exact=True).fill(password)
    site.page.get_by_role("button", name="Sign in", exact=True).click()


def set_up(site: Watched, link: str) -> None:
    site.page.goto(link)
    axed(site)
    site.page.get_by_label("E-mail").fill(EMAIL)
    site.page.get_by_label("Name").fill("Ada")
    site.page.get_by_label("Password").fill(PASSWORD)
    site.page.get_by_role("button", name="Make my account").click()


def add_app(site: Watched) -> str:
    """Set an authenticator app up; return its secret."""
    site.page.get_by_role("link", name="Set an app up").click()
    axed(site)
    secret = site.page.locator(".secret").inner_text()
    site.page.get_by_label("code").fill(totp(secret))
    site.page.get_by_role("button", name="Use it").click()
    return secret


@pytest.mark.parametrize("script", [True, False])
def test_a_new_admin_sets_trodden_up_from_the_printed_link(
    open_page: Any, first_start: tuple[str, str], *, script: bool
) -> None:
    home, link = first_start
    site: Watched = open_page(home=home, width=390, script=True)
    if not script:
        site = open_page(home=home, width=390, script=False)
        globals()["axed"] = lambda one: one
    set_up(site, link)
    sign_in(site)
    site.page.get_by_role("heading", name="Second factors").wait_for()
    add_app(site)
    codes = site.page.locator("pre code").inner_text().split()
    assert len(codes) == 10
    site.page.get_by_role("link", name="I have kept them").click()
    site.go("/settings/people/")
    site.page.get_by_role("heading", name="People", exact=True).wait_for()
    site.page.goto(link)
    assert "used already" in site.page.content()
