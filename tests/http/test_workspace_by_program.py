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
    assert manager.ask("POST", "/api/rules/coverage", wrong).status_code in {400, 422}
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
