"""Room on the disk: refused in time, with something to give up."""

from pathlib import Path

import pytest

from trodden.model.errors import DiskFullError
from trodden.store import disk
from trodden.store.disk import ballast_path, give_up_ballast, keep_ballast, require_room, reserve


@pytest.mark.parametrize(
    ("total", "kept"), [(0, 0), (1000, 100), (40 << 30, 4 << 30), (400 << 30, 4 << 30), (10 << 30, 1 << 30)]
)
def test_a_tenth_of_a_disk_stays_free_but_no_more_than_four_gib(total: int, kept: int) -> None:
    assert reserve(total) == kept


def test_more_than_the_disk_has_is_refused(tmp_path: Path) -> None:
    require_room(tmp_path, 1)
    with pytest.raises(DiskFullError, match="needed"):
        require_room(tmp_path, 1 << 60)


def test_the_ballast_takes_real_room_and_gives_it_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "BALLAST_BYTES", 1 << 20)
    keep_ballast(tmp_path)
    assert ballast_path(tmp_path).stat().st_blocks * 512 >= 1 << 20
    assert give_up_ballast(tmp_path)
    assert not ballast_path(tmp_path).exists()
    assert not give_up_ballast(tmp_path)


def test_no_ballast_is_kept_where_there_is_no_room_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "BALLAST_BYTES", 1 << 60)
    keep_ballast(tmp_path)
    assert not ballast_path(tmp_path).exists()
