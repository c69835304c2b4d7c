"""Boards sent by mail to a real server: at their hour, once, tried again, refused, cut off, ended."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from tests.http.conftest import Serve
from tests.http.people import browser, someone
from tests.http.test_boards import do, said, save
from tests.support.mail import mail_server
from trodden.store.folder import Workspace
from trodden.store.segments import SavedSegment, add_segment

HOUR = timedelta(hours=1)


@pytest.fixture
def client(serve: Serve) -> Client:
    return serve("sample", TRODDEN_PUBLIC_URL="https://trodden.example")


def send_to(client: Client, board: str, to: str = "ada@example.org", **more: str) -> object:
    given = {"act": "subscribe", "to": to, "every": "day", "hour": "7", **more}
    return client.post(f"{board}share/mail", given)


def due(board: str) -> datetime:
    from trodden.web.boards.models import Mailing

    return Mailing.here.get(board=board.split("/")[2]).due_at


def post(at: datetime) -> None:
    from trodden.web.boards.posting import post_due

    post_due(at)


def states(board: str) -> list[str]:
    from trodden.web.boards.models import Delivery

    found = Delivery.here.filter(recipient__mailing__board=board.split("/")[2])
    return list(found.order_by("due_at", "recipient__address").values_list("state", flat=True))


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body
    return body.get_content()


def test_a_board_arrives_with_its_sentences_its_table_and_a_way_to_end_it(client: Client) -> None:
    board = save(client, "pauses", name="Waits")
    save(client, "walked", name="The map", map="Getting connected", board=board.split("/")[2])
    do(client, board, "note", text="Look <here>")
    send_to(client, board)
    with mail_server() as server, override_settings(**server.settings()):
        post(due(board))
        (mail,) = server.received()
    sentence = re.search(r"<figcaption>\s*<h2>(.*?)</h2>", client.get("/explore/pauses/").content.decode())
    assert sentence
    assert sentence[1] in part(mail, "html")
    assert re.search(r"The map.*journeys that ended reached their goal", part(mail, "html"), re.DOTALL)
    assert said_in(mail).count("Look <here>") == 1
    assert "Look &lt;here&gt;" in part(mail, "html")
    assert f"https://trodden.example{board}" in said_in(mail)
    assert not re.search(r"<(img|script|link)\b|src=|url\(", part(mail, "html"))
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert not re.search(r"\bK\d{5}\b", part(mail, "html") + said_in(mail))


def said_in(mail: EmailMessage) -> str:
    return part(mail, "plain")


def test_at_each_due_time_one_mail_leaves_and_what_was_missed_is_sent_once(client: Client) -> None:
    board = save(client)
    send_to(client, board)
    first = due(board)
    with mail_server() as server, override_settings(**server.settings()):
        post(first - HOUR)
        assert states(board) == []
        for _again in range(3):
            post(first)
        assert states(board) == ["sent"]
        post(first + timedelta(days=5))
        post(first + timedelta(days=5))
        assert states(board) == ["sent", "sent"]
        assert len(server.received(2)) == 2
    assert due(board) > first + timedelta(days=5)


def test_a_mail_that_was_being_sent_when_the_server_ended_is_not_sent_twice(client: Client) -> None:
    from trodden.web.boards.models import Delivery

    board = save(client)
    send_to(client, board)
    first = due(board)
    with mail_server(refuses="451 4.3.0 Later") as server, override_settings(**server.settings()):
        post(first)
    Delivery.here.update(state="sending")
    with mail_server() as server, override_settings(**server.settings()):
        post(first + HOUR)
        assert states(board) == ["unknown"]
        assert server.addressed() == []
    assert "cut off, perhaps sent" in said(client.get(f"{board}share/"))


@pytest.mark.parametrize("how", ["later", "gone"])
def test_what_is_not_taken_now_is_tried_again_later_and_later(client: Client, how: str) -> None:
    board = save(client)
    send_to(client, board)
    first = due(board)
    refuses = "451 4.3.0 Later" if how == "later" else ""
    with mail_server(refuses=refuses) as server, override_settings(**server.settings()):
        server.leaves = 1 if how == "gone" else 0
        post(first)
        assert states(board) == ["waiting"]
        post(first + timedelta(seconds=59))
        assert states(board) == ["waiting"]
        server.refuses = ""
        post(first + timedelta(seconds=61))
        assert states(board) == ["sent"]
        assert len(server.received()) == 1


def test_a_refused_recipient_is_told_on_the_page_and_the_others_get_theirs(client: Client) -> None:
    board = save(client)
    send_to(client, board, "ada@example.org, gone@example.org")
    with mail_server() as server, override_settings(**server.settings()):
        server.unknown.add("gone@example.org")
        post(due(board))
        post(due(board) - timedelta(minutes=1))
        assert server.addressed() == [["ada@example.org"]]
    assert states(board) == ["sent", "refused"]
    assert re.search(r"gone@example\.org .{0,60} refused", said(client.get(f"{board}share/")))


def test_a_server_that_never_takes_it_is_given_up(client: Client) -> None:
    board = save(client)
    send_to(client, board)
    at = due(board)
    with override_settings(EMAIL_BACKEND="trodden.web.mails.Sender", EMAIL_PORT=9):
        for _attempt in range(7):
            post(at)
            at += 2 * HOUR
    assert states(board)[0] == "refused"


def test_one_click_ends_it_without_cookies_and_without_signing_in(client: Client) -> None:
    board = save(client)
    send_to(client, board)
    with mail_server() as server, override_settings(**server.settings()):
        post(due(board))
        (mail,) = server.received()
        stop = mail["List-Unsubscribe"].strip(" <>").removeprefix("https://trodden.example")
        asked = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
        assert asked.get(stop).status_code == 200
        post(due(board))
        assert len(server.received(2)) == 2
        assert asked.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
        post(due(board))
    assert states(board) == ["sent", "sent"]
    assert "No longer wanted by ada@example.org" in said(client.get(f"{board}share/"))
    assert browser().post(stop.replace("stop/", "stop/0")).status_code == 404


def test_75_no_name_of_a_board_adds_a_head_to_a_mail(client: Client) -> None:
    board = save(client, new="Waits\r\nBcc: eve@example.org\r\n\r\nHello")
    assert send_to(client, board, "ada@example.org\r\nBcc: eve").status_code == 400
    send_to(client, board)
    with mail_server() as server, override_settings(**server.settings()):
        post(due(board))
        (mail,) = server.received()
        assert server.addressed() == [["ada@example.org"]]
    assert mail["Bcc"] is None


def test_send_one_now_sends_one_now(client: Client) -> None:
    from trodden.web.boards.models import Mailing

    board = save(client)
    send_to(client, board)
    key = str(Mailing.here.get().pk)
    client.post(f"{board}share/mail", {"act": "now", "mailing": key})
    with mail_server() as server, override_settings(**server.settings()):
        post(datetime.now(UTC) + timedelta(seconds=1))
        assert len(server.received()) == 1
    client.post(f"{board}share/mail", {"act": "end", "mailing": key})
    assert client.post(f"{board}share/mail", {"act": "now", "mailing": key}).status_code == 404


def test_one_now_is_sent_once_an_hour_and_the_page_says_so(client: Client) -> None:
    from trodden.web.boards.models import Mailing

    board = save(client)
    send_to(client, board)
    now = {"act": "now", "mailing": str(Mailing.here.get().pk)}
    assert client.post(f"{board}share/mail", now).status_code == 302
    assert client.post(f"{board}share/mail", now).status_code == 400
    assert len(states(board)) == 1
    page = client.get(f"{board}share/")
    assert "Sent beside its time; again from" in said(page)
    assert 'value="now"' not in page.content.decode()
    Mailing.here.update(now_at=datetime.now(UTC) - HOUR)
    assert client.post(f"{board}share/mail", now).status_code == 302
    assert len(states(board)) == 2


@pytest.mark.parametrize(
    "given",
    [{"hour": "000099"}, {"hour": "1" * 25}, {"every": "week", "weekday": "000099"}, {"hour": "24"}],
)
def test_no_hour_and_no_day_that_is_none_is_kept(client: Client, given: dict[str, str]) -> None:
    assert send_to(client, save(client), **given).status_code == 400


def test_what_is_wrong_with_a_card_is_not_mailed(client: Client) -> None:
    from trodden.web.boards.models import Card

    board = save(client, "funnel", steps="Coverage check,Order")
    Card.here.update(fields='{"steps": "Coverage chock,Order"}')
    send_to(client, board)
    with mail_server() as server, override_settings(**server.settings()):
        post(due(board))
        (mail,) = server.received()
    assert "This has no answer just now" in said_in(mail)
    assert "Coverage" not in said_in(mail)


def test_who_ended_the_mails_of_one_board_gets_no_other_unless_they_send_it_themselves(
    staffed: Serve,
) -> None:
    from trodden.web.audit.models import Entry
    from trodden.web.boards.letters import stop_address
    from trodden.web.boards.models import Mailing, Recipient

    staffed("sample")
    manager, reader = someone("manager"), someone("analyst")
    for person in (manager, reader):
        person.sign_in()
    board, other = save(manager.client), save(manager.client, new="Other")
    for one in (board, other):
        send_to(manager.client, one, reader.email)
    mine = Recipient.here.get(mailing__board=board.split("/")[2])
    stop = stop_address(mine).removeprefix("https://trodden.example")
    assert browser().post(stop).status_code == 200
    last = Entry.objects.order_by("-number").first()
    assert last
    assert last.actor == f"recipient {mine.pk}"
    with mail_server() as server, override_settings(**server.settings()):
        post(due(other))
        assert states(other) == []
        assert f"No longer wanted by {reader.email}" in said(manager.client.get(f"{other}share/"))
        Mailing.here.filter(board=board.split("/")[2]).delete()
        assert send_to(manager.client, board, reader.email).status_code == 400
        own = save(reader.client, new="Own")
        assert send_to(reader.client, own, reader.email).status_code == 302
        post(due(own))
        assert server.addressed() == [[reader.email]]


def test_who_was_erased_is_sent_no_board(client: Client) -> None:
    from trodden.web.boards.models import Recipient
    from trodden.web.customers.forgetting import forget_in_records, traces_in_records

    board = save(client)
    send_to(client, board, "Ada.Lovelace@example.org, bob@example.org")
    where = ["records: boards.Recipient.address"]
    for known in ("ada.lovelace@example.org", "Ada.Lovelace@Example.org"):
        assert traces_in_records(known) == where
    assert forget_in_records("Ada.Lovelace@Example.org") == 1
    assert traces_in_records("ada.lovelace@example.org") == []
    assert Recipient.here.get().address == "bob@example.org"


def test_people_outside_get_what_a_manager_saw_to_and_no_marks(staffed: Serve) -> None:
    from trodden.web.boards.models import Board, Mailing

    staffed("sample")
    manager, editor = someone("manager"), someone("editor")
    for person in (manager, editor):
        person.sign_in()
    marked = {"act": "add", "name": "New checkout", "kind": "release", "from": "2026-03-02"}
    manager.client.post("/marks/change", marked)
    board = save(manager.client, "lifecycle", new="Waits")
    send_to(manager.client, board, f"eve@elsewhere.example, {editor.email}")
    do(editor.client, board, "note", text="Pay to account 7")
    do(editor.client, board, "rename", name="Pay to account 8")
    with mail_server() as server, override_settings(**server.settings()):
        post(due(board))
        sent = {mail["To"]: mail for mail in server.received(2)}
    inside, outside = sent[editor.email], sent["eve@elsewhere.example"]
    for text in ("Pay to account 7", "Pay to account 8", "New checkout"):
        assert text in said_in(inside)
        assert text not in part(outside, "html") + said_in(outside) + outside["Subject"]
    assert "Waits" in outside["Subject"]
    act = {"act": "confirm", "mailing": str(Mailing.here.get().pk), "version": str(Board.here.get().version)}
    assert "not shown outside: “Pay to account 7”" in said(editor.client.get(f"{board}share/"))
    assert editor.client.post(f"{board}share/mail", act).status_code == 403
    assert manager.client.post(f"{board}share/mail", act).status_code == 302
    assert "not shown outside" not in said(manager.client.get(f"{board}share/"))


def test_members_get_boards_from_who_asks_and_others_only_from_who_manages(staffed: Serve) -> None:
    staffed("sample")
    analyst, manager, reader = someone("analyst"), someone("manager"), someone("viewer")
    for person in (analyst, manager):
        person.sign_in()
    board = save(analyst.client)
    assert send_to(analyst.client, board, "eve@elsewhere.example").status_code == 403
    assert send_to(analyst.client, board, reader.email).status_code == 302
    assert send_to(manager.client, board, "eve@elsewhere.example").status_code == 302


def test_62_who_is_a_member_no_more_neither_sends_nor_gets_boards(staffed: Serve) -> None:
    from trodden.web.people.models import Membership

    staffed("sample")
    analyst, reader = someone("analyst"), someone("viewer")
    analyst.sign_in()
    board = save(analyst.client)
    send_to(analyst.client, board, reader.email)
    first = due(board)
    assert settings.TRODDEN_SIGN_IN
    with mail_server() as server, override_settings(**server.settings()):
        Membership.here.filter(user__email=reader.email).update(is_active=False)
        post(first)
        assert states(board) == ["refused"]
        Membership.here.filter(user__email=reader.email).update(is_active=True)
        Membership.here.filter(user__email=analyst.email).update(is_active=False)
        post(due(board))
        assert states(board) == ["refused", "refused"]
        assert server.addressed() == []


def test_62_nothing_goes_out_for_an_admin_without_the_second_factor(staffed: Serve) -> None:
    from trodden.web.boards.standing import OUTSIDE, still_may

    staffed("sample")
    assert still_may(someone("admin").email, OUTSIDE)
    assert not still_may(someone("admin", "new@example.org", factor=False).email, OUTSIDE)


def test_61_after_a_restoration_nothing_leaves_until_somebody_takes_it_on(staffed: Serve) -> None:
    from trodden.web.boards.models import Mailing
    from trodden.web.people.staff import end_all_access

    staffed("sample")
    analyst, manager = someone("analyst"), someone("manager")
    manager.sign_in()
    board = save(manager.client)
    send_to(manager.client, board, f"{analyst.email}, eve@elsewhere.example")
    act = {"mailing": str(Mailing.here.get().pk)}
    manager.client.post(f"{board}share/mail", {"act": "now", **act})
    end_all_access()
    with mail_server() as server, override_settings(**server.settings()):
        post(due(board) + timedelta(days=3))
        assert states(board) == ["unknown", "unknown"]
        manager.sign_in()
        assert "Held: a backup was restored on" in said(manager.client.get(f"{board}share/"))
        assert 'value="again"' not in manager.client.get(f"{board}share/").content.decode()
        assert manager.client.post(f"{board}share/mail", {"act": "now", **act}).status_code == 400
        manager.client.post(f"{board}share/mail", {"act": "take-on", **act})
        assert "Held" not in said(manager.client.get(f"{board}share/"))
        post(datetime.now(UTC))
        assert server.addressed() == []
        post(due(board))
        assert len(server.received(2)) == 2


def test_61_only_who_manages_takes_on_what_goes_outside(staffed: Serve) -> None:
    from trodden.web.boards.models import Mailing
    from trodden.web.boards.sending import hold_all

    staffed("sample")
    analyst, manager = someone("analyst"), someone("manager")
    for person in (analyst, manager):
        person.sign_in()
    board = save(analyst.client)
    send_to(manager.client, board, "eve@elsewhere.example")
    hold_all()
    act = {"act": "take-on", "mailing": str(Mailing.here.get().pk)}
    assert "a manager takes it on" in said(analyst.client.get(f"{board}share/"))
    assert analyst.client.post(f"{board}share/mail", act).status_code == 403
    assert Mailing.here.get().held_at


def test_who_sees_the_customers_of_a_segment_gets_a_board_of_those_alone(
    staffed: Serve, homes: dict[str, Path]
) -> None:
    from trodden.web.people.models import Membership

    staffed("sample")
    workspace = Workspace.open(homes["sample"])
    add_segment(workspace, SavedSegment(name="northern", where="region = north"))
    try:
        manager, reader = someone("manager"), someone("viewer")
        manager.sign_in()
        board = save(manager.client)
        send_to(manager.client, board, reader.email)
        Membership.here.filter(user__email=reader.email).update(limit="northern")
        with mail_server() as server, override_settings(**server.settings()):
            post(due(board))
            (mail,) = server.received()
        sizes = [asked(manager.client, where) for where in ("", "region = north")]
        assert f"n {sizes[1]} " in said_in(mail)
        assert f"n {sizes[0]} " not in said_in(mail)
    finally:
        for path in workspace.segments.glob("*"):
            path.unlink()


def asked(client: Client, where: str) -> int:
    about = client.get("/explore/overview.json", {"segment": where}).json()["about"]
    return int(about["units"])
