"""What a browser has begun: kept in its session until it comes back, once and for ten minutes."""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from django.utils.translation import gettext as _

from trodden.model.errors import CallerError
from trodden.web.sso.protocol import Secrets

if TYPE_CHECKING:
    from django.http import HttpRequest

KEY: Final = "sso"
LASTS_S: Final = 600

Purpose = Literal["enter", "connect", "again"]


class Flow(msgspec.Struct, frozen=True):
    """Why somebody was sent to the provider, and where they go afterwards.

    ``invitation`` is the key of a one-time link they opened; ``user`` that of the account they had then.
    """

    purpose: Purpose
    held: Secrets
    began: float
    next: str = "/"
    invitation: str = ""
    user: str = ""


def keep(request: HttpRequest, flow: Flow) -> None:
    """Keep what was begun; what was begun before is over."""
    request.session[KEY] = msgspec.to_builtins(flow)


def has_begun(request: HttpRequest) -> bool:
    """Say whether anything was begun in this browser that did not come back yet."""
    return KEY in request.session


def take(request: HttpRequest, state: str) -> Flow:
    """Return what was begun, and keep it no longer.

    Raises
    ------
    CallerError
        Nothing was begun in this browser, or something else, or long ago.
    """
    kept = request.session.pop(KEY, None)
    flow = msgspec.convert(kept, Flow) if kept else None
    is_right = flow is not None and hmac.compare_digest(flow.held.state.encode(), state.encode())
    if flow is None or not is_right or time.time() - flow.began > LASTS_S:
        raise CallerError(
            _("This sign-in was not begun in this browser, or too long ago."),
            hint=_("Begin again on the sign-in page."),
        )
    return flow
