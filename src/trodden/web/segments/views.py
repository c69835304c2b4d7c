"""Saved segments: the list, one of them, whom several share, away and back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from trodden.analyses.segments.answer import MOST, SegmentsQuestion
from trodden.methods.journeys.segments import names_in
from trodden.model.errors import CallerError, PlacedError, UnknownNameError
from trodden.questions import write_question
from trodden.registry import find
from trodden.store.segments import (
    SavedSegment,
    delete_segment,
    deleted_segments,
    find_segment,
    restore_segment,
)
from trodden.web.actors import actor_of
from trodden.web.addresses import address_of_links, with_query
from trodden.web.audit.requests import record
from trodden.web.explore.pages import files_of
from trodden.web.home import or_404, walked
from trodden.web.limits import hold_segment, limits_said
from trodden.web.pages import Empty, File, figure_of, no_data, show
from trodden.web.people.rights import Right
from trodden.web.segments.counting import line_of, problem_of, sizes_of
from trodden.web.segments.pages import (
    Deleted,
    Line,
    OverlapPage,
    SegmentPage,
    SegmentsPage,
    address_of,
    asks_of,
    crumbs_of,
    used_by,
)
from trodden.web.shield import sees_customers

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from trodden.api import StoredWalks
    from trodden.web.pages import Figure
    from trodden.web.segments.pages import Spark


@require_safe
def segments(request: HttpRequest) -> HttpResponse:
    """List the saved segments with their sizes."""
    found = walked()
    page = SegmentsPage(_("Segments"), may_edit=actor_of(request).may(Right.EDIT))
    if found is None:
        return show(request, "segments/list.html", replace(page, empty=no_data()))
    saved = saved_in(found)
    deleted = deleted_in(found)
    just = next((one for one in deleted if one.aside == request.GET.get("deleted")), None)
    page = replace(page, lines=_lines(found, saved), deleted=deleted, just_deleted=just)
    return show(request, "segments/list.html", page if saved else replace(page, empty=_none_yet()))


def saved_in(found: StoredWalks) -> tuple[SavedSegment, ...]:
    """Return the saved segments that can be read, by name."""
    kept: list[SavedSegment] = []
    for name in sorted(found.catalog.segments):
        try:
            kept.append(find_segment(found.workspace, name))
        except (UnknownNameError, PlacedError):
            continue
    return tuple(kept)


def deleted_in(found: StoredWalks) -> tuple[Deleted, ...]:
    """Return the segments that can be brought back."""
    return tuple(Deleted(one.name, one.where, key) for key, one in deleted_segments(found.workspace).items())


def _lines(found: StoredWalks, saved: tuple[SavedSegment, ...]) -> tuple[Line, ...]:
    names = {one.name: names_in(one.where) for one in saved}
    lines = [
        line_of(
            found,
            Line(
                f"@{one.name}",
                address_of(one.name),
                one.where,
                one.owner,
                used_by=used_by(one.name, saved, names),
            ),
            one.where,
        )
        for one in saved
    ]
    sizes = sizes_of(found, [line.name for line in lines if not line.problem])
    return tuple(_sized(line, sizes) for line in lines)


def _sized(line: Line, sizes: dict[str, tuple[str, str, Spark | None]]) -> Line:
    if line.name not in sizes:
        return line
    count, share, spark = sizes[line.name]
    return replace(line, count=count, share=share, spark=spark)


def _none_yet() -> Empty:
    return Empty(
        "none-yet",
        _("No segment is saved yet"),
        _("A segment is a rule that says which customers: by what they are, and by what they did."),
        actions=(File(_("Build the first one"), reverse("segment-new")),),
    )


def kept_segment(found: StoredWalks | None, name: str) -> tuple[StoredWalks, SavedSegment]:
    """Return a saved segment, and the walks.

    Raises
    ------
    Http404
        There is none of this name, or nothing has come in yet.
    """
    there = or_404(found)
    try:
        return there, find_segment(there.workspace, name)
    except UnknownNameError as error:
        raise Http404(error.message) from error


@require_safe
def segment(request: HttpRequest, name: str) -> HttpResponse:
    """Show one segment."""
    found, kept = kept_segment(walked(), name)
    saved = saved_in(found)
    (line,) = _lines(found, (kept,))
    names = {one.name: names_in(one.where) for one in saved}
    actor, limits = actor_of(request), limits_said(name, found.catalog.segments, actor_of(request))
    page = SegmentPage(
        title=f"@{name}",
        crumbs=crumbs_of(f"@{name}"),
        name=name,
        words=line.words,
        where=kept.where,
        description=kept.description,
        owner=kept.owner,
        stamp=kept.stamp,
        count=line.count,
        share=line.share,
        figure=None if line.problem else _figure(found, (f"@{name}",), "history"),
        asks=() if line.problem else asks_of(f"@{name}", sees=sees_customers.get()),
        used_by=used_by(name, saved, names),
        others=tuple(one.name for one in saved if one.name != name),
        may_edit=actor.may(Right.EDIT) and not (limits and actor.limit),
        limits=limits,
        problem=line.problem,
    )
    return show(request, "segments/one.html", page)


def _figure(found: StoredWalks, texts: tuple[str, ...], what: str) -> Figure:
    question = SegmentsQuestion(segments=texts, show="overlap" if what == "overlap" else "history")
    registration = find("segments")
    fields = write_question(question)
    return figure_of(
        registration.chart(found.ask(question)),
        address_of_links(fields),
        files_of(registration, fields),
        reverse("reference", args=["segments"]),
    )


@require_safe
def overlap(request: HttpRequest) -> HttpResponse:
    """Show whom several segments share."""
    found = walked()
    page = OverlapPage(_("Whom segments share"), crumbs_of(_("Overlap")), ())
    if found is None:
        return show(request, "segments/overlap.html", replace(page, empty=no_data()))
    chosen = [name.removeprefix("@") for name in request.GET.getlist("s")]
    names = tuple((name, name in chosen) for name in sorted(found.catalog.segments))
    page = replace(page, names=names)
    kept = tuple(f"@{name}" for name, is_chosen in names if is_chosen)
    if len(kept) < len("ab"):
        return show(request, "segments/overlap.html", page)
    problem = "; ".join(filter(None, (problem_of(found, text) for text in kept)))
    if len(kept) > MOST:
        problem = _("At most {n} segments are laid over each other.").format(n=MOST)
    figure = None if problem else _figure(found, kept, "overlap")
    return show(request, "segments/overlap.html", replace(page, figure=figure, problem=problem))


@require_POST
def delete(request: HttpRequest, name: str) -> HttpResponse:
    """Put a segment aside; the list offers to bring it back."""
    found, kept = kept_segment(walked(), name)
    hold_segment(name, found.catalog.segments, actor_of(request), is_deleted=True)
    before = replace_stamp(kept, request.POST.get("stamp", ""))
    aside = delete_segment(found.workspace, before)
    record(request, "segment.delete", f"@{name}")
    return redirect(with_query(reverse("segments"), {"deleted": aside}))


def replace_stamp(kept: SavedSegment, stamp: str) -> SavedSegment:
    """Return a segment as it was when a form showed it: the state is told by its stamp alone."""
    return msgspec.structs.replace(kept, stamp=stamp)


@require_POST
def restore(request: HttpRequest) -> HttpResponse:
    """Bring a deleted segment back."""
    return redirect(address_of(restored(request, request.POST.get("aside", "")).name))


def restored(request: HttpRequest, aside: str) -> SavedSegment:
    """Bring a deleted segment back, by the name its file has been kept under, and return it.

    Raises
    ------
    CallerError
        Another one has its name, or whom it limits may not write it.
    Http404
        There is none.
    """
    found = or_404(walked())
    hold_segment(aside.partition(".yaml")[0], found.catalog.segments, actor_of(request))
    try:
        kept = restore_segment(found.workspace, aside)
    except UnknownNameError as error:
        raise Http404(error.message) from error
    except CallerError as error:
        raise CallerError(error.message, hint=_("Rename the other one first.")) from error
    record(request, "segment.restore", f"@{kept.name}")
    return kept
