"""Versions of maps in a workspace: added without writing over, put aside without deleting."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from msgspec.structs import replace

from trodden.methods.journeys.maps import dump_map, parse_map, publish
from trodden.model.errors import MapError, UnknownNameError
from trodden.model.journey_map import JourneyMap
from trodden.store.catalog import add_map, discard_map, load_maps, publish_map, replace_draft
from trodden.store.folder import Workspace

SHOP = parse_map("name: My shop\nflow: [a, b]")
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


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


def test_a_draft_somebody_changed_meanwhile_is_not_put_aside(workspace: Workspace) -> None:
    add_map(workspace, SHOP)
    with pytest.raises(MapError, match="says something else by now"):
        discard_map(workspace, "My shop@1", seen=replace(SHOP, owner="Somebody else"))
    assert list(load_maps(workspace.maps)) == ["My shop@1"]
    discard_map(workspace, "My shop@1", seen=SHOP)
    assert load_maps(workspace.maps) == {}


def test_what_was_published_stays(workspace: Workspace) -> None:
    add_map(workspace, publish(SHOP, MARCH))
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


def test_maps_whose_names_differ_in_signs_alone_have_files_of_their_own(workspace: Workspace) -> None:
    others = [replace(SHOP, name="my-shop"), replace(SHOP, name="MY SHOP")]
    places = [add_map(workspace, one) for one in (SHOP, *others)]
    assert [path.name for path in places] == ["my-shop@1.yaml", "my-shop@1-2.yaml", "my-shop@1-3.yaml"]
    assert load_maps(workspace.maps) == {one.key: one for one in (SHOP, *others)}
    assert publish_map(workspace, others[0], MARCH) == places[1]
    assert load_maps(workspace.maps)[SHOP.key] == SHOP


@pytest.mark.parametrize("letter", ["\u00e9", "\u65c5", "\U00020000"])
def test_a_name_of_any_letters_has_a_file_that_file_systems_take(workspace: Workspace, letter: str) -> None:
    places = [add_map(workspace, replace(SHOP, name=letter * 199 + end)) for end in "ab"]
    assert len(set(places)) == 2
    assert all(len(place.name.encode()) < 120 for place in places)


def test_a_file_that_cannot_be_read_is_not_passed_over(workspace: Workspace) -> None:
    place = workspace.maps / "my-shop@1.yaml"
    place.write_bytes(b"name: My shop\nflow: [a\xfc, b]")
    with pytest.raises(MapError, match="which is not UTF-8"):
        add_map(workspace, SHOP)
    assert [path.name for path in workspace.maps.iterdir()] == [place.name]


def test_a_draft_is_published_in_the_file_that_holds_it_and_once(workspace: Workspace) -> None:
    place = add_map(workspace, SHOP).rename(workspace.maps / "by hand.yaml")
    assert publish_map(workspace, SHOP, MARCH) == place
    assert [path.name for path in workspace.maps.iterdir()] == ["by hand.yaml"]
    published = publish(SHOP, MARCH)
    assert load_maps(workspace.maps) == {SHOP.key: published}
    for again in (SHOP, published):
        with pytest.raises(MapError, match="was published on 2026-03-01"):
            publish_map(workspace, again, MARCH + timedelta(days=1))
    assert load_maps(workspace.maps) == {SHOP.key: published}


def test_what_changed_or_went_meanwhile_is_not_published(workspace: Workspace) -> None:
    add_map(workspace, SHOP)
    with pytest.raises(MapError, match="says something else by now"):
        publish_map(workspace, replace(SHOP, owner="Somebody else"), MARCH)
    assert load_maps(workspace.maps) == {SHOP.key: SHOP}
    discard_map(workspace, SHOP.key)
    with pytest.raises(UnknownNameError):
        publish_map(workspace, SHOP, MARCH)
    assert load_maps(workspace.maps) == {}


@pytest.mark.parametrize("published", ["a.yaml", "b.yaml"])
def test_a_version_in_two_files_is_told_and_the_published_one_counts(
    workspace: Workspace, published: str
) -> None:
    for name in ("a.yaml", "b.yaml"):
        add_map(workspace, SHOP).rename(workspace.root / name)
    for name in ("a.yaml", "b.yaml"):
        (workspace.root / name).rename(workspace.maps / name)
    locked = workspace.maps / published
    locked.write_text(dump_map(publish(SHOP, MARCH)))
    faults: list[str] = []
    assert load_maps(workspace.maps, faults)[SHOP.key].published_at == MARCH
    (fault,) = faults
    assert f"My shop@1 stands in {published}, too" in fault
    with pytest.raises(MapError, match="stands in"):
        load_maps(workspace.maps)
    with pytest.raises(MapError, match="stays on record"):
        discard_map(workspace, SHOP.key)


ADD = """
import sys
from msgspec.structs import replace
from trodden.methods.journeys.maps import parse_map
from trodden.model.errors import MapError
from trodden.store.catalog import add_map
from trodden.store.folder import Workspace
workspace = Workspace.open(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
added = 0
for version in range(1, 31):
    try:
        found = parse_map(f"name: My shop\\nversion: {version}\\nflow: [a, b]")
        add_map(workspace, replace(found, owner=sys.argv[2]))
        added += 1
    except MapError:
        pass
print(added, flush=True)
"""


def test_of_processes_that_add_the_same_versions_at_once_one_adds_each(workspace: Workspace) -> None:
    command = [sys.executable, "-c", ADD, str(workspace.home)]
    adding = [Popen([*command, str(owner)], stdin=PIPE, stdout=PIPE, text=True) for owner in range(3)]
    for one in adding:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in adding:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    assert sum(int(one.communicate()[0]) for one in adding) == 30
    assert len(load_maps(workspace.maps)) == 30


def test_a_draft_is_written_over_by_who_saw_what_it_says_and_by_nobody_else(workspace: Workspace) -> None:
    add_map(workspace, SHOP)
    owners = [replace(SHOP, owner=f"owner {number}") for number in range(8)]

    def write(after: JourneyMap) -> JourneyMap | None:
        try:
            replace_draft(workspace, SHOP, after)
        except MapError:
            return None
        return after

    with ThreadPoolExecutor(8) as pool:
        written = [after for after in pool.map(write, owners) if after]
    assert written == list(load_maps(workspace.maps).values())


def test_what_is_published_is_never_written_over_nor_a_draft_by_another_version(workspace: Workspace) -> None:
    add_map(workspace, SHOP)
    for after in (replace(SHOP, version=2), replace(SHOP, name="Other")):
        with pytest.raises(MapError, match="stays as it is"):
            replace_draft(workspace, SHOP, after)
    publish_map(workspace, SHOP, MARCH)
    (published,) = load_maps(workspace.maps).values()
    with pytest.raises(MapError, match="stays as it is"):
        replace_draft(workspace, published, replace(published, owner="Ana"))
    with pytest.raises(UnknownNameError):
        replace_draft(workspace, replace(SHOP, version=9), replace(SHOP, version=9, owner="Ana"))


def test_a_file_that_is_changed_is_read_anew(workspace: Workspace) -> None:
    path = add_map(workspace, SHOP)
    load_maps(workspace.maps)
    path.write_text(path.read_text().replace("[a, b]", "[a, c]"))
    assert load_maps(workspace.maps)["My shop@1"].flow != SHOP.flow
