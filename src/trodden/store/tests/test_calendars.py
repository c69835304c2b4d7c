"""Calendars as files: what is written is read back, nobody's change is lost, what is deleted comes back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from trodden.model.calendars import Calendar, Region, Schedule, Special, read_hours, read_week
from trodden.model.errors import CallerError, PlacedError, UnknownNameError
from trodden.store.calendars import (
    decode_calendar,
    delete_calendar,
    deleted_calendars,
    dump_calendar,
    find_calendar,
    keep_calendar,
    load_calendars,
    restore_calendar,
)
from trodden.store.folder import Workspace
from trodden.store.named import ChangedError

_OPEN = "time_zone: UTC, week: {monday: 9-17}"
DESK = Calendar(
    name="Service desk",
    schedules=(
        Schedule(time_zone="Europe/Vienna", week=read_week("mon-fri 9-12, 13-17")),
        Schedule(
            time_zone="Europe/Berlin",
            week=read_week("mon-thu 8-18; fri 22-6"),
            region=Region("DE", "BY"),
            specials=(
                Special(date(2026, 12, 24), date(2026, 12, 31), label="Between the years"),
                Special(date(2027, 1, 2), date(2027, 1, 2), read_hours("10-12"), "Stocktaking"),
            ),
            valid_from=date(2026, 7, 1),
        ),
    ),
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path)


def test_a_calendar_reads_as_it_was_written(workspace: Workspace) -> None:
    assert decode_calendar(dump_calendar(DESK).encode(), "Service desk") == DESK
    kept = keep_calendar(workspace, DESK)
    assert kept == find_calendar(workspace, "Service desk")
    assert load_calendars(workspace) == {"Service desk": kept}


def test_a_change_on_a_state_nobody_saw_is_refused(workspace: Workspace) -> None:
    seen = keep_calendar(workspace, DESK)
    mine = keep_calendar(workspace, replace(DESK, schedules=DESK.schedules[:1]), seen)
    with pytest.raises(ChangedError):
        keep_calendar(workspace, DESK, seen)
    with pytest.raises(ChangedError):
        delete_calendar(workspace, seen)
    assert find_calendar(workspace, "Service desk") == mine


def test_what_could_not_be_read_again_is_not_written(workspace: Workspace) -> None:
    seen = keep_calendar(workspace, DESK)
    long = Special(date(2026, 12, 24), date(2026, 12, 24), label="x" * 600_000)
    after = replace(DESK, schedules=(replace(DESK.schedules[0], specials=(long,)),))
    with pytest.raises(CallerError, match="too large"):
        keep_calendar(workspace, after, seen)
    assert find_calendar(workspace, "Service desk") == seen


def test_exceptions_are_labelled_as_pages_send_them_back_to_remove_them() -> None:
    labels = [("' Between  the years '", "Between the years"), (f"'{'x' * 99} y'", "x" * 99)]
    for said, label in labels:
        text = f"hours: [{{{_OPEN}, exceptions: [{{first: 2026-12-24, label: {said}}}]}}]"
        assert decode_calendar(text.encode(), "Desk").now.specials[0].label == label


def test_a_renamed_calendar_is_there_once(workspace: Workspace) -> None:
    keep_calendar(workspace, replace(DESK, name="Other"))
    kept = keep_calendar(workspace, DESK)
    with pytest.raises(CallerError, match="already"):
        keep_calendar(workspace, replace(DESK, name="Other"), kept)
    keep_calendar(workspace, replace(DESK, name="Hotline"), kept)
    assert sorted(load_calendars(workspace)) == ["Hotline", "Other"]


def test_what_is_deleted_can_be_brought_back(workspace: Workspace) -> None:
    aside = delete_calendar(workspace, keep_calendar(workspace, DESK))
    with pytest.raises(UnknownNameError):
        find_calendar(workspace, "Service desk")
    assert [one.name for one in deleted_calendars(workspace).values()] == ["Service desk"]
    assert restore_calendar(workspace, aside).calendar == DESK
    assert deleted_calendars(workspace) == {}
    with pytest.raises(UnknownNameError):
        restore_calendar(workspace, aside)


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a.yaml", "x" * 61, "ends ", "two\nlines"])
def test_what_files_cannot_be_called_names_no_calendar(workspace: Workspace, name: str) -> None:
    with pytest.raises(CallerError):
        keep_calendar(workspace, replace(DESK, name=name))
    with pytest.raises(UnknownNameError):
        find_calendar(workspace, name)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("hours: [{time_zone: Europe/Vienna}]", "No day of the week is open"),
        ("hours: [{time_zone: UTC, exceptions: [{first: 2026-02-30}]}]", "day is out of range"),
        ("[" * 5_000, "recursion"),
        ("hours: [{time_zone: Moon/Base, week: {monday: 9-17}}]", "no time zone"),
        ("hours: [{time_zone: UTC, week: {someday: 9-17}}]", "no day of the week"),
        ("hours: [{time_zone: UTC, week: {monday: 9-25}}]", "no time of a day"),
        ("hours: [{time_zone: UTC, week: {monday: 9-17}, holidays: {country: XX}}]", "not known"),
        ("hours: [{time_zone: UTC, week: {monday: 9-17}, holidays: {country: DE, part: ZZ}}]", "no part"),
        ("hours: [{time_zone: UTC, week: {monday: 9-17}, valid_from: 2026-01-01}]", "not in order"),
        ("hours: []", "says when"),
        ("hours: {", "YAML"),
        (f"hours: [{{{_OPEN}, exceptions: [{{first: 2026-02-02, last: 2026-02-01}}]}}]", "ends before"),
    ],
)
def test_a_file_that_is_no_calendar_says_why_and_the_rest_is_used(
    workspace: Workspace, text: str, said: str
) -> None:
    keep_calendar(workspace, DESK)
    (workspace.calendars / "wrong.yaml").write_text(text)
    with pytest.raises(PlacedError, match=said):
        decode_calendar(text.encode(), "wrong")
    faults: list[str] = []
    assert set(load_calendars(workspace, faults)) == {"Service desk"}
    assert len(faults) == 1
    assert "wrong.yaml" in faults[0]
