"""Sessions end: when unused, after their longest time, and when what a person may do changes."""

# The library's models are not annotated.
# pyright: reportMissingTypeStubs=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth import logout
from django.db import DatabaseError, connection
from django.utils import timezone

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from allauth.usersessions.models import UserSession
    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from trodden.web.people.models import User

BEGAN: Final = "began"
SEEN: Final = "seen"
CONFIRMED: Final = "confirmed"
FACTOR: Final = "factor"
FRESH_S: Final = 300
AHEAD_S: Final = 300
"""A session that begins later than so long from now began by a wrong clock."""
CLEARED_EVERY_S: Final = 86_400.0
NOTED_EVERY_S: Final = 60
"""How often use is noted; a session may so end up to this much early."""


ASKED_BY_PAGES: Final = frozenset({"map-others", "work", "running", "board-fresh", "api-live"})
"""Routes that pages ask again and again while they are open, with or without script."""
ALSO_ASKED_BY_PAGES: Final = frozenset(
    {"front", "board-card", "board-share", "erasure", "workspace-retention", "journey", "rules"}
)
"""Routes people open, of which pages ask parts by themselves."""


log = logging.getLogger("trodden.people")


class Timeouts:
    """End a session that was not used for long, or that has lasted its longest time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, signed out where the session is over; note that it was used, where it was."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return self.get_response(request)
        if _is_late(*_times(request), time.time()):
            logout(request)
            return self.get_response(request)
        response = self.get_response(request)
        _note(request)
        return response


def _times(request: HttpRequest) -> tuple[float, float]:
    began, seen = (float(request.session.get(name, 0)) for name in (BEGAN, SEEN))
    return began, seen


def _note(request: HttpRequest) -> None:
    """Note that a session was used, now that it is known by which route."""
    _began, seen = _times(request)
    is_due = seen and time.time() - seen > NOTED_EVERY_S
    if is_due and request.user.is_authenticated and not is_by_itself(request):
        request.session[SEEN] = time.time()


def is_by_itself(request: HttpRequest) -> bool:
    """Say whether a page asked without anybody doing anything, as pages do that keep themselves new."""
    route = request.resolver_match.url_name if request.resolver_match else None
    if request.method != "GET":
        return False
    return route in ASKED_BY_PAGES or (route in ALSO_ASKED_BY_PAGES and "HX-Request" in request.headers)


def _is_late(began: float, seen: float, now: float) -> bool:
    """Say whether a session is over; one that began after now is, too: a wrong clock made it last."""
    longest, idle = settings.TRODDEN_LONGEST.total_seconds(), settings.TRODDEN_IDLE.total_seconds()
    return now - began > longest or now - seen > idle or max(began, seen) - now > AHEAD_S


def is_over(key: str) -> bool:
    """Say whether the session of this key was ended, or is over by now."""
    from django.contrib.sessions.backends.db import SessionStore

    held = SessionStore(key).load()
    began, seen = (float(held.get(name, 0)) for name in (BEGAN, SEEN))
    return _is_late(began, seen, time.time())


def last_used(session: UserSession) -> datetime:
    """Return when a session was last used, to the minute; what the library notes is when it began."""
    from django.contrib.sessions.backends.db import SessionStore

    seen = SessionStore(session.session_key).load().get(SEEN)
    return datetime.fromtimestamp(float(seen), UTC) if seen else session.created_at


def begin(request: HttpRequest) -> None:
    """Note when a session began."""
    request.session[BEGAN] = request.session[SEEN] = time.time()


def confirm(request: HttpRequest) -> None:
    """Note that somebody said again who they are, elsewhere."""
    request.session[CONFIRMED] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Say whether somebody said who they are so recently that they need not do so again."""
    last = max(float(request.session.get(name, 0)) for name in (BEGAN, CONFIRMED))
    return abs(time.time() - last) < FRESH_S


def trust_factor(request: HttpRequest) -> None:
    """Note that a second factor was seen elsewhere when this session began."""
    request.session[FACTOR] = True


def has_trusted_factor(request: HttpRequest) -> bool:
    """Say whether a second factor was seen elsewhere when this session began, and such are believed."""
    return bool(settings.TRODDEN_SSO and settings.TRODDEN_SSO.factors and request.session.get(FACTOR))


def keep_clearing(stop: threading.Event) -> None:
    """Remove sessions whose longest time is over from the records, once a day, until ``stop`` is set."""
    while True:
        _clear()
        if stop.wait(CLEARED_EVERY_S):
            return


def _clear() -> None:
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.backends.db import SessionStore

    try:
        SessionStore.clear_expired()
        oldest = timezone.now() - settings.TRODDEN_LONGEST
        UserSession.objects.filter(created_at__lt=oldest).delete()
    except DatabaseError as error:
        log.error("sessions.uncleared error=%s", type(error).__name__)  # noqa: TRY400 - there is another day
    finally:
        connection.close()


def end_sessions(user: User, but: str = "") -> None:
    """End the sessions of an account, except the one of the key ``but``."""
    from allauth.usersessions.models import UserSession

    for session in UserSession.objects.filter(user_id=user.pk).exclude(session_key=but):
        session.end()
