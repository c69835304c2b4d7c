"""Verdicts on the page of a map, and what can be made of them: drafts, published or put aside."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client, override_settings
from msgspec.structs import replace

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.http.test_journeys import open_every_number
from tests.support.shop import fill_shop
from trodden.analyses.verdicts.answer import Comparable, JudgedRoute
from trodden.charts import Link
from trodden.methods.journeys.maps import parse_map
from trodden.methods.stats.rates import wilson
from trodden.model.journey_map import JourneyMap
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace

SHOP = "/journeys/Shop@1/"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill_shop(tmp_path)
    return tmp_path


@pytest.fixture
def client(homes: dict[str, Path], serve: Serve, home: Path) -> Iterator[Client]:
    homes["shop"] = home
    yield serve("shop")
    del homes["shop"]


def maps_of(home: Path) -> dict[str, JourneyMap]:
    folder = home / "workspaces" / "default" / "maps"
    return {path.name: parse_map(path.read_text(), str(path)) for path in folder.glob("*.yaml")}


def body_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return unescape(response.content.decode())


def test_what_takes_long_is_asked_for_once_and_remembered(client: Client) -> None:
    first = body_of(client, SHOP)
    assert 'hx-get="/journeys/Shop@1/?judged=yes"' in first
    assert "Descriptive so far" in first
    assert "People found a better way here" not in first
    judged = body_of(client, f"{SHOP}?judged=yes")
    assert 'class="pending' not in judged
    again = body_of(client, SHOP)
    assert 'class="pending' not in again
    assert "People found a better way here" in again
    assert "judged=yes" not in again


def test_a_filter_stays_while_ways_are_judged(client: Client) -> None:
    body = body_of(client, f"{SHOP}?period=2026-03-01..2026-04-01&detail=40")
    (address,) = re.findall(r'hx-get="([^"]*judged=yes[^"]*)"', body)
    assert "period=2026-03-01..2026-04-01" in address
    assert "detail=40" in address


def test_a_better_way_stands_first_with_its_redesign_and_what_it_would_change(client: Client) -> None:
    body = body_of(client, f"{SHOP}?judged=yes")
    better, others = body.partition('id="ways-title"')[::2]
    (found,) = re.findall(r'<ol class="bare routes paths">.*?</ol>', better, re.DOTALL)
    assert "Skip Advice" in found
    assert re.search(r"80 · 31 % \[", found)
    assert re.search(r"\d+ points more reach the goal \[\d+ to \d+\]", found)
    assert re.search(r"80 who came on beside \d+ like them", found)
    assert "Advice became optional" in found
    assert "Skip Advice" not in others
    assert others.count("Draft this redesign") == 0


@pytest.mark.parametrize("query", ["?judged=yes", "?judged=yes&period=2026-03-01..2026-04-01"])
def test_every_number_opens_as_many_once_ways_are_judged(serve: Serve, query: str) -> None:
    opened = open_every_number(serve("sample"), f"/journeys/Getting connected@1/{query}&")
    assert len(opened) > 15


def test_a_change_of_mind_opens_the_customers_who_changed_it(serve: Serve) -> None:
    client = serve("sample")
    body = body_of(client, "/journeys/Getting connected@1/?judged=yes")
    section = body.partition('aria-labelledby="changes-title"')[2].partition("</section>")[0]
    places = re.findall(
        r'<h3><a href="([^"]+)" data-drawer>.*?<strong>[\d,]+</strong> times by ([\d,]+) customers',
        section,
        re.DOTALL,
    )
    assert places
    for address, customers in places:
        heading = re.search(r"<h1>[\d,]+ journeys? of ([\d,]+) ", body_of(client, address))
        assert heading, address
        assert heading[1] == customers


def redesign(client: Client, page: str = SHOP, **fields: str) -> str:
    response = client.post(f"{page[:-1]}/redesign", {"step": "advice", "base": "Shop@1", **fields})
    assert response.status_code == 302, response.content.decode()
    return response["Location"]


def test_a_redesign_is_a_draft_and_the_published_map_stays_as_it_is(client: Client, home: Path) -> None:
    before = maps_of(home)["shop@1.yaml"]
    assert redesign(client, why="  They know\nwhat they want ") == "/journeys/Shop@2/"
    maps = maps_of(home)
    assert maps["shop@1.yaml"] == before
    draft = maps["shop@2.yaml"]
    assert (draft.version, draft.published_at, draft.published_hash) == (2, None, "")
    assert draft.evidence == "A workshop; They know what they want"
    body = body_of(client, "/journeys/Shop@2/")
    assert "A draft: 2 changes from version 1" in body
    assert re.search(r"Of the same walks 15 % \[.*?\] went as version 1 designs it, and 42 % \[", body)
    assert "Draft: 2 changes from version 1" in body_of(client, "/journeys/")


def test_further_changes_come_on_top_of_the_draft_and_nothing_is_written_over(
    client: Client, home: Path
) -> None:
    body_of(client, f"{SHOP}?judged=yes")
    redesign(client)
    draft = maps_of(home)["shop@2.yaml"]
    body = body_of(client, SHOP)
    assert "Version 2 is a draft on top of this one" in body
    assert "In draft version 2" in body
    assert "Draft this redesign" not in body
    assert 'name="base" value="Shop@2"' in body
    fields = {"base": "Shop@2", "kind": "repeated", "at": "look", "why": "No harm"}
    assert client.post("/journeys/Shop@1/accept", fields)["Location"] == "/journeys/Shop@3/"
    maps = maps_of(home)
    assert maps["shop@2.yaml"] == draft
    assert maps["shop@3.yaml"].flow == draft.flow
    (accepted,) = maps["shop@3.yaml"].accepted
    assert (accepted.kind, accepted.step, accepted.why) == ("repeated", "look", "No harm")


def test_exactly_the_version_that_was_shown_is_changed(client: Client, home: Path) -> None:
    redesign(client)
    client.post("/journeys/Shop@1/accept", {"base": "Shop@1", "kind": "repeated", "at": "look"})
    maps = maps_of(home)
    assert maps["shop@3.yaml"].flow == maps["shop@1.yaml"].flow
    assert maps["shop@3.yaml"].accepted


def test_a_draft_is_published_once_and_then_locked(client: Client, home: Path) -> None:
    redesign(client)
    assert client.post("/journeys/Shop@2/publish")["Location"] == "/journeys/Shop@2/"
    assert maps_of(home)["shop@2.yaml"].published_at is not None
    assert "Publish this version" not in body_of(client, "/journeys/Shop@2/")
    assert client.post("/journeys/Shop@2/publish").status_code == 400
    assert client.post("/journeys/Shop@2/discard").status_code == 400
    assert set(maps_of(home)) == {"shop@1.yaml", "shop@2.yaml"}


def test_a_draft_on_top_of_a_published_map_changes_no_answer_and_is_published_in_its_file(
    client: Client, home: Path
) -> None:
    asked = "/explore/conformance.json?map=Shop"
    before = body_of(client, asked)
    redesign(client)
    assert body_of(client, asked) == before != body_of(client, f"{asked}@2")
    assert "map=Shop%401" in body_of(client, "/explore/deviations/")
    folder = home / "workspaces" / "default" / "maps"
    (folder / "shop@2.yaml").rename(folder / "by hand.yaml")
    assert client.post("/journeys/Shop@2/publish")["Location"] == "/journeys/Shop@2/"
    maps = maps_of(home)
    assert set(maps) == {"shop@1.yaml", "by hand.yaml"}
    assert maps["by hand.yaml"].published_at is not None
    assert client.post("/journeys/Shop@2/publish").status_code == 400
    assert maps_of(home) == maps
    assert "map=Shop%402" in body_of(client, "/explore/deviations/")


def test_on_top_of_a_version_that_was_followed_by_a_published_one_nothing_is_proposed(
    client: Client, home: Path
) -> None:
    redesign(client)
    client.post("/journeys/Shop@2/publish")
    body = body_of(client, f"{SHOP}?judged=yes")
    assert "People found a better way here" in body
    assert '<form class="proposal"' not in body
    assert '<a class="chip" href="/journeys/Shop@2/">Version 2 was published after this one' in body
    assert '<form class="proposal"' in body_of(client, "/journeys/Shop@2/?judged=yes")
    fields = {"base": "Shop@1", "step": "advice", "kind": "repeated", "at": "look"}
    for action in ("redesign", "accept"):
        refused = client.post(f"/journeys/Shop@1/{action}", fields)
        assert refused.status_code == 400
        assert "Shop@2 is published" in unescape(refused.content.decode())
    assert set(maps_of(home)) == {"shop@1.yaml", "shop@2.yaml"}


def test_the_command_of_a_draft_can_be_pasted_whatever_its_name(client: Client, home: Path) -> None:
    name = "Bo's $(touch x) `id`"
    workspace = Workspace.open(home)
    add_map(workspace, replace(maps_of(home)["shop@1.yaml"], name=name, published_at=None, published_hash=""))
    body = body_of(client, f"/journeys/{quote(name)}@1/")
    (command,) = re.findall(r"<code>(trodden map publish .*?)</code>", body)
    assert shlex.split(command) == ["trodden", "map", "publish", f"{name}@1"]
    assert command.startswith("trodden map publish '")


def test_a_discarded_draft_is_off_the_list_and_kept_beside(client: Client, home: Path) -> None:
    redesign(client)
    assert client.post("/journeys/Shop@2/discard")["Location"] == "/journeys/Shop@1/"
    assert client.get("/journeys/Shop@2/").status_code == 404
    assert "version 2" not in body_of(client, SHOP)
    assert set(maps_of(home)) == {"shop@1.yaml"}
    kept = home / "workspaces" / "default" / "maps" / "shop@2.yaml.discarded"
    assert parse_map(kept.read_text()).version == 2


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("redesign", {"step": "nowhere"}, 400),
        ("redesign", {}, 400),
        ("redesign", {"step": "advice", "base": "Shop@9"}, 404),
        ("redesign", {"step": "advice", "why": "x" * 301}, 400),
        ("accept", {"kind": "odd", "at": "look"}, 400),
        ("accept", {"kind": "missing", "at": "nowhere"}, 400),
        ("accept", {}, 400),
    ],
)
def test_a_change_that_cannot_be_made_is_refused_with_the_reason(
    client: Client, home: Path, action: str, fields: dict[str, str], status: int
) -> None:
    response = client.post(f"/journeys/Shop@1/{action}", fields)
    assert response.status_code == status
    assert "<h1>" in response.content.decode()
    assert set(maps_of(home)) == {"shop@1.yaml"}


@pytest.mark.parametrize("action", ["redesign", "accept", "publish", "discard"])
def test_versions_change_by_a_form_of_ours_alone(home: Path, action: str) -> None:
    with override_settings(TRODDEN_HOME=str(home)):
        stranger = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
        fields = {"step": "advice", "kind": "repeated", "at": "look"}
        assert stranger.post(f"/journeys/Shop@1/{action}", fields).status_code == 403
        assert stranger.get(f"/journeys/Shop@1/{action}").status_code == 405
        assert stranger.post(f"/journeys/{quote('No/body@1')}/{action}", fields).status_code in {403, 404}
    assert set(maps_of(home)) == {"shop@1.yaml"}


def test_an_unknown_map_has_no_versions(client: Client) -> None:
    for action in ("redesign", "accept", "publish", "discard"):
        assert client.post(f"/journeys/Nobody@1/{action}", {"step": "advice"}).status_code == 404


def test_what_is_accepted_says_so_and_is_not_offered_again(client: Client) -> None:
    body_of(client, f"{SHOP}?judged=yes")
    assert 'value="repeated"' in body_of(client, SHOP)
    client.post("/journeys/Shop@1/accept", {"base": "Shop@1", "kind": "repeated", "at": "look"})
    body = body_of(client, "/journeys/Shop@2/?judged=yes")
    assert '<span class="muted">Accepted as designed</span>' in body
    assert 'name="kind" value="repeated"' not in body


def base_of(client: Client, key: str) -> str:
    return re.findall(r'name="base" value="(\w+)"', body_of(client, f"/journeys/{key}/"))[0]


def test_the_versions_tell_who_did_what_when_and_why_and_what_differs(client: Client) -> None:
    redesign(client, why="They know what they want")
    client.post("/journeys/Shop@2/publish", {"base": base_of(client, "Shop@2"), "why": "Agreed in May"})
    fields = {"base": "Shop@2", "kind": "repeated", "at": "look", "why": "No harm"}
    client.post("/journeys/Shop@2/accept", fields)
    body = body_of(client, "/journeys/Shop@3/versions/")
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))
    assert re.search(
        r"Version 3 draft A way accepted as designed by this machine .*: repeated at look: No harm", said
    )
    assert re.search(r"Redesigned to a better way by this machine .*: They know what they want", said)
    assert re.search(r"Published by this machine .*: Agreed in May", said)
    assert "Written as a file: A workshop" in said
    assert "What differs from version 2 to version 3" in said
    compared = body_of(client, "/journeys/Shop@3/versions/?one=1&other=2")
    part = compared.partition('id="compared"')[2].partition("</ul>")[0]
    assert "<li>Advice became optional</li>" in part


def test_before_publishing_it_is_told_that_comments_are_not_taken_along(client: Client, home: Path) -> None:
    draft = client.post(f"{SHOP}redesign", {"base": "Shop@1", "step": "advice"})["Location"]
    assert "was written by hand" not in body_of(client, draft)
    path = home / "workspaces" / "default" / "maps" / "shop@2.yaml"
    path.write_text(f"# mine\n{path.read_text()}")
    assert "Its file shop@2.yaml was written by hand" in body_of(client, draft)


def test_a_verdict_that_rests_on_time_says_so_beside_what_is_drawn() -> None:
    from trodden.insights.ranked import Ranked
    from trodden.web.journeys.effects import drawn_beside, verdict_of

    judged = JudgedRoute(
        kind="ad hoc",
        step="",
        touchpoint="x",
        label="X",
        source="",
        target="",
        journeys=50,
        verdict="worse",
        decided_by="time",
        comparable=Comparable(having=50, others=90),
        effects=(),
        examples=(),
    )
    way = Ranked(
        key="k",
        kind="ad hoc",
        at="x",
        what="X",
        group="extra",
        sentence="By way of X",
        place="",
        journeys=wilson(50, 100),
        compared=None,
        judged=judged,
        tone="worse",
        link=Link("customers", {}),
        examples=(),
    )
    assert verdict_of(way) == "Worse, by the time to the goal"
    assert drawn_beside(way) == "drawn: who reached the goal; time decided"
    met = dataclasses.replace(way, judged=replace(judged, decided_by="met"))
    assert (verdict_of(met), drawn_beside(met)) == ("Worse, by who reached the goal", "")


def test_the_lanes_are_the_same_before_and_after_ways_are_judged(client: Client) -> None:
    pages = [body_of(client, SHOP), body_of(client, f"{SHOP}?judged=yes")]
    rows = [re.findall(r'<tr><th scope="row" title="[^"]*">([^<]+)</th>', page) for page in pages]
    assert "Changed their mind" in rows[0]
    assert rows[0] == rows[1]


def test_a_discarded_draft_is_told_among_what_was_done(client: Client) -> None:
    from trodden.web.journeys.models import Deed

    fields = {"base": "Shop@1", "step": "advice"}
    draft = client.post(f"{SHOP}redesign", fields)["Location"]
    assert client.post(f"{draft}discard").status_code == 302
    assert [one.did for one in Deed.here.filter(name="Shop", version=2).order_by("at")] == [
        "redesigned",
        "discarded",
    ]


def test_an_older_version_is_restored_as_a_draft_and_nothing_newer_is_lost(
    client: Client, home: Path
) -> None:
    redesign(client)
    client.post("/journeys/Shop@2/publish")
    before = maps_of(home)
    assert client.post("/journeys/Shop@1/restore")["Location"] == "/journeys/Shop@3/edit/"
    after = maps_of(home)
    assert {name: after[name] for name in before} == before
    restored = after["shop@3.yaml"]
    assert (restored.flow, restored.published_at) == (before["shop@1.yaml"].flow, None)
    assert "Restored from version 1" in body_of(client, "/journeys/Shop@3/versions/")
    assert client.post("/journeys/Shop@3/restore").status_code == 400


def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(client: Client, home: Path) -> None:
    redesign(client)
    seen = base_of(client, "Shop@2")
    state = re.findall(r'name="base" value="(\w+)"', body_of(client, "/journeys/Shop@2/edit/"))[0]
    client.post("/journeys/Shop@2/edit/change", {"base": state, "do": "right:look"})
    refused = client.post("/journeys/Shop@2/publish", {"base": seen})
    assert refused.status_code == 400
    assert "so it was not published" in unescape(refused.content.decode())
    assert maps_of(home)["shop@2.yaml"].published_at is None


def test_what_was_done_stands_in_the_log_and_why_in_the_history(client: Client) -> None:
    from trodden.web.audit.models import Entry
    from trodden.web.journeys.models import Deed

    redesign(client, why="They know what they want")
    client.post(
        "/journeys/Shop@1/accept", {"base": "Shop@2", "kind": "repeated", "at": "look", "why": "No harm"}
    )
    client.post("/journeys/Shop@3/publish", {"why": "Agreed in May"})
    told = [(one.action, one.what) for one in Entry.objects.order_by("-number")[:3]]
    assert told == [("map.published", "Shop@3"), ("map.accepted", "Shop@3"), ("map.redesigned", "Shop@2")]
    why = [one.why for one in Deed.here.order_by("-at")[:3]]
    assert why == ["Agreed in May", "repeated at look: No harm", "They know what they want"]


def test_a_member_is_named_who_answers_for_a_map(homes: dict[str, Path], staffed: Serve, home: Path) -> None:
    from trodden.web.people.models import Membership

    homes["shop"] = home
    staffed("shop")
    editor, stranger = someone("editor"), someone("editor", "other@example.org", workspace="other")
    editor.sign_in()
    body = body_of(editor.client, "/journeys/Shop@1/versions/")
    assert stranger.email not in body
    (key,) = re.findall(r'<option value="([0-9a-f-]{36})"', body)
    assert editor.client.post("/journeys/Shop@1/owner", {"owner": key}).status_code == 302
    assert "owner Editor" in body_of(editor.client, "/journeys/")
    refused = editor.client.post("/journeys/Shop@1/owner", {"owner": "00000000-0000-0000-0000-000000000000"})
    assert refused.status_code == 400
    Membership.everywhere.filter(user__email=editor.email).update(is_active=False)
    manager = someone("manager", "later@example.org")
    manager.sign_in()
    body = body_of(manager.client, "/journeys/Shop@1/versions/")
    assert f'<option value="{key}" selected>Editor</option>' in body
    assert manager.client.post("/journeys/Shop@1/owner", {"owner": key}).status_code == 302
    assert "owner Editor" in body_of(manager.client, "/journeys/")
    Membership.everywhere.filter(user__email=editor.email).update(is_active=True)
    editor.client.post("/journeys/Shop@1/owner", {"owner": ""})
    assert "owner Editor" not in body_of(editor.client, "/journeys/")


def test_who_may_only_look_is_offered_no_change(homes: dict[str, Path], staffed: Serve, home: Path) -> None:
    homes["shop"] = home
    staffed("shop")
    viewer = someone("viewer")
    viewer.sign_in()
    for address in ("/journeys/", SHOP, "/journeys/Shop@1/versions/"):
        body = body_of(viewer.client, address)
        assert "/edit/" not in body
        assert "/journeys/new" not in body
        assert "/owner" not in body
        assert "/restore" not in body
