"""Tokens: a part of what their person may, for a while, kept as hashes, and ended with their person."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.http.conftest import Serve
from tests.http.people import browser, someone
from tests.http.programs import Program, program, program_of
from tests.http.routes import routes
from tests.http.test_log import newest
from tests.http.test_policy import ALLOWED, is_for_programs
from trodden.model.errors import CallerError
from trodden.web.people.rights import RIGHTS, ROLES, Right
from trodden.web.policy import POLICY, Open
from trodden.web.shield import NAMING

TAKEN = ALLOWED | {201, 428}


def status(program: Program, path: str = "/api/analyses") -> int:
    return program.ask("GET", path).status_code


def test_52_a_token_has_256_bits_and_only_its_hash_is_kept(staffed: Serve) -> None:
    from trodden.web.api.models import Token

    staffed("sample")
    first, second = program("viewer", "a@example.org"), program("viewer", "b@example.org")
    assert first.token != second.token
    assert re.fullmatch(r"trodden_[\w-]{43}", first.token)
    kept = " ".join(str(value) for row in Token.everywhere.values() for value in row.values())
    assert first.token not in kept
    assert first.token.removeprefix("trodden_") not in kept


@pytest.mark.parametrize("role", ROLES)
def test_48_a_token_opens_what_its_scopes_say(staffed: Serve, role: str) -> None:
    staffed("sample")
    person = someone(role)
    rights = RIGHTS[role]
    every, none = program_of(person), program_of(person, [min(rights - {Right.SEE}, default=Right.SEE)])
    for route in filter(is_for_programs, routes()):
        need = POLICY[route.name]
        for one, held in ((every, rights), (none, {min(rights - {Right.SEE}, default=Right.SEE)})):
            found = one.ask(route.method.upper(), route.address).status_code
            if isinstance(need, Open):
                assert found == 401, route
            elif need in held:
                assert found in TAKEN, (route, found)
            else:
                assert found == 403, (route, found)


def test_a_token_has_no_right_its_person_has_not(staffed: Serve) -> None:
    staffed("sample")
    person = someone("viewer")
    with pytest.raises(CallerError, match="has not the right 'edit'"):
        program_of(person, ["see", "edit"])
    for scopes in ([""], ["fly"]):
        with pytest.raises(CallerError):
            program_of(person, scopes)
    for days in (0, 366):
        with pytest.raises(CallerError, match="lasts 1 to 365"):
            program_of(person, days=days)


@pytest.mark.parametrize("change", ["role", "rights", "membership", "account", "deleted"])
def test_62_a_token_ends_with_what_its_person_may(staffed: Serve, change: str) -> None:
    from trodden.web.people.models import User
    from trodden.web.people.staff import allowed_in, changed, member_of

    staffed("sample")
    someone("admin")
    person = someone("manager", see_pii=True)
    found, other = program_of(person), program("viewer")
    assert status(found) == 200
    member = member_of(person.email)
    if change == "role":
        changed(member, {"role": "viewer"})
    elif change == "rights":
        changed(member, {"see_pii": False})
    elif change == "membership":
        changed(member, {"is_active": False})
    elif change == "account":
        allowed_in(member.user, is_active=False)
    else:
        User.objects.filter(email=person.email).delete()
    assert status(found) == 401
    assert status(other) == 200


def test_a_new_department_ends_no_token(staffed: Serve) -> None:
    from trodden.web.people.staff import changed, member_of

    staffed("sample")
    someone("admin")
    person = someone("manager")
    found = program_of(person)
    changed(member_of(person.email), {"department": "sales"})
    assert status(found) == 200


def test_a_token_ends_by_itself(staffed: Serve) -> None:
    from django.db.models import F

    from trodden.web.api.models import Token

    staffed("sample")
    found = program("viewer")
    Token.here.update(expires_at=F("expires_at") - timedelta(days=30) + timedelta(minutes=5))
    assert status(found) == 200
    Token.here.update(expires_at=F("expires_at") - timedelta(minutes=5))
    assert status(found) == 401


def test_a_token_of_an_admin_needs_the_second_factor_too(staffed: Serve) -> None:
    from allauth.mfa.models import Authenticator

    staffed("sample")
    found = program("admin")
    assert status(found, "/api/people") == 200
    Authenticator.objects.all().delete()
    assert status(found, "/api/people") == 403


def test_52_a_token_of_another_workspace_is_none(staffed: Serve) -> None:
    from django.test import override_settings

    staffed("sample")
    person = someone("manager", workspace="other")
    with override_settings(TRODDEN_WORKSPACE="other"):
        found = program_of(person)
    assert status(found) == 401


@pytest.mark.parametrize(
    "given", ["Bearer \u00fc", "Bearer", "Bearer  ", "Basic x", "Bearer trodden_", "Bearer \x00"]
)
def test_53_what_is_no_token_gets_401_and_nothing_else(staffed: Serve, given: str) -> None:
    staffed("sample")
    response = browser().get("/api/analyses", headers={"authorization": given})
    assert (response.status_code, response.json()["code"]) == (401, "no-token")
    assert response["WWW-Authenticate"] == "Bearer"


def test_a_session_opens_no_address_for_programs(staffed: Serve) -> None:
    staffed("sample")
    person = someone("manager")
    person.sign_in()
    assert person.client.get("/api/analyses").status_code == 401
    assert person.client.get("/api/openapi.json").status_code == 200


def test_50_who_customers_are_is_told_only_to_tokens_that_may_see_it(staffed: Serve) -> None:
    staffed("sample")
    person = someone("privacy officer")
    sees, hidden = program_of(person), program_of(person, ["see", "ask"])
    for name in NAMING:
        assert hidden.ask("POST", f"/api/ask/{name}", {"customer": "K00001"}).status_code == 403
    path = "/api/ask/pauses?map=Getting%20connected"
    assert re.search(r"\bK\d{5}\b", str(sees.get(path)))
    assert not re.search(r"\bK\d{5}\b", str(hidden.get(path)))
    assert "someone-" in str(hidden.get(path))


def test_61_looks_and_changes_and_refusals_by_token_are_logged_with_its_name(staffed: Serve) -> None:
    from trodden.web.audit.log import pseudonym

    staffed("sample")
    person = someone("privacy officer")
    found = program_of(person)
    assert found.ask("POST", "/api/ask/timeline", {"customer": "K00001"}).status_code == 200
    who = f"{person.email} by test"
    assert newest() == (who, "customer.look", f"customer {pseudonym('K00001')} by api-ask")
    assert found.ask("GET", "/api/people").status_code == 403
    assert newest() == (who, "refused", "/api/people")


def test_people_make_and_revoke_tokens_on_their_page(staffed: Serve) -> None:
    staffed("sample")
    person = someone("analyst")
    person.sign_in()
    page = person.client.get("/account/tokens/").content.decode()
    assert "You have given no program a token yet." in page
    assert 'value="ask"' in page
    assert 'value="edit"' not in page
    given = {"name": " nightly   report ", "scopes": ["see", "ask"], "days": "7"}
    made = person.client.post("/account/tokens/", given).content.decode()
    (secret,) = re.findall(r"trodden_[\w-]+", made)
    assert newest()[:2] == (person.email, "token.make")
    assert secret not in newest()[2]
    page = person.client.get("/account/tokens/").content.decode()
    assert secret not in page
    assert "nightly report" in page
    assert ">never<" in page
    assert status(Program(secret)) == 200
    assert ">never<" not in person.client.get("/account/tokens/").content.decode()
    for bad in ({"scopes": ["edit"]}, {"scopes": []}, {"days": "9999"}, {"name": ""}):
        assert person.client.post("/account/tokens/", {**given, **bad}).status_code == 400
    (path,) = re.findall(r'action="(/account/tokens/[^"]+/revoke/)"', page)
    stranger = someone("manager")
    stranger.sign_in()
    assert stranger.client.post(path).status_code == 404
    assert person.client.post(path).status_code == 302
    assert newest() == (person.email, "token.revoke", "nightly report")
    assert status(Program(secret)) == 401


def test_47_who_makes_a_token_says_again_who_they_are(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    staffed("sample")
    person = someone("analyst")
    person.sign_in()
    now = time.time()
    monkeypatch.setattr("trodden.web.people.sessions.time.time", lambda: now + 301)
    response = person.client.post("/account/tokens/", {"name": "x", "scopes": ["see"], "days": "7"})
    assert "/account/again/" in response["Location"]
