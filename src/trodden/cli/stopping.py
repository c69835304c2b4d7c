"""Ctrl-C while something is only read: the process ends within a moment, whatever its threads do."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from trodden.model.words import tr

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import FrameType

STATUS: Final = 128 + signal.SIGINT
"""What a shell calls the end by Ctrl-C."""


@contextmanager
def ended_at_once() -> Generator[None]:
    """End the process when Ctrl-C is pressed in this block, without waiting for kernels or compilers.

    Python itself would first wait until the call it is in returns, and at the end for every thread. Only for
    what leaves nothing half done. A server that works for this process sees its connection close.
    """
    if not _is_heard():
        yield
        return
    told, telling = os.pipe()
    os.set_blocking(telling, False)
    said = f"{tr('Stopped.')}\n".encode()
    threading.Thread(target=_end_when_told, args=(told, said), name="ctrl-c", daemon=True).start()
    signal.signal(signal.SIGINT, _leave_it)
    before = signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.close(telling)


def _is_heard() -> bool:
    """Say whether Ctrl-C would interrupt this thread: in the background of a script it is ignored."""
    is_main = threading.current_thread() is threading.main_thread()
    return is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler


def _leave_it(number: int, frame: FrameType | None) -> None:
    """Do nothing where the program stands: the thread that is told ends it."""


def _end_when_told(told: int, said: bytes) -> None:
    """Wait for the byte a signal writes, and say so, or for the end of the block."""
    while signals := os.read(told, 1):
        if signals[0] == signal.SIGINT:
            os.write(2, said)
            os._exit(STATUS)
    os.close(told)
