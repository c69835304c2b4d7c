"""One case for each field of a question: a walk on which changing that field alone changes the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Case:
    """Change one field from its value in ``base`` (or its default) to ``value``.

    ``walks`` is in the grammar of ``tests.support.walks``; ``map_text`` a journey map in YAML, put into the
    catalog under its own name; ``segments`` saved segments by name; ``time_zone`` the workspace's zone.
    """

    walks: str
    value: Any
    base: dict[str, Any] = field(default_factory=dict[str, Any])
    map_text: str = ""
    segments: dict[str, str] = field(default_factory=dict[str, str])
    as_of: str | None = None
    time_zone: str = "UTC"
