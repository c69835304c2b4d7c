"""New events taken in: encoded, their side columns written, their rows set aside by bucket."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from trodden.model.walks import BUCKETS
from trodden.store._arrow import Table, pa, pq
from trodden.store.schema import EVENT_SCHEMA
from trodden.store.walks.customers import buckets_of
from trodden.store.walks.encode import Encoder
from trodden.store.walks.partition import Partitions
from trodden.store.walks.side_files import SideWriter, ties_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from trodden.model.touchpoints import TouchpointRules
    from trodden.store.walks.side_files import SideEntry, SideFile
    from trodden.store.walks.state import State

BATCH_ROWS: Final = 131_072
_REPEATED: Final = ["source", "time_quality", "channel", "kind", "name", "outcome", "currency", "protocol"]
_MAY_REPEAT: Final = ("properties", "url", "context")
_INDEX_BYTES: Final = 3
"""Bytes a row up to which a column is little more than places in a dictionary."""

PART_ROWS: Final = 65_536
"""Rows of a part: few enough for the cache while they are sorted and gathered."""

_WALK: Final = 50
"""Rows a customer is thought to have, where it is not known yet."""

_SMALL_SIDE: Final = 262_144
"""Side rows up to which a file is written together with the next."""

_LARGE_SIDE: Final = 4_000_000
"""Side rows up to which `compact` writes files together."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What came of new events: encoder, rows by bucket, and the side file they lie in.

    ``replaced``: how many of the last side files it holds the rows of. ``rows``: events read. ``next_row``:
    the place of the next side row.
    """

    encoder: Encoder
    partitions: Partitions
    side: SideEntry | None
    replaced: int
    rows: int
    next_row: int


def rows_in(paths: Iterable[Path]) -> int:
    """Count the events of files, from their footers."""
    return sum(pq.read_metadata(path).num_rows for path in paths)


def read_events(paths: Iterable[Path]) -> Iterator[Table]:
    """Read the events of files in the event schema, some at a time; repeated texts stay dictionaries."""
    for path in paths:
        file = pq.ParquetFile(path, read_dictionary=_repeated_in(path), memory_map=True)
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            yield _as_events(pa.Table.from_batches([batch]))


def _repeated_in(path: Path) -> list[str]:
    """Return the columns to read as dictionaries; of those of free text, the ones where hardly any differ."""
    footer = pq.read_metadata(path)
    return [*_REPEATED, *(name for name in _MAY_REPEAT if _is_small(footer, name))]


def _is_small(footer: Any, name: str) -> bool:  # noqa: ANN401 -- Arrow's
    place = footer.schema.names.index(name)
    parts = [footer.row_group(number).column(place) for number in range(footer.num_row_groups)]
    return sum(part.total_uncompressed_size for part in parts) <= _INDEX_BYTES * footer.num_rows


@dataclass(frozen=True, slots=True)
class Source:
    """Events to take in: the walks they are added to, the files they are in, and where to write.

    ``stem``: path of the files to write without their last part. ``everything``: see `small_sides`.
    """

    state: State
    rules: TouchpointRules
    paths: Sequence[Path]
    stem: Path
    everything: bool = False


def take_in(source: Source, only: Iterable[str] | None, stack: ExitStack) -> Intake:
    """Encode the events of files.

    Parameters
    ----------
    only
        The properties to give columns; None lets the first 64 have one.
    stack
        Closes what is left open.
    """
    state, rows = source.state, rows_in(source.paths)
    replaced = small_sides(state.sides.files, rows, everything=source.everything)
    encoder = Encoder(source.rules, state.vocabulary, only)
    live = state.manifest.events
    partitions = Partitions(parts_for(live if source.everything else rows, live), source.stem.parent)
    stack.callback(partitions.close)
    writer = SideWriter(source.stem, replaced[0].entry.first if replaced else state.manifest.next_row)
    stack.callback(writer.close)
    for file in replaced:
        copy_side(file, writer)
    _encode_all(read_events(source.paths), encoder, writer, partitions)
    next_row = writer.first + writer.rows
    side = writer.finish() if writer.rows else writer.discard()
    return Intake(encoder, partitions, side, len(replaced), rows, next_row)


def parts_for(new_rows: int, live_rows: int) -> int:
    """Return into how many parts rows are cut, for what a refresh may have to hold at once."""
    wanted = (new_rows + min(live_rows, _WALK * new_rows)) // PART_ROWS
    return min(BUCKETS, 1 << wanted.bit_length())


def small_sides(files: Sequence[SideFile], new_rows: int, *, everything: bool) -> list[SideFile]:
    """Return the last side files that are better written together with so many new rows.

    With ``everything``, as many of the last files as make one of a good size.
    """
    found: list[SideFile] = []
    rows = new_rows
    for file in reversed(files):
        limit = _LARGE_SIDE if everything else min(_SMALL_SIDE, 3 * rows)
        if rows + file.entry.rows > limit:
            break
        found.insert(0, file)
        rows += file.entry.rows
    return found if new_rows or len(found) > 1 else []


def copy_side(file: SideFile, writer: SideWriter) -> None:
    """Write the rows of a side file to the end of another."""
    ties = file.all_ties()
    done = 0
    for table in file.tables():
        writer.write(table, ties.cut(done, done + table.num_rows))
        done += table.num_rows


def _encode_all(
    tables: Iterable[Table], encoder: Encoder, writer: SideWriter, partitions: Partitions
) -> None:
    place = writer.first + writer.rows
    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(1) as pool:
        for table in ahead(tables):
            encoded = encoder.encode(table)
            rows = replace(encoded.rows, row=place + np.arange(len(encoded.rows)))
            place += len(rows)
            waiting.append(pool.submit(writer.write, encoded.events, ties_of(rows)))
            partitions.add(rows, buckets_of(encoder.people.hashes)[rows.customer])
            while len(waiting) > 1:
                waiting.popleft().result()
        while waiting:
            waiting.popleft().result()


def ahead(items: Iterable[Any]) -> Iterator[Any]:
    """Return items, the next of which is already being made in another thread."""
    iterator = iter(items)
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, iterator, None)
        while (item := coming.result()) is not None:
            coming = pool.submit(next, iterator, None)
            yield item


def _as_events(table: Table) -> Table:
    columns = {name: table.column(name) for name in table.column_names}
    if columns["event_id"].type != EVENT_SCHEMA.field("event_id").type:
        columns["event_id"] = columns["event_id"].cast(EVENT_SCHEMA.field("event_id").type)
    return pa.table(columns)
