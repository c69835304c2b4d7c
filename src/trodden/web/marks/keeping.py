"""Marks added, changed, deleted, brought back, read from a list and written as one."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.charts import Column, Table
from trodden.charts.export import csv_of
from trodden.model.errors import CallerError, LockedError
from trodden.web.addresses import key_in
from trodden.web.home import zone_here
from trodden.web.mails import one_line
from trodden.web.marks.models import KINDS, LONGEST, Mark
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

MOST: Final = 2_000
"""Marks of a workspace."""
FIRST_YEAR, LAST_YEAR = 1900, 2200
HEADS: Final = ("name", "kind", "from", "to", "touchpoints")


@dataclass(frozen=True, slots=True)
class Given:
    """A mark as it is to be."""

    name: str
    kind: str
    begins_at: datetime
    ends_at: datetime | None
    touchpoints: str


def marks() -> QuerySet[Mark]:
    """Return the marks that are not deleted, the last one first."""
    return Mark.here.filter(deleted_at=None).order_by("-begins_at", "name")


def read(given: Mapping[str, str], zone: str) -> Given:
    """Read a mark from a form, or from a line of a list.

    Raises
    ------
    CallerError
        A field is missing or cannot be read.
    """
    name = one_line(given.get("name", ""))
    if not name or len(name) > LONGEST:
        raise CallerError(_("A mark needs a name of at most {n} letters.").format(n=LONGEST))
    kind = given.get("kind", "").strip().lower() or "note"
    if kind not in KINDS:
        raise CallerError(
            _("{kind} is no kind of mark.").format(kind=kind), hint=f"{_('Known')}: {', '.join(KINDS)}."
        )
    begins, ends = _moment(given.get("from", ""), zone), _end(given.get("to", ""), zone)
    if begins is None or (ends and ends < begins):
        raise CallerError(
            _("A mark needs a day it begins, and none before that it ends on."), hint="2026-03-01"
        )
    return Given(name, kind, begins, ends, "\n".join(_names_in(given.get("touchpoints", ""))))


def _names_in(text: str) -> list[str]:
    """Return names with commas or line breaks between them, as `listed` writes them."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True))
    except csv.Error:
        raise CallerError(
            _("The touchpoints cannot be read."), hint=_("A name with a comma stands in quotation marks.")
        ) from None
    return [name for row in rows for one in row if (name := one_line(one))]


def listed(names: Iterable[str]) -> str:
    """Write names with commas between them; one with a comma or a quotation mark is quoted as in CSV.

    Examples
    --------
    >>> print(listed(("Order", "Checkout, step 2")))
    Order, "Checkout, step 2"
    """
    return ", ".join(_quoted(one) if '"' in one or "," in one else one for one in names)


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _end(text: str, zone: str) -> datetime | None:
    """Read when something ended; a day alone means its last minute."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return _moment(text, zone)
    return _moment(f"{day}T23:59", zone)


def _moment(text: str, zone: str) -> datetime | None:
    """Read a moment, in UTC: two of one zone are compared by what their clocks show."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise CallerError(_("{text} is no day.").format(text=text), hint="2026-03-01") from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise CallerError(_("{text} is no day of our time.").format(text=text), hint="2026-03-01")
    return (found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def added(given: Given, by: str) -> Mark:
    """Keep a mark."""
    if marks().count() >= MOST:
        raise CallerError(_("There are {n} marks, and no more fit.").format(n=MOST))
    return Mark.here.create(workspace=workspace_name(), made_by=by, **_fields(given))


def _fields(given: Given) -> dict[str, object]:
    return {name: getattr(given, name) for name in Given.__slots__}


def changed(key: str, version: int, **changes: object) -> str:
    """Change a mark as it was seen at ``version``; return its key.

    Raises
    ------
    LockedError
        Somebody changed it meanwhile, or it is gone.
    """
    known = _key(key)
    if not Mark.here.filter(pk=known, version=version).update(version=version + 1, **changes):
        raise LockedError(
            _("Somebody changed this mark while you looked at it. Nothing of yours was changed."),
            hint=_("Open the page anew, and change it again."),
        )
    return str(known)


def rewritten(key: str, version: int, given: Given) -> str:
    """Write a mark anew; return its key."""
    return changed(key, version, **_fields(given))


def deleted(key: str, version: int) -> str:
    """Delete a mark, so that it can be brought back; return its key."""
    return changed(key, version, deleted_at=timezone.now())


def restored(key: str) -> str:
    """Bring a deleted mark back; return its key."""
    known = _key(key)
    if not Mark.here.filter(pk=known).exclude(deleted_at=None).update(deleted_at=None):
        raise Http404(_("There is no such deleted mark."))
    return str(known)


def _key(text: str) -> UUID:
    known = key_in(text)
    if known is None:
        raise Http404(_("There is no such mark."))
    return known


def imported(text: str, by: str) -> int:
    """Keep every mark of a list in CSV, or none of them; those there already are left alone.

    Raises
    ------
    CallerError
        A line cannot be read; the message says which.
    """
    found = _read_list(text, zone_here())
    there = set(marks().values_list("name", "begins_at"))
    count = len(there)
    with transaction.atomic():
        for one in found:
            if (one.name, one.begins_at) not in there:
                added(one, by)
                there.add((one.name, one.begins_at))
    return len(there) - count


def _read_list(text: str, zone: str) -> list[Given]:
    lines = csv.DictReader(io.StringIO(text.strip(), newline=""), skipinitialspace=True, restval="")
    try:
        if not {"name", "from"} <= {head.strip().lower() for head in lines.fieldnames or ()}:
            raise CallerError(_("The first line names the columns."), hint=",".join(HEADS))
        return [_line(lines.line_num, row, zone) for row in lines]
    except csv.Error:
        message = _("Line {n} cannot be read as CSV.").format(n=lines.line_num + 1)
        raise CallerError(message, hint=",".join(HEADS)) from None


def _line(number: int, row: Mapping[str | None, str | list[str]], zone: str) -> Given:
    given = {str(head).strip().lower(): text for head, text in row.items() if isinstance(text, str)}
    try:
        return read(given, zone)
    except CallerError as error:
        raise CallerError(
            _("Line {n}: {why}").format(n=number, why=error.message), hint=error.hint
        ) from error


def exported(zone: str) -> bytes:
    """Return every mark as CSV, as it can be read in again."""
    rows = tuple(
        (one.name, one.kind, _said(one.begins_at, zone), _said(one.ends_at, zone), listed(one.at))
        for one in marks()
    )
    return csv_of(Table(title="", columns=tuple(map(Column, HEADS)), rows=rows)).encode()


def _said(at: datetime | None, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") if at else ""
