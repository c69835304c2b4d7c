"""How kernels are compiled: on first use, kept on disk, without the interpreter's lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

P = ParamSpec("P")
R = TypeVar("R")


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of arrays and integers with Numba, keeping the types it was written with.

    One version is compiled per combination of argument types, so callers pass read-only contiguous
    arrays throughout: a writable one would cost a second compilation.
    """
    return numba.njit(nogil=True, cache=True)(function)
