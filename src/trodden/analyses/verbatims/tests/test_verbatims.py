from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.logs import catalog_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.verbatims.answer import Verbatims, VerbatimsQuestion
from trodden.asking import Asker
from trodden.methods.journeys.lots import lots_of

if TYPE_CHECKING:
    from trodden.model.event import Event
    from trodden.model.walks import Snapshot


def asked(snapshot: Snapshot, **fields: object) -> Verbatims:
    question = VerbatimsQuestion(**fields)  # type: ignore[arg-type]
    answer = Asker(snapshot, catalog_of(snapshot)).ask(question)
    assert isinstance(answer, Verbatims)
    return answer


def many(count: int) -> Snapshot:
    rows = [
        f'c{place} x{place % 2} +{place // 600} {10 + place // 60 % 10}:{place % 60:02} text="said {place}"'
        for place in range(count)
    ]
    return walks_from_text(" | ".join(rows))


@settings(deadline=None)
@given(log=logs(), one_in=st.integers(1, 3), limit=st.integers(1, 200), draw=st.integers(0, 5))
def test_the_words_shown_are_those_of_the_smallest_lots(
    log: list[Event], one_in: int, limit: int, draw: int
) -> None:
    spoken = [msgspec.structs.replace(one, text="" if one.seq % 3 else f"said {one.seq}") for one in log]
    answer = asked(walks_of(spoken), one_in=one_in, limit=limit, draw=draw)
    epoch = [int(one.occurred_at.timestamp() * 1_000_000) for one in spoken]
    lots = lots_of(np.array(epoch, dtype=np.int64), draw).tolist()
    looked = [(lot, one) for lot, one in zip(lots, spoken, strict=True) if lot < 2**64 // one_in]
    words = [(lot, one.text) for lot, one in looked if one.text]
    assert (answer.spoken.count, answer.spoken.of) == (len(words), len(looked))
    shown = sorted(lot for lot, _text in words)[:limit]
    assert len(answer.words) == len(shown)
    assert {one.text for one in answer.words} <= {text for lot, text in words if lot <= shown[-1]}


def test_one_in_so_many_is_about_as_many() -> None:
    answer = asked(many(2_000), one_in=10, limit=200)
    assert 150 < answer.spoken.of < 250
    assert answer.spoken.count == answer.spoken.of
    assert len(answer.words) == min(answer.spoken.of, 200)


def test_another_draw_shows_other_words_and_the_same_draw_the_same() -> None:
    snapshot = many(400)
    first, again, other = (asked(snapshot, limit=5, draw=draw).words for draw in (1, 1, 2))
    assert first == again
    assert not {one.text for one in first} & {one.text for one in other}


def test_words_of_one_touchpoint_say_where_when_and_how() -> None:
    answer = asked(walks_from_text('a x@web!failed 10:00 text="no" | a y 10:01 text="yes"'), touchpoint="x")
    (one,) = answer.words
    assert (one.text, one.touchpoint, one.channel, one.outcome, one.customer) == (
        *("no", "x", "web", "failed"),
        "a",
    )
