"""Replace the key of a home folder: what rests on it is sealed anew before the one before is forgotten."""

# The sign-in library's models are not annotated.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from trodden.model.errors import CallerError
from trodden.store.faultpoints import declare, fault_point
from trodden.web.keys import (
    NAMING_VARIABLE,
    VARIABLE,
    find_before,
    find_key,
    forget_before,
    is_given,
    put_new_key,
)
from trodden.web.records import open_records

if TYPE_CHECKING:
    from pathlib import Path

SEALED: Final = {"totp": "secret", "recovery_codes": "seed"}
"""What of each kind of second factor is encrypted."""

declare("key.after_records", "key.after_forgetting")


def replace_key(home: str | Path, workspace: str) -> int:
    """Replace the key; return how many second factors were sealed anew. Every session ends.

    No server may run: it would go on with the key before. Interrupted anywhere, everything goes on working
    with both keys; the next call finishes.

    Raises
    ------
    CallerError
        The environment gives the key, or there is none yet.
    """
    if is_given():
        raise CallerError(
            f"{VARIABLE} gives the key, so it is not kept in the home folder.",
            hint=f"Set {NAMING_VARIABLE} to the key there is, unless it is set: else all pseudonyms change. "
            "Then replace it where it is kept; people sign in anew and set their apps up again.",
        )
    if not find_key(home):
        raise CallerError("There is no key yet.", hint="The first start makes one.")
    put_new_key(home)
    open_records(home, workspace, "")
    number = _seal_anew()
    fault_point("key.after_records")
    forget_before(home)
    fault_point("key.after_forgetting")
    return number


def unfinished(home: str | Path) -> bool:
    """Say whether a replacement was begun and not finished."""
    return bool(find_before(home))


def _seal_anew() -> int:
    """Seal every second factor with the new key and end what the key before signed, all or nothing."""
    from allauth.mfa.models import Authenticator
    from django.db import transaction

    from trodden.web.audit.log import write
    from trodden.web.people.staff import end_sessions_of_all

    with transaction.atomic():
        found = list(Authenticator.objects.filter(type__in=SEALED).select_for_update())
        for factor in found:
            factor.data = _sealed(factor.data, SEALED[factor.type])
            factor.save(update_fields=["data"])
        end_sessions_of_all()
        write("the command line", "key.replace", f"{len(found)} second factors")
    return len(found)


def _sealed(data: dict[str, Any], name: str) -> dict[str, Any]:
    from allauth.mfa.utils import decrypt, encrypt

    return {**data, name: encrypt(decrypt(data[name]))} if name in data else data
