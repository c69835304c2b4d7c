"""What a check found."""

from __future__ import annotations

from typing import Literal

import msgspec

State = Literal["ok", "warning", "wrong"]


class Finding(msgspec.Struct, frozen=True):
    """One check's result.

    ``state``: ``ok``; ``warning`` where all data is safe but somebody should know; ``wrong`` where
    something does not work or is lost. ``fix`` is what to do, empty where nothing is.
    """

    name: str
    state: State
    message: str
    fix: str = ""


def fine(name: str, message: str) -> Finding:
    """Make a finding that all is well."""
    return Finding(name, "ok", message)


def warning(name: str, message: str, fix: str) -> Finding:
    """Make a finding somebody should know of."""
    return Finding(name, "warning", message, fix)


def wrong(name: str, message: str, fix: str) -> Finding:
    """Make a finding that something does not work or is lost."""
    return Finding(name, "wrong", message, fix)
