"""What every page says in every state: nothing yet, everything, a filter that excludes all, a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser

import pytest

from tests.http.conftest import CUSTOMERS, Serve
from tests.http.routes import whole_routes
from trodden.questions import fields_of, write_question
from trodden.registry import registrations

EPOCH = re.compile(rb"(?<![>,])\b1970\b")
"""The year of an instant of nothing, but for a whole cell: the number of a log entry may be 1970."""
DATA_PAGES = ["/journeys/", "/customers/", "/data/", "/explore/overview/"]


class Outline(HTMLParser):
    """Notes ids, headings, links and what stands where it must not."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        if tag in {"h1", "h2", "h3"}:
            self.headings.append(tag)
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]))
        if tag == "style" or (tag == "script" and "src" not in values):
            self.inline.append(tag)
        self.inline += [name for name in values if name == "style" or name.startswith("on")]


def outline(content: bytes) -> Outline:
    parsed = Outline()
    parsed.feed(content.decode())
    return parsed


def test_of_few_customers_little_is_said(serve: Serve) -> None:
    """Of four customers, no way they went is called worse or better than another."""
    body = serve("few").get("/journeys/Getting connected@1/", {"all": "yes"}).content.decode()
    assert "Too few to say" in body
    assert "Worse" not in body
    assert "A better way" not in body


@pytest.mark.parametrize("home", ["empty", "sample", "few"])
def test_every_page_is_whole(serve: Serve, home: str) -> None:
    client = serve(home)
    for route in whole_routes():
        response = getattr(client, route.method)(route.address, follow=True)
        assert response.status_code < 500, route
        assert b"UNKNOWN-NAME" not in response.content, route
        if response["Content-Type"].startswith("text/html"):
            page = outline(response.content)
            assert page.headings.count("h1") == 1, route
            assert len(page.ids) == len(set(page.ids)), route
            assert page.inline == [], route


def test_every_link_of_every_page_leads_somewhere(serve: Serve) -> None:
    client = serve("sample")
    links = {
        link
        for route in whole_routes()
        if route.method == "get"
        for link in _links(client.get(route.address))
    }
    for link in sorted(links):
        assert client.get(link.partition("#")[0] or "/journeys/").status_code in {200, 302}, link


def _links(response: object) -> list[str]:
    if not response["Content-Type"].startswith("text/html"):  # type: ignore[index]
        return []
    return outline(response.content).links  # type: ignore[attr-defined]


@pytest.mark.parametrize("address", DATA_PAGES)
def test_a_page_without_data_says_so_and_what_to_do(serve: Serve, address: str) -> None:
    body = serve("empty").get(address).content.decode()
    assert 'data-why="no-data"' in body
    assert "trodden import" in body


@pytest.mark.parametrize("address", ["/customers/", "/explore/overview/", "/explore/customers/"])
def test_a_filter_that_excludes_all_says_so_and_how_to_lift_it(serve: Serve, address: str) -> None:
    body = serve("sample").get(f"{address}?period=1990-01-01..1990-02-01").content.decode()
    assert 'data-why="filtered"' in body
    assert f'href="{address}"' in body


@pytest.mark.parametrize("address", DATA_PAGES)
def test_a_damaged_workspace_says_which_file_and_keeps_the_page(serve: Serve, address: str) -> None:
    response = serve("damaged").get(address)
    assert response.status_code in {422, 503}
    body = response.content.decode()
    assert "Traceback" not in body
    assert "Journeys" in body


@pytest.mark.parametrize("name", sorted(registrations()))
def test_every_analysis_has_a_page_a_definition_and_a_form_with_all_its_fields(
    serve: Serve, name: str
) -> None:
    client = serve("sample")
    page = client.get(f"/explore/{name}/")
    assert page.status_code == 200
    body = page.content.decode()
    for field in fields_of(registrations()[name].question):
        assert re.search(rf'name="{field.name}(_start)?"', body), field.name
    definition = client.get(f"/explore/{name}/definition/")
    assert definition.status_code == 200
    assert "`" not in definition.content.decode(), "what is code is set as code"


@pytest.mark.parametrize("name", sorted(registrations()))
def test_every_example_is_answered_and_can_be_taken_away(serve: Serve, name: str) -> None:
    client = serve("sample")
    fields = write_question(registrations()[name].example)
    page = client.get(f"/explore/{name}/", fields)
    assert page.status_code == 200, page.content.decode()
    for kind, type_ in (
        ("csv", "text/csv; charset=utf-8"),
        ("json", "application/json"),
        ("svg", "image/svg+xml"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        file = client.get(f"/explore/{name}.{kind}", fields)
        assert (file.status_code, file["Content-Type"]) == (200, type_)
        assert re.fullmatch(rf'attachment; filename="{name}-[\d-]+\.{kind}"', file["Content-Disposition"])


@pytest.mark.parametrize("address", ["/explore/conformance/", "/customers/"])
def test_a_map_called_by_its_name_alone_stays_chosen(serve: Serve, address: str) -> None:
    page = serve("sample").get(f"{address}?map=Getting+connected").content.decode()
    assert re.search(r"<option[^>]* selected[^>]*>Getting connected@1</option>", page)


def test_a_question_that_cannot_be_asked_shows_why_above_the_form(serve: Serve) -> None:
    response = serve("sample").get("/explore/overview/?where=%22Nowhere%20at%20all%22&by=day")
    body = response.content.decode()
    assert response.status_code == 400
    assert 'role="alert"' in body
    assert "Nowhere at all" in body
    assert '<option value="day" selected>' in body


def test_the_two_ends_of_a_period_are_one_field(serve: Serve) -> None:
    client = serve("sample")
    whole = client.get("/explore/overview.json?period=2026-03-01..2026-04-01").json()
    ends = client.get("/explore/overview.json?period_start=2026-03-01&period_end=2026-04-01").json()
    assert whole == ends
    assert 0 < whole["about"]["customers"] < CUSTOMERS


def test_customers_are_found_by_their_exact_identifier_only(serve: Serve) -> None:
    client = serve("sample")
    assert client.get("/customers/?q=K00001", follow=True).redirect_chain == [
        ("/customers/walk/?id=K00001", 302)
    ]
    for searched in ("k00001", "K1", "K00001 "[:-1] + "x", "%"):
        assert "Nobody goes by that name" in client.get("/customers/", {"q": searched}).content.decode()


def test_pages_of_customers_join_without_overlap(serve: Serve) -> None:
    client = serve("sample")
    seen: list[str] = []
    for number in range(1, CUSTOMERS // 50 + 1):
        body = client.get(f"/customers/?page={number}").content.decode()
        seen += re.findall(r"/customers/walk/\?id=(K\d+)", body)
    assert len(seen) == len(set(seen)) == CUSTOMERS


@pytest.mark.parametrize(
    "page", ["0", "-1", "x", "99999999999999999999", "1e3", "401", "\u0663", f"000001{'1' * 5000}"]
)
def test_a_page_number_out_of_bounds_is_nowhere(serve: Serve, page: str) -> None:
    assert serve("sample").get("/customers/", {"page": page}).status_code == 404


@pytest.mark.parametrize(
    "next_",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\thttps://evil",
        "",
        "///x",
    ],
)
def test_a_form_never_leads_elsewhere(serve: Serve, next_: str) -> None:
    response = serve("empty").post("/theme", {"theme": "dark", "next": next_})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert response.cookies["theme"].value == "dark"


def test_the_theme_is_in_the_page_before_any_script(serve: Serve) -> None:
    client = serve("empty")
    assert b"data-theme" not in client.get("/journeys/").content
    client.post("/theme", {"theme": "dark", "next": "/journeys/"})
    assert b'<html lang="en" data-theme="dark"' in client.get("/journeys/").content
    client.post("/theme", {"theme": "pink"})
    assert b'<html lang="en" data-theme="dark"' in client.get("/journeys/").content


def test_health_says_what_is_served(serve: Serve) -> None:
    assert serve("empty").get("/healthz").json()["snapshot"] is None
    assert serve("sample").get("/healthz").json()["snapshot"]


@pytest.mark.parametrize(
    "name", ["pauses", "transitions", "departures", "predictions", "funnel", "flow", "overview"]
)
def test_every_mark_and_row_opens_as_many_as_it_says(serve: Serve, name: str) -> None:
    client = serve("sample")
    fields = {**write_question(registrations()[name].example), "where": "Order"}
    body = client.get(f"/explore/{name}/", fields).content.decode()
    marks = re.findall(r'<a class="mark" href="([^"]+)" aria-label="[^"]*opens ([\d,]+)( customers)?"', body)
    assert len(marks) > 1
    for address, count, customers in marks[:5]:
        opened = client.get(unescape(address)).content.decode()
        shown = re.search(r"<h1>([\d,]+) \w+(?: of ([\d,]+) customers?)?</h1>", opened)
        assert shown, address
        assert (shown[2] or shown[1] if customers else shown[1]) == count, address
    assert re.search(r'<th scope="row"><a href="/customers/', body)


def test_customers_are_found_by_how_their_identifier_begins(serve: Serve) -> None:
    client = serve("sample")
    found = client.get("/find/", {"q": "K0000"}).content.decode()
    assert re.findall(r"id=(K\d+)", found) == [f"K{n:05}" for n in range(1, 10)]
    listed = client.get("/customers/", {"q": "K00"}).content.decode()
    assert re.findall(r"id=(K\d+)", listed) == [f"K{n:05}" for n in range(1, 21)]
    exact = client.get("/customers/", {"q": "K00001"})
    assert exact["Location"].endswith("id=K00001")
    nobody = client.get("/find/", {"q": "k00001"}).content.decode()
    assert "Nothing goes by that name" in nobody
    assert "Coverage check" in client.get("/find/", {"q": "coverage touch"}).content.decode()


@pytest.mark.parametrize("home", ["empty", "bare"])
def test_where_nothing_has_come_in_every_page_says_so_and_what_to_do(serve: Serve, home: str) -> None:
    client = serve(home)
    questions = [f"/explore/{name}/" for name in registrations()]
    asked = [f"{page}?unit=session" for page in questions]
    for page in ("/customers/", "/data/", *questions, *asked):
        body = client.get(page).content.decode()
        assert 'data-why="no-data"' in body, page
        assert "trodden import events.csv" in body, page
        assert "1970" not in body, page
    for route in whole_routes():
        if route.method == "get":
            assert not EPOCH.search(client.get(route.address).content), route


@pytest.mark.parametrize(
    "mark", ["a%0Ab", "a%0Db", "a" * 140_000, "9" * 5_000], ids=["line", "return", "long", "digits"]
)
@pytest.mark.parametrize("behind", ["overview", "transitions", "funnel"])
def test_a_mark_that_is_no_list_is_the_callers_fault(serve: Serve, mark: str, behind: str) -> None:
    client = serve("sample")
    for page in ("/customers/", "/explore/customers/"):
        assert client.get(f"{page}?behind={behind}&mark={mark}").status_code in {400, 404}


@pytest.fixture
def read_only() -> Iterator[None]:
    """Let nothing be written into the records, as on a full disk."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = OFF")


@pytest.mark.usefixtures("read_only")
def test_where_records_cannot_be_written_pages_are_read_and_changes_say_so(serve: Serve, token: str) -> None:
    client = serve("sample")
    assert [client.get(path).status_code for path in ("/", "/boards/", "/journeys/")] == [200] * 3
    refused = client.post("/boards/new", {"name": "Week by week"})
    assert (refused.status_code, b"records cannot be read or written" in refused.content) == (503, True)
    mark = {"name": "Release", "begins_at": "2026-03-01"}
    headers = {"authorization": f"Bearer {token}"}
    said = client.post("/api/marks", mark, content_type="application/json", headers=headers)
    assert (said.status_code, said.json()["code"]) == (503, "records")
