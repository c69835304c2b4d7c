"""What people type on boards: kept whole or given back, taken back and brought back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.http.test_boards import cards, comment_in, do, said, save, version
from tests.support.mail import mail_server
from trodden.web.mails import finish

LONG = "x" * 2_001


@pytest.fixture
def client(serve: Serve) -> Client:
    return serve("sample")


def say(client: Client, board: str, act: str = "say", **more: str) -> HttpResponse:
    return client.post(f"{board}comment", {"act": act, **more})


def typed(response: HttpResponse) -> str:
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", response.content.decode(), re.DOTALL)
    assert found
    return unescape(found[1])


def fields(response: HttpResponse) -> dict[str, str]:
    form = re.search(r'<form class="card"(.*?)</form>', response.content.decode(), re.DOTALL)
    assert form
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[1]))


@pytest.mark.parametrize("act", ["note", "say"])
def test_a_text_that_is_too_long_is_refused_whole_and_given_back(client: Client, act: str) -> None:
    board = save(client)
    refused = do(client, board, "note", text=LONG) if act == "note" else say(client, board, text=LONG)
    assert refused.status_code == 400
    assert "This has 2,001 characters; at most 2,000 are kept" in said(refused)
    assert typed(refused) == LONG
    assert "xxxx" not in said(client.get(board))


def test_ends_of_lines_are_counted_as_they_are_seen(client: Client) -> None:
    from trodden.web.boards.models import Comment

    board = save(client)
    text = "\r\n".join(["a"] * 1_000)
    assert say(client, board, text=text).status_code == 302
    assert Comment.here.get().text == text.replace("\r", "")


def test_who_comes_second_gets_back_what_they_typed_and_may_keep_it_instead(client: Client) -> None:
    board = save(client)
    do(client, board, "note", text="As it was")
    note = cards(client, board)[1]
    seen = version(client, board)
    do(client, board, "note", card=note, text="As the first wrote it")
    given = {"version": seen, "act": "note", "card": note, "text": "As the second <wrote> it"}
    refused = client.post(f"{board}change", given)
    assert refused.status_code == 409
    assert "What stands there now As the first wrote it" in said(refused)
    assert typed(refused) == "As the second <wrote> it"
    again = client.post(f"{board}change", {**fields(refused), "act": "note", "text": typed(refused)})
    assert again.status_code == 302
    assert "As the second <wrote> it" in said(client.get(board))
    assert cards(client, board)[1] == note


def test_a_name_and_a_comment_that_come_second_are_given_back_too(client: Client) -> None:
    board = save(client)
    seen = version(client, board)
    do(client, board, "rename", name="First")
    refused = client.post(f"{board}change", {"version": seen, "act": "rename", "name": "Second"})
    assert 'value="Second"' in refused.content.decode()
    assert "What stands there now First" in said(refused)
    say(client, board, text="Why?")
    key, at = comment_in(client, board)
    say(client, board, "edit", comment=key, version=at, text="Why so few?")
    refused = say(client, board, "edit", comment=key, version=at, text="Why so many?")
    assert refused.status_code == 409
    assert typed(refused) == "Why so many?"
    assert say(client, board, "edit", text=typed(refused), **fields(refused)).status_code == 302
    assert "Why so many?" in said(client.get(board))


def test_what_is_said_of_a_card_that_is_gone_is_given_back_to_be_said_of_the_board(client: Client) -> None:
    board = save(client)
    (card,) = cards(client, board)
    do(client, board, "take-off", card=card)
    refused = say(client, board, card=card, text="Look at this")
    assert refused.status_code == 404
    assert typed(refused) == "Look at this"
    assert say(client, board, text=typed(refused), **fields(refused)).status_code == 302
    assert "Look at this" in said(client.get(board))


def test_who_takes_back_a_comment_that_is_gone_is_not_given_it_to_be_said_anew(client: Client) -> None:
    board = save(client)
    say(client, board, text="Why?")
    key, at = comment_in(client, board)
    say(client, board, "take-back", comment=key, version=at)
    refused = say(client, board, "take-back", comment=key, version=at, text="Why?")
    assert refused.status_code == 404
    assert "There is no such comment any more" in said(refused)
    assert "This was not kept" not in said(refused)
    anew = say(client, board, "edit", comment=key, version=at, text="Why so?")
    assert typed(anew) == "Why so?"
    assert "This was not kept" in said(anew)


def test_a_comment_taken_back_is_brought_back_by_who_took_it_and_goes_after_a_day(staffed: Serve) -> None:
    from trodden.web.boards.models import Comment
    from trodden.web.boards.posting import post_due

    staffed("sample")
    owner, other = someone("editor"), someone("analyst")
    for person in (owner, other):
        person.sign_in()
    board = save(owner.client)
    say(other.client, board, text="Why?")
    key, at = comment_in(other.client, board)
    gone = say(other.client, board, "take-back", comment=key, version=at)["Location"]
    assert "The comment is taken back" in said(other.client.get(gone))
    for page in (said(owner.client.get(gone)), said(other.client.get(board))):
        assert "Why?" not in page
        assert "The comment is taken back" not in page
    assert say(owner.client, board, "bring-back", comment=key, version="1").status_code == 404
    assert say(owner.client, board, "resolve", comment=key, version="1").status_code == 404
    assert say(other.client, board, "bring-back", comment=key, version="1").status_code == 302
    assert "Why?" in said(owner.client.get(board))
    say(other.client, board, "take-back", comment=key, version="2")
    post_due(datetime.now(UTC) + timedelta(days=1))
    assert Comment.here.count() == 0


def test_who_is_mentioned_is_told_on_home_and_once_by_mail_in_their_language(staffed: Serve) -> None:
    from trodden.web.people.models import User

    staffed("sample")
    editor, reader = someone("editor"), someone("viewer")
    for person in (editor, reader):
        person.sign_in()
    User.objects.filter(email=reader.email).update(language="de")
    board = save(editor.client)
    assert f'<option value="{reader.email}">' in editor.client.get(board).content.decode()
    text = "Why? @eve@elsewhere.example"
    with mail_server() as server, override_settings(**server.settings()):
        assert say(editor.client, board, text=text, tell=reader.email).status_code == 302
        key, at = comment_in(editor.client, board)
        change = {"comment": key, "version": at, "text": f"Why so? @{reader.email}, look"}
        assert say(editor.client, board, "edit", **change).status_code == 302
        say(editor.client, board, text=f"@{editor.email} and @{reader.email}x")
        (mail,) = server.received()
        assert finish()
        assert server.addressed() == [[reader.email]]
    assert mail["Subject"].strip() == f"{editor.email} erwähnt Sie auf „Mine“"
    assert f"https://trodden.example{board}#said" in mail.get_content()
    assert "Why" not in mail.get_content()
    reader.client.cookies["language"] = "en"
    home = reader.client.get("/")
    assert f"{editor.email}, Mine: Why so?" in said(home)
    assert f'href="{board}#said"' in home.content.decode()
    assert "Said to you" not in said(editor.client.get("/"))
    say(editor.client, board, "resolve", comment=key, version="1")
    assert "Why so?" not in said(reader.client.get("/"))


def test_a_comment_mentions_no_crowd(client: Client) -> None:
    board = save(client)
    crowd = " ".join(f"@r{number}@example.org" for number in range(11))
    refused = say(client, board, text=crowd)
    assert refused.status_code == 400
    assert typed(refused) == crowd
    assert "r1@example.org" not in said(client.get(board))


def test_only_who_may_bring_a_board_back_is_told_that_it_was_deleted(staffed: Serve) -> None:
    staffed("sample")
    owner, other = someone("editor"), someone("analyst")
    for person in (owner, other):
        person.sign_in()
    board = save(owner.client)
    gone = do(owner.client, board, "delete")["Location"]
    assert "is deleted" in said(owner.client.get(gone))
    assert "is deleted" not in said(other.client.get(gone))
