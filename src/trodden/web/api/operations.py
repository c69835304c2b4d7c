"""What an address for programs takes and gives: addresses, checks and their description are made of it.

A `Resource` is an address; an `Operation` is what one method does there. The view, the description in OpenAPI
and the tests follow from it. An area adds its own to `trodden.web.api.catalogue`.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest

Method = Literal["GET", "POST", "DELETE"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the parts of its path, its query and its body, each of the type the operation takes.

    ``path``: a part written ``<uuid:key>`` is a UUID, ``<int:number>`` an int, any other a text.
    ``seen`` is what the operation changes, as its caller has seen it.
    """

    request: HttpRequest
    path: Mapping[str, Any]
    query: Any = None
    body: Any = None
    seen: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """What one method of an address does.

    Attributes
    ----------
    does
        Answers a call; its docstring is the description.
    gives
        Type of the answer, a struct.
    query, body
        Structs of what is taken; None where nothing is.
    status
        Of the answer, where all went well.
    is_change
        It changes something: it may be sent again under an ``Idempotency-Key``.
    state_of
        What is changed, as it stands: the caller names its tag in ``If-Match``.
    is_secret
        The answer holds a secret: it is told once, and not kept for who sends the request again.
    takes_file
        It takes a form with a ``file`` in place of a body of JSON.
    media
        What the answer is written in.
    """

    does: Callable[[Call], object]
    gives: Any
    query: type[Any] | None = None
    body: type[Any] | None = None
    status: HTTPStatus = HTTPStatus.OK
    is_change: bool = False
    state_of: Callable[[Call], object] | None = None
    is_secret: bool = False
    takes_file: bool = False
    media: str = "application/json"


@dataclass(frozen=True, slots=True)
class Resource:
    """An address below ``/api/``: its name in `POLICY`, its path as Django writes it, and what it does.

    ``versions`` says, of an address whose last part is a name of ours, what stands under each of the names,
    for the description. ``view`` answers in a way of its own.
    """

    name: str
    path: str
    operations: Mapping[Method, Operation]
    versions: Callable[[], Mapping[str, Mapping[Method, Operation]]] | None = None
    view: Callable[..., Any] | None = None


class RefusedError(Exception):
    """A request that is answered with an error of its own."""

    def __init__(self, status: HTTPStatus, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.hint = status, code, message, hint
