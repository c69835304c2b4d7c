"""Kernel: BLAKE2b of many short rows, a lane per row, so that one instruction serves several rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numba
import numpy as np

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Ints, Words

LANES = 32
"""Rows hashed side by side: wide enough for the widest vector registers, small enough for the L1 cache."""
BLOCK = 128
"""Bytes of one block."""
WORDS = 16
"""64-bit words of one block."""
ROUNDS = 12
ALL_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)

IV = np.array(
    [
        0x6A09E667F3BCC908,
        0xBB67AE8584CAA73B,
        0x3C6EF372FE94F82B,
        0xA54FF53A5F1D36F1,
        0x510E527FADE682D1,
        0x9B05688C2B3E6C1F,
        0x1F83D9ABFB41BD6B,
        0x5BE0CD19137E2179,
    ],
    dtype=np.uint64,
)

SIGMA = np.array(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
        [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
        [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
        [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
        [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
        [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
        [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
        [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
        [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    ],
    dtype=np.int64,
)


@numba.njit(inline="always")
def _turn(word: np.uint64, bits: int) -> np.uint64:
    return (word >> np.uint64(bits)) | (word << np.uint64(64 - bits))


@numba.njit(inline="always")
def _mix(v: Words, a: int, b: int, c: int, d: int, m: Words, x: int, y: int) -> None:  # noqa: PLR0913, PLR0917 -- the function G of the standard
    for lane in range(LANES):
        va, vb, vc, vd = v[a, lane], v[b, lane], v[c, lane], v[d, lane]
        va = va + vb + m[x, lane]
        vd = _turn(vd ^ va, 32)
        vc = vc + vd
        vb = _turn(vb ^ vc, 24)
        va = va + vb + m[y, lane]
        vd = _turn(vd ^ va, 16)
        vc = vc + vd
        vb = _turn(vb ^ vc, 63)
        v[a, lane], v[b, lane], v[c, lane], v[d, lane] = va, vb, vc, vd


@numba.njit(nogil=True)
def _rounds(v: Words, m: Words) -> None:
    for number in range(ROUNDS):
        s = SIGMA[number]
        _mix(v, 0, 4, 8, 12, m, s[0], s[1])
        _mix(v, 1, 5, 9, 13, m, s[2], s[3])
        _mix(v, 2, 6, 10, 14, m, s[4], s[5])
        _mix(v, 3, 7, 11, 15, m, s[6], s[7])
        _mix(v, 0, 5, 10, 15, m, s[8], s[9])
        _mix(v, 1, 6, 11, 12, m, s[10], s[11])
        _mix(v, 2, 7, 8, 13, m, s[12], s[13])
        _mix(v, 3, 4, 9, 14, m, s[14], s[15])


@numba.njit(nogil=True)
def _fill(m: Words, lane: int, words: Words, start: int, left: int) -> None:
    present = min(WORDS, max(0, (left + 7) // 8))
    for k in range(present):
        m[k, lane] = words[np.uint64(start + k)]
    for k in range(present, WORDS):
        m[k, lane] = np.uint64(0)


@numba.njit(nogil=True)
def _open(h: Words, size: int) -> None:
    for k in range(8):
        for lane in range(LANES):
            h[k, lane] = IV[k]
    for lane in range(LANES):
        h[0, lane] ^= np.uint64(0x01010000) ^ np.uint64(size)


@numba.njit(nogil=True)
def _start(v: Words, h: Words) -> None:
    for k in range(8):
        for lane in range(LANES):
            v[k, lane] = h[k, lane]
            v[k + 8, lane] = IV[k]


@numba.njit(nogil=True)
def _block(v: Words, h: Words, m: Words, lengths: Ints, done: int) -> None:
    """Compress one block of every lane that still has one; ``done`` bytes came before it."""
    _start(v, h)
    for lane in range(len(lengths)):
        v[12, lane] ^= np.uint64(min(done + BLOCK, lengths[lane]))
        if lengths[lane] - done <= BLOCK:
            v[14, lane] ^= ALL_ONES
    _rounds(v, m)
    for lane in range(len(lengths)):
        if lengths[lane] > done or done == 0:
            for k in range(8):
                h[k, lane] ^= v[k, lane] ^ v[k + 8, lane]


@numba.njit(nogil=True, cache=True)
def digest_rows(words: Words, starts: Ints, lengths: Ints, size: int, out: Words) -> None:
    """Write BLAKE2b of each row, without a key, ``size`` bytes long.

    ``words``: (k,) uint64, rows as little-endian words, each padded with zeros to whole words.
    ``starts``: (rows,) int64, the first word of each row. ``lengths``: (rows,) int64 bytes.
    ``size``: 8, 16, ... 64. ``out``: (rows, size / 8) uint64, written.

    References
    ----------
    Saarinen, M.-J. and Aumasson, J.-P. (2015). RFC 7693: The BLAKE2 Cryptographic Hash and Message
    Authentication Code, section 3.
    """
    h = np.empty((8, LANES), np.uint64)
    v = np.empty((16, LANES), np.uint64)
    m = np.zeros((WORDS, LANES), np.uint64)
    for first in range(0, len(starts), LANES):
        group = lengths[first : first + LANES]
        _open(h, size)
        for done in range(0, max(1, group.max()), BLOCK):
            for lane in range(len(group)):
                _fill(m, lane, words, starts[first + lane] + done // 8, group[lane] - done)
            _block(v, h, m, group, done)
        for lane in range(len(group)):
            for k in range(out.shape[1]):
                out[first + lane, k] = h[k, lane]
