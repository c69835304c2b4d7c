"""Show the path customers walk beside the path that was designed.

``trodden.open(folder)`` and ``trodden.read(frame)`` give :class:`Walks`; ``walks.ask(...)`` gives answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trodden.api import Walks, open, read  # noqa: A004 - trodden.open reads as it should
    from trodden.model.errors import TroddenError
    from trodden.model.question import Answer, Question

__version__ = "0.1.0"

__all__ = ["Answer", "Question", "TroddenError", "Walks", "__version__", "open", "read"]

_HOMES = {
    "Answer": "trodden.model.question",
    "Question": "trodden.model.question",
    "TroddenError": "trodden.model.errors",
    "Walks": "trodden.api",
    "open": "trodden.api",
    "read": "trodden.api",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Load a public name when it is first used, so that importing the package costs nothing."""
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'trodden' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
