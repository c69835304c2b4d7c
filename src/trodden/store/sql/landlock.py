"""Landlock: let this thread, and those it starts from now on, read a few places and nothing else.

A kernel feature of Linux 5.13 and later that needs no rights. It binds the calling thread only, so it has to
be called before any other thread is started. Where the kernel lacks it, :func:`restrict` says so.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_CREATE: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_PATH_BENEATH: Final = 1
_VERSION: Final = 1
_NO_NEW_PRIVILEGES: Final = 38

_READ_FILE: Final = 1 << 2
_READ_FOLDER: Final = 1 << 3

_FILE_RIGHTS: Final = (13, 14, 15, 15, 16)
"""How many rights over files each version of the interface knows, from the first."""

_NET_SINCE: Final = 4
_SCOPE_SINCE: Final = 6


def is_supported() -> bool:
    """Say whether this kernel can take files away from a process."""
    return _version(ctypes.CDLL(None, use_errno=True)) >= 1


def restrict(readable: Iterable[Path]) -> bool:
    """Give up every file but ``readable`` and what is below, and all TCP; False where the kernel cannot.

    Raises
    ------
    OSError
        The kernel can, and refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = _version(libc)
    if version < 1:
        return False
    rules = _call(libc, _CREATE, _attributes(version), _size(version), 0)
    try:
        for path in readable:
            _allow(libc, rules, path)
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "new privileges could not be given up")
        _call(libc, _RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)
    return True


def _version(libc: ctypes.CDLL) -> int:
    """Return the version of the interface, below 1 where there is none."""
    return libc.syscall(_CREATE, None, 0, _VERSION)


def _attributes(version: int) -> bytes:
    files = (1 << _FILE_RIGHTS[min(version, len(_FILE_RIGHTS)) - 1]) - 1
    net = 0b11 if version >= _NET_SINCE else 0
    scope = 0b11 if version >= _SCOPE_SINCE else 0
    return struct.pack("=QQQ", files, net, scope)


def _size(version: int) -> int:
    return 8 * (1 + (version >= _NET_SINCE) + (version >= _SCOPE_SINCE))


def _allow(libc: ctypes.CDLL, rules: int, path: Path) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rights = _READ_FILE | _READ_FOLDER if path.is_dir() else _READ_FILE
    try:
        _call(libc, _ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(libc: ctypes.CDLL, number: int, *arguments: int | bytes) -> int:
    result = libc.syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
