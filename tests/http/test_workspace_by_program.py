"""What comes into a workspace, and what is settled about it, by program."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.http.conftest import Serve
from tests.http.people import browser
from tests.http.programs import Program, program
from tests.http.test_calendars import FILE
from tests.support.homes import make_home

ROWS = "customer,event,time\nA1,Visit,2026-03-01 10:00\nA1,Order,2026-03-02 10:00\nA2,Visit,never\n"


@pytest.fixture
def manager(staffed: Serve, homes: dict[str, Path], tmp_path: Path) -> Iterator[Program]:
    """Let a program of a manager write to a home of its own."""
    homes["brought"] = make_home(tmp_path, "few", 4)
    staffed("brought")
    yield program("manager", see_pii=True)
    del homes["brought"]


def send(asking: Program, text: str = ROWS) -> Any:  # noqa: ANN401 - JSON
    """Send a file where the API says, and return what it is called here."""
    there = asking.get("/api/files")["address"]
    file = SimpleUploadedFile("visits.csv", text.encode())
    sent = browser().post(there, {"file": file}, headers={"authorization": f"Bearer {asking.token}"})
    assert sent.status_code == 201, sent.content
    return sent.json()


def ended(asking: Program, work: Any) -> Any:  # noqa: ANN401 - as above
    """Watch some work until it is over."""
    until = time.monotonic() + 120
    while (state := asking.get(f"/api/work/{work['key']}")["state"])["phase"] in {"queued", "begun"}:
        assert time.monotonic() < until, state
        time.sleep(0.05)
    return state


@pytest.mark.slow
def test_a_file_is_sent_counted_brought_in_and_taken_back(manager: Program) -> None:
    before = manager.get("/api/workspace")["events"]
    key = send(manager)["key"]
    plan = manager.get(f"/api/files/{key}")
    assert (plan["path"], plan["mapping"]["customer"], plan["problem"]) == ("visits.csv", "customer", "")
    begun = manager.ask("POST", f"/api/files/{key}/count", {"source": "shop"}, Idempotency_Key="one")
    assert begun.status_code == 202, begun.content
    again = manager.ask("POST", f"/api/files/{key}/count", {"source": "shop"}, Idempotency_Key="one")
    counted = begun.json()  # type: ignore[attr-defined]
    assert again.json()["key"] == counted["key"]  # type: ignore[attr-defined]
    state = ended(manager, counted)
    assert (state["report"]["kept"], state["report"]["path"]) == (2, "visits.csv")
    (row,) = manager.get(f"/api/work/{counted['key']}/refused")["items"]
    assert (row["row"], "never" in row["text"]) == (3, True)
    brought = manager.ask("POST", f"/api/work/{counted['key']}/import")
    assert ended(manager, brought.json())["phase"] == "done"  # type: ignore[attr-defined]
    assert manager.get("/api/workspace")["events"] == before + 2
    number = manager.get("/api/imports")["items"][-1]["id"]
    one = manager.ask("GET", f"/api/imports/{number}")
    assert one.json()["undo"]["events"] == 2  # type: ignore[attr-defined]
    assert manager.get(f"/api/imports/{number}/refused")["items"][0]["reason"] == row["reason"]
    assert manager.ask("POST", f"/api/imports/{number}/undo").status_code == 428
    undone = manager.ask("POST", f"/api/imports/{number}/undo", If_Match=one.headers["ETag"])
    assert ended(manager, undone.json())["events"] == 2  # type: ignore[attr-defined]
    assert manager.get("/api/workspace")["events"] == before


def test_a_file_of_somebody_else_is_not_there_and_is_sent_where_one_was_told(manager: Program) -> None:
    key = send(manager)["key"]
    other = program("manager", "other@example.org")
    assert other.ask("GET", f"/api/files/{key}").status_code == 404
    there = manager.get("/api/files")["address"]
    file = SimpleUploadedFile("visits.csv", ROWS.encode())
    headers = {"authorization": f"Bearer {other.token}"}
    assert browser().post(there, {"file": file}, headers=headers).status_code == 400
    assert browser().post(there, {}, headers={"authorization": f"Bearer {manager.token}"}).status_code == 400
    assert browser().post(there, {"file": file}).status_code == 401


def test_how_files_are_read_is_kept_under_a_name(manager: Program) -> None:
    given = {"name": "shop", "mapping": {"customer": "who", "touchpoint": "what", "time": ["when"]}}
    assert manager.ask("POST", "/api/mappings", given).status_code == 200
    (kept,) = manager.get("/api/mappings")["items"]
    assert (kept["name"], kept["mapping"]["time"]) == ("shop", ["when"])
    key = send(manager, ROWS.replace("customer,event,time", "who,what,when"))["key"]
    read = manager.ask("POST", f"/api/files/{key}/plan", {"mapping": kept["mapping"]})
    assert read.json()["mapping"]["customer"] == "who"  # type: ignore[attr-defined]
    wrong = manager.ask("POST", f"/api/files/{key}/plan", {"mapping": {"customer": "nowhere"}})
    assert (wrong.status_code, "content" in wrong.content.decode()) == (400, False)


def test_what_is_settled_is_changed_by_who_saw_it(manager: Program) -> None:
    first = manager.ask("GET", "/api/settings")
    told = first.json()  # type: ignore[attr-defined]
    given = {"time_zone": told["time_zone"], "currency": told["currency"], "language": "de"}
    assert manager.ask("POST", "/api/settings", given).status_code == 428
    changed = manager.ask("POST", "/api/settings", given, If_Match=first.headers["ETag"])
    assert (changed.status_code, changed.json()["work"]) == (200, None)  # type: ignore[attr-defined]
    assert manager.get("/api/settings")["language"] == "de"
    assert manager.ask("POST", "/api/settings", given, If_Match=first.headers["ETag"]).status_code == 412
    tag = manager.ask("GET", "/api/settings").headers["ETag"]
    wrong = manager.ask("POST", "/api/settings", {"time_zone": "Mars/Sea"}, If_Match=tag)
    assert wrong.status_code == 400
    moved = manager.ask("POST", "/api/settings", {**given, "time_zone": "Asia/Tokyo"}, If_Match=tag)
    assert ended(manager, {"key": moved.json()["work"]})["phase"] == "done"  # type: ignore[attr-defined]
    assert manager.get("/api/workspace")["time_zone"] == "Asia/Tokyo"
    tag = manager.ask("GET", "/api/settings").headers["ETag"]
    titled = manager.ask("POST", "/api/settings/title", {"title": " The  shop "}, If_Match=tag)
    assert titled.json()["title"] == "The shop"  # type: ignore[attr-defined]


def test_events_are_kept_as_long_as_whoever_says_so_has_seen_what_goes(manager: Program) -> None:
    shown = manager.ask("GET", "/api/settings/retention?months=3")
    told = shown.json()  # type: ignore[attr-defined]
    assert told["events"] == sum(one["events"] for one in told["going"]) > 0
    other = manager.ask("GET", "/api/settings/retention?months=600").headers["ETag"]
    path, tag = "/api/settings/retention", shown.headers["ETag"]
    assert manager.ask("POST", path, {"months": 3}, If_Match=other).status_code == 412
    assert manager.ask("POST", path, {"months": 3}, If_Match=tag).json()["keep_months"] == 3  # type: ignore[attr-defined]
    assert manager.ask("POST", path, {"months": 3}, If_Match=tag).status_code == 412
    assert manager.get(path)["is_under_way"] is True


DESK = {
    "name": "Desk",
    "hours": [{"time_zone": "Europe/Vienna", "week": {"monday": "9-12, 13-17", "friday": "9-17, 22-6"}}],
}


def test_a_calendar_is_kept_changed_by_who_saw_it_and_put_aside(manager: Program) -> None:
    made = manager.ask("POST", "/api/calendars", DESK)
    assert made.status_code == 201, made.content
    assert manager.ask("POST", "/api/calendars", DESK).status_code == 400
    path, first = "/api/calendars/of/Desk", manager.ask("GET", "/api/calendars/of/Desk").headers["ETag"]
    told = manager.get(path)
    assert told == manager.get("/api/calendars")["items"][0]
    assert told["hours"][0]["week"] == {
        "monday": "09:00-12:00, 13:00-17:00",
        "friday": "09:00-17:00, 22:00-06:00",
    }
    later = {**told["hours"][0], "week": {"monday": "10-11"}, "valid_from": "2027-01-01"}
    given = {"name": "Counter", "hours": [*told["hours"], later]}
    assert manager.ask("POST", path, given).status_code == 428
    assert manager.ask("POST", path, given, If_Match='"old"').status_code == 412
    assert manager.ask("POST", path, given, If_Match=first).json()["hours"][1]["valid_from"] == "2027-01-01"  # type: ignore[attr-defined]
    assert manager.ask("GET", path).status_code == 404
    path = "/api/calendars/of/Counter"
    assert manager.ask("DELETE", path, If_Match=first).status_code == 412
    tag = manager.ask("GET", path).headers["ETag"]
    aside = manager.ask("DELETE", path, If_Match=tag).json()["aside"]  # type: ignore[attr-defined]
    assert manager.get("/api/calendars")["items"] == []
    assert [one["aside"] for one in manager.get("/api/calendars/gone")["items"]] == [aside]
    back = f"/api/calendars/gone/{aside}/restore"
    assert manager.ask("POST", back).json()["name"] == "Counter"  # type: ignore[attr-defined]
    assert manager.ask("POST", back).status_code == 404
    from trodden.web.audit.models import Entry

    entries = Entry.objects.order_by("-number")[:4]
    assert [(one.action, one.what) for one in entries] == [
        ("calendar.restore", "Counter"),
        ("calendar.delete", "Counter"),
        ("calendar.change", "Counter"),
        ("calendar.add", "Desk"),
    ]


NO_CALENDARS: list[dict[str, object]] = [
    {},
    {**DESK, "name": "a/b"},
    {**DESK, "hours": []},
    {**DESK, "more": 1},
    *(
        {"name": "Desk", "hours": [{"time_zone": "UTC", "week": {"monday": "9-17"}, **wrong}]}
        for wrong in (
            {"time_zone": "Moon/Base"},
            {"week": {}},
            {"week": {"someday": "9-17"}},
            {"week": {"monday": "noon"}},
            {"holidays": {"country": "XX"}},
            {"exceptions": [{"first": "2026-12-02", "last": "2026-12-01"}]},
            {"valid_from": "2026-12-02"},
        )
    ),
    {"name": "Desk", "hours": [*DESK["hours"], {**DESK["hours"][0], "valid_from": "0001-01-01"}]},  # type: ignore[index, misc]
]


def test_what_is_no_calendar_is_refused_by_program_and_nothing_is_kept(manager: Program) -> None:
    for given in NO_CALENDARS:
        assert manager.ask("POST", "/api/calendars", given).status_code == 400, given
    assert manager.get("/api/calendars")["items"] == []
    assert manager.ask("GET", "/api/calendars/of/Desk").status_code == 404
    editor = program("editor")
    assert editor.ask("GET", "/api/calendars").status_code == 403
    assert editor.ask("POST", "/api/calendars", DESK).status_code == 403


def test_a_program_closes_a_calendar_on_days_of_a_file(manager: Program) -> None:
    manager.ask("POST", "/api/calendars", DESK)
    path = "/api/calendars/of/Desk"
    tag = manager.ask("HEAD", path).headers["ETag"]
    given = {"text": FILE.decode()}
    assert manager.ask("POST", f"{path}/file", given).status_code == 428
    assert manager.ask("POST", f"{path}/file", {"text": "PK"}, If_Match=tag).status_code == 422
    taken = manager.ask("POST", f"{path}/file", given, If_Match=tag)
    assert taken.json() == {"added": 1, "left_out": 1}  # type: ignore[attr-defined]
    assert manager.ask("POST", f"{path}/file", given, If_Match=tag).status_code == 412
    (closed,) = manager.get(path)["hours"][0]["exceptions"]
    assert closed == {
        "first": "2099-12-24",
        "last": "2099-12-25",
        "hours": "",
        "label": "Between the years",
    }


def test_a_program_is_told_opening_time_and_when_it_has_passed(manager: Program) -> None:
    manager.ask("POST", "/api/calendars", DESK)
    path = "/api/calendars/of/Desk"
    told = manager.get(f"{path}/open?start=2026-11-20T16:30&end=2026-11-23T08:30Z")
    assert told == {
        "start": "2026-11-20T16:30:00+01:00",
        "end": "2026-11-23T09:30:00+01:00",
        "open_s": 9 * 3_600.0,
    }
    told = manager.get(f"{path}/due?start=2026-11-20T16:30&wait=9h")
    assert told["due_at"] == "2026-11-23T09:30:00+01:00"
    for wrong in (
        *("open?start=2026-11-21&end=2026-11-20", "open?start=soon&end=2026-11-20", "open?start=2026-11-20"),
        *("due?start=2026-11-20&wait=long", "due?start=2026-11-20&wait=999999999d"),
        f"due?start=2026-11-20&wait={'9' * 90}w",
    ):
        assert manager.ask("GET", f"{path}/{wrong}").status_code == 400, wrong
    assert manager.ask("GET", "/api/calendars/of/Dusk/due?start=2026-11-20&wait=1h").status_code == 404


def test_weeks_begin_by_program_on_a_day_whoever_sets_it_has_seen(manager: Program) -> None:
    path = "/api/settings/weeks"
    tag = manager.ask("GET", path).headers["ETag"]
    assert manager.ask("POST", path, {"begin": "sunday"}).status_code == 428
    assert manager.ask("POST", path, {"begin": "friday"}, If_Match=tag).status_code == 400
    assert manager.ask("POST", path, {"begin": "sunday"}, If_Match=tag).json() == {"begin": "sunday"}  # type: ignore[attr-defined]
    assert manager.ask("POST", path, {"begin": "monday"}, If_Match=tag).status_code == 412


@pytest.mark.slow
def test_rules_are_tried_put_in_force_and_taken_back(manager: Program) -> None:
    first = manager.ask("GET", "/api/rules")
    rule = {"touchpoint": "Bought", "name": ["Order"]}
    tried = manager.ask("POST", "/api/rules/coverage", {"rules": [rule]})
    assert tried.json()["rules"][0]["events"] > 0  # type: ignore[attr-defined]
    assert manager.ask("GET", "/api/rules").headers["ETag"] == first.headers["ETag"]
    assert manager.get("/api/rules/coverage")["matched"] == 0
    assert manager.get("/api/rules/suggestions")["suggestions"] == []
    wrong = {"rules": [{"touchpoint": "x", "name_pattern": "("}]}
    assert manager.ask("POST", "/api/rules/coverage", wrong).status_code == 400
    assert manager.ask("POST", "/api/rules", {"rules": [rule]}).status_code == 428
    assert manager.ask("POST", "/api/rules", {"rules": [rule]}, If_Match='"old"').status_code == 412
    put = manager.ask("POST", "/api/rules", {"rules": [rule]}, If_Match=first.headers["ETag"])
    assert put.status_code == 202, put.content
    assert ended(manager, put.json())["phase"] == "done"  # type: ignore[attr-defined]
    assert manager.get("/api/rules")["rules"][0]["touchpoint"] == "Bought"
    numbers = [one["number"] for one in manager.get("/api/rules/versions")["items"]]
    assert numbers == [1, 2]
    tag = manager.ask("GET", "/api/rules").headers["ETag"]
    back = manager.ask("POST", "/api/rules/versions/1/restore", If_Match=tag)
    assert ended(manager, back.json())["phase"] == "done"  # type: ignore[attr-defined]
    assert manager.get("/api/rules")["rules"] == []
