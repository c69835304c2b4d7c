"""Codes of an authenticator app, computed from RFC 6238 alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time


def totp(secret: str, now: float | None = None) -> str:
    """Return the six digits an app shows: HMAC-SHA-1 over the number of half minutes since 1970."""
    counter = struct.pack(">Q", int((time.time() if now is None else now) // 30))
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06d}"
