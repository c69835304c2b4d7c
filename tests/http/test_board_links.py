"""Boards by link: without sign-in, one board alone, naming nobody, until it expires or is withdrawn."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone

from tests.http.conftest import Serve
from tests.http.people import Someone, browser, someone
from tests.http.test_boards import cards, do, said, save, save_to
from trodden.model.errors import CallerError
from trodden.store.folder import Workspace
from trodden.store.segments import SavedSegment, add_segment


@pytest.fixture
def manager(staffed: Serve) -> Someone:
    staffed("sample")
    found = someone("manager")
    found.sign_in()
    return found


def link_to(client: Client, board: str, days: str = "30") -> str:
    body = client.post(
        f"{board}share/link", {"act": "make", "days": days, "said": "the board"}
    ).content.decode()
    found = re.search(r"https://trodden\.example(/boards/shared/[\w-]{43}/)", body)
    assert found, body
    return found[1]


def test_a_link_shows_its_board_to_somebody_who_is_not_signed_in(manager: Someone) -> None:
    board = save(manager.client, "funnel", steps="Coverage check,Order")
    save_to(manager.client, board, "verbatims")
    save(manager.client, "walked", map="Getting connected", board=board.split("/")[2])
    link = link_to(manager.client, board)
    stranger = browser()
    response = stranger.get(link)
    assert response.status_code == 200
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert "no-store" in response["Cache-Control"]
    bodies = [response.content.decode()]
    for card in cards(manager.client, board):
        bodies.append(stranger.get(f"{link}{card}/").content.decode())
        assert "<figcaption>" in bodies[-1]
    for body in bodies:
        leads = set(re.findall(r'(?:href|action|hx-get)="(?!#)([^"]*)"', body))
        assert all(one.startswith((link, "/static/", "/mark.svg")) for one in leads), leads
        assert not re.search(r"\bK\d{5}\b", body)
    assert stranger.get(board).status_code == 302


def test_no_link_shows_another_boards_card(manager: Someone) -> None:
    mine, other = save(manager.client), save(manager.client, "pauses", new="Other")
    link = link_to(manager.client, mine)
    (foreign,) = cards(manager.client, other)
    assert browser().get(f"{link}{foreign}/").status_code == 404


def test_only_the_hash_of_a_link_is_kept_and_each_opening_is_logged(manager: Someone) -> None:
    from trodden.web.audit.models import Entry
    from trodden.web.boards.models import ShareLink

    board = save(manager.client)
    link = link_to(manager.client, board)
    secret = link.split("/")[3]
    kept = ShareLink.here.get()
    assert secret not in {str(value) for value in vars(kept).values()}
    browser().get(link)
    browser().head(link)
    assert ShareLink.here.get().opened == 1
    last = Entry.objects.order_by("-pk").first()
    assert last
    assert last.action == "board.opened"
    assert secret not in str(vars(last))
    assert secret not in manager.client.get(f"{board}share/").content.decode()


def test_a_link_ends_when_it_expires_is_withdrawn_or_its_maker_may_no_more(manager: Someone) -> None:
    from trodden.web.boards.models import ShareLink
    from trodden.web.people.models import Membership

    board = save(manager.client)
    link = link_to(manager.client, board)
    assert browser().get(link).status_code == 200
    ShareLink.here.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert browser().get(link).status_code == 404
    again = link_to(manager.client, board)
    key = str(ShareLink.here.order_by("-made_at")[0].pk)
    assert manager.client.post(f"{board}share/link", {"act": "withdraw", "link": key}).status_code == 302
    assert browser().get(again).status_code == 404
    third = link_to(manager.client, board)
    Membership.here.filter(user__email=manager.email).update(role="editor")
    assert browser().get(third).status_code == 404


def test_an_admin_turns_links_off_for_all(manager: Someone) -> None:
    board = save(manager.client)
    link = link_to(manager.client, board)
    admin = someone("admin")
    admin.sign_in()
    assert admin.client.post(f"{board}share/links", {"turn": "off"}).status_code == 302
    assert browser().get(link).status_code == 404
    assert manager.client.post(f"{board}share/link", {"act": "make", "days": "3"}).status_code == 400
    admin.client.post(f"{board}share/links", {"turn": "on"})
    assert browser().get(link).status_code == 200


@pytest.mark.parametrize("days", ["0", "366", "", "-1", "1e9", "000199999", "0001" + "9" * 30])
def test_every_link_expires(manager: Someone, days: str) -> None:
    board = save(manager.client)
    assert manager.client.post(f"{board}share/link", {"act": "make", "days": days}).status_code == 400


def test_too_many_openings_from_one_address_are_refused(manager: Someone) -> None:
    assert manager
    stranger = browser()
    with override_settings(ACCOUNT_RATE_LIMITS={"shared": "3/m/ip"}):
        statuses = [stranger.get("/boards/shared/unknown/").status_code for _attempt in range(4)]
    assert statuses == [404, 404, 404, 429]


def test_who_does_not_manage_makes_no_links(staffed: Serve) -> None:
    staffed("sample")
    editor = someone("editor")
    editor.sign_in()
    board = save(editor.client)
    assert editor.client.post(f"{board}share/link", {"act": "make", "days": "3"}).status_code == 403
    assert "A manager makes links" in said(editor.client.get(f"{board}share/"))


def test_what_others_write_after_a_link_was_made_is_not_on_it_until_a_manager_says_so(
    manager: Someone,
) -> None:
    editor = someone("editor")
    editor.sign_in()
    board = save(editor.client, name="Who walks")
    link = link_to(manager.client, board)
    assert do(editor.client, board, "note", text="Pay to account 7").status_code == 302
    save_to(editor.client, board, "pauses")
    first, _note, question = cards(editor.client, board)
    assert do(editor.client, board, "rename", name="Pay to account 8").status_code == 302
    stranger = browser()
    body = said(stranger.get(link))
    assert "Who walks" in body
    assert "Pay to account" not in body
    assert stranger.get(f"{link}{first}/").status_code == 200
    assert stranger.get(f"{link}{question}/").status_code == 404
    save_to(manager.client, board, "overview")
    assert len(shown(stranger, link)) == 2
    do(editor.client, board, "note", card=first, text="Pay to account 9")
    assert len(shown(stranger, link)) == 1
    page = manager.client.get(f"{board}share/")
    assert "not shown outside: “Pay to account 9”, “Pay to account 7”" in said(page)
    assert confirm(editor, board).status_code == 403
    assert confirm(manager, board, seen="1").status_code == 409
    assert confirm(manager, board).status_code == 302
    assert len(shown(stranger, link)) == 4
    assert "Pay to account 8" in said(stranger.get(link))
    assert "not shown outside" not in said(manager.client.get(f"{board}share/"))


def confirm(who: Someone, board: str, seen: str = "") -> HttpResponse:
    from trodden.web.boards.models import Board, ShareLink

    given = {"act": "confirm", "link": str(ShareLink.here.get().pk)}
    return who.client.post(f"{board}share/link", {**given, "version": seen or str(Board.here.get().version)})


def shown(client: Client, link: str) -> list[str]:
    return re.findall(r'<li class="board-card', client.get(link).content.decode())


def test_a_card_on_a_link_is_told_of_the_customers_its_writer_saw(
    manager: Someone, homes: dict[str, Path]
) -> None:
    from trodden.web.actors import Actor
    from trodden.web.boards.models import Card, ShareLink
    from trodden.web.limits import hold_segment, renamed
    from trodden.web.people.models import Membership

    workspace = Workspace.open(homes["sample"])
    for name, region in (("northern", "north"), ("southern", "south")):
        add_segment(workspace, SavedSegment(name=name, where=f"region = {region}"))
    try:
        editor = someone("editor")
        editor.sign_in()
        Membership.here.filter(user__email=editor.email).update(limit="northern")
        board = save(editor.client)
        link = link_to(manager.client, board)
        (card,) = cards(editor.client, board)
        everybody, northern = (units(manager.client, where) for where in ("", "region = north"))
        stranger = browser()
        body = said(stranger.get(f"{link}{card}/"))
        assert f"n {northern} " in body
        assert f"n {everybody} " not in body
        Membership.here.filter(user__email=manager.email).update(limit="southern")
        assert "This has no answer just now" in said(stranger.get(f"{link}{card}/"))
        Membership.here.filter(user__email=manager.email).update(limit="")
        Card.here.update(limit="")
        assert f"n {everybody} " in said(stranger.get(f"{link}{card}/"))
        assert ShareLink.here.get().confirmed_in == 1
        Card.here.update(limit="northern")
        Membership.here.update(limit="")
        segments = {"northern": "region = north"}
        hold_segment("northern", segments, Actor("e@example.org", frozenset()))
        with pytest.raises(CallerError):
            hold_segment("northern", segments, Actor("e@example.org", frozenset(), limit="southern"))
        renamed("northern", "southern")
        assert Card.here.get().limit == "southern"
    finally:
        for path in workspace.segments.glob("*"):
            path.unlink()


def units(client: Client, where: str) -> str:
    about = client.get("/explore/overview.json", {"segment": where}).json()["about"]
    return f"{int(about['units']):,}"


def test_a_link_shows_no_marks(manager: Someone) -> None:
    board = save(manager.client, "lifecycle")
    given = {"act": "add", "name": "New checkout", "kind": "release", "from": "2026-03-02"}
    manager.client.post("/marks/change", given)
    link = link_to(manager.client, board)
    (card,) = cards(manager.client, board)
    assert "New checkout" in said(manager.client.get(f"{board}cards/{card}/"))
    body = said(browser().get(f"{link}{card}/"))
    assert "This has no answer" not in body
    assert "New checkout" not in body
