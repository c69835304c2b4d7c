"""Findings, segments and customers by program: what pages do, typed, tagged and logged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.http.conftest import Serve
from tests.http.programs import Program, program
from tests.support.homes import make_home
from trodden.store.folder import Workspace
from trodden.store.segments import find_segment
from trodden.web.home import walks


@pytest.fixture
def editor(staffed: Serve, homes: dict[str, Path], tmp_path: Path) -> Iterator[Program]:
    """Let a program of an editor write to a home of its own."""
    homes["written"] = make_home(tmp_path, "few", 4)
    staffed("written")
    yield program("manager", see_pii=True)
    del homes["written"]


def test_a_segment_is_kept_changed_by_who_saw_it_and_put_aside(
    editor: Program, homes: dict[str, Path]
) -> None:
    home = homes["written"]
    made = editor.ask("POST", "/api/segments", {"name": "north", "where": "region = north"})
    assert made.status_code == 201
    assert editor.ask("POST", "/api/segments", {"name": "north", "where": "plan = Studio"}).status_code == 400
    assert editor.ask("POST", "/api/segments", {"name": "x", "where": "region ="}).status_code == 400
    (one,) = editor.get("/api/segments")["items"]
    assert (one["name"], one["where"]) == ("north", "region = north")
    given = {"name": "upper", "where": "region = north", "description": "Where it is cold"}
    assert editor.ask("POST", "/api/segments/north", given).status_code == 428
    tag = editor.ask("GET", "/api/segments/north").headers["ETag"]
    assert editor.ask("POST", "/api/segments/north", given, If_Match='"old"').status_code == 412
    assert editor.ask("POST", "/api/segments/north", given, If_Match=tag).status_code == 200
    assert find_segment(Workspace.open(home), "upper").description == "Where it is cold"
    assert editor.ask("GET", "/api/segments/north").status_code == 404
    tag = editor.ask("GET", "/api/segments/upper").headers["ETag"]
    assert editor.ask("DELETE", "/api/segments/upper", If_Match=tag).status_code == 200
    assert editor.get("/api/segments")["items"] == []


def test_findings_of_a_first_search_that_goes_on_are_told_as_such(staffed: Serve) -> None:
    staffed("lawn")
    asking, there = program("viewer"), walks()
    assert there is not None
    assert asking.get("/api/findings")["is_complete"] is True
    path = there.workspace.cache / "findings.json"
    before = path.read_bytes()
    path.write_bytes(msgspec.json.encode({**msgspec.json.decode(before), "state": ""}))
    try:
        assert asking.get("/api/findings")["is_complete"] is False
    finally:
        path.write_bytes(before)


def test_a_finding_is_decided_about_in_the_name_of_its_person(staffed: Serve) -> None:
    staffed("lawn")
    asking = program("editor")
    listed = asking.get("/api/findings")["items"]
    key = listed[0]["finding"]["key"]
    whole = asking.ask("GET", f"/api/findings/{key}")
    path, tag = f"/api/findings/{key}/decisions", whole.headers["ETag"]
    assert asking.ask("POST", path, {"act": "agree"}).status_code == 428
    assert asking.ask("POST", path, {"act": "dismiss"}, If_Match=tag).status_code == 400
    agreed = asking.ask("POST", path, {"act": "agree"}, If_Match=tag)
    assert agreed.status_code == 200
    assert asking.ask("POST", path, {"act": "restore"}, If_Match=tag).status_code == 412
    told = asking.get(f"/api/findings/{key}")
    assert (told["state"], told["history"][0]["by"]) == ("confirmed", "editor@example.org")
    tag = asking.ask("GET", f"/api/findings/{key}").headers["ETag"]
    noted = asking.ask("POST", f"/api/findings/{key}/notes", {"text": "Seen", "watch": True}, If_Match=tag)
    assert noted.json()["is_watched"] is True  # type: ignore[attr-defined]
    tag = asking.ask("GET", f"/api/findings/{key}").headers["ETag"]
    given = {"meaning": "They skip it", "review_on": "2999-01-01"}
    known = asking.ask("POST", f"/api/findings/{key}/knowledge", given, If_Match=tag)
    assert known.json()["known"]["meaning"] == "They skip it"  # type: ignore[attr-defined]
    assert asking.ask("GET", "/api/findings/nobodys").status_code == 404


def test_customers_are_found_by_who_may_know_them_and_that_is_logged(staffed: Serve) -> None:
    from trodden.web.audit.models import Entry

    staffed("sample")
    asking = program("analyst", see_pii=True)
    assert asking.get("/api/customers?q=K0000&limit=3")["customers"] == ["K00001", "K00002", "K00003"]
    entry = Entry.objects.order_by("-number").first()
    assert entry is not None
    assert (entry.action, entry.what) == ("export", "/api/customers")
    assert program("manager").ask("GET", "/api/customers?q=K").status_code == 403
    assert asking.ask("GET", "/api/customers").status_code == 400


def test_long_work_is_watched_and_stopped(editor: Program, homes: dict[str, Path]) -> None:
    from trodden.collect import jobs

    workspace = Workspace.open(homes["written"])
    assert editor.get("/api/work")["items"] == []
    key = jobs.start(
        workspace, jobs.Task(kind="walks", home=str(workspace.home), workspace="default", by="a test")
    )
    stopped = editor.ask("POST", f"/api/work/{key}/stop")
    assert stopped.status_code == 200
    (one,) = editor.get("/api/work")["items"]
    assert (one["key"], one["kind"], one["by"]) == (key, "walks", "a test")
    phases = (editor.get(f"/api/work/{key}")["state"]["phase"] for _look in range(5_000))
    assert next(phase for phase in phases if phase not in {"queued", "begun"}) in {"stopped", "done"}
    assert editor.ask("GET", "/api/work/00000000-0000-0000-0000-000000000000").status_code == 404
    assert editor.ask("GET", "/api/work/nothing").status_code == 404
    assert program("editor").ask("GET", "/api/work").status_code == 403
