"""Who sees the customers of a segment alone is told of them as if nobody else had ever come."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import override_settings

import trodden.api
from tests.http.conftest import Serve
from tests.http.people import Someone, someone
from tests.http.programs import program_of
from tests.http.routes import examples, routes
from tests.http.test_boards import said, save
from tests.support.events import load_events
from tests.support.firm import PUBLISHED_AT, fill_home
from tests.support.rows import events_table
from tests.support.walks import events_from_text
from trodden.collect.importers import ImportOptions, Mapping, import_files
from trodden.demo.sample import COLUMNS, SAMPLE_MAP, sample_rows
from trodden.methods.journeys.maps import parse_map, publish
from trodden.methods.journeys.within import Within
from trodden.model.errors import CallerError
from trodden.model.event import Identifier
from trodden.registry import registrations
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace
from trodden.store.segments import SavedSegment, add_segment, delete_segment, find_segment
from trodden.web.limits import OPEN
from trodden.web.policy import POLICY, Open

CUSTOMERS = 120
OWN = {"snapshot", "event_id", "seq", "source"}
ORDERED = "Order"
"""Who was here is seen; they have walked over every touchpoint, and have every value of a property."""


@pytest.fixture(scope="module")
def half(homes: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a workspace with everybody, and another with those alone whom somebody limited sees."""
    home = tmp_path_factory.mktemp("half") / "home"
    whole = fill_home(home, CUSTOMERS)
    add_segment(whole, SavedSegment(name="ordered", where=f"did {ORDERED}"))
    add_segment(whole, SavedSegment(name="buyers", where="@ordered"))
    part = Workspace.create(home, "part")
    rows = [row for row in sample_rows(seed=1, customers=CUSTOMERS) if row[0] in insiders()]
    path = home.parent / "part.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((COLUMNS, *rows))
    mapping = Mapping(customer="customer", touchpoint="touchpoint", time=("time",))
    import_files(part, [path], ImportOptions(mapping=mapping))
    add_map(part, publish(parse_map(SAMPLE_MAP, "sample.yaml"), PUBLISHED_AT))
    homes["half"] = home
    return home


@cache
def insiders() -> set[object]:
    place = COLUMNS.index("touchpoint")
    return {row[0] for row in sample_rows(seed=1, customers=CUSTOMERS) if row[place] == ORDERED}


@cache
def outsiders() -> set[object]:
    return {row[0] for row in sample_rows(seed=1, customers=CUSTOMERS)} - insiders()


@pytest.fixture
def limited(half: Path, staffed: Serve) -> Someone:
    """Sign somebody in who may do much, and sees customers of one segment."""
    assert half.exists()
    staffed("half")
    return entered("manager", "north@example.org", "ordered")


def entered(role: str, email: str, limit: str) -> Someone:
    from trodden.web.people.staff import changed, member_of

    someone("admin", f"of-{email}")
    person = someone(role, email, see_pii=True)
    changed(member_of(email), {"limit": limit})
    person.sign_in()
    return person


def test_every_analysis_is_answered_as_where_nobody_else_ever_came(half: Path) -> None:
    seen = trodden.api.open(half, "default").limited_to("@ordered")
    alone = trodden.api.open(half, "part")
    differ = [
        name
        for name, known in registrations().items()
        if _told(seen, known.example) != _told(alone, known.example)
    ]
    assert differ == []
    assert seen.snapshot.beginning("K", 500) == alone.snapshot.beginning("K", 500)
    assert seen.snapshot.beginning("K000", 7) == alone.snapshot.beginning("K000", 7)
    assert {key for piece in seen.snapshot.buckets() for key in piece.keys} == insiders()


def _told(walks: trodden.api.StoredWalks, question: Any) -> Any:  # noqa: ANN401 - plain data
    return _plain(msgspec.to_builtins(walks.ask(question)))


def _plain(value: Any) -> Any:  # noqa: ANN401 - plain data
    """Return data without the names of its snapshot, of files, and of events, which are numbered by file."""
    if isinstance(value, dict):
        return {
            key: _plain(one)
            for key, one in value.items()
            if key not in {"snapshot", "event_id", "seq", "source"}
        }
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def test_walks_that_are_brought_up_to_date_stay_within_their_segment(half: Path) -> None:
    seen = trodden.api.open(half, "default").limited_to("@ordered")
    before = seen.snapshot.name
    assert seen.refresh().snapshot.name == before
    assert isinstance(seen.snapshot, Within)


@pytest.mark.parametrize("segment", ["@nothing", "@ordered and", "did Nowhere", "plan > 3"])
def test_a_segment_that_cannot_be_read_shows_nobody(half: Path, segment: str) -> None:
    seen = trodden.api.open(half, "default").limited_to(segment)
    assert list(seen.snapshot.buckets()) == []
    assert seen.snapshot.customer("K00001") is None
    assert seen.snapshot.beginning("K", 5) == ()
    assert seen.ask("overview").about.customers == 0


def test_no_address_tells_of_anybody_outside(limited: Someone) -> None:
    one = min(map(str, outsiders()))
    foreign = set(map(str, outsiders()))
    pages = [
        *(route.address.replace("K00001", one) for route in routes() if route.method == "get"),
        *(f"{path}?q={text}" for path in ("/find/", "/palette.json", "/customers/") for text in ("K", one)),
        f"/customers/?q={one}&among=all",
        f"/explore/timeline/?customer={one}",
        *examples(),
    ]
    for page in pages:
        if "/api/live" not in page and "sign-out" not in page:
            body = limited.client.get(page).content.decode(errors="replace")
            found = set(re.findall(r"\bK\d{5}\b", body)) - set(re.findall(r"K\d{5}", page))
            assert not found & foreign, page
    assert limited.client.get(f"/customers/walk/?id={one}").status_code == 404
    for known in sorted(map(str, insiders()))[:2]:
        assert limited.client.get(f"/customers/walk/?id={known}").status_code == 200


def test_who_is_seen_is_found_by_what_they_share_with_however_many_who_are_not(
    staffed: Serve, tmp_path: Path
) -> None:
    from trodden.web.customers.views import MOST_NAMED

    others = [f"a{number:02}" for number in range(MOST_NAMED)]
    events = events_from_text(" | ".join(f"{name} x 10:00" for name in others) + " | z y 10:00")
    shared = Identifier("e-mail", "desk@example.org")
    loaded = [msgspec.structs.replace(one, ids=(*one.ids, shared)) for one in events]
    workspace = Workspace.create(tmp_path)
    load_events(workspace, "text", [events_table(loaded)])
    add_segment(workspace, SavedSegment(name="served", where="did y"))
    staffed("empty")
    with override_settings(TRODDEN_HOME=str(tmp_path)):
        person = entered("manager", "south@example.org", "served")
        body = person.client.get("/customers/?q=desk@example.org&among=all").content.decode()
    assert re.findall(r"/customers/walk/\?id=(\w+)", body) == ["z"]


def test_what_is_of_the_whole_workspace_is_refused_with_words(limited: Someone) -> None:
    refused = 0
    for route in routes():
        name = route.name.partition(" ")[0]
        if name in OPEN or isinstance(POLICY[route.name], Open) or route.address.startswith("/api/"):
            continue
        response = getattr(limited.client, route.method)(route.address)
        assert response.status_code == 403, route
        refused += b"you see those of @ordered" in response.content
    assert refused > 20
    assert {"data", "log", "people", "findings", "erasures", "about"}.isdisjoint(OPEN)
    home = limited.client.get("/").content.decode()
    assert "You see customers of <strong>@ordered</strong>" in home
    assert "Findings are about all customers" in home
    assert 'href="/data/"' not in home


def test_numbers_of_pages_files_and_programs_are_those_of_the_segment(limited: Someone) -> None:
    count = len(insiders())
    asking = program_of(limited)
    assert asking.get("/api/ask/overview")["about"]["customers"] == count
    assert asking.get("/api/workspace")["customers"] == count
    assert asking.ask("GET", "/api/imports").status_code == 403
    assert limited.client.get("/explore/overview.json").json()["about"]["customers"] == count
    whole = someone("manager", "all@example.org", see_pii=True)
    whole.sign_in()
    assert whole.client.get("/explore/overview.json").json()["about"]["customers"] == CUSTOMERS
    assert limited.client.get("/explore/overview.json").json()["about"]["customers"] == count


def test_what_a_program_of_who_is_limited_writes_is_told_of_their_customers_alone(limited: Someone) -> None:
    from trodden.web.boards.models import Card

    asking = program_of(limited)
    for path in ("/api/files", "/api/rules", "/api/settings", "/api/imports/1", "/api/knowledge"):
        assert asking.ask("GET", path).status_code == 403, path
    board = asking.ask("POST", "/api/boards", {"name": "Mine"}).json()["id"]  # type: ignore[attr-defined]
    assert asking.ask("POST", f"/api/boards/{board}/cards", {"note": "Seen"}).status_code == 201
    card = Card.here.get(board_id=board)
    assert (card.limit, card.written_by) == ("ordered", limited.email)


def test_a_segment_that_limits_somebody_stays_and_says_whom(limited: Someone, half: Path) -> None:
    editor = someone("editor", "edits@example.org", see_pii=True)
    editor.sign_in()
    for name in ("ordered", "buyers"):
        said = editor.client.get(f"/segments/@{name}/").content
        assert (b"says which customers some people see" in said) == (name == "ordered")
        assert b"north@example.org" not in said + editor.client.get(f"/segments/@{name}/edit/").content
    admin = someone("admin", "admin@example.org")
    admin.sign_in()
    assert b"north@example.org" in admin.client.get("/segments/@ordered/").content
    stamp = find_segment(Workspace.open(half), "ordered").stamp
    kept = editor.client.post("/segments/@ordered/delete/", {"stamp": stamp})
    assert kept.status_code == 400
    assert "north@example.org" not in kept.content.decode()
    assert b"north@example.org" in admin.client.post("/segments/@ordered/delete/", {"stamp": stamp}).content
    widened = {"before": "ordered", "name": "ordered", "stamp": stamp, "mode": "text", "text": "plan is null"}
    assert limited.client.post("/segments/save/", widened).status_code == 400
    assert find_segment(Workspace.open(half), "ordered").where == f"did {ORDERED}"


def test_a_limit_through_another_segment_holds_that_one_too(half: Path, staffed: Serve) -> None:
    from trodden.web.limits import limited_by

    assert half.exists()
    staffed("half")
    entered("viewer", "buys@example.org", "buyers")
    segments = {"ordered": f"did {ORDERED}", "buyers": "@ordered", "other": "did Survey"}
    assert [one.email for one in limited_by("ordered", segments)] == ["buys@example.org"]
    assert limited_by("other", segments) == []


def test_a_limit_of_who_is_invited_holds_its_segment_and_follows_its_new_name(
    half: Path, staffed: Serve
) -> None:
    from trodden.web.limits import limited_by, renamed
    from trodden.web.people.models import Invitation
    from trodden.web.people.staff import invited

    assert half.exists()
    staffed("half")
    invited("new@example.org", "viewer", limit="ordered")
    admin = someone("admin", "admin@example.org")
    admin.sign_in()
    stamp = find_segment(Workspace.open(half), "ordered").stamp
    kept = admin.client.post("/segments/@ordered/delete/", {"stamp": stamp})
    assert (kept.status_code, b"new@example.org" in kept.content) == (400, True)
    renamed("ordered", "bought")
    assert Invitation.here.get().limit == "bought"
    Invitation.here.update(expires_at=Invitation.here.get().expires_at - timedelta(days=8))
    assert limited_by("bought", {"bought": f"did {ORDERED}"}) == []


@pytest.mark.parametrize(
    "where", ['deviated from "Getting connected"', '@ordered and not deviated from "Getting connected@2"']
)
def test_nobody_limited_widens_what_they_see_through_a_map(half: Path, staffed: Serve, where: str) -> None:
    from trodden.web.people.models import Membership

    workspace = Workspace.open(half)
    draft = parse_map(SAMPLE_MAP.replace("version: 1", "version: 2"), "sample.yaml")
    place = add_map(workspace, draft)
    moving = add_segment(workspace, SavedSegment(name="moving", where=where))
    try:
        staffed("half")
        with pytest.raises(CallerError, match="no published version of a map"):
            entered("editor", "moves@example.org", "moving")
        Membership.here.filter(user__email="moves@example.org").update(limit="moving")
        assert trodden.api.open(half).limited_to("@moving").ask("overview").about.customers == 0
    finally:
        place.unlink()
        delete_segment(workspace, moving)


def test_a_published_version_of_a_map_limits_and_stays_in_the_segment(half: Path, staffed: Serve) -> None:
    workspace = Workspace.open(half)
    fixed = add_segment(workspace, SavedSegment(name="fixed", where='deviated from "Getting connected@1"'))
    try:
        staffed("half")
        entered("editor", "parts@example.org", "fixed")
        assert trodden.api.open(half).limited_to("@fixed").ask("overview").about.customers > 0
        editor = someone("editor", "edits@example.org", see_pii=True)
        editor.sign_in()
        given = {"before": "fixed", "name": "fixed", "stamp": fixed.stamp, "mode": "text"}
        given["text"] = 'deviated from "Getting connected"'
        refused = editor.client.post("/segments/save/", given)
        assert refused.status_code == 400
        assert "is no published version of a map" in refused.content.decode()
        assert find_segment(workspace, "fixed").where == fixed.where
    finally:
        delete_segment(workspace, find_segment(workspace, "fixed"))


def test_values_that_only_others_have_are_not_proposed(half: Path, staffed: Serve) -> None:
    workspace = Workspace.open(half)
    coast = add_segment(workspace, SavedSegment(name="coast", where="region = coast"))
    try:
        staffed("half")
        limited, whole = entered("editor", "coast@example.org", "coast"), someone("editor", see_pii=True)
        whole.sign_in()
        seen, every = (one.client.get("/segments/new/").content.decode() for one in (limited, whole))
        assert '<option value="coast">' in seen
        assert '<option value="north">' in every
        assert '<option value="north">' not in seen
    finally:
        delete_segment(workspace, coast)


def test_an_admin_says_who_sees_what_and_is_limited_by_nothing(half: Path, staffed: Serve) -> None:
    from trodden.web.audit.models import Entry
    from trodden.web.people.staff import member_of

    assert half.exists()
    staffed("half")
    admin = someone("admin", "admin@example.org")
    admin.sign_in()
    person = someone("analyst", "ana@example.org")
    page = f"/settings/people/{member_of(person.email).pk}/"
    assert "@ordered" in admin.client.get(page).content.decode()
    given = {"role": "analyst", "is_active": "on", "limit": "ordered"}
    assert admin.client.post(page, given).status_code == 302
    assert member_of(person.email).limit == "ordered"
    entry = Entry.objects.order_by("-number").first()
    assert entry is not None
    assert entry.what == "ana@example.org limit  -> ordered"
    assert admin.client.post(page, {**given, "limit": "nothing"}).status_code == 200
    assert admin.client.post(page, {**given, "role": "admin"}).status_code == 200
    assert member_of(person.email).role == "analyst"


def test_who_is_limited_reads_no_value_that_a_comment_is_about(limited: Someone) -> None:
    colleague = someone("analyst")
    colleague.sign_in()
    board = save(colleague.client)
    colleague.client.post(f"{board}comment", {"act": "say", "mark": "m|region south", "text": "Why?"})
    assert "region south" in said(colleague.client.get(board))
    body = said(limited.client.get(board))
    assert "Why?" in body
    assert "region south" not in body


def test_nobody_limited_is_told_who_walked_in_shoes_outside(limited: Someone) -> None:
    from trodden.web.customers.tokens import sealed

    for known, status in ((min(map(str, outsiders())), 404), (min(map(str, insiders())), 302)):
        answered = limited.client.post("/customers/shoes/who/", {"who": sealed(known)})
        assert (answered.status_code, known in answered.get("Location", "")) == (status, status == 302)
