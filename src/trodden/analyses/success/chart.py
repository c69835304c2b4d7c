"""How success shows itself: each step by its odds at equal exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trodden.charts import Bar, Bars, Chart, Tone
from trodden.charts.formats import format_count, format_interval, format_number, format_share
from trodden.charts.heads import head_of, units_said
from trodden.charts.links import behind
from trodden.methods.journeys.patterns_write import write_mark
from trodden.model.words import tr

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
        axis=tr("Odds of reaching the goal next, beside others after as many steps (1: no association)"),
        of=tr("step before the goal"),
        kind="number",
        bars=tuple(_bar(one) for one in told[:BARS]),
    )


def _title(answer: Success) -> str:
    units = units_said(answer.about.unit)["units"]
    if answer.reached.value is None:
        return tr("None of the {units} is over yet", units=units)
    if not answer.reached.count:
        return tr("None of {all} {units} reached the goal", all=format_count(answer.reached.of), units=units)
    clear = [one for one in answer.steps if TONES[one.reading] in ("better", "worse")]
    tested = tr("of {tried} steps tested", tried=format_count(answer.tried))
    if not clear:
        return tr("No step goes clearly with reaching the goal, {tested}", tested=tested)
    first = clear[0]
    found = first.at_equal_exposure
    odds = tr(
        "{number} times {interval}",
        number=format_number(found.value or 1.0),
        interval=format_interval(found.low, found.high, "number"),
    )
    return tr(
        "{touchpoint} {reading}: {odds} the odds after as many other steps, {tested}",
        touchpoint=first.touchpoint,
        reading=tr(first.reading),
        odds=odds,
        tested=tested,
    )


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
    both = tr(
        "{shares} of {all} with it reached the goal, {shares2} of the others",
        shares=shares[0],
        all=format_count(one.having.of),
        shares2=shares[1],
    )
    return f"{tr(one.reading)}; {both}"
