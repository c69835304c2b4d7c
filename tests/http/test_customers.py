"""The page of one customer, a walk in their shoes, and what a privacy officer does."""

from __future__ import annotations

import fcntl
import io
import json
import re
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client, override_settings

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.http.test_log import newest
from tests.support.firm import fill_home
from trodden.store.folder import Workspace
from trodden.web.saved import place_of_copy

MAP = "Getting connected@1"
WALK = "/customers/walk/?id={}"


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def begun(client: Client, **given: str) -> str:
    """Begin a walk in somebody's shoes; return the address of its first moment."""
    asked = {"purpose": "why people give up", "map": MAP, **given}
    response = client.post("/customers/shoes/begin/", asked)
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def moments(client: Client, address: str) -> list[str]:
    """Follow the links from moment to moment; return every page."""
    found = [page(client, address)]
    while onward := re.search(r'rel="next" href="([^"]+)"', found[-1]):
        found.append(page(client, unescape(onward[1])))
        assert len(found) < 500
    return found


def test_a_walk_is_listed_journey_by_journey_with_what_left_the_design(serve: Serve) -> None:
    client = serve("sample")
    bodies = [page(client, WALK.format(f"K{number:05}")) for number in range(1, 60)]
    whole = "".join(bodies)
    assert "Getting connected</a></h2>" in bodies[0]
    for said in ("got what they came for", "went silent", "left the design", "went as designed", "skipped "):
        assert said in whole
    assert "days silent" in whole
    assert "waited longer than designed" in whole


def test_what_is_known_comes_with_its_source_and_time(serve: Serve) -> None:
    body = page(serve("sample"), WALK.format("K00001"))
    assert re.search(r"<dt>region</dt><dd><bdi>\w+</bdi>\s*<span[^>]*>[^<]+, \d+ \w+ 2026", body)
    assert re.search(r"<dt>customer</dt><dd><bdi>K00001</bdi>.*?, since", body)
    assert "None of the events says anything of consent" in body


def test_one_event_opens_with_all_that_was_recorded(serve: Serve) -> None:
    client = serve("sample")
    body = page(client, WALK.format("K00001"))
    address = unescape(re.findall(r'href="(/customers/event/[^"]+)" data-drawer', body)[0])
    event = page(client, address)
    for label in ("touchpoint", "source", "message id", "properties", "received"):
        assert f"<dt>{label}</dt>" in event
    assert newest()[1] == "customer.look"
    page(client, "/customers/event/?id=K00001&event=ffff", 404)
    page(client, "/customers/event/?id=nobody&event=ffff", 404)


def test_a_long_walk_comes_page_by_page_and_whole(tmp_path: Path, serve: Serve) -> None:
    from tests.support.events import load_events
    from tests.support.walks import table_from_text
    from trodden.store.folder import Workspace

    text = " | ".join(f"a t{place} +{place} 10:00" for place in range(250))
    load_events(Workspace.create(tmp_path), "text", [table_from_text(text)])
    client = serve("empty")
    with override_settings(TRODDEN_HOME=str(tmp_path)):
        seen, address = [], WALK.format("a")
        while address:
            body = page(client, address)
            seen += re.findall(r"<bdi>(t\d+)</bdi></a>", body)
            onward = re.search(r'rel="next" href="([^"]+)"', body)
            address = unescape(onward[1]) if onward else ""
        assert seen == [f"t{place}" for place in reversed(range(250))]
        for wrong in ("250", "-1", "x", "9" * 30, f"000000001{'1' * 5000}"):
            page(client, f"{WALK.format('a')}&from={wrong}", 404)


def test_five_alike_are_one_line(tmp_path: Path, serve: Serve) -> None:
    from tests.support.events import load_events
    from tests.support.walks import table_from_text
    from trodden.store.folder import Workspace

    text = " | ".join(f"a help@web 10:0{place}" for place in range(6))
    load_events(Workspace.create(tmp_path), "text", [table_from_text(text)])
    client = serve("empty")
    with override_settings(TRODDEN_HOME=str(tmp_path)):
        body = page(client, WALK.format("a"))
    assert body.count("<bdi>help</bdi></a>") == 1
    assert "6 times" in body


def test_a_customer_is_found_by_any_identifier_of_an_event(tmp_path: Path, serve: Serve) -> None:
    from msgspec.structs import replace

    from tests.support.events import load_events
    from tests.support.rows import events_table
    from tests.support.walks import events_from_text
    from trodden.model.event import Identifier
    from trodden.store.folder import Workspace

    first, second = events_from_text("a x 10:00 | b x 10:01")
    first = replace(first, ids=(*first.ids, Identifier("e-mail", "ada@example.org")))
    load_events(Workspace.create(tmp_path), "text", [events_table([first, second])])
    client = serve("empty")
    with override_settings(TRODDEN_HOME=str(tmp_path)):
        missed = page(client, "/customers/?q=ada@example.org")
        address = unescape(re.findall(r'class="button" href="([^"]+among=all)"', missed)[0])
        body = page(client, address)
        assert re.findall(r"/customers/walk/\?id=(\w+)", body) == ["a"]
        assert "Customers with this identifier" in body
        assert "Nobody goes by that name" in page(client, "/customers/?q=ada@example&among=all")


def test_a_purpose_is_asked_and_kept_before_anybody_walks(serve: Serve) -> None:
    from trodden.web.audit.log import pseudonym
    from trodden.web.customers.tokens import opened

    client = serve("sample")
    refused = client.post("/customers/shoes/begin/", {"map": MAP, "purpose": "hm"})
    assert refused.status_code == 400
    assert "at least 8 characters" in refused.content.decode()
    address = begun(client, purpose="what K00001 or ada@example.org lived through")
    customer = opened(parse_qs(urlsplit(address).query)["who"][0])
    actor, action, what = newest()
    assert (actor, action) == ("this machine", "shoes.begin")
    assert what.startswith(f"customer {pseudonym(str(customer))} on {MAP}: what ")
    assert "ada@" not in what
    walked = page(client, address)
    assert re.findall(r'<a href="[^"]*" aria-current="[^"]*">.*?(\w+)</a>', walked) == ["Journeys"]
    assert re.search(r'<nav class="crumbs".*?href="/journeys/".*?href="/customers/shoes/"', walked, re.DOTALL)
    stranger = Client(headers={"host": "localhost"}).get(address)
    assert stranger.status_code == 302
    assert stranger["Location"].startswith("/customers/shoes/?who=")


def test_a_walk_shows_each_contact_each_wait_and_whether_the_need_was_met(serve: Serve) -> None:
    client = serve("sample")
    body = page(client, WALK.format("K00001"))
    shoes = unescape(re.findall(r'href="(/customers/shoes/\?[^"]+)"', body)[0])
    given = {name: values[0] for name, values in parse_qs(urlsplit(shoes).query).items()}
    assert "K00001" not in shoes
    found = moments(client, begun(client, **given))
    events = body.count('class="line"')
    assert sum("What the map has here" in one for one in found) == events
    waits = [one for one in found if "You wait " in one]
    assert waits
    assert any("Designed: about" in one for one in waits)
    assert "Was the need met?" in found[-1]
    assert not any("K00001" in one for one in found)


@pytest.mark.parametrize("whose", ["", "departed", "paused", "failing", "missing", "open"])
def test_the_lot_falls_on_somebody_of_the_kind_asked_for(serve: Serve, whose: str) -> None:
    client = serve("sample")
    found = "".join(moments(client, begun(client, whose=whose)))
    said = {
        "": "Was the need met?",
        "departed": "Never came:",
        "paused": "longer than designed",
        "failing": "failed",
        "missing": "skipped",
        "open": "still on the way",
    }
    assert said[whose] in found


def test_one_sentence_is_kept_and_shown_and_can_be_taken_back(serve: Serve) -> None:
    client = serve("sample")
    address = begun(client)
    fields = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert client.post("/customers/shoes/wish/", {**fields, "text": ""}).status_code == 400
    text = "Tell people on which day the technician comes, not ada@example.org"
    kept = client.post("/customers/shoes/wish/", {**fields, "text": text})
    assert kept.status_code == 302
    assert newest()[1] == "shoes.wish"
    for place in (kept["Location"], f"/journeys/{MAP}/"):
        assert "on which day the technician comes, not [e-mail]" in page(client, place)
    key = re.findall(r"shoes/wish/([\w-]+)/withdraw/", page(client, kept["Location"]))[0]
    other = someone("viewer")
    client.post(f"/customers/shoes/wish/{key}/withdraw/")
    assert newest()[1] == "shoes.withdraw"
    assert "technician comes" not in page(client, kept["Location"])
    assert other


def test_a_viewer_walks_among_pseudonyms_and_never_learns_who_it_is(staffed: Serve) -> None:
    staffed("sample")
    viewer, analyst = someone("viewer"), someone("analyst", see_pii=True)
    for person in (viewer, analyst):
        person.sign_in()
    address = begun(viewer.client)
    whole = "".join(moments(viewer.client, address))
    assert "someone-" in whole
    assert not re.search(r"\bK\d{5}\b", whole + address)
    assert "See who it is" not in whole
    who = parse_qs(urlsplit(address).query)["who"][0]
    assert viewer.client.post("/customers/shoes/who/", {"who": who}).status_code == 403
    theirs = begun(analyst.client)
    assert not re.search(r"\bK\d{5}\b", "".join(moments(analyst.client, theirs)))
    shown = analyst.client.post("/customers/shoes/who/", {"who": who})
    assert re.fullmatch(r"/customers/walk/\?id=K\d{5}", shown["Location"])
    assert newest()[:2] == (analyst.email, "shoes.reveal")


@pytest.mark.parametrize("who", ["", "x", "K00001", "A" * 60, "\u00e9", "=" * 9])
def test_an_address_nobody_sealed_leads_nowhere(serve: Serve, who: str) -> None:
    client = serve("sample")
    assert client.get("/customers/shoes/walk/", {"who": who, "map": MAP}).status_code == 404


def test_an_export_holds_every_event_and_what_is_derived_from_it(serve: Serve) -> None:
    client = serve("sample")
    whole = json.loads(client.get("/customers/export.json?id=K00001").content)
    assert newest()[1] == "customer.export"
    assert whole["identifier"] == "K00001"
    listed = client.get("/explore/timeline.json?customer=K00001").json()
    assert len(whole["events"]) == listed["events"]
    assert {one["ids"][0]["value"] for one in whole["events"]} == {"K00001"}
    assert whole["events"][0]["properties"]["region"]
    assert [one["map"] for one in whole["derived"]["journeys"]] == [MAP]
    archive = zipfile.ZipFile(io.BytesIO(client.get("/customers/export.zip?id=K00001").content))
    assert archive.namelist() == ["README.txt", "events.json", "derived.json"]
    assert json.loads(archive.read("events.json"))["events"] == whole["events"]
    assert client.get("/customers/export.exe?id=K00001").status_code == 404
    assert client.get("/customers/export.json?id=nobody").status_code == 404


def test_an_erasure_wants_the_identifier_typed_and_leaves_a_proof(
    tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trodden.store.proof import traces
    from trodden.web.customers import erasing

    fill_home(tmp_path, customers=40)
    client = serve("empty")
    monkeypatch.setattr(erasing, "_POOL", AtOnce())
    with override_settings(TRODDEN_HOME=str(tmp_path)):
        address = begun(client, whose="")
        assert client.get("/customers/walk/?id=K00007").status_code == 200
        wrong = client.post("/customers/erase/begin/", {"id": "K00007", "typed": "K00008"})
        assert wrong.status_code == 400
        assert traces(tmp_path, "K00007")
        done = client.post("/customers/erase/begin/", {"id": "K00007", "typed": "K00007"}, follow=True)
        body = done.content.decode()
        assert "Proved: every file of the workspace was opened" in body
        assert traces(tmp_path, "K00007") == []
        assert client.get("/customers/walk/?id=K00007").status_code == 404
        assert "Proved" in page(client, "/customers/erasures/")
        assert "made before" not in body
        for days in (3, 20):
            copy = place_of_copy(tmp_path, datetime.now(UTC) - timedelta(days=days))
            copy.parent.mkdir(exist_ok=True)
            copy.touch()
        assert "2 copies of the records, made before upgrades" in page(client, "/customers/erasures/")
        assert newest()[1] == "customer.erased"
        assert "K00007" not in body + "".join(newest())
        assert client.get(address).status_code in {200, 302, 404}


def test_an_erasure_waits_for_who_writes_the_workspace_and_says_so(
    tmp_path: Path, homes: dict[str, Path], serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trodden.web.customers import erasing

    home = shutil.copytree(homes["few"], tmp_path / "home")
    client, who = serve("empty"), "K00001"
    monkeypatch.setattr(erasing, "_POOL", AtOnce())
    monkeypatch.setattr(erasing, "PATIENCE_S", 0.0)
    with override_settings(TRODDEN_HOME=str(home)):
        with (home / "workspaces/default/lock").open() as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            asked = client.post("/customers/erase/begin/", {"id": who, "typed": who}, follow=True)
            waiting = asked.content.decode()
            assert "They are erased as soon as that is done" in waiting
            assert 'hx-trigger="load delay:1s"' in waiting
            assert client.get(f"/customers/walk/?id={who}").status_code == 200
        erasing.finish(Workspace.open(home), who)
        proved = page(client, asked.redirect_chain[-1][0])
        assert "Proved: every file" in proved
        assert "hx-trigger" not in proved.partition('id="proof"')[2].partition(">")[0]
        assert client.get(f"/customers/walk/?id={who}").status_code == 404
        erasing.finish(Workspace.open(home), who)
        assert newest()[1] == "customer.erased"


def test_what_others_said_is_kept_when_somebody_of_a_short_name_is_erased(serve: Serve) -> None:
    from trodden.web.audit.log import pseudonym
    from trodden.web.customers.models import Wish
    from trodden.web.customers.wishes import forget_wishes

    serve("empty")
    for text, customer in (("a day more", "a"), ("say a day", "b"), ("ask lovelace-1", "c")):
        Wish.here.create(
            workspace="default", map="M", customer=pseudonym(customer), text=text, author="somebody"
        )
    assert forget_wishes("a") == 1
    assert forget_wishes("lovelace") == 1
    assert [one.text for one in Wish.here.filter(map="M")] == ["say a day"]


def test_a_word_stands_for_the_erased_on_boards_and_marks_and_their_names_are_told(serve: Serve) -> None:
    from django.utils import timezone

    from trodden.web.boards.models import Board, Card
    from trodden.web.customers.forgetting import forget_in_records, traces_in_records
    from trodden.web.marks.models import Mark

    serve("empty")
    here = {"workspace": "default", "made_by": "Ada"}
    board = Board.here.create(**here, name="About lovelace-1")
    note = Card.here.create(workspace="default", board=board, place=0, text="Ask lovelace-1 why")
    asked = json.dumps({"segment": "name = lovelace-1"})
    card = Card.here.create(workspace="default", board=board, place=1, analysis="funnel", fields=asked)
    mark = Mark.here.create(
        **here, name="Call", kind="note", begins_at=timezone.now(), touchpoints="Desk of lovelace-1"
    )
    assert forget_in_records("lovelace-1") == 3
    for one in (note, card, mark):
        one.refresh_from_db()
    assert (note.text, mark.touchpoints) == ("Ask erased why", "Desk of erased")
    assert card.asked == {"segment": "name = erased"}
    assert traces_in_records("lovelace-1") == ["records: boards.Board.name"]


def test_a_word_longer_than_who_it_stands_for_keeps_within_its_field(serve: Serve) -> None:
    from trodden.web.customers.forgetting import forget_in_records
    from trodden.web.customers.models import LONGEST_REASON, Erasing

    serve("empty")
    made = Erasing.here.create(
        workspace="default", customer="x", asked_by="Ada", failed=("K-17 " * 100)[:LONGEST_REASON]
    )
    assert forget_in_records("K-17") == 1
    made.refresh_from_db()
    assert len(made.failed) == LONGEST_REASON
    assert made.failed.startswith("erased erased ")


class AtOnce:
    """Does what it is given before it returns, in the thread that asks."""

    def submit(self, run: object, *given: object) -> None:
        """Run it."""
        run(*given)  # type: ignore[operator]


def test_47_an_old_sign_in_is_asked_again_before_an_export_or_an_erasure(
    staffed: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trodden.web.people import sessions

    staffed("sample")
    officer = someone("privacy officer")
    officer.sign_in()
    assert officer.client.get("/customers/export.json?id=K00001").status_code == 200
    monkeypatch.setattr(sessions, "FRESH_S", -1)
    with override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=-1):
        for path in ("/customers/export.json?id=K00001", "/customers/erase/?id=K00001"):
            asked = officer.client.get(path)
            assert asked.status_code == 302, path
            assert asked["Location"].startswith("/account/again/"), asked["Location"]
        late = officer.client.post("/customers/erase/begin/", {"id": "K00001", "typed": "K00001"})
        assert late["Location"] == "/customers/erase/?id=K00001"
    assert officer.client.get(WALK.format("K00001")).status_code == 200
