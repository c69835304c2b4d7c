"""What the contents of a column say about it, over a sample of rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from trodden.collect.importers.aliases import KINDS, channel_of, outcome_of
from trodden.collect.importers.amounts import read_amount, read_duration
from trodden.collect.importers.arrow import Column, mask_of, pc, text_column
from trodden.collect.importers.chunks import Cells, Chunk
from trodden.methods.rows.times import DAY_FIRST, HAS_CLOCK, MONTH_FIRST, OK, read_times

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from trodden.methods.rows.arrays import Ints

_FEW: Final = 200
"""Distinct values whose meaning is looked at."""
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?")
_NULLS: Final = frozenset({"", "?", "-"})


@dataclass(frozen=True)
class Profile:
    """One column of a sample; shares are of the rows that have a value.

    ``codes``: (rows,) int64, equal where cells are equal, -1 where there is none.
    """

    name: str
    rows: int
    empty: int
    distinct: int
    values: tuple[str, ...]
    """Up to 200 distinct values, the most frequent first."""
    codes: Ints
    times: float
    clocks: float
    """Share that are times of a day or more precise."""
    is_count: bool
    """Whether the times are mere numbers, counted from 1970."""
    numbers: float
    fractions: float
    amounts: float
    durations: float
    channels: float
    outcomes: float
    kinds: float
    urls: float
    spaces: float
    letters: float
    """Mean length of a value."""

    @property
    def filled(self) -> int:
        """Return how many rows have a value."""
        return self.rows - self.empty

    @property
    def filled_share(self) -> float:
        """Return the share of rows that have a value."""
        return self.filled / self.rows if self.rows else 0.0


def profile_columns(chunk: Chunk) -> list[Profile]:
    """Describe every column of a sample."""
    return [profile_column(name, cells) for name, cells in zip(chunk.names, chunk.cells, strict=True)]


def profile_column(name: str, cells: Cells) -> Profile:
    """Describe one column of a sample; ``?``, ``-`` and nothing are no values."""
    text = cells.text
    codes, values = _coded(text)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    order: Ints = np.argsort(-counts, kind="stable")[:_FEW]
    few: list[str] = [values[place] for place in order.tolist()]
    weights = counts[order]
    told = _told(text) if not cells.is_time else np.full(len(text), OK | HAS_CLOCK, np.uint8)
    present = codes >= 0
    share = _shares(few, weights)
    return Profile(
        name=name,
        rows=len(text),
        empty=int((~present).sum()),
        distinct=len(values),
        values=tuple(few),
        codes=codes,
        times=_mean(told[present] & (OK | DAY_FIRST | MONTH_FIRST) > 0),
        clocks=_mean(told[present] & HAS_CLOCK > 0),
        is_count=share(_is_number) > 0.5 and not cells.is_time,  # noqa: PLR2004 -- most
        numbers=share(_is_number),
        fractions=share(lambda value: _is_number(value) and not value.lstrip("+-").isdecimal()),
        amounts=share(_is_amount),
        durations=share(lambda value: read_duration(value, ".") is not None),
        channels=share(lambda value: channel_of(value) is not None),
        outcomes=share(lambda value: outcome_of(value) is not None),
        kinds=share(lambda value: value.lower() in KINDS),
        urls=share(lambda value: value.startswith(("http://", "https://", "/", "www."))),
        spaces=share(lambda value: " " in value.strip()),
        letters=float(np.average([len(value) for value in few], weights=weights)) if few else 0.0,
    )


def alternation(within: Profile, of: Profile) -> float:
    """Return how often one column changes from a row to the next of the same group of another, in [0, 1].

    0: the same value in all rows of every group; 1: never twice the same in a row. Rows without either are
    left out; 0 where no group has two rows.
    """
    both = (within.codes >= 0) & (of.codes >= 0)
    groups, values = within.codes[both], of.codes[both]
    order = np.argsort(groups, kind="stable")
    groups, values = groups[order], values[order]
    follows = groups[1:] == groups[:-1]
    return _mean((values[1:] != values[:-1])[follows])


def _coded(text: Column) -> tuple[Ints, list[str]]:
    encoded = pc.dictionary_encode(text)
    values: list[str] = encoded.dictionary.to_pylist()
    codes: Ints = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    is_value = np.array([value not in _NULLS for value in values], np.bool_)
    if is_value.all():
        return codes, values
    moved = np.where(is_value, np.cumsum(is_value) - 1, -1)
    codes = np.where(codes >= 0, moved[codes], -1)
    return codes, [value for value in values if value not in _NULLS]


def _told(text: Column) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    column = text_column(text)
    return read_times(column.data, column.offsets, mask_of(text), "dmy").told


def _shares(values: Sequence[str], weights: Ints) -> Callable[[Callable[[str], bool]], float]:
    total = int(weights.sum())

    def share(test: Callable[[str], bool]) -> float:
        found = sum(int(weight) for value, weight in zip(values, weights, strict=True) if test(value))
        return found / total if total else 0.0

    return share


def _mean(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return float(mask.mean()) if len(mask) else 0.0


def _is_number(value: str) -> bool:
    return bool(_NUMBER.fullmatch(value))


def _is_amount(value: str) -> bool:
    return read_amount(value, ".") is not None or read_amount(value, ",") is not None
