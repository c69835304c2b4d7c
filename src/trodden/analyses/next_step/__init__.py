"""What comes next, when, and how probably: from what came after the same steps before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from trodden.analyses.next_step.answer import Elapsed, ElapsedQuestion, NextStep, NextStepQuestion
from trodden.analyses.next_step.chart import next_step_chart
from trodden.analyses.next_step.elapsed import ElapsedAnalysis
from trodden.analyses.next_step.finish import finish
from trodden.analyses.next_step.limits import limits_of, moves_question
from trodden.methods.journeys.next_step import (
    NO_HORIZON,
    NextCounts,
    NextPlan,
    count_next,
    nothing_counted,
    refuse_long_keys,
)
from trodden.methods.journeys.next_step_pace import Limits
from trodden.methods.journeys.patterns import parse_place
from trodden.methods.journeys.periods import microseconds
from trodden.methods.journeys.select import (
    Selection,
    resolve_selection,
    select,
    shared_fields,
    tell_about,
)
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.transitions import START
from trodden.methods.journeys.units import Counted, count_units
from trodden.model.catalog import Catalog
from trodden.model.errors import QuestionError, TooLargeError
from trodden.model.question import Answer, Question
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

__all__ = ["ElapsedAnalysis", "NextStepAnalysis"]

MOST_KEYS = 3_000_000
"""Contexts and times that fit a state of 64 MB."""

_EXAMPLE = NextStepQuestion(after=("Appointment", "Installation"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bucket needs to be counted, and what the answer needs to be named."""

    selection: Selection
    snapshot: str
    next: NextPlan
    touchpoints: tuple[str, ...]
    after: tuple[str, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class State:
    """Outcomes by context, and units counted."""

    next: NextCounts
    counted: Counted


@analysis(
    "next_step",
    asks=Asks("What will they do next?", "ways"),
    example=_EXAMPLE,
    answer=NextStep,
    chart=next_step_chart,
)
class NextStepAnalysis(Mergeable[NextStepQuestion, Plan, State, NextStep]):
    """Tell what comes next after certain steps, with what probability and after how long.

    Probabilities are those of prediction by partial matching: what came after the same last steps, as many
    as were ever seen up to ``order``, blended with what came after fewer of them. END, nothing comes next, is
    one of the outcomes. The definition stands in `trodden.methods.journeys.next_step`. Times are quantiles of
    the waits after the most of these steps that have 30 of them, else of all waits for that outcome.
    Without ``after``, every open unit is asked about and the answer is their mean. How fast each came to its
    last step is then looked at as well: whether the wait before it, and the time since the first, were longer
    than half of those of the units asked about. How long they have waited since is not.
    """

    def needs(self, question: NextStepQuestion, catalog: Catalog) -> Mapping[str, Question]:  # noqa: ARG002 - its own names
        """Ask how long moves take, and how long after the first step others come, unless steps are given."""
        if question.after:
            return {}
        fields = shared_fields(question)
        return {"moves": moves_question(fields), "elapsed": ElapsedQuestion(**fields)}

    def plan(self, question: NextStepQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Resolve names and options."""
        touchpoints = Touchpoints(catalog)
        selection = resolve_selection(question, catalog)
        asked = tuple(text.strip() for text in question.after[-question.order :])
        leading = len(asked) == len(question.after)
        plan = NextPlan(
            touchpoints=len(touchpoints),
            order=question.order,
            after=tuple(_codes(asked, touchpoints, may_start=leading)),
            horizon=_horizon(question),
            as_of=selection.as_of,
            limits=_limits(needs, touchpoints),
        )
        refuse_long_keys(plan)
        return Plan(selection, catalog.snapshot, plan, touchpoints.names, asked, question.limit)

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Count one bucket."""
        units = select(bucket, plan.selection)
        return State(count_next(units, plan.next), count_units(units))

    def merge(self, a: State, b: State) -> State:
        """Add counts.

        Raises
        ------
        TooLargeError
            There are more different contexts than a state may hold.
        """
        counts = a.next + b.next
        if counts.kinds > MOST_KEYS:
            raise TooLargeError(
                f"There are more than {MOST_KEYS:,} different runs of steps.",
                hint="Ask for a smaller order, or what comes after certain steps.",
            )
        return State(counts, a.counted + b.counted)

    def finish(self, plan: Plan, state: State | None) -> NextStep:
        """Train the model on what was counted, and ask it."""
        state = state or State(nothing_counted(), Counted())
        about = tell_about("next_step", plan.snapshot, plan.selection, state.counted)
        return finish(about, plan.next, (plan.after, plan.touchpoints, plan.limit), state.next)


def _limits(needs: Mapping[str, Answer], touchpoints: Touchpoints) -> Limits | None:
    elapsed = needs.get("elapsed")
    if not isinstance(elapsed, Elapsed):
        return None
    return limits_of(needs["moves"], elapsed, touchpoints.names)


def _codes(asked: tuple[str, ...], touchpoints: Touchpoints, *, may_start: bool) -> Iterable[int]:
    """Yield the codes of the steps; a touchpoint nobody walked yet gets one that no step has."""
    for place, text in enumerate(asked):
        if text == START and not touchpoints.is_known(text) and may_start and place == 0:
            yield len(touchpoints)
        else:
            code = touchpoints.code(_name(text, touchpoints))
            yield len(touchpoints) + 1 if code is None else code


def _name(text: str, touchpoints: Touchpoints) -> str:
    if touchpoints.is_known(text):
        return text
    place = parse_place(text, "after")
    if place.other or len(place.names) != 1:
        raise QuestionError(
            f"after: {text!r} is not one touchpoint.", hint="Name each step as it was walked."
        )
    return place.names[0]


def _horizon(question: NextStepQuestion) -> int:
    if question.horizon is None:
        return NO_HORIZON
    found = microseconds(question.horizon)
    if found < 0:
        raise QuestionError("horizon is less than nothing.", hint="Such as 7d.")
    return found
