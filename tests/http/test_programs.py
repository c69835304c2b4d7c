"""What programs get: every address described, lists in pages, tags, changes made once."""

from __future__ import annotations

import re

import msgspec
import pytest

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.http.programs import Program, program, program_of
from tests.http.test_log import newest
from tests.support.homes import make_home
from trodden.model.journey_map import JourneyMap
from trodden.registry import registrations
from trodden.web.people.rights import RIGHTS

MAP = "/api/maps/Getting%20connected@1"


@pytest.fixture
def own(staffed: Serve, homes: dict[str, object], tmp_path: object) -> Program:
    """Serve a home that may be changed; return a program that may all a manager may."""
    homes["own"] = make_home(tmp_path, "sample", 20)  # type: ignore[arg-type]
    staffed("own")
    return program("manager")


def draft_of(own: Program, **changes: object) -> dict[str, object]:
    """Return what to post for the next version of the map."""
    found = own.get(MAP)
    return {**found, "published_at": None, "published_hash": "", **changes}


def test_the_description_names_every_address_and_method_there_is(staffed: Serve) -> None:
    from django.urls import get_resolver

    from tests.http.routes import _patterns

    staffed("sample")
    described = program("viewer").get("/api/openapi.json")
    assert described["openapi"] == "3.1.0"
    said = {re.sub(r"{\w+}", "x", path) for path in described["paths"]}
    for pattern in _patterns(get_resolver()):
        if pattern.name and pattern.name.startswith("api-"):
            path = re.sub(r"<\w+:\w+>", "x", str(pattern.pattern))
            assert f"/{path}" in said or f"/{path}" == "/ask/x", path
    assert {f"/ask/{name}" for name in registrations()} <= said
    operations = [one for path in described["paths"].values() for one in path.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["summary"] and one["description"].startswith("Needs the") for one in operations)


@pytest.mark.parametrize("name", sorted(registrations()))
def test_a_question_in_the_address_is_the_question_in_a_body(staffed: Serve, name: str) -> None:
    from urllib.parse import urlencode

    from trodden.questions import write_question

    staffed("sample")
    asking, example = program("privacy officer"), registrations()[name].example
    by_body = asking.ask("POST", f"/api/ask/{name}", example)
    by_address = asking.ask("GET", f"/api/ask/{name}?{urlencode(write_question(example))}")
    assert (by_body.status_code, by_body.content) == (by_address.status_code, by_address.content)


def test_reading_again_what_has_not_changed_sends_nothing(staffed: Serve) -> None:
    staffed("sample")
    found = program("analyst")
    for path in ("/api/analyses", "/api/maps", MAP, "/api/imports", "/api/ask/overview", "/api/workspace"):
        first = found.ask("GET", path)
        again = found.ask("GET", path, if_none_match=f'"other", W/{first["ETag"]}')
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == first["ETag"]
        assert found.ask("GET", path, if_none_match='"other"').status_code == 200


def test_the_workspace_and_its_parts_are_told(staffed: Serve) -> None:
    staffed("sample")
    found = program("viewer")
    told = found.get("/api/workspace")
    overview = program("analyst").get("/api/ask/overview")["about"]
    assert (told["customers"], told["events"]) == (overview["customers"], overview["events"])
    assert told["snapshot"] == found.get("/api/health")["snapshot"] == overview["snapshot"]
    (one,) = found.get("/api/imports")["items"]
    assert (one["standing"], one["stored"]) == ("whole", told["events"])
    assert [one["key"] for one in found.get("/api/maps")["items"]] == ["Getting connected@1"]
    assert msgspec.convert(found.get(MAP), JourneyMap).key == "Getting connected@1"


def test_a_workspace_without_data_has_empty_lists(staffed: Serve) -> None:
    staffed("empty")
    found = program("viewer")
    assert found.get("/api/maps") == found.get("/api/imports") == {"items": [], "next": None}
    assert found.ask("GET", "/api/workspace").status_code == 503


def test_lists_come_in_pages_and_nothing_new_shifts_them(staffed: Serve) -> None:
    staffed("sample")
    admin = program("admin")
    for number in range(6):
        someone("viewer", f"p{number}@example.org")
    first = admin.get("/api/people?limit=3")
    someone("viewer", "a-new-one@example.org")
    second = admin.get(f"/api/people?limit=3&cursor={first['next']}")
    third = admin.get(f"/api/people?limit=3&cursor={second['next']}")
    listed = [one["email"] for page in (first, second, third) for one in page["items"]]
    assert listed == ["admin@example.org", *(f"p{number}@example.org" for number in range(6))]
    assert third["next"] is None
    whole = admin.get("/api/log?limit=200")["items"]
    assert admin.get("/api/log?limit=2")["items"][1]["number"] == whole[0]["number"]
    page, numbers = admin.get("/api/log?limit=2"), []
    while page["next"] and len(numbers) < 10:
        numbers += [one["number"] for one in page["items"]]
        page = admin.get(f"/api/log?limit=2&cursor={page['next']}")
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "cursor=%21", "cursor=%C3%BC", "more=1"]
)
@pytest.mark.parametrize("path", ["/api/maps", "/api/log"])
def test_a_page_that_is_none_is_refused(staffed: Serve, path: str, query: str) -> None:
    staffed("sample")
    response = program("admin").ask("GET", f"{path}?{query}")
    assert response.status_code == 400
    assert set(response.json()) == {"code", "message", "hint"}  # type: ignore[attr-defined]


def test_a_map_is_drafted_published_and_put_aside(own: Program) -> None:
    made = own.ask("POST", "/api/maps", draft_of(own, goal="sooner"))
    assert made.status_code == 201, made.content
    assert newest()[1:] == ("map.read", "Getting connected@2")
    drafted = own.ask("GET", "/api/maps/Getting%20connected@2")
    assert drafted.json() == made.json()  # type: ignore[attr-defined]
    third = own.ask("POST", "/api/maps", draft_of(own, goal="later"))
    assert third.json()["version"] == 3  # type: ignore[attr-defined]
    gone = own.ask("DELETE", "/api/maps/Getting%20connected@3", if_match=tag(own, 3))
    assert gone.status_code == 200, gone.content
    assert newest()[1:] == ("map.discarded", "Getting connected@3")
    published = own.ask(
        "POST", "/api/maps/Getting%20connected@2/publish", {"why": "agreed"}, if_match=tag(own, 2)
    )
    assert published.status_code == 200, published.content
    assert own.get("/api/maps/Getting%20connected@2")["published_at"]
    assert own.ask("DELETE", MAP, if_match=tag(own, 1)).status_code == 400
    assert own.ask("GET", "/api/maps/Getting%20connected@9").status_code == 404


def tag(own: Program, version: int) -> str:
    return own.ask("GET", f"/api/maps/Getting%20connected@{version}")["ETag"]


def test_what_somebody_else_changed_is_not_changed_unseen(own: Program) -> None:
    own.ask("POST", "/api/maps", draft_of(own))
    path = "/api/maps/Getting%20connected@2"
    for method, where in (("DELETE", path), ("POST", f"{path}/publish")):
        unseen = own.ask(method, where)
        assert (unseen.status_code, unseen.json()["code"]) == (428, "tag-missing")  # type: ignore[attr-defined]
        stale = own.ask(method, where, if_match=tag(own, 1))
        assert (stale.status_code, stale.json()["code"]) == (412, "changed")  # type: ignore[attr-defined]
    assert own.get(path)["published_at"] is None


@pytest.mark.parametrize(
    "change", [{"flow": []}, {"name": ""}, {"steps": [{"id": ""}]}, {"nothing": 1}, {"flow": 7}]
)
def test_what_is_no_map_is_refused(own: Program, change: dict[str, object]) -> None:
    response = own.ask("POST", "/api/maps", draft_of(own, **change))
    assert response.status_code == 400
    assert response.json()["message"]  # type: ignore[attr-defined]
    assert len(own.get("/api/maps")["items"]) == 1


def test_a_change_sent_again_under_its_key_is_made_once(own: Program) -> None:
    draft = draft_of(own)
    first = own.ask("POST", "/api/maps", draft, idempotency_key="one")
    again = own.ask("POST", "/api/maps", draft, idempotency_key="one")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert len(own.get("/api/maps")["items"]) == 2
    other = own.ask("POST", "/api/maps", draft_of(own, goal="x"), idempotency_key="one")
    assert (other.status_code, other.json()["code"]) == (422, "key-used")  # type: ignore[attr-defined]
    assert own.ask("POST", "/api/maps", draft, idempotency_key="two").status_code == 201
    assert program("editor").ask("POST", "/api/maps", draft, idempotency_key="one").status_code == 201
    for bad in ("", "a b", "k" * 65, "\u00fc"):
        assert own.ask("POST", "/api/maps", draft, idempotency_key=bad).status_code == 400


def test_a_map_published_or_put_aside_under_a_key_is_so_once_and_said_again(own: Program) -> None:
    own.ask("POST", "/api/maps", draft_of(own))
    own.ask("POST", "/api/maps", draft_of(own, goal="later"))
    for method, where, version in (
        ("POST", "/api/maps/Getting%20connected@2/publish", 2),
        ("DELETE", "/api/maps/Getting%20connected@3", 3),
    ):
        sent = {"if_match": tag(own, version), "idempotency_key": f"of-{version}"}
        first, again = (own.ask(method, where, **sent) for _ in range(2))
        assert first.status_code == 200, first.content
        assert (again.status_code, again.content) == (200, first.content)
        assert again["Idempotency-Replayed"] == "true"
    assert [one["version"] for one in own.get("/api/maps")["items"]] == [1, 2]


def test_one_person_listens_as_often_by_many_tokens_as_by_one(staffed: Serve) -> None:
    from trodden.web.api.live import MOST_OF_ONE

    staffed("sample")
    member = someone("viewer")
    listening = [program_of(member).ask("GET", "/api/live") for _ in range(MOST_OF_ONE + 1)]
    assert [one.status_code for one in listening] == [200] * MOST_OF_ONE + [503]
    assert program("viewer", "another@example.org").ask("GET", "/api/live").status_code == 200


def test_what_was_told_is_not_counted_again_before_it_changes(staffed: Serve) -> None:
    from trodden.web.api.live import _counts

    staffed("sample")
    told = _counts(None)
    assert told.events
    assert _counts(told) is told
    staffed("few")
    assert _counts(told) != told


def test_every_page_of_the_log_that_is_read_is_recorded(staffed: Serve) -> None:
    staffed("sample")
    officer = program("admin", see_pii=True)
    for _ in range(3):
        officer.get("/api/log?limit=1")
    first = officer.get("/api/log?limit=1")
    assert officer.get(f"/api/log?limit=1&cursor={first['next']}")["items"]
    assert newest()[1] == "log.export"
    assert newest()[2].startswith("api, before ")


def test_a_key_is_kept_for_a_day_and_that_of_a_lost_request_for_ten_minutes(own: Program) -> None:
    from datetime import timedelta

    from trodden.web.api.models import Repeat

    draft = draft_of(own)
    assert own.ask("POST", "/api/maps", draft, idempotency_key="one").status_code == 201
    (kept,) = Repeat.here.all()
    age(kept, timedelta(hours=24))
    assert own.ask("POST", "/api/maps", draft, idempotency_key="one").json()["version"] == 3  # type: ignore[attr-defined]
    (kept,) = Repeat.here.all()
    Repeat.here.update(status=0)
    under_way = own.ask("POST", "/api/maps", draft, idempotency_key="one")
    assert (under_way.status_code, under_way.json()["code"]) == (409, "under-way")  # type: ignore[attr-defined]
    age(kept, timedelta(minutes=10))
    assert own.ask("POST", "/api/maps", draft, idempotency_key="one").status_code == 201


def age(kept: object, by: object) -> None:
    from django.db.models import F

    from trodden.web.api.models import Repeat

    Repeat.here.update(begun_at=F("begun_at") - by)
    assert kept is not None


def test_a_change_that_failed_may_be_sent_again_under_its_key(own: Program) -> None:
    from trodden.web.api.models import Repeat

    refused = own.ask("DELETE", MAP, if_match=tag(own, 1), idempotency_key="one")
    assert (refused.status_code, refused.json()["code"]) == (400, "map")  # type: ignore[attr-defined]
    assert not Repeat.here.exists()
    assert own.ask("POST", "/api/maps", draft_of(own), idempotency_key="one").status_code == 201


def test_another_method_is_told_which_there_are(staffed: Serve) -> None:
    staffed("sample")
    found = program("manager")
    response = found.ask("PATCH", "/api/maps")
    assert (response.status_code, response["Allow"]) == (405, "GET, POST")
    assert set(response.json()) == {"code", "message", "hint"}  # type: ignore[attr-defined]


def test_a_body_of_another_kind_is_refused(staffed: Serve) -> None:
    from tests.http.people import browser

    staffed("sample")
    found = program("analyst")
    given = {"authorization": f"Bearer {found.token}"}
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        response = browser().generic("POST", "/api/ask/overview", b"{}", content_type=kind, headers=given)
        assert (response.status_code, response.json()["code"]) == (415, "media-type")  # type: ignore[attr-defined]


def test_the_rights_of_the_api_are_those_of_the_pages(staffed: Serve) -> None:
    staffed("sample")
    for role, rights in RIGHTS.items():
        found = program(role, f"{role.replace(' ', '-')}-api@example.org")
        assert (found.ask("GET", "/api/log").status_code == 200) is ("administer" in rights)
        assert (found.ask("GET", "/api/ask/overview").status_code == 200) is ("ask" in rights)
