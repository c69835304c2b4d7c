"""When each row happened: a column, or a date and a clock, as instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from trodden.collect.importers.arrow import (
    INT64,
    LOCAL,
    STRING,
    UTC,
    Column,
    constant,
    ints,
    mask_of,
    pa,
    pc,
    text_column,
)
from trodden.collect.importers.chunks import Cells
from trodden.methods.rows.times import (
    DAY_FIRST,
    HAS_OFFSET,
    MONTH_FIRST,
    OK,
    OUT_OF_RANGE,
    SWAPPABLE,
    Times,
    read_time_text,
    read_times,
)
from trodden.methods.rows.zones import to_utc

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Bytes, Ints, Mask

Order = Literal["ymd", "dmy", "mdy"]
QUALITIES: Final = ("given", "local", "ambiguous", "moved")
"""How sure a stored time is: as the file gives it; a local clock read in the mapping's zone; one that came
twice, read as the first; one that never came, moved forward."""
GIVEN, AS_LOCAL, AMBIGUOUS, MOVED = range(4)
_LOOKED_AT: Final = 1_000
_FIRST_US: Final = -2_208_988_800_000_000
_END_US: Final = 7_258_118_400_000_000


@dataclass(frozen=True)
class Moments:
    """When rows happened.

    ``utc``: (rows,) int64 microseconds since 1970. ``told``: (rows,) uint8, bits of
    `trodden.methods.rows.times`; a row without OK has no time. ``quality``: (rows,) uint8, places in
    QUALITIES. ``is_there``: (rows,) bool, whether anything stood in the cell.
    """

    utc: Ints
    told: Bytes
    quality: Bytes
    is_there: Mask

    @property
    def is_ok(self) -> Mask:
        """Say which rows have a time."""
        return self.told & OK > 0


def read_moments(cells: Sequence[Cells], order: Order, zone: ZoneInfo) -> Moments:
    """Read when rows happened.

    Parameters
    ----------
    cells
        One column, or a date and a clock that are joined by a space.
    order
        Order of a date whose year does not stand first.
    zone
        Zone of what does not say its own.
    """
    first = cells[0]
    if len(cells) == 1 and first.is_time:
        times, is_there = _native(first.values), mask_of(first.values)
    else:
        text = first.text if len(cells) == 1 else _joined([one.text for one in cells])
        times, is_there = _read(text, order), _is_filled(text)
    return _placed(times, is_there, zone)


def _joined(texts: Sequence[Column]) -> Column:
    return pc.binary_join_element_wise(*texts, pa.scalar(" "), null_handling="skip")


def _is_filled(text: Column) -> Mask:
    trimmed = pc.fill_null(pc.utf8_trim_whitespace(text), "")
    return pc.greater(pc.binary_length(trimmed), 0).to_numpy(zero_copy_only=False)


def _native(values: Column) -> Times:
    offset = HAS_OFFSET if values.type.tz else 0
    told = np.where(mask_of(values), np.uint8(OK | offset), np.uint8(0))
    return _in_range(Times(ints(values), told))


def _read(text: Column, order: Order) -> Times:
    """Read a column of text; Arrow does it several times faster where every cell is plain ISO 8601."""
    values = iso_times(text)
    if values is None:
        return read_times(*text_column(text), order)
    told = np.uint8(OK | HAS_OFFSET if values.type.tz else OK)
    return _in_range(Times(ints(values), np.where(mask_of(values), told, np.uint8(0))))


def iso_times(text: Column) -> Column | None:
    """Return a column of text as times where every cell is ISO 8601, all with an offset or all without."""
    first = next((cell.as_py() for cell in text.slice(0, _LOOKED_AT) if cell.is_valid), "")
    _, told = read_time_text(first)
    return _cast(text, UTC if told & HAS_OFFSET else LOCAL) if told & OK else None


def _cast(text: Column, kind: object) -> Column | None:
    try:
        return text.cast(kind)
    except pa.ArrowInvalid:
        return None


def _in_range(times: Times) -> Times:
    """Take OK from times before 1900 and after 2199."""
    outside = ((times.values < _FIRST_US) | (times.values >= _END_US)) & (times.told & OK > 0)
    if not outside.any():
        return times
    values = np.where(outside, 0, times.values)
    return Times(values, np.where(outside, np.uint8(OUT_OF_RANGE), times.told))


def _placed(times: Times, is_there: Mask, zone: ZoneInfo) -> Moments:
    """Read local clocks in their zone."""
    quality = np.zeros(len(times.values), np.uint8)
    is_local = (times.told & (OK | HAS_OFFSET)) == OK
    if not is_local.any():
        return Moments(times.values, times.told, quality, is_there)
    quality[is_local] = AS_LOCAL
    if zone.key == "UTC":
        return Moments(times.values, times.told, quality, is_there)
    found = to_utc(times.values, zone)
    quality[is_local & found.is_ambiguous] = AMBIGUOUS
    quality[is_local & found.is_missing] = MOVED
    return Moments(np.where(is_local, found.utc, times.values), times.told, quality, is_there)


class OrderGuess(NamedTuple):
    """The order of dates in a column; ``is_sure`` is False where nothing in the sample tells it."""

    order: Order
    is_sure: bool


def guess_order(cells: Sequence[Cells]) -> OrderGuess:
    """Tell whether the day or the month stands first in dates whose year does not.

    A number above 12 tells. Where only a few tell against many, those are mistakes. Where none tells: the
    order in which neighbouring rows lie closer together; in doubt, day first. A column without such dates
    is ``ymd``, and sure.
    """
    text = cells[0].text
    if cells[0].is_time or iso_times(text) is not None:
        return OrderGuess("ymd", is_sure=True)
    found = order_told(cells)
    if found is not None:
        return OrderGuess(found, is_sure=True)
    column = text_column(text)
    read: dict[Order, Times] = {order: read_times(*column, order) for order in ("dmy", "mdy")}
    told = read["dmy"].told
    if not (told & SWAPPABLE).any():
        return OrderGuess("ymd" if (told & OK).any() else "dmy", is_sure=True)
    is_month = _spread(read["mdy"]) < _spread(read["dmy"]) / 2
    return OrderGuess("mdy" if is_month else "dmy", is_sure=False)


def order_told(cells: Sequence[Cells]) -> Order | None:
    """Return what numbers above 12 tell about the order of dates; None where there are none."""
    told = read_times(*text_column(cells[0].text), "dmy").told
    days, months = int((told & DAY_FIRST > 0).sum()), int((told & MONTH_FIRST > 0).sum())
    if not days and not months:
        return None
    return "dmy" if days >= months else "mdy"


def _spread(times: Times) -> float:
    """Return the mean distance of neighbouring rows."""
    values = times.values[times.told & OK > 0].astype(np.float64)
    return float(np.abs(np.diff(values)).mean()) if len(values) > 1 else 0.0


def quality_column(quality: Bytes) -> Column:
    """Return the qualities as words."""
    if not len(quality) or (quality == quality[0]).all():
        return constant(QUALITIES[int(quality[0]) if len(quality) else 0], STRING, len(quality))
    return pa.array(QUALITIES, STRING).take(pa.array(quality.astype(np.int64), INT64))
