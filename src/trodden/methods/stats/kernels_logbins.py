"""Kernel: the bin of one duration."""

import numba

SECOND = 1_000
PLAIN = 8
"""Whole seconds of up to this many binary digits have a bin of their own."""
LONGEST = 2**32 - 1
"""Seconds; anything longer (136 years) counts as this."""


@numba.njit(cache=True, nogil=True)
def bin_of_ms(ms: int) -> int:
    """Return the bin of a duration of ``ms`` milliseconds: see `trodden.methods.stats.logbins`."""
    seconds = (max(ms, 0) + SECOND // 2) // SECOND
    seconds = min(seconds, LONGEST)
    octave = 0
    rest = seconds >> PLAIN
    while rest:
        rest >>= 1
        octave += 1
    return (octave << (PLAIN - 1)) + (seconds >> octave)
