"""What is decided about findings: agree, dismiss, assign, act, verify, note, watch, interpret, review.

Each decision is one row of the history; of two who decide at once from the same page the second is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError, LockedError
from trodden.web.findings.models import LONGEST_NAME, LONGEST_TEXT, Case, Decision, Knowledge, Watch
from trodden.web.people.models import Membership
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from trodden.insights.findings.model import Finding


@dataclass(frozen=True, slots=True)
class Act:
    """What a decision needs and does.

    ``needs``: whether a text is needed, and what for. ``sets``: what it makes of the case. ``when``: the
    states it is possible in; none means every.
    """

    needs: str = ""
    sets: Mapping[str, object] = field(default_factory=dict[str, object])
    when: tuple[str, ...] = ()


ACTS: Final = {
    "agree": Act(sets={"state": "confirmed"}, when=("detected",)),
    "dismiss": Act("reason", {"is_dismissed": True}),
    "restore": Act(sets={"is_dismissed": False, "reason": ""}),
    "assign": Act("assignee"),
    "act": Act("text", {"state": "acted"}, ("detected", "confirmed")),
    "verify": Act("text", {"state": "verified"}, ("acted",)),
    "note": Act("text"),
}
"""Everything that can be decided, by name; watching and interpreting are done apart."""

MISSING: Final = {
    "reason": "A finding is dismissed with a reason, so that others can follow it.",
    "assignee": "Say to whom it is assigned.",
    "text": "Say what was done, or what is to be noted.",
}


def decide(finding: Finding, version: int, act: str, text: str, by: str) -> Case:
    """Decide about a finding as its page showed it at ``version``, and write it into the history.

    Raises
    ------
    CallerError
        Nobody knows this act, it needs a text, or it is not possible in this state.
    LockedError
        Somebody decided meanwhile.
    """
    known, text = _known(act), _plain(text)
    if known.needs and not text:
        raise CallerError(MISSING[known.needs], hint=_("Go back and fill it in."))
    if known.needs == "assignee":
        _hold_member(text)
    with transaction.atomic():
        case = _case(finding)
        _hold_version(case, version)
        if known.when and case.state not in known.when:
            raise CallerError(_("This was decided already: it is {state}.").format(state=case.state))
        changes = {**known.sets, **({known.needs: text} if known.needs in {"reason", "assignee"} else {})}
        _change(case, version, {**changes, "told": msgspec.json.encode(finding).decode()})
        _remember(finding, act, text, by)
    return Case.here.get(pk=case.pk)


def _known(act: str) -> Act:
    if act not in ACTS:
        raise CallerError(f"{act!r} cannot be decided.", hint=f"Possible: {', '.join(ACTS)}.")
    return ACTS[act]


def _plain(text: str) -> str:
    return text.strip()[:LONGEST_TEXT]


def _hold_member(email: str) -> None:
    """Refuse somebody who is no member, where people sign in, and what is too long to be anybody."""
    if len(email) > LONGEST_NAME:
        raise CallerError(_("A name of at most {n} characters, please.").format(n=LONGEST_NAME))
    if settings.TRODDEN_SIGN_IN and not _members().filter(user__email=email).exists():
        raise CallerError(f"Nobody here is {email!r}.", hint=_("Choose a member of the workspace."))


def _members() -> Any:  # noqa: ANN401 - a query of memberships
    return Membership.here.filter(is_active=True, user__is_active=True)


def members() -> tuple[str, ...]:
    """Return the addresses of everybody a finding can be assigned to; nobody where there is no sign-in."""
    if not settings.TRODDEN_SIGN_IN:
        return ()
    return tuple(_members().order_by("user__email").values_list("user__email", flat=True))


def _case(finding: Finding) -> Case:
    found, _made = Case.here.get_or_create(
        workspace=workspace_name(),
        key=finding.key,
        defaults={"told": msgspec.json.encode(finding).decode()},
    )
    return found


def _hold_version(case: Case, version: int) -> None:
    """Refuse a decision about what somebody else has decided about since, whatever it is by now."""
    if case.version != version:
        raise _meanwhile()


def _change(case: Case, version: int, changes: Mapping[str, object]) -> None:
    changed = Case.here.filter(pk=case.pk, version=version).update(version=version + 1, **changes)
    if not changed:
        raise _meanwhile()


def _meanwhile() -> LockedError:
    return LockedError(
        _("Somebody decided about this finding while you looked at it. Nothing was changed."),
        hint=_("Open it anew, and decide again."),
    )


def _remember(finding: Finding, act: str, text: str, by: str) -> None:
    Decision.here.create(
        workspace=workspace_name(),
        key=finding.key,
        by=by,
        act=act,
        text=text,
        sentence=finding.sentence,
    )


def watch(finding: Finding, by: str, *, is_on: bool) -> None:
    """Watch a finding, or no longer."""
    here = workspace_name()
    if is_on:
        Watch.here.get_or_create(workspace=here, key=finding.key, who=by)
    else:
        Watch.here.filter(key=finding.key, who=by).delete()


def interpret(finding: Finding, version: int, meaning: str, review_on: str, by: str) -> Knowledge:
    """Make knowledge of a finding: what a named person takes it to mean, until a day of review.

    Raises
    ------
    CallerError
        The meaning is empty, or the day cannot be read or is not to come.
    LockedError
        Somebody decided meanwhile.
    """
    meaning = _plain(meaning)
    if not meaning:
        raise CallerError(_("Say what it means: a finding becomes knowledge by that."))
    day = _day(review_on)
    with transaction.atomic():
        case = _case(finding)
        state = "confirmed" if case.state == "detected" else case.state
        _change(case, version, {"state": state, "told": msgspec.json.encode(finding).decode()})
        _remember(finding, "interpret", meaning, by)
        return Knowledge.here.create(
            workspace=workspace_name(),
            key=finding.key,
            sentence=finding.sentence,
            meaning=meaning,
            by=by,
            review_on=day,
        )


def review(known: UUID, version: int, review_on: str, by: str) -> None:
    """Keep knowledge until another day, or withdraw it where none is given.

    Raises
    ------
    CallerError
        The day cannot be read or is not to come.
    LockedError
        Somebody reviewed it meanwhile.
    """
    changes = {"review_on": _day(review_on)} if review_on.strip() else {"is_withdrawn": True}
    with transaction.atomic():
        found = Knowledge.here.filter(pk=known, version=version)
        one = found.first()
        if one is None or not found.update(version=version + 1, **changes):
            raise LockedError(_("Somebody reviewed this while you looked at it. Nothing was changed."))
        Decision.here.create(
            workspace=workspace_name(),
            key=one.key,
            by=by,
            act="review" if review_on.strip() else "withdraw",
            text=one.meaning,
            sentence=one.sentence,
        )


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text.strip())
    except ValueError as error:
        raise CallerError(f"{text!r} is not a day.", hint=_("Such as 2027-03-01.")) from error
    if found <= timezone.now().date():
        raise CallerError(_("The day of review is to come."), hint=_("Choose a later one."))
    return found
