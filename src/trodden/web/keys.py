"""The key that signs what outlives a process: sessions, links in mails. Kept beside the data, or given."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trodden.model.errors import CallerError, StoreError
from trodden.store.harden import flush, make_folder, write_new

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "TRODDEN_SECRET_KEY"
OF_A_FILE: Final = "_FILE"
"""What a variable's name ends with that names the file of a secret instead."""
SHORTEST: Final = 43
"""Characters of a key: 256 bits as `secrets.token_urlsafe` writes them."""


def key_path(home: str | Path) -> Path:
    """Return where the key of a home folder is kept."""
    return Path(home) / "secrets" / "key"


def keep_key(home: str | Path, environ: Mapping[str, str] | None = None) -> str:
    """Return the key; where neither the environment nor the folder has one, make it and keep it.

    The file is readable by its owner alone, in a folder of its owner alone.

    Raises
    ------
    CallerError
        The key given is too short to be one.
    StoreError
        Others than its owner may read the file.
    """
    found = find_key(home, environ)
    if found:
        return found
    path = key_path(home)
    make_folder(path.parent)
    write_new(path, secrets.token_urlsafe(64).encode("ascii"))
    flush(path.parent)
    return find_key(home, environ)


def find_key(home: str | Path, environ: Mapping[str, str] | None = None) -> str:
    """Return the key of the environment, of the file it names, or of the home folder; empty where none is.

    Raises
    ------
    CallerError
        The key given is too short to be one, or the file named is not there.
    StoreError
        Others than its owner may read the file.
    """
    given = os.environ if environ is None else environ
    if VARIABLE in given or f"{VARIABLE}{OF_A_FILE}" in given:
        return _long_enough(given_secret(VARIABLE, given), VARIABLE)
    path = key_path(home)
    return _long_enough(_read(path), str(path)) if path.exists() else ""


def given_secret(variable: str, environ: Mapping[str, str] | None = None) -> str:
    """Return the secret of a variable, or of the file that the variable ending with ``_FILE`` names.

    Empty where neither is set.

    Raises
    ------
    CallerError
        The file named is not there.
    StoreError
        Others than its owner may read the file.
    """
    given = os.environ if environ is None else environ
    if variable not in given and f"{variable}{OF_A_FILE}" in given:
        return _read(Path(given[f"{variable}{OF_A_FILE}"]))
    return given.get(variable, "")


def _read(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CallerError(f"The secret {path} cannot be read: {error.strerror}.") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreError(f"Others may read the secret {path}.", hint=f"chmod 600 {path}")
    return text


def _long_enough(text: str, place: str) -> str:
    if len(text) < SHORTEST:
        raise CallerError(
            f"The key of {place} has {len(text)} characters, not {SHORTEST} or more.",
            hint='Make one: python3 -c "import secrets; print(secrets.token_urlsafe(64))"',
        )
    return text
