from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from trodden.model.errors import CallerError, UnknownNameError
from trodden.store.catalog import load_segments
from trodden.store.folder import Workspace
from trodden.store.named import ChangedError
from trodden.store.segments import (
    SavedSegment,
    add_segment,
    change_segment,
    delete_segment,
    deleted_segments,
    find_segment,
    restore_segment,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path)


def segment(name: str, where: str = "region = north", **fields: str) -> SavedSegment:
    return SavedSegment(name=name, where=where, **fields)


def test_a_segment_is_kept_and_found_by_questions(workspace: Workspace) -> None:
    kept = add_segment(workspace, segment("north", description="Überall: »nord«", owner="ada@example.org"))
    assert find_segment(workspace, "north") == kept
    assert (kept.description, kept.owner) == ("Überall: »nord«", "ada@example.org")
    assert load_segments(workspace.segments) == {"north": "region = north"}


def test_a_file_written_by_hand_is_a_segment(workspace: Workspace) -> None:
    (workspace.segments / "winback.yaml").write_text("where: did Order\n", encoding="utf-8")
    found = find_segment(workspace, "winback")
    assert (found.where, found.owner) == ("did Order", "")


@pytest.mark.parametrize("text", ["where: 2026-02-30", "[" * 5_000, "where: " + "9" * 5_000, "where: [a, b]"])
def test_a_file_that_cannot_be_read_spoils_no_other(workspace: Workspace, text: str) -> None:
    add_segment(workspace, segment("north"))
    (workspace.segments / "odd.yaml").write_text(text)
    faults: list[str] = []
    assert load_segments(workspace.segments, faults) == {"north": "region = north"}
    assert len(faults) == 1


@pytest.mark.parametrize("name", ["", "two words", "a/b", "../up", "-x", "x" * 61, "a.yaml", "a\n", "@a"])
def test_a_name_that_cannot_stand_behind_an_at_sign_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(CallerError, match="name"):
        add_segment(workspace, segment(name))
    with pytest.raises(UnknownNameError):
        find_segment(workspace, name)
    assert load_segments(workspace.segments) == {}


def test_a_name_that_is_taken_is_refused(workspace: Workspace) -> None:
    add_segment(workspace, segment("north"))
    other = add_segment(workspace, segment("south"))
    with pytest.raises(CallerError, match="already"):
        add_segment(workspace, segment("north", "region = south"))
    with pytest.raises(CallerError, match="already"):
        change_segment(workspace, other, segment("north"))
    assert find_segment(workspace, "north").where == "region = north"


def test_of_two_who_change_it_at_once_the_second_is_told(workspace: Workspace) -> None:
    before = add_segment(workspace, segment("north"))
    change_segment(workspace, before, segment("north", "region = south"))
    for after in (segment("north", "region = coast"), segment("other")):
        with pytest.raises(ChangedError, match="Somebody changed @north"):
            change_segment(workspace, before, after)
    with pytest.raises(ChangedError):
        delete_segment(workspace, before)
    assert find_segment(workspace, "north").where == "region = south"


def test_what_refers_to_a_segment_follows_its_new_name(workspace: Workspace) -> None:
    before = add_segment(workspace, segment("north"))
    add_segment(workspace, segment("grown", 'age >= 30 and @north or (@north2 = x or "@north" = @north)'))
    change_segment(workspace, before, segment("upper"))
    assert find_segment(workspace, "grown").where == (
        'age >= 30 and @upper or (@north2 = x or "@north" = @upper)'
    )
    with pytest.raises(UnknownNameError):
        find_segment(workspace, "north")


def test_what_was_deleted_can_be_brought_back(workspace: Workspace) -> None:
    kept = add_segment(workspace, segment("north", description="those up there"))
    aside = delete_segment(workspace, kept)
    assert load_segments(workspace.segments) == {}
    assert {name: one.where for name, one in deleted_segments(workspace).items()} == {aside: "region = north"}
    assert restore_segment(workspace, aside) == kept
    assert find_segment(workspace, "north") == kept
    assert deleted_segments(workspace) == {}


def test_two_of_one_name_can_be_deleted_and_the_free_name_decides_which_comes_back(
    workspace: Workspace,
) -> None:
    first = delete_segment(workspace, add_segment(workspace, segment("north", "a = 1")))
    second = delete_segment(workspace, add_segment(workspace, segment("north", "a = 2")))
    assert restore_segment(workspace, second).where == "a = 2"
    with pytest.raises(CallerError, match="already"):
        restore_segment(workspace, first)
    with pytest.raises(UnknownNameError):
        restore_segment(workspace, "../workspace.json")


def test_a_segment_that_others_name_is_not_deleted(workspace: Workspace) -> None:
    kept = add_segment(workspace, segment("north"))
    add_segment(workspace, segment("grown", "age >= 30 and @north"))
    with pytest.raises(CallerError, match="part of @grown"):
        delete_segment(workspace, kept)


def test_a_stamp_tells_every_state_apart(workspace: Workspace) -> None:
    kept = add_segment(workspace, segment("north"))
    described = change_segment(workspace, kept, msgspec.structs.replace(kept, description="x"))
    assert described.stamp != kept.stamp
