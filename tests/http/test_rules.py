"""Touchpoint rules on pages: what they cover, changes tried and put in force, none of others written over."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from tests.http.people import someone
from tests.http.test_sources import address, hidden, home, over, own  # noqa: F401 - fixtures
from tests.support.workspaces import workspace_from_text
from trodden.store.folder import Workspace
from trodden.store.touchpoints import load_rules
from trodden.web.home import walks

WALKS = "a Order#1 10:00 | a order#2 11:00 | b Hotline 10:00 | b hotline 11:00 | b HOTLINE 12:00"


@pytest.fixture
def shop(own: Client, home: object) -> Client:  # noqa: F811 - the fixture
    workspace_from_text(home, WALKS)  # type: ignore[arg-type]
    return own


def seen(client: Client) -> str:
    return hidden(client.get("/data/touchpoints/").content.decode(), "seen")


def deed(client: Client, do: str, **fields: object) -> int:
    given = {"do": do, "seen": seen(client), **fields}
    return client.post("/data/touchpoints/change/", given).status_code


def counted(client: Client) -> str:
    return unescape(client.get("/data/touchpoints/?counted=yes").content.decode())


def test_names_that_differ_in_capitals_alone_are_proposed_as_one_and_taken_by_a_click(shop: Client) -> None:
    page = counted(shop)
    assert "3 events under 3 names become one" in page
    taken = re.search(
        r'name="rule" value="(\{[^>]*HOTLINE[^>]*\})"',
        shop.get("/data/touchpoints/?counted=yes").content.decode(),
    )
    assert taken
    assert deed(shop, "take", rule=unescape(taken[1])) == 302
    page = counted(shop)
    assert "not in force yet" in page
    assert "3 events under 3 names" not in page

    applied = over(shop, address(shop.post("/data/touchpoints/apply/", {"seen": seen(shop)})))
    assert address(shop.get(applied)) == "/data/touchpoints/"
    found = walks()
    assert found is not None
    assert sum("hotline" in name.lower() for name in found.touchpoints) == 1

    page = shop.get("/data/touchpoints/").content.decode()
    back = {"version": "1", "base": re.findall(r'name="base" value="([^"]+)"', page)[0]}
    undone = over(shop, address(shop.post("/data/touchpoints/back/", back)))
    assert shop.get(undone).status_code == 302
    found = walks()
    assert found is not None
    assert sum("hotline" in name.lower() for name in found.touchpoints) == 3


def test_rules_written_by_hand_are_told_from_versions_that_can_be_gone_back_to(
    shop: Client,
    home: Path,  # noqa: F811 - the fixture
) -> None:
    assert deed(shop, "save", touchpoint="Phone", name="Hotline") == 302
    over(shop, address(shop.post("/data/touchpoints/apply/", {"seen": seen(shop)})))
    assert deed(shop, "save", touchpoint="Other", name="Order#1") == 302
    place = Workspace.open(home).touchpoints_file
    written = place.read_text()
    place.write_text("")
    page = shop.get("/data/touchpoints/").content.decode()
    assert "in force</td>" not in page
    assert "Go back to 2" in page
    back = {"version": "2", "base": hidden(page, "base")}
    assert over(shop, address(shop.post("/data/touchpoints/back/", back)))
    assert load_rules(place).rules[0].touchpoint == "Phone"
    assert place.read_text() == written


def test_rules_are_noted_tried_ordered_and_removed(shop: Client, home: object) -> None:  # noqa: F811 - the fixture
    tried = {"touchpoint": "Phone", "name_pattern": "(?i)hotline"}
    assert "It takes 3 of 5 events" in shop.post("/data/touchpoints/try/", tried).content.decode()
    assert deed(shop, "save", **tried) == 302
    assert deed(shop, "save", touchpoint="Orders", name_pattern="(?i)^order") == 302
    assert deed(shop, "up", n=2) == 302
    page = counted(shop)
    assert page.index("Orders") < page.index("Phone")
    assert "100 % of 5 events are placed by a rule" in page
    assert deed(shop, "remove", n=1) == 302
    assert load_rules(Workspace.open(home).touchpoints_file).rules == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fields",
    [
        {"touchpoint": "x", "name_pattern": "(?=a)"},
        {"touchpoint": "x", "url_pattern": "("},
        {"touchpoint": "", "name": "a"},
        {"touchpoint": "x", "channel": "smoke"},
        {"touchpoint": "x", "where": "no value"},
        {"touchpoint": "x", "name_pattern": "a" * 600},
    ],
)
def test_a_rule_that_is_none_is_refused_with_the_reason_and_nothing_is_kept(
    shop: Client, fields: dict[str, str]
) -> None:
    tried = shop.post("/data/touchpoints/try/", fields)
    assert tried.status_code == 400
    assert 'role="alert"' in tried.content.decode()
    assert deed(shop, "save", **fields) == 400
    assert "not in force yet" not in shop.get("/data/touchpoints/").content.decode()


def test_a_change_from_an_old_window_is_refused(shop: Client) -> None:
    old = seen(shop)
    assert deed(shop, "save", touchpoint="Phone", name="hotline") == 302
    late = {"do": "save", "seen": old, "touchpoint": "Other", "name": "x"}
    assert shop.post("/data/touchpoints/change/", late).status_code == 400


def test_rules_somebody_else_put_in_force_are_not_written_over(
    staffed: object, homes: dict[str, object], tmp_path: object
) -> None:
    workspace_from_text(tmp_path, WALKS)  # type: ignore[arg-type]
    homes["two"] = tmp_path
    staffed("two")  # type: ignore[operator]
    one, other = someone("manager"), someone("manager", "other@example.org")
    for person, name in ((one, "Mine"), (other, "Theirs")):
        person.sign_in()
        assert deed(person.client, "save", touchpoint=name, name="Hotline") == 302
    over(one.client, address(one.client.post("/data/touchpoints/apply/", {"seen": seen(one.client)})))
    refused = other.client.post("/data/touchpoints/apply/", {"seen": seen(other.client)})
    assert refused.status_code == 400
    assert "since you began" in refused.content.decode()
    assert [rule.touchpoint for rule in load_rules(Workspace.open(tmp_path).touchpoints_file).rules] == [
        "Mine"
    ]  # type: ignore[arg-type]
    assert deed(other.client, "discard") == 302
    del homes["two"]
