"""Which encoding a text is in."""

from __future__ import annotations

import codecs
from typing import Final

from charset_normalizer import from_bytes

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LIKELY: Final = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "gb18030",
    "shift_jis",
    "euc_kr",
    "big5",
    "koi8_r",
]
"""What text that is not UTF-8 is most often in; others by ``--encoding``."""
_SAMPLE: Final = 64 << 10
_PAIR: Final = 16
_FEW: Final = 16
"""Fewer bytes beyond ASCII tell nothing; most such files come from the west."""
_WESTERN: Final = "cp1252"


def guess_encoding(head: bytes) -> str:
    """Tell the encoding of a text by its first bytes.

    A byte order mark decides. Else zero bytes in every second place mean UTF-16. Else UTF-8, if the
    bytes beyond ASCII form at least ten times as many whole UTF-8 characters as errors (so that a few bad
    rows in a good file stay bad rows). Else the most likely of some usual encodings.
    """
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    wide = _wide(head)
    if wide:
        return wide
    return "utf-8" if _is_utf8(head) else _legacy(head)


def _wide(head: bytes) -> str:
    sample = head[:_SAMPLE]
    if len(sample) < _PAIR:
        return ""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.7 and even < half * 0.3:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.7 and odd < half * 0.3 else ""


def _is_utf8(head: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    marks = [char for char in decoder.decode(head) if char > "\x7f"]  # a character cut off at the end waits
    errors = sum("\udc80" <= char <= "\udcff" for char in marks)
    return len(marks) - errors >= 10 * errors


def _legacy(head: bytes) -> str:
    if sum(byte > 0x7F for byte in head[:_SAMPLE]) < _FEW:  # noqa: PLR2004 -- beyond ASCII
        return _WESTERN
    lines = [line for line in head.splitlines() if not line.isascii()]
    best = from_bytes(b"\n".join(lines)[:_SAMPLE], cp_isolation=_LIKELY).best()
    if best is None or _WESTERN in best.could_be_from_charset:
        return _WESTERN
    return best.encoding
