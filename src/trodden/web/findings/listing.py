"""The list of all findings, narrowed; its file; and the noise that may be ignored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.charts import Column
from trodden.charts.export import csv_of
from trodden.charts.formats import format_count, format_moment, format_number
from trodden.insights.findings.candidates import later_said, points_said
from trodden.insights.findings.kept import kept
from trodden.insights.findings.ranking import FORMULA
from trodden.insights.findings.table import table_of_findings
from trodden.web.addresses import with_query
from trodden.web.findings.cards import TONES, is_of_time, last_told, said_as_kept, standing
from trodden.web.findings.home import live_of
from trodden.web.findings.models import STATES
from trodden.web.findings.pages import Line, ListPage, noise_of
from trodden.web.pages import Crumb, Empty, File, no_data
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from collections.abc import Callable

    from trodden.api import StoredWalks
    from trodden.insights.findings.model import Finding, Findings
    from trodden.web.actors import Actor
    from trodden.web.findings.cards import Standing

OPEN: Final = ""


def list_page(walks: StoredWalks | None, actor: Actor, show: str) -> ListPage:
    """Return the list of findings for who asks."""
    found = kept(walks.workspace) if walks else None
    page = ListPage(
        title=_("All findings"),
        crumbs=(Crumb(_("Home"), reverse("front")), Crumb(_("All findings"))),
        views=(),
        lines=(),
        noise=(),
        formula=FORMULA,
        as_of="",
        tried=0,
        files=(),
        may_look=actor.may(Right.ASK) and walks is not None,
        live=live_of(walks, found) if walks else None,
    )
    if walks is None:
        return replace(page, empty=no_data())
    if found is None:
        return replace(page, empty=_not_sought())
    return replace(page, **_listed(found, standing(actor.name), actor, show))


def _not_sought() -> Empty:
    return Empty(
        "none-yet",
        _("Nobody has looked for findings yet"),
        _("The search asks every analysis of every published map; it runs beside the pages."),
        commands=("trodden findings",),
    )


def _listed(found: Findings, decided: Standing, actor: Actor, show: str) -> dict[str, Any]:
    every = [*found.findings, *_gone(found, decided)]
    choices = _choices(decided, actor)
    chosen = choices.get(show, choices[OPEN])
    lines = tuple(_line(one, decided, found) for one in every if chosen[1](one))
    address = reverse("findings")
    views = tuple(
        (File(_counted(label, sum(map(holds, every))), with_query(address, {"show": name})), name == show)
        for name, (label, holds) in choices.items()
    )
    return {
        "views": views,
        "lines": lines,
        "noise": noise_of(found.ignored),
        "as_of": format_moment(found.as_of, found.time_zone),
        "tried": found.tried,
        "files": (File("CSV", with_query(reverse("findings-file"), {"show": show})),)
        if actor.may(Right.ASK)
        else (),
        "empty": None if lines else _none(address, show),
    }


def _counted(label: str, number: int) -> str:
    return f"{label} {format_count(number)}"


def _choices(decided: Standing, actor: Actor) -> dict[str, tuple[str, Callable[[Finding], bool]]]:
    """Return what the list can be narrowed to: by name, its label, and whether a finding is of it."""
    cases = decided.cases
    return {
        OPEN: (_("Open"), lambda one: not decided.is_dismissed(one.key) and one.key not in decided.known),
        "mine": (_("Mine"), lambda one: one.key in cases and cases[one.key].assignee == actor.name),
        "watched": (_("Watched"), lambda one: one.key in decided.watched),
        "known": (_("Known"), lambda one: one.key in decided.known),
        "dismissed": (_("Dismissed"), lambda one: decided.is_dismissed(one.key)),
        "all": (_("All"), lambda _one: True),
    }


def _gone(found: Findings, decided: Standing) -> list[Finding]:
    """Return the findings somebody decided about that are found no more, as they stood then."""
    keys = {one.key for one in found.findings}
    told = (last_told(case) for key, case in decided.cases.items() if key not in keys and case.version)
    return [one for one in told if one is not None]


def _none(address: str, show: str) -> Empty:
    if show == OPEN:
        return Empty(
            "none-yet",
            _("Nothing is open"),
            _("Either nothing is more than chance, or all of it was decided."),
            actions=(File(_("All findings"), with_query(address, {"show": "all"})),),
        )
    return Empty(
        "filtered",
        _("No finding is of this kind"),
        _("There may be others."),
        actions=(File(_("Open findings"), address),),
    )


def _line(one: Finding, decided: Standing, found: Findings) -> Line:
    case = decided.cases.get(one.key)
    is_gone = found.find(one.key) is None
    notes = (_("found no more") if is_gone else "", case.reason if case and case.is_dismissed else "")
    return Line(
        sentence=one.sentence,
        address=reverse("finding", args=[one.key]),
        journey=one.map,
        size=_size(one),
        effect=_time(one) if is_of_time(one) else said_as_kept(points_said, one.effect),
        state=str(STATES[case.state if case else "detected"]),
        assignee=case.assignee if case else "",
        score=format_number(one.rank.score),
        note="; ".join(note for note in notes if note),
        tone=TONES[one.sense],
    )


def _time(one: Finding) -> str:
    return said_as_kept(later_said, one.time)


def _size(one: Finding) -> str:
    if one.customers is None:
        return ngettext("{n} journey", "{n} journeys", one.journeys).format(n=format_count(one.journeys))
    return ngettext("{n} customer", "{n} customers", one.customers).format(n=format_count(one.customers))


def file_of(walks: StoredWalks, actor: Actor, show: str) -> bytes:
    """Return the list as a table in a file."""
    found = kept(walks.workspace)
    decided = standing(actor.name)
    every = [*found.findings, *_gone(found, decided)] if found else []
    choices = _choices(decided, actor)
    chosen = choices.get(show, choices[OPEN])[1]
    listed = [one for one in every if chosen(one)]
    return csv_of(
        table_of_findings(listed, _DECIDED, {one.key: _cells(one, decided) for one in listed})
    ).encode()


_DECIDED: Final = (Column("State"), Column("Dismissed because"), Column("Assigned to"))


def _cells(one: Finding, decided: Standing) -> tuple[str, ...]:
    case = decided.cases.get(one.key)
    return (case.state, case.reason, case.assignee) if case else ("detected", "", "")
