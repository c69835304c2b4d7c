"""Home, the list of findings, one finding, what is decided about it, and what we know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.insights.findings.kept import kept
from trodden.insights.findings.ranking import FORMULA
from trodden.insights.findings.searching import wish
from trodden.model.errors import CallerError
from trodden.model.words import say
from trodden.web.actors import actor_of
from trodden.web.addresses import version_in
from trodden.web.audit.requests import record
from trodden.web.explore.export import attached
from trodden.web.findings.cards import cards_of, extent_of, last_told, permits, standing
from trodden.web.findings.deciding import decide, interpret, members, review, watch
from trodden.web.findings.home import home_page, review_day
from trodden.web.findings.listing import file_of, list_page
from trodden.web.findings.models import Case, Decision, Knowledge
from trodden.web.findings.pages import FindingPage, KnowledgePage, extent_said, known_of, told_of
from trodden.web.findings.steps import HIDDEN
from trodden.web.findings.voices import with_voices
from trodden.web.home import or_404, walked, zone_here
from trodden.web.pages import Crumb, Empty, File, show
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from trodden.api import StoredWalks
    from trodden.insights.findings.model import Finding

A_YEAR_S: Final = 31_536_000


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show Home."""
    return show(request, "findings/home.html", home_page(request, actor_of(request), walked()))


@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """List the findings, and what may be ignored."""
    page = list_page(walked(), actor_of(request), request.GET.get("show", ""))
    return show(request, "findings/list.html", page)


@require_safe
def findings_file(request: HttpRequest) -> HttpResponse:
    """Give the list as a file; that is logged."""
    found = or_404(walked())
    record(request, "export", request.path_info)
    content = file_of(found, actor_of(request), request.GET.get("show", ""))
    return attached(content, f"findings-{timezone.now():%Y-%m-%d}", "csv")


@require_POST
def look_for(request: HttpRequest) -> HttpResponse:
    """Let the worker look for findings as soon as it can."""
    looking(request)
    return redirect("findings")


def looking(request: HttpRequest) -> None:
    """Ask the worker to look for findings; that is logged."""
    found = or_404(walked())
    wish(found.workspace)
    record(request, "finding.look")


@require_safe
def finding(request: HttpRequest, key: str) -> HttpResponse:
    """Show one finding, also when it is found no more."""
    walks = walked()
    one, is_gone = finding_in(walks, key)
    actor, zone = actor_of(request), zone_here()
    gone = frozenset({key}) if is_gone else frozenset[str]()
    cards = cards_of([one], standing(actor.name), zone, gone=gone)
    (card,) = with_voices(walks, cards, [one]) if walks else cards
    known = Knowledge.here.filter(key=key, is_withdrawn=False).order_by("-at").first()
    page = FindingPage(
        title=say(one.sentence),
        crumbs=(
            Crumb(_("Home"), reverse("front")),
            Crumb(_("All findings"), reverse("findings")),
            Crumb(_("Finding")),
        ),
        card=card,
        permits=permits(actor),
        history=told_of(list(Decision.here.filter(key=key).order_by("-at")), zone),
        known=known_of(known) if known else None,
        members=members(),
        tomorrow=review_day(),
        formula=FORMULA,
        extent=extent_said(extent_of([one])),
    )
    return show(request, "findings/one.html", page)


def finding_of(key: str) -> Finding:
    """Return a finding, also one that is found no more; raises as `finding_in`."""
    return finding_in(walked(), key)[0]


def finding_in(walks: StoredWalks | None, key: str) -> tuple[Finding, bool]:
    """Return a finding, and whether it is found no more.

    Raises
    ------
    Http404
        Nobody knows the key.
    """
    found = kept(walks.workspace) if walks else None
    one = found.find(key) if found else None
    if one is not None:
        return one, False
    case = Case.here.filter(key=key).first()
    told = last_told(case) if case else None
    if told is None:
        raise Http404(_("There is no such finding now, and nobody decided about it while there was."))
    return told, True


@require_POST
def decide_on(request: HttpRequest, key: str) -> HttpResponse:
    """Agree, dismiss, take up again, assign, act, verify."""
    act = request.POST.get("act", "")
    if act == "note":
        raise CallerError(_("A note is written by its own form."))
    return _decided(request, key, act)


@require_POST
def note_on(request: HttpRequest, key: str) -> HttpResponse:
    """Write a note, watch, or no longer watch."""
    act = request.POST.get("act", "")
    if act not in {"watch", "unwatch"}:
        return _decided(request, key, "note")
    one = finding_of(key)
    with transaction.atomic():
        watch(one, actor_of(request).name, is_on=act == "watch")
        record(request, f"finding.{act}", one.key)
    return _back(request, key)


def _decided(request: HttpRequest, key: str, act: str) -> HttpResponse:
    one = finding_of(key)
    with transaction.atomic():
        decide(
            one, version_in(request.POST.dict()), act, request.POST.get("text", ""), actor_of(request).name
        )
        record(request, f"finding.{act}", one.key)
    return _back(request, key)


@require_POST
def interpret_it(request: HttpRequest, key: str) -> HttpResponse:
    """Make knowledge of a finding."""
    one = finding_of(key)
    given = request.POST
    with transaction.atomic():
        interpret(
            one,
            version_in(request.POST.dict()),
            given.get("meaning", ""),
            given.get("review_on", ""),
            actor_of(request).name,
        )
        record(request, "finding.interpret", one.key)
    return _back(request, key)


def _back(request: HttpRequest, key: str) -> HttpResponseRedirect:
    """Lead back to where the form was: Home, or the finding's own page."""
    is_home = request.POST.get("from") == "home"
    return HttpResponseRedirect(reverse("front") if is_home else reverse("finding", args=[key]))


@require_safe
def knowledge(request: HttpRequest) -> HttpResponse:
    """List what we know, what is due for review first."""
    known = tuple(known_of(one) for one in Knowledge.here.filter(is_withdrawn=False).order_by("review_on"))
    nothing = Empty(
        "none-yet",
        _("Nothing is known yet"),
        _("A finding becomes knowledge when somebody says, under their name, what it means."),
        actions=(File(_("Findings"), reverse("front")),),
    )
    page = KnowledgePage(
        title=_("What we know"),
        crumbs=(Crumb(_("Home"), reverse("front")), Crumb(_("What we know"))),
        known=known,
        may_review=actor_of(request).may(Right.EDIT),
        tomorrow=review_day(),
        empty=None if known else nothing,
    )
    return show(request, "findings/knowledge.html", page)


@require_POST
def knowledge_review(request: HttpRequest, known: UUID) -> HttpResponse:
    """Keep knowledge until another day, or withdraw it."""
    day = "" if request.POST.get("act") == "withdraw" else request.POST.get("review_on", "")
    if not day and request.POST.get("act") != "withdraw":
        raise CallerError(_("Say when it is to be looked at again."))
    with transaction.atomic():
        review(known, version_in(request.POST.dict()), day, actor_of(request).name)
        record(request, "knowledge.review", f"{known} {day or 'withdrawn'}")
    return redirect("knowledge")


@require_POST
def start_hide(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view takes the request
    """Put the first steps away, in this browser."""
    response = redirect("front")
    response.set_cookie(HIDDEN, "yes", max_age=A_YEAR_S, samesite="Lax", httponly=True)
    return response
