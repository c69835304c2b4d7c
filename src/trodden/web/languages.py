"""In which language a request is answered: the reader's choice, else the workspace's, else the browser's.

What language a workspace has is told to its members alone, of the chosen one to everybody.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from trodden.model.errors import StoreError
from trodden.model.words import LANGUAGES, SOURCE, speaking
from trodden.store.folder import Workspace
from trodden.web.actors import actor_of
from trodden.web.errors import is_api
from trodden.web.workspaces import workspace_name

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

AUTOMATIC: Final = "auto"
"""What to choose to choose nothing: the workspace's language, else the browser's."""
COOKIE: Final = "language"


class Languages:
    """Answer each request in one language, pages and sentences of answers alike."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request in the language that was chosen for it."""
        language = language_for(request)
        with reading(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


@contextmanager
def reading(language: str) -> Generator[None]:
    """Let what is said in this block, by pages and by answers, be said in a language; in English for none."""
    known = language if language in LANGUAGES else SOURCE
    with speaking(known), translation.override(known):
        yield


def language_for(request: HttpRequest) -> str:
    """Return the language of an answer; programs, which keep no choice, get what they accept."""
    said = "" if is_api(request) else choice_of(request) or _of_workspace(request)
    return said if said in LANGUAGES else _accepted(request)


def choice_of(request: HttpRequest) -> str:
    """Return what a person chose: for their account, or in this browser; empty where they chose nothing."""
    kept: object = getattr(getattr(request, "user", None), "language", "")
    said = str(kept) or request.COOKIES.get(COOKIE, "")
    return said if said in LANGUAGES else ""


def keep_choice(request: HttpRequest, language: str) -> None:
    """Keep what somebody who is signed in chose for their account."""
    from trodden.web.people.models import User

    user: object = getattr(request, "user", None)
    if isinstance(user, User):
        user.language = language if language in LANGUAGES else ""
        user.save(update_fields=["language"])


def _of_workspace(request: HttpRequest) -> str:
    """Return the workspace's language; of others than the chosen one to members alone."""
    name = workspace_name()
    is_told = name == settings.TRODDEN_WORKSPACE or not settings.TRODDEN_SIGN_IN
    if not is_told and actor_of(request).membership is None:
        return ""
    return workspace_language()


def workspace_language() -> str:
    """Return the language of the workspace; empty where it has none."""
    try:
        return Workspace.open(settings.TRODDEN_HOME, workspace_name()).mark.language
    except StoreError:
        return ""


def _accepted(request: HttpRequest) -> str:
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    bases = (code.partition("-")[0] for code, _weight in accepted)
    return next((base for base in bases if base in LANGUAGES), SOURCE)
