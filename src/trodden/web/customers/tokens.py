"""What a customer is called in an address that must not tell who it is: sealed, and opened here alone.

A seal is made of the identifier and the key of the home folder, and is the same each time, so that a link can
be sent on. Nobody without the key can open one, or make one for an identifier they know.
"""

from __future__ import annotations

import base64
import binascii
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from trodden.web.workspaces import workspace_name

_KEY_BYTES: Final = 64
_PURPOSE: Final = b"trodden customers in addresses"


def sealed(customer: str) -> str:
    """Return what stands for a customer in an address."""
    found = _cipher(settings.SECRET_KEY).encrypt(customer.encode(), [_workspace()])
    return base64.urlsafe_b64encode(found).decode().rstrip("=")


def opened(text: str) -> str | None:
    """Return the customer that something stands for; None where it was not made here."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return _cipher(key).decrypt(data, [_workspace()]).decode()
        except (InvalidTag, ValueError):
            continue
    return None


def _workspace() -> bytes:
    return workspace_name().encode()


def _cipher(key: str) -> AESSIV:
    derived = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
    return AESSIV(derived.derive(key.encode()))
