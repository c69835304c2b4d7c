"""The built page assets: found, named by a hash of them all, and served like any response."""

# whitenoise ships no type information.
# pyright: reportMissingTypeStubs=false, reportIncompatibleMethodOverride=false
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware

if TYPE_CHECKING:
    from django.http import HttpRequest
    from whitenoise.responders import StaticFile

BUILT: Final = Path(__file__).parent / "static" / "built"


def digest_of(folder: Path) -> str:
    """Return twelve hex digits over names and contents of a folder's files; of a missing one, ``none``."""
    if not folder.is_dir():
        return "none"
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class StaticFiles(WhiteNoiseMiddleware):
    """Serve the assets whole: they are small, and a response in one piece needs no thread to stream it."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """Return the file, or the 304 that says it has not changed."""
        found = static_file.get_response(request.method, request.META)
        content = b""
        if found.file is not None:
            with found.file as file:
                content = file.read()
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]
        for name, value in found.headers:
            response[name] = value
        return response

    def immutable_file_test(self, path: str, url: str) -> bool:  # noqa: ARG002 - whitenoise's own signature
        """Say that a file never changes under its address: the address holds a hash of it."""
        return True
