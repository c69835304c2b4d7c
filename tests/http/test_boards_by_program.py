"""Boards, what is said on them, to whom they go, and marks, by program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.http.people import someone
from tests.http.programs import Program, program, tag, told

if TYPE_CHECKING:
    from tests.http.conftest import Serve


def begun(asking: Program) -> str:
    return f"/api/boards/{told(asking.ask('POST', '/api/boards', {'name': 'Weekly'}), 201)['id']}"


def test_a_board_is_made_arranged_deleted_and_brought_back(staffed: Serve) -> None:
    staffed("sample")
    asking = program("analyst")
    path = begun(asking)
    given = {"analysis": "funnel", "fields": {"steps": "Order,Activate"}, "period": "last-28", "name": "Sold"}
    card = told(asking.ask("POST", f"{path}/cards", given), 201)
    note = told(asking.ask("POST", f"{path}/cards", {"note": "Look here"}), 201)
    assert (card["name"], card["fields"]["steps"], note["note"]) == ("Sold", "Order,Activate", "Look here")
    for wrong in ({}, {"analysis": "customers"}, {**given, "period": "ever"}, {**given, "note": "both"}):
        assert asking.ask("POST", f"{path}/cards", wrong).status_code == 400
    seen = tag(asking, path)
    moved = {"width": "whole", "place": 0, "note": "Look there"}
    assert asking.ask("POST", f"{path}/cards/{note['id']}", moved).status_code == 428
    changed = told(asking.ask("POST", f"{path}/cards/{note['id']}", moved, If_Match=seen))
    assert [one["note"] for one in changed["cards"]] == ["Look there", ""]
    assert asking.ask("POST", path, {"name": "Monthly"}, If_Match=seen).status_code == 412
    assert (
        told(asking.ask("POST", path, {"name": "Monthly"}, If_Match=tag(asking, path)))["name"] == "Monthly"
    )
    off = told(asking.ask("DELETE", f"{path}/cards/{card['id']}", If_Match=tag(asking, path)))
    assert len(off["cards"]) == 1
    assert len(told(asking.ask("POST", f"{path}/cards/{card['id']}/restore"))["cards"]) == 2
    twin = told(asking.ask("POST", f"{path}/copy", Idempotency_Key="c"), 201)
    assert told(asking.ask("POST", f"{path}/copy", Idempotency_Key="c"), 201)["id"] == twin["id"]
    told(asking.ask("DELETE", path, If_Match=tag(asking, path)))
    assert asking.ask("GET", path).status_code == 404
    assert [one["name"] for one in asking.get("/api/boards/gone")["items"]] == ["Monthly"]
    assert told(asking.ask("POST", f"{path}/restore"))["name"] == "Monthly"


def test_a_board_of_somebody_else_is_changed_by_who_edits_alone(staffed: Serve) -> None:
    staffed("sample")
    path = begun(program("analyst"))
    other, editor = program("analyst", "other@example.org"), program("editor")
    assert other.ask("POST", path, {"name": "Mine"}, If_Match=tag(other, path)).status_code == 403
    assert other.ask("POST", f"{path}/cards", {"note": "x"}).status_code == 403
    assert other.ask("GET", f"{path}/mailings").status_code == 403
    assert editor.ask("POST", path, {"name": "Ours"}, If_Match=tag(editor, path)).status_code == 200


def test_a_board_begins_from_a_starter(staffed: Serve) -> None:
    staffed("sample")
    asking = program("analyst")
    assert len(told(asking.ask("POST", "/api/boards", {"starter": "service"}), 201)["cards"]) > 2
    assert asking.ask("POST", "/api/boards", {"starter": "nothing"}).status_code == 404
    assert asking.ask("POST", "/api/boards", {}).status_code == 400


def test_comments_are_said_changed_by_who_saw_them_and_taken_back(staffed: Serve) -> None:
    staffed("sample")
    asking, other = program("analyst"), program("analyst", "other@example.org")
    path = begun(asking)
    said = told(other.ask("POST", f"{path}/comments", {"text": "Why?"}), 201)
    one = f"{path}/comments/{said['id']}"
    assert (
        asking.ask("POST", one, {"act": "edit", "text": "No"}, If_Match=tag(asking, one)).status_code == 403
    )
    seen = tag(other, one)
    assert (
        told(other.ask("POST", one, {"act": "edit", "text": "Why so?"}, If_Match=seen))["text"] == "Why so?"
    )
    assert other.ask("POST", one, {"act": "resolve"}, If_Match=seen).status_code == 412
    assert told(asking.ask("POST", one, {"act": "resolve"}, If_Match=tag(asking, one)))["resolved_at"]
    told(other.ask("DELETE", one, If_Match=tag(other, one)))
    assert asking.get(f"{path}/comments")["items"] == []
    assert told(other.ask("POST", f"{one}/restore"))["text"] == "Why so?"


def test_a_board_is_sent_and_no_more_by_who_may_let_things_out(staffed: Serve) -> None:
    staffed("sample")
    asking, manager = program("analyst"), program("manager")
    path = begun(asking)
    member = someone("viewer", "reader@example.org")
    given = {"every": "week", "to": [member.email], "hour": 6, "day": 2}
    made = told(asking.ask("POST", f"{path}/mailings", given), 201)
    assert (made["to"], made["every"], made["day"]) == ([member.email], "week", 2)
    outside = {**given, "to": ["partner@elsewhere.example"]}
    assert asking.ask("POST", f"{path}/mailings", outside).status_code == 403
    assert manager.ask("POST", f"{path}/mailings", outside).status_code == 201
    one = f"{path}/mailings/{made['id']}"
    assert asking.ask("POST", one, {"act": "now"}, If_Match=tag(asking, one)).status_code == 200
    assert asking.ask("POST", one, {"act": "now"}, If_Match=tag(asking, one)).status_code == 400
    told(asking.ask("DELETE", one, If_Match=tag(asking, one)))
    assert asking.ask("GET", one).status_code == 404
    assert told(asking.ask("POST", f"{one}/restore"))["id"] == made["id"]


def test_a_link_tells_its_address_once_and_leads_nowhere_when_it_is_withdrawn(staffed: Serve) -> None:
    from tests.http.people import browser
    from trodden.web.api.models import Repeat

    staffed("sample")
    manager, admin = program("manager"), program("admin")
    path = begun(manager)
    made = told(manager.ask("POST", f"{path}/links", {"days": 7}, Idempotency_Key="l"), 201)
    assert "shared" not in Repeat.here.get(key="l").body
    shown = made["address"].removeprefix("https://trodden.example")
    assert browser().get(shown).status_code == 200
    assert "address" not in manager.get(f"{path}/links")["items"][0]
    one = f"{path}/links/{made['id']}"
    told(manager.ask("POST", one, If_Match=tag(manager, one)))
    told(admin.ask("POST", "/api/links", {"are_on": False}, If_Match=tag(admin, "/api/links")))
    assert browser().get(shown).status_code == 404
    told(admin.ask("POST", "/api/links", {"are_on": True}, If_Match=tag(admin, "/api/links")))
    assert manager.ask("POST", "/api/links", {"are_on": False}).status_code == 403
    told(manager.ask("DELETE", one))
    assert browser().get(shown).status_code == 404


def test_marks_are_changed_by_who_saw_them_read_from_lists_and_brought_back(staffed: Serve) -> None:
    staffed("sample")
    asking = program("editor")
    made = told(asking.ask("POST", "/api/marks", {"name": "2.0", "begins_at": "2026-03-01"}), 201)
    one = f"/api/marks/{made['id']}"
    given = {"name": "2.1", "begins_at": "2026-03-02", "kind": "release"}
    seen = tag(asking, one)
    assert told(asking.ask("POST", one, given, If_Match=seen))["name"] == "2.1"
    assert asking.ask("POST", one, given, If_Match=seen).status_code == 412
    told(asking.ask("DELETE", one, If_Match=tag(asking, one)))
    assert asking.ask("GET", one).status_code == 404
    assert told(asking.ask("POST", f"{one}/restore"))["name"] == "2.1"
    listed = "name,from\n2.1,2026-03-02\n3.0,2026-04-01\n"
    read = told(asking.ask("POST", "/api/marks/list", {"text": listed}))
    assert read["added"] == 1
    assert asking.ask("POST", "/api/marks/list", {"text": "nothing"}).status_code == 400


def test_what_no_record_keeps_is_refused_and_what_reads_like_it_is_not(staffed: Serve) -> None:
    staffed("sample")
    asking = program("editor")
    given = {"name": "a\0b", "begins_at": "2026-03-01"}
    refused = asking.ask("POST", "/api/marks", given)
    assert (refused.status_code, "NUL" in refused.content.decode()) == (400, True)
    for path in ("/api/findings/%00", "/api/wishes?map=a%00b"):
        assert "NUL" in told(asking.ask("GET", path), 400)["message"]
    assert asking.ask("POST", "/api/marks", {**given, "name": r"a\u0000b"}).status_code == 201
