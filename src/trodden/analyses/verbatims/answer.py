"""The question and the answer of ``verbatims``."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from trodden.model.question import Answer, Question, Rate, Verbatim


class VerbatimsQuestion(Question, frozen=True, kw_only=True):
    """What customers said, drawn by lot: nobody picks the words that fit."""

    touchpoint: Annotated[str | None, Meta(description="Only what was said at this touchpoint.")] = None
    one_in: Annotated[
        int, Meta(ge=1, le=1_000_000_000, description="Of so many events one is looked at, by lot.")
    ] = 1
    limit: Annotated[int, Meta(ge=1, le=200, description="How many are shown.")] = 10
    draw: Annotated[int, Meta(ge=0, le=1_000_000, description="Another number draws another lot.")] = 0


class Verbatims(Answer, frozen=True, kw_only=True):
    """Words in the order the lot fell on them. ``spoken``: events with words, of those looked at."""

    words: tuple[Verbatim, ...]
    spoken: Rate
