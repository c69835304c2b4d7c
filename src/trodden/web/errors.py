"""Every failure in one shape: a page for people, ``{code, message, hint}`` for programs."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.db import OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from trodden.model.errors import (
    CallerError,
    CancelledError,
    DataError,
    LockedError,
    TroddenError,
    UnknownNameError,
)
from trodden.web.security import loggable

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

log = logging.getLogger("trodden.web")


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """What went wrong, what to do about it, and its code."""

    title: str
    code: str
    message: str
    hint: str = ""


class ErrorsAsPages:
    """Turn errors of ours into responses; others are left to Django, which only says that it failed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer an error of ours by its kind."""
        if not isinstance(error, TroddenError):
            return None
        page = ErrorPage(_title_of(error), error.code, error.message, error.hint)
        return answer(request, status_of(error, api=is_api(request)), page)


def status_of(error: TroddenError, *, api: bool = False) -> HTTPStatus:
    """Return the status: 400 or 404 the caller's, 422 the data's, 409 locked, stopped, or 503."""
    if isinstance(error, UnknownNameError) and not api:
        return HTTPStatus.NOT_FOUND
    if isinstance(error, CallerError):
        return HTTPStatus.BAD_REQUEST
    if isinstance(error, DataError):
        return HTTPStatus.UNPROCESSABLE_ENTITY
    in_conflict = isinstance(error, (LockedError, CancelledError))
    return HTTPStatus.CONFLICT if in_conflict else HTTPStatus.SERVICE_UNAVAILABLE


def _title_of(error: TroddenError) -> str:
    if isinstance(error, UnknownNameError):
        return _("There is nothing of that name")
    if error.code == "too-few":
        return _("Too few to say")
    if isinstance(error, CallerError):
        return _("This question cannot be asked as it stands")
    if isinstance(error, DataError):
        return _("The data says something else than it should")
    return _("Trodden could not do this just now")


def is_api(request: HttpRequest) -> bool:
    """Say whether a program asks: by the path, as programs do not choose what they accept."""
    return request.path_info.startswith("/api/")


def answer(request: HttpRequest, status: HTTPStatus, page: ErrorPage) -> HttpResponse:
    """Return the error as a page, or as JSON where a program asks."""
    if is_api(request):
        body = {"code": page.code, "message": page.message, "hint": page.hint}
        return JsonResponse(body, status=status)
    return render(request, "error.html", {"page": page}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - what was wrong may quote the attacker
    """Answer what Django refused: an unknown host, a malformed request."""
    page = ErrorPage(
        _("This request cannot be understood"),
        "bad-request",
        _("The address, the host name or the form of the request is not one this server answers."),
        _("Open the address that trodden serve printed."),
    )
    return answer(request, HTTPStatus.BAD_REQUEST, page)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - as above
    """Answer what is not allowed."""
    page = ErrorPage(_("This is not allowed"), "forbidden", _("You have no right to do this."))
    return answer(request, HTTPStatus.FORBIDDEN, page)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - as above
    """Answer a form that was not sent from one of our pages."""
    page = ErrorPage(
        _("This form was not sent from here"),
        "csrf",
        _("The form has expired or was sent by another page."),
        _("Reload the page and try again."),
    )
    return answer(request, HTTPStatus.FORBIDDEN, page)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - as above
    """Answer who tried something too often."""
    page = ErrorPage(
        _("Too many attempts"),
        "too-many",
        _("Somebody at this address tried this too often."),
        _("Wait a few minutes, then try again."),
    )
    return answer(request, HTTPStatus.TOO_MANY_REQUESTS, page)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that leads nowhere."""
    said = str(exception.args[0]) if isinstance(exception, Http404) and exception.args else ""
    message = said if said and not said.startswith("{") else _("There is no page at this address.")
    from trodden.web.actors import actor_of
    from trodden.web.people.rights import Right

    has_menu = actor_of(request).may(Right.SEE)
    hint = _("The menu lists every page there is.") if has_menu else ""
    page = ErrorPage(_("Nothing here"), "not-found", message, hint)
    return answer(request, HTTPStatus.NOT_FOUND, page)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a failure nobody foresaw, saying nothing of its inside but that the records failed."""
    log.error("request.failed path=%s", loggable(request.path_info))
    if isinstance(sys.exc_info()[1], OperationalError):
        return _without_records(request)
    page = ErrorPage(
        _("Something failed"),
        "failed",
        _("Trodden met a fault of its own. Nothing you did caused it, and nothing was lost."),
        _("The server's output says more."),
    )
    return answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, page)


def _without_records(request: HttpRequest) -> HttpResponse:
    page = ErrorPage(
        _("Trodden could not do this just now"),
        "records",
        _("The records cannot be read or written just now."),
        _("Try again in a minute. If it stays so, see whether the disk is full or the database is away."),
    )
    return answer(request, HTTPStatus.SERVICE_UNAVAILABLE, page)
