"""RE2 for a strictly typed room: patterns people write run in linear time, whatever they are."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

from trodden.model.errors import RulesError

_re2: Any = import_module("re2")

LONGEST: Final = 500
"""Characters a pattern may have."""


class Pattern:
    """A compiled pattern; it matches anywhere in a text unless it is anchored.

    Raises
    ------
    RulesError
        If RE2 does not take it, or it is longer than `LONGEST`.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        options = _re2.Options()
        options.log_errors = False
        try:
            self._compiled = _re2.compile(pattern[: LONGEST + 1], options)
        except _re2.error as error:
            raise RulesError(
                f"The pattern {pattern!r} cannot be used: {_reason(error)}.",
                hint="Patterns are RE2: no look-around and no back-references.",
            ) from error
        if len(pattern) > LONGEST:
            raise RulesError(f"A pattern has {len(pattern)} characters; at most {LONGEST} are allowed.")

    def found_in(self, text: str) -> bool:
        """Tell whether the pattern matches somewhere in the text."""
        return self._compiled.search(text) is not None


def _reason(error: Any) -> str:  # noqa: ANN401 - RE2 has no types
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
