"""Amounts of money and durations, read from what people and programmes write."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from trodden.model.money import minor_digits

_SIGNS: Final = {
    "€": "EUR",
    "$": "USD",
    "US$": "USD",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "zł": "PLN",
    "kr": "",
    "Fr.": "CHF",
}
_AMOUNT: Final = re.compile(
    r"(?P<sign>[-+(])?\s*(?P<before>[A-Z]{3}|[^\d\s.,'+()-]{1,3}\.?)?\s*(?P<inner>[-+])?"
    r"(?P<number>\d[\d.,'\u2019\u00a0\u202f ]*)\s*(?P<after>[A-Z]{3}|[^\d\s.,'+()-]{1,3}\.?)?\)?-?"
)
_GAPS: Final = str.maketrans("", "", "'\u2019\u00a0\u202f ")
_MOST: Final = 2**63 - 1
_LONGEST: Final = 40
_ISO: Final = re.compile(
    r"(?P<sign>-)?P(?:(?P<w>\d+)W)?(?:(?P<d>\d+(?:[.,]\d+)?)D)?"
    r"(?:T(?:(?P<h>\d+(?:[.,]\d+)?)H)?(?:(?P<m>\d+(?:[.,]\d+)?)M)?(?:(?P<s>\d+(?:[.,]\d+)?)S)?)?"
)
_CLOCK: Final = re.compile(
    r"(?:(?P<d>\d+)(?:d| days?,?) ?)?(?P<a>\d+):(?P<b>\d\d)(?::(?P<c>\d\d(?:[.,]\d+)?))?"
)
_UNITS: Final = {"ms": 1, "s": 1_000, "sec": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_MEASURE: Final = re.compile(r"(?P<number>-?\d+(?:[.,]\d+)?)\s*(?P<unit>ms|s|sec|min|h|d)")
_PARTS: Final = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000}


def guess_decimal(texts: list[str]) -> str:
    """Tell the decimal mark: what stands most often before the last one, two, or four and more digits."""
    comma = sum(bool(re.search(r",\d{1,2}(\D|$)|,\d{4,}", text)) for text in texts)
    point = sum(bool(re.search(r"\.\d{1,2}(\D|$)|\.\d{4,}", text)) for text in texts)
    return "," if comma > point else "."


def read_amount(text: str, decimal: str, currency: str = "") -> tuple[int, str] | None:
    """Read an amount of money as minor units and currency; None where it is none.

    Read are signs, brackets for less than nothing, codes and signs of currencies before or after, and
    gaps between thousands. A code in the text wins over ``currency``. Half a minor unit goes away from zero.
    """
    match = _AMOUNT.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if match is None or (match["sign"] and match["inner"]):
        return None
    code = _code(match["before"] or match["after"] or "", currency)
    number = _decimal(match["number"], decimal)
    if code is None or number is None or number > _MOST:
        return None
    minor = int((number * 10 ** minor_digits(code)).quantize(Decimal(1), ROUND_HALF_UP))
    is_negative = match["sign"] in {"-", "("} or match["inner"] == "-" or text.rstrip().endswith("-")
    return (-minor if is_negative else minor, code) if minor <= _MOST else None


def _code(written: str, currency: str) -> str | None:
    """Return the currency a code or sign means; None where it is neither."""
    if not written:
        return currency
    found = _SIGNS.get(written)
    if found is not None:
        return found or currency
    return written if len(written) == 3 and written.isascii() and written.isupper() else None  # noqa: PLR2004


def _decimal(text: str, mark: str) -> Decimal | None:
    thousands = "." if mark == "," else ","
    whole, _, fraction = text.translate(_GAPS).partition(mark)
    groups = whole.split(thousands)
    if any(len(group) != 3 for group in groups[1:]) or thousands in fraction or mark in fraction:  # noqa: PLR2004
        return None
    try:
        return Decimal(f"{''.join(groups)}.{fraction or 0}")
    except InvalidOperation:
        return None


def read_duration(text: str, decimal: str, unit: str = "s") -> int | None:
    """Read a duration as whole milliseconds, half of one going up; None where it is none or below nothing.

    Read are plain numbers (in ``unit``), numbers with a unit, ``hh:mm:ss``, ``mm:ss``, days before them, and
    ISO 8601 without years and months.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    plain = _plain(text, decimal)
    found = plain * _UNITS[unit] if plain is not None else _written(text)
    if found is None or found < 0 or found > _MOST:
        return None
    return int(found.quantize(Decimal(1), ROUND_HALF_UP))


def _plain(text: str, decimal: str) -> Decimal | None:
    if not re.fullmatch(r"-?[\d.,]+(?:[eE][+-]?\d\d?)?", text):
        return None
    try:
        return Decimal(text.replace(decimal, ".") if decimal != "." else text)
    except InvalidOperation:
        return None


def _written(text: str) -> Decimal | None:
    measure = _MEASURE.fullmatch(text)
    if measure:
        return Decimal(measure["number"].replace(",", ".")) * _UNITS[measure["unit"]]
    clock = _CLOCK.fullmatch(text)
    if clock:
        return _clock(clock)
    iso = _ISO.fullmatch(text)
    if iso is None or not any(iso[part] for part in _PARTS):
        return None
    total = sum(
        (Decimal((iso[part] or "0").replace(",", ".")) * ms for part, ms in _PARTS.items()), Decimal(0)
    )
    return -total if iso["sign"] else total


def _clock(match: re.Match[str]) -> Decimal:
    """Return milliseconds of ``[d] hh:mm:ss`` or ``mm:ss``."""
    days, first, second = Decimal(match["d"] or 0) * 86_400, Decimal(match["a"]), Decimal(match["b"])
    if match["c"] is None and match["d"] is None:
        return (first * 60 + second) * 1_000
    rest = Decimal((match["c"] or "0").replace(",", "."))
    return (days + first * 3_600 + second * 60 + rest) * 1_000
