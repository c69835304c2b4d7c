"""How a file comes in by a page: only from who was shown the form, onto our own disk, under our own name."""

from __future__ import annotations

from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import Resolver404, resolve
from django.utils.crypto import salted_hmac

from trodden.collect.uploads import incoming_of
from trodden.settings import load_settings
from trodden.web.workspaces import plain

if TYPE_CHECKING:
    from typing import IO

ROUTE: Final = "source-upload"
"""The route of pages that takes more than a small body."""
BY_PROGRAM: Final = "api-file-bring"
"""That of programs."""
SMALL: Final = 2_000_000
"""Bytes any other request may send."""
_FRAME: Final = 100_000
"""Bytes a form puts around the file it sends."""
_SALT: Final = "trodden.upload"
_PASS_LASTS_S: Final = 43_200


def incoming() -> Path:
    """Return the folder in which files arrive, its owner's alone."""
    folder = incoming_of(Path(settings.TRODDEN_HOME))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


class Arrived(TemporaryUploadedFile):
    """A file in that folder, removed when the request ends; its name there is ours."""

    def __init__(self, name: str, content_type: str | None, charset: str | None) -> None:
        file: IO[bytes] = NamedTemporaryFile(dir=incoming())  # noqa: SIM115 - closed with the request
        UploadedFile.__init__(self, file, name, content_type, 0, charset)  # pyright: ignore[reportUnknownMemberType]


class Arriving(TemporaryFileUploadHandler):
    """Write every file of a form to disk as it comes, piece by piece."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as the library passes them
        """Make the file to add to."""
        super(TemporaryFileUploadHandler, self).new_file(*args, **kwargs)
        self.file = Arrived(str(self.file_name), self.content_type, self.charset)


def pass_for(who: str) -> str:
    """Return what lets somebody who was shown the form send a large body, for half a day."""
    return signing.dumps(_mark_of(who), salt=_SALT)


def is_passed(token: str, who: str) -> bool:
    """Say whether that was given to this person."""
    return _holder(token) == _mark_of(who)


def _mark_of(who: str) -> str:
    """Return what stands for somebody in addresses, which others may see: it does not tell whom."""
    return salted_hmac(_SALT, who, algorithm="sha256").hexdigest()[:32]


def _holder(token: str) -> str | None:
    try:
        return signing.loads(token, salt=_SALT, max_age=_PASS_LASTS_S)
    except signing.BadSignature:
        return None


def largest_upload() -> int:
    """Return how many bytes a file may have."""
    return load_settings(settings.TRODDEN_HOME).upload_megabytes * 1_000_000


def most_of(path: str) -> int:
    """Return how many bytes a request to a path may send."""
    try:
        found = resolve(plain(path)[1])
    except Resolver404:
        return SMALL
    is_upload = found.url_name in {ROUTE, BY_PROGRAM} and _holder(found.kwargs["token"]) is not None
    return largest_upload() + _FRAME if is_upload else SMALL
