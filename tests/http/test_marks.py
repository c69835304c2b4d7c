"""What happened when: kept, drawn on every axis of time, left away on wish, read in and taken away."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from tests.http.conftest import Serve
from tests.http.programs import program
from tests.http.test_boards import cards, said, save
from tests.support.mail import mail_server

OVER_TIME = "/explore/lifecycle/"


@pytest.fixture
def client(serve: Serve) -> Client:
    return serve("sample", TRODDEN_PUBLIC_URL="https://trodden.example")


def mark(client: Client, name: str = "New checkout", **more: str) -> None:
    given = {"act": "add", "name": name, "kind": "release", "from": "2026-03-02", **more}
    assert client.post("/marks/change", given).status_code == 302


def key_of(client: Client) -> tuple[str, str]:
    body = client.get("/marks/").content.decode()
    found = re.search(
        r'name="key" value="([0-9a-f-]{36})"><input type="hidden" name="version" value="(\d+)"', body
    )
    assert found
    return found[1], found[2]


def letters(body: str) -> list[str]:
    """Return what the drawing says of marks to who cannot see it."""
    return re.findall(r'aria-label="([A-Z]: [^"]*)"', unescape(body))


def test_where_nothing_is_marked_the_page_says_what_for(client: Client) -> None:
    assert 'data-why="none-yet"' in client.get("/marks/").content.decode()


@pytest.mark.parametrize(
    "address",
    ["/explore/lifecycle/", "/explore/touchpoint/?touchpoint=Installation", "/touchpoints/Installation/"],
)
def test_a_mark_is_on_every_axis_of_time_and_said_in_words(client: Client, address: str) -> None:
    mark(client)
    mark(client, "Hotline down", kind="outage", **{"from": "2026-04-01T09:00", "to": "2026-04-20T12:00"})
    response = client.get(address)
    assert letters(response.content.decode()) == ["A: Release New checkout", "B: Outage Hotline down"]
    assert "B: Outage “Hotline down”, 1 Apr 2026, 09:00 until 20 Apr 2026, 12:00" in said(response)


@pytest.mark.parametrize("address", ["/explore/lifecycle/?by=month", "/touchpoints/Installation/"])
def test_a_mark_after_the_last_whole_period_is_on_the_axis_too(client: Client, address: str) -> None:
    as_of = client.get("/explore/overview.json").json()["about"]["as_of"]
    mark(client, **{"from": as_of[:10]})
    assert letters(client.get(address).content.decode()) == ["A: Release New checkout"]


def test_marks_are_left_away_on_wish_in_files_too(client: Client) -> None:
    mark(client)
    body = client.get(f"{OVER_TIME}?marks=off").content.decode()
    assert letters(body) == []
    assert 'href="/explore/lifecycle.svg?marks=off"' in body
    assert letters(client.get("/explore/lifecycle.svg").content.decode()) == ["A: Release New checkout"]
    assert ">A  Release New checkout<" in client.get("/explore/lifecycle.svg").content.decode()
    assert letters(client.get("/explore/lifecycle.svg?marks=off").content.decode()) == []


def test_a_mark_outside_the_time_of_a_chart_is_not_on_it(client: Client) -> None:
    mark(client, **{"from": "2019-01-01"})
    assert letters(client.get(OVER_TIME).content.decode()) == []


def test_marks_show_on_boards_and_in_mails(client: Client) -> None:
    from trodden.web.boards.models import Mailing
    from trodden.web.boards.posting import post_due

    mark(client)
    board = save(client, "lifecycle")
    (card,) = cards(client, board)
    assert letters(client.get(f"{board}cards/{card}/").content.decode()) == ["A: Release New checkout"]
    client.post(f"{board}share/mail", {"act": "subscribe", "to": "a@example.org", "every": "day"})
    with mail_server() as server, override_settings(**server.settings()):
        post_due(Mailing.here.get().due_at)
        (mail,) = server.received()
    body = mail.get_body(("html",))
    assert body
    assert "A: Release “New checkout”, 2 Mar 2026" in body.get_content()


def test_a_mark_is_changed_deleted_and_brought_back_and_the_second_of_two_is_told(client: Client) -> None:
    mark(client)
    key, version = key_of(client)
    given = {"key": key, "version": version, "name": "Old checkout", "kind": "note", "from": "2026-03-05"}
    assert client.post("/marks/change", {"act": "edit", **given}).status_code == 302
    assert client.post("/marks/change", {"act": "edit", **given}).status_code == 409
    assert "Old checkout" in said(client.get("/marks/"))
    gone = client.post("/marks/change", {"act": "delete", "key": key, "version": key_of(client)[1]})
    assert letters(client.get(OVER_TIME).content.decode()) == []
    assert "Undo" in said(client.get(gone.headers["Location"]))
    client.post("/marks/change", {"act": "restore", "key": key})
    assert letters(client.get(OVER_TIME).content.decode()) == ["A: Note Old checkout"]


def test_a_list_is_read_in_whole_or_not_at_all_and_taken_away_as_it_was(client: Client) -> None:
    lines = 'name,kind,from,to,touchpoints\nSpring sale,campaign,2026-03-01,2026-03-15,"Plan page, Order"\n'
    refused = client.post("/marks/change", {"act": "import", "text": f"{lines}Bad,release,yesterday,,\n"})
    assert refused.status_code == 400
    assert "Line 3" in said(refused)
    assert 'data-why="none-yet"' in client.get("/marks/").content.decode()
    for added in (1, 0):
        done = client.post("/marks/change", {"act": "import", "text": lines})
        assert done.headers["Location"].endswith(f"read={added}")
    taken = client.get("/marks/marks.csv").content.decode()
    client.post("/marks/change", {"act": "delete", "key": key_of(client)[0], "version": "0"})
    client.post("/marks/change", {"act": "import", "text": taken.lstrip("\ufeff")})
    assert client.get("/marks/marks.csv").content.decode() == taken


def imported(client: Client, text: str) -> HttpResponse:
    """Send a list of marks, and return the answer."""
    return client.post("/marks/change", {"act": "import", "text": text})


def test_an_end_given_as_a_day_is_the_end_of_that_day(client: Client) -> None:
    mark(client, "Day of sales", **{"from": "2026-03-02", "to": "2026-03-02"})
    assert "2 Mar 2026 – 2 Mar 2026, 23:59" in said(client.get("/marks/"))  # noqa: RUF001 - from until


def test_a_touchpoint_with_a_comma_stays_one_through_edits_and_lists(client: Client) -> None:
    from trodden.web.marks.models import Mark

    mark(client, touchpoints='Order, "Checkout, step 2", The "new" one')
    names = ("Order", "Checkout, step 2", 'The "new" one')
    assert Mark.here.get().at == names
    body = unescape(client.get("/marks/").content.decode())
    written = 'Order, "Checkout, step 2", "The ""new"" one"'
    assert f'name="touchpoints" value="{written}"' in body
    taken = client.get("/marks/marks.csv").content.decode().lstrip("\ufeff")
    Mark.here.all().delete()
    assert imported(client, taken).headers["Location"].endswith("read=1")
    assert Mark.here.get().at == names
    assert client.get(f"/marks/?read={'1' * 5000}").status_code == 200
    bad = {"act": "add", "name": "A", "from": "2026-03-02", "touchpoints": '"Order'}
    assert client.post("/marks/change", bad).status_code == 400


def test_a_list_may_break_lines_within_quotes_and_what_is_no_list_is_told(client: Client) -> None:
    assert imported(client, 'name,from,touchpoints\nA,2026-03-02,"Order\nHelp"\n').status_code == 302
    assert "Order, Help" in said(client.get("/marks/"))
    refused = imported(client, f"name,from\nA,2026-03-02\n{'x' * 140_000},2026-03-02\n")
    assert refused.status_code == 400
    assert "Line 3" in said(refused)


def test_a_mark_in_an_hour_that_comes_twice_is_read_in_once(client: Client) -> None:
    from trodden.web.marks.keeping import read

    days = [
        read({"name": "A", "from": text}, "Europe/Berlin").begins_at
        for text in ("2026-10-25T02:30", "2026-10-25T02:30+02:00")
    ]
    assert days[0] == days[1]
    twice = "name,from\nA,2026-03-02T10:00+01:00\nA,2026-03-02T09:00+00:00\n"
    assert imported(client, twice).headers["Location"].endswith("read=1")
    assert imported(client, twice).headers["Location"].endswith("read=0")


@pytest.mark.parametrize("given", [{"name": ""}, {"from": ""}, {"kind": "party"}, {"to": "2020-01-01"}])
def test_a_mark_that_makes_no_sense_is_refused(client: Client, given: dict[str, str]) -> None:
    whole = {"act": "add", "name": "A", "kind": "note", "from": "2026-03-02", **given}
    assert client.post("/marks/change", whole).status_code == 400


def test_the_log_names_marks_that_were_found_and_nothing_that_was_posted(client: Client) -> None:
    from trodden.web.audit.models import Entry
    from trodden.web.marks.models import Mark

    mark(client, key="Ada Lovelace")
    client.post("/marks/change", {"act": "import", "text": "name,from", "key": "Ada Lovelace"})
    found = (
        Entry.objects.filter(action__startswith="mark.").order_by("-number").values_list("what", flat=True)
    )
    assert list(found[:2]) == ["", str(Mark.here.get().pk)]


def test_a_release_marks_itself_by_program(staffed: Serve) -> None:
    staffed("sample")
    asking = program("editor")
    given = {"name": "3.2", "kind": "release", "begins_at": "2026-03-02T10:00"}
    made = asking.ask("POST", "/api/marks", given)
    assert made.status_code == 201
    assert [one["name"] for one in asking.get("/api/marks")["items"]] == ["3.2"]
    assert asking.ask("POST", "/api/marks", {**given, "begins_at": "0001-01-01"}).status_code == 400
