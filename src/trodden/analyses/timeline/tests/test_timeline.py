from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import timeline as oracle
from tests.support.logs import AS_OF, CUSTOMERS, catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.timeline.answer import TimelineAnswer, TimelineQuestion
from trodden.analyses.timeline.chart import timeline_chart
from trodden.asking import Asker

if TYPE_CHECKING:
    from trodden.model.event import Event


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


@settings(deadline=None)
@given(log=logs(), customer=st.sampled_from(CUSTOMERS), limit=st.integers(1, 12))
def test_a_timeline_equals_plain_loops(log: list[Event], customer: str, limit: int) -> None:
    snapshot = walks_of(log)
    gap = timedelta(hours=6)
    question = TimelineQuestion(customer=customer, gap=gap, limit=limit)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(question)
    assert isinstance(answer, TimelineAnswer)
    expected = oracle.tell(log, customer, AS_OF, gap, limit)
    if expected is None:
        assert (answer.first_at, answer.last_at, answer.events, answer.spells) == (None, None, 0, ())
        return
    assert {
        "first_at": answer.first_at,
        "last_at": answer.last_at,
        "events": answer.events,
        "channels": {one.channel: one.events for one in answer.channels},
        "episodes": answer.episodes,
        "failures": answer.failures,
        "longest": answer.longest_silence_s,
        "spells": [
            (spell.silence_s, [(one.event_id, one.touchpoint, one.tie) for one in spell.events])
            for spell in answer.spells
        ],
        "hidden": answer.hidden,
    } == expected


def test_totals_and_headline_are_of_all_events_whatever_is_shown() -> None:
    text = "a x@web!failed 10:00 | a y@phone +4 10:00 | a z@phone +4 10:01 | a w@web +9 10:00"
    whole, latest = timeline(text, "a"), timeline(text, "a", limit=1)
    assert (latest.hidden, len(latest.spells)) == (3, 1)
    told = ("first_at", "last_at", "events", "channels", "episodes", "failures", "longest_silence_s")
    for field in told:
        assert getattr(latest, field) == getattr(whole, field), field
    assert (whole.events, whole.episodes, whole.failures) == (4, 3, 1)
    assert [(one.channel, one.events) for one in whole.channels] == [("phone", 2), ("web", 2)]
    assert (
        timeline_chart(latest).title
        == timeline_chart(whole).title
        == ("4 events of a over 9 d, the longest silence 5.0 d")
    )


def test_an_episode_whose_beginning_is_hidden_follows_no_silence() -> None:
    text = "a x 10:00 | a y +4 10:00 | a z +4 10:01"
    assert [spell.silence_s for spell in timeline(text, "a", limit=1).spells] == [0.0]
    assert [spell.silence_s for spell in timeline(text, "a", limit=2).spells] == [4 * 86_400.0]


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [(500, "JPY", "500 JPY"), (1_500, "KWD", "1.500 KWD"), (1_999, "EUR", "19.99 EUR"), (250, "", "2.50")],
)
def test_money_is_written_with_the_decimals_of_its_currency(minor: int, currency: str, written: str) -> None:
    answer = timeline("a x 10:00", "a")
    spell = answer.spells[0]
    paid = msgspec.structs.replace(spell.events[0], value_minor=minor, currency=currency)
    spells = (msgspec.structs.replace(spell, events=(paid,)),)
    chart = timeline_chart(msgspec.structs.replace(answer, spells=spells))
    assert chart.episodes[0].events[0].detail == written
