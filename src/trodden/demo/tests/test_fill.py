"""A demo world in a workspace: made once, taken up where it was interrupted, going on in real time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
import pytest

import trodden
from trodden.cli import main
from trodden.demo.fill import SOURCE, batches, fill_workspace
from trodden.demo.tests.records import table_of
from trodden.demo.truths import TRUTHS
from trodden.demo.world import Plan
from trodden.methods.journeys.maps import next_version
from trodden.store._arrow import pa, pc
from trodden.store.catalog import add_map, load_maps
from trodden.store.doctor import check_workspace
from trodden.store.folder import Workspace
from trodden.store.loader import store_events

if TYPE_CHECKING:
    from pathlib import Path

PLAN = Plan(seed=5, customers=120, months=3)
HOUR = timedelta(hours=1)


def test_a_world_is_stored_whole_with_its_maps_published(tmp_path: Path) -> None:
    filled = fill_workspace(tmp_path, PLAN)
    walks = trodden.open(tmp_path)
    assert filled.events == table_of(PLAN).num_rows == walks.ask("overview").about.events
    assert [one.published_at is not None for one in walks.maps.values()] == [True] * 4
    assert walks.ask("conformance", map="Shop order").about.units > 10
    assert not [one for one in check_workspace(walks.workspace) if one.state == "wrong"]


def test_again_adds_nothing_and_leaves_maps_alone(tmp_path: Path) -> None:
    fill_workspace(tmp_path, PLAN)
    workspace = Workspace.open(tmp_path)
    draft = next_version(next(iter(load_maps(workspace.maps).values())))
    add_map(workspace, msgspec.structs.replace(draft, owner="Somebody else"))
    assert fill_workspace(tmp_path, PLAN).events == 0
    assert [one.owner for one in load_maps(workspace.maps).values()].count("Somebody else") == 1


def test_an_interrupted_run_is_taken_up(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    table = table_of(PLAN)
    store_events(workspace, SOURCE, [table.slice(0, 1_000)])
    assert fill_workspace(tmp_path, PLAN).events == table.num_rows - 1_000
    assert trodden.open(tmp_path).ask("overview").about.events == table.num_rows


def test_what_goes_on_is_what_a_longer_record_holds() -> None:
    begin = PLAN.ends + timedelta(days=3)
    clock = iter([begin + step * HOUR for step in (0, 1, 7, 24, 26, 26, 31, 55)])
    found = list(islice(batches(PLAN, PLAN.ends, lambda: next(clock)), 4))
    ends = begin + 31 * HOUR
    assert found[0].num_rows > 0
    whole = table_of(replace(PLAN, until=ends))
    since = pa.scalar(PLAN.ends, whole.schema.field("occurred_at").type)
    later = whole.filter(pc.greater_equal(whole["occurred_at"], since))
    told = pa.concat_tables(found)["message_id"].to_pylist()
    assert len(set(told)) == len(told)
    assert set(told) == set(later["message_id"].to_pylist())


def test_live_stores_what_happened_until_it_is_interrupted(tmp_path: Path) -> None:
    assert main(["demo", "--into", str(tmp_path), "--customers", "60", "--months", "2"]) == 0
    before = trodden.open(tmp_path).ask("overview").about
    command = [sys.executable, "-m", "trodden", "demo", "--into", str(tmp_path), "--customers", "60"]
    with subprocess.Popen(
        [*command, "--months", "2", "--live"],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stderr is not None
        told = next((line for line in process.stderr if "new events" in line), "")
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    after = trodden.open(tmp_path).ask("overview").about
    assert told
    assert after.events > before.events
    assert before.as_of < after.as_of <= datetime.now(UTC)


def test_the_list_of_what_is_planted_is_written_for_tests(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "truths.json"
    home = ["demo", "--into", str(tmp_path / "home"), "--customers", "40", "--months", "1", "--rename"]
    assert main([*home, "--without", "desire_path", "--truths", str(file)]) == 0
    listed = {one["key"]: one for one in msgspec.json.decode(file.read_bytes())}
    assert set(listed) == set(TRUTHS) - {"desire_path"}
    called = set(trodden.open(tmp_path / "home").touchpoints)
    assert set(listed["checkout_bug"]["touchpoints"]) <= called
    assert main([*home, "--without", "goldfish"]) == 2
    assert "goldfish" in capfd.readouterr().err
