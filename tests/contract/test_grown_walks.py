"""An answer does not tell how the walks it rests on came to be: bit by bit, in any order, or at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.test_contract import EVERY, content, question_for
from tests.support.logs import catalog_of, logs
from tests.support.rows import events_table
from trodden.asking import Asker
from trodden.engines.threads import ThreadEngine
from trodden.registry import registrations
from trodden.store.tests.walks_bench import WalkBench, quick_folder
from trodden.store.walks import build_snapshot

if TYPE_CHECKING:
    from trodden.model.event import Event
    from trodden.model.walks import Snapshot


def said(snapshot: Snapshot, log: list[Event]) -> dict[str, bytes]:
    """Return the answers to the example question of every analysis, as bytes."""
    asker = Asker(snapshot, catalog_of(snapshot), engine=ThreadEngine(1))
    answers = {name: asker.ask(question_for(registrations()[name], log)) for name in EVERY}
    return {name: msgspec.json.encode(content(one), order="sorted") for name, one in answers.items()}


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(log=logs(), data=st.data())
def test_grown_walks_give_the_same_bytes_as_walks_built_at_once(
    log: list[Event], data: st.DataObject
) -> None:
    sent = data.draw(st.permutations(log))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=3)))
    with quick_folder() as folder:
        bench = WalkBench(folder)
        for first, last in zip([0, *cuts], [*cuts, len(sent)], strict=True):
            bench.add([*sent[first:last], *sent[: first // 2]])
        grown = said(bench.open(), log)
        bench.rebuild()
        assert said(bench.open(), log) == grown
    assert said(build_snapshot(events_table(log)), log) == grown
