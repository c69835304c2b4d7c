"""The help on keys and the list of everything that can be opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from trodden.registry import registrations
from trodden.web.addresses import customer_address
from trodden.web.pages import Crumb, places_of
from trodden.web.people.rights import Right
from trodden.web.shield import sees_customers

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.web.actors import Actor


@dataclass(frozen=True, slots=True)
class Key:
    """One key, or a few in a row, and what it does."""

    keys: tuple[str, ...]
    does: str


@dataclass(frozen=True, slots=True)
class KeysPage:
    """Every key there is."""

    title: str
    everywhere: tuple[Key, ...]
    charts: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be opened."""

    label: str
    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class FindPage:
    """Everything that can be opened, as a page."""

    title: str
    crumbs: tuple[Crumb, ...]
    entries: tuple[Entry, ...]
    searched: str = ""


MOST_PEOPLE: Final = 20
"""Customers listed whose identifier begins with what was searched for."""


def keys_page() -> KeysPage:
    """Return the help on keys."""
    return KeysPage(
        title=_("Keys"),
        everywhere=(
            Key((pgettext("key", "Ctrl"), "K"), _("Go to a page, a journey, an analysis")),
            Key(("/",), _("Search on this page")),
            Key(("?",), _("Show this list")),
            Key(("g", "h"), _("Go home")),
            Key(("g", "j"), _("Go to journeys")),
            Key(("g", "e"), _("Go to explore")),
            Key(("g", "c"), _("Go to customers")),
            Key(("g", "s"), _("Go to segments")),
            Key(("g", "b"), _("Go to boards")),
            Key(("←", "→"), _("The period before, the period after")),
            Key(("g", "d"), _("Go to sources")),
            Key(("Esc",), _("Close what is open")),
        ),
        charts=(
            Key(("Tab",), _("Enter a drawing, leave it")),
            Key(("→", "←"), _("Walk from mark to mark")),
            Key((pgettext("key", "Home"), pgettext("key", "End")), _("First and last mark")),
            Key((pgettext("key", "Enter"),), _("Open the customers behind a mark")),
        ),
    )


def find_page(entries: tuple[Entry, ...], searched: str) -> FindPage:
    """Return the list of what was searched for, or of everything, as a page for those without script."""
    title = _("Found for {text}").format(text=searched) if searched else _("Everything that can be opened")
    return FindPage(title, (Crumb(_("Find")),), entries, searched)


def found(walks: StoredWalks | None, actor: Actor, searched: str) -> tuple[Entry, ...]:
    """List the entries that hold every word searched for, and the customers whose identifier begins so."""
    words = searched.lower().split()
    known = [
        one
        for one in entries(walks, actor)
        if all(word in f"{one.label} {one.kind}".lower() for word in words)
    ]
    return (*known, *people(walks, searched))


def people(walks: StoredWalks | None, searched: str) -> tuple[Entry, ...]:
    """List the customers whose identifier begins with a text, letter by letter, to who may see them."""
    if walks is None or not searched or not sees_customers.get():
        return ()
    named = walks.snapshot.beginning(searched, MOST_PEOPLE)
    return tuple(Entry(name, _("customer"), customer_address(name)) for name in named)


def entries(walks: StoredWalks | None, actor: Actor) -> tuple[Entry, ...]:
    """List the areas who asks may enter, further pages, touchpoints, journeys and analyses."""
    pages = [(one.label, one.address) for one in places_of(actor)]
    if actor.may(Right.SEE) and actor.opens("findings"):
        pages += [(_("All findings"), reverse("findings")), (_("What we know"), reverse("knowledge"))]
    maps = tuple(walks.maps) if walks else ()
    return (
        *(Entry(label, _("page"), address) for label, address in pages),
        *_touchpoints(walks),
        *(Entry(key, _("journey"), reverse("journey", args=[key])) for key in maps),
        *(
            Entry(f"{name}: {found.summary}", _("analysis"), reverse("ask", args=[quote(name)]))
            for name, found in registrations().items()
        ),
    )


def _touchpoints(walks: StoredWalks | None) -> tuple[Entry, ...]:
    """List the touchpoints; each leads to its card."""
    names = walks.catalog.dictionaries.touchpoints if walks else ()
    return tuple(
        Entry(name, _("touchpoint"), reverse("touchpoint", args=[name])) for name in sorted(names) if name
    )
