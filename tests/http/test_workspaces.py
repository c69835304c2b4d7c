"""Two filled workspaces in one process: nothing of one is ever in the other, by whatever address."""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.apps import apps
from django.test import AsyncClient, Client
from django.urls import reverse

from tests.http.conftest import Serve
from tests.http.people import PASSWORD, Someone, browser, someone
from tests.http.programs import Program, program_of
from tests.http.routes import Route, examples, routes
from tests.support.firm import PUBLISHED_AT, fill_home
from tests.support.loops import awaited
from trodden.collect.importers import ImportOptions, Mapping, import_files
from trodden.demo.sample import COLUMNS, SAMPLE_MAP, sample_rows
from trodden.methods.journeys.maps import parse_map, publish
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace
from trodden.web.guard import INTO_ONE
from trodden.web.people.rights import Right
from trodden.web.policy import POLICY, Open
from trodden.web.workspaces import is_workspace, within, workspace_name

HERE = re.compile(r"\bK\d{5}\b|Getting connected|Kestrel only")
THERE = re.compile(r"\bZ\d{5}\b|Zed path|Zedland|Zed desk")
"""What only the chosen workspace holds, and what only the other does."""
LINK = re.compile(r'(?:href|src|action|hx-get|hx-post|formaction)="(/[^"]*)"')
ENDING = frozenset({"account_logout", "api-live", "cancel"})
"""Routes that sign out, that do not end, and that end what others wait for."""


@pytest.fixture(scope="module")
def two(homes: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill the chosen workspace and another one, which have no customer and no map in common."""
    home = tmp_path_factory.mktemp("two") / "home"
    fill_home(home, 20)
    desk = Workspace.create(home, "desk").titled("Zed desk")
    path = home.parent / "desk.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((COLUMNS, *map(_renamed, sample_rows(seed=2, customers=25))))
    mapping = Mapping(customer="customer", touchpoint="touchpoint", time=("time",))
    import_files(desk, [path], ImportOptions(mapping=mapping))
    zed = SAMPLE_MAP.replace("Getting connected", "Zed path")
    add_map(desk, publish(parse_map(zed, "zed.yaml"), PUBLISHED_AT))
    homes["two"] = home
    return home


def _renamed(row: tuple[object, ...]) -> tuple[object, ...]:
    found = dict(zip(COLUMNS, row, strict=True))
    found["customer"] = str(found["customer"]).replace("K", "Z", 1)
    found["region"] = "Zedland"
    return tuple(found.values())


def entered(role: str, email: str, workspace: str) -> Someone:
    """Make a member of one of the workspaces who sees customers, and sign them in."""
    person = someone(role, email, see_pii=True, workspace=workspace)
    person.sign_in()
    return person


def told(client: Client, route: Route, address: str) -> tuple[int, str]:
    """Return status and body of a route at an address, without what the address itself says."""
    response = getattr(client, route.method)(address)
    return response.status_code, response.content.decode(errors="replace")


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("role", ["privacy officer", "admin"])
def test_49_a_member_of_one_finds_nothing_of_another_at_any_address(staffed: Serve, role: str) -> None:
    staffed("two")
    person = entered(role, "here@example.org", "default")
    for route in routes():
        if route.name in {"api-live", "cancel"}:
            continue
        status, body = told(person.client, route, f"/w/desk{route.address}")
        assert not THERE.search(body), route
        if POLICY[route.name] is Open.ENTRANCE and route.name not in INTO_ONE:
            assert status == 307, route
        elif not route.address.startswith("/api/") and route.name not in {"health", "mark", "theme", "keys"}:
            assert status == 404, route


@pytest.fixture
def speaking_german(two: Path) -> Iterator[None]:
    """Let the other workspace have a language of its own."""
    Workspace.open(two, "desk").changed(language="de")
    yield
    Workspace.open(two, "desk").changed(language="")


@pytest.mark.usefixtures("speaking_german")
def test_49_what_exists_is_not_told_from_what_does_not(staffed: Serve) -> None:
    staffed("two")
    person = entered("admin", "here@example.org", "default")
    rest = [one.address for one in routes() if one.name not in ENDING and one.method == "get"]
    for path in ("/", "/health/", *rest):
        for client in (person.client, browser()):
            found = [client.get(f"/w/{name}{path}") for name in ("desk", "nothing")]
            assert found[0].status_code == found[1].status_code, path
            assert found[0].get("Location", "").replace("desk", "nothing") == found[1].get("Location", "")
            said = [re.sub(rb'value="\w{64}"', b"", one.content) for one in found]
            assert said[0].replace(b"desk", b"nothing") == said[1], path


@pytest.mark.usefixtures("two")
def test_61_what_becomes_of_an_account_stands_in_the_log_of_each_of_its_workspaces(staffed: Serve) -> None:
    from trodden.web.audit.models import Entry
    from trodden.web.people.models import Membership, User

    staffed("two")
    person = someone("viewer", "both@example.org", workspace="desk")
    user = User.objects.get(email=person.email)
    Membership.everywhere.create(user=user, workspace="default", role="viewer")
    for begins in ("/w/nothing", "/w/desk", ""):
        for password in ("wrong", PASSWORD):
            given = {"login": person.email, "password": password}
            answered = person.client.post(f"{begins}/sign-in/", given, follow=True)
            assert answered.status_code == 200, begins
        assert person.client.post(f"{begins}/sign-out/", follow=True).status_code == 200
    written = sorted(Entry.objects.filter(actor=person.email).values_list("workspace", "action"))
    assert written == sorted(
        3 * [("default", "sign-in"), ("desk", "sign-in"), ("default", "sign-in.refused")]
        + 3 * [("default", "sign-out"), ("desk", "sign-out")]
    )


@pytest.mark.usefixtures("two")
def test_47_a_form_goes_on_in_its_workspace_after_it_was_asked_again_who_it_is(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trodden.web.people.models import Membership

    staffed("two")
    admin = entered("admin", "there@example.org", "desk")
    now = time.time()
    monkeypatch.setattr("trodden.web.people.sessions.time", SimpleNamespace(time=lambda: now + 400))
    outcomes = [
        ("/w/desk", "admin", 200, "people.invite"),
        ("", "admin", 200, "people.invite"),  # where who comes back from a provider stands
        ("", "viewer", 403, "refused"),
    ]
    for begins, role, status, action in outcomes:
        given = {"email": "bob@example.org", "role": "viewer"}
        again = admin.client.post("/w/desk/settings/people/invite/", given)["Location"]
        assert again.startswith("/w/desk/account/again/?next=%2Fw%2Fdesk%2F")
        Membership.everywhere.filter(user__email=admin.email).update(role=role)
        said = admin.client.post(begins + again.removeprefix("/w/desk"), {"password": PASSWORD})
        assert (said.status_code, b"/w/desk/join/" in said.content) == (status, status == 200)
        assert _last_entry() == ("desk", action)
        kept = admin.client.session
        del kept["account_authentication_methods"]
        kept.save()


def _last_entry() -> tuple[str, str]:
    from trodden.web.audit.models import Entry

    (found,) = Entry.objects.order_by("-number").values_list("workspace", "action")[:1]
    return found


@pytest.mark.usefixtures("two")
def test_49_foreign_names_and_ids_lead_nowhere_in_the_own_workspace(staffed: Serve) -> None:
    staffed("two")
    person = entered("privacy officer", "there@example.org", "desk")
    manager = entered("manager", "leads@example.org", "desk")
    for one, needs in ((person, {Right.PROTECT}), (manager, set(Right) - {Right.PROTECT})):
        for route in routes():
            if route.name not in ENDING and POLICY[route.name] in needs:
                _status, body = told(one.client, route, f"/w/desk{route.address}")
                left = body.replace("Getting connected@1", "").replace("K00001", "")
                assert not HERE.search(left.replace("Getting%20connected@1", "")), route


@pytest.mark.usefixtures("two")
def test_every_link_of_a_page_stays_in_its_workspace(staffed: Serve) -> None:
    staffed("two")
    person = entered("manager", "there@example.org", "desk")
    pages = [route.address for route in routes() if route.method == "get" and route.name not in ENDING]
    zed = [one.replace("Getting%20connected", "Zed%20path").replace("K00001", "Z00001") for one in pages]
    seen = 0
    for address in (*zed, *examples()):
        body = person.client.get(f"/w/desk{address}").content.decode(errors="replace")
        for link in LINK.findall(body):
            assert link.startswith(("/w/desk/", "/static/")), (address, link)
            seen += 1
    assert seen > 1000
    assert "Zed path" in person.client.get("/w/desk/journeys/").content.decode()


@pytest.mark.usefixtures("two")
def test_answers_charts_and_tags_of_two_workspaces_never_mix(staffed: Serve) -> None:
    import trodden.api

    staffed("two")
    here, there = (entered("manager", f"{name}@example.org", name) for name in ("default", "desk"))
    for _again in range(2):
        for person, begins, name in ((here, "", "default"), (there, "/w/desk", "desk")):
            found = person.client.get(f"{begins}/explore/overview.json").json()
            asked = trodden.api.open(_home(), name).ask("overview")
            assert found["about"]["customers"] == asked.about.customers
    shown = here.client.get("/explore/overview/")
    again = there.client.get("/w/desk/explore/overview/", headers={"if-none-match": shown.get("ETag", "-")})
    assert again.status_code == 200
    assert HERE.search(again.content.decode()) is None


def _home() -> str:
    from django.conf import settings

    return str(settings.TRODDEN_HOME)


@pytest.mark.usefixtures("two")
def test_49_a_token_is_of_one_workspace_and_streams_tell_of_it(staffed: Serve) -> None:
    staffed("two", ALLOWED_HOSTS=["localhost", "testserver"])
    someone("manager", "here@example.org")
    someone("manager", "there@example.org", workspace="desk")
    mine = _program("here@example.org", "default")
    theirs = _program("there@example.org", "desk")
    assert mine.get("/api/workspace")["customers"] != theirs.get("/w/desk/api/workspace")["customers"]
    assert theirs.get("/w/desk/api/workspace")["name"] == "desk"
    assert theirs.get("/w/desk/api/openapi.json")["servers"] == [{"url": "/w/desk/api"}]
    assert mine.ask("GET", "/w/desk/api/workspace").status_code == 401
    assert theirs.ask("GET", "/api/workspace").status_code == 401
    said = awaited(_first_event("/w/desk/api/live", theirs.token))
    assert f'"customers":{theirs.get("/w/desk/api/workspace")["customers"]}' in said
    tag = mine.ask("GET", "/api/maps").headers["ETag"]
    assert theirs.ask("GET", "/w/desk/api/maps", If_None_Match=tag).status_code == 200


def _program(email: str, workspace: str) -> Program:
    from tests.http.people import Someone

    with within(workspace):
        return program_of(Someone(email, browser()))


async def _first_event(path: str, token: str) -> str:
    headers = {"authorization": f"Bearer {token}"}
    response = cast("Any", await AsyncClient().get(path, headers=headers))
    async for part in response:
        return part.decode()
    return ""


def test_49_every_kind_of_record_is_found_in_its_own_workspace_alone() -> None:
    found = [
        model for model in apps.get_models() if any(one.name == "workspace" for one in model._meta.fields)
    ]
    assert len(found) > 10
    for model in found:
        if model.__name__ != "Entry":  # of the log each page asks by itself; one chain holds all workspaces
            with within("desk"):
                assert "= desk" in str(cast("Any", model).here.all().query), model


def test_an_admin_makes_a_workspace_and_invites_who_has_an_account(two: Path, staffed: Serve) -> None:
    from trodden.web.people.models import Membership
    from trodden.web.people.staff import workspaces_of

    staffed("two")
    admin = entered("admin", "ada@example.org", "default")
    colleague = entered("viewer", "bob@example.org", "default")
    assert "Switch workspace" not in colleague.client.get("/").content.decode()
    for name, status in (("Bad Name", 400), ("../x", 400), ("desk", 400), ("shop", 302)):
        made = admin.client.post("/settings/workspaces/make/", {"name": name, "title": "The <b>shop</b>"})
        assert (made.status_code, name) == (status, name)
    assert made["Location"] == "/w/shop/"
    long = admin.client.post("/settings/workspaces/make/", {"name": "other", "title": "x" * 61})
    assert (long.status_code, admin.client.get("/w/other/").status_code) == (400, 404)
    assert not is_workspace("other")
    page = admin.client.get("/w/shop/").content.decode()
    assert "The &lt;b&gt;shop&lt;/b&gt;" in page
    assert "Nothing has come in yet" in page or "data" in page
    assert colleague.client.get("/w/shop/").status_code == 404
    link = _invite(admin, "bob@example.org")
    assert link.startswith("https://trodden.example/w/shop/join/")
    path = link.removeprefix("https://trodden.example")
    assert browser().get(path)["Location"].startswith("/w/shop/sign-in/?next=")
    assert admin.client.post(path).status_code == 400
    assert colleague.client.post(path)["Location"] == "/w/shop/"
    assert workspaces_of("bob@example.org") == {"default": "viewer", "shop": "analyst"}
    assert "Switch workspace" in colleague.client.get("/").content.decode()
    assert colleague.client.post("/w/shop/settings/workspaces/make/", {"name": "more"}).status_code == 403
    assert admin.client.post("/w/shop/settings/workspaces/make/", {"name": "more"}).status_code == 404
    (two / "workspaces" / "shop").rename(two / "gone")
    revived = admin.client.post("/settings/workspaces/make/", {"name": "shop", "title": ""})
    assert (revived.status_code, b"that was here before" in revived.content) == (400, True)
    Membership.everywhere.filter(workspace="shop").delete()
    assert admin.client.post("/settings/workspaces/make/", {"name": "shop"}).status_code == 400


def _invite(admin: Someone, email: str) -> str:
    response = admin.client.post("/w/shop/settings/people/invite/", {"email": email, "role": "analyst"})
    found = re.search(r"<code[^>]*>(https://[^<]+)</code>", response.content.decode())
    assert found is not None, response.content
    return found[1]


@pytest.mark.usefixtures("two")
def test_a_question_that_was_stopped_is_led_back_to_in_its_workspace(serve: Serve) -> None:
    client = serve("two")
    for begins in ("", "/w/desk"):
        again = f"{begins}/explore/overview/?unit=customer"
        said = client.get(f"{begins}/explore/running/over/", {"asked": again, "stopped": "yes"})
        assert said.status_code == 200
        assert f'href="{again}"' in said.content.decode()


@pytest.mark.usefixtures("two")
def test_who_is_a_member_of_another_workspace_alone_is_led_there_from_the_door(staffed: Serve) -> None:
    staffed("two")
    person = someone("viewer", "there@example.org", workspace="desk")
    person.client.post("/sign-in/", {"login": person.email, "password": PASSWORD})
    assert person.client.get("/")["Location"] == "/w/desk/"
    assert person.client.get("/w/desk/").status_code == 200
    assert person.client.get("/journeys/").status_code == 404


def test_a_title_is_changed_by_who_saw_it_as_it_stands(two: Path, serve: Serve) -> None:
    client = serve("two")
    told_off = client.post("/w/desk/settings/workspaces/title/", {"title": "X", "title_was": "Y"})
    assert told_off.status_code == 400
    assert Workspace.open(two, "desk").mark.title == "Zed desk"
    client.post("/settings/workspaces/title/", {"title": "Kestrel only", "title_was": ""})
    assert "Kestrel only" in client.get("/w/desk/").content.decode()
    client.post("/settings/workspaces/title/", {"title": "", "title_was": "Kestrel only"})
    assert Workspace.open(two).mark.title == ""


@pytest.mark.usefixtures("two")
def test_walks_of_workspaces_not_asked_for_lately_are_let_go(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trodden.web.home import walks

    serve("two")
    monkeypatch.setenv("TRODDEN_OPEN_WORKSPACES", "1")
    first, again = walks(), walks()
    with within("desk"):
        other = walks()
    assert first is again
    assert first is not other
    assert walks() is not first


def test_the_chosen_workspace_is_the_one_outside_every_request() -> None:
    found: list[Callable[[], str]] = [workspace_name]
    with within("desk"):
        assert found[0]() == "desk"
        assert reverse("journeys") == "/w/desk/journeys/"
    assert found[0]() == "default"
    assert reverse("journeys") == "/journeys/"
