"""Answer what programs ask: typed coming in and going out, tagged, and every refusal in one shape."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import msgspec
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from trodden.model.errors import QuestionError
from trodden.web.api.operations import Call, RefusedError
from trodden.web.api.repeats import once
from trodden.web.errors import ErrorPage, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from trodden.web.api.operations import Method, Operation, Resource

T = TypeVar("T")
JSON: Final = "application/json"
_NUL: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""A NUL as JSON writes it."""


def view_of(resource: Resource) -> Callable[..., HttpResponse]:
    """Return the view of an address; programs send tokens, no cookies: no page can send what they do."""

    @csrf_exempt
    def view(request: HttpRequest, **path: object) -> HttpResponse:
        try:
            return _answered(resource, request, path)
        except RefusedError as refusal:
            page = ErrorPage("", refusal.code, refusal.message, refusal.hint)
            refused = answer(request, refusal.status, page)
            if refusal.status == HTTPStatus.UNAUTHORIZED:
                refused["WWW-Authenticate"] = "Bearer"
            return refused

    return view


def read(body: bytes, into: type[T]) -> T:
    """Read a body of JSON; an empty one counts as one without fields.

    Raises
    ------
    QuestionError
        It is no JSON, or does not fit.
    """
    try:
        return msgspec.json.decode(body or b"{}", type=into)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise QuestionError(
            f"The body is not what is expected ({error}).", hint='Send fields by name: {"unit": "customer"}.'
        ) from error


def tag_of(value: object) -> str:
    """Return the tag of what is told: equal tags mean equal bytes."""
    return f'"{hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:32]}"'


def _answered(resource: Resource, request: HttpRequest, path: dict[str, object]) -> HttpResponse:
    method = cast("Method", "GET" if request.method == "HEAD" else request.method)
    operation = resource.operations.get(method)
    if operation is None:
        return _not_allowed(resource, request)
    _refuse_nul(request, request.body if operation.is_change else b"")
    query: object = _query(request, operation.query) if operation.query else None
    body: object = _body(request, operation.body) if operation.body else None
    call = Call(request, path, query, body)
    if not operation.is_change:
        return _tagged(operation, call)

    def act() -> HttpResponse:
        return _told(operation, operation.does(_held(operation, call)))

    return once(request, act, is_secret=operation.is_secret)


def _not_allowed(resource: Resource, request: HttpRequest) -> HttpResponse:
    allowed = ", ".join(resource.operations)
    page = ErrorPage("", "method", f"This address does not take {request.method}.", f"It takes {allowed}.")
    response = answer(request, HTTPStatus.METHOD_NOT_ALLOWED, page)
    response["Allow"] = allowed
    return response


def _query(request: HttpRequest, into: type[T]) -> T:
    try:
        return msgspec.convert(request.GET.dict(), into, strict=False)
    except msgspec.ValidationError as error:
        known = ", ".join(one.name for one in msgspec.structs.fields(cast("Any", into)))
        raise QuestionError(f"The query does not fit: {error}.", hint=f"It takes {known}.") from error


def _body(request: HttpRequest, into: type[T]) -> T:
    if request.body and request.content_type != JSON:
        raise RefusedError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "media-type",
            f"The body is not {JSON}.",
            f"Content-Type: {JSON}",
        )
    return read(request.body, into)


def _refuse_nul(request: HttpRequest, body: bytes) -> None:
    """Refuse what no record keeps or is found by, whatever the database."""
    if _NUL.search(body) or any("\0" in text for text in (request.path, *request.GET.values())):
        raise QuestionError("There is a NUL in a text.", hint="Send texts without control characters.")


def _held(operation: Operation, call: Call) -> Call:
    """Return a call with what its caller has seen; only who has seen something as it stands changes it."""
    if operation.state_of is None:
        return call
    seen = operation.state_of(call)
    wanted = call.request.headers.get("If-Match", "")
    if not wanted:
        raise RefusedError(
            HTTPStatus.PRECONDITION_REQUIRED,
            "tag-missing",
            "This changes what somebody else may have changed meanwhile.",
            "Read it first, and send its ETag as If-Match.",
        )
    if tag_of(seen) not in _tags(wanted):
        raise RefusedError(
            HTTPStatus.PRECONDITION_FAILED,
            "changed",
            "It is not any more as you have seen it.",
            "Read it again, and decide again.",
        )
    return replace(call, seen=seen)


def _tagged(operation: Operation, call: Call) -> HttpResponse:
    response = _told(operation, operation.does(call))
    if call.request.method in {"GET", "HEAD"}:
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        if response["ETag"] in _tags(call.request.headers.get("If-None-Match", "")):
            return HttpResponse(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": response["ETag"]})
    return response


def _tags(header: str) -> set[str]:
    return {one.strip().removeprefix("W/") for one in header.split(",")}


def _told(operation: Operation, value: object) -> HttpResponse:
    return HttpResponse(msgspec.json.encode(value), content_type=operation.media, status=operation.status)
