"""What a request changed, and which customer it looked at, written into the log."""

# The sign-in library has no type information.
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.db import transaction

from trodden.web.audit.log import pseudonym, write
from trodden.web.security import veiled

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from trodden.model.question import Question

LOOKS: Final = {"customer": "id", "customer-event": "id"}
"""Routes that show one customer, and the field of the address that says whom."""

UNLOGGED: Final = frozenset(
    {"theme", "start-hide", "api-ask", "api-said", "api-file-plan", "api-rules-coverage", "cancel"}
)
"""Routes that change nothing but a cookie, or nothing at all, though they take a form."""

LOGGED_ELSEWHERE: Final = (
    "segment-",
    "board-",
    "marks-",
    *(
        "api-map",
        "api-finding",
        "api-segment",
        "api-mark",
        "api-work-",
        "api-import-",
        "api-file-",
        "api-mappings",
        "api-settings",
        "api-retention",
        "api-weeks",
        "api-calendar",
        "api-rules",
        "api-person",
        "api-invitation",
        "api-token",
        "api-session",
        "api-knowledge",
        "api-board",
        "api-card",
        "api-comment",
        "api-mailing",
        "api-links",
        "api-customer-erase",
        "api-shoes",
        "api-wish",
        "account",
        "mfa_",
        "usersessions_",
        "join",
        "sso_",
        "invite",
        "withdraw",
        "member",
        "finding",
        "knowledge",
        "shoes",
        "customer-erased",
    ),
    *("map-", "mine", "redesign", "accept", "publish", "discard"),
    *("source-", "rules-", "workspace-", "calendar-"),
)
"""How the names of routes begin whose views and signals say themselves what was done."""

_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_REFUSED: Final = 400


class Logged:
    """Write into the log each change and each look at one customer, by whatever page of the product."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, and log it before the answer leaves: what cannot be logged is not shown."""
        response = self.get_response(request)
        route = request.resolver_match.url_name if request.resolver_match else None
        if route and response.status_code < _REFUSED:
            _log(request, route)
        return response


def _log(request: HttpRequest, route: str) -> None:
    customer = request.GET.get(LOOKS.get(route, ""), "")
    if customer:
        record(request, "customer.look", f"customer {pseudonym(customer)} by {route}")
    elif request.method not in _READING and route not in UNLOGGED and not route.startswith(LOGGED_ELSEWHERE):
        record(request, f"change.{route}", veiled(request.path_info))


def record_asked(request: HttpRequest, question: Question, route: str) -> None:
    """Write what was asked, as it was understood: whose walk was looked at, or that something was taken away.

    Of what programs are answered, only lists of customers count as taken away.
    """
    from trodden.registry import find_by_question
    from trodden.web.shield import NAMING

    customer = _customer_in(question)
    if customer:
        record(request, "customer.look", f"customer {pseudonym(customer)} by {route}")
    elif route == "ask-file" or (route == "api-ask" and find_by_question(question).name in NAMING):
        record(request, "export", request.path_info)


def _customer_in(question: Question) -> str:
    """Return whom a question names, by itself or in what it compares; empty where it names nobody."""
    compared: dict[str, object] = getattr(question, "fields", {})
    return str(getattr(question, "customer", "") or compared.get("customer", ""))


def record(request: HttpRequest, action: str, what: str = "", actor: str | None = None) -> None:
    """Write that whoever sent a request did something; ``actor`` names who is not signed in by it."""
    from allauth.account.adapter import get_adapter

    from trodden.web.actors import actor_of

    write(
        actor_of(request).name if actor is None else actor, action, what, get_adapter().get_client_ip(request)
    )


@contextmanager
def logged(request: HttpRequest, action: str, what: str) -> Generator[None]:
    """Write what is done in this block: what cannot be logged is not done, nor what fails logged."""
    with transaction.atomic():
        record(request, action, what)
        yield
