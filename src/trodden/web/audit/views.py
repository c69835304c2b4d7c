"""The log as a page and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trodden.charts import Column, Table
from trodden.charts.export import csv_of
from trodden.charts.formats import format_head, format_moment, format_time
from trodden.model.errors import TroddenError
from trodden.web.addresses import with_query
from trodden.web.audit.log import pseudonym
from trodden.web.audit.models import Entry
from trodden.web.audit.proved import CHAIN
from trodden.web.audit.requests import record
from trodden.web.audit.words import phrase_of
from trodden.web.explore.export import attached
from trodden.web.home import zone_here
from trodden.web.pages import Crumb, File, show
from trodden.web.people.again import asked_again
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    from trodden.web.audit.proved import Proof

SHOWN: Final = 200
"""Entries on the page, the newest first; the files hold all of them."""

SEAL_SHOWN: Final = 12
"""Letters of a seal on the page; the files hold all of them."""

FIELDS: Final = ("number", "at", "actor", "action", "what", "address", "seal")


@dataclass(frozen=True, slots=True)
class LogLine:
    """An entry: what was done in plain words, and the code its files have for that."""

    at: str
    actor: str
    did: str
    code: str
    what: str
    address: str
    number: int
    seal: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """The newest entries; ``customer`` is whose entries alone are shown, ``when`` the head of their times.

    ``proof``: what is known of the whole chain; ``prove``: where it is proved anew from the first entry on.
    """

    title: str
    crumbs: tuple[Crumb, ...]
    when: str
    lines: tuple[LogLine, ...]
    left_out: int
    files: tuple[File, ...]
    customer: str
    proof: Proof
    proved: str
    prove: str


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Show the newest entries of the workspace, or those about one customer."""
    customer = request.GET.get("customer", "").strip()
    proof = CHAIN.prove(whole=request.GET.get("prove") == "whole")
    entries, zone = entries_about(customer), _zone()
    lines = tuple(_line(one, zone) for one in entries.order_by("-number")[:SHOWN])
    page = LogPage(
        title=_("Log"),
        crumbs=(Crumb(_("Settings"), reverse("settings")), Crumb(_("Log"))),
        when=format_head(_("When"), "time", zone),
        lines=lines,
        left_out=entries.count() - len(lines),
        files=tuple(_file(kind, customer) for kind in ("csv", "json")),
        customer=customer,
        proof=proof,
        proved=format_moment(proof.whole_at, zone),
        prove=with_query(reverse("log"), {"customer": customer, "prove": "whole"}),
    )
    return show(request, "audit/log.html", page)


def _line(one: Entry, zone: str) -> LogLine:
    return LogLine(
        at=format_time(one.at, zone),
        actor=one.actor,
        did=phrase_of(one.action),
        code=one.action,
        what=one.what,
        address=one.address,
        number=one.number,
        seal=one.seal[:SEAL_SHOWN],
    )


def _zone() -> str:
    """Return the zone of the workspace; the log can be read where the workspace cannot."""
    try:
        return zone_here()
    except TroddenError:
        return "UTC"


def _file(kind: str, customer: str) -> File:
    return File(kind.upper(), with_query(reverse("log-file", args=[kind]), {"customer": customer}))


@require_safe
@asked_again
def log_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give the log of the workspace as a file, the oldest entry first, sealed; that is logged, too."""
    if kind not in {"csv", "json"}:
        raise Http404(_("The log is given as CSV or JSON."))
    record(request, "log.export", kind)
    entries = entries_about(request.GET.get("customer", "").strip()).order_by("number")
    content = csv_of(_table(entries)).encode() if kind == "csv" else _json(entries)
    return attached(content, f"log-{datetime.now(UTC):%Y-%m-%d}", kind)


def entries_about(customer: str) -> QuerySet[Entry]:
    """Return the entries of the workspace, or those about one customer."""
    found = Entry.objects.filter(workspace=workspace_name())
    return found.filter(what__contains=pseudonym(customer)) if customer else found


def _json(entries: QuerySet[Entry]) -> bytes:
    return msgspec.json.encode([{name: getattr(one, name) for name in FIELDS} for one in entries])


def _table(entries: QuerySet[Entry]) -> Table:
    rows = tuple(
        (one.at.isoformat(), one.actor, one.action, one.what, one.address, one.number, one.seal)
        for one in entries
    )
    columns = (
        Column(_("When"), "time"),
        *(Column(label) for label in (_("Who"), _("Did"), _("What"), _("From"))),
        Column(_("Number"), "count"),
        Column(_("Seal")),
    )
    return Table(title=_("Log"), columns=columns, rows=rows)
