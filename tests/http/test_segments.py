"""Segments as people make them: built of rows or text, counted, kept, changed by two, brought back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from tests.http.conftest import CUSTOMERS, Serve
from tests.http.people import someone
from trodden.store.folder import Workspace
from trodden.store.segments import SavedSegment, add_segment, find_segment

FEWEST = 5

ORDERED = {"r0-kind": "did", "r0-steps": "Order", "groups": "1"}
NORTH = {"r1-kind": "property", "r1-name": "region", "r1-operator": "=", "r1-value": "north"}


@pytest.fixture
def workspace(homes: dict[str, Path]) -> Iterator[Workspace]:
    """Return the sample's workspace; what a test keeps there is taken away."""
    found = Workspace.open(homes["sample"])
    yield found
    for path in found.segments.glob("*"):
        path.unlink()


@pytest.fixture
def client(serve: Serve, workspace: Workspace) -> Client:
    assert workspace
    return serve("sample")


def keep(workspace: Workspace, name: str, where: str) -> SavedSegment:
    return add_segment(workspace, SavedSegment(name=name, where=where))


def said(body: str) -> str:
    """Return a page as it reads, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def count_in(body: str) -> int:
    found = re.search(r'<strong class="big figures">([\d,]+)</strong>', body)
    assert found, body
    return int(found[1].replace(",", ""))


def asked(client: Client, text: str) -> int:
    return client.get("/explore/overview.json", {"segment": text}).json()["about"]["customers"]


def test_where_nothing_is_saved_the_list_says_so_and_leads_on(client: Client) -> None:
    body = client.get("/segments/").content.decode()
    assert 'data-why="none-yet"' in body
    assert "/segments/new/" in body


def test_a_rule_built_of_rows_is_counted_as_a_question_counts_it(client: Client) -> None:
    body = client.post("/segments/draft/", {**ORDERED, **NORTH}).content.decode()
    text = "did Order and region = north"
    assert f"<code>{text}</code>" in body
    assert 0 < count_in(body) == asked(client, text) < CUSTOMERS


def test_a_row_more_and_a_row_less(client: Client) -> None:
    more = client.post("/segments/draft/", {**ORDERED, "do": "add-0", "g0-new": "paused"}).content.decode()
    assert 'name="r1-kind" value="paused"' in more
    assert "Condition 2 is not filled in yet" in more
    assert 'name="r0-steps" value="Order"' in more
    less = client.post("/segments/draft/", {**ORDERED, **NORTH, "do": "drop-0"}).content.decode()
    assert 'name="r0-kind" value="property"' in less
    assert 'name="r1-kind"' not in less


def test_groups_hold_together_as_they_say(client: Client) -> None:
    sent = {
        **ORDERED, **NORTH, "groups": "2", "join": "all", "g1-join": "any", "r1-group": "1",
        "r2-kind": "did", "r2-steps": "Survey", "r2-not": "yes", "r2-group": "1",
    }  # fmt: skip
    body = client.post("/segments/draft/", {**sent, "do": "text"}).content.decode()
    assert "did Order and (region = north or not did Survey)</textarea>" in unescape(body)
    back = client.post(
        "/segments/draft/",
        {"mode": "text", "do": "rows", "text": "did Order and (region = north or not did Survey)"},
    ).content.decode()
    assert 'name="groups" value="2"' in back
    assert 'name="r2-group" value="1"' in back


def test_steps_in_order_become_a_pattern_and_come_back(client: Client) -> None:
    sent = {
        "groups": "1", "r0-kind": "order", "r0-s0-names": "Coverage check", "r0-s1-how": "without",
        "r0-s1-without": "Support call", "r0-s1-names": "Order, Installation", "r0-within": "7 d",
        "r0-times": "=", "r0-count": "1", "r0-when": "last", "r0-last": "90d",
    }  # fmt: skip
    pattern = "Coverage check -> [^Support call]* -> [Order|Installation]"
    text, quoted = (f"did {one} within 7d = 1 times in last 90d" for one in (f"({pattern})", f'"{pattern}"'))
    body = unescape(client.post("/segments/draft/", {**sent, "do": "text"}).content.decode())
    quoted = (
        'did "Coverage check -> [^Support call]* -> [Order|Installation]" within 7d = 1 times in last 90d'
    )
    assert quoted in body
    assert asked(client, quoted) == asked(client, text) > 0
    back = client.get("/segments/new/", {"rule": text}).content.decode()
    assert 'name="r0-s1-without" value="Support call"' in back
    assert 'name="r0-s1-names" value="Order,Installation"' in back


def test_what_rows_cannot_say_stays_text(client: Client) -> None:
    body = client.get("/segments/new/", {"rule": "not (did Order and (did Survey or did Help))"}).content
    assert b"<textarea" in body
    sent = {"mode": "text", "do": "rows", "text": "did (^Order$) and not (region = north or did Order)"}
    assert "Rows cannot say all of this" in client.post("/segments/draft/", sent).content.decode()


def test_a_fault_in_a_text_is_told_at_its_place(client: Client) -> None:
    sent = {"mode": "text", "text": "region = north and did Order >= many times"}
    body = said(client.post("/segments/draft/", sent).content.decode())
    assert "position 33, found 'many'" in body
    sent["text"] = "did Oder"
    assert "Did you mean Order" in said(client.post("/segments/draft/", sent).content.decode())


def test_a_segment_is_saved_listed_and_asked_of(client: Client, workspace: Workspace) -> None:
    sent = {**ORDERED, "name": "buyers", "description": "Those who ordered"}
    response = client.post("/segments/save/", sent)
    assert (response.status_code, response["Location"]) == (302, "/segments/@buyers/")
    assert find_segment(workspace, "buyers").where == "did Order"
    body = client.get("/segments/").content.decode()
    assert count_in(body) == asked(client, "@buyers")
    assert "was at Order" in body
    one = client.get("/segments/@buyers/").content.decode()
    assert "Those who ordered" in one
    for link in re.findall(r'href="([^"]*segment=%40buyers[^"]*)"', one):
        assert client.get(unescape(link)).status_code == 200, link


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({**ORDERED, "name": ""}, "A segment needs a name"),
        ({**ORDERED, "name": "two words"}, "cannot name a segment"),
        ({"name": "x", "groups": "1"}, "has no condition yet"),
        ({"name": "x", "mode": "text", "text": "@x"}, "refers to itself"),
        ({"name": "x", "mode": "text", "text": "nothing = 1"}, "no promoted property"),
    ],
)
def test_what_cannot_be_saved_says_why_and_keeps_what_was_filled_in(
    client: Client, workspace: Workspace, sent: dict[str, str], says: str
) -> None:
    response = client.post("/segments/save/", sent)
    assert response.status_code == 400
    body = said(response.content.decode())
    assert says in body
    assert list(workspace.segments.glob("*")) == []
    assert f'value="{sent["name"]}"' in response.content.decode()


def test_of_two_who_edit_at_once_the_second_sees_what_the_first_saved(
    client: Client, workspace: Workspace
) -> None:
    kept = keep(workspace, "mine", "did Order")
    form = {"before": "mine", "stamp": kept.stamp, "name": "mine", "mode": "text"}
    assert client.post("/segments/save/", {**form, "text": "did Survey"}).status_code == 302
    late = client.post("/segments/save/", {**form, "text": "did Installation"})
    assert late.status_code == 409
    body = late.content.decode()
    assert "Somebody changed @mine meanwhile" in body
    assert "<code>did Survey</code>" in body
    assert "did Installation</textarea>" in body
    stamp = re.search(r'name="stamp" value="(\w+)"', body)
    assert stamp
    again = client.post("/segments/save/", {**form, "stamp": stamp[1], "text": "did Installation"})
    assert again.status_code == 302
    assert find_segment(workspace, "mine").where == "did Installation"


def test_a_renamed_segment_takes_along_what_refers_to_it(client: Client, workspace: Workspace) -> None:
    kept = keep(workspace, "old", "did Order")
    keep(workspace, "both", "@old and region = north")
    form = {"before": "old", "stamp": kept.stamp, "name": "new-name", "mode": "text", "text": "did Order"}
    assert client.post("/segments/save/", form)["Location"] == "/segments/@new-name/"
    assert find_segment(workspace, "both").where == "@new-name and region = north"
    assert asked(client, "@both") > 0


def test_what_was_deleted_is_brought_back_by_one_click(client: Client, workspace: Workspace) -> None:
    kept = keep(workspace, "gone", "did Order")
    stale = client.post("/segments/@gone/delete/", {"stamp": "0" * 16})
    assert stale.status_code == 400
    response = client.post("/segments/@gone/delete/", {"stamp": kept.stamp}, follow=True)
    body = response.content.decode()
    assert "@gone is deleted" in body
    aside = re.search(r'name="aside" value="([^"]+)"', body)
    assert aside
    assert client.get("/segments/@gone/").status_code == 404
    assert client.post("/segments/restore/", {"aside": aside[1]})["Location"] == "/segments/@gone/"
    assert client.get("/segments/@gone/").status_code == 200
    assert client.post("/segments/restore/", {"aside": "../x"}).status_code == 404


def test_what_others_refer_to_is_not_deleted_and_says_who(client: Client, workspace: Workspace) -> None:
    kept = keep(workspace, "base", "did Order")
    keep(workspace, "north", "@base and region = north")
    page = client.get("/segments/@base/").content.decode()
    assert "/segments/@base/delete/" not in page
    assert "/segments/@north/" in page
    refused = client.post("/segments/@base/delete/", {"stamp": kept.stamp})
    assert "part of @north" in refused.content.decode()
    assert find_segment(workspace, "base") == kept


def test_whom_segments_share_adds_up_to_everybody(client: Client, workspace: Workspace) -> None:
    keep(workspace, "buyers", "did Order")
    keep(workspace, "north", "region = north")
    body = client.get("/segments/overlap/?s=buyers&s=north").content.decode()
    counts = re.findall(r'<a class="mark" href="[^"]+" aria-label="[^"]*opens ([\d,]+)"', body)
    assert sum(int(count.replace(",", "")) for count in counts) == CUSTOMERS
    assert "@buyers + @north" in body
    assert client.get("/segments/overlap/?s=buyers").content.count(b"<figure") == 0


def test_a_segment_that_can_no_longer_be_asked_says_why_and_hides_no_other(
    client: Client, workspace: Workspace
) -> None:
    keep(workspace, "buyers", "did Order")
    (workspace.segments / "stale.yaml").write_text("where: nothing = 1\n")
    (workspace.segments / "broken.yaml").write_text("where: [\n")
    body = client.get("/segments/").content.decode()
    assert count_in(body) > 0
    assert "no promoted property called &#x27;nothing&#x27;" in body
    assert client.get("/segments/@stale/").status_code == 200
    assert client.get("/segments/@stale/edit/").status_code == 200
    assert client.get("/segments/overlap/?s=buyers&s=stale").status_code == 200


def test_only_who_may_edit_changes_segments_and_only_who_may_see_them_sees_names(
    staffed: Serve, workspace: Workspace
) -> None:
    from trodden.web.audit.models import Entry

    staffed("sample")
    keep(workspace, "buyers", "did Order")
    analyst, editor, seeing = (
        someone("analyst"),
        someone("editor"),
        someone("editor", "s@x.org", see_pii=True),
    )
    for person in (analyst, editor, seeing):
        person.sign_in()
    assert analyst.client.post("/segments/save/", {**ORDERED, "name": "mine"}).status_code == 403
    assert b"New segment" not in analyst.client.get("/segments/").content
    counted = analyst.client.post("/segments/draft/", ORDERED).content.decode()
    size = counted[
        counted.index('<section id="size"') : counted.index("</section>", counted.index('id="size"'))
    ]
    assert "Ask about them" in size, "what is counted anew while somebody types holds what to do with it"
    assert 'name="name"' not in counted
    assert editor.client.post("/segments/save/", {**ORDERED, "name": "mine"}).status_code == 302
    assert find_segment(workspace, "mine").owner == editor.email
    assert Entry.objects.filter(action="segment.add", actor=editor.email).count() == 1
    drafts = {one.email: one.client.post("/segments/draft/", ORDERED).content for one in (editor, seeing)}
    assert re.search(rb"K\d{5}", drafts[editor.email]) is None
    assert re.search(rb"K\d{5}", drafts[seeing.email])


def test_50_so_few_that_one_could_tell_who_they_are_count_as_nobody(
    staffed: Serve,
) -> None:
    staffed("sample")
    hidden, shown = someone("editor"), someone("editor", "sees@example.org", see_pii=True)
    told = {}
    for person in (hidden, shown):
        person.sign_in()
        sizes = []
        for days in ("01..2026-03-06", "06..2026-03-11", "11..2026-03-16", "01..2026-03-31"):
            rule = f"did Order in 2026-03-{days} and region = north"
            page = person.client.post("/segments/draft/", {"mode": "text", "text": rule})
            sizes.append(count_in(page.content.decode()))
        told[person.email] = sizes
    assert any(0 < size < FEWEST for size in told[shown.email])
    assert any(size >= FEWEST for size in told[shown.email])
    assert told[hidden.email] == [size if size >= FEWEST else 0 for size in told[shown.email]]


def test_hostile_names_stay_text(client: Client, workspace: Workspace) -> None:
    evil = "<script>alert(1)</script>"
    body = client.post("/segments/draft/", {"mode": "text", "text": f'did "{evil}"', "name": evil}).content
    assert b"<script>alert" not in body
    for before in ("a/b", "../x", evil, "\n"):
        assert client.post("/segments/draft/", {**ORDERED, "before": before}).status_code == 200
    for name in ("%2e%2e", "a%2Fb", "x%00y", "n" * 300, "\U0001d518" * 60):
        assert client.post("/segments/save/", {**ORDERED, "name": name}).status_code == 400
        assert client.get(f"/segments/@{name}/").status_code == 404
    assert list(workspace.segments.glob("*")) == []
