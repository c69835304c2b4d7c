"""The help on keys and the list of everything that can be opened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.registry import registrations
from trodden.web.pages import Crumb

if TYPE_CHECKING:
    from trodden.api import StoredWalks


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


def keys_page() -> KeysPage:
    """Return the help on keys."""
    return KeysPage(
        title=_("Keys"),
        everywhere=(
            Key(("Ctrl", "K"), _("Go to a page, a journey, an analysis")),
            Key(("/",), _("Search on this page")),
            Key(("?",), _("Show this list")),
            Key(("g", "j"), _("Go to journeys")),
            Key(("g", "e"), _("Go to explore")),
            Key(("g", "c"), _("Go to customers")),
            Key(("g", "d"), _("Go to data")),
            Key(("Esc",), _("Close what is open")),
        ),
        charts=(
            Key(("Tab",), _("Enter a drawing, leave it")),
            Key(("→", "←"), _("Walk from mark to mark")),
            Key(("Home", "End"), _("First and last mark")),
            Key(("Enter",), _("Open the customers behind a mark")),
        ),
    )


def find_page(entries: tuple[Entry, ...]) -> FindPage:
    """Return the list of everything as a page, for those without script."""
    return FindPage(_("Everything that can be opened"), (Crumb(_("Find")),), entries)


def entries(walks: StoredWalks | None) -> tuple[Entry, ...]:
    """List pages, journeys and analyses."""
    pages = (
        (_("Journeys"), "journeys"),
        (_("Explore"), "explore"),
        (_("Customers"), "customers"),
        (_("Data"), "data"),
    )
    maps = tuple(walks.maps) if walks else ()
    return (
        *(Entry(label, _("page"), reverse(name)) for label, name in pages),
        *(Entry(key, _("journey"), reverse("journey", args=[key])) for key in maps),
        *(
            Entry(f"{name}: {found.summary}", _("analysis"), reverse("ask", args=[quote(name)]))
            for name, found in registrations().items()
        ),
    )
