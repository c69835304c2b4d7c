"""The page of marks, and what is done to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from trodden.charts.formats import format_time
from trodden.model.errors import CallerError
from trodden.web.actors import actor_of
from trodden.web.addresses import key_in, number_in, version_in, with_query
from trodden.web.audit.requests import record
from trodden.web.explore.export import attached
from trodden.web.home import zone_here
from trodden.web.marks.keeping import (
    HEADS,
    MOST,
    added,
    deleted,
    exported,
    imported,
    listed,
    marks,
    read,
    restored,
    rewritten,
)
from trodden.web.marks.models import KINDS, Mark
from trodden.web.pages import Crumb, Empty, show
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from django.http import HttpRequest

    Given = Mapping[str, str]
    Done = tuple[str, dict[str, str]]
    """The key of a mark that was found or made, and what the address of the page says then."""


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark in the list; ``first`` and ``last`` as fields of a form take them."""

    key: str
    version: int
    name: str
    kind: str
    kind_said: str
    span: str
    touchpoints: str
    by: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class MarksPage:
    """Every mark; ``done`` says what was done just now, ``gone`` can be brought back."""

    title: str
    crumbs: tuple[Crumb, ...]
    lines: tuple[MarkLine, ...]
    kinds: tuple[tuple[str, str], ...]
    heads: str
    zone: str
    may_edit: bool
    may_take: bool
    done: str = ""
    gone: MarkLine | None = None
    empty: Empty | None = None


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """List the marks."""
    zone, actor = zone_here(), actor_of(request)
    lines = tuple(_line(one, zone) for one in marks())
    gone = Mark.here.exclude(deleted_at=None).filter(pk=key_in(request.GET.get("gone", ""))).first()
    number = number_in(request.GET.get("read", ""), 0, MOST)
    shown = MarksPage(
        title=_("Marks"),
        crumbs=(Crumb(_("Boards"), reverse("boards")), Crumb(_("Marks"))),
        lines=lines,
        kinds=tuple((key, str(words)) for key, words in KINDS.items()),
        heads=",".join(HEADS),
        zone=zone,
        may_edit=actor.may(Right.EDIT),
        may_take=actor.may(Right.ASK),
        done="" if number is None else _read_said(number),
        gone=_line(gone, zone) if gone else None,
        empty=None if lines else _none_yet(),
    )
    return show(request, "marks/list.html", shown)


def _read_said(number: int) -> str:
    return ngettext("{n} mark was added.", "{n} marks were added.", number).format(n=number)


def _none_yet() -> Empty:
    return Empty(
        "none-yet",
        _("Nothing is marked yet"),
        _("Releases, outages and campaigns show on every axis of time, and say why a line bends there."),
    )


def _line(one: Mark, zone: str) -> MarkLine:
    begins = format_time(one.begins_at, zone)
    span = f"{begins} – {format_time(one.ends_at, zone)}" if one.ends_at else begins  # noqa: RUF001 - from until
    return MarkLine(
        key=str(one.pk),
        version=one.version,
        name=one.name,
        kind=one.kind,
        kind_said=str(KINDS.get(one.kind, one.kind)),
        span=span,
        touchpoints=listed(one.at),
        by=one.made_by,
        first=_field(one.begins_at, zone),
        last=_field(one.ends_at, zone),
    )


def _field(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}" if at else ""


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Add a mark, write one anew, delete one, bring one back, read a list of them."""
    act = request.POST.get("act", "")
    if act not in ACTS:
        raise CallerError(f"{act!r} cannot be done to marks.", hint=f"Possible: {', '.join(ACTS)}.")
    with transaction.atomic():
        what, back = ACTS[act](request.POST.dict(), actor_of(request).name)
        record(request, f"mark.{act}", what)
    return HttpResponseRedirect(with_query(reverse("marks"), back))


def _add(given: Given, by: str) -> Done:
    return str(added(read(given, zone_here()), by).pk), {}


def _edit(given: Given, by: str) -> Done:  # noqa: ARG001 - as every act
    return rewritten(given.get("key", ""), version_in(given), read(given, zone_here())), {}


def _delete(given: Given, by: str) -> Done:  # noqa: ARG001 - as above
    gone = deleted(given.get("key", ""), version_in(given))
    return gone, {"gone": gone}


def _restore(given: Given, by: str) -> Done:  # noqa: ARG001 - as above
    return restored(given.get("key", "")), {}


def _import(given: Given, by: str) -> Done:
    return "", {"read": str(imported(given.get("text", ""), by))}


ACTS: Mapping[str, Callable[[Given, str], Done]] = {
    "add": _add,
    "edit": _edit,
    "delete": _delete,
    "restore": _restore,
    "import": _import,
}


@require_safe
def as_file(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Give the marks as a file."""
    return attached(exported(zone_here()), f"marks-{timezone.now():%Y-%m-%d}", "csv")
