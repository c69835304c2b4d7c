"""Calendars of a workspace: one small YAML file each, written by one at a time, never lost silently."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
import yaml

from trodden.methods.journeys.hours_check import check_calendar
from trodden.model.calendars import (
    WEEKDAYS,
    Calendar,
    Region,
    Schedule,
    Special,
    label_of,
    read_hours,
    write_hours,
)
from trodden.model.errors import CallerError, PlacedError, UnknownNameError
from trodden.store.named import LONGEST_NAME, NamedFiles, decoded, is_name, name_of, stamp_of

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.store.folder import Workspace

LARGEST: Final = 512 * 1024
_NAME: Final = re.compile(r"\w(?:[\w .-]*[\w.])?")
_NO_WEEK: Final[dict[str, str]] = {}


class Kept(msgspec.Struct, frozen=True):
    """A calendar as it is kept; ``stamp`` says which state of its file this is, empty for none."""

    calendar: Calendar
    stamp: str = ""

    @property
    def name(self) -> str:
        """Return the name it is kept under."""
        return self.calendar.name


class SaidSpecial(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Days on which other hours hold, as ``10-12, 14-15``, or none; without ``last`` it is one day."""

    first: date
    last: date | None = None
    hours: str = ""
    label: str = ""


class SaidHours(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hours since ever, or from a day on; of each day ``9-12, 13-17``, or ``22-6`` into the next."""

    time_zone: str
    week: dict[str, str] = _NO_WEEK
    holidays: Region | None = None
    exceptions: tuple[SaidSpecial, ...] = ()
    valid_from: date | None = None


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in a file."""

    hours: tuple[SaidHours, ...]


def decode_calendar(data: bytes, name: str, file: str = "") -> Calendar:
    """Read the text of a calendar's file.

    Raises
    ------
    PlacedError
        It is none.
    """
    try:
        found = decoded(data, _File, file)
    except msgspec.ValidationError as error:
        raise PlacedError(f"Expected a calendar: {error}.", file=file) from error
    try:
        return calendar_of(name, found.hours)
    except CallerError as error:
        raise PlacedError(error.message, hint=error.hint, file=file) from error


def calendar_of(name: str, hours: tuple[SaidHours, ...]) -> Calendar:
    """Return the calendar of hours as files say them.

    Raises
    ------
    CallerError
        They say what cannot be.
    """
    return check_calendar(Calendar(name=name, schedules=tuple(_schedule(one) for one in hours)))


def _schedule(said: SaidHours) -> Schedule:
    unknown = sorted(set(said.week) - set(WEEKDAYS))
    if unknown:
        raise CallerError(f"{unknown[0]!r} is no day of the week.", hint=f"Days: {', '.join(WEEKDAYS)}.")
    specials = (
        Special(one.first, one.last or one.first, read_hours(one.hours), label_of(one.label))
        for one in said.exceptions
    )
    return Schedule(
        time_zone=said.time_zone,
        week=tuple(read_hours(said.week.get(day, "")) for day in WEEKDAYS),
        specials=tuple(sorted(specials)),
        region=said.holidays,
        valid_from=said.valid_from,
    )


def hours_said(calendar: Calendar) -> tuple[SaidHours, ...]:
    """Return the hours of a calendar as files say them."""
    return msgspec.convert([_said(one) for one in calendar.schedules], tuple[SaidHours, ...])


def dump_calendar(calendar: Calendar) -> str:
    """Write a calendar as the text of its file."""
    said = {"hours": [_said(one) for one in calendar.schedules]}
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=110)


def _said(one: Schedule) -> dict[str, object]:
    region = one.region
    fields: dict[str, object] = {
        "valid_from": one.valid_from,
        "time_zone": one.time_zone,
        "week": {day: write_hours(hours) for day, hours in zip(WEEKDAYS, one.week, strict=True) if hours},
        "holidays": region and _filled({"country": region.country, "part": region.part}),
        "exceptions": [_said_special(each) for each in one.specials],
    }
    return _filled(fields)


def _said_special(one: Special) -> dict[str, object]:
    last = None if one.last == one.first else one.last
    return _filled({"first": one.first, "last": last, "hours": write_hours(one.hours), "label": one.label})


def _filled(fields: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value}


def read_calendar(path: Path) -> Kept:
    """Read the file of a calendar.

    Raises
    ------
    PlacedError
        It is none.
    """
    if path.stat().st_size > LARGEST:
        raise PlacedError("This is too large for a calendar.", file=str(path))
    data = path.read_bytes()
    calendar = decode_calendar(data, name_of(path), str(path))
    return Kept(calendar, stamp_of(data))


def load_calendars(workspace: Workspace, faults: list[str] | None = None) -> dict[str, Kept]:
    """Read every calendar of a workspace, by name; files that are none are told in ``faults``."""
    every = _files(workspace).every([] if faults is None else faults)
    return {one.name: one for one in every}


def find_calendar(workspace: Workspace, name: str) -> Kept:
    """Return the calendar kept under a name.

    Raises
    ------
    UnknownNameError
        There is none.
    """
    return _files(workspace).find(name)


def keep_calendar(workspace: Workspace, calendar: Calendar, before: Kept | None = None) -> Kept:
    """Keep a calendar: a new one where there is none before, else its next state, perhaps under a new name.

    Raises
    ------
    ChangedError
        What is kept is not ``before`` any more.
    CallerError
        The name cannot name one or is taken, or the calendar says what cannot be.
    """
    _check_name(calendar.name)
    check_calendar(calendar)
    data = dump_calendar(calendar).encode()
    if len(data) > LARGEST:
        raise CallerError("This is too large for a calendar.", hint="Leave out what was long ago.")
    files = _files(workspace)
    with files.alone():
        if before is not None:
            files.refuse_changed(before)
        if before is None or before.name != calendar.name:
            files.refuse_taken(calendar.name)
        kept = files.write(calendar.name, data)
        if before is not None and before.name != calendar.name:
            files.remove(before.name)
        return kept


def delete_calendar(workspace: Workspace, before: Kept) -> str:
    """Put a calendar aside under a name that is not read, which is returned: `restore_calendar` takes it.

    Raises
    ------
    ChangedError
        What is kept is not ``before`` any more.
    """
    files = _files(workspace)
    with files.alone():
        files.refuse_changed(before)
        return files.put_aside(before.name)


def deleted_calendars(workspace: Workspace) -> dict[str, Kept]:
    """Return what was put aside and can be read, by the name `restore_calendar` takes."""
    return _files(workspace).aside()


def restore_calendar(workspace: Workspace, aside: str) -> Kept:
    """Bring back what was put aside.

    Raises
    ------
    UnknownNameError
        There is nothing of this name.
    CallerError
        Another calendar has its name by now.
    """
    files = _files(workspace)
    with files.alone():
        return files.bring_back(aside)


def _files(workspace: Workspace) -> NamedFiles[Kept]:
    """Return the files of calendars."""
    return NamedFiles(workspace.calendars, _NAME, read_calendar, _unknown, _taken)


def _unknown(name: str) -> UnknownNameError:
    return UnknownNameError(f"There is no calendar called {name!r}.")


def _taken(name: str) -> CallerError:
    return CallerError(f"There is a calendar called {name!r} already.", hint="Choose another name.")


def _check_name(name: str) -> None:
    if not is_name(name, _NAME):
        raise CallerError(
            f"{name!r} cannot name a calendar." if name else "A calendar needs a name.",
            hint=f"Use letters, digits, blanks, - and _, at most {LONGEST_NAME} of them.",
        )
