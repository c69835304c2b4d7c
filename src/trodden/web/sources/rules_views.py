"""Touchpoint rules: shown with what they cover, changed as a draft, tried, put in force, taken back."""

from __future__ import annotations

import dataclasses
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.collect import jobs
from trodden.collect.jobs import Task
from trodden.model.errors import CallerError
from trodden.model.touchpoints import Promoted, TouchpointRule
from trodden.store.touchpoints import check_rules
from trodden.web.actors import actor_of
from trodden.web.addresses import LAST_VERSION, number_in
from trodden.web.audit.requests import record
from trodden.web.home import or_404, workspace_here
from trodden.web.pages import show
from trodden.web.setup.changing import refuse_busy
from trodden.web.sources.rules import (
    moved_rule,
    put_down,
    put_in_force,
    rules_for,
    take_back,
    throw_away,
    with_rule,
    without_rule,
)
from trodden.web.sources.rules_pages import counted_parts, rule_page, rules_page, tried_parts

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from trodden.model.touchpoints import TouchpointRules
    from trodden.store.folder import Workspace

_TYPES: Final = ("string", "number", "boolean", "time")


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """List the rules in their order; asked to count, with what they do to the events there are."""
    workspace = or_404(workspace_here())
    found = rules_for(workspace, actor_of(request).name)
    page = rules_page(workspace, found)
    if request.GET.get("counted") == "yes":
        page = dataclasses.replace(page, **counted_parts(workspace, found))
    return show(request, "sources/rules.html", page)


@require_safe
def rule(request: HttpRequest) -> HttpResponse:
    """Show the form of one rule."""
    found = rules_for(or_404(workspace_here()), actor_of(request).name)
    number = _number(request.GET.get("n", ""), len(found.rules.rules))
    is_new = number > len(found.rules.rules)
    stands = TouchpointRule(**_named(request)) if is_new else found.rules.rules[number - 1]
    return show(request, "sources/rule.html", rule_page(number, found.seen, stands, is_new=is_new))


@require_POST
def attempt(request: HttpRequest) -> HttpResponse:
    """Show what a rule would do to the events there are, and keep nothing."""
    workspace = or_404(workspace_here())
    found = rules_for(workspace, actor_of(request).name)
    number = _place(found.rules, request.POST)
    is_new = number > len(found.rules.rules)
    try:
        said = rule_in(request.POST)
        changed = with_rule(found.rules, number, said)
        check_rules(changed)
    except CallerError as error:
        page = rule_page(number, found.seen, TouchpointRule(), is_new=is_new)
        given = {name: request.POST.get(name, "") for name in page.fields}
        page = dataclasses.replace(page, fields=given, problem=error.message, hint=error.hint)
        return show(request, "sources/rule.html", page, status=HTTPStatus.BAD_REQUEST)
    page = rule_page(number, found.seen, said, is_new=is_new)
    page = dataclasses.replace(page, **tried_parts(workspace, changed, number))
    return show(request, "sources/rule.html", page)


def _named(request: HttpRequest) -> dict[str, Any]:
    """Return what a new rule begins with, where it is made for a name no rule takes."""
    name = request.GET.get("name", "")
    return {"touchpoint": name, "name": (name,)} if name else {}


def _number(text: str, rules: int) -> int:
    """Return the place of a rule, counted from 1; the one after the last for what is none."""
    return number_in(text, 1, rules) or rules + 1


def rule_in(fields: QueryDict) -> TouchpointRule:
    """Read a rule from the fields of its form.

    Raises
    ------
    CallerError
        A line of properties is none, or a pattern is too long.
    """
    plain: dict[str, Any] = {
        "touchpoint": fields.get("touchpoint", "").strip(),
        "channel": [one for one in fields.getlist("channel") if one],
        "kind": [one.strip() for one in fields.get("kind", "").split(",") if one.strip()],
        "name": [one for one in fields.get("name", "").splitlines() if one.strip()],
        "name_pattern": fields.get("name_pattern", "").strip() or None,
        "url_pattern": fields.get("url_pattern", "").strip() or None,
        "where": dict(_property(line) for line in fields.get("where", "").splitlines() if line.strip()),
        "drop": fields.get("drop") == "yes",
    }
    return _converted(plain)


def _converted(plain: object) -> TouchpointRule:
    try:
        return msgspec.convert(plain, TouchpointRule)
    except msgspec.ValidationError as error:
        raise CallerError(_("This is no rule: {why}.").format(why=error)) from error


def _property(line: str) -> tuple[str, list[str]]:
    name, equals, texts = line.partition("=")
    if not equals or not name.strip():
        raise CallerError(
            _("{line} names no property and value.").format(line=line.strip()[:80]),
            hint=_("Write one a line: queue = sales | support"),
        )
    return name.strip(), [one.strip() for one in texts.split("|")]


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Change the draft of whoever asks, by one deed."""
    workspace, who = or_404(workspace_here()), actor_of(request).name
    deed = request.POST.get("do", "")
    if deed == "discard":
        throw_away(who)
        return redirect("rules")
    act = _DEEDS.get(deed)
    if act is None:
        raise CallerError(_("Nothing is known that would be done so."))
    found = rules_for(workspace, who)
    put_down(workspace, who, request.POST.get("seen", ""), act(found.rules, request.POST))
    record(request, "rules.draft", deed)
    return redirect("rules")


def _place(rules: TouchpointRules, fields: QueryDict) -> int:
    return _number(fields.get("n", ""), len(rules.rules))


def _saved(rules: TouchpointRules, fields: QueryDict) -> TouchpointRules:
    return with_rule(rules, _place(rules, fields), rule_in(fields))


def _taken(rules: TouchpointRules, fields: QueryDict) -> TouchpointRules:
    """Take a suggestion in, at the end: rules people wrote go before."""
    try:
        said = msgspec.json.decode(fields.get("rule", ""))
    except msgspec.DecodeError as error:
        raise CallerError(_("This is no rule: {why}.").format(why=error)) from error
    return with_rule(rules, len(rules.rules) + 1, _converted(said))


def _settled(rules: TouchpointRules, fields: QueryDict) -> TouchpointRules:
    """Say what becomes of events no rule takes, and which properties get a column."""
    names = [one.strip() for one in fields.get("promote", "").split(",") if one.strip()]
    otherwise = "drop" if fields.get("otherwise") == "drop" else "name"
    return msgspec.structs.replace(rules, otherwise=otherwise, promote=tuple(map(_promoted, names)))


def _promoted(text: str) -> Promoted:
    name, _colon, kind = text.rpartition(":")
    if kind in _TYPES and name:
        return msgspec.convert({"name": name, "type": kind}, Promoted)
    return Promoted(text)


_DEEDS: Final[dict[str, Callable[[TouchpointRules, QueryDict], TouchpointRules]]] = {
    "save": _saved,
    "remove": lambda rules, fields: without_rule(rules, _place(rules, fields)),
    "up": lambda rules, fields: moved_rule(rules, _place(rules, fields), -1),
    "down": lambda rules, fields: moved_rule(rules, _place(rules, fields), 1),
    "take": _taken,
    "settle": _settled,
}


@require_POST
def apply(request: HttpRequest) -> HttpResponse:
    """Put the draft of whoever asks in force, and write all walks anew."""
    workspace, who = or_404(workspace_here()), actor_of(request).name
    refuse_busy(workspace)
    put_in_force(workspace, who, request.POST.get("seen", ""))
    record(request, "rules.apply")
    return _walks_written(workspace, who)


@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """Let an earlier version of the rules be in force again."""
    workspace, who = or_404(workspace_here()), actor_of(request).name
    refuse_busy(workspace)
    number = number_in(request.POST.get("version", ""), 1, LAST_VERSION) or 0
    take_back(workspace, who, number, request.POST.get("base", ""))
    record(request, "rules.back", f"{number}")
    messages.success(request, _("The rules of version {n} are in force again.").format(n=number))
    return _walks_written(workspace, who)


def _walks_written(workspace: Workspace, who: str) -> HttpResponse:
    return redirect("work", writing_walks(workspace, who))


def writing_walks(workspace: Workspace, who: str) -> str:
    """Begin to write all walks anew by the rules in force; return the key of the work."""
    task = Task(kind="walks", home=str(workspace.home), workspace=workspace.name, by=who, back="rules")
    return jobs.start(workspace, task)
