"""What a finding is. Plain data, of sums and shares alone: no customer is named in it."""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Literal

import msgspec

from trodden.model.question import Estimate

Kind = Literal["better way", "worse way", "wait", "change of mind", "forecast", "move", "group"]
Sense = Literal["better", "worse", "differs"]
Grade = Literal["randomised", "quasi-experimental", "adjusted", "descriptive"]


class Evidence(msgspec.Struct, frozen=True):
    """An answer that supports a finding: what it says, and the question it answers, as texts by field."""

    analysis: str
    said: str
    fields: dict[str, str]


class Rank(msgspec.Struct, frozen=True, kw_only=True):
    """What a finding is ranked by: the product of these five.

    ``a_month``: journeys at stake in 30 days. ``effect``: the end of its interval that is nearer to
    nothing, in [0, 1]. ``certainty``, ``value``, ``novelty``: weights, see `ranking`.
    """

    a_month: float
    effect: float
    certainty: float
    value: float
    novelty: float

    @property
    def score(self) -> float:
        """Return the product: needs met or missed a month, weighted."""
        return self.a_month * self.effect * self.certainty * self.value * self.novelty


class MetNeed(msgspec.Struct, frozen=True, kw_only=True):
    """What a journey that got there comes to on average: minor units of a currency, over ``journeys``."""

    minor: float
    currency: str
    journeys: int


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something in the answers that somebody should know.

    ``key`` stays the same as long as it is about the same thing: the same matter at the same ``place`` of the
    same ``map``, ending the same way. ``journeys``: those it touches, of ``of``; ``customers``: whose they
    are, null while that is not counted. ``effect``: a difference of shares, told as ``effect_of``, with its
    95 % interval, null where time alone was compared; ``time``: in seconds a journey, where that is clear.
    ``adjusted_p``: corrected over all that were ``tried`` of its family. ``contrary``: what speaks against
    it, the strongest first; ``mind``: what would change our mind. ``behind``: the fields of the question that
    lists the customers. ``since``: as of when it was first found. ``worth``: of a need met, null where no
    event says an amount.
    """

    key: str
    kind: Kind
    sense: Sense
    map: str
    place: str
    sentence: str
    journeys: int
    of: int
    customers: int | None = None
    effect: Estimate
    effect_of: str
    time: Estimate | None = None
    grade: Grade
    adjusted_p: float = 1.0
    tried: int = 0
    evidence: tuple[Evidence, ...]
    contrary: tuple[str, ...]
    mind: str
    behind: dict[str, str]
    channels: tuple[str, ...] = ()
    rank: Rank
    since: datetime | None = None
    worth: MetNeed | None = None


class Ignored(msgspec.Struct, frozen=True, kw_only=True):
    """A difference that is within what chance brings: noise, with its interval."""

    sentence: str
    effect: Estimate
    n: int


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything found in one state of the walks, the most important first.

    ``state`` names that state: snapshot, published maps and code; it is empty while a first search goes on
    and this is what it has found so far. ``ignored``: the largest of the moves and
    differences that are noise. ``tried``: tests made in all. ``unanswered``: questions that could not be
    asked of this data. ``begun_at``: when the search began; ``seconds``: of processor time.
    """

    state: str
    as_of: datetime
    time_zone: str
    findings: tuple[Finding, ...]
    ignored: tuple[Ignored, ...]
    tried: int
    unanswered: int
    begun_at: datetime
    seconds: float

    def find(self, key: str) -> Finding | None:
        """Return the finding of this key, or None."""
        return next((one for one in self.findings if one.key == key), None)


def key_of(*subject: str) -> str:
    """Return the stable name of a subject, fit for an address."""
    return blake2b("\0".join(subject).encode(), digest_size=6).hexdigest()
