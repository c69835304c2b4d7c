import numpy as np
import pyarrow as pa

from trodden.store.coding import room, roomier
from trodden.store.property_reader import PropertyReader


def test_a_table_that_needs_more_of_one_thing_keeps_its_room_for_the_other() -> None:
    table = room(100, 10)
    larger = roomier(table, 1, 1_000, lambda: np.zeros(0, np.uint64))
    assert len(larger.ends) >= len(table.ends)
    assert len(larger.arena) >= 1_000
    assert len(roomier(larger, 1_000, 1, lambda: np.zeros(0, np.uint64)).arena) >= len(larger.arena)


def test_many_events_without_properties_are_read() -> None:
    assert PropertyReader().read(pa.array(["{}"] * 20_000, pa.large_string())).shape[1] == 20_000
