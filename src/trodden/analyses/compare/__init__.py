"""The same question asked of two sides: two periods, two segments, or a segment and everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from trodden.analyses.compare.answer import Compared, CompareQuestion, Difference, Side
from trodden.analyses.compare.chart import compare_chart
from trodden.analyses.compare.pairing import Pair, pairs_of
from trodden.analyses.compare.sides import both_of, sides_of, widest
from trodden.methods.journeys.periods import as_known, find_zone
from trodden.methods.stats.compare import as_estimate, difference, is_clear
from trodden.methods.stats.distributions import normal_cdf, two_sided
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.model.catalog import Catalog
from trodden.model.durations import format_duration
from trodden.model.errors import QuestionError
from trodden.model.question import About, Answer, Estimate, Question
from trodden.model.walks import Bucket
from trodden.model.words import keep
from trodden.registry import Asks, Mergeable, analysis, find

FEWEST = 10
"""Below this many on a side nothing is said."""

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """What both sides answered, figure beside figure, and how long they were followed past their periods."""

    question: str
    first: About
    second: About
    labels: tuple[str, str]
    pairs: tuple[Pair, ...]
    followed_s: float | None
    snapshot: str
    notes: tuple[str, ...]


@analysis(
    "compare",
    asks=Asks("What is different between two groups or two periods?", "people"),
    example=CompareQuestion(analysis="overview", segment="region = north"),
    answer=Compared,
    chart=compare_chart,
)
class CompareAnalysis(Mergeable[CompareQuestion, Plan, None, Compared]):
    """Ask one question of two sides and give every difference with its interval.

    Two periods must not overlap; of the longer only the last part, as long as the shorter, is compared (an
    hour more or less, as clocks change, counts as equal), and both are followed for the same length past
    their end, the shorter. Two segments must not share customers. A figure is compared where the answer of
    either side tells it; a share of a row that the other side never saw is 0 there, once nothing is left out
    of its list, and otherwise unknown and left out. Shares differ by Newcombe's interval, means by Welch's,
    all else by the intervals of both sides combined (for medians, Price and Bonett's). A difference is
    *clear* where its p, corrected over all figures compared (Benjamini-Hochberg), is at most 0.05 and its own
    interval leaves 0 out. Descriptive: nothing is adjusted for.
    """

    def needs(self, question: CompareQuestion, catalog: Catalog) -> Mapping[str, Question]:
        """Ask both sides, again with all they can tell, and how many stand on both."""
        sides = sides_of(_with_same_limits(question, catalog), catalog)
        both = both_of(sides)
        needed: dict[str, Question] = {"first": sides.first, "second": sides.second}
        for name in ("first", "second"):
            wide = widest(needed[name])
            if wide != needed[name]:
                needed[f"{name} at its widest"] = wide
        return needed if both is None else {**needed, "both": both}

    def plan(self, question: CompareQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Refuse sides that share customers; lay figure beside figure."""
        _refuse_shared(needs)
        sides = sides_of(_with_same_limits(question, catalog), catalog)
        first, second = (
            (needs[name], needs.get(f"{name} at its widest", needs[name])) for name in ("first", "second")
        )
        pairs, left_out = pairs_of(first, second)
        followed_s = None if sides.followed is None else sides.followed / 1e6
        return Plan(
            question=question.analysis,
            first=first[0].about,
            second=second[0].about,
            labels=sides.labels,
            pairs=pairs,
            followed_s=followed_s,
            snapshot=catalog.snapshot,
            notes=(*sides.notes, *_notes(followed_s, left_out)),
        )

    def map(self, plan: Plan, bucket: Bucket) -> None:
        """Count nothing: both answers are there already."""

    def merge(self, a: None, b: None) -> None:
        """Add nothing."""

    def finish(self, plan: Plan, state: None) -> Compared:  # noqa: ARG002 - there is no state
        """Subtract the second side from the first."""
        first, second = plan.first, plan.second
        return Compared(
            about=_about(plan),
            question=plan.question,
            first=Side(plan.labels[0], first.units, first.customers, first.as_of),
            second=Side(plan.labels[1], second.units, second.customers, second.as_of),
            followed_s=plan.followed_s,
            differences=tuple(_differences(plan.pairs)),
        )


def _with_same_limits(question: CompareQuestion, catalog: Catalog) -> CompareQuestion:
    """Let limits that an analysis learns from the data be learned at one time for both sides."""
    names = {field.name for field in msgspec.structs.fields(find(question.analysis).question)}
    if "limits_as_of" not in names:
        return question
    now = as_known(question.as_of, catalog.as_of, find_zone(catalog.time_zone))
    return msgspec.structs.replace(question, fields={"limits_as_of": now, **question.fields})


def _refuse_shared(needs: Mapping[str, Answer]) -> None:
    if "both" in needs and needs["both"].about.customers:
        # How many is not said: it would be told to those, too, who may not learn of a few.
        raise QuestionError(
            "The two sides share customers, who would be compared with themselves.",
            hint="Take one of them away from the other: `a and not (b)`.",
        )


def _notes(followed_s: float | None, left_out: int) -> list[str]:
    told: list[str] = []
    if followed_s is not None:
        told.append(
            keep("Both sides are followed for {time} after their period.", time=format_duration(followed_s))
        )
    if left_out:
        told.append(keep("{left_out} figures that only one side tells are left out.", left_out=left_out))
    return told


def _about(plan: Plan) -> About:
    first, second = plan.first, plan.second
    return About(
        analysis="compare",
        snapshot=plan.snapshot,
        as_of=max(first.as_of, second.as_of),
        unit=first.unit,
        units=first.units + second.units,
        customers=first.customers + second.customers,
        events=first.events + second.events,
        open=first.open + second.open,
        ties=first.ties + second.ties,
        notes=tuple(dict.fromkeys((*first.notes, *second.notes, *plan.notes))),
    )


def _differences(pairs: tuple[Pair, ...]) -> list[Difference]:
    differences = [difference(pair.first, pair.second) for pair in pairs]
    known = [place for place, found in enumerate(differences) if found.low is not None]
    adjusted = dict(zip(known, benjamini_hochberg([_p(differences[place]) for place in known]), strict=True))
    return [_difference(pair, differences[place], adjusted.get(place)) for place, pair in enumerate(pairs)]


def _difference(pair: Pair, found: Estimate, adjusted: float | None) -> Difference:
    one, other = as_estimate(pair.first), as_estimate(pair.second)
    verdict = _verdict(found, adjusted, min(one.n, other.n))
    return Difference(pair.name, one.unit, one, other, found, adjusted, verdict)


def _p(found: Estimate) -> float:
    """Return the two-sided p of a difference whose interval reaches as far as a normal one would."""
    value, low, high = found.value or 0.0, found.low or 0.0, found.high or 0.0
    reach = value - low if value > 0 else high - value
    if reach <= 0:
        return 1.0 if value == 0 else 0.0
    return 2 * (1 - normal_cdf(abs(value) / reach * two_sided()))


def _verdict(found: Estimate, adjusted: float | None, fewest: int) -> str:
    if adjusted is None or fewest < FEWEST:
        return "too few to say"
    if adjusted > ALPHA or not is_clear(found):
        return "no clear difference"
    return "higher" if (found.value or 0.0) > 0 else "lower"
