"""Which version of a map a name stands for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from trodden.methods.journeys.maps import parse_map, publish
from trodden.methods.journeys.select_names import find_map, find_newest
from trodden.model.errors import UnknownNameError
from trodden.model.journey_map import JourneyMap

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def maps_of(text: str) -> dict[str, JourneyMap]:
    """Return versions of one map; ``1p 2`` is version 1, published, and version 2, a draft."""
    buying = parse_map("name: Buying\nflow: [look, buy]")
    made = [(replace(buying, version=int(word.rstrip("p"))), word.endswith("p")) for word in text.split()]
    found = [publish(one, MARCH) if is_published else one for one, is_published in made]
    return {one.key: one for one in found}


@pytest.mark.parametrize(
    ("versions", "asked", "newest"),
    [
        ("1p 2", 1, 2),
        ("1p 2p 3 4", 2, 4),
        ("1 2", 2, 2),
        ("1 2p", 2, 2),
        ("9 10", 10, 10),
        ("10p 9p", 10, 10),
        ("1", 1, 1),
    ],
)
def test_a_name_alone_is_the_newest_published_version_and_where_a_draft_is_meant_the_newest(
    versions: str, asked: int, newest: int
) -> None:
    maps = maps_of(versions)
    assert find_map(maps, "Buying").version == asked
    assert find_newest(maps, "Buying").version == newest


@pytest.mark.parametrize("find", [find_map, find_newest])
def test_a_version_is_the_one_named(find: object) -> None:
    maps = maps_of("1p 2")
    assert callable(find)
    assert [find(maps, f"Buying@{version}").version for version in (1, 2)] == [1, 2]
    with pytest.raises(UnknownNameError, match="Buying@3"):
        find(maps, "Buying@3")
