"""Settings: zone and currency of the workspace, what runs here, and whether all of it is whole."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client, RequestFactory

from tests.http.people import someone
from tests.http.test_sources import address, home, over, own  # noqa: F401 - fixtures
from tests.support.workspaces import workspace_from_text
from trodden.model.errors import CallerError
from trodden.store.folder import Workspace
from trodden.web.home import walks

CHANGE = "/settings/workspace/change/"


@pytest.fixture
def kept(own: Client, home: Path) -> Client:  # noqa: F811 - the fixture
    workspace_from_text(home, "a x 10:00 | a y 23:30")
    return own


def test_another_zone_writes_the_walks_anew_and_every_page_follows(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    page = kept.get("/settings/workspace/").content.decode()
    assert "Days begin at midnight in UTC" in page
    given = {"zone": "Asia/Tokyo", "currency": "jpy", "zone_was": "UTC", "currency_was": ""}
    work = over(kept, address(kept.post(CHANGE, given)))
    assert address(kept.get(work)) == "/settings/workspace/"
    assert (Workspace.open(home).mark.time_zone, Workspace.open(home).mark.currency) == ("Asia/Tokyo", "JPY")
    found = walks()
    assert found is not None
    assert found.catalog.time_zone == "Asia/Tokyo"
    assert found.catalog.as_of == datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    assert "2 Jan 2026, 08:30 Asia/Tokyo" in kept.get("/data/").content.decode()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"zone": "Europe/Berln"}, "Europe/Berlin"),
        ({"zone": "../../etc/passwd"}, "is no time zone"),
        ({"currency": "EURO"}, "is no currency"),
        ({"zone_was": "Europe/Paris"}, "changed this meanwhile"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    kept: Client,
    home: Path,  # noqa: F811 - the fixture
    given: dict[str, str],
    said: str,
) -> None:
    before = Workspace.open(home).mark
    response = kept.post(
        CHANGE, {"zone": "UTC", "currency": "", "zone_was": "UTC", "currency_was": "", **given}
    )
    assert response.status_code == 400
    assert said in response.content.decode()
    assert Workspace.open(home).mark == before


def test_a_zone_is_not_changed_where_it_cannot_be_logged(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    given = {"zone": "Asia/Tokyo", "currency": "", "zone_was": "UTC", "currency_was": ""}
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit_entry BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        assert kept.post(CHANGE, given).status_code == 500
        cursor.execute("DROP TRIGGER full")
    assert Workspace.open(home).mark.time_zone == "UTC"


def test_a_zone_settled_meanwhile_is_not_written_over(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    """As by a first import that ends between a look at what stands there and the writing."""
    from trodden.web.setup.changing import settled

    assert kept
    looked_at = Workspace.open(home)
    Workspace.open(home).changed(time_zone="Europe/Paris")
    request = RequestFactory().post(CHANGE)
    with pytest.raises(CallerError, match="Europe/Paris"):
        settled(request, looked_at, {"zone": "Asia/Tokyo", "currency": "", "language": ""}, ("UTC", ""))
    assert Workspace.open(home).mark.time_zone == "Europe/Paris"


def test_what_runs_here_is_told_and_looked_over_on_demand(kept: Client, home: Path) -> None:  # noqa: F811 - the fixture
    page = kept.get("/settings/about/").content.decode()
    assert str(home / "workspaces" / "default") in page
    assert "no telemetry" in page
    assert "Look everything over" in page
    (home / "workspaces" / "default" / "segments").rmdir()
    looked = kept.get("/settings/about/?looked=yes").content.decode()
    assert "found something wrong" in looked
    assert "Folders are missing: segments" in looked
    assert "mkdir -m 700" in looked


def test_each_sees_the_parts_of_settings_that_open_for_them(staffed: object) -> None:
    staffed("sample")  # type: ignore[operator]
    seen = {}
    for role in ("viewer", "manager", "admin"):
        person = someone(role, f"{role}@example.org")
        person.sign_in()
        page = person.client.get("/settings/").content.decode()
        cards = page[page.index("<h1>") :]
        seen[role] = {
            name for name in ("Workspace", "People", "Log", "My account", "About") if f" {name}</a>" in cards
        }
    assert seen == {
        "viewer": {"My account"},
        "manager": {"Workspace", "My account", "About"},
        "admin": {"Workspace", "People", "Log", "My account", "About"},
    }
