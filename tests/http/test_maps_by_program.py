"""Maps, segments and knowledge by program: nothing is written over, and what was put aside comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.http.conftest import Serve
from tests.http.programs import Program, program, tag, told
from tests.support.homes import make_home

FIRST = "/api/maps/Getting connected@1"


@pytest.fixture
def editor(staffed: Serve, homes: dict[str, Path], tmp_path: Path) -> Iterator[Program]:
    """Let a program of an editor write to a home of its own."""
    homes["drawn"] = make_home(tmp_path, "few", 40)
    staffed("drawn")
    yield program("editor", see_pii=True)
    del homes["drawn"]


def test_a_published_map_is_changed_by_a_draft_that_steps_back_and_on(editor: Program) -> None:
    first = editor.get(FIRST)
    first["steps"][0]["label"] = "Began"
    assert editor.ask("POST", FIRST, first).status_code == 428
    draft = told(editor.ask("POST", FIRST, first, If_Match=tag(editor, FIRST)))
    assert (draft["version"], draft["published_at"], draft["steps"][0]["label"]) == (2, None, "Began")
    assert editor.get(FIRST)["steps"][0].get("label") != "Began"
    assert editor.ask("POST", FIRST, first, If_Match=tag(editor, FIRST)).status_code == 400
    second = "/api/maps/Getting connected@2"
    seen = tag(editor, second)
    draft["steps"][0]["label"] = "Started"
    assert told(editor.ask("POST", second, draft, If_Match=seen))["steps"][0]["label"] == "Started"
    assert editor.ask("POST", second, draft, If_Match=seen).status_code == 412
    undone = told(editor.ask("POST", f"{second}/step", {"way": "undo"}, If_Match=tag(editor, second)))
    assert undone["steps"][0]["label"] == "Began"
    redone = told(editor.ask("POST", f"{second}/step", {"way": "redo"}, If_Match=tag(editor, second)))
    assert redone["steps"][0]["label"] == "Started"
    back = told(editor.ask("POST", f"{FIRST}/restore", If_Match=tag(editor, FIRST)), 201)
    assert back["version"] == 3
    assert [one["did"] for one in editor.get(f"{FIRST}/deeds")["items"]] == ["drafted", "restored"]


def test_ways_are_accepted_maps_redesigned_and_mined(editor: Program) -> None:
    steps = [one["id"] for one in editor.get(FIRST)["steps"]]
    way = {"kind": "missing", "at": steps[1], "why": "Nobody needs it"}
    draft = told(editor.ask("POST", f"{FIRST}/accept", way, If_Match=tag(editor, FIRST)), 201)
    (one,) = draft["accepted"]
    assert (one["kind"], one["by"], one["why"]) == ("missing", "editor@example.org by test", way["why"])
    wrong = {**way, "kind": "wished"}
    assert editor.ask("POST", f"{FIRST}/accept", wrong, If_Match=tag(editor, FIRST)).status_code == 400
    skipped = {"step": steps[1], "why": "Skipped"}
    redesigned = told(editor.ask("POST", f"{FIRST}/redesign", skipped, If_Match=tag(editor, FIRST)), 201)
    assert [one["do"] for one in redesigned["flow"] if steps[1] in str(one)] == ["optional"]
    mined = told(editor.ask("POST", "/api/maps/mine", {"name": "Walked", "share": 50}), 201)
    assert (mined["name"], mined["published_at"]) == ("Walked", None)
    assert editor.ask("POST", "/api/maps/mine", {"name": "Walked", "share": 51}).status_code == 400


def test_who_answers_for_a_map_is_a_member(editor: Program) -> None:
    path = f"{FIRST}/owner"
    assert editor.get(path)["email"] is None
    seen, given = tag(editor, path), {"email": "editor@example.org"}
    assert told(editor.ask("POST", path, given, If_Match=seen)) == given
    assert editor.ask("POST", path, {"email": None}, If_Match=seen).status_code == 412
    nobody = {"email": "nobody@example.org"}
    assert editor.ask("POST", path, nobody, If_Match=tag(editor, path)).status_code == 400
    assert told(editor.ask("POST", path, {"email": None}, If_Match=tag(editor, path)))["email"] is None


def test_a_segment_that_was_put_aside_comes_back(editor: Program) -> None:
    told(editor.ask("POST", "/api/segments", {"name": "north", "where": "region != nowhere"}), 201)
    path = "/api/segments/north"
    gone = told(editor.ask("DELETE", path, If_Match=tag(editor, path)))
    assert editor.ask("GET", path).status_code == 404
    assert told(editor.ask("POST", f"/api/segments/gone/{gone['aside']}/restore"))["name"] == "north"
    assert editor.ask("POST", "/api/segments/gone/nothing/restore").status_code == 404
    assert editor.get(path)["where"] == "region != nowhere"


def test_what_is_known_is_kept_until_another_day_or_withdrawn(staffed: Serve) -> None:
    staffed("lawn")
    asking = program("editor")
    key = asking.get("/api/findings")["items"][0]["finding"]["key"]
    path = f"/api/findings/{key}"
    given = {"meaning": "They skip it", "review_on": "2999-01-01"}
    told(asking.ask("POST", f"{path}/knowledge", given, If_Match=tag(asking, path)))
    one = next(one for one in asking.get("/api/knowledge")["items"] if one["key"] == key)
    known = f"/api/knowledge/{one['id']}"
    seen = tag(asking, known)
    assert asking.ask("POST", known, {"review_on": " "}, If_Match=seen).status_code == 400
    later = told(asking.ask("POST", known, {"review_on": "2999-06-01"}, If_Match=seen))
    assert later["review_on"] == "2999-06-01"
    assert asking.ask("POST", known, {"review_on": None}, If_Match=seen).status_code == 412
    told(asking.ask("POST", known, {"review_on": None}, If_Match=tag(asking, known)))
    assert asking.ask("GET", known).status_code == 404
    assert told(asking.ask("POST", "/api/findings/look"))["is_wished"] is True
