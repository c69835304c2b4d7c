"""What happens to accounts goes into the log, whoever made it happen."""

# The library's signals and models are not annotated.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from trodden.web.workspaces import within

if TYPE_CHECKING:
    from django.http import HttpRequest

    from trodden.web.people.models import User


def listen() -> None:
    """Connect to the signals of the sign-in library."""
    from allauth.account import signals as account
    from allauth.mfa import signals as factors
    from django.contrib.auth.signals import user_logged_out

    account.user_logged_in.connect(_signed_in)
    account.password_changed.connect(_password_changed)
    account.password_reset.connect(_password_reset)
    factors.authenticator_added.connect(_factor_added)
    factors.authenticator_removed.connect(_factor_removed)
    factors.authenticator_reset.connect(_codes_renewed)
    user_logged_out.connect(_signed_out)


def is_known_elsewhere(user: object) -> bool:
    """Say whether a provider of single sign-on knows the account of a key."""
    from trodden.web.sso.models import Identity

    return Identity.objects.filter(user_id=user).exists()


def failed(request: HttpRequest, email: str) -> None:
    """Write that a sign-in was refused; what was typed is kept only if it is an account, not a secret.

    It stands in the log of the chosen workspace, whatever the address names.
    """
    from trodden.web.audit.requests import record
    from trodden.web.people.models import User, clean_email

    known = User.objects.filter(email=clean_email(email)).first()
    with within(settings.TRODDEN_WORKSPACE):
        record(request, "sign-in.refused", actor=known.email if known else "nobody we know")


def happened(request: HttpRequest, action: str, user: User, what: str = "") -> None:
    """Write what became of an account into the logs of all workspaces it may enter, else the chosen one."""
    from trodden.web.audit.requests import record
    from trodden.web.people.staff import workspaces_of

    with transaction.atomic():
        for name in workspaces_of(user.email) or (settings.TRODDEN_WORKSPACE,):
            with within(name):
                record(request, action, what, user.email)


def _signed_in(request: HttpRequest, user: User, **_rest: Any) -> None:  # noqa: ANN401 - a signal's own
    from trodden.web.people.sessions import begin

    begin(request)
    happened(request, "sign-in", user)


def _signed_out(request: HttpRequest, user: User | None, **_rest: Any) -> None:  # noqa: ANN401 - as above
    if user is not None:
        happened(request, "sign-out", user)


def _password_changed(request: HttpRequest, user: User, **_rest: Any) -> None:  # noqa: ANN401 - as above
    from trodden.web.people.sessions import end_sessions

    end_sessions(user, but=request.session.session_key or "")
    happened(request, "password.change", user)


def _password_reset(request: HttpRequest, user: User, **_rest: Any) -> None:  # noqa: ANN401 - as above
    from trodden.web.people.sessions import end_sessions

    end_sessions(user)
    happened(request, "password.reset", user)


def _factor_added(request: HttpRequest, user: User, authenticator: Any, **_rest: Any) -> None:  # noqa: ANN401 - as above
    happened(request, "second-factor.add", user, str(authenticator.type))


def _factor_removed(request: HttpRequest, user: User, authenticator: Any, **_rest: Any) -> None:  # noqa: ANN401 - as above
    happened(request, "second-factor.remove", user, str(authenticator.type))


def _codes_renewed(request: HttpRequest, user: User, authenticator: Any, **_rest: Any) -> None:  # noqa: ANN401 - as above
    happened(request, "second-factor.renew", user, str(authenticator.type))
