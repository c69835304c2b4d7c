"""Versions of maps in a workspace: added without writing over, put aside without deleting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from trodden.methods.journeys.maps import parse_map, publish
from trodden.model.errors import MapError, UnknownNameError
from trodden.store.catalog import add_map, discard_map, load_maps, save_map
from trodden.store.folder import Workspace

SHOP = parse_map("name: My shop\nflow: [a, b]")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path)


def test_a_version_that_is_there_is_not_written_over(workspace: Workspace) -> None:
    place = add_map(workspace, SHOP)
    before = place.read_bytes()
    with pytest.raises(MapError, match="My shop@1 is there already"):
        add_map(workspace, replace(SHOP, owner="Somebody else"))
    assert place.read_bytes() == before
    assert load_maps(workspace.maps) == {"My shop@1": SHOP}


def test_a_version_in_a_file_of_another_name_is_there_too(workspace: Workspace) -> None:
    add_map(workspace, SHOP).rename(workspace.maps / "by hand.yaml")
    with pytest.raises(MapError, match="is there already"):
        add_map(workspace, SHOP)


def test_of_many_who_add_one_version_at_once_one_does(workspace: Workspace) -> None:
    owners = [f"owner {number}" for number in range(8)]

    def add(owner: str) -> str | None:
        try:
            add_map(workspace, replace(SHOP, owner=owner))
        except MapError:
            return None
        return owner

    with ThreadPoolExecutor(8) as pool:
        added = [owner for owner in pool.map(add, owners) if owner]
    assert [found.owner for found in load_maps(workspace.maps).values()] == added
    assert len(added) == 1


def test_a_discarded_draft_is_kept_beside_and_can_be_named_back(workspace: Workspace) -> None:
    place = add_map(workspace, SHOP)
    aside = discard_map(workspace, "My shop@1")
    assert load_maps(workspace.maps) == {}
    assert not place.exists()
    other = replace(SHOP, owner="Second try")
    add_map(workspace, other)
    second = discard_map(workspace, "My shop@1")
    assert aside != second
    aside.rename(place)
    assert load_maps(workspace.maps) == {"My shop@1": SHOP}
    assert second.is_file()


def test_what_was_published_stays(workspace: Workspace) -> None:
    save_map(workspace, publish(SHOP, datetime(2026, 3, 1, tzinfo=UTC)))
    with pytest.raises(MapError, match="was published on 2026-03-01 and stays on record"):
        discard_map(workspace, "My shop@1")
    assert list(load_maps(workspace.maps)) == ["My shop@1"]


@pytest.mark.parametrize("key", ["My shop@2", "My shop", "../My shop@1", ""])
def test_an_unknown_draft_is_not_discarded(workspace: Workspace, key: str) -> None:
    add_map(workspace, SHOP)
    with pytest.raises(UnknownNameError):
        discard_map(workspace, key)
    assert list(load_maps(workspace.maps)) == ["My shop@1"]


def test_a_damaged_file_beside_hides_no_draft(workspace: Workspace) -> None:
    (workspace.maps / "broken.yaml").write_bytes(b"\xff name: [")
    add_map(workspace, SHOP)
    discard_map(workspace, "My shop@1")
    assert [path.name for path in sorted(workspace.maps.glob("*.yaml"))] == ["broken.yaml"]
