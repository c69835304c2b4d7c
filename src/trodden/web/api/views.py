"""JSON in, JSON out, for programs of this machine that can read the server's token."""

from __future__ import annotations

import secrets
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from trodden.charts.said import Form, said
from trodden.model.errors import NotAWorkspaceError, QuestionError
from trodden.questions import convert_question, fields_of, read_question
from trodden.registry import find, registrations
from trodden.web.audit.requests import record_asked
from trodden.web.home import walks

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from trodden.model.question import Answer, Question
    from trodden.questions import Field

    View = Callable[..., HttpResponse]

T = TypeVar("T")


def needs_token(view: View) -> View:
    """Let in only who sends the token of ``run/serve.json``; it comes in a header, so no page can send it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401 - passed on as they are
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
        known = settings.TRODDEN_TOKEN.encode()
        if known and secrets.compare_digest(given, known):
            return view(request, *args, **kwargs)
        refusal = {
            "code": "no-token",
            "message": "This address needs the token of the running server.",
            "hint": "Send `Authorization: Bearer <token>`; it is in <home>/run/serve.json.",
        }
        return JsonResponse(refusal, status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})

    return guarded


@csrf_exempt
@require_POST
@needs_token
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a question given as JSON: its fields, by name."""
    question = convert_question(find(name).question, _read(request.body, dict[str, Any]))
    return HttpResponse(msgspec.json.encode(_answer(request, question)), content_type="application/json")


class Typed(msgspec.Struct, frozen=True):
    """A question as it was typed: fields as texts, those of a file, the forms of its answer."""

    texts: dict[str, list[str]] = {}
    given: dict[str, Any] = {}
    forms: tuple[Form, ...] = ("table",)


@csrf_exempt
@require_POST
@needs_token
def say(request: HttpRequest, name: str) -> HttpResponse:
    """Answer a question as it was typed; the answer comes as texts, by form."""
    registration = find(name)
    typed = _read(request.body, Typed)
    answer = _answer(request, read_question(registration.question, typed.texts, typed.given))
    chart = registration.chart(answer)
    return JsonResponse({form: said(answer, chart, form) for form in typed.forms})


def _answer(request: HttpRequest, question: Question) -> Answer:
    """Answer a question; a look at one customer is logged before it leaves."""
    found = walks()
    if found is None:
        raise NotAWorkspaceError("Nothing has been imported yet.", hint="trodden import FILE")
    answer = found.ask(question)
    record_asked(request, question)
    return answer


def _read(body: bytes, into: type[T]) -> T:
    try:
        return msgspec.json.decode(body or b"{}", type=into)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise QuestionError(
            f"The body is not what is expected ({error}).", hint='Send fields by name: {"unit": "customer"}.'
        ) from error


@require_safe
@needs_token
def analyses(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes the request
    """List what can be asked, with the fields of each question."""
    listed = [
        {
            "name": name,
            "summary": found.summary,
            "fields": [_said(field) for field in fields_of(found.question)],
        }
        for name, found in registrations().items()
    ]
    return JsonResponse({"analyses": listed})


def _said(field: Field) -> dict[str, object]:
    return {
        "name": field.name,
        "kind": field.kind,
        "description": field.description,
        "required": field.required,
        "default": field.default,
        "choices": list(field.choices),
    }
