"""Rounds in which boards are sent: whose language, which zone, what is in doubt, ended, brought back."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client, override_settings

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.http.test_board_mails import due, part, post, said_in, send_to, states
from tests.http.test_boards import do, said, save
from tests.support.mail import mail_server
from trodden.store.folder import Workspace
from trodden.store.segments import SavedSegment, add_segment

DAY = timedelta(days=1)


@pytest.fixture
def client(serve: Serve) -> Client:
    return serve("sample", TRODDEN_PUBLIC_URL="https://trodden.example")


def act(client: Client, board: str, what: str, **more: str) -> int:
    from trodden.web.boards.models import Mailing

    given = {"act": what, "mailing": str(Mailing.here.get().pk), **more}
    return client.post(f"{board}share/mail", given).status_code


def test_a_mail_speaks_its_readers_language_and_that_of_its_mailing_to_who_chose_none(staffed: Serve) -> None:
    from trodden.web.people.models import User

    staffed("sample")
    manager, german = someone("manager"), someone("viewer")
    manager.sign_in()
    User.objects.filter(email=german.email).update(language="de")
    board = save(manager.client, "pauses")
    send_to(manager.client, board, f"{german.email}, eve@elsewhere.example", language="en")
    with mail_server() as server, override_settings(**server.settings()):
        post(due(board))
        sent = {mail["To"]: mail for mail in server.received(2)}
    ours, outside = sent[german.email], sent["eve@elsewhere.example"]
    assert '<html lang="de" dir="ltr">' in part(ours, "html")
    assert "Dashboard öffnen" in part(ours, "html")
    assert "Open the board" not in part(ours, "html") + said_in(ours)
    assert '<html lang="en" dir="ltr">' in part(outside, "html")
    assert "Open the board" in part(outside, "html")
    assert (ours["Content-Language"], outside["Content-Language"]) == ("de", "en")


def test_people_outside_are_written_to_in_the_language_that_was_chosen_for_them(client: Client) -> None:
    board = save(client)
    send_to(client, board, language="de")
    with mail_server() as server, override_settings(**server.settings()):
        post(due(board))
        (mail,) = server.received()
    assert mail["Content-Language"] == "de"
    assert "Deutsch" in said(client.get(f"{board}share/"))


def test_what_became_of_a_mail_is_said_to_each_reader_in_their_language(client: Client) -> None:
    board = save(client)
    send_to(client, board)
    with mail_server(refuses="550 5.7.1 No") as server, override_settings(**server.settings()):
        post(due(board))
    english = said(client.get(f"{board}share/"))
    client.cookies["language"] = "de"
    german = said(client.get(f"{board}share/"))
    assert "The mail server did not take a mail: SMTPDataError 550." in english
    assert "Der Mailserver hat eine Mail nicht angenommen: SMTPDataError 550." in german


def test_a_mail_whose_answer_was_lost_is_sent_again_only_by_hand_and_under_its_number(client: Client) -> None:
    board = save(client)
    send_to(client, board)
    first = due(board)
    with mail_server() as server, override_settings(**server.settings()):
        server.cuts = 1
        post(first)
        assert states(board) == ["unknown"]
        for hours in (1, 12):
            post(first + timedelta(hours=hours))
        assert server.addressed() == []
        page = client.get(f"{board}share/")
        assert "did not say whether it took it" in said(page)
        key = page.content.decode().partition('name="delivery" value="')[2].partition('"')[0]
        assert act(client, board, "again", delivery=key) == 302
        assert act(client, board, "again", delivery=key) == 404
        post(first + timedelta(hours=12))
        (mail,) = server.received()
    assert mail["Message-ID"].startswith(f"<{key}@")
    assert states(board) == ["sent"]


def test_who_sees_other_customers_than_the_sender_is_refused_at_once(
    staffed: Serve, homes: dict[str, Path]
) -> None:
    from trodden.web.people.models import Membership

    staffed("sample")
    workspace = Workspace.open(homes["sample"])
    for name, region in (("northern", "north"), ("southern", "south")):
        add_segment(workspace, SavedSegment(name=name, where=f"region = {region}"))
    try:
        manager, reader = someone("manager"), someone("viewer")
        manager.sign_in()
        board = save(manager.client)
        send_to(manager.client, board, reader.email)
        for person, limit in ((manager, "southern"), (reader, "northern")):
            Membership.here.filter(user__email=person.email).update(limit=limit)
        post(due(board))
        assert states(board) == ["refused"]
    finally:
        for path in workspace.segments.glob("*"):
            path.unlink()


def test_a_mail_made_in_a_round_leaves_in_it_and_a_round_that_is_to_end_sends_no_more(client: Client) -> None:
    from trodden.web.boards.posting import post_due

    board = save(client)
    send_to(client, board, "ada@example.org, bob@example.org")
    with mail_server() as server, override_settings(**server.settings()):
        stop = threading.Event()
        stop.set()
        post_due(due(board), stop)
        assert states(board) == ["waiting", "waiting"]
        post(due(board) - timedelta(seconds=1))
        assert len(server.received(2)) == 2


def test_a_mail_is_sent_that_was_missed_for_longer_than_is_told_of(client: Client) -> None:
    board = save(client)
    send_to(client, board)
    first = due(board)
    with mail_server() as server, override_settings(**server.settings()):
        post(first + 120 * DAY)
        assert len(server.received()) == 1
    assert states(board) == ["sent"]


def test_who_was_cut_off_while_writing_a_mail_tries_again_but_not_for_ever(client: Client) -> None:
    from trodden.web.boards.delivering import CUT_OFF, MOST_ATTEMPTS
    from trodden.web.boards.models import Delivery

    board = save(client)
    send_to(client, board)
    first = due(board)
    with mail_server(refuses="451 4.3.0 Later") as server, override_settings(**server.settings()):
        post(first)
        server.refuses = ""
        Delivery.here.update(retry_at=first + CUT_OFF)
        post(first + timedelta(minutes=5))
        assert states(board) == ["waiting"]
        post(first + CUT_OFF)
        assert states(board) == ["sent"]
    Delivery.here.update(state="waiting", attempts=MOST_ATTEMPTS)
    post(first + 2 * CUT_OFF)
    assert states(board) == ["refused"]


def test_when_the_zone_changes_boards_are_due_at_their_hour_there_and_once_a_day(
    client: Client, homes: dict[str, Path]
) -> None:
    from trodden.web.boards.models import Mailing

    workspace = Workspace.open(homes["sample"])
    before = workspace.mark.time_zone
    board = save(client)
    send_to(client, board)
    Mailing.here.update(zone="Europe/Berlin", due_at=datetime(2026, 7, 6, 5, tzinfo=UTC))
    try:
        workspace.changed(time_zone="Europe/Berlin")
        with mail_server() as server, override_settings(**server.settings()):
            post(datetime(2026, 7, 6, 5, tzinfo=UTC))
            assert len(server.received()) == 1
        workspace.changed(time_zone="America/New_York")
        post(datetime(2026, 7, 6, 6, tzinfo=UTC))
        assert due(board) == datetime(2026, 7, 7, 11, tzinfo=UTC)
        assert Mailing.here.get().last_on == date(2026, 7, 6)
        assert states(board) == ["sent"]
    finally:
        workspace.changed(time_zone=before)


def test_a_board_that_was_deleted_and_is_restored_is_sent_from_its_next_time_on(client: Client) -> None:
    from trodden.web.boards.models import Mailing

    board = save(client)
    send_to(client, board)
    assert act(client, board, "now") == 302
    Mailing.here.update(due_at=datetime.now(UTC) - DAY)
    do(client, board, "delete")
    client.post("/boards/restore", {"board": board.split("/")[2]})
    assert due(board) > datetime.now(UTC)
    with mail_server() as server, override_settings(**server.settings()):
        post(datetime.now(UTC))
        assert server.addressed() == []
    assert "It was due while the board was not sent" in said(client.get(f"{board}share/"))


def test_who_ends_a_mailing_can_undo_that_for_a_day_and_nobody_else(staffed: Serve) -> None:
    from trodden.web.boards.models import Mailing

    staffed("sample")
    manager, editor = someone("manager"), someone("editor")
    for person in (manager, editor):
        person.sign_in()
    board = save(manager.client)
    send_to(manager.client, board)
    key = str(Mailing.here.get().pk)
    gone = manager.client.post(f"{board}share/mail", {"act": "end", "mailing": key})["Location"]
    assert "The board is sent there no more" in said(manager.client.get(gone))
    assert "The board is sent there no more" not in said(editor.client.get(gone))
    post(due(board))
    assert states(board) == []
    assert act(editor.client, board, "resume") == 404
    assert act(manager.client, board, "resume") == 302
    assert "ada@example.org" in said(manager.client.get(f"{board}share/"))
    assert act(manager.client, board, "end") == 302
    post(datetime.now(UTC) + DAY)
    assert Mailing.here.count() == 0


def test_what_was_typed_to_have_a_board_sent_is_given_back_where_it_cannot_be(client: Client) -> None:
    board = save(client)
    given = {
        "act": "subscribe",
        "to": "ada@example.org, bob",
        "every": "month",
        "monthday": "31",
        "hour": "9",
    }
    refused = client.post(f"{board}share/mail", given)
    body = refused.content.decode()
    assert refused.status_code == 400
    assert "bob is no mail address" in said(refused)
    for kept in ('value="ada@example.org, bob"', '<option value="month" selected>', 'value="31"'):
        assert kept in body
    assert '<option value="9" selected>' in body
    assert 'value="no number"' in client.post(f"{board}share/link", {"days": "no number"}).content.decode()
