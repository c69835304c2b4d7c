"""How long events are kept, in Settings: nothing goes unseen, the worker does it, the log tells it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client, override_settings

from tests.http.conftest import Serve
from tests.http.people import PASSWORD, someone
from tests.http.test_log import newest
from tests.support.homes import make_home
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.retention import Plan, plan_removal, removals_of

PAGE = "/settings/retention/"


@pytest.fixture
def client(serve: Serve, homes: dict[str, Path], tmp_path: Path) -> Client:
    """Serve a home that may be changed."""
    homes["aged"] = make_home(tmp_path, "sample", 20)
    return serve("aged")


@pytest.fixture
def workspace(client: Client, homes: dict[str, Path]) -> Workspace:  # noqa: ARG001 - which makes it
    return Workspace.open(homes["aged"])


def some_months(workspace: Workspace) -> tuple[int, Plan]:
    """Return how many months are to be kept so that some events go and some stay."""
    every = EventStore(workspace).count()
    plans = ((months, plan_removal(workspace, months)) for months in range(1, 600))
    return next((months, plan) for months, plan in plans if 0 < plan.events < every)


def test_events_are_kept_for_ever_until_somebody_says_otherwise(client: Client, workspace: Workspace) -> None:
    assert b"Events are kept for ever." in client.get(PAGE).content
    assert "How long events are kept" in client.get("/settings/").content.decode()
    months, plan = some_months(workspace)
    seen = client.get(PAGE, {"months": str(months)}).content.decode()
    assert f"Remove {plan.events:,} events for good" in seen
    assert seen.count('<th scope="row">') == len(plan.months)
    assert Workspace.open(workspace.home).mark.keep_months == 0


def test_what_was_seen_goes_and_stands_in_the_log(client: Client, workspace: Workspace) -> None:
    from trodden.web.setup.keeping import remove_as

    months, plan = some_months(workspace)
    before = EventStore(workspace).count()
    sent = {"months": str(months), "was": "0", "events": str(plan.events)}
    assert client.post(f"{PAGE}keep/", sent).status_code == 302
    assert newest()[1:] == ("workspace.retention", f"{months} months; {plan.events} events go")
    waiting = client.get(PAGE).content.decode()
    assert "The worker begins within a minute" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    changed = Workspace.open(workspace.home)
    assert remove_as("the worker", changed) == plan.events
    assert newest()[:2] == ("the worker", "workspace.removed")
    assert EventStore(changed).count() == before - plan.events
    done = client.get(PAGE).content.decode()
    assert "The worker begins" not in done
    assert len(removals_of(changed)) == 1
    assert remove_as("the worker", changed) == 0
    assert client.get("/customers/").status_code == 200


def test_47_an_old_sign_in_is_asked_again_before_months_go(
    staffed: Serve, homes: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trodden.web.people import sessions

    homes["aged"] = make_home(tmp_path, "sample", 20)
    staffed("aged")
    manager = someone("manager")
    manager.sign_in()
    months, plan = some_months(Workspace.open(homes["aged"]))
    sent = {"months": str(months), "was": "0", "events": str(plan.events)}
    with monkeypatch.context() as patch, override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=-1):
        patch.setattr(sessions, "FRESH_S", -1)
        late = manager.client.post(f"{PAGE}keep/", sent)
        assert late["Location"].startswith("/account/again/"), late["Location"]
    assert Workspace.open(homes["aged"]).mark.keep_months == 0
    again = manager.client.post(late["Location"], {"password": PASSWORD})
    assert again["Location"] == PAGE
    assert Workspace.open(homes["aged"]).mark.keep_months == months


@pytest.mark.parametrize(("was", "events"), [("7", 0), ("0", 1)])
def test_what_changed_meanwhile_is_looked_at_again(
    client: Client, workspace: Workspace, was: str, events: int
) -> None:
    months, plan = some_months(workspace)
    sent = {"months": str(months), "was": was, "events": str(plan.events + events)}
    refused = client.post(f"{PAGE}keep/", sent)
    assert refused.status_code == 409
    assert b"Look again at what would go" in refused.content
    assert Workspace.open(workspace.home).mark.keep_months == 0


def test_what_is_no_number_of_months_is_refused(client: Client) -> None:
    assert client.get(PAGE, {"months": "601"}).status_code == 200
    for months in ("-1", "x", "601", "9" * 20):
        sent = {"months": months, "was": "0", "events": "0"}
        assert client.post(f"{PAGE}keep/", sent).status_code in {400, 404, 409}
