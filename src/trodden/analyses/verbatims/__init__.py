"""What customers said, drawn by lot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from trodden.analyses.verbatims.answer import Verbatims, VerbatimsQuestion
from trodden.analyses.verbatims.chart import verbatims_chart
from trodden.methods.journeys.lots import are_drawn, lots_of
from trodden.methods.journeys.periods import moment
from trodden.methods.journeys.select import Selection, resolve_selection, select, tell_about
from trodden.methods.journeys.select_names import Touchpoints
from trodden.methods.journeys.units import Counted, Units, count_units
from trodden.methods.stats.rates import wilson
from trodden.model.catalog import Catalog
from trodden.model.event import CHANNELS, OUTCOMES
from trodden.model.question import Answer, Verbatim
from trodden.model.walks import Bucket
from trodden.registry import Asks, Mergeable, analysis

_ANYWHERE: Final = -1
_NOWHERE: Final = -2


@dataclass(frozen=True, slots=True)
class Plan:
    """Where, and of how many lots one is drawn; ``code`` is -1 for anywhere, -2 for nowhere."""

    selection: Selection
    snapshot: str
    touchpoints: tuple[str, ...]
    code: int
    one_in: int
    draw: int
    limit: int


class Drawn(msgspec.Struct, frozen=True, order=True):
    """Words the lot fell on, in the order of their lots; where these are equal, of their event."""

    lot: int
    event_id: bytes
    occurred_at: int
    customer: str
    text: str
    touchpoint: int
    marks: int


@dataclass(frozen=True, slots=True)
class State:
    """Events looked at, those with words, and the first of these."""

    counted: Counted
    looked: int
    spoken: int
    words: tuple[Drawn, ...]
    limit: int


@analysis(
    "verbatims",
    asks=Asks("What did they say?", "people"),
    example=VerbatimsQuestion(),
    answer=Verbatims,
    chart=verbatims_chart,
)
class VerbatimsAnalysis(Mergeable[VerbatimsQuestion, Plan, State, Verbatims]):
    """Draw by lot from what customers said.

    Each event's lot is a number made of its time and of ``draw`` by a mixing function, so the same question
    draws the same words. One in ``one_in`` events is looked at, those with the smallest lots; of these the
    ones with words are shown in the order of their lots. The share with words is an estimate for all.

    References
    ----------
    Steele, G. L., Lea, D. and Flood, C. H. (2014). Fast splittable pseudorandom number generators. OOPSLA
    2014, 453-472 (the mixing function).
    """

    def plan(self, question: VerbatimsQuestion, catalog: Catalog, needs: Mapping[str, Answer]) -> Plan:  # noqa: ARG002 - needs nothing
        """Resolve names."""
        return Plan(
            selection=resolve_selection(question, catalog),
            snapshot=catalog.snapshot,
            touchpoints=catalog.dictionaries.touchpoints,
            code=_code(question.touchpoint, catalog),
            one_in=question.one_in,
            draw=question.draw,
            limit=question.limit,
        )

    def map(self, plan: Plan, bucket: Bucket) -> State:
        """Look at the events of one bucket the lot falls on."""
        units = select(bucket, plan.selection)
        here, lots = _looked_at(plan, units)
        texts = bucket.side.take("text", units.rows[here]) if bucket.side and len(here) else []
        spoken = np.array([bool(text) for text in texts], dtype=np.bool_)
        words = _drawn(plan, bucket, units, (here[spoken], lots[spoken])) if spoken.any() else ()
        return State(count_units(units), len(here), int(spoken.sum()), words, plan.limit)

    def merge(self, a: State, b: State) -> State:
        """Add counts; keep the words with the smallest lots."""
        words = tuple(sorted({*a.words, *b.words})[: a.limit])
        return State(a.counted + b.counted, a.looked + b.looked, a.spoken + b.spoken, words, a.limit)

    def finish(self, plan: Plan, state: State | None) -> Verbatims:
        """Name where the words were said."""
        state = state or State(Counted(), 0, 0, (), plan.limit)
        return Verbatims(
            about=tell_about("verbatims", plan.snapshot, plan.selection, state.counted),
            words=tuple(_verbatim(plan, one) for one in state.words),
            spoken=wilson(state.spoken, state.looked),
        )


def _code(name: str | None, catalog: Catalog) -> int:
    if name is None:
        return _ANYWHERE
    code = Touchpoints(catalog).code(name)
    return _NOWHERE if code is None else code


def _looked_at(plan: Plan, units: Units) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return the steps the lot falls on, and their lots."""
    steps = len(units.touchpoint)
    here = np.arange(steps) if plan.code == _ANYWHERE else np.flatnonzero(units.touchpoint == plan.code)
    lots = lots_of(units.occurred_at[here], plan.draw)
    wanted = are_drawn(lots, plan.one_in)
    return here[wanted], lots[wanted]


def _drawn(
    plan: Plan, bucket: Bucket, units: Units, spoken: tuple[NDArray[np.int64], NDArray[np.uint64]]
) -> tuple[Drawn, ...]:
    """Read the words with the smallest lots, and all of equal lots; equal moments share one."""
    here, lots = spoken
    if len(lots) > plan.limit:
        kept = lots <= np.partition(lots, plan.limit - 1)[plan.limit - 1]
        here, lots = here[kept], lots[kept]
    if bucket.side is None:
        return ()
    unit = np.searchsorted(units.offsets, here, side="right") - 1
    rows = units.rows[here]
    ids, texts = (bucket.side.take(name, rows) for name in ("event_id", "text"))
    found = [
        Drawn(
            lot=int(lots[place]),
            event_id=bytes(ids[place]),
            occurred_at=int(units.occurred_at[at]),
            customer=str(bucket.keys[int(units.customer[unit[place]])]),
            text=texts[place],
            touchpoint=int(units.touchpoint[at]),
            marks=int(units.channel_outcome[at]),
        )
        for place, at in enumerate(here.tolist())
    ]
    return tuple(sorted(set(found))[: plan.limit])


def _verbatim(plan: Plan, one: Drawn) -> Verbatim:
    return Verbatim(
        customer=one.customer,
        occurred_at=moment(one.occurred_at),
        text=one.text,
        touchpoint=plan.touchpoints[one.touchpoint],
        channel=CHANNELS[one.marks & 15],
        outcome=OUTCOMES[one.marks >> 4],
    )
