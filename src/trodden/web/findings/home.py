"""Home: at most five findings, and beside them what is new, what we know, and the first steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trodden.analyses.overview.answer import OverviewQuestion
from trodden.charts.formats import format_count, format_moment
from trodden.insights.findings.audiences import for_department
from trodden.insights.findings.kept import is_current, kept
from trodden.insights.findings.searching import failure, is_wished, progress
from trodden.web.addresses import with_query
from trodden.web.boards.mentions import said_to
from trodden.web.findings.cards import cards_of, extent_of, permits, standing
from trodden.web.findings.deciding import members
from trodden.web.findings.looks import look, seen_now
from trodden.web.findings.models import Decision, Knowledge
from trodden.web.findings.pages import (
    HomePage,
    Live,
    extent_said,
    failed_said,
    known_of,
    news_of,
    searched_said,
)
from trodden.web.findings.steps import HIDDEN, steps_of
from trodden.web.findings.voices import with_voices
from trodden.web.home import chosen
from trodden.web.pages import Empty, File, no_data
from trodden.web.people.rights import DEPARTMENTS
from trodden.web.people.sessions import is_by_itself
from trodden.web.shield import FEWEST, named, sees_customers

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.analyses.overview.answer import Overview
    from trodden.api import StoredWalks
    from trodden.insights.findings.model import Finding, Findings
    from trodden.web.actors import Actor
    from trodden.web.findings.cards import Standing
    from trodden.web.findings.pages import Known, News

MOST: Final = 5
"""Findings on the first page."""

MOST_OF_ONE: Final = 2
"""Of one journey, while there are others."""

EVERY_S: Final = 15
SEARCHING_S: Final = 2
REVIEWED_IN: Final = timedelta(days=90)
"""When knowledge is to be looked at again, where nobody says otherwise."""


def home_page(request: HttpRequest, actor: Actor, walks: StoredWalks | None) -> HomePage:
    """Return Home for who asks; where the part that keeps itself new does, nothing but that part."""
    if walks is None:
        return replace(_frame(request, actor, walks), empty=no_data(), is_first_run=True)
    found = None if actor.limit else kept(walks.workspace)
    live = _live_of_few(walks) if actor.limit else live_of(walks, found)
    if is_by_itself(request) and request.GET.get("part") == "live":
        return replace(_bare(actor), live=live)
    page = replace(_frame(request, actor, walks), live=live)
    if actor.limit:
        return replace(page, known=(), empty=_not_of_all(actor.limit))
    # Parts of the page that are loaded anew by themselves are no look of anybody.
    page = replace(page, news=None if is_by_itself(request) else _news(actor, walks, found))
    if found is None:
        is_coming = live.is_searching or chosen().seek_findings
        return replace(page, empty=None if is_coming else _not_sought())
    return _with_findings(page, request, actor, walks, found)


def _not_of_all(segment: str) -> Empty:
    return Empty(
        "none-yet",
        _("Findings are about all customers"),
        _("You see those of @{segment}: what is found among all of them is not shown to you.").format(
            segment=segment
        ),
        actions=(
            File(_("Explore"), reverse("explore")),
            File(_("Journeys"), reverse("journeys")),
        ),
    )


def _live_of_few(walks: StoredWalks) -> Live:
    """Return what is going on to who sees only some customers: nothing of searches, which are among all."""
    return replace(live_of(walks, None), searched="", is_searching=False, failed="", every_s=EVERY_S)


def _frame(request: HttpRequest, actor: Actor, walks: StoredWalks | None) -> HomePage:
    is_shown = request.COOKIES.get(HIDDEN) != "yes"
    return replace(
        _bare(actor),
        known=_due_first(),
        steps=steps_of(walks, actor) if is_shown else (),
        members=members(),
        mentions=said_to(actor),
    )


def _bare(actor: Actor) -> HomePage:
    return HomePage(
        title=_("What to know now"),
        lead="",
        cards=(),
        more=None,
        scope=(),
        permits=permits(actor),
        live=None,
        news=None,
        known=(),
        steps=(),
        is_first_run=False,
        extent="",
        members=(),
        tomorrow=review_day(),
    )


def review_day() -> str:
    """Return the day of review that forms propose."""
    return (timezone.now().date() + REVIEWED_IN).isoformat()


def _due_first() -> tuple[Known, ...]:
    newest = Knowledge.here.filter(is_withdrawn=False).order_by("review_on", "-at")
    return tuple(known_of(one) for one in newest[:MOST])


def _with_findings(
    page: HomePage, request: HttpRequest, actor: Actor, walks: StoredWalks, found: Findings
) -> HomePage:
    department = department_of(actor)
    wanted = "" if request.GET.get("for") == "all" else department
    decided = standing(actor.name)
    shown = open_findings(for_department(found.findings, wanted), decided)
    first = first_of(shown)
    rest = len(shown) - len(first)
    more = ngettext("{n} more finding", "{n} more findings", rest).format(n=rest)
    return replace(
        page,
        lead=_lead(found, len(shown), wanted),
        cards=with_voices(walks, cards_of(first, decided, found.time_zone), first),
        more=File(more, reverse("findings")) if rest else None,
        scope=_scope(department, wanted),
        extent=extent_said(extent_of(first)),
        empty=None if first else _nothing(found),
    )


def open_findings(found: list[Finding], decided: Standing) -> list[Finding]:
    """Return the findings nobody dismissed and nobody has made knowledge of."""
    return [one for one in found if not decided.is_dismissed(one.key) and one.key not in decided.known]


def first_of(found: list[Finding]) -> list[Finding]:
    """Return the first five, at most two of one journey, so that none fills the page while others wait."""
    spread = [
        one
        for place, one in enumerate(found)
        if sum(other.map == one.map for other in found[:place]) < MOST_OF_ONE
    ]
    first = [*spread, *(one for one in found if one not in spread)][:MOST]
    return [one for one in found if one in first]


def department_of(actor: Actor) -> str:
    """Return the department of who asks; empty where they have none."""
    return actor.membership.department if actor.membership else ""


def _scope(department: str, wanted: str) -> tuple[File, ...]:
    """Return the way to what reaches one's own department, and to all; none where there is no department."""
    if not department:
        return ()
    own = _("For {department}").format(department=DEPARTMENTS[department])
    here, every = reverse("front"), with_query(reverse("front"), {"for": "all"})
    return (File(own, "" if wanted else here), File(_("All departments"), every if wanted else ""))


def _lead(found: Findings, number: int, wanted: str) -> str:
    for_whom = _(" for {department}").format(department=DEPARTMENTS[wanted]) if wanted else ""
    said = ngettext("{n} finding{whom}", "{n} findings{whom}", number).format(
        n=format_count(number), whom=for_whom
    )
    words = _("{said}, out of {tried} things that were tested.")
    if not found.state:
        words = _("{said} so far, out of {tried} things that were tested; the search goes on.")
    return words.format(said=said, tried=format_count(found.tried))


def _nothing(found: Findings) -> Empty:
    if found.findings:
        return Empty(
            "none-yet",
            _("Nothing is open"),
            _("Every finding was dismissed, is known, or reaches other departments."),
            actions=(File(_("All findings"), with_query(reverse("findings"), {"show": "all"})),),
        )
    if not found.tried:
        return Empty(
            "none-yet",
            _("Findings begin with a map"),
            _("They tell how journeys that were designed and published are walked. There is none yet."),
            actions=(File(_("Draw or mine a first map"), reverse("journeys")),),
        )
    return Empty(
        "none-yet",
        _("Nothing to report"),
        _("Of {tried} things that were tested none is more than chance.").format(
            tried=format_count(found.tried)
        ),
        actions=(File(_("What may be ignored"), reverse("findings")),),
    )


def _not_sought() -> Empty:
    return Empty(
        "none-yet",
        _("Nobody has looked for findings yet"),
        _("The search asks every analysis of every published map; it runs beside the pages."),
        commands=("trodden findings",),
    )


def live_of(walks: StoredWalks, found: Findings | None) -> Live:
    """Return what is going on just now."""
    overview = _totals(walks)
    customers = overview.about.customers
    are_few = 0 < customers < FEWEST and not sees_customers.get()
    last_at = None if are_few else overview.last_at
    going = progress(walks.workspace)
    is_now = is_current(found, walks.catalog)
    is_searching = going is not None or is_wished(walks.workspace)
    return Live(
        events=format_count(overview.about.events),
        customers=_("fewer than {n}").format(n=FEWEST) if are_few else format_count(customers),
        last_at=format_moment(last_at, walks.catalog.time_zone) if last_at else "",
        searched=searched_said(found, going, is_current=is_now),
        every_s=SEARCHING_S if is_searching else EVERY_S,
        done=going.done if going else 0,
        of=going.of if going else 0,
        is_stale=found is not None and not is_now,
        is_searching=is_searching,
        failed="" if is_searching else failed_said(failure(walks.workspace), walks.catalog.time_zone),
    )


def _totals(walks: StoredWalks) -> Overview:
    """Count all there is, which is told to whoever may see anything."""
    return cast("Overview", named(walks).ask(OverviewQuestion(top=1)))


def _news(actor: Actor, walks: StoredWalks, found: Findings | None) -> News | None:
    events = _totals(walks).about.events
    now = seen_now(found, events)
    before = look(actor.name, now)
    since = Decision.here.filter(at__gt=before.at) if before else Decision.here.none()
    decisions = list(since.exclude(by=actor.name).order_by("-at")[:MOST])
    return news_of(before, now, decisions, walks.catalog.time_zone)
