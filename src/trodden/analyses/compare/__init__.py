"""The same question asked of two sides: two periods, two segments, or a segment and everybody else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from trodden.analyses.compare.answer import Compared, CompareQuestion, Difference, Side
from trodden.analyses.compare.chart import compare_chart
from trodden.analyses.compare.figures import figures
from trodden.methods.journeys.periods import find_zone, microseconds, moment, parse_period
from trodden.methods.stats.compare import Figure, as_estimate, difference, is_clear
from trodden.methods.stats.distributions import normal_cdf, two_sided
from trodden.methods.stats.multiple import benjamini_hochberg
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.durations import format_duration
from trodden.model.errors import QuestionError
from trodden.model.question import About, Answer, Estimate, Period, Question, Rate
from trodden.model.walks import Bucket
from trodden.questions import question_from
from trodden.registry import Mergeable, analysis, find

FEWEST = 10
"""Below this many on a side nothing is said."""

ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Plan:
    """Both answers, and how long their sides were followed."""

    question: str
    first: Answer
    second: Answer
    labels: tuple[str, str]
    followed_s: float | None
    snapshot: str


@analysis(
    "compare",
    example=CompareQuestion(analysis="overview", segment="region = north"),
    answer=Compared,
    chart=compare_chart,
)
class CompareAnalysis(Mergeable[CompareQuestion, Plan, None, Compared]):
    """Ask one question of two sides and give every difference with its interval.

    Both sides are followed for the same length, the shorter: each is told as it was known that long
    after its period ended. Shares differ by Newcombe's interval, means by Welch's, all else by the
    intervals of both sides combined (for medians, Price and Bonett's). A difference is *clear* where its p,
    corrected over all figures compared (Benjamini-Hochberg), is at most 0.05 and its own interval leaves 0
    out. Segments that share customers are refused. Descriptive: nothing is adjusted for.
    """

    def needs(self, question: CompareQuestion, catalog: Catalog) -> Mapping[str, Question]:
        """Ask both sides, and how many customers stand on both where segments are compared."""
        first, second = _sides(_with_same_limits(question, catalog), catalog)
        needed: dict[str, Question] = {"first": first, "second": second}
        if first.segment and second.segment and first.segment != second.segment:
            both = f"({first.segment}) and ({second.segment})"
            needed["both"] = msgspec.structs.replace(_plain(first), segment=both)
        return needed

    def plan(self, question: CompareQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:
        """Refuse sides that share customers; lay figure beside figure."""
        _refuse_shared(needs)
        return Plan(
            question=question.analysis,
            first=needs["first"],
            second=needs["second"],
            labels=_labels(question),
            followed_s=_followed_s(question, catalog),
            snapshot=catalog.snapshot,
        )

    def map(self, plan: Plan, bucket: Bucket) -> None:
        """Count nothing: both answers are there already."""

    def merge(self, a: None, b: None) -> None:
        """Add nothing."""

    def finish(self, plan: Plan, state: None) -> Compared:  # noqa: ARG002 - there is no state
        """Subtract the second side from the first."""
        first, second = plan.first.about, plan.second.about
        return Compared(
            about=_about(plan),
            question=plan.question,
            first=Side(plan.labels[0], first.units, first.customers, first.as_of),
            second=Side(plan.labels[1], second.units, second.customers, second.as_of),
            followed_s=plan.followed_s,
            differences=tuple(_differences(plan.first, plan.second)),
        )


def _with_same_limits(question: CompareQuestion, catalog: Catalog) -> CompareQuestion:
    """Let limits that an analysis learns from the data be learned at one time for both sides."""
    names = {field.name for field in msgspec.structs.fields(find(question.analysis).question)}
    if "limits_as_of" not in names:
        return question
    fields = {"limits_as_of": moment(_now(question, catalog)), **question.fields}
    return msgspec.structs.replace(question, fields=fields)


def _sides(question: CompareQuestion, catalog: Catalog) -> tuple[Question, Question]:
    follow = _follow(question, catalog)
    other_period = question.other_period or question.period
    first = _side(
        question, question.segment, question.period, _as_of(question.period, follow, catalog, question)
    )
    second = _side(
        question, _other_segment(question), other_period, _as_of(other_period, follow, catalog, question)
    )
    return first, second


def _other_segment(question: CompareQuestion) -> str | None:
    if question.other_segment or question.other_period or not question.segment:
        return question.other_segment or question.segment
    return f"not ({question.segment})"


def _side(question: CompareQuestion, segment: str | None, period: Period | None, as_of: datetime) -> Question:
    asked = find(question.analysis)
    if asked.question is CompareQuestion:
        raise QuestionError("A comparison cannot be compared.", hint="Name another analysis.")
    shared = {
        "map": question.map,
        "unit": question.unit,
        "where": question.where,
        "segment_at": question.segment_at,
    }
    own = {**question.fields, **shared, "segment": segment, "period": period, "as_of": as_of}
    return question_from(asked.question, {name: value for name, value in own.items() if value is not None})


def _plain(side: Question) -> Question:
    """Return the question of the overview that counts the units of a side."""
    fields = {field.name: getattr(side, field.name) for field in msgspec.structs.fields(Question)}
    return find("overview").question(**fields)


def _refuse_shared(needs: Mapping[str, Answer]) -> None:
    both = needs["both"].about.customers if "both" in needs else 0
    if both:
        raise QuestionError(
            f"The two segments share {both} customers, who would be compared with themselves.",
            hint="Take one of them away from the other: `a and not (b)`.",
        )


def _now(question: CompareQuestion, catalog: Catalog) -> int:
    return microseconds(question.as_of or catalog.as_of)


def _end(period: Period | None, catalog: Catalog, now: int) -> int:
    end = parse_period(period, find_zone(catalog.time_zone))[1]
    return now if end is None else min(end, now)


def _follow(question: CompareQuestion, catalog: Catalog) -> int:
    """Return how many microseconds past the end of its period the shorter side can be followed."""
    now = _now(question, catalog)
    periods = (question.period, question.other_period or question.period)
    return min(now - _end(period, catalog, now) for period in periods)


def _followed_s(question: CompareQuestion, catalog: Catalog) -> float | None:
    return None if question.other_period is None else _follow(question, catalog) / 1e6


def _as_of(period: Period | None, follow: int, catalog: Catalog, question: CompareQuestion) -> datetime:
    return moment(_end(period, catalog, _now(question, catalog)) + follow)


def _labels(question: CompareQuestion) -> tuple[str, str]:
    if question.other_period is not None:
        return _period_label(question.period), _period_label(question.other_period)
    other = _other_segment(question) or "everybody"
    return question.segment or "everybody", "everybody else" if other.startswith("not (") else other


def _period_label(period: Period | None) -> str:
    return "all time" if period is None else f"{period.start or ''}..{period.end or ''}"


def _about(plan: Plan) -> About:
    first, second = plan.first.about, plan.second.about
    followed = plan.followed_s
    told = (
        ()
        if followed is None
        else (f"Both sides are followed for {format_duration(followed)} after their period.",)
    )
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
        notes=told,
    )


def _differences(first: Answer, second: Answer) -> list[Difference]:
    pairs = list(_pairs(first, second))
    differences = [difference(one, other) for _, one, other in pairs]
    known = [place for place, found in enumerate(differences) if found.low is not None]
    adjusted = dict(zip(known, benjamini_hochberg([_p(differences[place]) for place in known]), strict=True))
    return [_difference(pair, differences[place], adjusted.get(place)) for place, pair in enumerate(pairs)]


def _pairs(first: Answer, second: Answer) -> Iterator[tuple[str, Figure, Figure]]:
    """Yield every figure both answers hold; a share of all units that one side never saw is 0 there."""
    ours, theirs = dict(figures(first)), dict(figures(second))
    for name in dict.fromkeys((*ours, *theirs)):
        one = ours.get(name) or _unseen(theirs[name], second, first)
        other = theirs.get(name) or _unseen(ours[name], first, second)
        if one is not None and other is not None:
            yield name, one, other


def _unseen(figure: Figure, seen: Answer, unseen: Answer) -> Rate | None:
    if isinstance(figure, Rate) and figure.of == seen.about.units:
        return wilson(0, unseen.about.units)
    return None


def _difference(pair: tuple[str, Figure, Figure], found: Estimate, adjusted: float | None) -> Difference:
    name, one, other = pair[0], as_estimate(pair[1]), as_estimate(pair[2])
    verdict = _verdict(found, adjusted, min(one.n, other.n))
    return Difference(name, one.unit, one, other, found, adjusted, verdict)


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
