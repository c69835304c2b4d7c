"""The pages of settings."""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from msgspec.structs import replace

import trodden
from trodden.model.words import say, tr
from trodden.store.disk import size_text
from trodden.store.folder import zone_names
from trodden.web.pages import Crumb
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from trodden.settings import Settings
    from trodden.store.findings import Finding
    from trodden.store.folder import Workspace
    from trodden.web.actors import Actor

LIBRARIES: Final = ("django", "granian", "deltalake", "duckdb", "pyarrow", "numpy", "numba")
"""What most depends on, by name in the register of packages."""


@dataclass(frozen=True, slots=True)
class Card:
    """A way into a part of settings."""

    title: str
    says: str
    address: str
    icon: str


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """Every part of settings for who asks."""

    title: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class WorkspacePage:
    """Zone, currency and language; ``zone_was`` and ``currency_was`` are what a change is made from."""

    title: str
    crumbs: tuple[Crumb, ...]
    name: str
    zone: str
    currency: str
    zone_was: str
    currency_was: str
    zones: tuple[str, ...]
    language: str = ""
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A fact about what runs here."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class AboutPage:
    """What runs here, on what, and whether all is well; ``look`` is where that is worked out."""

    title: str
    crumbs: tuple[Crumb, ...]
    facts: tuple[Line, ...]
    outside: tuple[Line, ...]
    look: str
    findings: tuple[Finding, ...] = ()
    verdict: str = ""


def settings_crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    """Return the way back to the settings, and on from there."""
    return (Crumb(_("Settings"), reverse("settings")), *more)


def settings_page_for(actor: Actor, found: Workspace | None) -> SettingsPage:
    """Return the parts that lead somewhere for who asks."""
    manages, administers = actor.may(Right.MANAGE), actor.may(Right.ADMINISTER)
    is_set = found is not None and manages
    zone = _("In which zone days are counted, and which currency amounts are in.")
    hours = _("When somebody is there to serve: opening hours, holidays, exceptions.")
    kept = _("For ever, or some months: what goes then, and what has gone.")
    came = _("What came in, and which events were at which touchpoint.")
    whole = _("Versions, where the data is, and whether all of it is whole.")
    may = (
        (is_set and actor.opens("workspace"), _card("workspace", _("Workspace"), zone, "globe")),
        (
            found is not None and manages and actor.opens("workspace-retention"),
            _card("workspace-retention", _("How long events are kept"), kept, "hourglass"),
        ),
        (
            is_set and actor.opens("calendars"),
            _card("calendars", _("Calendars"), hours, "calendar-clock"),
        ),
        (True, _card("workspaces", _("Workspaces"), _("Those you may enter, and a new one."), "layers")),
        (actor.opens("data"), _card("data", _("Sources"), came, "database")),
        (
            actor.is_signed_in and administers,
            _card("people", _("People"), _("Who may sign in, and what they may do."), "user-cog"),
        ),
        (administers, _card("log", _("Log"), _("Who changed what, and who looked at whom."), "scroll-text")),
        (
            actor.is_signed_in,
            _card("account", _("My account"), _("Password, second factors, sessions."), "circle-user"),
        ),
        (manages and actor.opens("about"), _card("about", _("About"), whole, "server")),
    )
    return SettingsPage(_("Settings"), tuple(card for is_shown, card in may if is_shown))


def _card(route: str, title: str, says: str, icon: str) -> Card:
    return Card(title, says, reverse(route), icon)


def workspace_page(found: Workspace, said: dict[str, str] | None = None) -> WorkspacePage:
    """Return the page of a workspace; ``said`` are fields that could not be taken as they are."""
    mark = found.mark
    given = {"zone": mark.time_zone, "currency": mark.currency, "language": mark.language, **(said or {})}
    return WorkspacePage(
        title=_("Workspace"),
        crumbs=settings_crumbs(Crumb(_("Workspace"))),
        name=found.name,
        zone_was=mark.time_zone,
        currency_was=mark.currency,
        zones=zone_names(),
        **given,
    )


def about_page(found: Workspace | None, here: Settings, findings: tuple[Finding, ...] = ()) -> AboutPage:
    """Return what is known about what runs here."""
    return AboutPage(
        title=_("About this Trodden"),
        crumbs=settings_crumbs(Crumb(_("About"))),
        facts=(*_versions(), *_places(found, here)),
        outside=_outside(here),
        look=f"{reverse('about')}?looked=yes",
        findings=tuple(_said(one) for one in findings),
        verdict=_verdict(findings),
    )


def _said(one: Finding) -> Finding:
    """Return what a check found in the reader's language."""
    return replace(one, name=tr(one.name), message=say(one.message), fix=say(one.fix))


def _versions() -> tuple[Line, ...]:
    built = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        Line(_("Version"), trodden.__version__),
        Line(_("Python"), platform.python_version()),
        Line(_("Built on"), built),
    )


def _places(found: Workspace | None, here: Settings) -> tuple[Line, ...]:
    home = Path(here.home).resolve()
    usage = shutil.disk_usage(home if home.exists() else home.parent)
    records = _("a PostgreSQL server") if connection.vendor == "postgresql" else str(home / "records.sqlite3")
    data = str(found.root.resolve()) if found else _("nothing has come in yet")
    room = _("{free} free of {total}").format(free=size_text(usage.free), total=size_text(usage.total))
    return (
        Line(_("Events and walks"), data),
        Line(_("People, log and what they keep"), records),
        Line(_("Disk"), room),
    )


def _outside(here: Settings) -> tuple[Line, ...]:
    """Return every other machine this process may speak to."""
    mail = f"{here.smtp_host}:{here.smtp_port}" if here.smtp_host else _("nobody; mails go to the console")
    lines = [Line(_("Mail server"), mail)]
    if connection.vendor == "postgresql":
        server = connection.settings_dict["HOST"] or _("this machine")
        lines.append(Line(_("Database of records"), str(server)))
    if here.sso_issuer:
        lines.append(Line(_("Single sign-on"), here.sso_issuer))
    named = sorted({*here.outgoing_hosts, *here.private_hosts})
    if named:
        lines.append(Line(_("Hosts that may be asked"), ", ".join(named)))
    return (*lines, Line(_("Anything else"), _("nothing: no telemetry, no update check, no fonts, no maps")))


def _verdict(findings: tuple[Finding, ...]) -> str:
    if not findings:
        return ""
    wrong = sum(one.state == "wrong" for one in findings)
    warned = sum(one.state == "warning" for one in findings)
    if wrong:
        return _("{n} of {all} checks found something wrong").format(n=wrong, all=len(findings))
    if warned:
        return _("Nothing is wrong; {n} of {all} checks have something to say").format(
            n=warned, all=len(findings)
        )
    return _("All {all} checks are well").format(all=len(findings))
