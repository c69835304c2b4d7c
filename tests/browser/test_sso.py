"""Single sign-on in a real browser: the first admin comes by the provider, signs out of both, comes again."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Watched, serving
from tests.support.provider import provider_here

pytestmark = [pytest.mark.requires("chromium"), pytest.mark.requires("linux")]


def test_the_first_admin_comes_by_the_provider_and_signs_in_again(
    open_page: Callable[..., Watched], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with provider_here() as provider:
        for name, value in {**provider.environment(), "TRODDEN_SSO_FACTORS": "mfa"}.items():
            monkeypatch.setenv(name, value)
        provider.claims["amr"] = ["pwd", "mfa"]
        with serving(tmp_path, "--port", "0", "--sign-in") as process:
            assert process.stdout is not None
            home, link = re.findall(r"http://\S+", "".join(process.stdout.readline() for _line in range(3)))
            site = open_page(home=home, width=390, dark=True)
            site.page.goto(link)
            hold(site)
            come(site)
            site.page.wait_for_url(f"{home}/")
            site.go("/settings/people/")
            assert site.page.get_by_role("cell", name="Admin").is_visible()
            site.go("/account/connected/")
            assert site.page.get_by_role("definition").filter(has_text=provider.issuer).is_visible()
            hold(site)
            site.go("/account/")
            site.page.get_by_role("button", name="Sign out").click()
            site.page.get_by_role("heading", name="Signed out").wait_for()
            hold(site)
            site.page.get_by_role("link", name="Sign out of Home, too").click()
            site.page.get_by_role("heading", name="Sign in").wait_for()
            assert provider.ended == [provider.person["sub"]]
            hold(site)
            come(site)
            site.page.wait_for_url(f"{home}/")
            site.go("/account/")
            assert site.page.get_by_text("ada@example.org", exact=True).is_visible()
        elsewhere = [one for one in site.problems if not one.startswith(provider.issuer)]
        assert elsewhere == []


def come(site: Watched) -> None:
    site.page.get_by_role("link", name="Sign in with Home").click()
    site.page.get_by_role("button", name="Go on as Ada").click()


def hold(site: Watched) -> None:
    """Fail where the page is wider than the window, axe finds something, or the policy refused something."""
    assert site.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert Axe().run(site.page).response["violations"] == []
    assert site.page.evaluate("window.refusals") == []
