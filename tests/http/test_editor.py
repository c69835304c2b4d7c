"""A map edited on a page: one change at a time, saved, undone, and never over somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from shutil import copytree

import pytest
from django.test import Client
from msgspec.structs import replace

from tests.http.conftest import Serve
from tests.http.people import someone
from tests.support.shop import fill_shop
from trodden.methods.journeys.maps import dump_map, parse_map
from trodden.methods.journeys.maps_write import plain_flow
from trodden.model.journey_map import JourneyMap, Sides
from trodden.model.touchpoints import Promoted, TouchpointRules
from trodden.store.folder import Workspace
from trodden.store.touchpoints import save_rules
from trodden.store.walks import WalkStore

EDIT = "/journeys/Shop@2/edit/"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("filled")
    fill_shop(place)
    return place


@pytest.fixture
def home(tmp_path: Path, filled: Path) -> Path:
    return copytree(filled, tmp_path / "home")


@pytest.fixture
def client(homes: dict[str, Path], serve: Serve, home: Path) -> Iterator[Client]:
    homes["shop"] = home
    yield serve("shop")
    del homes["shop"]


def folder(home: Path) -> Path:
    return home / "workspaces" / "default" / "maps"


def stored(home: Path, version: int = 2) -> JourneyMap:
    path = folder(home) / f"shop@{version}.yaml"
    return parse_map(path.read_text(), str(path))


def flow(home: Path, version: int = 2) -> str:
    return str(plain_flow(stored(home, version).flow)).replace("'", "")


def read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return unescape(response.content.decode())


def base(client: Client, key: str = "Shop@2") -> str:
    return re.findall(r'name="base" value="(\w+)"', read(client, f"/journeys/{key}/edit/"))[0]


def change(client: Client, do: str, key: str = "Shop@2", **fields: object) -> str:
    """Make a change of what is shown; return where it leads."""
    response = client.post(f"/journeys/{key}/edit/change", {"base": base(client, key), "do": do, **fields})
    assert response.status_code == 302, unescape(response.content.decode())
    return response["Location"]


def form(client: Client, step: str, key: str = "Shop@2") -> dict[str, object]:
    """Return what stands in the form of a step."""
    body = read(client, f"/journeys/{key}/edit/?step={step}")
    part = body.partition("data-as-typed")[2].partition("</form>")[0]
    fields: dict[str, object] = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', part))
    fields |= dict(re.findall(r'<textarea name="(\w+)"[^>]*>([^<]*)<', part))
    for name, options in re.findall(r'<select name="(\w+)"[^>]*>(.*?)</select>', part):
        fields[name] = (re.findall(r'value="([^"]*)" selected', options) or [""])[0]
    for boxes in ("channels", "outcome", "truth"):
        fields[boxes] = re.findall(rf'name="{boxes}" value="([^"]*)"[^>]* checked', part)
    fields["match"] = [line for line in re.findall(r'name="match"[^>]* value="([^"]*)"', part) if line]
    return {name: text for name, text in fields.items() if name not in {"do", "base", "csrfmiddlewaretoken"}}


@pytest.fixture
def draft(client: Client) -> Client:
    """Begin a draft by a first change of the published map."""
    assert change(client, "right:look", "Shop@1") == f"{EDIT}?step=look"
    return client


def test_the_first_change_of_a_published_map_makes_a_draft_and_leaves_it_alone(
    client: Client, home: Path
) -> None:
    before = (folder(home) / "shop@1.yaml").read_bytes()
    assert "is published and stays as it is" in read(client, "/journeys/Shop@1/edit/")
    change(client, "right:look", "Shop@1")
    assert (folder(home) / "shop@1.yaml").read_bytes() == before
    assert flow(home) == "[advice, look, basket, buy]"
    assert stored(home).published_at is None
    assert "Look moved after Advice" in read(client, EDIT)


def test_steps_are_added_moved_grouped_and_removed(draft: Client, home: Path) -> None:
    assert change(draft, "add:buy", new="Thank you") == f"{EDIT}?step=thank_you"
    change(draft, "put:thank_you", beside="basket", where_to="before")
    assert flow(home) == "[advice, look, thank_you, basket, buy]"
    change(draft, "group:advice", group="optional")
    change(draft, "group:look", group="choice", last="thank_you")
    change(draft, "shares:look,thank_you", **{"share-look": "70", "share-thank_you": "30 %"})
    change(draft, "group:basket", group="loop")
    change(draft, "ungroup:advice")
    assert flow(home) == (
        "[advice, {choice: [{flow: [look], share: 0.7}, {flow: [thank_you], share: 0.3}]}, "
        "{loop: [basket]}, buy]"
    )
    change(draft, "group:basket", group="parallel", last="buy")
    change(draft, "remove:thank_you")
    assert flow(home) == "[advice, look, {parallel: [[{loop: [basket]}], [buy]]}]"


def test_what_is_said_of_a_step_is_saved_and_shown(draft: Client, home: Path) -> None:
    typed = {
        **form(draft, "advice"),
        "label": "Good advice",
        "typical": "2h",
        "longest": "3d",
        "promise": "Honest",
        "emotion": "-1.5",
        "evidence": "researched",
        "customer": "Asks",
        "front_stage": "Listens",
        "back_stage": "Looks it up",
        "side": "back",
        "channels": ["phone", "store"],
        "truth": "yes",
    }
    change(draft, "save:advice", **typed)
    step = next(step for step in stored(home).steps if step.id == "advice")
    assert (step.label, step.wait.typical, step.emotion) == ("Good advice", step.wait.typical, -1.5)
    assert (step.does.customer, step.does.front, step.does.back) == ("Asks", "Listens", "Looks it up")
    assert (step.front, step.channels, step.moment_of_truth) == (False, ("phone", "store"), True)
    body = read(draft, EDIT)
    for said in ("Good advice", "Listens", "at most 3 d", "\u22121.5", "researched"):
        assert said in body
    assert form(draft, "advice")["longest"] == "3d"


def test_a_form_that_is_sent_as_it_stands_changes_nothing(draft: Client, home: Path) -> None:
    before = (folder(home) / "shop@2.yaml").read_bytes()
    for step in ("look", "advice", "basket", "buy"):
        change(draft, f"save:{step}", **form(draft, step))
    assert (folder(home) / "shop@2.yaml").read_bytes() == before


def test_the_preview_counts_as_the_overview_does(client: Client) -> None:
    told = read(client, "/journeys/Shop@1/edit/?step=look")
    overview = client.get("/explore/overview.json?top=100").json()
    (look,) = [one for one in overview["touchpoints"] if one["touchpoint"] == "look"]
    assert f"Matches {look['events']} events of {look['customers']} customers." in told
    assert f'<option value="look">{look["events"]} events</option>' in told


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("typical", "soon", "Write it as 90s"),
        ("longest", "99999999999999d", "Write it as 90s"),
        ("emotion", "nan", "Write a number"),
        ("emotion", "3", "3"),
        ("channels", "pigeon", "no channel 'pigeon'"),
        ("where", "plan", "one test on each line"),
        ("stage", "Nowhere", "not listed under `stages`"),
        ("label", "x" * 501, "At most 500"),
    ],
)
def test_a_fault_is_told_at_its_field_and_what_was_typed_stays(
    draft: Client, home: Path, field: str, text: str, said: str
) -> None:
    before = stored(home)
    fields = {**form(draft, "advice"), "promise": "Half typed", field: text}
    response = draft.post(f"{EDIT}change", {"base": base(draft), "do": "save:advice", **fields})
    body = unescape(response.content.decode())
    assert response.status_code == 422
    assert said in body
    assert 'value="Half typed"' in body
    assert stored(home) == before


def test_two_steps_an_event_could_be_at_once_are_refused_at_the_touchpoints(draft: Client) -> None:
    change(draft, "group:look", group="choice", last="basket")
    fields = {**form(draft, "look"), "match": ["basket"]}
    response = draft.post(f"{EDIT}change", {"base": base(draft), "do": "save:look", **fields})
    assert response.status_code == 422
    assert re.search(r'id="f-match-error">[^<]*would match both', unescape(response.content.decode()))


def test_changes_are_undone_and_redone_one_by_one_whatever_was_closed_meanwhile(
    draft: Client, home: Path
) -> None:
    states = [dump_map(stored(home))]
    for do in ("right:look", "right:look", "remove:basket"):
        change(draft, do)
        states.append(dump_map(stored(home)))
    assert 'Undo<span class="unseen">: Basket removed' in read(draft, EDIT)
    for state in reversed(states[:-1]):
        change(draft, "undo")
        assert dump_map(stored(home)) == state
    for state in states[1:]:
        change(draft, "redo")
        assert dump_map(stored(home)) == state
    change(draft, "undo")
    change(draft, "left:look")
    response = draft.post(f"{EDIT}change", {"base": base(draft), "do": "redo"})
    assert response.status_code == 422


def test_the_very_first_change_can_be_undone_and_then_nothing(draft: Client, home: Path) -> None:
    change(draft, "undo")
    assert flow(home) == "[look, advice, basket, buy]"
    response = draft.post(f"{EDIT}change", {"base": base(draft), "do": "undo"})
    assert response.status_code == 422
    assert "nothing left to undo" in response.content.decode()


def test_a_change_by_hand_is_taken_in_and_the_text_is_kept(draft: Client, home: Path) -> None:
    path = folder(home) / "shop@2.yaml"
    by_hand = f"# mine\n{path.read_text()}owner: Ana\n"
    path.write_text(by_hand)
    change(draft, "right:look")
    assert stored(home).owner == "Ana"
    assert (folder(home) / "shop@2.yaml.by-hand").read_text() == by_hand
    change(draft, "undo")
    assert (stored(home).owner, flow(home)) == ("Ana", "[advice, look, basket, buy]")
    change(draft, "undo")
    assert stored(home).owner == ""


def test_the_later_change_of_an_outdated_state_is_refused_with_what_changed_and_can_be_put_on_top(
    draft: Client, home: Path
) -> None:
    mine, old = form(draft, "advice"), base(draft)
    change(draft, "save:advice", **{**form(draft, "advice"), "promise": "Theirs"})
    change(draft, "remove:basket")
    late = {"base": old, "do": "save:advice", **mine, "customer": "Mine"}
    refused = draft.post(f"{EDIT}change", late)
    body = unescape(refused.content.decode())
    assert refused.status_code == 409
    assert "Promise of Advice: nothing \u2192 Theirs" in body
    assert "Basket removed" in body
    assert stored(home).steps[0].does.customer == ""
    (over,) = re.findall(r'name="over" value="(\w+)"', body)
    assert draft.post(f"{EDIT}change", {**late, "over": over}).status_code == 302
    advice = stored(home).steps[0]
    assert (advice.promise, advice.does.customer, flow(home)) == ("Theirs", "Mine", "[advice, look, buy]")


def test_of_two_quick_changes_of_a_published_map_the_second_makes_no_second_draft(
    client: Client, home: Path
) -> None:
    seen = {"base": base(client, "Shop@1")}
    assert client.post("/journeys/Shop@1/edit/change", {**seen, "do": "right:look"}).status_code == 302
    second = client.post("/journeys/Shop@1/edit/change", {**seen, "do": "right:basket"})
    assert second.status_code == 422
    assert "Shop@2 is a draft on top of Shop@1 already" in unescape(second.content.decode())
    assert {path.name for path in folder(home).iterdir()} == {"shop@1.yaml", "shop@2.yaml"}


def test_what_was_typed_over_a_state_nobody_knows_any_more_overwrites_nothing(
    draft: Client, home: Path
) -> None:
    mine = {**form(draft, "advice"), "customer": "Mine"}
    change(draft, "save:advice", **{**form(draft, "advice"), "promise": "Theirs"})
    late = {"base": "0" * 32, "do": "save:advice", **mine}
    refused = draft.post(f"{EDIT}change", late)
    body = unescape(refused.content.decode())
    assert refused.status_code == 409
    assert "<li>Mine</li>" in body
    assert 'name="over"' not in body
    assert draft.post(f"{EDIT}change", {**late, "over": base(draft)}).status_code == 409
    advice = stored(home).steps[0]
    assert (advice.promise, advice.does.customer) == ("Theirs", "")


def test_two_who_name_stages_and_shares_at_once_do_not_hit_each_others(draft: Client, home: Path) -> None:
    change(draft, "stages", **{"stage-new": "Look"})
    change(draft, "stages", **{"stage-new": "Buy"})
    change(draft, "group:look", group="choice", last="basket")
    change(draft, "shares:look,basket", **{"share-look": "70", "share-basket": "30"})
    old = base(draft)
    change(draft, "stage-right:Look")
    change(draft, "shares:look,basket", **{"share-look": "60", "share-basket": "40"})
    change(draft, "group:advice", group="optional")

    def put_on_top(do: str, **fields: str) -> None:
        late = {"base": old, "do": do, **fields}
        (over,) = re.findall(r'name="over" value="(\w+)"', draft.post(f"{EDIT}change", late).content.decode())
        assert draft.post(f"{EDIT}change", {**late, "over": over}).status_code == 302

    put_on_top("stages", **{"stage-0": "Looking", "stage-1": "Buy", "stage-new": "Use"})
    assert stored(home).stages == ("Buy", "Looking", "Use")
    put_on_top("shares:look,basket", **{"share-look": "70", "share-basket": "30"})
    assert "share: 0.6" in flow(home), "what I left alone stays as they left it"


def test_what_was_not_touched_is_neither_rewritten_nor_refused(draft: Client, home: Path) -> None:
    path = folder(home) / "shop@2.yaml"
    odd = replace(
        stored(home).steps[0],
        match=("advice", "two\nlines", " blank\xa0kept"),
        promise="p" * 600,
        does=Sides(customer="Two\n\nlines", front="a\xa0b"),
        emotion=1.23456789,
        where={"plan": ("a, b", "c")},
    )
    path.write_text(dump_map(replace(stored(home), steps=(odd, *stored(home).steps[1:]))))
    sent = {**form(draft, "advice"), "promise": "p" * 600, "customer": "Two\r\n\r\nlines"}
    sent |= {
        "match": ["advice", "twolines", " blank\xa0kept"],
        "where": "plan = a, b, c",
        "label": "Mine\xa0too",
    }
    change(draft, "save:advice", **sent)
    assert stored(home).steps[0] == replace(odd, label="Mine\xa0too")


def test_a_test_that_cannot_be_made_is_told_at_its_step_and_can_be_mended(draft: Client, home: Path) -> None:
    workspace, path = Workspace.open(home), folder(home) / "shop@2.yaml"
    save_rules(workspace.touchpoints_file, TouchpointRules(promote=(Promoted("pages", "number"),)))
    WalkStore(workspace).refresh()
    broken = replace(stored(home).steps[0], where={"pages": ("many",)})
    path.write_text(dump_map(replace(stored(home), steps=(broken, *stored(home).steps[1:]))))
    body = read(draft, f"{EDIT}?step=advice")
    assert "cannot be counted: segment: pages is a number, 'many' is not" in body
    assert "cannot be counted" in read(draft, EDIT)
    draft.cookies["language"] = "de"
    assert "Wozu er passt, lässt sich nicht zählen: " in read(draft, f"{EDIT}?step=advice")
    draft.cookies["language"] = "en"
    assert "cannot be counted: segment" in read(draft, f"{EDIT}?step=advice")
    change(draft, "save:advice", **{**form(draft, "advice"), "where": ""})
    assert "Matches 182 events" in read(draft, f"{EDIT}?step=advice")


def test_who_else_has_a_draft_open_is_said(staffed: Serve, homes: dict[str, Path], home: Path) -> None:
    homes["shop"] = home
    staffed("shop")
    ada, ben = someone("editor", "ada@example.org"), someone("editor", "ben@example.org")
    for person in (ada, ben):
        person.sign_in()
    assert "has this draft open" not in read(ada.client, "/journeys/Shop@1/edit/others")
    assert "ada@example.org has this draft open, too, since" in read(
        ben.client, "/journeys/Shop@1/edit/others"
    )
    assert "ben@example.org has" in read(ada.client, "/journeys/Shop@1/edit/others")
    change(ada.client, "right:look", "Shop@1")
    assert "by ada@example.org" in read(ben.client, EDIT)


def test_stages_are_named_ordered_and_taken_away(draft: Client, home: Path) -> None:
    change(draft, "stages", **{"stage-new": "Look around"})
    change(draft, "stages", **{"stage-0": "Look", "stage-new": "Buy"})
    change(draft, "save:look", **{**form(draft, "look"), "stage": "Look"})
    change(draft, "stage-right:Look")
    assert stored(home).stages == ("Buy", "Look")
    change(draft, "stages", **{"stage-0": "", "stage-1": "Looking"})
    assert (stored(home).stages, stored(home).steps[1].stage) == (("Looking",), "Looking")
    twice = {"base": base(draft), "do": "stages", "stage-0": "Looking", "stage-new": "Looking"}
    response = draft.post(f"{EDIT}change", twice)
    assert response.status_code == 422
    assert "listed twice" in response.content.decode()


def test_goal_bounds_and_forecast_are_edited(draft: Client, home: Path) -> None:
    fields = {"goal": "Bought", "start": ["look"], "reached": ["buy"], "silence": "2h", "expected": "60"}
    change(draft, "map", **fields, low="50", high="70")
    found = stored(home)
    assert (found.forecast.low, found.forecast.reached, found.forecast.high) == (0.5, 0.6, 0.7)
    assert found.bounds.silence.total_seconds() == 7200
    fields |= {"low": "90", "base": base(draft), "do": "map"}
    response = draft.post(f"{EDIT}change", fields)
    assert response.status_code == 422
    assert "low <= reached <= high" in unescape(response.content.decode())


def test_a_map_is_drawn_from_a_name_and_its_steps(client: Client, home: Path) -> None:
    read(client, "/journeys/new")
    fields = {"name": "Help ", "goal": "Helped", "steps": "look\n\n Call us \nbuy"}
    assert client.post("/journeys/draw", fields)["Location"] == "/journeys/Help@1/edit/"
    drawn = parse_map((folder(home) / "help@1.yaml").read_text())
    assert [(step.id, step.label) for step in drawn.steps] == [
        ("look", "look"),
        ("call_us", "Call us"),
        ("buy", "buy"),
    ]
    assert client.post("/journeys/draw", fields)["Location"] == "/journeys/Help@2/edit/"


def test_a_map_file_is_read_as_a_draft(client: Client, home: Path) -> None:
    text = (folder(home) / "shop@1.yaml").read_text()
    assert client.post("/journeys/draw", {"file": text})["Location"] == "/journeys/Shop@2/edit/"
    assert stored(home).published_at is None
    response = client.post("/journeys/draw", {"file": "name: x\nflow: [a, choise: [b]]"})
    assert response.status_code == 422
    assert "Did you mean 'choice'" in unescape(response.content.decode())


@pytest.mark.parametrize("fields", [{}, {"name": "x"}, {"steps": "a"}, {"name": "x" * 81, "steps": "a"}])
def test_a_map_without_a_name_or_a_step_is_none(client: Client, home: Path, fields: dict[str, str]) -> None:
    assert client.post("/journeys/draw", fields).status_code == 422
    assert set(folder(home).iterdir()) == {folder(home) / "shop@1.yaml"}


@pytest.mark.parametrize(
    "do", ["", "explode", "left:nowhere", "shares:7", "shares:x", "shares:00010", "group:look", "remove:"]
)
def test_a_change_nobody_can_make_is_refused(draft: Client, home: Path, do: str) -> None:
    before = stored(home)
    response = draft.post(f"{EDIT}change", {"base": base(draft), "do": do})
    assert response.status_code in {400, 422}
    assert "<h1>" in response.content.decode()
    assert stored(home) == before


def test_a_change_of_nothing_leaves_no_trace(draft: Client) -> None:
    before = base(draft)
    change(draft, "left:advice")
    assert base(draft) == before


def test_a_choice_that_is_not_there_opens_nothing(draft: Client) -> None:
    change(draft, "group:look", group="choice", last="basket")
    assert "Expected shares" in read(draft, f"{EDIT}?choice=look,basket")
    for choice in ("0", "look", "basket,look", "x", "\u0661"):
        assert "Expected shares" not in read(draft, f"{EDIT}?choice={choice}")


def test_on_top_of_a_version_that_was_followed_by_a_published_one_nothing_is_drafted(
    draft: Client, home: Path
) -> None:
    draft.post("/journeys/Shop@2/publish")
    response = draft.post("/journeys/Shop@1/edit/change", {"base": base(draft, "Shop@1"), "do": "right:look"})
    assert response.status_code == 422
    assert "Shop@2 is published" in unescape(response.content.decode())
    assert {path.name for path in folder(home).iterdir()} == {"shop@1.yaml", "shop@2.yaml"}
