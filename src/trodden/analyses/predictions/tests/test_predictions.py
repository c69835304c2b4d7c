"""Predictions on walks worked out by hand, and against other answers about the same journeys."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.conformance.answer import Conformance, ConformanceQuestion
from trodden.analyses.predictions.answer import Cell, Predicted, Predictions, PredictionsQuestion
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.methods.journeys.maps import parse_map, publish
from trodden.registry import find

if TYPE_CHECKING:
    from tests.support.logs import Event
    from trodden.model.journey_map import JourneyMap
    from trodden.model.walks import Snapshot

TEXT = """
name: Buying
author: Ada
steps:
  - {id: pick, wait: {typical: 1h, longest: 3h}}
flow: [look, choice: [{flow: [pick], share: 0.5}, {flow: [call], share: 0.5}], pay]
forecast: {reached: 0.6, low: 0.5, high: 0.7}
bounds: {silence: 5d}
"""
DRAFT = parse_map(TEXT, "map.yaml")
PUBLISHED = publish(DRAFT, datetime(2026, 2, 1, tzinfo=UTC))


def ask(snapshot: Snapshot, *maps: JourneyMap, **fields: Any) -> Predictions:  # noqa: ANN401 - any field
    asker = Asker(snapshot, catalog_of(snapshot, maps), engine=ThreadEngine(1))
    answer = asker.ask(PredictionsQuestion(**fields))
    assert isinstance(answer, Predictions)
    return answer


def of_text(text: str, *maps: JourneyMap, as_of: str = "2026-06-01", **fields: Any) -> Predictions:  # noqa: ANN401 - any field
    given = {"map": "Buying", "at_least": 1, **fields}
    return ask(walks_from_text(text, as_of=as_of), *(maps or (PUBLISHED,)), **given)


def one_of(answer: Predictions, kind: str) -> Predicted:
    return next(one for one in answer.predictions if one.kind == kind)


def journeys(first_day: int, names: str, way: str = "pick") -> str:
    """Return journeys that begin on a day; those in capital letters reach the goal."""
    lines: list[str] = []
    for name in names:
        who = f"{name}{first_day}{way}"
        lines += [f"{who} look +{first_day} 10:00", f"{who} {way} +{first_day} 11:00"]
        lines += [f"{who} pay +{first_day} 12:00"] if name.isupper() else []
    return " | ".join(lines)


JANUARY, FEBRUARY, MARCH = 5, 40, 65


def cells(found: Predicted) -> list[tuple[int, int, bool | None]]:
    return [(cell.actual.count, cell.actual.of, cell.inside) for cell in found.cells]


def test_only_what_began_after_the_publication_is_scored() -> None:
    text = f"{journeys(JANUARY, 'abcde')} | {journeys(FEBRUARY, 'ABCde')} | {journeys(MARCH, 'ABCDE')}"
    answer = of_text(text, as_of="2026-04-15")
    goal = one_of(answer, "reached")
    assert cells(goal) == [(3, 5, True), (5, 5, False), (0, 0, None)]
    assert (goal.actual.count, goal.actual.of, goal.verdict) == (8, 10, "unclear")
    assert [cell.score for cell in goal.cells] == [pytest.approx(0.2), pytest.approx(0.2 + 40 * 0.3), None]
    assert [one.start.month for one in answer.periods] == [2, 3, 4]
    assert [one.is_complete for one in answer.periods] == [True, True, False]
    assert not any(one.is_hindsight for one in answer.periods)
    assert answer.about.units == 15


def test_the_naive_forecast_is_the_last_whole_period_with_its_interval() -> None:
    text = f"{journeys(JANUARY, 'ABcde')} | {journeys(FEBRUARY, 'ABCde')} | {journeys(MARCH, 'ABCDE')}"
    february, march, _ = one_of(of_text(text, as_of="2026-04-15"), "reached").cells
    assert (february.naive_low, february.naive_high) == (
        pytest.approx(0.1176, abs=1e-4),
        pytest.approx(0.7693, abs=1e-4),
    )
    assert february.naive_inside
    assert february.naive_score == pytest.approx(0.7693 - 0.1176, abs=1e-4)
    assert (march.naive_low, march.naive_inside) == (pytest.approx(0.2307, abs=1e-4), False)


def test_a_period_with_too_few_neither_scores_nor_forecasts() -> None:
    text = f"{journeys(JANUARY, 'AB')} | {journeys(FEBRUARY, 'ABCde')} | {journeys(MARCH, 'AB')}"
    goal = one_of(of_text(text, as_of="2026-04-15", at_least=3), "reached")
    assert [cell.inside for cell in goal.cells] == [True, None, None]
    assert [cell.naive_score for cell in goal.cells] == [None, None, None]
    assert one_of(of_text(text, as_of="2026-04-15", at_least=8), "reached").verdict == "too few to say"


def test_planning_accuracy_is_the_share_inside_and_the_mean_score() -> None:
    text = f"{journeys(FEBRUARY, 'ABCde')} | {journeys(MARCH, 'ABCDE')}"
    answer = of_text(text, as_of="2026-04-15")
    scored = [cell for one in answer.predictions for cell in one.cells if cell.score is not None]
    planning = answer.maps[0].planning
    assert (planning.said.inside.count, planning.said.inside.of) == (sum(map(_inside, scored)), len(scored))
    assert planning.said.score.value == pytest.approx(sum(cell.score or 0 for cell in scored) / len(scored))
    assert planning.naive.inside.of == planning.same.inside.of == len(scored) / 2
    assert (answer.authors[0].author, answer.authors[0].planning) == ("Ada", planning)


def _inside(cell: Cell) -> bool:
    return bool(cell.inside)


def test_waits_and_branches_are_shares() -> None:
    called = journeys(FEBRUARY, "D", "call")
    text = f"{journeys(FEBRUARY, 'ABC')} | {called} | z look +41 10:00 | z pick +41 15:00"
    answer = of_text(text, as_of="2026-04-15")
    branch, typical, longest = (one_of(answer, kind) for kind in ("branch", "typical wait", "longest wait"))
    assert (branch.actual.count, branch.actual.of, branch.low, branch.high) == (4, 5, 0.45, 0.55)
    assert (typical.actual.count, typical.actual.of, typical.wait_s) == (3, 4, 3600)
    assert (longest.actual.count, longest.actual.of, longest.verdict) == (3, 4, "unclear")
    assert (typical.median.value, typical.p90_s) == (
        pytest.approx(3600, rel=0.005),
        pytest.approx(18_000, rel=0.005),
    )


def test_a_period_with_many_open_journeys_is_not_complete() -> None:
    closed = journeys(FEBRUARY, "ABCDEFGHIJKLMNOPQRS")
    one_open = f"{closed} | z look +52 10:00"
    assert of_text(one_open, as_of="2026-03-01").periods[0].is_complete is True
    assert of_text(f"{one_open} | y look +52 10:00", as_of="2026-02-28").periods[0].is_complete is False
    two = of_text(f"{one_open} | y look +58 10:00 | x look +58 10:00", as_of="2026-03-01")
    assert (two.periods[0].open, two.periods[0].is_complete) == (2, False)


def test_a_draft_says_how_to_have_it_scored() -> None:
    answer = of_text(journeys(FEBRUARY, "AB"), DRAFT)
    assert (answer.status, answer.periods) == ("a draft", ())
    assert all(one.cells == () and one.actual.of == 0 for one in answer.predictions)
    assert "trodden map publish" in answer.advice[0]
    assert "hindsight" in answer.advice[1]
    assert (
        find("predictions").chart(answer).title == "Buying@1 is a draft: its predictions are not locked yet"
    )


def test_a_draft_in_hindsight_says_so() -> None:
    answer = of_text(journeys(FEBRUARY, "AB"), DRAFT, hindsight=True)
    assert answer.status == "scored"
    assert all(one.is_hindsight for one in answer.periods)
    assert "hindsight" in answer.about.notes[0]


def test_a_published_map_without_predictions_says_what_to_add() -> None:
    bare = publish(parse_map("name: Buying\nflow: [look, pay]"), datetime(2026, 2, 1, tzinfo=UTC))
    answer = of_text(journeys(FEBRUARY, "AB"), bare)
    assert answer.status == "predicts nothing"
    assert "forecast" in answer.advice[0]
    assert "version 2" in answer.advice[1]


def test_before_anything_was_walked_it_is_too_early() -> None:
    answer = of_text(journeys(JANUARY, "AB"), as_of="2026-01-30")
    assert answer.status == "too early"
    assert "2026-02-01" in answer.advice[0]


def test_a_later_version_takes_over() -> None:
    second = publish(replace(DRAFT, version=2, author="Bo"), datetime(2026, 3, 1, tzinfo=UTC))
    text = f"{journeys(FEBRUARY, 'ABCde')} | {journeys(MARCH, 'ABCDE')}"
    first = of_text(text, PUBLISHED, second, map="Buying@1")
    assert [(one.start.month, one.journeys) for one in first.periods] == [(2, 5)]
    both = of_text(text, PUBLISHED, second, map=None)
    assert {one.author: one.planning.said.inside.of for one in both.authors} == {"Ada": 5, "Bo": 5}
    assert [one.map for one in both.maps] == ["Buying@1", "Buying@2"]
    assert both.maps[0] == first.maps[0]
    assert both.about.unit == "customer"
    assert find("predictions").chart(both).title == "Planning accuracy of 2 maps"


def test_one_author_of_two_maps_is_told_together() -> None:
    other = publish(parse_map(TEXT.replace("Buying", "Else")), datetime(2026, 2, 1, tzinfo=UTC))
    answer = of_text(journeys(FEBRUARY, "ABCde"), PUBLISHED, other, map=None)
    (author,) = answer.authors
    assert (author.maps, author.planning.said.inside.of) == (2, 10)
    scores = [one.planning.said.score.value or 0 for one in answer.maps]
    assert author.planning.said.score.value == pytest.approx(sum(scores) / 2)


def test_without_any_published_map_it_is_said_what_to_do() -> None:
    answer = of_text(journeys(FEBRUARY, "AB"), DRAFT, map=None)
    assert (answer.status, answer.maps) == ("no map", ())
    assert "trodden map publish" in answer.advice[0]


def test_a_part_of_the_journeys_is_told_as_such() -> None:
    answer = of_text(journeys(FEBRUARY, "AB"), where="pick")
    assert answer.about.notes == ("The map predicts all journeys; these are some of them.",)


def test_the_chart_colours_only_what_is_clearly_off() -> None:
    answer = of_text(journeys(FEBRUARY, "ABCDEFGHIJKLMNOPQRST"), as_of="2026-04-15")
    chart = find("predictions").chart(answer)
    tones = {bar.label: bar.tone for bar in chart.bars}
    assert tones == {
        "Goal reached": "warn",
        "Branch of pick": "warn",
        "Branch of call": "warn",
        "pick within 60 min": "warn",
        "pick within 3 h": "plain",
    }
    assert chart.title == "1 of 5 shares that Buying@1 predicts held"
    assert "checks were inside" in chart.notes[0]
    assert "mean interval score" in chart.notes[0]


@settings(deadline=None)
@given(log=logs())
def test_shares_are_those_of_conformance(log: list[Event]) -> None:
    """Far later, all journeys are closed and all periods complete: both answers tell the same journeys."""
    snapshot = walks_of(log, as_of=datetime(2027, 1, 1, tzinfo=UTC))
    scored = ask(snapshot, SAMPLE, map="Getting connected", hindsight=True, at_least=1)
    asker = Asker(snapshot, catalog_of(snapshot), engine=ThreadEngine(1))
    whole = asker.ask(ConformanceQuestion(map="Getting connected"))
    assert isinstance(whole, Conformance)
    expected = {one.branch: one.journeys for one in whole.branches}
    for one in scored.predictions:
        if one.kind == "branch":
            assert one.actual == expected[one.step]
    assert sum(one.journeys for one in scored.periods) == scored.about.units
    goal = one_of(scored, "reached")
    assert sum(cell.actual.of for cell in goal.cells) == goal.actual.of == scored.about.units
