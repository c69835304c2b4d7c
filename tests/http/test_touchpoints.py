"""The card of one touchpoint."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from tests.http.conftest import CUSTOMERS, Serve
from tests.http.people import someone
from trodden.collect.importers import ImportOptions, import_files
from trodden.methods.journeys.maps import parse_map
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace


def test_a_card_tells_how_many_came_what_stands_beside_it_and_what_was_said(serve: Serve) -> None:
    client = serve("sample")
    body = client.get("/touchpoints/Support%20call/").content.decode()
    answer = client.get("/explore/touchpoint.json?touchpoint=Support+call").json()
    assert f"{answer['units']['count']} customers were at Support call {answer['events']} times" in body
    assert 0 < answer["units"]["count"] < CUSTOMERS
    for title in ("Before", "After", "How it went", "Who differs", "What they said"):
        assert f"<h2>{title}</h2>" in body
    assert re.search(r'<a href="/touchpoints/[^"]+"><bdi>', body)
    assert "<q " in body
    assert "drawn by lot" in body
    assert "unresolved" in body


def test_other_words_are_drawn_and_the_same_address_draws_the_same(serve: Serve) -> None:
    client = serve("sample")
    first = client.get("/touchpoints/Support%20call/").content.decode()
    onward = unescape(re.findall(r'<a href="([^"]+draw=1)"', first)[0])
    other = [client.get(onward).content.decode() for _time in range(2)]
    words = [re.findall(r'<q class="words"[^>]*><bdi>([^<]+)', body) for body in (first, *other)]
    assert words[1] == words[2] != words[0]
    assert client.get("/touchpoints/Support%20call/?draw=x").status_code == 404


def test_who_was_here_opens_as_many_as_the_card_says(serve: Serve) -> None:
    client = serve("sample")
    body = client.get("/touchpoints/Order/").content.decode()
    count = re.findall(r"([\d,]+) customers were at Order", body)[0]
    address = unescape(re.findall(r'class="button" href="(/customers/[^"]+)" data-drawer', body)[0])
    assert f"<h1>{count} customers</h1>" in client.get(address).content.decode()


@pytest.mark.parametrize("name", ["No%20such%20place", "%2e%2e/%2e%2e/etc", "a/b"])
def test_a_touchpoint_nobody_knows_is_nowhere(serve: Serve, name: str) -> None:
    assert serve("sample").get(f"/touchpoints/{name}/").status_code == 404


def test_a_touchpoint_whose_name_breaks_the_line_opens_wherever_it_is_listed(
    serve: Serve, homes: dict[str, Path], tmp_path: Path
) -> None:
    broken = "Order\nby phone"
    workspace = Workspace.create(tmp_path)
    rows = [
        f'{who},"{place}",2026-03-01T1{hour}:00:00Z'
        for who in "abc"
        for hour, place in enumerate(["Look", broken])
    ]
    (tmp_path / "rows.csv").write_text("\n".join(["customer,touchpoint,time", *rows]))
    import_files(workspace, [tmp_path / "rows.csv"], ImportOptions())
    steps = "steps: [{id: look, match: [Look]}, {id: order, match: ['Order\\nby phone']}]".replace("'", '"')
    add_map(workspace, parse_map(f"name: Shop\n{steps}\nflow: [look, order]\n"))
    homes["broken"] = tmp_path
    client = serve("broken")
    for page in ("/find/", "/journeys/Shop@1/", "/touchpoints/Look/", "/explore/overview/"):
        assert client.get(page).status_code == 200, page
    listed = client.get("/palette.json").json()["entries"]
    (card,) = (one["address"] for one in listed if one["label"] == broken)
    assert "3 customers were at Order" in client.get(card).content.decode()
    assert {"Segments", "Settings"} <= {one["label"] for one in listed if one["kind"] == "page"}
    del homes["broken"]


def test_a_filter_that_excludes_all_says_so_on_the_card(serve: Serve) -> None:
    body = serve("sample").get("/touchpoints/Order/?period=1990-01-01..1990-02-01").content.decode()
    assert 'data-why="filtered"' in body


def test_a_viewer_reads_words_without_learning_who_said_them(staffed: Serve) -> None:
    staffed("sample")
    viewer = someone("viewer")
    viewer.sign_in()
    body = viewer.client.get("/touchpoints/Support%20call/").content.decode()
    assert "<q " in body
    assert not re.search(r"\bK\d{5}\b", body)
    page = viewer.client.get("/explore/verbatims/?touchpoint=Support+call").content.decode()
    assert "What they said" not in page
    assert not re.search(r"\bK\d{5}\b", page)


def test_words_with_an_address_or_the_own_identifier_are_masked_for_a_viewer(serve: Serve) -> None:
    from datetime import UTC, datetime

    from trodden.model.question import Verbatim
    from trodden.web.shield import hidden, pseudonym

    serve("empty")
    said = Verbatim(
        customer="K00001",
        occurred_at=datetime(2026, 3, 1, tzinfo=UTC),
        text="K00001 here, write to me@example.org",
        touchpoint="x",
        channel="web",
        outcome="ok",
    )
    (shown,) = hidden((said,))  # type: ignore[misc]
    assert shown.customer == pseudonym("K00001")
    assert shown.text == f"{pseudonym('K00001')} here, write to [e-mail]"
