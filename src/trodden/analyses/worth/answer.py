"""The question and the answer of ``worth``."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from trodden.model.question import Answer, Mean, Question, Rate
from trodden.model.walks import BUCKETS


class WorthQuestion(Question, frozen=True, kw_only=True):
    """How much money a journey comes to that got where it leads."""

    one_in: Annotated[
        int, Meta(ge=1, le=BUCKETS, description="Of so many customers one is looked at, by lot.")
    ] = 1


class Amount(msgspec.Struct, frozen=True, kw_only=True):
    """What units whose last amount is in one currency come to; empty where events say none.

    ``mean``: of their last amounts, in minor units (cents), with its 95 % interval. ``units``: those, of all
    that count.
    """

    currency: str
    mean: Mean
    units: Rate


class Worth(Answer, frozen=True, kw_only=True):
    """Amounts by currency, that of most units first. ``counted``: units looked at that reached the goal.

    Of customers and sessions, which have no goal, all that were looked at.
    """

    counted: int
    amounts: tuple[Amount, ...]
