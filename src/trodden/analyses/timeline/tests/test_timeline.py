from __future__ import annotations

from tests.support.logs import catalog_of
from tests.support.walks import walks_from_text
from trodden.analyses.timeline.answer import TimelineAnswer, TimelineQuestion
from trodden.asking import Asker


def timeline(text: str, customer: str, **fields: object) -> TimelineAnswer:
    snapshot = walks_from_text(text)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(TimelineQuestion(customer=customer, **fields))  # type: ignore[arg-type]
    assert isinstance(answer, TimelineAnswer)
    return answer


def test_every_event_of_the_customer_and_nobody_elses() -> None:
    answer = timeline('NA x@web!failed 10:00 text="Oh no" | b x 10:01 | NA y@phone 10:02', "NA")
    moments = [one for spell in answer.spells for one in spell.events]
    assert [(one.touchpoint, one.channel, one.outcome, one.text) for one in moments] == [
        ("x", "web", "failed", "Oh no"),
        ("y", "phone", "unknown", ""),
    ]


def test_a_silence_as_long_as_the_gap_stays_in_the_spell() -> None:
    answer = timeline("a x 00:00 | a y 12:00 | a z +1 00:00:01", "a")
    assert [[one.touchpoint for one in spell.events] for spell in answer.spells] == [["x", "y"], ["z"]]
    assert [spell.silence_s for spell in answer.spells] == [0.0, 43_201.0]


def test_of_more_events_than_the_limit_the_latest_are_shown() -> None:
    answer = timeline("a x 10:00 | a y 10:01 | a z 10:02", "a", limit=2)
    assert [one.touchpoint for spell in answer.spells for one in spell.events] == ["y", "z"]
    assert answer.hidden == 1


def test_a_tie_is_marked() -> None:
    answer = timeline("a x 10:00 source=one | a y 10:00 source=two", "a")
    assert [one.tie for spell in answer.spells for one in spell.events] == [False, True]


def test_nobody_of_that_name_is_an_empty_answer() -> None:
    answer = timeline("a x 10:00", "A")
    assert answer.spells == ()
    assert answer.about.units == 0
