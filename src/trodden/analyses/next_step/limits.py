"""Which waits are slow, and which steps late: from how long moves took and when steps came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol, cast

from trodden.analyses.next_step.answer import Elapsed
from trodden.methods.journeys.next_step_pace import NEVER, Limits
from trodden.methods.journeys.transitions import told_name
from trodden.model.question import Answer, Estimate, Question
from trodden.registry import find

MOST_MOVES: Final = 200
FEWEST_WAITS: Final = 30
"""Of a move made less often, the median is that of all such moves."""


class _Move(Protocol):
    source: str
    target: str
    median: Estimate


class _Moves(Protocol):
    transitions: tuple[_Move, ...]
    other: _Move | None


def moves_question(fields: Mapping[str, Any]) -> Question:
    """Ask how long the most frequent moves take."""
    options: dict[str, Any] = {**fields, "limit": MOST_MOVES, "min_count": FEWEST_WAITS}
    return find("transitions").question(**options)


def limits_of(answer: Answer, elapsed: Elapsed, touchpoints: tuple[str, ...]) -> Limits:
    """Return the medians as limits, by codes of touchpoints."""
    told: _Moves = cast("Any", answer)
    codes = {told_name(name): code for code, name in enumerate(touchpoints)}
    moves = tuple(
        (codes[one.source], codes[one.target], one.median.value)
        for one in told.transitions
        if one.median.value is not None
    )
    other = told.other.median.value if told.other else None
    return Limits(
        moves=moves,
        other=NEVER if other is None else other,
        since=NEVER if elapsed.median_s is None else elapsed.median_s,
    )
