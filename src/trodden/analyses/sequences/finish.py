"""The answer of ``sequences`` from what was counted: named, in order, as many as are shown."""

from __future__ import annotations

from dataclasses import dataclass

from trodden.analyses.sequences.answer import Contrast, FrequentSequence, Sequences, SequencesQuestion
from trodden.analyses.sequences.plan import names_of
from trodden.methods.journeys.sequences import pattern_of
from trodden.methods.stats.rates import wilson
from trodden.model.question import About

CLEAR = ("more often", "less often")


@dataclass(frozen=True, slots=True)
class Found:
    """One frequent sequence, as codes, with its units by group."""

    steps: tuple[int, ...]
    counts: tuple[int, int]


def finish(
    about: About,
    question: SequencesQuestion,
    touchpoints: tuple[str, ...],
    sizes: tuple[int, int, int],
    found: list[tuple[Found, Contrast | None]],
) -> Sequences:
    """Form the answer."""
    max_gap = -1 if question.max_gap is None else question.max_gap
    named = [
        FrequentSequence(
            pattern=pattern_of([touchpoints[code] for code in one.steps], max_gap),
            steps=tuple(touchpoints[code] for code in one.steps),
            support=wilson(sum(one.counts), sizes[0] + sizes[1]),
            contrast=contrast,
        )
        for one, contrast in found
    ]
    tested = sum(one.contrast is not None and one.contrast.adjusted_p is not None for one in named)
    return Sequences(
        about=about,
        groups=names_of(question),
        left_out=sizes[2],
        found=len(named),
        tested=tested,
        sequences=tuple(sorted(named, key=_rank)[: question.limit]),
    )


def _rank(one: FrequentSequence) -> tuple[bool, float, int, tuple[str, ...]]:
    """Order clear differences first, the largest first, then by support, then by name."""
    contrast = one.contrast
    is_clear = contrast is not None and contrast.reading in CLEAR
    size = abs(contrast.difference.value or 0.0) if contrast is not None and is_clear else 0.0
    return not is_clear, -size, -one.support.count, one.steps
