"""Which workspace a request is about: the chosen one at plain addresses, others below ``/w/<name>/``.

No view knows: what it makes of `workspace_name`, of `home.walks` and of `reverse` stays in the workspace.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.urls import get_script_prefix, set_script_prefix

from trodden.model.errors import NotAWorkspaceError
from trodden.store.folder import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_ADDRESS: Final = re.compile(r"/w/(?P<name>[a-z0-9][a-z0-9_-]{0,63})(?P<path>/.*)?", re.DOTALL)

_asked: ContextVar[str | None] = ContextVar("workspace", default=None)
"""The workspace that is asked about here; None for the chosen one."""


def workspace_name() -> str:
    """Return the name of the workspace that what is done here is about."""
    return _asked.get() or settings.TRODDEN_WORKSPACE


def is_there() -> bool:
    """Say whether the workspace is one: the chosen one is before anything came in, others once made."""
    return is_workspace(workspace_name())


def is_workspace(name: str) -> bool:
    """Say whether there is a workspace of a name."""
    return name == settings.TRODDEN_WORKSPACE or name in names()


def names() -> list[str]:
    """List the workspaces of the home folder, and the chosen one, by name."""
    marks = (Path(settings.TRODDEN_HOME) / "workspaces").glob("*/workspace.json")
    return sorted({settings.TRODDEN_WORKSPACE, *(mark.parent.name for mark in marks)})


@contextmanager
def within(name: str, begins: str = "") -> Generator[None]:
    """Let what is done in this block be about a workspace, and addresses made in it begin as its own do."""
    token, before = _asked.set(name), get_script_prefix()
    set_script_prefix(begins or front_of(name))
    try:
        yield
    finally:
        set_script_prefix(before)
        _asked.reset(token)


@contextmanager
def within_path(path: str) -> Generator[str]:
    """Let what is done in this block be about the workspace of a path; give what follows its name."""
    begins, rest = plain(path)
    with within(begins.removeprefix("/w/") or settings.TRODDEN_WORKSPACE, begins):
        yield rest


def title_of(name: str) -> str:
    """Return what a workspace is called on pages: its title, or its name where it has none."""
    try:
        return Workspace.open(settings.TRODDEN_HOME, name).mark.title or name
    except NotAWorkspaceError:
        return name


def front_of(name: str) -> str:
    """Return the first address of a workspace."""
    return "/" if name == settings.TRODDEN_WORKSPACE else f"/w/{name}/"


def plain(path: str) -> tuple[str, str]:
    """Return the beginning of a path that names a workspace, empty for the chosen one, and what follows."""
    found = _ADDRESS.fullmatch(path)
    return (f"/w/{found['name']}", found["path"] or "/") if found else ("", path)


class InWorkspace:
    """Let a request, and every address made while it is answered, be about the workspace of its path."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request as if nothing stood before its path."""
        begins, path = plain(request.path_info)
        if not begins:
            return self.get_response(request)
        request.path_info, request.META["SCRIPT_NAME"] = path, begins
        with within(begins.removeprefix("/w/"), begins):
            return self.get_response(request)
