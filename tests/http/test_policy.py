"""Every route, every role, every foreign id: from the resolver, so that a new route is held to it."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.http.conftest import Serve
from tests.http.people import Someone, browser, someone
from tests.http.routes import Route, routes
from trodden.web.people.rights import RIGHTS, ROLES, Right
from trodden.web.policy import PAGES_TOO, POLICY, Open
from trodden.web.shield import NAMING

ALLOWED = {200, 302, 303, 400, 404, 405, 409, 422}


def ask(client: Client, route: Route) -> tuple[int, str]:
    """Return status and where a response leads."""
    response = getattr(client, route.method)(route.address)
    return response.status_code, response.headers.get("Location", "")


def hold(route: Route, outcome: tuple[int, str], rights: frozenset[Right] | None, refusal: int = 403) -> None:
    """Fail unless somebody with these rights, None for somebody who is not signed in, got what they may."""
    status, leads = outcome
    need = POLICY[route.name]
    if need in {Open.ALL, Open.ENTRANCE}:
        assert status in ALLOWED | {401}, route
    elif is_for_programs(route) and (rights is None or route.name not in PAGES_TOO):
        assert status == 401, route
    elif rights is None:
        assert status == 302, route
        assert leads.startswith("/sign-in/"), route
    elif need is Open.SELF or need in rights:
        assert status in ALLOWED, route
        assert not leads.startswith("/sign-in/?next"), route
    else:
        assert (status, leads) == (refusal, ""), route


def is_for_programs(route: Route) -> bool:
    return route.address.startswith("/api/")


def test_48_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert {route.name for route in routes()} == set(POLICY)


def test_48_nobody_who_is_not_signed_in_sees_anything(staffed: Serve) -> None:
    client = staffed("sample")
    for route in routes():
        hold(route, ask(client, route), None)


@pytest.mark.parametrize("role", ROLES)
def test_48_each_role_opens_what_the_table_says(staffed: Serve, role: str) -> None:
    staffed("sample")
    someone("admin", "other@example.org")
    for sees in (False, True):
        person = someone(role, f"{sees}@example.org", see_pii=sees)
        person.sign_in()
        for route in routes():
            if route.name != "account_logout":
                rights = RIGHTS[role] | ({Right.SEE_PII} if sees else frozenset())
                hold(route, ask(person.client, route), frozenset(rights))
        assert person.client.get("/account/").status_code == 200


def test_48_a_route_that_nobody_thought_of_is_refused(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    staffed("sample")
    person = someone("manager")
    person.sign_in()
    monkeypatch.delitem(POLICY, "journeys")
    assert person.client.get("/journeys/").status_code == 403


@pytest.mark.parametrize("role", ROLES)
def test_49_a_member_of_another_workspace_finds_nothing_here(staffed: Serve, role: str) -> None:
    staffed("sample")
    stranger = someone(role, see_pii=True, workspace="other")
    stranger.sign_in()
    for route in routes():
        if route.name != "account_logout":
            hold(route, ask(stranger.client, route), frozenset(), refusal=404)


def test_49_people_and_invitations_of_another_workspace_are_not_there(staffed: Serve) -> None:
    from datetime import timedelta

    from trodden.web.people.models import Invitation, Membership

    staffed("sample")
    admin = someone("admin")
    admin.sign_in()
    foreign = someone("viewer", "foreign@example.org", workspace="other")
    member = Membership.everywhere.get(user__email=foreign.email)
    invitation, secret = Invitation.make(
        timedelta(days=1), email="guest@example.org", role="admin", workspace="other"
    )
    page = admin.client.get("/settings/people/").content
    assert b"foreign@" not in page
    assert b"guest@" not in page
    for path, given in (
        (f"/settings/people/{member.pk}/", {"role": "admin"}),
        (f"/settings/people/invitations/{invitation.pk}/withdraw/", {}),
        (
            f"/join/{secret}/",
            {"email": "guest@example.org", "name": "G", "password": "a kettle of violet fish"},
        ),
    ):
        assert admin.client.post(path, given).status_code == 404
    member.refresh_from_db()
    assert (member.role, Invitation.objects.filter(pk=invitation.pk).exists()) == ("viewer", True)


def test_50_who_customers_are_is_shown_only_to_those_who_may_see_it(staffed: Serve) -> None:
    from tests.http.routes import examples

    staffed("sample")
    hidden, shown = someone("manager"), someone("analyst", see_pii=True)
    found = {}
    for person in (hidden, shown):
        person.sign_in()
        pages = [
            *("/palette.json?q=K000", "/find/?q=K000", "/customers/?q=K000"),
            *examples(),
            *(route.address for route in routes() if route.method == "get" and quiet(route)),
        ]
        found[person.email] = {path for path in pages if names(person, path)}
    assert found[hidden.email] == set()
    assert len(found[shown.email]) > 2


def quiet(route: Route) -> bool:
    return not route.name.startswith(("account", "mfa_", "api-live"))


def names(person: Someone, path: str) -> bool:
    """Say whether a page holds an identifier of a customer of the sample that its address does not."""
    found = set(re.findall(r"\bK\d{5}\b", person.client.get(path).content.decode(errors="replace")))
    return bool(found - set(re.findall(r"K\d{5}", path)))


def test_50_analyses_that_name_customers_are_refused_as_pages_and_as_files(staffed: Serve) -> None:
    staffed("sample")
    person = someone("manager")
    person.sign_in()
    for name in NAMING:
        assert person.client.get(f"/explore/{name}/?customer=K00001").status_code == 403
        assert person.client.get(f"/explore/{name}.csv?customer=K00001").status_code == 403


def test_55_the_addresses_nobody_needs_to_sign_in_for_are_these() -> None:
    assert {name for name, need in POLICY.items() if need is Open.ALL} == {
        *("health", "mark", "theme", "keys"),
        *("shared", "shared-card", "board-stop"),
    }


def test_without_sign_in_there_are_no_accounts_and_everything_else_is_open(serve: Serve) -> None:
    client = serve("sample")
    for route in routes():
        status, _leads = ask(client, route)
        if POLICY[route.name] in {Open.ENTRANCE, Open.SELF}:
            assert status == 404, route
        else:
            assert status != 403, route
    assert browser().get("/sign-in/").status_code == 404


def test_a_request_that_is_refused_early_is_still_answered_as_nobody(staffed: Serve) -> None:
    staffed("sample")
    person = someone("manager")
    person.sign_in()
    response = person.client.get("/journeys/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert person.email.encode() not in response.content


def test_50_readers_who_may_see_names_and_who_may_not_share_no_answer(serve: Serve) -> None:
    from trodden.registry import find
    from trodden.web.home import walks
    from trodden.web.running import RUNS
    from trodden.web.shield import Shielded

    serve("sample")
    named = walks()
    assert named is not None
    question = find("overview").example
    joined = [RUNS.join(one, question) for one in (named, Shielded(named), named, Shielded(named))]
    runs = [run for _ticket, run in joined]
    assert (runs[0] is runs[2], runs[1] is runs[3], runs[0] is runs[1]) == (True, True, False)
    for ticket, _run in joined:
        RUNS.leave(ticket)


def test_50_who_may_not_know_customers_learns_nothing_of_fewer_than_five(staffed: Serve) -> None:
    staffed("sample")
    hidden, shown = someone("manager"), someone("analyst", see_pii=True)
    told = {}
    for person in (hidden, shown):
        person.sign_in()
        few = "segment=plan%20%3D%20Studio%20and%20region%20%3D%20coast%20and%20age_group%20%3D%2065%2B"
        pages = (
            f"/explore/overview/?{few}",
            f"/explore/overview.json?{few}",
            f"/explore/compare.json?analysis=overview&segment=region%20%3D%20north&other_{few}",
            "/explore/overview/?segment=plan%20%3D%20Nothing",
        )
        told[person.email] = [person.client.get(page).status_code for page in pages]
    assert told[hidden.email] == [400, 400, 400, 400]
    assert told[shown.email] == [200, 200, 200, 200]


def test_50_nobody_is_found_by_name_in_walks_for_those_who_may_not_know_customers(serve: Serve) -> None:
    from trodden.web.home import walks
    from trodden.web.shield import Shielded

    serve("sample")
    named = walks()
    assert named is not None
    unnamed = Shielded(named)
    assert named.snapshot.customer("K00001") is not None
    assert unnamed.snapshot.customer("K00001") is None
    assert list(unnamed.snapshot.beginning("K", 5)) == []
    assert unnamed.snapshot.name == named.snapshot.name


def test_50_words_lose_addresses_numbers_and_the_customers_own_identifier(serve: Serve) -> None:
    from trodden.web.shield import masked, pseudonym

    serve("empty")
    said = masked("I am K00001, ada@example.org or +49 (30) 123-4567, see https://x.example/me", "K00001")
    assert said == f"I am {pseudonym('K00001')}, [e-mail] or [number], see [link]"
    assert masked("3 days and 12 calls", "K1") == "3 days and 12 calls"
    assert masked("12 is a word here", "a") == "12 is a word here"
    assert masked("see ada-lovelace-2.pdf", "lovelace") == f"see ada-{pseudonym('lovelace')}-2.pdf"
