"""What a request changed, and which customer it looked at, written into the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trodden.web.audit.log import write

if TYPE_CHECKING:
    from django.http import HttpRequest


def record(request: HttpRequest, action: str, what: str = "") -> None:
    """Write that whoever sent a request did something."""
    from allauth.account.adapter import get_adapter

    from trodden.web.policy import actor_of

    write(actor_of(request).name, action, what, get_adapter().get_client_ip(request))
