"""Kernels that take the top level of JSON objects apart; what they do not take, Python reads."""
# ruff: noqa: PLR0913, PLR0917, ANN001, ANN202, ANN201 -- Numba types the arguments, and passes arrays one by one

import numba
import numpy as np

from trodden.store.kernels_text import are_equal

kernel = numba.njit(cache=True, nogil=True)

MOST_PARTS = 512
"""Properties of one event the kernel takes; an event with more is left to the slow way."""

NO_VALUE, NO_TEXT, TEXT = 0, 1, 2
MALFORMED = -1
AS_EXPECTED = np.uint64(0)
NOTHING = np.uint64(0xFFFFFFFF)

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_QUOTE, _BACKSLASH, _COMMA, _COLON = np.uint8(34), np.uint8(92), np.uint8(44), np.uint8(58)
_OPEN, _CLOSE, _OPEN_LIST, _CLOSE_LIST = np.uint8(123), np.uint8(125), np.uint8(91), np.uint8(93)
_SPACES = np.zeros(256, np.bool_)
_SPACES[[9, 10, 13, 32]] = True
_LITERAL = np.zeros(256, np.bool_)
_LITERAL[list(b"0123456789+-.eEtrufalsn")] = True


@kernel
def _past_spaces(data, at, end):
    while at < end and _SPACES[data[at]]:
        at += _ONE
    return at


@kernel
def _past_string(data, at, end):
    """Return the place after the closing quote of the string that opens at ``at``, 0 where there is none."""
    at += _ONE
    while at < end:
        byte = data[at]
        at += _ONE
        if byte == _QUOTE:
            return at
        if byte == _BACKSLASH:
            at += _ONE
    return _ZERO


@kernel
def _past_nested(data, at, end):
    """Return the place after the object or list that opens at ``at``, 0 where it does not close."""
    depth = 0
    while at < end:
        byte = data[at]
        if byte == _QUOTE:
            at = _past_string(data, at, end)
            if at == _ZERO:
                return at
            continue
        depth += byte in (_OPEN, _OPEN_LIST)
        depth -= byte in (_CLOSE, _CLOSE_LIST)
        at += _ONE
        if depth == 0:
            return at
    return _ZERO


@kernel
def _past_literal(data, at, end):
    start = at
    while at < end and _LITERAL[data[at]]:
        at += _ONE
    return at if at > start else _ZERO


@kernel
def _past_value(data, at, end):
    """Return the place after the value at ``at``, 0 where there is none."""
    if at >= end:
        return _ZERO
    if data[at] == _QUOTE:
        return _past_string(data, at, end)
    if data[at] in (_OPEN, _OPEN_LIST):
        return _past_nested(data, at, end)
    return _past_literal(data, at, end)


@kernel
def _has_escape(data, first, last):
    for place in range(last - first):  # noqa: SIM110 -- Numba has no any() over a generator
        if data[first + np.uint64(place)] == _BACKSLASH:
            return True
    return False


@kernel
def _past_expected(data, at, end, arena, begin, size):
    """Return the place after ``"name":`` where just that name stands, 0 where something else does."""
    after = at + size + np.uint64(3)
    if after > end or data[after - np.uint64(2)] != _QUOTE or data[after - _ONE] != _COLON:
        return _ZERO
    return after if are_equal(arena, begin, data, at + _ONE, at + _ONE + size) else _ZERO


@kernel
def _past_name(data, at, end, places, part):
    """Write where the name in ``"name":`` at ``at`` lies; return the place after it, 0 where it is none."""
    after = _past_string(data, at, end)
    if after == _ZERO or _has_escape(data, at, after):
        return _ZERO
    places[part, 0], places[part, 1] = at + _ONE, after - _ONE
    at = _past_spaces(data, after, end)
    return at + _ONE if at < end and data[at] == _COLON else _ZERO


@kernel
def _is_end(data, at, end):
    """Tell whether the object closes at ``at`` and nothing follows."""
    return at < end and data[at] == _CLOSE and _past_spaces(data, at + _ONE, end) == end


@kernel
def _past_part(data, at, end, places, part, begin, size, arena):
    """Write where ``"name": value`` at ``at`` lies; return the place after it, 0 where it is none.

    The name expected is ``arena[begin:begin + size]``; with ``size`` `NOTHING`, none is.
    """
    if at >= end or data[at] != _QUOTE:
        return _ZERO
    after = _past_expected(data, at, end, arena, begin, size) if size != NOTHING else _ZERO
    if after != _ZERO:
        places[part, 1] = AS_EXPECTED
    else:
        after = _past_name(data, at, end, places, part)
    if after != _ZERO:
        places[part, 2] = _past_spaces(data, after, end)
        after = _past_value(data, places[part, 2], end)
        places[part, 3] = after
    return after


@kernel
def take_apart(data, at, end, places, names, sure, ends, arena):
    """Write where names and values of the object ``data[at:end]`` lie.

    Parameters
    ----------
    places
        (parts, 4): begin and end of each name, without quotes, and of each value. A name that is the one
        expected has end `AS_EXPECTED`.
    names, sure
        (parts,) numbers of the names expected, in this order; so many of them are.
    ends, arena
        The texts of names.

    Returns
    -------
    int
        How many there are; MALFORMED where this is no object, a name holds an escape, or there are
        more than `MOST_PARTS`.
    """
    at = _past_spaces(data, at, end)
    if at >= end or data[at] != _OPEN:
        return MALFORMED
    at = _past_spaces(data, at + _ONE, end)
    if _is_end(data, at, end):
        return 0
    for count in range(MOST_PARTS):
        begin, size = _ZERO, NOTHING
        if count < sure:
            begin = ends[names[count]]
            size = ends[names[count] + _ONE] - begin
        at = _past_part(data, at, end, places, count, begin, size, arena)
        at = _past_spaces(data, at, end) if at != _ZERO else end
        if _is_end(data, at, end):
            return count + 1
        if at >= end or data[at] != _COMMA:
            return MALFORMED
        at = _past_spaces(data, at + _ONE, end)
    return MALFORMED


@kernel
def kind_of(data, first, last, longest):
    """Tell whether a value is none at all (null, ""), has no text (object, list, too long), or has one."""
    byte = data[first]
    if byte in (_OPEN, _OPEN_LIST):
        return NO_TEXT
    if byte == np.uint8(110) or (byte == _QUOTE and last - first == np.uint64(2)):
        return NO_VALUE
    return TEXT if np.int64(last - first) <= longest else NO_TEXT
