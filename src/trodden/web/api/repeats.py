"""A change that is asked for again is made once: its answer is kept for a day, under the caller's key."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from trodden.web.api.models import Repeat
from trodden.web.api.operations import RefusedError
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

KEPT: Final = timedelta(hours=24)
GIVEN_UP: Final = timedelta(minutes=10)
"""After so long a request that was never answered is taken for lost, and may be sent again."""

_TOLD_ONCE: Final = msgspec.json.encode(
    {
        "code": "told-once",
        "message": "This was done; its answer held a secret, which is told once.",
        "hint": "Take back what was made, and make another one under a new key.",
    }
)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,64}")


def once(request: HttpRequest, act: Callable[[], HttpResponse], *, is_secret: bool) -> HttpResponse:
    """Act, unless this was done under the same ``Idempotency-Key`` before: then give the answer of that time.

    A request that failed may be sent again under its key. An answer that holds a secret is not kept: who asks
    again is told that it was done.

    Raises
    ------
    RefusedError
        The key is none, is in use for a request under way, or was used for another one.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return act()
    if not _KEY.fullmatch(key):
        raise RefusedError(
            HTTPStatus.BAD_REQUEST,
            "key",
            "An Idempotency-Key has 1 to 64 signs of ASCII, none of them blank.",
        )
    begun = _begun(_digest(request.headers.get("Authorization", "").encode()), key, _asked(request))
    if isinstance(begun, HttpResponse):
        return begun
    return _acted(begun, act, is_secret=is_secret)


def _acted(begun: Repeat, act: Callable[[], HttpResponse], *, is_secret: bool) -> HttpResponse:
    is_done = False
    try:
        response = act()
        is_done = response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    finally:
        if not is_done:
            begun.delete()
    kept = (HTTPStatus.CONFLICT, _TOLD_ONCE) if is_secret else (response.status_code, response.content)
    begun.status, begun.body = int(kept[0]), kept[1].decode()
    begun.save(update_fields=["status", "body"])
    return response


def _begun(who: str, key: str, asked: str) -> Repeat | HttpResponse:
    """Note that a request is being answered, or return what it was answered before."""
    now = timezone.now()
    Repeat.here.filter(begun_at__lt=now - KEPT).delete()
    Repeat.here.filter(status=0, begun_at__lt=now - GIVEN_UP).delete()
    begun = Repeat(workspace=workspace_name(), who=who, key=key, asked=asked)
    try:
        with transaction.atomic():
            begun.save(force_insert=True)
    except IntegrityError:
        return _again(Repeat.here.filter(who=who, key=key).first(), asked)
    return begun


def _again(known: Repeat | None, asked: str) -> HttpResponse:
    if known is not None and known.asked != asked:
        raise RefusedError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "key-used",
            "This Idempotency-Key was used for another request.",
            "Send a new one with each new request.",
        )
    if known is None or not known.status:
        raise RefusedError(
            HTTPStatus.CONFLICT, "under-way", "A request of this key is under way.", "Ask again in a moment."
        )
    headers = {"Idempotency-Replayed": "true"}
    return HttpResponse(known.body, content_type="application/json", status=known.status, headers=headers)


def _asked(request: HttpRequest) -> str:
    said = (request.method or "", request.get_full_path(), request.headers.get("If-Match", ""))
    return _digest("\0".join(said).encode() + b"\0" + request.body)


def _digest(data: bytes) -> str:
    """Return what stands for bytes that may name a customer: nothing can be tried against it."""
    return salted_hmac("trodden.api.repeats", data, algorithm="sha256").hexdigest()
