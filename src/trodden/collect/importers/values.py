"""Roles that must be understood: channels, outcomes, amounts, durations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from trodden.collect.importers.amounts import read_amount, read_duration
from trodden.collect.importers.arrow import DOUBLE, INT64, STRING, Column, constant, mask_of, pa, pc
from trodden.collect.importers.chunks import Cells
from trodden.model.money import minor_digits

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Mask

_PLAIN: Final = r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$"
"""Numbers for which floats give what decimal arithmetic gives."""
_MS: Final = {"ms": 1.0, "s": 1e3, "min": 6e4, "h": 3.6e6}
_MOST_MS: Final = 2**53


class Understood(NamedTuple):
    """A column as it is stored, and what could not be understood.

    ``left``: (rows,) bool, cells that are kept as a property instead. ``unknown``: those texts, counted.
    """

    values: Column
    left: Mask
    unknown: Counter[str]


def read_names(cells: Cells, meaning: Callable[[str], str | None], otherwise: str) -> Understood:
    """Read a column of channels or outcomes, each distinct text once."""
    encoded = pc.dictionary_encode(cells.text)
    texts: list[str] = encoded.dictionary.to_pylist()
    found = [meaning(text) if text.strip() else otherwise for text in texts]
    names = pa.array([name or otherwise for name in found], STRING)
    values = pc.fill_null(names.take(encoded.indices), otherwise)
    return Understood(values, *_left(encoded, [name is None for name in found], texts))


def _left(encoded: Column, is_unknown: list[bool], texts: list[str]) -> tuple[Mask, Counter[str]]:
    """Return which rows hold a text that is not understood, and those texts, counted."""
    if not any(is_unknown):
        return np.zeros(len(encoded), np.bool_), Counter()
    codes = pc.fill_null(encoded.indices, len(texts)).to_numpy(zero_copy_only=False)
    left = np.array([*is_unknown, False])[codes]
    counts = np.bincount(codes[left], minlength=len(texts))
    return left, Counter({texts[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()})


@dataclass(frozen=True)
class Amounts:
    """Amounts of money: minor units, and the currency of each."""

    minor: Column
    currency: Column
    left: Mask
    unknown: Counter[str]


def read_amounts(cells: Cells, currencies: Column, decimal: str) -> Amounts:
    """Read a column of money.

    Parameters
    ----------
    cells
        Amounts.
    currencies
        (rows,) the currency of each where the amount does not say it itself.
    decimal
        The decimal mark.
    """
    plain = _plain_numbers(cells, decimal)
    if plain is not None:
        powers = _powers(currencies)
        minor = pc.round(pc.multiply(plain, powers), round_mode="half_towards_infinity").cast(INT64)
        codes = pc.if_else(minor.is_valid(), currencies, "")
        return Amounts(minor, codes, np.zeros(len(plain), np.bool_), Counter())
    return _written_amounts(cells, currencies, decimal)


def _plain_numbers(cells: Cells, decimal: str) -> Column | None:
    """Return the cells as floats where all are plain decimal numbers of few digits."""
    if cells.values.type in {INT64, DOUBLE}:
        values = cells.values.cast(DOUBLE)
        usable = pc.if_else(pc.is_finite(values), values, pa.scalar(None, DOUBLE))
        is_small = pc.less(pc.abs(usable), 1e12)
        return usable if pc.all(pc.fill_null(is_small, fill_value=True)).as_py() else None
    text = cells.text
    if (
        decimal != "."
        or not pc.all(pc.fill_null(pc.match_substring_regex(text, _PLAIN), fill_value=True)).as_py()
    ):
        return None
    return text.cast(DOUBLE)


def _powers(currencies: Column) -> Column:
    encoded = pc.dictionary_encode(currencies)
    powers = [10.0 ** minor_digits(code or "") for code in encoded.dictionary.to_pylist()]
    return pa.array(powers, DOUBLE).take(encoded.indices)


def _written_amounts(cells: Cells, currencies: Column, decimal: str) -> Amounts:
    known: dict[tuple[str, str], tuple[int, str] | None] = {}
    minor: list[int | None] = []
    codes: list[str] = []
    left = np.zeros(len(currencies), np.bool_)
    unknown: Counter[str] = Counter()
    for row, key in enumerate(zip(cells.text.to_pylist(), currencies.to_pylist(), strict=True)):
        if key[0] is None or not key[0].strip():
            found = None
        else:
            found = (
                known[key] if key in known else known.setdefault(key, read_amount(key[0], decimal, key[1]))
            )
            left[row] = found is None
            unknown.update([key[0]] if found is None else ())
        minor.append(found[0] if found else None)
        codes.append(found[1] if found else "")
    return Amounts(pa.array(minor, INT64), pa.array(codes, STRING), left, unknown)


def read_durations(cells: Cells, decimal: str, unit: str) -> Understood:
    """Read a column of durations as whole milliseconds."""
    plain = _plain_numbers(cells, decimal)
    if plain is not None:
        return _scaled(cells, plain, unit)
    encoded = pc.dictionary_encode(cells.text)
    texts: list[str] = encoded.dictionary.to_pylist()
    found = [read_duration(text, decimal, unit) for text in texts]
    values = pa.array(found, INT64).take(encoded.indices)
    is_unknown = [ms is None and bool(text.strip()) for ms, text in zip(found, texts, strict=True)]
    return Understood(values, *_left(encoded, is_unknown, texts))


def _scaled(cells: Cells, plain: Column, unit: str) -> Understood:
    ms = pc.round(pc.multiply(plain, _MS[unit]), round_mode="half_up")
    is_fit = pc.and_(pc.greater_equal(ms, 0.0), pc.less(ms, float(_MOST_MS)))
    values = pc.if_else(is_fit, ms, pa.scalar(None, DOUBLE)).cast(INT64)
    left = mask_of(plain) & ~mask_of(values)
    texts: list[Any] = cells.text.filter(pa.array(left)).to_pylist() if left.any() else []
    return Understood(values, left, Counter(texts))


def read_codes(cells: Cells, otherwise: str) -> Column:
    """Read a column of currency codes: three letters, made capital; anything else counts as not said."""
    encoded = pc.dictionary_encode(cells.text)
    codes = [_currency(text) or otherwise for text in encoded.dictionary.to_pylist()]
    return pc.fill_null(pa.array(codes, STRING).take(encoded.indices), otherwise)


def _currency(text: str) -> str:
    code = text.strip().upper()
    return code if len(code) == 3 and code.isascii() and code.isalpha() else ""  # noqa: PLR2004 -- ISO 4217


def filled(cells: Cells | None, rows: int, otherwise: str = "") -> Column:
    """Return a column as text without gaps."""
    if cells is None:
        return constant(otherwise, STRING, rows)
    return pc.fill_null(cells.text, otherwise) if cells.text.null_count else cells.text
