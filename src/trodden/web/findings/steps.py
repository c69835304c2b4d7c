"""The first steps, ticked by what there is; steps to what does not exist yet are not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.insights.findings.kept import kept
from trodden.web.boards.models import Mailing
from trodden.web.findings.pages import Step
from trodden.web.home import walks as workspace
from trodden.web.people.models import Invitation, Membership
from trodden.web.people.rights import Right

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.web.actors import Actor

HIDDEN: Final = "start"
"""The cookie that remembers that the steps were put away."""


def steps_of(walks: StoredWalks | None, actor: Actor) -> tuple[Step, ...]:
    """Return the first steps; none where all are done, and none to who sees only some customers."""
    if actor.limit:
        return ()
    steps = (
        Step(
            _("Bring in what happened"),
            _("A file with one row for each interaction: who, what, when."),
            reverse("data"),
            workspace() is not None,
        ),
        Step(
            _("See the first event"),
            _("What came in, from where, and what was refused."),
            reverse("data"),
            walks is not None and bool(walks.snapshot.buckets()),
        ),
        Step(
            _("Draw or mine a journey"),
            _("What was designed, or a first draft of what most people walk; then publish it."),
            reverse("journeys"),
            walks is not None and any(one.published_at for one in walks.maps.values()),
        ),
        Step(
            _("Find the first gap"),
            _("Where what is walked parts from what was designed, and how that ends."),
            reverse("findings"),
            _has_findings(walks),
        ),
        *_invite(actor),
        Step(
            _("Have a board sent"),
            _("The questions you ask every week, answered in a mail."),
            reverse("boards"),
            Mailing.here.exists(),
        ),
    )
    return () if all(one.is_done for one in steps) else steps


def _has_findings(walks: StoredWalks | None) -> bool:
    found = kept(walks.workspace) if walks else None
    return found is not None and bool(found.findings)


def _invite(actor: Actor) -> tuple[Step, ...]:
    """Return the step to others, for who may invite them."""
    if not settings.TRODDEN_SIGN_IN or not actor.may(Right.ADMINISTER):
        return ()
    is_done = Membership.here.count() > 1 or Invitation.here.filter(is_setup=False).exists()
    hint = _("Findings reach people by their department.")
    return (Step(_("Invite somebody"), hint, reverse("people"), is_done),)
