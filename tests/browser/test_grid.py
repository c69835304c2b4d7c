"""Every page of the resolver, in every state, theme and width: no serious fault of access, nothing refused.

Nothing moves on it once it is shown. The states: nothing imported yet, the sample, the sample under a filter
that excludes everybody, too few customers to say anything of, and a workspace that cannot be read. The quick
tier opens two of them at one width and theme each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import product

import django
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response

import trodden.web
from tests.browser.conftest import CUSTOMERS, Watched, served
from tests.browser.test_pages import JOURNEY
from tests.http.routes import ACCOUNTS, definitions, examples, whole_routes
from tests.support.homes import make_home

pytestmark = pytest.mark.requires("chromium")

NOBODY = "period=1990-01-01..1990-02-01"
STATES = ("empty", "sample", "filtered", "few", "damaged")
SIZES = (390, 1440)
THEMES = ("light", "dark")
REFUSED = ("400", "404", "422", "503")
"""What a page that says why it cannot answer is sent with; a browser notes them in its console."""

MORE = (
    f"{JOURNEY}?detail=100&kind=skipped&sort=cost",
    f"{JOURNEY}?segment=region%20%3D%20north",
    f"{JOURNEY}?all=yes",
    "/explore/overview/?where=Nowhere",
    "/explore/pauses/?map=Getting%20connected",
    "/customers/?q=nobody",
    "/nowhere",
)
"""Pages that hang on what is asked of them."""

SERIOUS = """
() => axe.run({resultTypes: ["violations"]}).then((found) => found.violations
  .filter((fault) => ["serious", "critical"].includes(fault.impact))
  .flatMap((fault) => fault.nodes.map((node) => `${fault.id}: ${node.html.slice(0, 160)}`)))
"""

STILL = 0.005
"""Cumulative layout shift that counts as none: a twentieth of what is called good."""
SHIFTED = """
(still) => {
  const total = window.shifts.reduce((sum, one) => sum + one.value, 0);
  const nodes = window.shifts.flatMap((one) => one.sources).map((source) => source.node);
  const moved = nodes.map((node) => (node?.outerHTML ?? node?.data ?? "gone").slice(0, 60));
  return total < still ? [] : [`layout shift ${total.toFixed(4)}: ${moved.join("; ")}`];
}
"""


@pytest.fixture(scope="module", autouse=True)
def project() -> None:
    """Set Django up, for its resolver."""
    assert trodden.web.__name__
    django.setup()


@pytest.fixture(scope="module")
def home_of(site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], str]]:
    """Return the address of a server over a home in some state, started when it is first asked for."""
    with ExitStack() as stack:
        known = {"sample": site, "filtered": site}
        root = tmp_path_factory.mktemp("states")

        def start(state: str) -> str:
            if state not in known:
                known[state] = stack.enter_context(served(make_home(root, state, CUSTOMERS)))
            return known[state]

        yield start


def addresses(state: str, *, whole: bool = True) -> list[str]:
    """List an address of every route that is read; of all analyses' answers where there are any.

    Pages of accounts are held by `test_sign_in.py`.
    """
    shown = (
        route for route in whole_routes() if route.method == "get" and not route.name.startswith(ACCOUNTS)
    )
    every = [*(route.address for route in shown), *MORE]
    every += examples() if whole and state not in {"empty", "damaged"} else []
    every += definitions() if whole and state == "sample" else []
    return every if state != "filtered" else [_of_nobody(one) for one in every]


def _of_nobody(address: str) -> str:
    kept = re.sub("period=[^&]*&?", "", address)
    return f"{kept}{'&' if '?' in kept else '?'}{NOBODY}"


def read(watched: Watched, path: str) -> Response | None:
    """Open an address if it is a page; return its response."""
    asked = watched.page.request.get(f"{watched.home}{path}", max_redirects=0)
    if asked.status in {301, 302} or not asked.headers["content-type"].startswith("text/html"):
        return None
    return watched.page.goto(f"{watched.home}{path}", wait_until="load")


def faults(page: Page, theme: str) -> list[str]:
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    found: list[str] = page.evaluate(SERIOUS)
    room = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return [*found, *([f"scrolls sideways by {room}"] if room > 0 else [])]


def check(watched: Watched, paths: list[str], themes: tuple[str, ...]) -> int:
    """Open every page among the addresses; return how many there were."""
    found: list[str] = []
    opened = 0
    for path in paths:
        if read(watched, path) is None:
            continue
        opened += 1
        page = watched.page
        assert page.locator("h1").count() == 1, path
        assert page.evaluate("window.refusals") == [], path
        page.evaluate(AXE_SCRIPT)
        found += [f"{path}: {shift}" for shift in page.evaluate(SHIFTED, STILL)]
        found += [f"{path} {theme}: {fault}" for theme in themes for fault in faults(page, theme)]
    assert found == []
    assert [one for one in watched.problems if not any(code in one for code in REFUSED)] == []
    return opened


@pytest.mark.parametrize(("state", "width", "theme"), [("sample", 390, "light"), ("empty", 1440, "dark")])
def test_no_page_has_a_serious_fault(
    open_page: Callable[..., Watched], home_of: Callable[[str], str], state: str, width: int, theme: str
) -> None:
    watched = open_page(width=width, home=home_of(state))
    assert check(watched, addresses(state, whole=False), (theme,)) > len(MORE)


@pytest.mark.slow
@pytest.mark.parametrize(("state", "width"), list(product(STATES, SIZES)))
def test_no_page_in_any_state_has_a_serious_fault(
    open_page: Callable[..., Watched], home_of: Callable[[str], str], state: str, width: int
) -> None:
    watched = open_page(width=width, home=home_of(state))
    assert check(watched, addresses(state), THEMES) > len(MORE)


@pytest.mark.parametrize(
    "path", ["/journeys/", JOURNEY, "/customers/", "/customers/walk/?id=K00001", "/data/"]
)
def test_no_page_scrolls_sideways_on_the_narrowest_screen(
    open_page: Callable[..., Watched], path: str
) -> None:
    page = open_page(width=360).go(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
