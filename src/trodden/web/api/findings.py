"""Findings by program: read, decided about, noted on, made knowledge of, as on their pages."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import msgspec
from django.db import transaction
from django.shortcuts import get_object_or_404
from msgspec import Meta

from trodden.insights.findings.kept import kept
from trodden.insights.findings.model import Finding
from trodden.model.errors import QuestionError
from trodden.model.words import say
from trodden.web.actors import person_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.api.paging import Page, Paging, page_of
from trodden.web.audit.requests import record
from trodden.web.findings.deciding import decide, interpret, review, watch
from trodden.web.findings.models import LONGEST_TEXT, Case, Decision, Knowledge, Watch
from trodden.web.findings.views import finding_in, finding_of, looking
from trodden.web.home import walked, walks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from trodden.web.api.operations import Method

Text = Annotated[str, Meta(max_length=LONGEST_TEXT)]


class FindingTold(msgspec.Struct, frozen=True):
    """A finding, and how it stands; ``version`` counts what was decided about it."""

    finding: Finding
    state: str
    is_dismissed: bool
    reason: str
    assignee: str
    version: int


class FoundPage(Page[FindingTold], frozen=True):
    """A page of findings; ``is_complete``: false where nothing was looked for yet, or a first search goes on.

    That tells what holds of the whole record before it compares groups and periods: more may come,
    and ranks may change.
    """

    is_complete: bool = False


class DecisionTold(msgspec.Struct, frozen=True):
    """What somebody decided about a finding, and when."""

    at: datetime
    by: str
    act: str
    text: str


class KnowledgeTold(msgspec.Struct, frozen=True):
    """What a named person takes a finding to mean, until ``review_on``."""

    meaning: str
    by: str
    at: datetime
    review_on: str


class FindingWhole(FindingTold, frozen=True):
    """A finding with its history, the newest first; ``is_gone``: it is found no more."""

    is_gone: bool
    is_watched: bool
    history: list[DecisionTold]
    known: KnowledgeTold | None


class KnownTold(msgspec.Struct, frozen=True):
    """What a named person takes a finding, by its ``key``, to mean; ``version`` counts its reviews."""

    id: str
    key: str
    sentence: str
    meaning: str
    by: str
    at: datetime
    review_on: str
    version: int


class Reviewing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Until which day, as 2026-12-31, something is kept; null withdraws it."""

    review_on: str | None


class Looking(msgspec.Struct, frozen=True):
    """That findings are looked for as soon as may be; ``is_complete`` of the list says when that is done."""

    is_wished: bool


class Deciding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is decided; ``text`` is the reason, who it is assigned to, or what was done, as the act needs."""

    act: Literal["agree", "dismiss", "restore", "assign", "act", "verify"]
    text: Text = ""


class Noting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A note; or, without one, whether whoever sends it watches the finding from now on."""

    text: Text = ""
    watch: bool | None = None


class Interpreting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a finding means, and the day, as 2026-12-31, it is to be looked at again."""

    meaning: Text
    review_on: str


def findings(call: Call) -> FoundPage:
    """List the findings of the newest search, by their rank: the most important first."""
    there = walks()
    found = kept(there.workspace) if there else None
    cases = {one.key: one for one in Case.here.all()}
    ranked = enumerate(found.findings) if found else ()
    listed = [(f"{rank:06d}", _told(one, cases.get(one.key))) for rank, one in ranked]
    page = page_of(listed, call.query)
    return FoundPage(page.items, page.next, is_complete=found is not None and bool(found.state))


def one_finding(call: Call) -> FindingWhole:
    """Return a finding with all that was decided about it."""
    key = call.path["key"]
    finding, is_gone = finding_in(walked(), key)
    told = _told(finding, Case.here.filter(key=key).first())
    known = Knowledge.here.filter(key=key, is_withdrawn=False).order_by("-at").first()
    return FindingWhole(
        **{name: getattr(told, name) for name in FindingTold.__struct_fields__},
        is_gone=is_gone,
        is_watched=Watch.here.filter(key=key, who=_who(call)).exists(),
        history=[
            DecisionTold(one.at, one.by, one.act, one.text)
            for one in Decision.here.filter(key=key).order_by("-at")
        ],
        known=KnowledgeTold(known.meaning, known.by, known.at, f"{known.review_on}") if known else None,
    )


def decide_on(call: Call) -> FindingWhole:
    """Agree with a finding, dismiss it with a reason, take it up again, assign it, act on it, verify it."""
    finding, version = _stands(call)
    with transaction.atomic():
        decide(finding, version, call.body.act, call.body.text, _who(call))
        record(call.request, f"finding.{call.body.act}", finding.key)
    return one_finding(call)


def note_on(call: Call) -> FindingWhole:
    """Write a note on a finding, and watch it or no longer."""
    finding, version = _stands(call)
    note: Noting = call.body
    with transaction.atomic():
        if note.text or note.watch is None:
            decide(finding, version, "note", note.text, _who(call))
            record(call.request, "finding.note", finding.key)
        if note.watch is not None:
            watch(finding, _who(call), is_on=note.watch)
            record(call.request, f"finding.{'watch' if note.watch else 'unwatch'}", finding.key)
    return one_finding(call)


def interpret_it(call: Call) -> FindingWhole:
    """Make knowledge of a finding: what the caller's person takes it to mean, until a day of review."""
    finding, version = _stands(call)
    with transaction.atomic():
        interpret(finding, version, call.body.meaning, call.body.review_on, _who(call))
        record(call.request, "finding.interpret", finding.key)
    return one_finding(call)


def look(call: Call) -> Looking:
    """Let the worker look for findings as soon as it can."""
    looking(call.request)
    return Looking(is_wished=True)


def knowledge(call: Call) -> Page[KnownTold]:
    """List what is known, what is due for review first."""
    found = Knowledge.here.filter(is_withdrawn=False).order_by("review_on", "pk")
    return page_of([(f"{one.review_on}\0{one.pk}", _known(one)) for one in found], call.query)


def one_known(call: Call) -> KnownTold:
    """Return something that is known."""
    return _known(get_object_or_404(Knowledge.here, pk=call.path["known"], is_withdrawn=False))


def _known(one: Knowledge) -> KnownTold:
    return KnownTold(
        str(one.pk), one.key, say(one.sentence), one.meaning, one.by, one.at, f"{one.review_on}", one.version
    )


def review_it(call: Call) -> KnownTold:
    """Keep something known until another day, or withdraw it."""
    found, day = call.seen, call.body.review_on
    if day is not None and not day.strip():
        raise QuestionError("Say until which day it is kept; null withdraws it.")
    with transaction.atomic():
        review(UUID(found.id), found.version, day or "", _who(call))
        record(call.request, "knowledge.review", f"{found.id} {day or 'withdrawn'}")
    return _known(Knowledge.here.get(pk=found.id))


def _stands(call: Call) -> tuple[Finding, int]:
    finding = finding_of(call.path["key"])
    case = Case.here.filter(key=finding.key).first()
    return finding, case.version if case else 0


def _told(finding: Finding, case: Case | None) -> FindingTold:
    if case is None:
        return FindingTold(finding, "detected", is_dismissed=False, reason="", assignee="", version=0)
    return FindingTold(finding, case.state, case.is_dismissed, case.reason, case.assignee, case.version)


def _who(call: Call) -> str:
    """Return the person in whose name a program asks: decisions are people's."""
    return person_of(call.request).name


def _change(does: Callable[[Call], FindingWhole], body: type) -> Mapping[Method, Operation]:
    return {"POST": Operation(does, FindingWhole, body=body, is_change=True, state_of=one_finding)}


RESOURCES = (
    Resource("api-findings", "findings", {"GET": Operation(findings, FoundPage, query=Paging)}),
    Resource("api-findings-look", "findings/look", {"POST": Operation(look, Looking, is_change=True)}),
    Resource("api-knowledge", "knowledge", {"GET": Operation(knowledge, Page[KnownTold], query=Paging)}),
    Resource(
        "api-knowledge-review",
        "knowledge/<uuid:known>",
        {
            "GET": Operation(one_known, KnownTold),
            "POST": Operation(review_it, KnownTold, body=Reviewing, is_change=True, state_of=one_known),
        },
    ),
    Resource("api-finding", "findings/<str:key>", {"GET": Operation(one_finding, FindingWhole)}),
    Resource("api-finding-decide", "findings/<str:key>/decisions", _change(decide_on, Deciding)),
    Resource("api-finding-note", "findings/<str:key>/notes", _change(note_on, Noting)),
    Resource("api-finding-interpret", "findings/<str:key>/knowledge", _change(interpret_it, Interpreting)),
)
