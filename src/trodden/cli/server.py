"""Asking a running server on the same folder, which has everything warm already."""

from __future__ import annotations

import http.client
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

import msgspec

from trodden.model.errors import TroddenError
from trodden.model.words import language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from trodden.settings import Settings

LONGEST_WAIT: Final = 600
"""Seconds a question may take on the server."""


class Running(msgspec.Struct, frozen=True):
    """What a server writes beside its data when it is ready: ``<home>/run/serve.json``."""

    pid: int
    url: str
    workspace: str
    token: str


class _Refusal(msgspec.Struct, frozen=True):
    code: str
    message: str
    hint: str = ""


def running_server(home: str) -> Running | None:
    """Return the server that says it serves this folder, or None; it may have died since."""
    try:
        return msgspec.json.decode((Path(home) / "run" / "serve.json").read_bytes(), type=Running)
    except (OSError, msgspec.DecodeError):
        return None


def ask_server(
    settings: Settings, name: str, texts: Mapping[str, Sequence[str]], file: Path | None, forms: Sequence[str]
) -> dict[str, str] | None:
    """Ask a running server, which reads the texts of the fields and returns the answer in each form.

    None where none serves this workspace, or where the file of fields cannot be read, so that the caller
    answers itself, or says what is wrong.

    Raises
    ------
    TroddenError
        The server understood the question and refused it; the error is the server's own.
    """
    server = running_server(settings.home)
    if server is None or server.workspace != settings.workspace:
        return None
    try:
        given = msgspec.Raw(file.read_bytes() if file else b"{}")
        body = msgspec.json.encode({"texts": texts, "given": given, "forms": forms})
        status, said = _post(server, f"/api/said/{quote(name, safe='')}", body)
    except (OSError, http.client.HTTPException):
        return None
    if status == http.client.OK:
        return msgspec.json.decode(said, type=dict[str, str])
    if status in (http.client.BAD_REQUEST, http.client.UNPROCESSABLE_ENTITY):
        raise _refused(said)
    return None


def _post(server: Running, path: str, body: bytes) -> tuple[int, bytes]:
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(
        address.hostname or "localhost", address.port, timeout=LONGEST_WAIT
    )
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {server.token}",
        "Accept-Language": language(),
    }
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def _refused(body: bytes) -> TroddenError:
    refusal = msgspec.json.decode(body, type=_Refusal)
    error = TroddenError(refusal.message, hint=refusal.hint)
    error.exit_status = 2
    return error
