"""What customers did, as part of a segment: steps in order, pauses, deviations from a map.

``did Order``, ``did "Take in charge ticket"``
    a step there.
``did (search -> .* -> buy)``
    the pattern in the parentheses, as everywhere (see `patterns`), somewhere in the walk.
``did (search -> .* -> buy) within 7d``
    the same, from its first step to its last in no more than this.
``paused over 14d after Order before "[Search|Compare]"``
    a longer time between two successive steps; ``after`` and ``before``, a touchpoint or one
    element of a pattern each, say of which; either may be left out.
``deviated from "Getting connected" by missing at confirm``
    a journey of the map that is over and has such a deviation, as ``deviations`` counts it; the kind
    (``by``) and the step or touchpoint (``at``) may be left out.

Behind each may stand how often, ``>= 3 times`` (any comparison; at least once unless given), and when:
``in 2026-03-01..2026-04-01``, a period as everywhere with either end left out or not, or ``in last 30d``.

- What is looked at is the customer's whole walk, whatever the unit, the map or the period of the question,
  up to ``as_of``, or with ``segment_at`` *start* up to and including the unit's first step.
- With *when*, steps outside it are not there: a match and both ends of a pause lie inside, and ``^`` and
  ``$`` stand for the first and the last step inside. ``last 30d`` are the 30 days up to and including the
  moment that is looked from, ``as_of`` or the time of the first step; exactly 30 days before is outside.
- Matches do not overlap: the one that begins first counts (the shortest of those, and not longer than
  ``within``), then the first that begins behind its last step.
- Deviations are counted by journeys: those that were over by then, and began inside *when*.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal, cast

import msgspec

from trodden.methods.journeys.segments_tokens import OPERATORS, Reader
from trodden.model.errors import QuestionError
from trodden.model.question import Period

Operator = Literal["=", "!=", "<", "<=", ">", ">="]

MOST_TIMES: Final = 1_000_000


class Times(msgspec.Struct, frozen=True):
    """How often: the count stands in this relation to ``count``."""

    operator: Operator = ">="
    count: int = 1


class When(msgspec.Struct, frozen=True):
    """When: in a period, or in the last so long; always where neither is given."""

    period: Period | None = None
    last: timedelta | None = None


class Did(msgspec.Struct, frozen=True, tag=True):
    """Steps that match: ``steps`` is the name of a touchpoint or else a pattern."""

    steps: str
    within: timedelta | None = None
    times: Times = Times()
    when: When = When()


class Paused(msgspec.Struct, frozen=True, tag=True):
    """A longer time between two successive steps.

    ``after``, ``before``: at which steps, a touchpoint or an element of a pattern; empty for any.
    """

    over: timedelta
    after: str = ""
    before: str = ""
    times: Times = Times()
    when: When = When()


class Deviated(msgspec.Struct, frozen=True, tag=True):
    """A journey of a map that parted from it; ``kind`` and ``at`` are empty for any."""

    map: str
    kind: str = ""
    at: str = ""
    times: Times = Times()
    when: When = When()


Behaviour = Did | Paused | Deviated


def is_behaviour(reader: Reader) -> bool:
    """Say whether what customers did stands here, and not a test of a property of that name."""
    behind = reader.after_next
    if reader.next.is_keyword("did"):
        return behind.kind == "pattern" or behind.is_name
    return (reader.next.is_keyword("paused") and behind.is_keyword("over")) or (
        reader.next.is_keyword("deviated") and behind.is_keyword("from")
    )


def read_behaviour(reader: Reader) -> Behaviour:
    """Read what customers did.

    Raises
    ------
    QuestionError
        Something else stands where a part of it is expected; the message names the position.
    """
    return _READ[reader.take().text.lower()](reader)


def _did(reader: Reader) -> Did:
    is_pattern = reader.next.kind == "pattern"
    steps = reader.take().text if is_pattern else reader.name("a touchpoint or a pattern")
    within = reader.duration() if reader.has_keyword("within") else None
    return Did(steps.strip(), within, _times(reader), _when(reader))


def _paused(reader: Reader) -> Paused:
    reader.keyword("over")
    over = reader.duration()
    after = reader.name("a touchpoint") if reader.has_keyword("after") else ""
    before = reader.name("a touchpoint") if reader.has_keyword("before") else ""
    return Paused(over, after, before, _times(reader), _when(reader))


def _deviated(reader: Reader) -> Deviated:
    reader.keyword("from")
    name = reader.name("a map")
    kind = reader.name("a kind of deviation") if reader.has_keyword("by") else ""
    at = reader.name("a step or touchpoint") if reader.has_keyword("at") else ""
    return Deviated(name, kind, at, _times(reader), _when(reader))


_READ: Final = {"did": _did, "paused": _paused, "deviated": _deviated}


def _times(reader: Reader) -> Times:
    if not reader.next.is_mark(*OPERATORS):
        return Times()
    operator = cast("Operator", reader.take().text)
    error = reader.expected(f"a number of times up to {MOST_TIMES:,}")
    text = reader.take().text
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_TIMES))):
        raise error
    reader.keyword("times", "time")
    return Times(operator, int(text))


def _when(reader: Reader) -> When:
    if not reader.has_keyword("in"):
        return When()
    if reader.next.is_keyword("last"):
        reader.take()
        return When(last=reader.duration())
    error = reader.expected("a period such as 2026-03-01..2026-04-01, or `last` and a length of time")
    start, dots, end = reader.take().text.partition("..")
    if not dots or not (start or end):
        raise error
    return When(Period(start or None, end or None))


def refuse(behaviour: Behaviour) -> QuestionError:
    """Return the error for what customers did, where only properties can be told of."""
    word = {"Did": "did", "Paused": "paused", "Deviated": "deviated"}[type(behaviour).__name__]
    return QuestionError(
        f"segment: only properties count here, and it says `{word}`.", hint="Compare a property with a value."
    )
