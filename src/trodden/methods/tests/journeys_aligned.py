"""What the tests of alignments share: journeys as text, random maps and walks, answers in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.oracles.alignment import Aligned, Seen
from trodden.methods.journeys.align import Alignments, align_units
from trodden.methods.journeys.automaton import Automaton, check_flow, compile_map
from trodden.methods.journeys.automaton_graph import FlowError
from trodden.methods.journeys.deviations import FLAGS, KINDS, Deviations, deviations_of
from trodden.methods.journeys.units import OPEN, REACHED, SILENT, Units
from trodden.model.catalog import Catalog
from trodden.model.event import CHANNELS, OUTCOMES
from trodden.model.journey_map import (
    Branch,
    Choice,
    JourneyMap,
    Loop,
    Optional,
    Parallel,
    Step,
    StepRef,
    Wait,
)
from trodden.model.walks import Bucket, Dictionaries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trodden.methods.journeys.flow import Flow

TOUCHPOINTS = ("a", "b", "c", "d", "e", "x")
STATES = {"open": OPEN, "reached": REACHED, "silent": SILENT}


def seen(text: str) -> list[Seen]:
    """Read a walk: one letter an event, or words with ``@channel`` and ``!outcome``; an hour apart."""
    words = text.split() if " " in text.strip() or "@" in text or "!" in text else list(text)
    found: list[Seen] = []
    for place, word in enumerate(words):
        rest, _, outcome = word.partition("!")
        name, _, channel = rest.partition("@")
        found.append(Seen(name, outcome or "unknown", channel or "web", place * 3600))
    return found


def catalog_of(journey_map: JourneyMap, touchpoints: Sequence[str] = TOUCHPOINTS) -> Catalog:
    return Catalog(
        snapshot="test",
        as_of=datetime(2026, 1, 1, tzinfo=UTC),
        dictionaries=Dictionaries(tuple(touchpoints)),
        maps={journey_map.key: journey_map},
    )


def units_of(
    walks: Sequence[Sequence[Seen]], states: Sequence[int], touchpoints: Sequence[str] = TOUCHPOINTS
) -> Units:
    """Lay walks out as units, one customer each."""
    events = [event for walk in walks for event in walk]
    offsets = np.cumsum([0, *map(len, walks)], dtype=np.int64)
    channel = [CHANNELS.index(event.channel) | OUTCOMES.index(event.outcome) << 4 for event in events]
    return Units(
        offsets=offsets,
        rows=np.arange(len(events), dtype=np.int64),
        occurred_at=np.array([event.at * 1_000_000 for event in events], dtype=np.int64),
        touchpoint=np.array([touchpoints.index(event.touchpoint) for event in events], dtype=np.uint16),
        channel_outcome=np.array(channel, dtype=np.uint8),
        flags=np.zeros(len(events), dtype=np.uint8),
        customer=np.arange(len(walks), dtype=np.int64),
        state=np.array(states, dtype=np.uint8),
        closed_at=np.zeros(len(walks), dtype=np.int64),
    )


def bucket_of(units: Units) -> Bucket:
    return Bucket(
        number=0,
        starts=units.offsets[:-1],
        ends=units.offsets[1:],
        occurred_at=units.occurred_at,
        touchpoint=units.touchpoint,
        channel_outcome=units.channel_outcome,
        flags=units.flags,
        keys=[f"c{number}" for number in range(len(units))],
    )


def solve(
    journey_map: JourneyMap, walks: Sequence[Sequence[Seen]], states: Sequence[int]
) -> tuple[Automaton, Units, Alignments, Deviations]:
    """Align and classify walks by the kernels."""
    automaton = compile_map(journey_map, catalog_of(journey_map))
    units = units_of(walks, states)
    found = align_units(automaton, bucket_of(units), units)
    return automaton, units, found, deviations_of(automaton, units, found)


def in_words(
    automaton: Automaton,
    units: Units,
    found: Alignments,
    kinds: Deviations,
    touchpoints: Sequence[str] = TOUCHPOINTS,
) -> list[Aligned]:
    """Return what the kernels found as the oracle says it, unit by unit."""
    spans = zip(pairwise(units.offsets.tolist()), pairwise(found.run_offsets.tolist()), strict=True)
    return [
        Aligned(
            int(found.cost[unit]),
            [automaton.steps[step] for step in found.run_step[run[0] : run[1]]],
            [event - span[0] if event >= 0 else None for event in found.run_event[run[0] : run[1]].tolist()],
            _rows(automaton, (units, touchpoints), kinds, found, span, run),
            _flags(kinds, span),
        )
        for unit, (span, run) in enumerate(spans)
    ]


def _rows(
    automaton: Automaton,
    named: tuple[Units, Sequence[str]],
    kinds: Deviations,
    found: Alignments,
    span: tuple[int, int],
    run: tuple[int, int],
) -> list[tuple[str, str, int, int]]:
    units, touchpoints = named
    rows = [
        (KINDS[kinds.run_kind[at] - 1], automaton.steps[found.run_step[at]], int(kinds.run_cost[at]), -1)
        for at in range(*run)
        if kinds.run_kind[at]
    ]
    for event in range(*span):
        if kinds.event_kind[event]:
            about = kinds.event_about[event]
            name = automaton.steps[about] if about >= 0 else touchpoints[units.touchpoint[event]]
            kind = KINDS[kinds.event_kind[event] - 1]
            rows.append((kind, name, int(kinds.event_cost[event]), event - span[0]))
    return rows


def _flags(kinds: Deviations, span: tuple[int, int]) -> list[tuple[int, str]]:
    return [
        (event - span[0], flag)
        for event in range(*span)
        for bit, flag in enumerate(FLAGS)
        if kinds.event_flags[event] >> bit & 1
    ]


# Random maps and walks


@st.composite
def _shapes(draw: st.DrawFn, depth: int) -> list[object]:
    """Draw a flow as nested lists: "step" or (kind, parts)."""
    items: list[object] = []
    for _ in range(draw(st.integers(1, 1 + depth))):
        kind = draw(st.sampled_from(("step", "step", "choice", "parallel", "optional", "loop", "again")))
        if depth == 0 or kind == "step":
            items.append("step")
            continue
        parts = 2 if kind in ("choice", "parallel", "again") else 1
        items.append((kind, [draw(_shapes(depth - 1)) for _ in range(parts)]))
    return items


def _built(shape: list[object], ids: list[str]) -> Flow:
    items = []
    for item in shape:
        if item == "step":
            ids.append(f"s{len(ids)}")
            items.append(StepRef(ids[-1]))
            continue
        kind, parts = item
        flows = [_built(part, ids) for part in parts]
        if kind == "choice":
            items.append(Choice(tuple(Branch(flow) for flow in flows)))
        elif kind == "parallel":
            items.append(Parallel(tuple(flows)))
        elif kind == "optional":
            items.append(Optional(flows[0]))
        else:
            items.append(Loop(*flows))
    return tuple(items)


@st.composite
def maps(draw: st.DrawFn) -> JourneyMap:
    """Draw a map of at most nine steps that can be told apart, some with outcomes and longest waits."""
    ids: list[str] = []
    flow = _built(draw(_shapes(2)), ids)
    assume(len(ids) <= 9)
    steps = []
    for id_ in ids:
        match = draw(st.lists(st.sampled_from(TOUCHPOINTS[:5]), min_size=1, max_size=2, unique=True))
        outcome = draw(st.sampled_from(((), (), (), ("ok",), ("failed", "unknown"))))
        wait = draw(st.sampled_from((None, timedelta(0), timedelta(hours=1))))
        steps.append(Step(id=id_, match=tuple(match), outcome=outcome, wait=Wait(longest=wait)))
    return told_apart(JourneyMap(name="random", flow=flow, steps=tuple(steps)))


def told_apart(journey_map: JourneyMap) -> JourneyMap:
    """Return the map where its steps can be told apart; others keep to a touchpoint nobody walks."""
    while True:
        try:
            check_flow(journey_map)
        except FlowError as error:
            alone = [replace(one, match=()) if one.id == error.step else one for one in journey_map.steps]
            journey_map = replace(journey_map, steps=tuple(alone))
        else:
            return journey_map


@st.composite
def walks(draw: st.DrawFn, longest: int = 7) -> list[Seen]:
    """Draw a walk over the touchpoints of random maps and one that stands in none."""
    found: list[Seen] = []
    at = 0
    for _ in range(draw(st.integers(1, longest))):
        at += draw(st.sampled_from((0, 1800, 3600, 3601)))
        touchpoint = draw(st.sampled_from(TOUCHPOINTS))
        outcome = draw(st.sampled_from(("unknown", "ok", "failed", "declined", "partial")))
        found.append(Seen(touchpoint, outcome, draw(st.sampled_from(("web", "phone"))), at))
    return found


def seeded_examples(count: int, longest: int = 9) -> list[tuple[JourneyMap, list[Seen], int]]:
    """Return the same random maps, walks and states every time: what tampered kernels are tried on."""
    random = Random(0)
    found: list[tuple[JourneyMap, list[Seen], int]] = []
    while len(found) < count:
        ids: list[str] = []
        flow = _built(_seeded_shape(random, 2), ids)
        steps = tuple(Step(id=id_, match=(random.choice(TOUCHPOINTS[:5]),)) for id_ in ids)
        journey_map = JourneyMap(name="seeded", flow=flow, steps=steps)
        walk = seen("".join(random.choice(TOUCHPOINTS) for _ in range(random.randint(1, longest))))
        try:
            check_flow(journey_map)
        except FlowError:
            continue
        if len(ids) <= 9:
            found.append((journey_map, walk, random.choice((OPEN, REACHED, SILENT))))
    return found


def _seeded_shape(random: Random, depth: int) -> list[object]:
    kinds = ("step", "step", "choice", "parallel", "optional", "loop", "again")
    items: list[object] = []
    for _ in range(random.randint(1, 3)):
        kind = random.choice(kinds)
        parts = 2 if kind in ("choice", "parallel", "again") else 1
        is_step = depth == 0 or kind == "step"
        items.append("step" if is_step else (kind, [_seeded_shape(random, depth - 1) for _ in range(parts)]))
    return items
