"""How long events are kept: whole months go, from every file, and are not brought back."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.events import event, events, load_events
from tests.support.rows import events_table
from trodden.model.errors import CallerError
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.imports import imports_in
from trodden.store.proof import traces
from trodden.store.retention import (
    MonthCount,
    Removals,
    due,
    first_kept,
    is_begun,
    plan_removal,
    removals_of,
    remove_old,
    young,
)
from trodden.store.walks import WalkStore

MARCH = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Make a workspace with 310 events of January, 280 of February and 10 of March, ten a day."""
    found = Workspace.create(tmp_path)
    load_events(found, "web.csv", [events(range(600))])
    return found


@pytest.mark.parametrize(
    ("months", "now", "first"),
    [
        (1, MARCH, 202602),
        (3, MARCH, 202512),
        (12, MARCH, 202503),
        (24, datetime(2026, 12, 1, tzinfo=UTC), 202412),
        (600, MARCH, 197603),
    ],
)
def test_whole_months_beside_the_present_one_are_kept(months: int, now: datetime, first: int) -> None:
    assert first_kept(months, now) == first


def test_what_would_go_is_said_month_by_month_and_nothing_is_changed(workspace: Workspace) -> None:
    plan = plan_removal(workspace, 1, MARCH)
    assert (plan.before, plan.months, plan.events) == (202602, (MonthCount(202601, 310),), 310)
    assert [one.events for one in plan_removal(workspace, 1, datetime(2026, 4, 1, tzinfo=UTC)).months] == [
        310,
        280,
    ]
    assert plan_removal(workspace, 0, MARCH).months == ()
    assert due(workspace, MARCH) is None
    assert EventStore(workspace).count() == 600


def test_what_is_too_old_is_in_no_file_and_no_walk_any_more(workspace: Workspace) -> None:
    (workspace.cache / "x.answer").write_text("worked out of what goes")
    kept = workspace.keeping(1)
    assert remove_old(kept, MARCH) == 310
    assert EventStore(kept).count() == 290
    assert {path.parent.name for path in workspace.events.glob("month=*/*")} == {
        "month=202602",
        "month=202603",
    }
    snapshot = WalkStore(kept).open()
    assert sum(int((one.ends - one.starts).sum()) for one in snapshot.buckets()) == 290
    assert not list(workspace.cache.iterdir())
    (gone,) = removals_of(kept)
    assert (gone.before, gone.events, gone.stage, bool(gone.finished_at)) == (202602, 310, "done", True)
    assert due(kept, MARCH) is None
    assert remove_old(kept, MARCH) == 0
    assert len(removals_of(kept)) == 1


def test_no_file_says_anything_of_who_came_in_months_that_went_alone(tmp_path: Path) -> None:
    found = Workspace.create(tmp_path)
    old = event(5, customer="zebra@past.example", text="about a zebra-crossing")
    load_events(found, "web.csv", [events_table([old, *(event(number) for number in range(310, 600))])])
    assert traces(found.walks, "zebra@past.example")
    assert remove_old(found.keeping(1), MARCH) == 1
    assert [*traces(found.root, "zebra@past.example"), *traces(found.root, "a zebra-crossing")] == []


def test_a_removal_that_was_interrupted_is_noted_once(workspace: Workspace) -> None:
    kept = workspace.keeping(1)
    plan = plan_removal(kept, 1, MARCH)
    assert not is_begun(kept, plan)
    with contextlib.closing(Removals(kept.retention_db)) as ledger:
        assert ledger.begin(plan) == ledger.begin(plan)
    assert is_begun(kept, plan)
    assert remove_old(kept, MARCH) == 310
    (gone,) = removals_of(kept)
    assert (gone.events, gone.stage, bool(gone.finished_at)) == (310, "done", True)
    assert not is_begun(kept, plan)


def test_what_is_too_old_is_refused_when_it_comes_again(workspace: Workspace) -> None:
    kept = workspace.keeping(600)
    table = events(range(10))
    assert young(table, 600, datetime(2077, 1, 1, tzinfo=UTC)).num_rows == 0
    assert young(table, 1, MARCH).num_rows == 0
    assert young(table, 2, MARCH).num_rows == young(table, 0).num_rows == 10
    ancient = load_events(kept.keeping(1), "web.csv", [events(range(700))])
    assert (ancient.stored, ancient.refused) == (0, 700)  # all of it is of last winter
    assert EventStore(kept).count() == 600


def test_rejected_rows_of_imports_that_old_go_too(workspace: Workspace) -> None:
    from trodden.store.imports import ImportLedger, Rejected

    ledger = ImportLedger(workspace.imports_db)
    ledger.finish(imports_in(workspace.imports_db)[0].id, Rejected(1, "a.jsonl"))
    ledger.close()
    (workspace.rejects / "a.jsonl").write_text("{}\n")
    later = datetime(2030, 1, 1, tzinfo=UTC)
    remove_old(workspace.keeping(1), MARCH)
    assert (workspace.rejects / "a.jsonl").exists()
    remove_old(workspace.keeping(1), later)
    assert not (workspace.rejects / "a.jsonl").exists()


def test_rejected_rows_that_old_go_though_no_event_does(workspace: Workspace) -> None:
    from trodden.store.imports import ImportLedger, Rejected

    kept, later = workspace.keeping(1), datetime(2030, 1, 1, tzinfo=UTC)
    remove_old(kept, later)
    assert EventStore(kept).count() == 0
    ledger = ImportLedger(workspace.imports_db)
    ledger.finish(ledger.begin("web.csv", "nothing but rejects"), Rejected(1, "b.jsonl"))
    ledger.close()
    (workspace.rejects / "b.jsonl").write_text("{}\n")
    assert remove_old(workspace, later) == 0
    assert (workspace.rejects / "b.jsonl").exists(), "this workspace is opened as one that keeps for ever"
    assert remove_old(kept, later) == 0
    assert not (workspace.rejects / "b.jsonl").exists()
    assert len(removals_of(kept)) == 1


@pytest.mark.parametrize("months", [-1, 601])
def test_no_other_number_of_months_is_kept(workspace: Workspace, months: int) -> None:
    with pytest.raises(CallerError):
        workspace.keeping(months)
    assert Workspace.open(workspace.home).mark.keep_months == 0
