"""How success shows itself: each step by its odds at equal exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts import Bar, Bars, Chart, Tone
from trodden.charts.formats import format_count, format_interval, format_number, format_share
from trodden.charts.heads import head_of
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark

if TYPE_CHECKING:
    from trodden.analyses.success.answer import Reading, Success, SuccessStep

BARS: Final = 15
TONES: Final[dict[Reading, Tone]] = {
    "goes with success": "better",
    "goes with failure": "worse",
    "no clear association": "plain",
    "always before it": "muted",
    "too few to say": "muted",
}


def success_chart(answer: Success) -> Chart:
    """Draw the odds ratios; 1 is no association."""
    about = answer.about
    told = [one for one in answer.steps if TONES[one.reading] != "muted"]
    return Bars(
        title=_title(answer),
        **head_of(about),
        n=answer.reached.of,
        axis="Odds of reaching the goal next, beside others after as many steps (1: no association)",
        of="step before the goal",
        kind="number",
        bars=tuple(_bar(one) for one in told[:BARS]),
    )


def _title(answer: Success) -> str:
    units = f"{answer.about.unit}s"
    if answer.reached.value is None:
        return f"None of the {units} is over yet"
    if not answer.reached.count:
        return f"None of {format_count(answer.reached.of)} {units} reached the goal"
    clear = [one for one in answer.steps if TONES[one.reading] in ("better", "worse")]
    tested = f"of {format_count(answer.tried)} steps tested"
    if not clear:
        return f"No step goes clearly with reaching the goal, {tested}"
    first = clear[0]
    found = first.at_equal_exposure
    odds = f"{format_number(found.value or 1.0)} times {format_interval(found.low, found.high, 'number')}"
    return f"{first.touchpoint} {first.reading}: {odds} the odds after as many other steps, {tested}"


def _bar(one: SuccessStep) -> Bar:
    found = one.at_equal_exposure
    return Bar(
        label=one.touchpoint,
        value=found.value or 1.0,
        low=found.low,
        high=found.high,
        detail=_detail(one),
        tone=TONES[one.reading],
        link=behind("success", write_mark(one.touchpoint), units=one.having.of),
    )


def _detail(one: SuccessStep) -> str:
    shares = [format_share(rate.value or 0.0) for rate in (one.having, one.others)]
    both = f"{shares[0]} of {format_count(one.having.of)} with it reached the goal, {shares[1]} of the others"
    return f"{one.reading}; {both}"
