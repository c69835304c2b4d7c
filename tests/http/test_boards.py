"""Boards as people use them: answers saved, answered anew, arranged, taken off, shared, brought back."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import unquote_plus, urlencode

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.http.conftest import Serve
from tests.http.people import someone


@pytest.fixture
def client(serve: Serve) -> Client:
    return serve("sample")


def said(response: HttpResponse) -> str:
    """Return a page as it reads, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def save(client: Client, analysis: str = "overview", **more: str) -> str:
    """Save an answer on a board and return the board's address."""
    asked = {name: more.pop(name) for name in list(more) if name in {"steps", "map", "segment"}}
    new = "" if "board" in more else "Mine"
    given = {"analysis": analysis, "asked": urlencode(asked), "name": "All", "new": new, **more}
    response = client.post("/boards/save", given)
    assert response.status_code == 302, response.content
    return response.headers["Location"].partition("#")[0]


def cards(client: Client, board: str) -> list[str]:
    return re.findall(r'data-card="([0-9a-f-]{36})"', client.get(board).content.decode())


def version(client: Client, board: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', client.get(board).content.decode())
    assert found
    return found[1]


def do(client: Client, board: str, act: str, **more: str) -> HttpResponse:
    given = {"version": version(client, board), "act": act, **more}
    return client.post(f"{board}change", given)


def answer(client: Client, board: str, card: str) -> str:
    return said(client.get(f"{board}cards/{card}/"))


def test_where_there_is_no_board_the_list_offers_some_to_begin_with(client: Client) -> None:
    body = client.get("/boards/").content.decode()
    assert 'data-why="none-yet"' in body
    assert body.count('name="starter"') == 8


def test_where_nothing_came_in_the_list_says_so(serve: Serve) -> None:
    assert 'data-why="no-data"' in serve("empty").get("/boards/").content.decode()


@pytest.mark.parametrize(
    "starter",
    ["marketing", "service", "product", "sales", "loyalty", "research", "technology", "management"],
)
def test_every_card_of_a_board_to_begin_with_has_an_answer(client: Client, starter: str) -> None:
    board = client.post("/boards/new", {"starter": starter}).headers["Location"]
    keys = cards(client, board)
    assert len(keys) >= 5
    for key in keys[1:]:
        body = client.get(f"{board}cards/{key}/").content.decode()
        assert "<figcaption>" in body
        assert "notice warned" not in body


def test_a_saved_answer_says_what_explore_says_and_leads_back_to_it(client: Client) -> None:
    board = save(client, "funnel", steps="Coverage check,Order")
    (key,) = cards(client, board)
    asked = "/explore/funnel/?steps=Coverage+check%2COrder"
    title = re.search(r"<figcaption>\s*<h2>(.*?)</h2>", client.get(asked).content.decode())
    assert title
    body = client.get(f"{board}cards/{key}/").content.decode()
    assert title[1] in body
    assert f'href="{asked}"' in body


@pytest.mark.parametrize(
    ("page", "leads"),
    [
        (
            "/journeys/Getting connected@1/?segment=region+%3D+north",
            "/journeys/Getting connected@1/?segment=region = north",
        ),
        ("/touchpoints/Order/?segment=region+%3D+north", "/explore/touchpoint/?"),
        ("/explore/flow/?map=Getting+connected%401", "/explore/flow/?map=Getting connected@1"),
    ],
)
def test_a_drawing_of_a_map_is_saved_where_it_stands_and_drawn_alike_on_the_board(
    client: Client, page: str, leads: str
) -> None:
    body = client.get(page).content.decode()
    form = re.search(r'action="/boards/save">(.*?)</form>', body, re.DOTALL)
    assert form
    given = dict(re.findall(r'name="(\w+)" value="([^"]*)"', unescape(form[1])))
    board = client.post("/boards/save", {**given, "new": "Maps"})["Location"].partition("#")[0]
    (key,) = cards(client, board)
    card = client.get(f"{board}cards/{key}/").content.decode()
    assert drawn(card) == drawn(body)
    assert f'href="{leads}' in unquote_plus(unescape(card))


def drawn(body: str) -> list[str]:
    """Return what is written into the first drawing of a page."""
    found = re.search(r"<td-chart.*?</td-chart>", body, re.DOTALL)
    assert found
    texts = re.findall(r"<text[^>]*>([^<]*)", found[0])
    assert len(texts) > 5
    return texts


def test_a_usual_period_moves_with_the_data_and_another_stays(client: Client) -> None:
    for period, moves in (("last-28", True), ("", False)):
        given = {
            "analysis": "overview",
            "asked": urlencode({"period": "2020-01-01..2020-01-29"}),
            "period": period,
            "new": "Mine",
        }
        board = client.post("/boards/save", given).headers["Location"].partition("#")[0]
        (key,) = cards(client, board)
        leads = re.search(
            r'href="(/explore/overview/\?[^"]*)"', client.get(f"{board}cards/{key}/").content.decode()
        )
        assert leads
        assert ("2020-01-01" not in leads[1]) == moves


def test_one_card_that_cannot_be_answered_leaves_the_others_alone(client: Client) -> None:
    board = save(client, segment="@gone")
    save_to(client, board, "overview")
    broken, sound = cards(client, board)
    assert client.get(board).status_code == 200
    assert "Saved: none yet" in answer(client, board, broken)
    assert "<figcaption>" in client.get(f"{board}cards/{sound}/").content.decode()


def save_to(client: Client, board: str, analysis: str) -> None:
    key = board.split("/")[2]
    assert save(client, analysis, board=key) == board


def test_every_card_of_an_opened_board_is_begun_though_no_time_is_left(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trodden.web.boards.answering.AT_HAND_S", -1.0)
    monkeypatch.setattr("trodden.web.boards.answering.LEAST_S", 0.0)
    board = save(client)
    for analysis in ("pauses", "variants"):
        save_to(client, board, analysis)
    body = client.get(board).content.decode()
    waiting = re.findall(r'hx-get="([^"]*)"[^>]* aria-busy', body)
    assert len(waiting) + body.count("<figcaption>") == 3
    assert all(re.search(r"ticket=[\w-]+", one) for one in waiting)


def test_cards_move_grow_and_are_put_back(client: Client) -> None:
    board = save(client)
    save_to(client, board, "pauses")
    save_to(client, board, "variants")
    first, second, third = cards(client, board)
    assert do(client, board, "later", card=first).status_code == 302
    assert cards(client, board) == [second, first, third]
    do(client, board, "to", card=third, to="0")
    assert cards(client, board) == [third, second, first]
    do(client, board, "earlier", card=third)
    assert cards(client, board) == [third, second, first]
    do(client, board, "width", card=first, width="whole")
    assert f'class="board-card whole" id="card-{first}"' in client.get(board).content.decode()
    off = do(client, board, "take-off", card=second).headers["Location"]
    assert cards(client, board) == [third, first]
    assert "Undo" in said(client.get(off))
    do(client, board, "put-back", card=second)
    assert sorted(cards(client, board)) == sorted([third, second, first])


def test_of_two_who_change_a_board_at_once_the_second_is_told(client: Client) -> None:
    board = save(client)
    seen = version(client, board)
    assert (
        client.post(f"{board}change", {"version": seen, "act": "rename", "name": "First"}).status_code == 302
    )
    refused = client.post(f"{board}change", {"version": seen, "act": "rename", "name": "Second"})
    assert refused.status_code == 409
    assert "Somebody changed this board" in said(refused)
    assert "First" in said(client.get(board))


def test_a_note_is_plain_text_that_can_be_changed(client: Client) -> None:
    board = save(client)
    do(client, board, "note", text="<b>Look</b> at the south")
    assert "&lt;b&gt;Look&lt;/b&gt; at the south" in client.get(board).content.decode()
    key = cards(client, board)[1]
    do(client, board, "note", card=key, text="All is well")
    assert "All is well" in said(client.get(board))


def test_a_deleted_board_is_brought_back_and_a_copy_is_ones_own(client: Client) -> None:
    board = save(client)
    gone = do(client, board, "delete").headers["Location"]
    assert client.get(board).status_code == 404
    assert "Undo" in said(client.get(gone))
    client.post("/boards/restore", {"board": board.split("/")[2]})
    twin = client.post(f"{board}copy").headers["Location"]
    assert len(cards(client, twin)) == len(cards(client, board)) == 1
    assert "Mine, copy" in said(client.get(twin))


@pytest.mark.parametrize("analysis", ["customers", "timeline"])
def test_lists_of_customers_are_saved_to_no_board(client: Client, analysis: str) -> None:
    given = {
        "analysis": analysis,
        "asked": "customer=K00001" if analysis == "timeline" else "",
        "new": "Mine",
    }
    assert client.post("/boards/save", given).status_code == 400
    assert "Save to a board" not in said(client.get(f"/explore/{analysis}/?{given['asked']}"))


@pytest.mark.parametrize("nested", ["timeline", "compare"])
def test_a_comparison_of_lists_of_customers_is_saved_to_no_board(client: Client, nested: str) -> None:
    from trodden.web.boards.models import Card

    fields = {"analysis": nested, "fields": '{"customer": "K00001"}', "other_segment": "region = north"}
    given = {"analysis": "compare", "asked": urlencode(fields), "new": "Mine"}
    assert client.post("/boards/save", given).status_code == 400
    board = save(client)
    Card.here.update(analysis="compare", fields=json.dumps(fields))
    (card,) = cards(client, board)
    assert "Boards hold no lists of customers" in answer(client, board, card)


def test_who_asks_changes_boards_of_their_own_and_who_edits_all(staffed: Serve) -> None:
    staffed("sample")
    owner, other, editor = someone("analyst"), someone("analyst", "o@example.org"), someone("editor")
    viewer = someone("viewer")
    for person in (owner, other, editor, viewer):
        person.sign_in()
    board = save(owner.client)
    seen = {"version": "0", "act": "rename", "name": "Ours"}
    assert other.client.post(f"{board}change", seen).status_code == 403
    assert viewer.client.post(f"{board}change", seen).status_code == 403
    assert do(editor.client, board, "rename", name="Ours").status_code == 302
    assert do(owner.client, board, "rename", name="Mine").status_code == 302
    for person in (other, viewer):
        body = person.client.get(board).content.decode()
        assert "<h1>Mine</h1>" in body
        assert "data-grip" not in body


def test_a_board_says_when_more_has_come_in(client: Client) -> None:
    board = save(client)
    fresh = re.search(r'hx-get="([^"]*fresh[^"]*)"', client.get(board).content.decode())
    assert fresh
    assert client.get(unescape(fresh[1])).status_code == 204
    assert "More has come in" in said(client.get(f"{board}fresh?seen=before"))


def test_people_say_things_about_a_board_a_card_and_a_mark_of_its_chart(staffed: Serve) -> None:
    staffed("sample")
    owner, other, viewer = someone("editor"), someone("analyst"), someone("viewer")
    for person in (owner, other, viewer):
        person.sign_in()
    board = save(owner.client, "funnel", steps="Coverage check,Order")
    (card,) = cards(owner.client, board)
    body = other.client.get(f"{board}cards/{card}/").content.decode()
    mark = re.search(r'<option value="([^"|]+\|[^"]+)">', body)
    assert mark
    given = {"act": "say", "card": card, "mark": unescape(mark[1]), "text": "Why <so> few?"}
    assert other.client.post(f"{board}comment", given).status_code == 302
    assert viewer.client.post(f"{board}comment", given).status_code == 403
    body = viewer.client.get(board).content.decode()
    assert "UNKNOWN-NAME" not in body + other.client.get(board).content.decode()
    assert body.count("Why &lt;so&gt; few?") == 2
    assert unescape(mark[1]).partition("|")[2] in said(viewer.client.get(board))
    key, version = comment_in(other.client, board)
    change = {"comment": key, "version": version, "text": "Mine now"}
    assert owner.client.post(f"{board}comment", {"act": "edit", **change}).status_code == 403
    assert other.client.post(f"{board}comment", {"act": "edit", **change}).status_code == 302
    assert other.client.post(f"{board}comment", {"act": "take-back", **change}).status_code == 409
    change["version"] = comment_in(owner.client, board)[1]
    assert owner.client.post(f"{board}comment", {"act": "resolve", **change}).status_code == 302
    assert viewer.client.get(board).content.decode().count("Mine now") == 1
    change["version"] = comment_in(other.client, board)[1]
    assert other.client.post(f"{board}comment", {"act": "take-back", **change}).status_code == 302
    assert "Nobody has said anything yet" in said(viewer.client.get(board))


def test_who_may_change_a_board_removes_comments_and_resolved_ones_make_room(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trodden.web.boards.talking.MOST", 1)
    staffed("sample")
    owner, other = someone("editor"), someone("analyst")
    for person in (owner, other):
        person.sign_in()
    board = save(owner.client)
    say = {"act": "say", "text": "Why?"}
    assert other.client.post(f"{board}comment", say).status_code == 302
    assert other.client.post(f"{board}comment", say).status_code == 400
    first, version = comment_in(owner.client, board)
    given = {"comment": first, "version": version}
    assert owner.client.post(f"{board}comment", {"act": "resolve", **given}).status_code == 302
    assert other.client.post(f"{board}comment", say).status_code == 302
    given["version"] = "1"
    assert owner.client.post(f"{board}comment", {"act": "reopen", **given}).status_code == 400
    assert owner.client.post(f"{board}comment", {"act": "take-back", **given}).status_code == 302
    assert first not in owner.client.get(board).content.decode()


def comment_in(client: Client, board: str) -> tuple[str, str]:
    pattern = r'name="comment" value="([0-9a-f-]{36})"><input type="hidden" name="version" value="(\d+)"'
    found = re.search(pattern, client.get(board).content.decode())
    assert found
    return found[1], found[2]


def test_an_erased_person_is_named_in_no_comment(client: Client) -> None:
    from trodden.web.boards.models import Comment
    from trodden.web.customers.forgetting import forget_in_records, traces_in_records

    board = save(client)
    assert (
        client.post(f"{board}comment", {"act": "say", "text": "Ask customer-000123 why"}).status_code == 302
    )
    assert traces_in_records("customer-000123")
    forget_in_records("customer-000123")
    assert traces_in_records("customer-000123") == []
    assert "customer-000123" not in Comment.here.get().text
