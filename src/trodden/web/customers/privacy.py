"""What a privacy officer does with one customer: hand over what is held of them, and erase it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Literal

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from trodden.charts.formats import format_count, format_moment
from trodden.web.actors import actor_of
from trodden.web.addresses import customer_address, with_query
from trodden.web.audit.log import pseudonym
from trodden.web.audit.requests import record
from trodden.web.customers import erasing
from trodden.web.customers.export import KINDS, as_json, as_zip, note, personal_data
from trodden.web.customers.models import Erasing
from trodden.web.customers.one import customer_here
from trodden.web.explore.export import attached
from trodden.web.home import zone_here
from trodden.web.pages import Crumb, Empty, File, show
from trodden.web.people.again import asked_again, asked_again_at
from trodden.web.saved import copies_made

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

SHOWN: Final = 100

Standing = Literal["running", "waiting", "interrupted", "proved", "found", "failed"]
"""How an erasure stands: a key of `SAID`, or failed."""

SAID: Final = {
    "running": gettext_lazy("Every file of the workspace is being written anew without them."),
    "proved": gettext_lazy("Proved: every file of the workspace was opened, and none names this person."),
    "found": gettext_lazy("Erased, but what people wrote by hand still names them. Change it by hand:"),
    "waiting": gettext_lazy(
        "The workspace is being written, by an import for example. They are erased as soon as that is done; "
        "until then nothing about them comes in any more."
    ),
    "interrupted": gettext_lazy(
        "They are erased. The server stopped before it could note the proof: `trodden erase` makes a new one."
    ),
}
"""What is said of an erasure, by how it stands."""


@dataclass(frozen=True, slots=True)
class ExportPage:
    """What the files hold, and the files."""

    title: str
    crumbs: tuple[Crumb, ...]
    note: str
    files: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class ErasePage:
    """The question whether to erase somebody; ``wrong`` where what was typed is not their identifier."""

    title: str
    crumbs: tuple[Crumb, ...]
    customer: str
    export: str
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """One erasure, ready to read; ``state`` is a key of `SAID`, or failed; ``copies``: what it misses."""

    address: str
    customer: str
    asked_by: str
    begun: str
    finished: str
    state: str
    said: str
    counts: tuple[tuple[str, str], ...]
    traces: tuple[str, ...]
    copies: str

    @property
    def goes_on(self) -> bool:
        """Say whether there is more to come."""
        return self.state in {"running", "waiting"}


@dataclass(frozen=True, slots=True)
class ErasurePage:
    """One erasure."""

    title: str
    crumbs: tuple[Crumb, ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class ErasuresPage:
    """Every erasure asked for on a page, the newest first."""

    title: str
    crumbs: tuple[Crumb, ...]
    proofs: tuple[Proof, ...]
    empty: Empty | None = None


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """Say what the files hold, and offer them."""
    name = request.GET.get("id", "")
    customer_here(name)
    files = tuple(
        File(label, with_query(reverse("customer-file", args=[kind]), {"id": name}))
        for kind, label in KINDS.items()
    )
    page = ExportPage(_("What is held of this customer"), _crumbs(name, _("Export")), note(), files)
    return show(request, "customers/export.html", page)


@require_safe
@asked_again
def export_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Give everything that is held of one customer as a file."""
    name = request.GET.get("id", "")
    if kind not in KINDS:
        raise Http404(_("An export is given as JSON or ZIP."))
    data = exported(request, name, kind)
    content = as_json(data) if kind == "json" else as_zip(data)
    return attached(content, f"customer-{data['made_at']:%Y-%m-%d}", kind)


def exported(request: HttpRequest, name: str, kind: str) -> dict[str, Any]:
    """Return everything that is held of one customer; that is logged."""
    found, _bucket = customer_here(name)
    data = personal_data(found, name)
    record(request, "customer.export", f"customer {pseudonym(name)} as {kind}")
    return data


@require_safe
@asked_again
def erase(request: HttpRequest) -> HttpResponse:
    """Ask whether to erase a customer."""
    name = request.GET.get("id", "")
    customer_here(name)
    return show(request, "customers/erase.html", _erase_page(name))


def _erase_page(name: str, *, wrong: bool = False) -> ErasePage:
    return ErasePage(
        title=_("Erase this customer"),
        crumbs=_crumbs(name, _("Erase")),
        customer=name,
        export=with_query(reverse("customer-export"), {"id": name}),
        wrong=wrong,
    )


def _erase_address(request: HttpRequest) -> str:
    return with_query(reverse("customer-erase"), {"id": request.POST.get("id", "")})


@require_POST
@asked_again_at(_erase_address)
def erased(request: HttpRequest) -> HttpResponse:
    """Begin to erase a customer whose identifier was typed once more."""
    name = request.POST.get("id", "")
    customer_here(name)
    if request.POST.get("typed", "") != name:
        page = _erase_page(name, wrong=True)
        return show(request, "customers/erase.html", page, status=HTTPStatus.BAD_REQUEST)
    return redirect("erasure", erasing_of(request, name).id)


def erasing_of(request: HttpRequest, name: str) -> Erasing:
    """Begin to erase a customer; that is logged."""
    record(request, "customer.erase", f"customer {pseudonym(name)}")
    return erasing.begin(name, actor_of(request).name)


@require_safe
def erasure(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how an erasure goes, and its proof."""
    made = get_object_or_404(Erasing.here, pk=key)
    crumbs = (*_home(), Crumb(_("Erasures"), reverse("erasures")), Crumb(made.customer))
    return show(request, "customers/erasure.html", ErasurePage(_("Erasure"), crumbs, _proof(made)))


@require_safe
def erasures(request: HttpRequest) -> HttpResponse:
    """List the erasures asked for on pages, with their proof."""
    proofs = tuple(_proof(made) for made in Erasing.here.order_by("-begun_at")[:SHOWN])
    nothing = Empty(
        "none-yet",
        _("Nobody was erased on a page yet"),
        _("An erasure is asked for on the page of a customer, or by command."),
        commands=("trodden erase CUSTOMER",),
    )
    page = ErasuresPage(_("Erasures"), (*_home(), Crumb(_("Erasures"))), proofs, None if proofs else nothing)
    return show(request, "customers/erasures.html", page)


def _home() -> tuple[Crumb, ...]:
    return (Crumb(_("Customers"), reverse("customers")),)


def _crumbs(name: str, last: str) -> tuple[Crumb, ...]:
    return (*_home(), Crumb(name, customer_address(name)), Crumb(last))


def _proof(made: Erasing) -> Proof:
    zone, state = zone_here(), standing_of(made)
    counts = (
        (_("Events erased"), made.events),
        (_("Lines of refused rows, logs and exports"), made.lines),
        (_("Cached answers and other files"), made.cached),
        (_("Texts people wrote about them"), made.wishes),
    )
    return Proof(
        address=reverse("erasure", args=[made.id]),
        customer=made.customer,
        asked_by=made.asked_by,
        begun=format_moment(made.begun_at, zone),
        finished=format_moment(made.finished_at, zone) if made.finished_at else "",
        state=state,
        said=str(SAID[state]) if state != "failed" else made.failed,
        counts=tuple((label, format_count(count)) for label, count in counts) if made.finished_at else (),
        traces=tuple(made.traces.splitlines()),
        copies=_copies(made, zone),
    )


def _copies(made: Erasing, zone: str) -> str:
    """Say which copies of the records were made before somebody was erased from them, and until when."""
    found = copies_made(settings.TRODDEN_HOME, made.finished_at) if made.finished_at else None
    if found is None:
        return ""
    return ngettext(
        "{n} copy of the records, made before an upgrade, was not looked into. It is removed by {at}.",
        "{n} copies of the records, made before upgrades, were not looked into. They are removed by {at}.",
        found.number,
    ).format(n=format_count(found.number), at=format_moment(found.until, zone))


def standing_of(made: Erasing) -> Standing:
    """Return how an erasure stands."""
    if made.failed:
        return "failed"
    if made.finished_at is None:
        if erasing.is_under_way(made):
            return "running"
        return "waiting" if erasing.is_waiting(made) else "interrupted"
    return "found" if made.traces else "proved"
