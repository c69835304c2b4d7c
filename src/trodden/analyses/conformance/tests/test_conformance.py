from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from tests.oracles import alignment as oracle
from tests.oracles.alignment import Seen
from tests.support.desk import desk_events
from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.conformance import ConformanceQuestion
from trodden.analyses.conformance.answer import Conformance
from trodden.analyses.conformance.chart import conformance_chart
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.select import resolve_selection, select
from trodden.methods.journeys.units import OPEN, REACHED
from trodden.model.errors import QuestionError
from trodden.model.event import CHANNELS, OUTCOMES

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.methods.journeys.units import Units
    from trodden.model.event import Event
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Snapshot

SHOP = parse_map(
    """
name: Shop
steps:
  - {id: a, label: Look}
  - {id: b, wait: {longest: 2h}}
  - {id: e, match: [e]}
flow: [a, choice: [{flow: [b], share: 0.7}, {flow: [c], share: 0.3}], optional: [d], e]
scope: {also: [x]}
bounds: {silence: 1d}
forecast: {reached: 0.8}
accepted: [{kind: ad hoc, step: x}]
"""
)


def ask(
    text: str, journey_map: JourneyMap = SHOP, as_of: str = "2026-02-01T00:00:00Z", **fields: object
) -> Conformance:
    snapshot = walks_from_text(text, as_of=as_of)
    asked = ConformanceQuestion(map=journey_map.name, **fields)  # type: ignore[arg-type]
    answer = Asker(snapshot, catalog_of(snapshot, (journey_map,))).ask(asked)
    assert isinstance(answer, Conformance)
    return answer


def hourly(*walks: str) -> str:
    """Write one customer a walk, one letter an event, an hour apart."""
    return " | ".join(
        f"k{number} {letter} {10 + hour}:00"
        for number, walk in enumerate(walks)
        for hour, letter in enumerate(walk)
    )


def test_the_set_adds_up_the_worked_journeys() -> None:
    answer = ask(hourly("abe", "ae", "abce", "abbe", "adbe", "axbe", "ab", "a"))
    assert (answer.fits.count, answer.fits.of, answer.cost) == (1, 8, 8)
    assert answer.fitness == 1 - 8 / (3 + 2 + 4 + 4 + 4 + 4 + 2 + 1 + 8 * 3)
    assert answer.as_designed.count == 2
    assert (answer.reached.count, answer.expected) == (6, 0.8)


def test_an_accepted_variation_counts_as_designed_and_leaves_fitness_alone() -> None:
    answer = ask(hourly("axbe"))
    assert (answer.fits.count, answer.as_designed.count, answer.cost) == (0, 1, 1)


def test_a_flag_alone_keeps_a_journey_that_fits_from_being_as_designed() -> None:
    answer = ask("u a 10:00 | u b 12:01 | u e 12:02 | v a 10:00 | v b 12:00 | v e 12:02")
    assert (answer.fits.count, answer.as_designed.count) == (2, 1)


def test_open_journeys_stand_apart_and_are_aligned_with_prefixes() -> None:
    answer = ask(hourly("abe", "ab", "ax"), as_of="2026-01-01T20:00:00Z")
    assert (answer.fits.count, answer.fits.of, answer.about.open) == (1, 1, 2)
    assert (answer.open.journeys, answer.open.fits.count, answer.open.as_designed.count) == (2, 1, 2)
    assert answer.open.fitness == 1 - 1 / 4


def test_what_happened_at_each_step() -> None:
    answer = ask(hourly("abe", "ae", "abbe") + " | u a 10:00 | u b!failed 13:00 | u e 13:30")
    look, step_b, _, _, end = answer.steps
    assert (look.label, look.journeys.count, look.journeys.of, look.wait.n) == ("Look", 4, 4, 0)
    assert (step_b.journeys.count, step_b.missing.count) == (3, 1)
    assert (step_b.wait.value, step_b.wait.n) == (3607.5, 3)
    assert step_b.paused is not None
    assert (step_b.paused.count, step_b.paused.of) == (1, 3)
    assert (step_b.failing.count, step_b.failing.of) == (1, 3)
    assert (end.paused, end.wait.n) == (None, 4)


def test_branches_are_shared_by_those_who_came_to_the_choice() -> None:
    answer = ask(hourly("abe", "abe", "ace", "ae"))
    shares = {one.branch: (one.journeys.count, one.journeys.of, one.expected) for one in answer.branches}
    assert shares == {"b": (2, 3, 0.7), "c": (1, 3, 0.3)}


def test_precision_falls_with_what_is_never_walked() -> None:
    straight = parse_map("{name: Line, flow: [a, b, e]}")
    assert ask(hourly("abe", "abe"), straight).precision == 1.0
    assert ask(hourly("abe", "abe")).precision == pytest.approx(1 - 4 / 12)


def test_too_many_different_runs_are_said_and_not_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trodden.methods.journeys.precision.MOST_RUNS", 1)
    answer = ask(hourly("abe", "ace", "abde"))
    assert answer.precision is None
    assert "different runs: precision is not told" in answer.about.notes[-1]


def test_the_costliest_journeys_are_shown_the_earliest_first() -> None:
    answer = ask(
        hourly("abxe", "aee", "xaxcbbe") + " | z a 09:00 | z x 09:10 | z b 09:20 | z e 09:30", examples=2
    )
    assert [(one.customer, one.cost) for one in answer.examples] == [("k2", 3), ("z", 1)]


def test_without_a_map_the_question_is_refused() -> None:
    snapshot = walks_from_text("a a 10:00")
    with pytest.raises(QuestionError, match="no map to hold the journeys against"):
        Asker(snapshot, catalog_of(snapshot)).ask(ConformanceQuestion())


def test_the_title_says_what_was_found() -> None:
    assert conformance_chart(ask(hourly("abe", "ae"))).title == (
        "50 % [9.5–91 %] of 2 journeys fit the map; fitness 0.909"  # noqa: RUF001 - an en dash
    )
    assert (
        conformance_chart(ask("k0 a 10:00", as_of="2026-01-01T11:00:00Z")).title == "No journey has ended yet"
    )


# Against brute force and a real log


def walks_in(snapshot: Snapshot, units: Units) -> list[tuple[list[Seen], int]]:
    """Return each unit's events in words, and its state."""
    names = snapshot.dictionaries.touchpoints
    found = []
    for unit in range(len(units)):
        span = range(units.offsets[unit], units.offsets[unit + 1])
        walk = [
            Seen(
                names[units.touchpoint[at]],
                OUTCOMES[units.channel_outcome[at] >> 4],
                CHANNELS[units.channel_outcome[at] & 15],
                int(units.occurred_at[at]) // 1_000_000,
            )
            for at in span
        ]
        found.append((walk, int(units.state[unit])))
    return found


@given(logs())
def test_the_answer_equals_brute_force(log: list[Event]) -> None:
    snapshot = walks_of(log)
    catalog = catalog_of(snapshot)
    asked = ConformanceQuestion(map=SAMPLE.name)
    answer = Asker(snapshot, catalog).ask(asked)
    assert isinstance(answer, Conformance)
    selection = resolve_selection(asked, catalog)
    found = [one for bucket in snapshot.buckets() for one in walks_in(snapshot, select(bucket, selection))]
    closed = [
        (walk, oracle.align(SAMPLE, walk, is_open=False, reached=state == REACHED))
        for walk, state in found
        if state != OPEN
    ]
    running = [(walk, oracle.align(SAMPLE, walk, is_open=True)) for walk, state in found if state == OPEN]
    assert (answer.fits.count, answer.fits.of) == (sum(best.cost == 0 for _, best in closed), len(closed))
    assert answer.cost == sum(best.cost for _, best in closed)
    assert answer.as_designed.count == sum(not best.rows and not best.flags for _, best in closed)
    most = sum(oracle.denominator(SAMPLE, walk) for walk, _ in closed)
    assert answer.fitness == (pytest.approx(1 - answer.cost / most) if most else None)
    assert answer.precision == pytest.approx(oracle.precision(SAMPLE, [best.run for _, best in closed]))
    assert answer.open.fits.count == sum(best.cost == 0 for _, best in running)
    for step in answer.steps:
        matched = [step.step in _matched(best) for _, best in closed]
        assert step.journeys.count == sum(matched)
        assert step.missing.count == sum(("missing", step.step, 1, -1) in best.rows for _, best in closed)
        assert step.open == sum(step.step in _matched(best) for _, best in running)


def _matched(best: oracle.Aligned) -> set[str]:
    return {step for step, event in zip(best.run, best.events, strict=True) if event is not None}


DESK = parse_map("{name: Desk, flow: ['1', '8', '6'], scope: {also: ['2', '3', '4', '5', '7', '9']}}")


def test_the_help_desk_fits_its_plan_as_published(shared: Path) -> None:
    snapshot = walks_of(desk_events(shared), datetime(2030, 1, 1, tzinfo=UTC))
    asked = ConformanceQuestion(map="Desk", unit="customer")
    answer = Asker(snapshot, catalog_of(snapshot, (DESK,))).ask(asked)
    assert isinstance(answer, Conformance)
    assert (answer.about.units, answer.about.events, answer.fits.of) == (3_804, 13_710, 3_804)
    assert (answer.fits.count, round(100 * (answer.fits.value or 0), 2)) == (2_173, 57.12)
    assert answer.fitness == 0.8855982803916885
