"""Questions by program: what can be asked, and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.http import Http404

from trodden.questions import convert_question, fields_of, read_question
from trodden.registry import find, registrations
from trodden.web.addresses import texts_of
from trodden.web.api.operations import Call, Operation, Resource
from trodden.web.audit.requests import record_asked
from trodden.web.home import or_refused, walks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.model.question import Answer, Question
    from trodden.registry import Registration
    from trodden.web.api.operations import Method


class FieldTold(msgspec.Struct, frozen=True):
    """A field of a question; ``default`` is written as the command line takes it."""

    name: str
    kind: str
    description: str
    required: bool
    default: str
    choices: tuple[str, ...] = ()


class AnalysisTold(msgspec.Struct, frozen=True):
    """Something that can be asked."""

    name: str
    summary: str
    fields: list[FieldTold]


class AnalysesTold(msgspec.Struct, frozen=True):
    """All that can be asked."""

    analyses: list[AnalysisTold]


def analyses(_call: Call) -> AnalysesTold:
    """List what can be asked, with the fields of each question."""
    return AnalysesTold([_told(name, found) for name, found in registrations().items()])


def _told(name: str, found: Registration) -> AnalysisTold:
    fields = [
        FieldTold(one.name, one.kind, one.description, one.required, one.default, one.choices)
        for one in fields_of(found.question)
    ]
    return AnalysisTold(name, found.summary, fields)


def ask_by_address(call: Call) -> Answer:
    """Answer a question whose fields stand in the address, written as the command line takes them."""
    return answered(call, read_question(_registration(call).question, texts_of(call.request.GET)))


def ask_by_body(call: Call) -> Answer:
    """Answer a question given as JSON: its fields, by name."""
    return answered(call, convert_question(_registration(call).question, call.body))


def _registration(call: Call) -> Registration:
    found = find(call.path["name"])
    if found.internal:
        raise Http404(f"There is no analysis called {found.name!r}.")
    return found


def answered(call: Call, question: Question) -> Answer:
    """Answer a question; a look at one customer is logged before it leaves.

    Raises
    ------
    NotAWorkspaceError
        Nothing was imported yet.
    """
    found = or_refused(walks())
    answer = found.ask(question)
    record_asked(call.request, question, "api-ask")
    return answer


def _versions() -> Mapping[str, Mapping[Method, Operation]]:
    return {
        name: {
            "GET": Operation(ask_by_address, found.answer, query=found.question),
            "POST": Operation(ask_by_body, found.answer, body=found.question),
        }
        for name, found in registrations().items()
    }


RESOURCES = (
    Resource("api-analyses", "analyses", {"GET": Operation(analyses, AnalysesTold)}),
    Resource(
        "api-ask",
        "ask/<slug:name>",
        {
            "GET": Operation(ask_by_address, dict[str, Any]),
            "POST": Operation(ask_by_body, dict[str, Any], body=dict[str, Any]),
        },
        versions=_versions,
    ),
)
