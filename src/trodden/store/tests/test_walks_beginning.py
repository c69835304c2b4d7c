"""Customers by how their key begins, against all keys sorted by plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.events import event
from tests.support.rows import events_table
from trodden.store.erasure import erase_customer
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.tests.walks_bench import WalkBench, quick_folder
from trodden.store.walks import WalkStore
from trodden.store.walks.snapshot import WalkSnapshot

FOREIGN = ("a", "aa", "ab", "b", "A", "z", "\u00e4", "\u00e4b", "\u00df", "e\u0301", "\uffdc", "\U0001d11e")
"""Ascending by code points this is not the order of any language; the last two are not that of UTF-16."""


def expected(keys: set[str], text: str, most: int) -> tuple[str, ...]:
    return tuple(sorted(key for key in keys if key.startswith(text))[:most])


@pytest.fixture(scope="module")
def grown() -> Iterator[tuple[WalkSnapshot, set[str]]]:
    """Give walks of several segments, where customers who came back left a dead copy behind."""
    keys = [f"K{number:03}" for number in range(500)] + list(FOREIGN)
    again = ["K000", "K001", "K250", *FOREIGN[::2], "K500", "L000"]
    last = ["K001", "K499", *FOREIGN[:3], "L001"]
    number = count()
    with quick_folder() as folder:
        bench = WalkBench(folder)
        for batch in (keys * 10, again, last):
            bench.add([event(next(number), customer=key) for key in batch])
        segments = bench.state().manifest.segments
        assert len(segments) > 1
        assert sum(one.dead_customers for one in segments) >= len(again) - 2
        yield bench.open(), {*keys, *again, *last}


@pytest.mark.parametrize("most", [1, 2, 9, 10, 11, 499, 10_000])
@pytest.mark.parametrize(
    "text", ["", "K", "K00", "K000", "K0000", "L", "k", "a", "\u00e4", "e", "\U0001d11e"]
)
def test_customers_are_found_by_how_their_key_begins(
    grown: tuple[WalkSnapshot, set[str]], text: str, most: int
) -> None:
    snapshot, keys = grown
    assert snapshot.beginning(text, most) == expected(keys, text, most)


texts = st.text(st.sampled_from("abA\u00e4\u00df\u0301\uffdc\U0001d11e%_.*"), max_size=3)


@settings(deadline=None)
@given(
    batches=st.lists(st.lists(texts.filter(bool), min_size=1, max_size=8), min_size=1, max_size=4),
    text=texts,
    most=st.integers(1, 6),
)
def test_any_keys_in_any_batches_are_found(batches: list[list[str]], text: str, most: int) -> None:
    number = count()
    with quick_folder() as folder:
        bench = WalkBench(folder)
        for batch in batches:
            bench.add([event(next(number), customer=key) for key in batch])
        found = bench.open().beginning(text, most)
    assert found == expected({key for batch in batches for key in batch}, text, most)


def test_nobody_begins_with_anything_where_there_is_nobody() -> None:
    with quick_folder() as folder:
        assert WalkBench(folder).open().beginning("", 5) == ()


def test_who_was_erased_is_not_found() -> None:
    with quick_folder() as folder:
        workspace = Workspace.create(folder)
        store = EventStore(workspace)
        store.append(events_table(event(number) for number in range(70)))
        store.close()
        WalkStore(workspace).refresh()
        assert WalkStore(workspace).open().beginning("C", 3) == ("C0", "C1", "C2")
        erase_customer(workspace, "C1")
        assert WalkStore(workspace).open().beginning("C", 3) == ("C0", "C2", "C3")
