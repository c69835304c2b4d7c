"""How long events are kept: what that removes now is said before it goes; the worker does it, and logs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from django.http import Http404
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from trodden.charts.formats import format_count, format_moment
from trodden.model.errors import CallerError
from trodden.store.folder import Workspace
from trodden.store.lock import PATIENCE_S
from trodden.store.retention import due, is_begun, plan_removal, removals_of, remove_old
from trodden.web.audit.log import write
from trodden.web.home import or_404, workspace_here
from trodden.web.pages import Crumb, show
from trodden.web.people.again import asked_again
from trodden.web.setup.changing import kept_for
from trodden.web.setup.pages import settings_crumbs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from trodden.store.retention import Plan, Removal

CHOICES: Final = (0, 3, 6, 12, 13, 18, 24, 36, 48, 60, 84, 120)
"""Months that are proposed, 0 for ever."""
SHOWN: Final = 12

STAGES: Final = {
    "events": (1, gettext_lazy("Events of old months are being removed.")),
    "walks": (2, gettext_lazy("Walks are being built anew without them.")),
    "files": (3, gettext_lazy("What was worked out from them is being removed.")),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A time that events may be kept."""

    months: int
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Going:
    """What a choice removes now; ``months`` are labels with counts, ``events`` is what was seen."""

    months: int
    said: str
    act: str
    events: int
    counts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Events that are about to go, or going: ``step`` of three, 0 before the first."""

    said: str
    step: int


@dataclass(frozen=True, slots=True)
class Gone:
    """What went for its age."""

    at: str
    before: str
    events: str


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """How long events are kept; ``was`` is what a change is made from, ``going`` what one would remove."""

    title: str
    crumbs: tuple[Crumb, ...]
    said: str
    was: int
    choices: tuple[Choice, ...]
    gone: tuple[Gone, ...]
    going: Going | None = None
    under_way: UnderWay | None = None
    problem: str = ""


@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Show how long events are kept, and what another choice would remove now."""
    found = or_404(workspace_here())
    asked = request.GET.get("months", "")
    chosen_months = int(asked) if asked.isdecimal() and asked.isascii() and len(asked) < 4 else None  # noqa: PLR2004 - as many as there may be
    try:
        page = _page(found, chosen_months)
    except CallerError as error:
        page = _page(found, None, error.message)
    return show(request, "setup/retention.html", page)


@require_POST
@asked_again
def keep(request: HttpRequest) -> HttpResponse:
    """Write down how long events are kept, if what goes is what was seen; the worker does the rest."""
    found = or_404(workspace_here())
    said = [request.POST.get(name, "") for name in ("months", "was", "events")]
    if not all(one.isdecimal() and one.isascii() and len(one) < 16 for one in said):  # noqa: PLR2004 - no more events
        raise Http404(_("This is no number of months."))
    months, was, events = map(int, said)
    if not kept_for(request, found, months, (was, events)):
        problem = _("Something changed meanwhile. Look again at what would go.")
        page = _page(Workspace.open(found.home, found.name), months, problem)
        return show(request, "setup/retention.html", page, status=HTTPStatus.CONFLICT)
    return redirect("workspace-retention")


def remove_as(actor: str, workspace: Workspace) -> int:
    """Remove events that are too old, having logged it: what cannot be logged is not done; return how many.

    Raises
    ------
    TroddenError
        As `remove_old`.
    """
    with workspace.lock(PATIENCE_S):
        plan = due(workspace)
        if plan and plan.events and not is_begun(workspace, plan):
            write(actor, "workspace.removed", f"{plan.events} events of months before {_dashed(plan.before)}")
        return remove_old(workspace)


def _page(found: Workspace, months: int | None, problem: str = "") -> RetentionPage:
    was = found.mark.keep_months
    shown = was if months is None else months
    is_change = months is not None and months != was
    removals = removals_of(found)
    return RetentionPage(
        title=_("How long events are kept"),
        crumbs=settings_crumbs(Crumb(_("How long events are kept"))),
        said=_kept(was),
        was=was,
        choices=tuple(
            Choice(one, _label(one), one == shown) for one in sorted({*CHOICES, was, shown}, key=_longest)
        ),
        gone=tuple(_gone(one, found.mark.time_zone) for one in removals if one.finished_at)[:SHOWN],
        going=_going(plan_removal(found, shown), shown) if is_change else None,
        under_way=_under_way(due(found), removals),
        problem=problem,
    )


def _longest(months: int) -> tuple[bool, int]:
    return months != 0, months


def _kept(months: int) -> str:
    if not months:
        return _("Events are kept for ever.")
    return ngettext(
        "Events of this month and the one before it are kept; older ones go when a month begins.",
        "Events of this month and the {n} before it are kept; older ones go when a month begins.",
        months,
    ).format(n=months)


def _label(months: int) -> str:
    return ngettext("{n} month", "{n} months", months).format(n=months) if months else _("For ever")


def _going(plan: Plan, months: int) -> Going:
    counts = tuple((month_said(one.month), format_count(one.events)) for one in plan.months)
    return Going(months, _would(plan), _act(plan, months), plan.events, counts)


def _would(plan: Plan) -> str:
    if not plan.before:
        return _("Nothing goes any more. What has gone does not come back.")
    if not plan.events:
        return _("Nothing is that old: nothing would go now.")
    return ngettext(
        "{n} event from before {month} would go now:",
        "{n} events from before {month} would go now:",
        plan.events,
    ).format(n=format_count(plan.events), month=month_said(plan.before))


def _act(plan: Plan, months: int) -> str:
    if not plan.events:
        return _("Keep them for ever") if not months else _("Keep them so long")
    return ngettext("Remove {n} event for good", "Remove {n} events for good", plan.events).format(
        n=format_count(plan.events)
    )


def _under_way(plan: Plan | None, removals: list[Removal]) -> UnderWay | None:
    """Return how far a removal has come; None where nothing has to go."""
    if plan is None:
        return None
    stage = next((one.stage for one in removals if not one.finished_at), "")
    if stage not in STAGES:
        said = ngettext(
            "{n} event is to go. The worker begins within a minute, or when an import is done.",
            "{n} events are to go. The worker begins within a minute, or when an import is done.",
            plan.events,
        )
        return UnderWay(said.format(n=format_count(plan.events)), 0)
    step, said = STAGES[stage]
    return UnderWay(str(said), step)


def _gone(one: Removal, zone: str) -> Gone:
    at = format_moment(datetime.fromisoformat(one.finished_at), zone)
    return Gone(at, month_said(one.before), format_count(one.events))


def month_said(month: int) -> str:
    """Write a month, given as yyyymm, as its reader does."""
    return date_format(date(month // 100, month % 100, 1), "YEAR_MONTH_FORMAT")


def _dashed(month: int) -> str:
    return f"{month // 100}-{month % 100:02}"
