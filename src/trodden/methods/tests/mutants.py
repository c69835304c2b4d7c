"""Seeded mutants: a kernel with one character of its meaning changed, which its tests must notice."""

from __future__ import annotations

import inspect
import textwrap
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def mutated(kernel: Any, old: str, new: str) -> Callable[..., Any]:  # noqa: ANN401 - a Numba dispatcher
    """Return the kernel as plain Python with ``old``, which stands in it once, replaced by ``new``."""
    function = getattr(kernel, "py_func", kernel)
    source = textwrap.dedent(inspect.getsource(function))
    assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {function.__name__}"
    body = source[source.index("def ") :].replace(old, new)
    space = {
        name: getattr(value, "py_func", value) for name, value in vars(inspect.getmodule(function)).items()
    }
    exec(compile(body, f"<mutant of {function.__name__}>", "exec"), space)  # noqa: S102 - our own source
    return space[function.__name__]


def plain_module(module: ModuleType, old: str = "", new: str = "") -> Any:  # noqa: ANN401 - a module
    """Return a module of kernels as plain Python, with ``old``, which stands in it once, replaced by ``new``.

    Unlike ``mutated`` this reaches kernels that other kernels of the module call.
    """
    source = inspect.getsource(module)
    assert not old or source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {module.__name__}"
    source = source.replace(old, new) if old else source
    source = source.replace("from numba import njit", f"from {__name__} import njit")
    source = source.replace(
        "import numba\n", f"from trodden.methods.tests import {__name__.rpartition('.')[2]} as numba\n"
    )
    source = source.replace("from trodden.methods.kernels import kernel", f"from {__name__} import kernel")
    found = ModuleType(f"{module.__name__}_plain")
    exec(compile(source, f"<plain {module.__name__}>", "exec"), found.__dict__)  # noqa: S102 - our own source
    return found


def kernel(function: Any) -> Any:  # noqa: ANN401 - any function
    """Stand in for our own decorator of kernels: leave the function as it is."""
    return function


def njit(**_options: object) -> Callable[[Any], Any]:
    """Stand in for Numba's decorator: leave the function as it is."""
    return lambda function: function
