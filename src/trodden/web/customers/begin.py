"""Before a walk in a customer's shoes: whose, drawn by lot, and what for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, cast

from django import forms
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from trodden.analyses.customers.answer import Customers, CustomersQuestion
from trodden.methods.journeys.one_walk import lay_journeys
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.select_names import find_map
from trodden.model.errors import CallerError
from trodden.questions import read_question
from trodden.web.addresses import with_query
from trodden.web.audit.log import pseudonym
from trodden.web.audit.requests import record
from trodden.web.customers.tokens import opened, sealed
from trodden.web.home import or_404, walked
from trodden.web.pages import Crumb, Empty, File, no_data, show
from trodden.web.shield import masked, named
from trodden.web.shield import pseudonym as shown_as

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import Promise

    from trodden.api import StoredWalks

GRANTED: Final = "shoes"
"""Where a session keeps whose shoes its owner may walk in, as the log calls them."""

MOST_GRANTED: Final = 20
MOST_PICKED: Final = 20_000

WHOSE: Final[dict[str, tuple[str | Promise, dict[str, str]]]] = {
    "": (gettext_lazy("anybody"), {}),
    "departed": (gettext_lazy("somebody who left on the way"), {"deviation": "departed"}),
    "paused": (gettext_lazy("somebody who waited longer than designed"), {"deviation": "paused"}),
    "failing": (gettext_lazy("somebody for whom something went wrong"), {"deviation": "failing"}),
    "missing": (gettext_lazy("somebody who skipped a step"), {"deviation": "missing"}),
    "open": (gettext_lazy("somebody who is still on the way"), {"state": "open"}),
}
"""Whose journey is drawn, by lot: nobody picks the case that fits what they want to say."""


class BeginForm(forms.Form):
    """Whose shoes, and what for."""

    purpose = forms.CharField(
        label=gettext_lazy("What do you want to find out?"),
        help_text=gettext_lazy("Kept in the log with your name. Name no customer here."),
        min_length=8,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    map = forms.ChoiceField(label=gettext_lazy("Journey"))
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose, drawn by lot"),
        required=False,
        choices=[(key, label) for key, (label, _fields) in WHOSE.items()],
    )
    who = forms.CharField(required=False, max_length=4_000, widget=forms.HiddenInput)
    journey = forms.IntegerField(required=False, min_value=0, max_value=100_000, widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class BeginPage:
    """The question what for, before a walk begins."""

    title: str
    crumbs: tuple[Crumb, ...]
    form: BeginForm | None = None
    who: str = ""
    empty: Empty | None = None


@require_safe
def shoes(request: HttpRequest) -> HttpResponse:
    """Ask whose shoes and what for."""
    page, found = _begin_page(), walked()
    if found is None or not found.maps:
        return show(request, "customers/shoes_begin.html", replace(page, empty=_nothing(found)))
    given = {name: request.GET.get(name, "") for name in BeginForm.base_fields}
    form = _form(found, initial=given)
    who = opened(given["who"]) if given["who"] else None
    page = replace(page, form=form, who=shown_as(who) if who else "")
    return show(request, "customers/shoes_begin.html", page)


def _begin_page() -> BeginPage:
    crumbs = (Crumb(_("Journeys"), reverse("journeys")), Crumb(_("In their shoes")))
    return BeginPage(_("In their shoes"), crumbs)


def _nothing(found: StoredWalks | None) -> Empty:
    if found is None:
        return no_data()
    return Empty(
        "none-yet",
        _("There is no journey to walk yet"),
        _("A journey is a walk between the bounds of a map. Draw a map, or mine a draft of one."),
        actions=(File(_("To the journeys"), reverse("journeys")),),
    )


def _form(found: StoredWalks, data: object = None, initial: dict[str, str] | None = None) -> BeginForm:
    form = BeginForm(data, initial=initial)  # pyright: ignore[reportArgumentType] - as a request gives it
    choices = [(key, one.name if one.version == 1 else key) for key, one in found.maps.items()]
    cast("forms.ChoiceField", form.fields["map"]).choices = choices
    return form


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Note the purpose and lead to the first moment of a journey, drawn by lot where none is given."""
    found = or_404(walked())
    form = _form(found, request.POST)
    chosen = _chosen(named(found), form) if form.is_valid() else None
    if chosen is None:
        page = replace(_begin_page(), form=form)
        return show(request, "customers/shoes_begin.html", page, status=HTTPStatus.BAD_REQUEST)
    customer, number = chosen
    key = form.cleaned_data["map"]
    noted(request, customer, key, form.cleaned_data["purpose"])
    _grant(request, customer)
    fields = {"who": sealed(customer), "map": key, "journey": str(number)}
    return redirect(with_query(reverse("shoes-walk"), fields))


def noted(request: HttpRequest, customer: str, key: str, purpose: str) -> None:
    """Write into the log in whose shoes somebody walks, on which map, and what for."""
    said = masked(purpose, customer)
    record(request, "shoes.begin", f"customer {pseudonym(customer)} on {key}: {said}")


def _chosen(found: StoredWalks, form: BeginForm) -> tuple[str, int] | None:
    """Return the customer and the number of the journey that is wanted, or that the lot falls on."""
    given = form.cleaned_data
    if given["who"]:
        customer = opened(given["who"])
        if customer and found.snapshot.customer(customer) is not None:
            return customer, given["journey"] or 0
    else:
        try:
            return drawn(found, given["map"], given["whose"])
        except CallerError as error:
            form.add_error("map", error.message)
            return None
    form.add_error(None, _("This customer is not here any more."))
    return None


def drawn(found: StoredWalks, key: str, whose: str) -> tuple[str, int]:
    """Draw a journey by lot.

    Raises
    ------
    CallerError
        There is none of this kind.
    """
    fields = dict(WHOSE[whose][1])
    whole = _listed(found, key, fields, 0)
    if not whole.about.units:
        raise CallerError(_("There is no such journey yet: try another kind."))
    place = secrets.randbelow(min(whole.about.units, MOST_PICKED))
    row = _listed(found, key, fields, place).rows[0]
    bucket = found.snapshot.customer(row.customer)
    journeys = lay_journeys(bucket, find_map(found.maps, key), found.catalog) if bucket else ()
    first = microseconds(row.first_at)
    begun = [int(bucket.occurred_at[one.events[0].row]) for one in journeys] if bucket else []
    return row.customer, begun.index(first) if first in begun else 0


def _listed(found: StoredWalks, key: str, fields: dict[str, str], offset: int) -> Customers:
    asked = {"map": key, "limit": "1", "offset": str(offset), **fields}
    answer = found.ask(read_question(CustomersQuestion, asked))
    if not isinstance(answer, Customers):  # the registry ties the two types together
        raise TypeError(type(answer).__name__)
    return answer


def _grant(request: HttpRequest, customer: str) -> None:
    """Let this session walk in a customer's shoes; only what the log calls them is kept."""
    granted: list[str] = request.session.get(GRANTED, [])
    request.session[GRANTED] = [*granted, pseudonym(customer)][-MOST_GRANTED:]
