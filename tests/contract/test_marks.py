"""Every mark of every chart opens as many as it says: the number shown is the number opened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.logs import SAMPLE, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.asking import Asker
from trodden.charts import Bars, Flow, Lines, Link, Matrix, Sequences, Table
from trodden.charts.links import opened
from trodden.engines.threads import ThreadEngine
from trodden.methods.journeys.maps import parse_map
from trodden.questions import question_from, read_question, write_question
from trodden.registry import find, registrations

if TYPE_CHECKING:
    from trodden.charts import Chart
    from trodden.model.event import Event
    from trodden.model.question import Question

MAP = "Getting connected"

NESTED = parse_map(
    """
name: Nested
author: Ada
flow:
  - choice:
      - flow: [choice: [{flow: [Order], share: 0.5}, {flow: [Survey], share: 0.5}], Installation]
        share: 0.8
      - {flow: [Sales call], share: 0.2}
  - First bill
forecast: {reached: 0.5}
""",
    "nested.yaml",
)
"""A branch and one of the choice within it begin with the same step."""

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("changes_of_mind", {}),
    ("changes_of_mind", {"unit": "customer", "within": "1h"}),
    ("conformance", {}),
    ("departures", {}),
    ("departures", {"map": MAP}),
    ("departures", {"unit": "session"}),
    ("deviations", {}),
    ("flow", {}),
    ("flow", {"map": MAP, "direction": "backward", "nodes": 1}),
    ("flow", {"anchor": "Order", "occurrence": "every", "nodes": 2}),
    ("funnel", {}),
    ("funnel", {"map": MAP, "within": "2h", "order": "any"}),
    ("funnel", {"entry": "first", "exclude": "Help article", "optional": "Installation"}),
    ("lifecycle", {"by": "day"}),
    ("lifecycle", {"map": MAP, "active": "Order", "by": "month"}),
    ("overview", {"unit": "session"}),
    ("overview", {"where": "Order"}),
    ("pauses", {"floor": "1min"}),
    ("pauses", {"map": MAP, "floor": "10min"}),
    ("predictions", {"every": "week", "at_least": 1}),
    ("predictions", {"map": "Nested", "every": "week", "at_least": 1, "hindsight": True}),
    ("retention", {"by": "day"}),
    ("retention", {"by": "day", "rolling": 2, "counting": "on or after", "periods": 3}),
    ("retention", {"by": "month", "map": MAP, "start": "Order", "returns": "any"}),
    ("segments", {}),
    ("segments", {"segments": ("did Order", "did (Order -> .* -> Survey)"), "show": "overlap"}),
    ("segments", {"map": MAP, "segment_at": "start", "show": "overlap"}),
    ("sequences", {"min_support": 0.01}),
    ("sequences", {"map": MAP, "min_support": 0.01, "max_gap": 1, "longest_wait": "1h"}),
    ("sequences", {"goal": "Order", "min_support": 0.01}),
    ("success", {"map": MAP, "min_count": 1}),
    ("success", {"goal": "Order", "window": "1h", "min_count": 1, "unit": "session"}),
    ("touchpoint", {"by": "day"}),
    ("touchpoint", {"touchpoint": "Order", "by": "month", "unit": "session"}),
    ("transitions", {}),
    ("transitions", {"limit": 3, "unit": "session"}),
    ("variants", {"limit": 2}),
    ("variants", {"map": MAP, "collapse": True, "where": "Order"}),
    ("verdicts", {}),
)
"""Analyses whose charts have marks, each asked in ways that matter to who is counted."""

patient = settings(
    max_examples=settings().max_examples // 5,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def links_of(chart: Chart) -> Iterator[Link]:
    found: list[Link | None] = []
    if isinstance(chart, Bars):
        found = [bar.link for bar in chart.bars]
    elif isinstance(chart, Flow):
        found = [one.link for one in (*chart.nodes, *chart.edges)]
    elif isinstance(chart, Sequences):
        found = [one.link for one in chart.sequences]
    elif isinstance(chart, Table):
        found = list(chart.links)
    elif isinstance(chart, Lines):
        found = [link for series in chart.series for link in series.links]
    elif isinstance(chart, Matrix):
        found = [link for row in chart.links for link in row]
    return (link for link in found if link is not None and link.analysis == "customers")


def asker_of(log: list[Event]) -> Asker:
    snapshot = walks_of(log)
    return Asker(snapshot, catalog_of(snapshot, (SAMPLE, NESTED)), engine=ThreadEngine(1))


def open_marks(asker: Asker, question: Question, chart: Chart) -> int:
    """Open the first marks and the last two, and compare; return how many said how many they are of.

    Marks that are called the same say the same: an address opens one answer.
    """
    said = 0
    links = list(links_of(chart))
    called = {msgspec.json.encode(link.fields, order="sorted"): link for link in links}
    assert all(called[msgspec.json.encode(link.fields, order="sorted")] == link for link in links)
    for link in (*links[:3], *links[max(len(links) - 2, 3) :]):
        asked = read_question(find("customers").question, opened(link, write_question(question)))
        about = asker.ask(asked).about
        assert link.units in {None, about.units}, link
        assert link.customers in {None, about.customers}, link
        said += link.units is not None or link.customers is not None
    return said


def example_of(name: str, changes: dict[str, Any]) -> Question:
    given = msgspec.structs.asdict(registrations()[name].example)
    return question_from(registrations()[name].question, {**given, **changes})


@pytest.mark.parametrize(("name", "changes"), ASKED)
@patient
@given(log=logs(), segment=st.sampled_from([None, "region = north"]))
def test_a_mark_opens_as_many_as_it_says(
    name: str, changes: dict[str, Any], log: list[Event], segment: str | None
) -> None:
    asker = asker_of(log)
    has_north = any('"north"' in event.properties for event in log)
    question = example_of(name, {**changes, **({"segment": segment} if segment and has_north else {})})
    open_marks(asker, question, find(name).chart(asker.ask(question)))


@pytest.mark.parametrize("name", sorted(name for name, found in registrations().items() if found.opens))
def test_every_analysis_that_knows_who_stands_behind_its_marks_is_asked(name: str) -> None:
    assert name in {asked for asked, _ in ASKED}


@pytest.mark.parametrize(
    ("name", "changes", "marks"),
    [
        ("lifecycle", {}, 14),
        ("touchpoint", {"touchpoint": "b"}, 3),
        ("retention", {"periods": 4}, 14),
        ("retention", {"periods": 4, "rolling": 7, "counting": "on or after"}, 16),
    ],
)
def test_every_point_and_every_cell_opens_as_many_as_it_says(
    name: str, changes: dict[str, Any], marks: int
) -> None:
    weeks = {"one": (0, 1, 2, 5), "two": (0, 2, 3), "three": (1, 2), "four": (3, 4, 5), "five": (5,)}
    text = " | ".join(
        f"{who} a +{7 * week} 10:00 | {who} {'b' if week % 2 else 'a'} +{7 * week} 11:00"
        for who, held in weeks.items()
        for week in held
    )
    snapshot = walks_from_text(text, as_of="2026-02-12")
    asker = Asker(snapshot, catalog_of(snapshot), engine=ThreadEngine(1))
    question = example_of(name, changes)
    links = list(links_of(find(name).chart(asker.ask(question))))
    opens = [
        asker.ask(
            read_question(find("customers").question, opened(link, write_question(question)))
        ).about.units
        for link in links
    ]
    assert opens == [link.units for link in links]
    assert len(opens) == marks


def test_branches_of_nested_choices_that_begin_alike_open_their_own_customers() -> None:
    first = {"a": "Order", "b": "Order", "c": "Survey", "d": "Survey", "e": "Survey"}
    text = " | ".join(
        f'{who} {way} 10:00 | {who} Installation 11:00 | {who} "First bill" 12:00'
        for who, way in first.items()
    )
    snapshot = walks_from_text(f'{text} | z "Sales call" 10:00 | z "First bill" 11:00', as_of="2026-03-01")
    asker = Asker(snapshot, catalog_of(snapshot, (NESTED,)), engine=ThreadEngine(1))
    question = example_of("predictions", {"map": "Nested", "at_least": 1, "hindsight": True})
    chart = find("predictions").chart(asker.ask(question))
    assert [link.units for link in links_of(chart)] == [6, 5, 2, 3, 1]
    for link in links_of(chart):
        asked = read_question(find("customers").question, opened(link, write_question(question)))
        assert asker.ask(asked).about.units == link.units
