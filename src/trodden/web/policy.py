"""Who may open what: one table from the name of a route to the right it needs. What is not in it, nobody may.

`Policy` holds every request to it, before the view runs. Where Trodden is served without sign-in, the one
person at the machine has every right, and the pages of accounts do not exist.
"""

# The sign-in library has no type information.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from trodden.web.addresses import with_query
from trodden.web.errors import ErrorPage, answer, is_api
from trodden.web.limits import OPEN, seen_as, seen_segment
from trodden.web.people.rights import EVERY, NEEDS_TWO_FACTORS, Right
from trodden.web.people.sessions import has_trusted_factor
from trodden.web.shield import NAMING, sees_customers
from trodden.web.workspaces import front_of, is_there

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from trodden.web.api.models import Token
    from trodden.web.people.models import Membership, User


class Open(Enum):
    """What needs no right."""

    ALL = "all"
    """Everybody, signed in or not."""
    PROGRAM = "program"
    """Programs that send the token of the running server."""
    ENTRANCE = "entrance"
    """Everybody, where people sign in."""
    SELF = "self"
    """Everybody who is signed in, about themselves."""


Need = Right | Open

POLICY: Final[dict[str, Need]] = {
    "health": Open.ALL,
    "mark": Open.ALL,
    "theme": Open.ALL,
    "front": Right.SEE,
    "keys": Open.ALL,
    "start-hide": Right.SEE,
    "findings": Right.SEE,
    "findings-file": Right.ASK,
    "findings-look": Right.ASK,
    "finding": Right.SEE,
    "finding-decide": Right.EDIT,
    "finding-note": Right.ASK,
    "finding-interpret": Right.EDIT,
    "knowledge": Right.SEE,
    "knowledge-review": Right.EDIT,
    "find": Right.SEE,
    "palette": Right.SEE,
    "journeys": Right.SEE,
    "journey": Right.SEE,
    "map-drawing": Right.ASK,
    "mine": Right.EDIT,
    "redesign": Right.EDIT,
    "accept": Right.EDIT,
    "discard": Right.EDIT,
    "map-new": Right.EDIT,
    "map-draw": Right.EDIT,
    "map-editor": Right.EDIT,
    "map-change": Right.EDIT,
    "map-others": Right.EDIT,
    "map-restore": Right.EDIT,
    "map-owner": Right.EDIT,
    "versions": Right.SEE,
    "publish": Right.MANAGE,
    "segments": Right.SEE,
    "segment": Right.SEE,
    "segment-overlap": Right.SEE,
    "segment-new": Right.ASK,
    "segment-draft": Right.ASK,
    "segment-edit": Right.EDIT,
    "segment-save": Right.EDIT,
    "segment-delete": Right.EDIT,
    "segment-restore": Right.EDIT,
    "boards": Right.SEE,
    "board": Right.SEE,
    "board-card": Right.SEE,
    "board-fresh": Right.SEE,
    "board-new": Right.ASK,
    "board-save": Right.ASK,
    "board-copy": Right.ASK,
    "board-change": Right.ASK,
    "board-restore": Right.ASK,
    "marks": Right.SEE,
    "marks-change": Right.EDIT,
    "marks-file": Right.ASK,
    "board-comment": Right.ASK,
    "board-share": Right.ASK,
    "board-mail": Right.ASK,
    "board-link": Right.MANAGE,
    "board-links": Right.ADMINISTER,
    "board-stop": Open.ALL,
    "shared": Open.ALL,
    "shared-card": Open.ALL,
    "explore": Right.SEE,
    "ask": Right.SEE,
    "running": Right.SEE,
    "cancel": Right.SEE,
    "ask-file": Right.ASK,
    "reference": Right.SEE,
    "customers": Right.SEE_PII,
    "customer": Right.SEE_PII,
    "customer-event": Right.SEE_PII,
    "customer-export": Right.PROTECT,
    "customer-file": Right.PROTECT,
    "customer-erase": Right.PROTECT,
    "customer-erased": Right.PROTECT,
    "erasures": Right.PROTECT,
    "erasure": Right.PROTECT,
    "touchpoint": Right.SEE,
    "shoes": Right.SEE,
    "shoes-begin": Right.SEE,
    "shoes-walk": Right.SEE,
    "shoes-wish": Right.SEE,
    "shoes-withdraw": Right.SEE,
    "shoes-who": Right.SEE_PII,
    "data": Right.SEE,
    "source-upload": Right.MANAGE,
    "columns": Right.MANAGE,
    "source-count": Right.MANAGE,
    "source-mapping": Right.MANAGE,
    "mapping-file": Right.MANAGE,
    "work": Right.MANAGE,
    "source-import": Right.MANAGE,
    "source-stop": Right.MANAGE,
    "work-rejects": Right.MANAGE,
    "import-one": Right.MANAGE,
    "source-undo": Right.MANAGE,
    "import-rejects": Right.SEE_PII,
    "rules": Right.MANAGE,
    "rule": Right.MANAGE,
    "rules-try": Right.MANAGE,
    "rules-change": Right.MANAGE,
    "rules-apply": Right.MANAGE,
    "rules-back": Right.MANAGE,
    "settings": Right.SEE,
    "workspace": Right.MANAGE,
    "workspace-change": Right.MANAGE,
    "workspaces": Right.SEE,
    "workspace-title": Right.MANAGE,
    "workspace-retention": Right.MANAGE,
    "workspace-keep": Right.MANAGE,
    "workspace-make": Right.ADMINISTER,
    "about": Right.MANAGE,
    "api-analyses": Right.SEE,
    "api-ask": Right.ASK,
    "api-ask POST": Right.ASK,
    "api-maps": Right.SEE,
    "api-maps POST": Right.EDIT,
    "api-map": Right.SEE,
    "api-map DELETE": Right.EDIT,
    "api-map-publish POST": Right.MANAGE,
    "api-findings": Right.SEE,
    "api-finding": Right.SEE,
    "api-finding-decide POST": Right.EDIT,
    "api-finding-note POST": Right.ASK,
    "api-finding-interpret POST": Right.EDIT,
    "api-boards": Right.SEE,
    "api-board": Right.SEE,
    "api-marks": Right.SEE,
    "api-marks POST": Right.EDIT,
    "api-segments": Right.SEE,
    "api-segments POST": Right.EDIT,
    "api-segment": Right.SEE,
    "api-segment POST": Right.EDIT,
    "api-segment DELETE": Right.EDIT,
    "api-customers": Right.SEE_PII,
    "api-works": Right.MANAGE,
    "api-work": Right.MANAGE,
    "api-work-stop POST": Right.MANAGE,
    "api-imports": Right.SEE,
    "api-people": Right.ADMINISTER,
    "api-log": Right.ADMINISTER,
    "api-workspace": Right.SEE,
    "api-health": Right.SEE,
    "api-openapi": Right.SEE,
    "api-live": Right.SEE,
    "api-said": Open.PROGRAM,
    "account_login": Open.ENTRANCE,
    "account_link": Open.ENTRANCE,
    "sso_begin": Open.ENTRANCE,
    "sso_back": Open.ENTRANCE,
    "sso_join": Open.ENTRANCE,
    "account_again_with": Open.SELF,
    "account_connected": Open.SELF,
    "account_connect": Open.SELF,
    "account_disconnect": Open.SELF,
    "account_inactive": Open.ENTRANCE,
    "account_reset_password": Open.ENTRANCE,
    "account_reset_password_done": Open.ENTRANCE,
    "account_reset_password_from_key": Open.ENTRANCE,
    "account_reset_password_from_key_done": Open.ENTRANCE,
    "mfa_authenticate": Open.ENTRANCE,
    "mfa_login_webauthn": Open.ENTRANCE,
    "join": Open.ENTRANCE,
    "account_logout": Open.ENTRANCE,
    "account_tokens": Open.SELF,
    "account_token_revoke": Open.SELF,
    "account": Open.SELF,
    "account_reauthenticate": Open.SELF,
    "account_change_password": Open.SELF,
    "mfa_index": Open.SELF,
    "mfa_reauthenticate": Open.SELF,
    "mfa_activate_totp": Open.SELF,
    "mfa_deactivate_totp": Open.SELF,
    "mfa_view_recovery_codes": Open.SELF,
    "mfa_generate_recovery_codes": Open.SELF,
    "mfa_list_webauthn": Open.SELF,
    "mfa_add_webauthn": Open.SELF,
    "mfa_remove_webauthn": Open.SELF,
    "mfa_edit_webauthn": Open.SELF,
    "mfa_reauthenticate_webauthn": Open.SELF,
    "usersessions_list": Open.SELF,
    "people": Right.ADMINISTER,
    "invite": Right.ADMINISTER,
    "withdraw": Right.ADMINISTER,
    "member": Right.ADMINISTER,
    "log": Right.ADMINISTER,
    "log-file": Right.ADMINISTER,
}

PAGES_TOO: Final = frozenset({"api-openapi", "api-live"})
"""Addresses for programs that pages read, too, by the session of who is signed in."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks, and what they may do here."""

    name: str
    rights: frozenset[Right]
    is_signed_in: bool = False
    membership: Membership | None = None
    lacks_factor: bool = False
    token: Token | None = None
    limit: str = ""
    """Name of the saved segment whose customers are all they see; empty where they see everybody."""

    def may(self, right: Right) -> bool:
        """Say whether the actor has a right."""
        return right in self.rights

    def opens(self, route: str) -> bool:
        """Say whether a route opens to what the actor sees of the customers."""
        return not self.limit or route in OPEN


NOBODY: Final = Actor("", frozenset())
ALONE: Final = Actor("this machine", EVERY)
"""The one person, where there is no sign-in."""
LONGEST_ACTOR: Final = 254
"""Letters of a name that the log and others keep."""

A_PROGRAM: Final = Actor("a program", EVERY)
"""Who sends the token of the running server: whoever can read that may read the data, too."""


def actor_of(request: HttpRequest) -> Actor:
    """Return who asks; worked out once a request."""
    found = getattr(request, "actor", None)
    if found is None:
        found = request.actor = _find(request)  # pyright: ignore[reportAttributeAccessIssue] - ours to add
    return found


def _find(request: HttpRequest) -> Actor:
    found = _find_program(request) if is_api(request) else _find_person(request)
    return found if is_there() else replace(found, rights=frozenset(), membership=None)


def _find_program(request: HttpRequest) -> Actor:
    """Return for whom a program asks, by the token it sends; a session counts where pages read, too."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _find_bearer(secret.strip())
    route = request.resolver_match.url_name if request.resolver_match else None
    return _find_person(request) if route in PAGES_TOO else NOBODY


def _find_bearer(secret: str) -> Actor:
    known = settings.TRODDEN_TOKEN.encode()
    if known and secrets.compare_digest(secret.encode(), known):
        return A_PROGRAM
    from trodden.web.api.tokens import token_of

    token = token_of(secret)
    if token is None:
        return NOBODY
    person = _member(token.membership)
    name = f"{person.name} by {token.name}"[:LONGEST_ACTOR]
    return replace(person, name=name, rights=person.rights & token.rights, token=token)


def _find_person(request: HttpRequest) -> Actor:
    if not settings.TRODDEN_SIGN_IN:
        return ALONE
    from trodden.web.people.models import Membership, User

    # A request that was refused before it was known who sent it has no user.
    user: object = getattr(request, "user", None)
    if not isinstance(user, User):
        return NOBODY
    membership = Membership.here.filter(user=user, is_active=True).select_related("user").first()
    if membership is None:
        return Actor(user.email, frozenset(), is_signed_in=True)
    return _member(membership, has_factor=has_trusted_factor(request))


def _member(membership: Membership, *, has_factor: bool = False) -> Actor:
    """Return a member as who asks; ``has_factor``: a second factor was seen elsewhere."""
    is_shown = has_factor or membership.role not in NEEDS_TWO_FACTORS
    lacks = not is_shown and not _has_factor(membership.user)
    rights = frozenset[Right]() if lacks else membership.rights
    email = membership.user.email
    return Actor(
        email,
        rights,
        is_signed_in=True,
        membership=membership,
        lacks_factor=lacks,
        limit=membership.limit,
    )


def _has_factor(user: User) -> bool:
    from allauth.mfa.models import Authenticator

    codes = Authenticator.Type.RECOVERY_CODES
    return Authenticator.objects.filter(user_id=user.pk).exclude(type=codes).exists()


class Policy:
    """Hold every request to the table."""

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
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Refuse what the table does not allow; None lets the view run."""
        route = request.resolver_match.url_name if request.resolver_match else None
        need = rule_of(route or "", request.method or "")
        if need is None:
            return refused(request, _("This address has no rule that opens it."))
        if isinstance(need, Open):
            return _opened(request, need)
        return _held(request, _all(need, route or "", kwargs)) or _kept_within(request, route or "")


def rule_of(route: str, method: str) -> Need | None:
    """Return what a route needs; of an address that takes several methods each may need something else."""
    return POLICY.get(f"{route} {method}", POLICY.get(route))


def _all(need: Right, route: str, kwargs: dict[str, Any]) -> frozenset[Right]:
    names_customers = route in {"ask", "ask-file", "api-ask"} and kwargs.get("name") in NAMING
    return frozenset({need, Right.SEE_PII}) if names_customers else frozenset({need})


def _opened(request: HttpRequest, need: Open) -> HttpResponseBase | None:
    if need is Open.PROGRAM:
        sees_customers.set(True)
        return None if actor_of(request) is A_PROGRAM else _unknown(request)
    if need is Open.ALL:
        return None
    if not settings.TRODDEN_SIGN_IN:
        raise Http404(_("Trodden is served to one person, without sign-in: there are no accounts."))
    if need is Open.SELF and not actor_of(request).is_signed_in:
        return _to_sign_in(request)
    return None


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
    return redirect(with_query(reverse("account_login"), {"next": wanted}))


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

    record(request, "refused", request.path_info)
