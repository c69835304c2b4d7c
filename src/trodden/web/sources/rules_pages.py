"""The pages of touchpoint rules: the list with what they cover, and the form of one."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.charts.formats import format_count, format_moment, format_share
from trodden.model.event import CHANNELS
from trodden.store.events import EventStore
from trodden.store.touchpoints import check, events_for_rules, parse_rules, path_of, rules_hash, suggest
from trodden.web.addresses import with_query
from trodden.web.pages import Crumb
from trodden.web.shield import masked, sees_customers
from trodden.web.sources.models import RulesVersion
from trodden.web.sources.pages import tabs_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trodden.model.touchpoints import Promoted, TouchpointRule, TouchpointRules
    from trodden.store.folder import Workspace
    from trodden.store.touchpoints import Coverage, Proposal, RuleUse, Unmatched
    from trodden.web.sources.rules import Rules

LOOKED_AT: Final = 2_000_000
"""Events a count looks at, the newest; it says so where there are more."""
_NEWEST: Final = 10
_NAMES: Final = 5
_PROPOSED: Final = 20
_REMEMBERED: Final = 8


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule of the list: what it says in words, and how many events are at its touchpoint by it."""

    number: int
    touchpoint: str
    tests: tuple[str, ...]
    edit: str
    events: str = ""
    idle: str = ""


@dataclass(frozen=True, slots=True)
class Unmapped:
    """A name no rule takes, and the way to a rule for it."""

    name: str
    events: int
    edit: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """A rule worth having: ``rule`` is it as JSON."""

    touchpoint: str
    said: str
    examples: tuple[str, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Version:
    """Rules as they stood from a moment on; the newest are in force unless others were written by hand."""

    number: int
    at: str
    by: str
    rules: int
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class RulesPage:
    """Every rule in order; ``count`` is where their coverage is worked out."""

    title: str
    tabs: tuple[tuple[str, str, bool], ...]
    lines: tuple[RuleLine, ...]
    seen: str
    in_force: str
    is_changed: bool
    is_outdated: bool
    otherwise: str
    promote: str
    count: str
    versions: tuple[Version, ...]
    covered: str = ""
    unmapped: tuple[Unmapped, ...] = ()
    more_unmapped: int = 0
    suggested: tuple[Suggested, ...] = ()
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class RulePage:
    """The form of one rule; ``tried`` says what it takes of the events there are."""

    title: str
    crumbs: tuple[Crumb, ...]
    number: int
    seen: str
    fields: dict[str, str]
    channels: tuple[tuple[str, bool], ...]
    is_new: bool
    tried: str = ""
    examples: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""


class _Counted:
    """What was counted last, of the events as they stood then."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._coverage: dict[str, Coverage] = {}
        self._proposals: list[Proposal] | None = None
        self._of: tuple[str, int] = ("", -1)

    def coverage(self, workspace: Workspace, rules: TouchpointRules) -> Coverage:
        """Return what rules do to the newest events; one count at a time."""
        wanted = rules_hash(rules)
        with self._lock:
            self._forget_old(workspace)
            if wanted not in self._coverage:
                self._coverage[wanted] = check(events_for_rules(workspace, LOOKED_AT), rules)
            return self._coverage[wanted]

    def proposals(self, workspace: Workspace) -> list[Proposal]:
        """Return rules worth having."""
        with self._lock:
            self._forget_old(workspace)
            if self._proposals is None:
                self._proposals = suggest(events_for_rules(workspace, LOOKED_AT))
            return self._proposals

    def _forget_old(self, workspace: Workspace) -> None:
        with closing(EventStore(workspace)) as store:
            now = str(workspace.root), store.durable_version
        if now != self._of or len(self._coverage) > _REMEMBERED:
            self._coverage, self._proposals, self._of = {}, None, now


COUNTED: Final = _Counted()


def rules_page(workspace: Workspace, found: Rules) -> RulesPage:
    """Return the list of rules before anything was counted."""
    return RulesPage(
        title=_("Touchpoints"),
        tabs=tabs_at("rules"),
        lines=tuple(_line(number, rule) for number, rule in enumerate(found.rules.rules, 1)),
        seen=found.seen,
        in_force=found.in_force,
        is_changed=found.is_changed,
        is_outdated=found.is_outdated,
        otherwise=found.rules.otherwise,
        promote=", ".join(_promoted(one) for one in found.rules.promote),
        count=f"{reverse('rules')}?counted=yes",
        versions=tuple(_versions(workspace, found.in_force)),
    )


def _line(number: int, rule: TouchpointRule) -> RuleLine:
    name = _("kept out of walks") if rule.drop else rule.touchpoint
    return RuleLine(number, name, tuple(_tests(rule)), with_query(reverse("rule"), {"n": str(number)}))


def _tests(rule: TouchpointRule) -> Iterator[str]:
    """Say what a rule asks for, in words."""
    said = (
        (_("channel is {what}"), _or(rule.channel)),
        (_("kind is {what}"), _or(rule.kind)),
        (_("name is {what}"), _or(rule.name[:_NAMES]) + (" …" if len(rule.name) > _NAMES else "")),
        (_("name matches {what}"), rule.name_pattern or ""),
        (_("address matches {what}"), rule.url_pattern or ""),
    )
    yield from (words.format(what=what) for words, what in said if what)
    for name, texts in rule.where.items():
        yield _("{name} is {what}").format(name=name, what=_or(texts))


def _or(texts: tuple[str, ...]) -> str:
    return _(" or ").join(texts)


def _promoted(one: Promoted) -> str:
    return one.name if one.type == "string" else f"{one.name}:{one.type}"


def _versions(workspace: Workspace, in_force: str) -> Iterator[Version]:
    newest = list(RulesVersion.here.order_by("-number")[:_NEWEST])
    for place, one in enumerate(newest):
        at = format_moment(one.at, workspace.mark.time_zone)
        rules = parse_rules(one.text)
        is_in_force = place == 0 and rules_hash(rules) == in_force
        by = one.by or _("by hand, or a command")
        yield Version(one.number, at, by, len(rules.rules), is_in_force=is_in_force)


def counted_parts(workspace: Workspace, found: Rules) -> dict[str, Any]:
    """Return what the list says once events were counted."""
    coverage = COUNTED.coverage(workspace, found.rules)
    listed = found.rules.rules
    proposals = [one for one in COUNTED.proposals(workspace) if one.rule not in listed and is_shown(one)]
    return {
        "is_counted": True,
        "covered": _covered(coverage),
        "lines": tuple(
            _with_use(_line(use.number, rule), use)
            for use, rule in zip(coverage.rules, found.rules.rules, strict=True)
        ),
        "unmapped": tuple(_unmapped(one) for one in coverage.unmatched),
        "more_unmapped": coverage.unmatched_names - len(coverage.unmatched),
        "suggested": tuple(_suggested(one) for one in proposals[:_PROPOSED]),
    }


def _unmapped(one: Unmatched) -> Unmapped:
    """Return a name no rule takes; the way to a rule does not hold what is masked in it, either."""
    name = shown(one.name)
    return Unmapped(name, one.events, with_query(reverse("rule"), {"name": name} if name == one.name else {}))


def is_shown(one: Proposal) -> bool:
    """Say whether a proposed rule names nothing that is masked."""
    return all(shown(name) == name for name in one.rule.name)


def shown(text: str) -> str:
    """Return a name as it is, or masked to who may not know customers; of an address its path alone."""
    if sees_customers.get():
        return text
    return masked(path_of(text) if "://" in text else text)


def _with_use(line: RuleLine, use: RuleUse) -> RuleLine:
    idle = ""
    if use.is_idle:
        takers = ", ".join(map(str, use.shadowed_by))
        idle = (
            _("rules {numbers} take its events").format(numbers=takers) if takers else _("no event fits it")
        )
    return replace(line, events=format_count(use.events), idle=idle)


def _covered(coverage: Coverage) -> str:
    if not coverage.events:
        return _("No event has come in yet")
    said = _("{share} of {n} events are placed by a rule, the rest go by their own name").format(
        share=format_share(coverage.matched / coverage.events), n=format_count(coverage.events)
    )
    if coverage.events >= LOOKED_AT:
        said += " " + _("(the newest events alone were counted)")
    return said


def _suggested(one: Proposal) -> Suggested:
    said = _("{events} events under {texts} names become one").format(
        events=format_count(one.events), texts=format_count(one.texts)
    )
    return Suggested(
        one.rule.touchpoint, said, tuple(map(shown, one.examples)), msgspec.json.encode(one.rule).decode()
    )


def rule_page(number: int, seen: str, rule: TouchpointRule, *, is_new: bool) -> RulePage:
    """Return the form of one rule."""
    title = _("A new rule") if is_new else _("Rule {n}").format(n=number)
    return RulePage(
        title=title,
        crumbs=(
            Crumb(_("Sources"), reverse("data")),
            Crumb(_("Touchpoints"), reverse("rules")),
            Crumb(title),
        ),
        number=number,
        seen=seen,
        fields={
            "touchpoint": rule.touchpoint,
            "kind": ", ".join(rule.kind),
            "name": "\n".join(rule.name),
            "name_pattern": rule.name_pattern or "",
            "url_pattern": rule.url_pattern or "",
            "where": "\n".join(f"{name} = {' | '.join(texts)}" for name, texts in rule.where.items()),
            "drop": "yes" if rule.drop else "",
        },
        channels=tuple((channel, channel in rule.channel) for channel in CHANNELS),
        is_new=is_new,
    )


def tried_parts(workspace: Workspace, rules: TouchpointRules, number: int) -> dict[str, Any]:
    """Say what a rule does at its place among the others, before it is kept."""
    coverage = COUNTED.coverage(workspace, rules)
    use = coverage.rules[number - 1]
    others = sum(one.events for one in coverage.rules if one.touchpoint == use.touchpoint and one is not use)
    said = _("It takes {n} of {all} events").format(
        n=format_count(use.events), all=format_count(coverage.events)
    )
    if use.is_idle and use.shadowed_by:
        said += " " + _("because rules {numbers} before it take them").format(
            numbers=", ".join(map(str, use.shadowed_by))
        )
    elif use.holds > use.events:
        said += " " + _("and fits {n}; rules before it take the others").format(n=format_count(use.holds))
    if others:
        said += " " + _("({n} more are at the same touchpoint by other rules)").format(n=format_count(others))
    return {"tried": said, "examples": tuple(map(shown, use.examples))}
