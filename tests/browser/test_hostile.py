"""Forty texts that would run elsewhere, as names, identifiers and words of customers: they stay words."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.browser.conftest import Watched, served, trodden

pytestmark = pytest.mark.requires("chromium")

MARK = "<x-canary></x-canary>"
PAYLOADS = [
    MARK,
    f"<script>document.body.innerHTML='{MARK}'</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    f"</script>{MARK}",
    f"</title>{MARK}",
    f"</text></svg>{MARK}",
    f"</textarea>{MARK}",
    f"</style>{MARK}",
    f"--><!-- -->{MARK}",
    f"]]>{MARK}",
    f'"><x-canary a="{MARK}',
    f"'><x-canary a='{MARK}",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<form action=//evil.example><button>x</button></form>",
    "<link rel=stylesheet href=//evil.example>",
    "<style>@import '//evil.example'</style>",
    "<object data=//evil.example></object>",
    "<math><mtext></mtext><script>alert(1)</script></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<div hx-get=/healthz hx-trigger=load hx-swap=outerHTML>x</div>",
    "<div hx-on:click=alert(1) data-hx-get=/healthz>x</div>",
    "<td-drawer label='x'></td-drawer>",
    "{{7*7}}{% debug %}",
    "${alert(1)}`${7*7}`",
    "\u2028alert(1)\u2029",
    "\u202egnp.exe",
    "e\u0301" * 200,
    "&lt;x-canary&gt;&amp;lt;",
    "=cmd|' /C calc'!A0",
]

MAP = """
name: Hostile {index}
goal: {payload}
owner: {payload}
stages: [{payload}]
steps:
  - {{id: first, label: {payload}, stage: {payload}, match: [{payload}], promise: {payload}}}
  - {{id: second, label: {other}, stage: {payload}, match: [{other}], wait: {{longest: 1min}}}}
flow: [first, second]
"""


def quoted(text: str) -> str:
    """Write a text as YAML reads it back."""
    return "'" + text.replace("'", "''") + "'"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a workspace in which everything a stranger can name is hostile."""
    assert len(PAYLOADS) == 40
    folder = tmp_path_factory.mktemp("hostile")
    home = folder / "home"
    file = folder / "events.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["customer", "time", "touchpoint", "text", "url", "<b>property</b>"])
        for i, payload in enumerate(PAYLOADS):
            other = PAYLOADS[(i + 1) % len(PAYLOADS)]
            for minute, name in ((0, payload), (5, payload), (9, other)):
                row = [
                    payload,
                    f"2026-03-{i % 28 + 1:02d}T10:{minute:02d}:00Z",
                    name,
                    payload,
                    payload,
                    payload,
                ]
                writer.writerow(row)
    trodden("--home", str(home), "import", str(file), "--customer", "customer", "--time", "time",
            "--touchpoint", "touchpoint", "--text", "text", "--url", "url", "--quiet")  # fmt: skip
    _write_maps(home / "workspaces" / "default" / "maps")
    with served(home) as address:
        yield address


def _write_maps(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for i in (0, 1, 7, 12, 30):
        text = MAP.format(index=i, payload=quoted(PAYLOADS[i]), other=quoted(PAYLOADS[i + 1]))
        (folder / f"hostile-{i}.yaml").write_text(text, encoding="utf-8")


def hold(watched: Watched, path: str) -> None:
    page = watched.go(path)
    page.wait_for_timeout(50)
    assert page.locator("x-canary").count() == 0, path
    assert page.locator("iframe, object, embed, base, meta[http-equiv]").count() == 0, path
    assert page.locator("script:not([src])").count() == 0, path
    assert page.locator("td-drawer").count() == 1, path
    dangerous = page.evaluate(
        "[...document.querySelectorAll('[href], [src], [action]')]"
        ".map((e) => e.getAttribute('href') ?? e.getAttribute('src') ?? e.getAttribute('action'))"
        ".filter((a) => /^\\s*(javascript|data|vbscript):/i.test(a))"
    )
    assert dangerous == [], path
    handlers = page.evaluate(
        "[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes]).map((a) => a.name)"
        ".filter((name) => /^on|^hx-on|^data-hx/.test(name))"
    )
    assert handlers == [], path
    watched.hold()


@pytest.mark.parametrize(
    "path",
    [
        "/journeys/",
        *(f"/journeys/Hostile%20{i}@1/?detail=100" for i in (0, 1, 7, 12, 30)),
        "/data/",
        "/find/",
        "/customers/",
        "/explore/overview/?top=100",
        "/explore/transitions/?limit=100",
        "/explore/pauses/",
        "/explore/departures/",
        "/explore/customers/?limit=100",
        "/explore/walked/?map=Hostile%201",
    ],
)
def test_a_page_of_hostile_names_is_only_words(
    open_page: Callable[..., Watched], hostile: str, path: str
) -> None:
    hold(open_page(home=hostile), path)


@pytest.mark.slow
def test_the_walk_of_each_hostile_customer_is_only_words(
    open_page: Callable[..., Watched], hostile: str
) -> None:
    watched = open_page(home=hostile)
    shown = 0
    for payload in PAYLOADS:
        if _is_known(watched, payload):
            hold(watched, f"/customers/walk/?id={quote(payload)}")
            shown += 1
    assert shown >= 38


def _is_known(watched: Watched, payload: str) -> bool:
    response = watched.page.request.get(f"{watched.home}/customers/walk/?id={quote(payload)}")
    return response.ok


@pytest.mark.slow
def test_what_is_typed_back_is_only_words(open_page: Callable[..., Watched], hostile: str) -> None:
    watched = open_page(home=hostile)
    for payload in PAYLOADS:
        said = quote(payload)
        for path in (f"/customers/?q={said}", f"/explore/overview/?where={said}&segment={said}"):
            page = watched.page
            page.goto(f"{hostile}{path}")
            assert page.locator("x-canary").count() == 0, path
    assert [problem for problem in watched.problems if not re.search("40[04]", problem)] == []


def test_the_palette_and_the_drawer_show_hostile_names_as_words(
    open_page: Callable[..., Watched], hostile: str
) -> None:
    watched = open_page(home=hostile)
    page = watched.go("/journeys/Hostile%201@1/?detail=100")
    page.keyboard.press("Control+k")
    page.keyboard.type("hostile")
    page.locator("[role=option]").first.wait_for()
    page.keyboard.press("Escape")
    page.locator(".routes a[data-drawer]").first.click()
    page.locator("dialog.drawer h1").wait_for()
    assert page.locator("x-canary").count() == 0
    watched.hold()
