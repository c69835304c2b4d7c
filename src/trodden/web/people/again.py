"""Ask again who it is before something is given that should not leave with whoever sits down at a desk."""

# The sign-in library is only partly annotated.
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


def asked_again(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Ask who it is once more where the sign-in is older than five minutes, then give what was asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if must_say_again(request):
            raise ReauthenticationRequired
        return view(request, *args, **kwargs)

    return guarded


def must_say_again(request: HttpRequest) -> bool:
    """Say whether it is long ago that somebody said who they are, here or at a provider."""
    try:
        return settings.TRODDEN_SIGN_IN and is_reauthentication_required(request, app="trodden")
    except ReauthenticationRequired:
        # How our adapter says so of who has no way of their own here to say it.
        return True
