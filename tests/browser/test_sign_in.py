"""The first start with sign-in, in a real browser: the link, the account, two factors, a passkey."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Watched, serving
from tests.support.factors import totp

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.requires("linux")]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
EMAIL, PASSWORD = "ada@example.org", "a kettle of violet fish"


@pytest.fixture
def first_start(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Serve an empty home with sign-in; yield the address and the one-time link it prints."""
    with serving(tmp_path, "--port", "0", "--sign-in") as process:
        yield links(process)


def links(process: subprocess.Popen[str]) -> tuple[str, str]:
    """Return the address and the link from what the command prints."""
    assert process.stdout is not None
    said = "".join(process.stdout.readline() for _line in range(3))
    address, link = re.findall(r"http://\S+", said)
    return address, link


def hold(site: Watched, *, script: bool) -> None:
    """Fail where the page is wider than the window, or axe finds something."""
    if script:
        assert site.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert Axe().run(site.page).response["violations"] == []


def set_up(site: Watched, link: str) -> None:
    site.page.goto(link)
    site.page.get_by_label("E-mail").fill(EMAIL)
    site.page.get_by_label("Name").fill("Ada")
    site.page.get_by_label("Password").fill(PASSWORD)
    site.page.get_by_role("button", name="Make my account").click()


def sign_in(site: Watched) -> None:
    site.page.get_by_label("E-mail").fill(EMAIL)
    site.page.get_by_label("Password", exact=True).fill(PASSWORD)
    site.page.get_by_role("button", name="Sign in", exact=True).click()


def add_app(site: Watched) -> str:
    """Set an authenticator app up; return its secret."""
    site.page.get_by_role("link", name="Set an app up").click()
    secret = site.page.locator(".secret").inner_text()
    site.page.get_by_label("Authenticator code").fill(totp(secret))
    return secret


@pytest.mark.parametrize("script", [True, False])
def test_a_new_admin_sets_trodden_up_from_the_printed_link(
    open_page: Callable[..., Watched], first_start: tuple[str, str], *, script: bool
) -> None:
    home, link = first_start
    site = open_page(home=home, width=390, dark=script, script=script)
    site.page.goto(link)
    hold(site, script=script)
    set_up(site, link)
    hold(site, script=script)
    sign_in(site)
    hold(site, script=script)
    add_app(site)
    hold(site, script=script)
    site.page.get_by_role("button", name="Use it").click()
    hold(site, script=script)
    assert len(site.page.locator("pre code").inner_text().split()) == 10
    site.page.get_by_role("link", name="I have kept them").click()
    site.go("/settings/people/")
    site.page.get_by_label("E-mail").fill("bob@example.org")
    site.page.get_by_role("button", name="Make a link").click()
    hold(site, script=script)
    invitation = site.page.locator("code.secret").inner_text()
    site.go("/account/")
    hold(site, script=script)
    site.page.get_by_role("button", name="Sign out").click()
    site.page.goto(invitation)
    assert site.page.get_by_label("E-mail").input_value() == "bob@example.org"
    assert site.page.goto(link).status == 404  # type: ignore[union-attr]


def test_a_passkey_signs_in_without_a_password(
    open_page: Callable[..., Watched], first_start: tuple[str, str]
) -> None:
    home, link = first_start
    site = open_page(home=home)
    session = site.page.context.new_cdp_session(site.page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    set_up(site, link)
    sign_in(site)
    site.page.get_by_role("link", name="Manage passkeys").click()
    site.page.get_by_role("link", name="Add a passkey").click()
    site.page.get_by_label("Passwordless").check()
    hold(site, script=True)
    site.page.get_by_role("button", name="Add").click()
    site.page.get_by_role("heading", name="Recovery codes").wait_for()
    site.go("/account/")
    site.page.get_by_role("button", name="Sign out").click()
    site.page.get_by_role("button", name="Use a passkey").click()
    site.page.get_by_role("link", name="My account").wait_for()
    site.go("/settings/people/")
    assert "ada@example.org" in site.page.content()
    site.hold()
