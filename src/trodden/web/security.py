"""Headers no library of ours sets, on every response whatever became of the request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

HEADERS: Final = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
    "X-Permitted-Cross-Domain-Policies": "none",
}
_SECRET: Final = re.compile(
    r"(/(?:join|boards/shared|boards/stop|sign-in/link/[^/]+|account/connected|(?:data|files)/bring)/)[^/]+"
    r"|(/password/reset/)[^/-]+-[^/]+"
)
"""Addresses that are secrets: whoever has them needs nothing else, or nothing but a session."""

UNKEPT: Final = "private, no-store"
"""Pages show customers: no cache keeps them. Assets say otherwise for themselves."""


def veiled(path: str) -> str:
    """Return a path without the secret of a link.

    Examples
    --------
    >>> veiled("/w/desk/password/reset/2x-c9-f00/"), veiled("/password/reset/sent/")
    ('/w/desk/password/reset/-/', '/password/reset/sent/')
    """
    return _SECRET.sub(lambda found: f"{found[1] or found[2]}-", path)


def loggable(path: str) -> str:
    r"""Return a path as a log may hold it: on one line, without the secret of a link.

    Examples
    --------
    >>> loggable("/boards/shared/k3J_x/"), loggable("/explore/\n")
    ('/boards/shared/-/', '/explore/\\n')
    """
    return veiled(path).encode("unicode_escape").decode()


class SecureHeaders:
    """Add the headers; the outermost middleware, so that error responses have them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request and add what is missing."""
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.TRODDEN_IS_HTTPS:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"
            )
        response.headers.setdefault("Cache-Control", UNKEPT)
        return response
