"""A funnel's question resolved: names to codes, texts to durations, and what does not go together refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from trodden.analyses.funnel.answer import FunnelQuestion
from trodden.methods.journeys.funnel import MOST_IN_ANY_ORDER, NO_LIMIT, FunnelPlan, FunnelStepPlan
from trodden.methods.journeys.patterns import parse_pattern
from trodden.methods.journeys.patterns_dfa import Finder, compile_finder, step_codes
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.select import Selection, resolve_selection
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.transitions import ENDS
from trodden.model.catalog import Catalog
from trodden.model.durations import parse_duration
from trodden.model.errors import QuestionError

NOTHING = timedelta()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and what the answer needs to be named."""

    selection: Selection
    snapshot: str
    funnel: FunnelPlan
    labels: tuple[str, ...]
    tells_excluded: bool


def make_plan(question: FunnelQuestion, catalog: Catalog) -> Plan:
    """Resolve a question.

    Raises
    ------
    QuestionError
        Options that do not go together, or a text that cannot be read.
    UnknownNameError
        A touchpoint nobody knows.
    """
    _refuse_contradictions(question)
    touchpoints = Touchpoints(catalog)
    selection = resolve_selection(question, catalog)
    start = _start(question.steps[0], touchpoints)
    plan = FunnelPlan(
        steps=tuple(_steps(question, touchpoints, start)),
        start=start,
        within=microseconds(question.within),
        as_of=selection.as_of,
        excluded=_excluded(question, touchpoints),
        entry=question.entry,
        order=question.order,
        anchor=question.anchor,
        direction=question.direction,
    )
    return Plan(selection, catalog.snapshot, plan, _labels(question), bool(question.exclude))


def _start(text: str, touchpoints: Touchpoints) -> Finder | None:
    """Compile the first step where it is more than a single element."""
    if touchpoints.is_known(text.strip()) or text.strip() in ("any", *ENDS):
        return None
    pattern = parse_pattern(text, "steps")
    is_single = len(pattern.places) == 1 and not pattern.places[0].repeat
    if is_single and not pattern.at_start and not pattern.at_end:
        return None
    return compile_finder(pattern, touchpoints)


def _steps(
    question: FunnelQuestion, touchpoints: Touchpoints, start: Finder | None
) -> Iterator[FunnelStepPlan]:
    if start:
        yield FunnelStepPlan(bytes(len(touchpoints)))
    else:
        yield _step(question.steps[0], touchpoints)
    for text, limit in zip(question.steps[1:], _limits(question), strict=True):
        step = _step(text, touchpoints)
        yield msgspec.structs.replace(step, limit=limit, optional=text in question.optional)


def _step(text: str, touchpoints: Touchpoints) -> FunnelStepPlan:
    """Read a step: an end of the unit, or the touchpoints that fit."""
    name = text.strip()
    if name in ENDS:
        return FunnelStepPlan(bytes(len(touchpoints)), end=ENDS.index(name))
    return FunnelStepPlan(_codes(text, "steps", touchpoints))


def _codes(text: str, field: str, touchpoints: Touchpoints) -> bytes:
    return step_codes(text, field, touchpoints).tobytes()


def _excluded(question: FunnelQuestion, touchpoints: Touchpoints) -> bytes:
    found = bytearray(len(touchpoints))
    for text in question.exclude:
        for code, fits in enumerate(_codes(text, "exclude", touchpoints)):
            found[code] |= fits
    return bytes(found)


def _limits(question: FunnelQuestion) -> list[int]:
    """Return the limit of every step behind the first, in microseconds."""
    given = [_limit(text) for text in question.limits]
    if len(given) >= len(question.steps):
        raise QuestionError(
            f"limits: {len(given)} were given for {len(question.steps)} steps.",
            hint="The first limit is that of the second step; - stands for none.",
        )
    return [*given, *[NO_LIMIT] * (len(question.steps) - 1 - len(given))]


def _limit(text: str) -> int:
    if text.strip() in ("", "-"):
        return NO_LIMIT
    try:
        found = microseconds(parse_duration(text))
    except ValueError as error:
        raise QuestionError(f"limits: {error}.", hint="- stands for none.") from error
    if found < 0:
        raise QuestionError(f"limits: {text!r} is less than nothing.")
    return found


def _refuse_contradictions(question: FunnelQuestion) -> None:
    required = [text for text in question.steps if text not in question.optional]
    unknown = [text for text in question.optional if text not in question.steps]
    in_any_order = question.order == "any"
    refused = (
        (question.within < NOTHING, "within is less than nothing.", ""),
        (
            bool(unknown),
            f"optional: {_first(unknown)!r} is not one of the steps.",
            "Write it as under `steps`.",
        ),
        (question.steps[0] in question.optional, "The first step cannot be optional.", ""),
        (len(required) < 2, "All steps but one are optional.", "A chain has at least two steps."),  # noqa: PLR2004 - from one step to another
        (question.order == "strict" and bool(question.exclude), *_STRICT),
        (in_any_order and bool(question.limits), *_LIMITS),
        (in_any_order and len(question.steps) > MOST_IN_ANY_ORDER, *_MANY),
    )
    for is_refused, message, hint in refused:
        if is_refused:
            raise QuestionError(message, hint=hint)


_STRICT = (
    "A strict funnel lets no other event lie between its steps.",
    "Leave `exclude` out, or the order open.",
)
_LIMITS = ("Steps in any order have no step before them to be limited from.", "Use `within` alone.")
_MANY = (
    f"A funnel in any order has at most {MOST_IN_ANY_ORDER} steps.",
    "Put several touchpoints into one: [a|b].",
)


def _first(texts: list[str]) -> str:
    return texts[0] if texts else ""


def _labels(question: FunnelQuestion) -> tuple[str, ...]:
    """Name the steps as written; in any order, required ones by how many have been taken."""
    if question.order != "any":
        return question.steps
    others = sum(text not in question.optional for text in question.steps) - 1
    taken = iter(range(others + 1))
    return tuple(
        text if text in question.optional or not (count := next(taken)) else f"{count} of {others} others"
        for text in question.steps
    )
