"""Times on pages are what the clocks of the workspace's zone show, and the zone is named beside them."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from tests.http.conftest import Serve
from tests.http.routes import whole_routes
from tests.support.firm import fill_home
from tests.support.workspaces import workspace_from_text
from trodden.store.walks import WalkStore

ZONE = "Asia/Kathmandu"
"""Five hours and three quarters ahead of UTC, so no time there reads like one in UTC."""


def words(client: Client, address: str) -> str:
    """Return what a page says, its marks left out."""
    body = client.get(address).content.decode().partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture
def walk(homes: dict[str, Path], tmp_path: Path) -> str:
    """Make a home in which one customer came twice, the second time after midnight there."""
    events = (
        "a look@web 2026-03-02T10:00 | a pay@store!failed 2026-03-02T10:20 | a ask@phone 2026-03-04T18:30"
    )
    workspace = workspace_from_text(tmp_path, events, time_zone=ZONE)
    WalkStore(workspace).refresh()
    homes["walk"] = tmp_path
    return "walk"


def test_a_walk_is_told_in_the_zone_of_the_workspace(serve: Serve, walk: str) -> None:
    client = serve(walk)
    said = words(client, "/customers/walk/?id=a")
    assert "First seen 2 Mar 2026, 15:45" in said
    assert "Last seen 5 Mar 2026, 00:15" in said
    assert f"Times in {ZONE}" in said
    assert "5 Mar 00:15" in said
    assert "2 Mar 2026, 15:45 – 5 Mar 2026, 00:15" in said  # noqa: RUF001 - as the page writes it
    assert "18:30" not in said
    body = client.get("/customers/walk/?id=a").content.decode()
    event = words(client, unescape(re.findall(r'href="(/customers/event/[^"]+)"', body)[0]))
    assert f"5 Mar 2026, 00:15:00 +05:45 {ZONE}" in event


def test_the_list_and_the_data_are_told_in_it_too(serve: Serve, walk: str) -> None:
    assert f"Last step ({ZONE})" in words(serve(walk), "/customers/")
    assert "5 Mar 2026, 00:15" in words(serve(walk), "/customers/")
    said = words(serve(walk), "/data/")
    assert f"Told as of 5 Mar 2026, 00:15 {ZONE}" in said
    assert "left 3 events, 2 Mar 2026 to 5 Mar 2026" in said


def test_no_page_says_a_time_in_another_zone(serve: Serve, homes: dict[str, Path], tmp_path: Path) -> None:
    fill_home(tmp_path, customers=40, time_zone=ZONE)
    homes["zoned"] = tmp_path
    client = serve("zoned")
    for route in whole_routes():
        if route.method == "get" and route.name not in {"keys", "find", "reference", "explore"}:
            said = words(client, route.address)
            assert not re.search(r"\d UTC", said), route
            assert ZONE in said or not re.search(r"as of \d", said), route


def test_facts_are_of_all_events_also_where_not_all_are_listed(
    serve: Serve, homes: dict[str, Path], tmp_path: Path
) -> None:
    """The first event failed, on a channel of its own, and 501 others came after it."""
    later = " | ".join(f"a look@web +{i} 10:00" for i in range(1, 502))
    workspace = workspace_from_text(tmp_path, f"a pay@store!failed 09:00 | {later}")
    WalkStore(workspace).refresh()
    homes["long"] = tmp_path
    said = words(serve("long"), "/customers/walk/?id=a")
    assert "First seen 1 Jan 2026, 09:00" in said
    assert "Contacts 502" in said
    assert "Channels web 501, store 1" in said
    assert "Episodes 502" in said
    assert "Went wrong 1" in said
    assert "2 earlier events are listed and not drawn" in said
