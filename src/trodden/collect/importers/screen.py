"""Rows of typed files that cannot be text, found where the file is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from trodden.collect.importers.arrow import STRING, Column, pa, text_column

REASONS: Final = ("", "bad-encoding", "zero-byte", "cell-too-large")
"""Why a row cannot be had, by its code."""


def screened(columns: Sequence[Column], widest: int) -> tuple[list[Column], Column]:
    """Take out cells that are no sound text.

    Parameters
    ----------
    columns
        Plain columns of the same length.
    widest
        Most bytes of a cell.

    Returns
    -------
    tuple
        The columns, with nulls for such cells, and (rows,) int64 codes: places in REASONS, 0 for sound rows.
    """
    rows = len(columns[0]) if columns else 0
    codes = np.zeros(rows, np.int64)
    sound: list[Column] = []
    for given in columns:
        column = _undone(given, widest)
        bad = dict(_bad_cells(column, widest)) if column.type == STRING else {}
        for row, code in bad.items():
            codes[row] = code
        sound.append(_without(column, set(bad)) if bad else column)
    return sound, pa.array(codes)


def _undone(column: Column, widest: int) -> Column:
    """Return a dictionary in which some text is not sound as the texts it stands for."""
    if not pa.types.is_dictionary(column.type) or not any(_bad_cells(column.dictionary, widest)):
        return column
    return column.dictionary_decode()


def _bad_cells(column: Column, widest: int) -> Iterator[tuple[int, int]]:
    """Yield (row, code) for each cell that is no sound text; a sound column is told at a glance."""
    data, offsets, use = text_column(column)
    widths = np.diff(offsets)
    used = data[offsets[0] : offsets[-1]] if len(use) else data
    if _is_sound(column) and not (widths > widest).any() and used.all():
        return
    for row in np.flatnonzero(use).tolist():
        cell = data[offsets[row] : offsets[row + 1]].tobytes()
        code = _code(cell, widest)
        if code:
            yield row, code


def _is_sound(column: Column) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _code(cell: bytes, widest: int) -> int:
    if len(cell) > widest:
        return REASONS.index("cell-too-large")
    if 0 in cell:
        return REASONS.index("zero-byte")
    try:
        cell.decode()
    except UnicodeDecodeError:
        return REASONS.index("bad-encoding")
    return 0


def _without(column: Column, rows: set[int]) -> Column:
    cells = column.cast(pa.binary()).to_pylist()
    return pa.array([None if row in rows else cell for row, cell in enumerate(cells)], pa.binary()).cast(
        STRING
    )
