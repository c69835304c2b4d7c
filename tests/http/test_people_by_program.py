"""People, tokens and sessions by program: each change is of whoever has seen it, and is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.http.people import someone
from tests.http.programs import program, program_of

if TYPE_CHECKING:
    from tests.http.conftest import Serve


def logged() -> list[tuple[str, str]]:
    from trodden.web.audit.models import Entry

    return [(one.action, one.what) for one in Entry.objects.order_by("-number")[:3]]


def test_an_admin_says_what_somebody_may_as_they_saw_it(staffed: Serve) -> None:
    staffed("sample")
    admin, other = program("admin"), someone("viewer", "guest@example.org")
    (one,) = (one for one in admin.get("/api/people")["items"] if one["email"] == other.email)
    path = f"/api/people/{one['id']}"
    tag = admin.ask("GET", path).headers["ETag"]
    given = {"role": "editor", "department": "sales"}
    assert admin.ask("POST", path, given).status_code == 428
    assert admin.ask("POST", path, given, If_Match=tag).json()["role"] == "editor"  # type: ignore[attr-defined]
    assert ("people.change", "guest@example.org role viewer -> editor") in logged()
    assert admin.ask("POST", path, given, If_Match=tag).status_code == 412
    tag = admin.ask("GET", path).headers["ETag"]
    for wrong in ({"role": "king"}, {"role": "viewer", "department": "x"}, {"role": "viewer", "limit": "no"}):
        assert admin.ask("POST", path, wrong, If_Match=tag).status_code == 400
    assert admin.get(path)["department"] == "sales"
    assert program("manager").ask("GET", path).status_code == 403


def test_an_invitation_tells_its_link_once_and_is_withdrawn(staffed: Serve) -> None:
    staffed("sample")
    admin = program("admin")
    given = {"email": " New@Example.org", "role": "analyst"}
    made = admin.ask("POST", "/api/invitations", given, Idempotency_Key="k")
    assert made.status_code == 201, made.content
    told = made.json()  # type: ignore[attr-defined]
    assert (told["email"], "/join/" in told["link"]) == ("new@example.org", True)
    again = admin.ask("POST", "/api/invitations", given, Idempotency_Key="k")
    assert (again.status_code, again.json()["code"]) == (409, "told-once")  # type: ignore[attr-defined]
    assert logged()[0] == ("people.invite", "new@example.org as analyst")
    (listed,) = admin.get("/api/invitations")["items"]
    assert "link" not in listed
    assert admin.ask("POST", "/api/invitations", {"email": "x", "role": "viewer"}).status_code == 400
    assert admin.ask("DELETE", f"/api/invitations/{told['id']}").status_code == 200
    assert admin.get("/api/invitations")["items"] == []
    assert admin.ask("DELETE", f"/api/invitations/{told['id']}").status_code == 404


def test_no_secret_of_an_answer_is_kept(staffed: Serve) -> None:
    from trodden.web.api.models import Repeat

    staffed("sample")
    given = {"email": "new@example.org", "role": "analyst"}
    program("admin").ask("POST", "/api/invitations", given, Idempotency_Key="kept")
    assert "join" not in Repeat.here.get(key="kept").body


def test_a_token_ends_itself_and_those_that_may_no_more(staffed: Serve) -> None:
    staffed("sample")
    person = someone("editor")
    reads, writes = program_of(person, ["see"]), program_of(person)
    listed = reads.get("/api/tokens")["items"]
    assert [one["is_this"] for one in listed] == [True, False]
    assert "secret" not in str(listed)
    assert reads.ask("DELETE", f"/api/tokens/{listed[1]['id']}").status_code == 403
    assert writes.ask("DELETE", f"/api/tokens/{listed[0]['id']}").status_code == 200
    assert reads.ask("GET", "/api/tokens").status_code == 401
    assert (
        program("editor", "other@example.org").ask("DELETE", f"/api/tokens/{listed[1]['id']}").status_code
        == 404
    )
    assert writes.ask("DELETE", f"/api/tokens/{listed[1]['id']}").status_code == 200
    assert writes.ask("GET", "/api/tokens").status_code == 401


@pytest.mark.parametrize("role", ["privacy officer", "privacy-officer", "privacy_officer"])
def test_a_role_is_named_as_pages_say_it_or_with_its_words_joined(staffed: Serve, role: str) -> None:
    from trodden.web.people.models import Invitation
    from trodden.web.people.staff import changed, invited, member_of

    staffed("empty")
    someone("admin")
    invited("officer@example.org", role)
    assert Invitation.here.get(email="officer@example.org").role == "privacy officer"
    member = member_of(someone("viewer").email)
    assert changed(member, {"role": role}) == ["role viewer -> privacy officer"]


def test_sessions_are_ended_by_a_token_that_may_what_they_may(staffed: Serve) -> None:
    staffed("sample")
    person = someone("analyst")
    person.sign_in()
    reads, whole = program_of(person, ["see"]), program_of(person)
    (one,) = whole.get("/api/sessions")["items"]
    assert reads.ask("DELETE", f"/api/sessions/{one['id']}").status_code == 403
    assert person.client.get("/journeys/").status_code == 200
    assert (
        program("analyst", "other@example.org").ask("DELETE", f"/api/sessions/{one['id']}").status_code == 404
    )
    assert whole.ask("DELETE", f"/api/sessions/{one['id']}").status_code == 200
    assert person.client.get("/journeys/").status_code == 302
    assert whole.get("/api/sessions")["items"] == []


@pytest.mark.parametrize("path", ["/api/tokens", "/api/sessions"])
def test_the_token_of_the_running_server_has_no_account(serve: Serve, token: str, path: str) -> None:
    client = serve("sample")
    assert client.get(path, headers={"authorization": f"Bearer {token}"}).status_code == 404
