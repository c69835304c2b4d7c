"""Building a segment by rows or as text, with its size while it is built; saving it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.methods.journeys.segments import parse_segment
from trodden.model.errors import CallerError, UnknownNameError
from trodden.store.named import ChangedError
from trodden.store.segments import (
    SavedSegment,
    check_name,
    find_segment,
)
from trodden.web.actors import actor_of
from trodden.web.audit.requests import record
from trodden.web.home import or_404, walked
from trodden.web.limits import limits_said
from trodden.web.pages import no_data, show
from trodden.web.people.rights import Right
from trodden.web.segments.counting import known_of, preview_of
from trodden.web.segments.keeping import keep
from trodden.web.segments.pages import BuildPage, Preview, SegmentsPage, address_of, crumbs_of, kinds_of_rows
from trodden.web.segments.rows import Group, Rule, blank, changed, numbered_rule, rule_given, rule_of, text_of
from trodden.web.segments.views import kept_segment
from trodden.web.segments.words import often, relations

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from trodden.api import StoredWalks
    from trodden.web.actors import Actor

_LONGEST_DESCRIPTION = 500


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """Show an empty form, or one with a rule that another page sends along."""
    found = walked()
    if found is None:
        page = SegmentsPage(_("Segments"), empty=no_data())
        return show(request, "segments/list.html", page)
    text = request.GET.get("rule", "").strip()
    return show(request, "segments/build.html", _opened(found, _page(request, found), text))


@require_safe
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Show the form of a saved segment."""
    found, kept = kept_segment(walked(), name)
    page = replace(_page(request, found, kept.name, kept.stamp), description=kept.description)
    return show(request, "segments/build.html", _opened(found, page, kept.where))


def _page(request: HttpRequest, found: StoredWalks, before: str = "", stamp: str = "") -> BuildPage:
    return BuildPage(
        title=_("Edit @{name}").format(name=before) if before else _("A new segment"),
        crumbs=crumbs_of(f"@{before}", _("Edit")) if before else crumbs_of(_("New")),
        name=before,
        description="",
        before=before,
        stamp=stamp,
        mode="rows",
        text="",
        rule=numbered_rule(Rule(groups=(Group(rows=(blank("property"),)),))),
        known=known_of(found),
        limits=limits_said(before, found.catalog.segments, actor_of(request)) if before else "",
        preview=Preview(),
        kinds=kinds_of_rows(),
        relations=relations(),
        often=often(),
        may_save=actor_of(request).may(Right.EDIT),
    )


def _opened(found: StoredWalks, page: BuildPage, text: str) -> BuildPage:
    """Return the form filled with an expression: as rows where they can say it."""
    if not text:
        return page
    rule = _rows(found, text)
    preview = preview_of(found, text)
    if rule is None:
        return replace(page, mode="text", text=text, preview=preview)
    return replace(page, rule=rule, text=text, preview=preview)


def _rows(found: StoredWalks, text: str) -> Rule | None:
    try:
        return rule_of(parse_segment(text, found.catalog.segments))
    except CallerError:
        return None


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Show the form again with what was sent: a row more or less, as text or as rows, its size."""
    found = or_404(walked())
    sent = {name: str(text) for name, text in request.POST.items()}
    page = _filled(request, found)
    do = sent.get("do", "")
    if do == "text":
        page = _as_text(page)
    elif do == "rows":
        page = _as_rows(found, page)
    elif do and page.mode == "rows":
        page = replace(page, rule=changed(page.rule, do, sent))
    return show(request, "segments/build.html", replace(page, preview=_preview(found, page)))


def _filled(request: HttpRequest, found: StoredWalks) -> BuildPage:
    sent = {name: str(text) for name, text in request.POST.items()}
    page = _page(request, found, _named(sent.get("before", "")), sent.get("stamp", ""))
    return replace(
        page,
        name=sent.get("name", "").strip(),
        description=sent.get("description", "").strip()[:_LONGEST_DESCRIPTION],
        mode="text" if sent.get("mode") == "text" else "rows",
        text=sent.get("text", "").strip(),
        rule=rule_given(sent),
    )


def _named(text: str) -> str:
    """Return what names a segment; nothing where it cannot."""
    try:
        check_name(text)
    except CallerError:
        return ""
    return text


def _as_text(page: BuildPage) -> BuildPage:
    try:
        return replace(page, mode="text", text=text_of(page.rule))
    except CallerError as error:
        return replace(page, problem=error.message, hint=error.hint)


def _as_rows(found: StoredWalks, page: BuildPage) -> BuildPage:
    rule = _rows(found, page.text) if page.text else Rule()
    if rule is None:
        said = _("Rows cannot say all of this.")
        return replace(page, problem=said, hint=_("It can be edited and saved as text."))
    return replace(page, mode="rows", rule=rule)


def _preview(found: StoredWalks, page: BuildPage) -> Preview:
    try:
        text = _text_of(page)
    except CallerError as error:
        return Preview(problem=error.message, hint=error.hint)
    return preview_of(found, text)


def _text_of(page: BuildPage) -> str:
    return page.text if page.mode == "text" else text_of(page.rule)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep what was built, or show the form again with what is wrong."""
    found = or_404(walked())
    page = _filled(request, found)
    try:
        kept = _kept(found, page, actor_of(request))
    except ChangedError as error:
        now = _kept_now(found, page)
        page = replace(page, problem=error.message, hint=error.hint, now=now.where, stamp=now.stamp)
        page = replace(page, preview=_preview(found, page))
        return show(request, "segments/build.html", page, status=HTTPStatus.CONFLICT)
    except CallerError as error:
        page = replace(page, problem=error.message, hint=error.hint, preview=_preview(found, page))
        return show(request, "segments/build.html", page, status=HTTPStatus.BAD_REQUEST)
    record(request, "segment.change" if page.before else "segment.add", f"@{kept.name}")
    return redirect(address_of(kept.name))


def _kept_now(found: StoredWalks, page: BuildPage) -> SavedSegment:
    """Return what is kept now under the name the form was opened for; nothing where it is gone."""
    try:
        return find_segment(found.workspace, page.before)
    except UnknownNameError:
        return SavedSegment(name=page.before, where="")


def _kept(found: StoredWalks, page: BuildPage, actor: Actor) -> SavedSegment:
    made = SavedSegment(name=page.name, where=_text_of(page), description=page.description)
    if not page.before:
        return keep(found, made, None, actor)
    before = SavedSegment(name=page.before, where="", stamp=page.stamp)
    return keep(found, msgspec.structs.replace(made, owner=_kept_now(found, page).owner), before, actor)
