"""What every page is made of: the frame around it, figures, ways back, empty states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from django.conf import settings
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from trodden.charts import Lines
from trodden.charts.formats import format_moment
from trodden.charts.svg import has_drawing
from trodden.charts.tables import table_of
from trodden.model.words import LANGUAGES, language
from trodden.web.actors import actor_of
from trodden.web.markup import drawing
from trodden.web.people.rights import Right
from trodden.web.tables import Grid, grid_of
from trodden.web.workspaces import front_of, names, title_of, workspace_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise as StrPromise  # pyright: ignore[reportPrivateUsage] - its type has no other name
    from django.utils.safestring import SafeString

    from trodden.charts import Chart
    from trodden.charts.svg.marks import Address
    from trodden.model.errors import TroddenError
    from trodden.web.actors import Actor

ROWS_SHOWN: Final = 100
"""Rows of a table on a page; its files hold all of them."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the product: its name, its first page, its icon, and the right to enter.

    ``below``: how the addresses of its further pages begin that do not stand below its first page.
    """

    label: StrPromise
    route: str
    icon: str
    right: Right
    below: tuple[str, ...] = ()


AREAS: Final = (
    Area(gettext_lazy("Home"), "front", "house", Right.SEE, ("/findings/", "/knowledge/")),
    Area(gettext_lazy("Journeys"), "journeys", "route", Right.SEE, ("/customers/shoes/",)),
    Area(gettext_lazy("Explore"), "explore", "compass", Right.SEE),
    Area(gettext_lazy("Customers"), "customers", "users", Right.SEE_PII),
    Area(gettext_lazy("Segments"), "segments", "filter", Right.SEE),
    Area(gettext_lazy("Boards"), "boards", "layout-dashboard", Right.SEE, ("/marks/",)),
    # Voice, Service, Change and Knowledge stand here.
    Area(gettext_lazy("Sources"), "data", "database", Right.SEE),
    Area(gettext_lazy("Settings"), "settings", "settings", Right.SEE),
)
"""The menu, in its order; each area that exists has one line here."""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the menu."""

    label: str
    address: str
    icon: str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the way back; the last one, where we are, has no address."""

    label: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A figure as a file."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Empty:
    """Why there is nothing to see: nothing came in, a filter excludes all, or it is being worked out."""

    why: Literal["no-data", "filtered", "computing", "none-yet", "too-few"]
    title: str
    message: str
    commands: tuple[str, ...] = ()
    actions: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with all that belongs to it: its sentence, what it rests on, its table, its files."""

    chart: Chart
    svg: SafeString | None
    grid: Grid
    files: tuple[File, ...] = ()
    definition: str = ""
    is_wide: bool = False
    heading: Literal["h1", "h2"] = "h2"

    @property
    def title(self) -> str:
        """Return the computed sentence."""
        return self.chart.title

    @property
    def has_marks(self) -> bool:
        """Say whether it shows what happened meanwhile."""
        return isinstance(self.chart, Lines) and bool(self.chart.marks)

    @property
    def as_of(self) -> str:
        """Return up to when it is told, with the zone; empty where that is not known."""
        return format_moment(self.chart.as_of, self.chart.time_zone) if self.chart.as_of else ""


def figure_of(
    chart: Chart, address: Address | None = None, files: tuple[File, ...] = (), definition: str = ""
) -> Figure:
    """Return the figure of a chart, with what happened meanwhile; it leads where ``address`` says."""
    from trodden.web.marks.drawn import marked

    chart = marked(chart)
    svg = drawing(chart, address) if has_drawing(chart) else None
    is_wide = type(chart).__name__ in {"Flow", "Matrix", "Overlay", "Sequences"}
    return Figure(chart, svg, grid_of(table_of(chart), address, ROWS_SHOWN), files, definition, is_wide)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page."""

    places: tuple[Place, ...]
    theme: str
    keys: str
    assets: bool
    path: str
    who: str
    footer: str
    is_in: bool
    language: str
    direction: Literal["ltr", "rtl"]
    languages: tuple[tuple[str, str], ...]
    themes: tuple[tuple[str, str], ...] = field(default=())
    workspaces: tuple[Place, ...] = ()
    limit: str = ""


THEMES: Final = ("auto", "light", "dark")


def frame(request: HttpRequest) -> Mapping[str, Frame]:
    """Return the frame, for every template."""
    actor = actor_of(request)
    return {
        "frame": Frame(
            places=places_of(actor, request.path),
            theme=chosen(request, "theme", THEMES),
            keys=chosen(request, "keys", ("on", "off")),
            assets=bool(settings.STATIC_ROOT),
            path=request.get_full_path() if request.method == "GET" else reverse("front"),
            who=actor.name if actor.is_signed_in else "",
            footer=_footer(actor),
            is_in=actor.may(Right.SEE),
            workspaces=_workspaces(actor),
            limit=actor.limit if actor.may(Right.SEE) else "",
            language=language(),
            direction="rtl" if get_language_bidi() else "ltr",
            languages=tuple(LANGUAGES.items()),
            themes=(("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))),
        )
    }


def workspaces_for(actor: Actor) -> Mapping[str, str]:
    """Return the role of who asks by the workspaces they may enter; without sign-in they are nobody's."""
    from trodden.web.people.staff import workspaces_of

    return workspaces_of(actor.name) if settings.TRODDEN_SIGN_IN else dict.fromkeys(names(), "")


def may_make_workspaces(actor: Actor) -> bool:
    """Say whether who asks may make workspaces: who administers the chosen one, and is there."""
    return actor.may(Right.ADMINISTER) and workspace_name() == settings.TRODDEN_WORKSPACE


def _workspaces(actor: Actor) -> tuple[Place, ...]:
    """Return the menu of workspaces: nothing where there is but one and no more can be made."""
    if not actor.may(Right.SEE):
        return ()
    held = workspaces_for(actor)
    if len(held) == 1 and not may_make_workspaces(actor):
        return ()
    here = workspace_name()
    return tuple(Place(title_of(name), front_of(name), "globe", name == here) for name in held)


def chosen(request: HttpRequest, name: str, known: tuple[str, ...]) -> str:
    """Return what a visitor chose, kept in a cookie; the first of the known ones where nothing sound is."""
    value = request.COOKIES.get(name, known[0])
    return value if value in known else known[0]


def places_of(actor: Actor, path: str = "") -> tuple[Place, ...]:
    """Return the entries of the menu that lead somewhere for who asks; ``path`` is where they are."""
    return tuple(
        Place(str(area.label), reverse(area.route), area.icon, _is_in(path, area))
        for area in AREAS
        if actor.may(area.right) and actor.opens(area.route)
    )


def _is_in(path: str, area: Area) -> bool:
    """Say whether an address is of an area; that of the front page alone begins every other."""
    first, front = reverse(area.route), reverse("front")
    if path == first or path.startswith(_below(area, front)):
        return True
    is_others = any(path.startswith(_below(other, front)) for other in AREAS)
    return first != front and path.startswith(first) and not is_others


def _below(area: Area, front: str) -> tuple[str, ...]:
    return tuple(front + one.lstrip("/") for one in area.below)


def _footer(actor: Actor) -> str:
    if actor.is_signed_in:
        return _("Signed in as {who}.").format(who=actor.name)
    if settings.TRODDEN_SIGN_IN:
        return _("Sign in to see anything.")
    return _("For one person on this machine, without sign-in. Nothing leaves it.")


def show(request: HttpRequest, template: str, page: object, *, status: int = 200) -> HttpResponse:
    """Render a page object with its template."""
    return render(request, template, {"page": page}, status=status)


def no_data() -> Empty:
    """Return the state of a workspace into which nothing has come yet."""
    return Empty(
        why="no-data",
        title=_("Nothing has come in yet"),
        message=_("Import a file with one row for each interaction, or make the demo firm to look around."),
        commands=("trodden import events.csv", "trodden demo"),
        actions=(File(_("Bring a file"), reverse("data")),),
    )


def few(error: TroddenError) -> Empty:
    """Return the state in which there are so few customers that who they are could be told."""
    return Empty(why="too-few", title=_("Too few to say"), message=f"{error.message} {error.hint}")


def filtered(clear: str) -> Empty:
    """Return the state in which a filter excludes everything."""
    return Empty(
        why="filtered",
        title=_("The filter excludes everything"),
        message=_("There is data, but nobody for whom all of this holds."),
        actions=(File(_("Remove all filters"), clear),),
    )
