"""Touchpoint rules a person is changing: a draft until it is put in force, and every version kept.

The draft is a person's own. It remembers which rules it began from, so that nothing somebody else put in
force meanwhile is written over.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError
from trodden.model.touchpoints import TouchpointRules
from trodden.store.lock import PATIENCE_S
from trodden.store.touchpoints import check_rules, dump_rules, load_rules, parse_rules, rules_hash, save_rules
from trodden.web.sources.models import RulesDraft, RulesVersion

if TYPE_CHECKING:
    from trodden.model.touchpoints import TouchpointRule
    from trodden.store.folder import Workspace

KEPT = 50
"""Versions that stay; older ones go."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules as one person sees them: with their changes, where there are any.

    ``base`` is the hash of those in force when the changes began, ``seen`` that of what is shown,
    ``in_force`` that of those in force now.
    ``is_outdated``: others have been put in force since.
    """

    rules: TouchpointRules
    base: str
    seen: str
    in_force: str
    is_changed: bool = False
    is_outdated: bool = False


def rules_for(workspace: Workspace, who: str) -> Rules:
    """Return the rules as somebody sees them.

    Raises
    ------
    RulesError
        The file of those in force cannot be used.
    """
    in_force = load_rules(workspace.touchpoints_file)
    now = rules_hash(in_force)
    draft = RulesDraft.here.filter(by=who).first()
    if draft is None:
        return Rules(in_force, now, now, now)
    changed = parse_rules(draft.text)
    is_outdated = draft.base != now
    return Rules(changed, draft.base, rules_hash(changed), now, is_changed=True, is_outdated=is_outdated)


def put_down(workspace: Workspace, who: str, seen: str, changed: TouchpointRules) -> None:
    """Keep changed rules as somebody's draft.

    Raises
    ------
    CallerError
        They were changed from something else than what stands there by now, as in a second window.
    RulesError
        They cannot be used.
    """
    check_rules(changed)
    found = rules_for(workspace, who)
    if found.seen != seen:
        raise CallerError(
            _("These rules were changed in another window meanwhile."),
            hint=_("Go back to the list, look, and do it again."),
        )
    RulesDraft.everywhere.update_or_create(
        workspace=workspace.name,
        by=who,
        defaults={"base": found.base, "text": dump_rules(changed), "at": timezone.now()},
    )


def throw_away(who: str) -> None:
    """Forget somebody's changes."""
    RulesDraft.here.filter(by=who).delete()


def put_in_force(workspace: Workspace, who: str, seen: str) -> None:
    """Let somebody's changes be the rules; those before are kept.

    Raises
    ------
    CallerError
        There are no changes, or others were put in force since they began, or they look otherwise by now.
    LockedError
        Somebody else is writing.
    """
    with workspace.lock(PATIENCE_S):
        found = rules_for(workspace, who)
        if not found.is_changed:
            raise CallerError(_("Nothing was changed."), hint=_("Change a rule first."))
        if found.is_outdated:
            raise CallerError(
                _("Somebody put other rules in force since you began to change these."),
                hint=_("Look at theirs under the versions; throw your changes away and make them anew."),
            )
        if found.seen != seen:
            raise CallerError(
                _("These rules were changed in another window meanwhile."), hint=_("Look again.")
            )
        _write(workspace, who, found.rules)
        throw_away(who)


def take_back(workspace: Workspace, who: str, number: int, base: str) -> None:
    """Let an earlier version be the rules again, as a version of its own.

    Raises
    ------
    CallerError
        There is no such version, or others were put in force since the page was shown.
    LockedError
        Somebody else is writing.
    """
    version = RulesVersion.here.filter(number=number).first()
    if version is None:
        raise CallerError(_("There is no version {n} any more.").format(n=number))
    put_instead(workspace, who, parse_rules(version.text), base)


def put_instead(workspace: Workspace, who: str, rules: TouchpointRules, base: str) -> None:
    """Let rules be those of the workspace in place of those whose hash is ``base``; both are kept.

    Raises
    ------
    CallerError
        Others are in force by now.
    RulesError
        They cannot be used.
    LockedError
        Somebody else is writing.
    """
    check_rules(rules)
    with workspace.lock(PATIENCE_S):
        if rules_hash(load_rules(workspace.touchpoints_file)) != base:
            raise CallerError(_("Somebody put other rules in force meanwhile."), hint=_("Look again."))
        _write(workspace, who, rules)


def _write(workspace: Workspace, who: str, rules: TouchpointRules) -> None:
    """Write rules and keep both: those before where nobody did, as after an edit by hand, and these."""
    before = load_rules(workspace.touchpoints_file)
    with transaction.atomic():
        newest = RulesVersion.here.order_by("-number").first()
        if newest is None or newest.text != dump_rules(before):
            newest = _keep(workspace, newest, "", before)
        kept = _keep(workspace, newest, who, rules)
        RulesVersion.here.filter(number__lte=kept.number - KEPT).delete()
        save_rules(workspace.touchpoints_file, rules)


def _keep(
    workspace: Workspace, newest: RulesVersion | None, who: str, rules: TouchpointRules
) -> RulesVersion:
    number = newest.number + 1 if newest else 1
    return RulesVersion.everywhere.create(
        workspace=workspace.name, number=number, text=dump_rules(rules), by=who
    )


def with_rule(rules: TouchpointRules, number: int, rule: TouchpointRule) -> TouchpointRules:
    """Return rules in which one stands at a place, counted from 1; at the end where nothing stands there."""
    listed = list(rules.rules)
    place = number - 1
    listed[place : place + 1] = [rule]
    return msgspec.structs.replace(rules, rules=tuple(listed))


def without_rule(rules: TouchpointRules, number: int) -> TouchpointRules:
    """Return rules without the one at a place."""
    listed = [rule for place, rule in enumerate(rules.rules, 1) if place != number]
    return msgspec.structs.replace(rules, rules=tuple(listed))


def moved_rule(rules: TouchpointRules, number: int, by: int) -> TouchpointRules:
    """Return rules in which the one at a place stands so many places later; at an end it stays."""
    listed = list(rules.rules)
    place, target = number - 1, number - 1 + by
    if 0 <= place < len(listed) and 0 <= target < len(listed):
        listed.insert(target, listed.pop(place))
    return msgspec.structs.replace(rules, rules=tuple(listed))
