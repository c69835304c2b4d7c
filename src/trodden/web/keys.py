"""The key that signs what outlives a process: sessions, links in mails. Kept beside the data, or given."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from trodden.model.errors import CallerError, StoreError
from trodden.store.faultpoints import declare, fault_point
from trodden.store.harden import flush, make_folder, write_file, write_new

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE: Final = "TRODDEN_SECRET_KEY"
NAMING_VARIABLE: Final = "TRODDEN_PSEUDONYM_KEY"
OF_A_FILE: Final = "_FILE"
"""What a variable's name ends with that names the file of a secret instead."""
SHORTEST: Final = 43
"""Characters of a key: 256 bits as `secrets.token_urlsafe` writes them."""


declare("key.after_naming", "key.after_before", "key.after_new")


def key_path(home: str | Path) -> Path:
    """Return where the key of a home folder is kept."""
    return Path(home) / "secrets" / "key"


def before_path(home: str | Path) -> Path:
    """Return where the key before is kept while it is being replaced."""
    return Path(home) / "secrets" / "key-before"


def naming_path(home: str | Path) -> Path:
    """Return where the key of pseudonyms is kept once the other was replaced."""
    return Path(home) / "secrets" / "key-of-pseudonyms"


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
    if is_given(environ):
        return _long_enough(given_secret(VARIABLE, environ), VARIABLE)
    return _kept(key_path(home))


def find_before(home: str | Path) -> str:
    """Return the key that was in force before, as long as a replacement is not finished; else nothing."""
    return _kept(before_path(home))


def find_naming(home: str | Path, environ: Mapping[str, str] | None = None) -> str:
    """Return the key pseudonyms are made of: the first there was, so that a customer keeps theirs.

    The log and records of customers are found by pseudonyms, and the log cannot be written anew.
    """
    given = os.environ if environ is None else environ
    if _is_set(NAMING_VARIABLE, given):
        return _long_enough(given_secret(NAMING_VARIABLE, given), NAMING_VARIABLE)
    return _kept(naming_path(home)) or find_key(home, given)


def is_given(environ: Mapping[str, str] | None = None) -> bool:
    """Say whether the environment gives the key, so that it is not ours to replace."""
    return _is_set(VARIABLE, os.environ if environ is None else environ)


def is_naming_kept(home: str | Path, environ: Mapping[str, str] | None = None) -> bool:
    """Say whether pseudonyms stay when the key is replaced: by us, or where the environment gives it."""
    given = os.environ if environ is None else environ
    return _is_set(NAMING_VARIABLE, given) or naming_path(home).exists() or not is_given(given)


def put_new_key(home: str | Path) -> None:
    """Put a new key in the place of the home folder's; the one before is kept beside it, and for pseudonyms.

    Each step is whole or not at all; called again after an interruption it goes on from there. Where the new
    key is in its place already, nothing is done.
    """
    key, before = find_key(home, {}), find_before(home)
    if before and before != key:
        return
    if not naming_path(home).exists():
        write_file(naming_path(home), find_naming(home, {}).encode("ascii"))
    fault_point("key.after_naming")
    write_file(before_path(home), key.encode("ascii"))
    fault_point("key.after_before")
    write_file(key_path(home), secrets.token_urlsafe(64).encode("ascii"))
    fault_point("key.after_new")


def forget_before(home: str | Path) -> None:
    """Forget the key that was in force before: nothing rests on it any more."""
    before_path(home).unlink(missing_ok=True)
    flush(before_path(home).parent)


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


def _is_set(variable: str, given: Mapping[str, str]) -> bool:
    return variable in given or f"{variable}{OF_A_FILE}" in given


def _kept(path: Path) -> str:
    """Return the key of a file; empty where there is none."""
    return _long_enough(_read(path), str(path)) if path.exists() else ""


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
