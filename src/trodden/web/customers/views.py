"""The customers behind a number, and the search for one."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trodden.analyses.customers.answer import Customers, CustomersQuestion
from trodden.questions import read_question
from trodden.registry import find
from trodden.store.events import EventStore
from trodden.store.personal import customers_bearing
from trodden.web.addresses import customer_address, flat, number_in, texts_of, with_query
from trodden.web.customers.pages import PAGE, CustomersPage, customers_page, what_of
from trodden.web.explore.pages import files_of
from trodden.web.filters import filters_of
from trodden.web.home import walked
from trodden.web.pages import Crumb, Empty, File, filtered, no_data, show

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.api import StoredWalks

NARROWING = (
    *("step", "then", "deviation", "at", "after", "before"),
    *("gap_after", "gap_after_kind", "gap_to", "gap_to_kind", "gap_over", "state"),
    *("behind", "mark", "asked"),
)
"""What the units must have done: it travels with the filters, and its sentence stands above the list."""

MOST_IN_A_FILE = 500
"""Customers in a file of the list, from the first one on."""

MOST_NAMED = 20
"""Identifiers listed that begin with what was searched for."""

LAST_PAGE = 400
"""As far as pages go: who is further down is found by a filter."""


@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """List the customers a question is about, or lead to the one searched for."""
    searched = request.GET.get("q", "").strip()
    found = walked()
    page = CustomersPage(title=_("Customers"), crumbs=(Crumb(_("Customers")),), searched=searched)
    if found is None:
        return show(request, "customers/list.html", replace(page, empty=no_data()))
    if searched:
        return _searched(request, found, page)
    return _listed(request, found, page)


def _searched(request: HttpRequest, found: StoredWalks, page: CustomersPage) -> HttpResponse:
    if found.snapshot.customer(page.searched) is not None:
        return HttpResponseRedirect(customer_address(page.searched))
    is_everywhere = request.GET.get("among") == "all"
    if is_everywhere:
        bearing = customers_bearing(EventStore(found.workspace), page.searched)
        seen = (name for name in bearing if found.snapshot.customer(name) is not None)
        named = tuple(islice(seen, MOST_NAMED))
    else:
        named = tuple(found.snapshot.beginning(page.searched, MOST_NAMED))
    everywhere = with_query(reverse("customers"), {"q": page.searched, "among": "all"})
    nobody = Empty(
        "none-yet",
        _("Nobody goes by that name"),
        _("Identifiers are compared letter by letter, as they arrived: upper and lower case, zeros, blanks."),
        actions=()
        if is_everywhere
        else (File(_("Look among all other identifiers, which takes longer"), everywhere),),
    )
    links = tuple(File(name, customer_address(name)) for name in named)
    return show(
        request,
        "customers/list.html",
        replace(page, empty=None if named else nobody, named=links, is_everywhere=is_everywhere),
    )


def _listed(request: HttpRequest, found: StoredWalks, page: CustomersPage) -> HttpResponse:
    texts = texts_of(request.GET)
    fields = {name: text for name, text in flat(texts).items() if name not in {"page", "limit", "offset"}}
    number = _page_number(flat(texts).get("page", "1"))
    paging = {"limit": str(PAGE), "offset": str((number - 1) * PAGE)}
    answer = found.ask(read_question(CustomersQuestion, {**fields, **paging}))
    if not isinstance(answer, Customers):  # the registry ties the two types together
        raise TypeError(type(answer).__name__)
    address = reverse("customers")
    page = replace(
        page,
        filters=filters_of(address, fields, found, kept=("unit", *NARROWING), maps=True),
        empty=None if answer.about.units else filtered(address),
        what=what_of(fields, found),
        is_cut=answer.about.units > MOST_IN_A_FILE,
        files=tuple(
            file
            for file in files_of(find("customers"), {**fields, "limit": str(MOST_IN_A_FILE)})
            if file.label in {"CSV", "XLSX"}
        ),
        **customers_page(answer, fields, number),
    )
    return show(request, "customers/list.html", page)


def _page_number(text: str) -> int:
    number = number_in(text, 1, LAST_PAGE)
    if number is None:
        raise Http404(
            _("Pages go from 1 to {last}; a filter finds who is further down.").format(last=LAST_PAGE)
        )
    return number
