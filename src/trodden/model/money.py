"""Money: whole minor units with a currency, and how many of them make one."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from trodden.model.words import with_marks

_DIGITS: Final = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
"""Decimal places of currencies that do not have two (ISO 4217)."""


def minor_digits(currency: str) -> int:
    """Return how many decimal places a currency has; two where it is not known."""
    return _DIGITS.get(currency, 2)


def format_money(minor: int, currency: str) -> str:
    """Write minor units in units of their currency, with its code where it is known.

    Examples
    --------
    >>> [format_money(*one) for one in ((500, "JPY"), (123456, "EUR"), (-1500, "KWD"), (99, ""))]
    ['500 JPY', '1,234.56 EUR', '-1.500 KWD', '0.99']
    """
    digits = minor_digits(currency)
    amount = with_marks(f"{Decimal(minor).scaleb(-digits):,.{digits}f}")
    return f"{amount} {currency}".rstrip()
