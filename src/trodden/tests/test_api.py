"""Walks shared between threads: a question rests on one snapshot with its own catalog."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import TYPE_CHECKING

import msgspec

import trodden.api
from tests.support.events import event, events, load_events
from tests.support.rows import events_table
from trodden.analyses.transitions.answer import Transitions
from trodden.store.erasure import erase_customer
from trodden.store.folder import Workspace
from trodden.store.proof import traces

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = 30


def test_a_reader_of_before_an_erasure_writes_nobody_back(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    load_events(workspace, "first.csv", [events(range(20))])
    walks = trodden.api.open(tmp_path)
    assert walks.ask("timeline", customer="C1").about.customers == 1
    assert traces(workspace.cache, "C1")
    assert erase_customer(workspace, "C1").traces == ()
    assert walks.ask("timeline", customer="C1").about.customers == 1
    assert traces(workspace.root, "C1") == []
    assert walks.refresh().ask("timeline", customer="C1").about.customers == 0
    walks.ask("timeline", customer="C2")
    assert traces(workspace.cache, "C2")


def test_a_question_never_meets_a_newer_snapshot_with_an_older_catalog(tmp_path: Path) -> None:
    """Every round brings a touchpoint nobody knew; whoever asks meanwhile sees all of it or nothing."""
    workspace = Workspace.create(tmp_path)
    load_events(workspace, "first.csv", [events(range(20))])
    walks = trodden.api.open(tmp_path)
    begun = Barrier(2)
    faults: list[str] = []

    def refresh() -> None:
        begun.wait()
        for number in range(ROUNDS):
            new = event(1000 + number, source=f"{number}.csv", customer=f"N{number}")
            load_events(
                workspace,
                f"{number}.csv",
                [events_table([msgspec.structs.replace(new, name=f"new {number}")])],
            )
            walks.refresh()

    worker = Thread(target=refresh)
    worker.start()
    begun.wait()
    while worker.is_alive():
        answer = walks.ask("transitions", limit="2000")
        assert isinstance(answer, Transitions)
        starts = {one.target for one in answer.transitions if one.source == "START"}
        if any(name.startswith("new ") for name in starts) != (answer.about.customers > 7):
            faults.append(f"{answer.about.customers} customers begin at {sorted(starts)}")
    worker.join()
    assert faults == []
    assert walks.ask("overview").about.customers == 7 + ROUNDS
