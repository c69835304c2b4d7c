"""Hold every request to the table of rights, before its view runs.

Where Trodden is served without sign-in, the pages of accounts do not exist.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.web.actors import A_PROGRAM, actor_of
from trodden.web.addresses import with_query
from trodden.web.errors import ErrorPage, answer, is_api
from trodden.web.limits import seen_as, seen_segment
from trodden.web.people.rights import Right
from trodden.web.policy import Open, rule_of
from trodden.web.security import veiled
from trodden.web.shield import NAMING, sees_customers
from trodden.web.workspaces import front_of, is_there, plain, workspace_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase
    from django.urls import ResolverMatch

    from trodden.web.actors import Actor

INTO_ONE: Final = frozenset({"join", "sso_join"})
"""Ways in that lead into one workspace; by all others an account is entered, which belongs to none."""


class Guard:
    """Hold every request to the table of `trodden.web.policy`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; until it is known who asks, nobody may know who customers are."""
        token = sees_customers.set(False)
        try:
            with seen_as(""):
                return self.get_response(request)
        finally:
            sees_customers.reset(token)

    def process_view(
        self,
        request: HttpRequest,
        view: object,  # noqa: ARG002 - Django's own signature
        args: object,  # noqa: ARG002 - as above
        kwargs: object,  # noqa: ARG002 - as above
    ) -> HttpResponseBase | None:
        """Refuse what the table does not allow; None lets the view run."""
        return held_back(request, request.resolver_match)


def held_back(request: HttpRequest, match: ResolverMatch | None) -> HttpResponseBase | None:
    """Refuse what the table does not allow to who asks; None where the view of a route may run."""
    route = (match.url_name if match else None) or ""
    need = rule_of(route, request.method or "")
    if match is None or need is None:
        return refused(request, _("This address has no rule that opens it."))
    if isinstance(need, Open):
        return _opened(request, need, route)
    return _held(request, _all(need, route, match.kwargs)) or _kept_within(request, route)


def _all(need: Right, route: str, kwargs: dict[str, Any]) -> frozenset[Right]:
    names_customers = route in {"ask", "ask-file", "api-ask"} and kwargs.get("name") in NAMING
    return frozenset({need, Right.SEE_PII}) if names_customers else frozenset({need})


def _opened(request: HttpRequest, need: Open, route: str) -> HttpResponseBase | None:
    if need is Open.PROGRAM:
        sees_customers.set(True)
        return None if actor_of(request) is A_PROGRAM else _unknown(request)
    if need is Open.ALL:
        return None
    if not settings.TRODDEN_SIGN_IN:
        raise Http404(_("Trodden is served to one person, without sign-in: there are no accounts."))
    return _at_the_door(request, route) if need is Open.ENTRANCE else _own(request)


def _at_the_door(request: HttpRequest, route: str) -> HttpResponseBase | None:
    """Send who comes in to the one door there is: below the name of a workspace none is told from another."""
    begins, _path = plain(request.path)
    if not begins or route in INTO_ONE:
        return None
    return HttpResponseRedirect(request.get_full_path().removeprefix(begins), preserve_request=True)


def _own(request: HttpRequest) -> HttpResponseBase | None:
    """Let who is signed in have what is about themselves: in workspaces of theirs, and in the chosen one."""
    actor = actor_of(request)
    if not actor.is_signed_in:
        return _to_sign_in(request)
    is_theirs = actor.membership is not None or workspace_name() == settings.TRODDEN_WORKSPACE
    return None if is_theirs else _nowhere(request, actor)


def _held(request: HttpRequest, needs: frozenset[Right]) -> HttpResponseBase | None:
    actor = actor_of(request)
    if needs <= actor.rights:
        sees_customers.set(actor.may(Right.SEE_PII))
        return None
    if not actor.is_signed_in and is_api(request):
        return _unknown(request)
    if settings.TRODDEN_SIGN_IN and not actor.is_signed_in:
        return _to_sign_in(request)
    if actor.lacks_factor and not is_api(request):
        return redirect("mfa_index")
    if actor.membership is None:
        return _nowhere(request, actor)
    return refused(request, _("Your role does not include this."))


def _kept_within(request: HttpRequest, route: str) -> HttpResponseBase | None:
    """Let who sees only some customers have what can be told of those alone."""
    actor = actor_of(request)
    seen_segment.set(actor.limit)
    if actor.opens(route):
        return None
    message = _("This is about all customers, and you see those of @{segment}.")
    return refused(request, message.format(segment=actor.limit))


def _nowhere(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Answer who is no member as where there is no such workspace; from the door they are led to their own.

    Raises
    ------
    Http404
        They stand anywhere but at the door.
    """
    own = _own_workspaces(actor) if request.path == "/" else ()
    if own:
        return redirect(front_of(own[0]))
    if actor.is_signed_in and is_there():
        _note(request)
    raise Http404(_("There is no such workspace, or you are not a member of it."))


def _own_workspaces(actor: Actor) -> tuple[str, ...]:
    from trodden.web.people.staff import workspaces_of

    return tuple(workspaces_of(actor.name))


def _unknown(request: HttpRequest) -> HttpResponseBase:
    """Answer a program that did not say for whom it asks, or by a token that is none."""
    page = ErrorPage("", "no-token", _("This address needs a token."), _("Send Authorization: Bearer TOKEN."))
    response = answer(request, HTTPStatus.UNAUTHORIZED, page)
    response["WWW-Authenticate"] = "Bearer"
    return response


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    wanted = request.get_full_path() if request.method == "GET" else reverse("front")
    return redirect(with_query(plain(reverse("account_login"))[1], {"next": wanted}))


def refused(request: HttpRequest, message: str) -> HttpResponseBase:
    """Answer 403 and write it into the log, where somebody is known to have tried."""
    if actor_of(request).is_signed_in:
        _note(request)
    page = ErrorPage(
        _("This is not allowed"), "forbidden", message, _("An admin gives rights, under People.")
    )
    return answer(request, HTTPStatus.FORBIDDEN, page)


def _note(request: HttpRequest) -> None:
    from trodden.web.audit.requests import record

    record(request, "refused", veiled(request.path_info))
