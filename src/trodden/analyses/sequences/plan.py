"""What units are compared by, resolved; and what does not go together refused."""

from __future__ import annotations

from trodden.analyses.sequences.answer import SequenceCountsQuestion, SequencesQuestion
from trodden.methods.journeys.patterns import parse_pattern
from trodden.methods.journeys.patterns_dfa import Finder, compile_finder
from trodden.methods.journeys.periods import find_zone, microseconds
from trodden.methods.journeys.segments import parse_segment
from trodden.methods.journeys.segments_codes import SegmentTest
from trodden.methods.journeys.select import resolve_condition
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.sequences import SequencePlan, Split, Steps
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError

Sought = SequencesQuestion | SequenceCountsQuestion


def split_of(question: Sought) -> Split:
    """Return what units are compared by.

    Raises
    ------
    QuestionError
        Both a goal and a segment were given.
    """
    if question.goal is not None and question.against is not None:
        raise QuestionError(
            "goal and against: units can be compared by one of them.", hint="Give the other as `segment`."
        )
    if question.goal is not None:
        return "goal"
    if question.against is not None:
        return "segment"
    return "reached" if question.map is not None and question.unit in (None, "journey") else "none"


def plan_groups(question: Sought, catalog: Catalog, sought: tuple[Steps, ...]) -> SequencePlan:
    """Resolve the bounds and the groups."""
    wait = -1 if question.longest_wait is None else microseconds(question.longest_wait)
    if question.longest_wait is not None and wait < 0:
        raise QuestionError("longest_wait is less than nothing.", hint="Such as 7d.")
    return SequencePlan(
        sought=sought,
        max_gap=-1 if question.max_gap is None else question.max_gap,
        longest_wait=wait,
        split=split_of(question),
        goal=_goal(question.goal, catalog),
        segment=_segment(question.against, catalog),
    )


def _goal(text: str | None, catalog: Catalog) -> Finder | None:
    return None if text is None else compile_finder(parse_pattern(text, "goal"), Touchpoints(catalog))


def _segment(text: str | None, catalog: Catalog) -> SegmentTest | None:
    if text is None:
        return None
    condition = parse_segment(text, catalog.segments)
    return resolve_condition(condition, catalog, find_zone(catalog.time_zone))


def names_of(question: SequencesQuestion) -> tuple[str, ...]:
    """Return what the two groups are called."""
    split = split_of(question)
    if split == "none":
        return ()
    if split == "segment":
        return question.against or "", "all others"
    return ("reached the goal", "did not") if split == "reached" else (question.goal or "", "never did")
