"""In their shoes: step through one customer's journey, for a stated purpose, without being told who it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, cast

from django import forms
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from trodden.methods.journeys.one_walk import lay_journeys
from trodden.methods.journeys.periods import microseconds
from trodden.store.walks import rows_at
from trodden.web.actors import actor_of, person_of
from trodden.web.addresses import customer_address, with_query
from trodden.web.audit.log import pseudonym
from trodden.web.audit.requests import record
from trodden.web.customers.begin import GRANTED
from trodden.web.customers.frames import MET, Contact, Frame, Shoes, Waiting, frames_of, spent
from trodden.web.customers.models import LONGEST_WISH, Wish
from trodden.web.customers.tokens import opened, sealed
from trodden.web.customers.wishes import wishes_on
from trodden.web.home import walked, zone_here
from trodden.web.pages import Crumb, show
from trodden.web.people.rights import Right
from trodden.web.shield import named
from trodden.web.shield import pseudonym as shown_as
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from trodden.methods.journeys.one_walk import LaidJourney
    from trodden.store.walks import TimelineRow, WalkSnapshot
    from trodden.web.customers.wishes import Said


class WishForm(forms.Form):
    """One sentence of what somebody would change."""

    text = forms.CharField(
        label=gettext_lazy("What would you change? One sentence."),
        help_text=gettext_lazy("Shown to others on the map's page, with your name."),
        min_length=3,
        max_length=LONGEST_WISH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@dataclass(frozen=True, slots=True)
class Mark:
    """One event on the clock beside the walk: its place from 0 to 100, and whether it is past or now."""

    at: float
    state: Literal["past", "now", "later"]


@dataclass(frozen=True, slots=True)
class ShoesPage:
    """One moment of a journey. ``clock``: the whole of it, long waits compressed; ``hand``: where we are."""

    title: str
    crumbs: tuple[Crumb, ...]
    who: str
    map: str
    map_address: str
    number: int
    count: int
    elapsed: str
    whole: str
    clock: tuple[Mark, ...]
    hand: float
    frame: Frame
    before: str
    after: str
    waiting: Waiting | None = None
    contact: Contact | None = None
    met: str = ""
    left_out: str = ""
    form: WishForm | None = None
    wishes: tuple[Said, ...] = ()
    may_see_who: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    again: str = ""


@dataclass(frozen=True, slots=True)
class Walked:
    """Whose journey of which map, with its events."""

    customer: str
    number: int
    journey: LaidJourney
    shoes: Shoes
    rows: list[TimelineRow]

    @property
    def fields(self) -> dict[str, str]:
        """Return what an address of it holds."""
        return {"who": sealed(self.customer), "map": self.journey.map, "journey": str(self.number)}


@require_safe
def walk(request: HttpRequest) -> HttpResponse:
    """Show one moment of a journey; who has not said what for is asked first."""
    asked = {name: request.GET.get(name, "") for name in ("who", "map", "journey")}
    found = walked_in(asked)
    if found is None:
        raise Http404(_("This journey is not here any more."))
    if pseudonym(found.customer) not in request.session.get(GRANTED, []):
        return redirect(with_query(reverse("shoes"), asked))
    return show(request, "customers/shoes.html", _page(request, found, request.GET.get("at", "0")))


def walked_in(asked: dict[str, str]) -> Walked | None:
    """Return whose journey an address is about; None where it does not lead to one."""
    here, customer = walked(), opened(asked["who"])
    if here is None or not customer:
        return None
    found = named(here)
    bucket, journey_map = found.snapshot.customer(customer), found.maps.get(asked["map"])
    if bucket is None or journey_map is None:
        return None
    journeys = lay_journeys(bucket, journey_map, found.catalog)
    number = int(asked["journey"]) if asked["journey"].isdecimal() and len(asked["journey"]) < 6 else 0  # noqa: PLR2004 - as many as anybody has
    if number >= len(journeys):
        return None
    places = [event.row for event in journeys[number].events]
    rows = rows_at(cast("WalkSnapshot", found.snapshot), bucket, places)
    told = Shoes(customer, journeys[number], journey_map, rows)
    return Walked(customer, number, journeys[number], told, rows)


def _page(request: HttpRequest, found: Walked, text: str) -> ShoesPage:
    at = [microseconds(row.event.occurred_at) for row in found.rows]
    frames = frames_of(at, [found.shoes.words(place) for place in range(len(at))])
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0  # noqa: PLR2004 - no journey has more moments
    number = min(number, len(frames) - 1)
    frame = frames[number]
    page = ShoesPage(
        title=_("In their shoes"),
        crumbs=(
            Crumb(_("Journeys"), reverse("journeys")),
            Crumb(_("In their shoes"), reverse("shoes")),
            Crumb(found.shoes.map.name),
        ),
        who=shown_as(found.customer),
        map=found.shoes.map.name,
        map_address=reverse("journey", args=[found.journey.map]),
        number=number + 1,
        count=len(frames),
        elapsed=spent(frame.since_s) if frame.since_s >= 60 else "",  # noqa: PLR2004 - a minute
        whole=spent(frames[-1].since_s),
        clock=_clock(frames, number),
        hand=_place(frames, frame.since_s),
        frame=frame,
        before=_moment(found, number - 1) if number else "",
        after=_moment(found, number + 1) if number + 1 < len(frames) else "",
        fields=tuple(found.fields.items()),
        may_see_who=actor_of(request).may(Right.SEE_PII),
    )
    if frame.kind == "wait":
        return replace(page, waiting=found.shoes.waiting(frame))
    if frame.kind == "contact":
        return replace(page, contact=found.shoes.contact(frame))
    return _ended(request, found, page)


def _ended(request: HttpRequest, found: Walked, page: ShoesPage, form: WishForm | None = None) -> ShoesPage:
    zone = zone_here()
    return replace(
        page,
        met=str(MET[found.journey.state]),
        left_out=found.shoes.left_out,
        form=form or WishForm(),
        wishes=wishes_on(found.shoes.map.name, actor_of(request).name, zone),
        again=with_query(reverse("shoes"), {"map": found.journey.map}),
    )


def _moment(found: Walked, number: int) -> str:
    return with_query(reverse("shoes-walk"), {**found.fields, "at": str(number)})


def _clock(frames: tuple[Frame, ...], number: int) -> tuple[Mark, ...]:
    """Return where the contacts lie on the clock."""
    contacts = [(place, one) for place, one in enumerate(frames) if one.kind == "contact"]
    return tuple(
        Mark(_place(frames, one.since_s), "past" if place < number else "now" if place == number else "later")
        for place, one in contacts
    )


def _place(frames: tuple[Frame, ...], since_s: float) -> float:
    """Return where a moment lies from 0 to 100; a wait takes room by how long it is shown."""
    rooms = [(one.since_s, one.lasts_s if one.kind == "wait" else 0.5) for one in frames[:-1]]
    whole = sum(room for _since, room in rooms) or 1.0
    return round(100 * sum(room for since, room in rooms if since <= since_s) / whole, 2)


@require_POST
def wish(request: HttpRequest) -> HttpResponse:
    """Keep a sentence of what somebody would change."""
    asked = {name: request.POST.get(name, "") for name in ("who", "map", "journey")}
    found = walked_in(asked)
    if found is None or pseudonym(found.customer) not in request.session.get(GRANTED, []):
        raise Http404(_("This journey is not here any more."))
    form = WishForm(request.POST)
    last = str(10**6 - 1)
    if not form.is_valid():
        page = _ended(request, found, _page(request, found, last), form)
        return show(request, "customers/shoes.html", page, status=HTTPStatus.BAD_REQUEST)
    kept_wish(request, found, form.cleaned_data["text"])
    return redirect(with_query(reverse("shoes-walk"), {**found.fields, "at": last}))


def kept_wish(request: HttpRequest, found: Walked, text: str) -> Wish:
    """Keep a sentence of what somebody would change, in which whose journey it was is not named."""
    from django.db import transaction

    with transaction.atomic():
        made = Wish(
            workspace=workspace_name(),
            map=found.shoes.map.name,
            customer=pseudonym(found.customer),
            text=found.shoes.unnamed(text),
            author=person_of(request).name,
        )
        made.save(force_insert=True)
        record(request, "shoes.wish", f"{made.id} on {found.journey.map}")
    return made


@require_POST
def withdraw(request: HttpRequest, key: UUID) -> HttpResponse:
    """Take one's own sentence back."""
    withdrawn(request, key)
    return redirect("journeys")


def withdrawn(request: HttpRequest, key: UUID) -> Wish:
    """Take one's own sentence back, and return it."""
    from django.db import transaction

    found = get_object_or_404(Wish.here, pk=key, author=person_of(request).name)
    with transaction.atomic():
        record(request, "shoes.withdraw", f"{key} on {found.map}")
        Wish.here.filter(pk=found.pk).delete()
    return found


@require_POST
def reveal(request: HttpRequest) -> HttpResponse:
    """Say who it is, to who may know and sees them; that they wanted to is logged."""
    here, customer = walked(), opened(request.POST.get("who", ""))
    if here is None or not customer or here.snapshot.customer(customer) is None:
        raise Http404(_("This customer is not here any more."))
    record(request, "shoes.reveal", f"customer {pseudonym(customer)}")
    return redirect(customer_address(customer))
