"""Touchpoint rules by program: read, tried on the events there are, put in force, taken back."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

import msgspec

from trodden.model.touchpoints import TouchpointRule, TouchpointRules
from trodden.store.folder import Workspace
from trodden.store.touchpoints import check_rules, load_rules, parse_rules, rules_hash
from trodden.web.actors import actor_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.api.work import WorkTold, told_of
from trodden.web.audit.requests import record
from trodden.web.home import or_404, workspace_here
from trodden.web.setup.changing import refuse_busy
from trodden.web.sources.models import RulesVersion
from trodden.web.sources.rules import put_instead, take_back
from trodden.web.sources.rules_pages import COUNTED, is_shown, shown
from trodden.web.sources.rules_views import writing_walks


class UseTold(msgspec.Struct, frozen=True):
    """What a rule does, counted from 1: events at its touchpoint by it, and how many it fits.

    ``shadowed_by``: the rules before it that take all it fits, where it takes none.
    """

    number: int
    touchpoint: str
    events: int
    holds: int
    shadowed_by: tuple[int, ...]
    examples: tuple[str, ...]


class UnmappedTold(msgspec.Struct, frozen=True):
    """A name that no rule takes."""

    name: str
    events: int


class CoverageTold(msgspec.Struct, frozen=True):
    """What rules do to the newest events, two million at most; ``unmapped`` are the most frequent names."""

    events: int
    matched: int
    dropped: int
    rules: list[UseTold]
    unmapped: list[UnmappedTold]
    unmapped_names: int


class SuggestedTold(msgspec.Struct, frozen=True):
    """A rule worth having: ``names`` different names of so many events become one."""

    rule: TouchpointRule
    events: int
    names: int
    examples: tuple[str, ...]


class SuggestionsTold(msgspec.Struct, frozen=True):
    """Rules worth having, most events first."""

    suggestions: list[SuggestedTold]


class VersionTold(msgspec.Struct, frozen=True):
    """Rules as they stood from a moment on; without ``by`` a file or a command changed them."""

    number: int
    at: datetime
    by: str
    rules: TouchpointRules


def rules(_call: Call) -> TouchpointRules:
    """Return the rules in force, in their order."""
    return load_rules(or_404(workspace_here()).touchpoints_file)


def put(call: Call) -> WorkTold:
    """Put other rules in force, all of them; all walks are written anew."""
    workspace, who = _idle(), actor_of(call.request).name
    put_instead(workspace, who, call.body, rules_hash(call.seen))
    record(call.request, "rules.apply")
    return told_of(call.request, workspace, writing_walks(workspace, who))


def _idle() -> Workspace:
    workspace = or_404(workspace_here())
    refuse_busy(workspace)
    return workspace


def coverage(call: Call) -> CoverageTold:
    """Say what the rules in force do to the events there are."""
    return _covered(rules(call))


def attempt(call: Call) -> CoverageTold:
    """Say what rules would do to the events there are; nothing is kept."""
    check_rules(call.body)
    return _covered(call.body)


def _covered(wanted: TouchpointRules) -> CoverageTold:
    found = COUNTED.coverage(or_404(workspace_here()), wanted)
    return CoverageTold(
        events=found.events,
        matched=found.matched,
        dropped=found.dropped,
        rules=[
            UseTold(
                one.number,
                one.touchpoint,
                one.events,
                one.holds,
                one.shadowed_by,
                tuple(map(shown, one.examples)),
            )
            for one in found.rules
        ],
        unmapped=[UnmappedTold(shown(one.name), one.events) for one in found.unmatched],
        unmapped_names=found.unmatched_names,
    )


def suggestions(call: Call) -> SuggestionsTold:
    """Propose rules for what would otherwise be many touchpoints that are one."""
    there = rules(call).rules
    found = COUNTED.proposals(or_404(workspace_here()))
    return SuggestionsTold(
        [
            SuggestedTold(one.rule, one.events, one.texts, tuple(map(shown, one.examples)))
            for one in found
            if one.rule not in there and is_shown(one)
        ]
    )


def versions(call: Call) -> Page[VersionTold]:
    """List the versions that are kept, the first one first."""
    found = RulesVersion.here.order_by("number")
    return page_of(
        [
            (f"{one.number:010d}", VersionTold(one.number, one.at, one.by, parse_rules(one.text)))
            for one in found
        ],
        call.query,
    )


def restore(call: Call) -> WorkTold:
    """Let an earlier version be in force again; the tag is that of the rules in force."""
    workspace, who, number = _idle(), actor_of(call.request).name, call.path["number"]
    take_back(workspace, who, number, rules_hash(call.seen))
    record(call.request, "rules.back", f"{number}")
    return told_of(call.request, workspace, writing_walks(workspace, who))


RESOURCES = (
    Resource(
        "api-rules",
        "rules",
        {
            "GET": Operation(rules, TouchpointRules),
            "POST": Operation(
                put,
                WorkTold,
                body=TouchpointRules,
                status=HTTPStatus.ACCEPTED,
                is_change=True,
                state_of=rules,
            ),
        },
    ),
    Resource(
        "api-rules-coverage",
        "rules/coverage",
        {
            "GET": Operation(coverage, CoverageTold),
            "POST": Operation(attempt, CoverageTold, body=TouchpointRules),
        },
    ),
    Resource("api-rules-suggestions", "rules/suggestions", {"GET": Operation(suggestions, SuggestionsTold)}),
    Resource(
        "api-rules-versions",
        "rules/versions",
        {"GET": Operation(versions, Page[VersionTold], query=Paging)},
    ),
    Resource(
        "api-rules-restore",
        "rules/versions/<int:number>/restore",
        {"POST": Operation(restore, WorkTold, status=HTTPStatus.ACCEPTED, is_change=True, state_of=rules)},
    ),
)
