"""Bring walks up to events: encode what is new, rewrite the customers it touches, name the new state."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from trodden.store.faultpoints import declare, fault_point
from trodden.store.harden import flush
from trodden.store.walks.build import settle, sort_into_walks
from trodden.store.walks.cleanup import remove_expired, remove_made, retired
from trodden.store.walks.files import Stored, write_bytes
from trodden.store.walks.intake import Intake, Source, ahead, take_in
from trodden.store.walks.manifest import Manifest, Named, publish
from trodden.store.walks.merge import Merge, plan_merge
from trodden.store.walks.promotion import choose, merged, needs_history
from trodden.store.walks.rows import joined
from trodden.store.walks.segment_files import SegmentEntry, SegmentWriter, dead_bits
from trodden.store.walks.stored_rows import no_rows
from trodden.store.walks.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from trodden.model.touchpoints import TouchpointRules
    from trodden.store.walks.build import Settled, Walks
    from trodden.store.walks.files import Folder
    from trodden.store.walks.promotion import Chosen
    from trodden.store.walks.state import State

declare("walks.before_names", "walks.after_names", "walks.before_dead", "walks.after_dead")

_MOST_DICTIONARIES: Final = 16
"""Files of names after which they are written as one."""


class NeedsHistoryError(Exception):
    """Events in the walks already must be read again: a property of theirs gets a column only now."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a refresh starts from and is to make.

    ``paths``: the files of the events to add. ``everything``: write every walk anew. ``last``: the manifest
    that is current, if it can be read, which need not be that of ``state``.
    """

    folder: Folder
    state: State
    last: Manifest | None
    number: int
    rules: TouchpointRules
    rules_hash: str
    time_zone: str
    paths: Sequence[Path]
    durable_version: int
    everything: bool = False

    @property
    def stem(self) -> Path:
        """Return the path of the files to write without their last part."""
        return self.folder.path / f"{self.number:06d}"


@dataclass(frozen=True, slots=True)
class Done:
    """What a refresh made: the new state, and how much it wrote."""

    named: Named
    new_events: int
    written: int
    customers: int


def run(task: Task) -> Done:
    """Make and publish the next state of the walks; nothing is changed where this fails.

    Raises
    ------
    NeedsHistoryError
        If this must be a rebuild.
    DamagedFileError
        If a file read for it is not as written.
    DiskFullError, DurabilityError
        If what was written cannot be kept.
    """
    with ExitStack() as stack, ExitStack() as undo:
        undo.callback(remove_made, task.folder, f"{task.number:06d}-")
        intake, chosen = _taken_in(task, stack)
        settled = settle(intake.encoder, task.state.vocabulary, chosen, task.time_zone)
        merge = plan_merge(task.state, intake.encoder.people, intake.rows, everything=task.everything)
        written = _write_segment(task, intake, settled, merge)
        manifest = _manifest(task, intake, chosen, settled, merge, written)
        flush(task.folder.path)
        now = time.time()
        gone = retired(task.folder, manifest, task.last, now)
        undo.pop_all()
        named = publish(task.folder, msgspec.structs.replace(manifest, retired=gone))
        remove_expired(task.folder, named.manifest, now)
    return Done(named, intake.rows, written.rows, len(merge.customers.hashes))


def _taken_in(task: Task, stack: ExitStack) -> tuple[Intake, Chosen]:
    state, rules = task.state, task.rules
    source = Source(state, rules, task.paths, task.stem, everything=task.everything)
    listed = [one.name for one in rules.promote] or None
    intake = take_in(source, listed, stack)
    reader = intake.encoder.reader
    states = merged(state.manifest.properties, reader)
    chosen = choose(rules, state.vocabulary.properties, states, reader, task.time_zone)
    if needs_history(chosen, state.manifest.properties, state.manifest.promoted):
        raise NeedsHistoryError
    if chosen.kinds.keys() & set(reader.names) <= reader.columns.keys():
        return intake, chosen
    intake.partitions.close()
    remove_made(task.folder, f"{task.number:06d}-")
    return take_in(source, chosen.kinds, stack), chosen


@dataclass(slots=True)
class _Written:
    """The segment written, and how many of its rows and of those it replaces have each property."""

    entry: SegmentEntry | None
    rows: int
    values: NDArray[np.int64]
    values_before: NDArray[np.int64]


def _write_segment(task: Task, intake: Intake, settled: Settled, merge: Merge) -> _Written:
    none = np.zeros(len(settled.names), np.int64)
    written = _Written(None, 0, none.copy(), none.copy())
    with ExitStack() as stack:
        writer: SegmentWriter | None = None
        for walks in ahead(_parts(task, intake, settled, merge, written)):
            if writer is None:
                writer = SegmentWriter(task.stem, settled.names)
                stack.callback(writer.close)
            writer.write(walks)
            written.rows += len(walks.block)
            written.values += np.count_nonzero(walks.rows.properties, axis=1)
        written.entry = writer.finish() if writer else None
    return written


def _parts(task: Task, intake: Intake, settled: Settled, merge: Merge, written: _Written) -> Iterator[Walks]:
    for part in range(intake.partitions.parts):
        walks = _part(task, intake, settled, merge, part, written)
        if walks is not None:
            yield walks


def _part(
    task: Task, intake: Intake, settled: Settled, merge: Merge, part: int, written: _Written
) -> Walks | None:
    buckets = intake.partitions.buckets(part)
    before = [one.rows(buckets, settled.names, merge, task.state.sides) for one in merge.taken]
    for rows in before:
        written.values_before += np.count_nonzero(rows.properties, axis=1)
    new = intake.partitions.take(part)
    if new is not None:
        new = settled.rows(new)
        before.append(replace(new, customer=merge.customers.place[new.customer]))
    rows = joined([no_rows(len(settled.names)), *before])
    if not len(rows):
        return None
    first, last = merge.customers.between(*buckets)
    keys, hashes = merge.customers.keys.slice(first, last - first), merge.customers.hashes[first:last]
    return sort_into_walks(replace(rows, customer=rows.customer - first), keys, hashes, settled.names)


def _manifest(
    task: Task, intake: Intake, chosen: Chosen, settled: Settled, merge: Merge, written: _Written
) -> Manifest:
    before, encoder = task.state.manifest, intake.encoder
    known = [one for one in (before.as_of, encoder.as_of) if one is not None]
    sides = before.sides[: len(before.sides) - intake.replaced]
    counts = written.values - written.values_before
    return Manifest(
        snapshot=task.number,
        as_of=max(known, default=None),
        durable_version=task.durable_version,
        time_zone=task.time_zone,
        rules=task.rules_hash,
        segments=(*_staying(task, merge), *((written.entry,) if written.entry else ())),
        sides=(*sides, *((intake.side,) if intake.side else ())),
        dictionaries=_write_names(task, settled.vocabulary),
        properties=chosen.states,
        promoted=chosen.kinds,
        values={
            name: before.values.get(name, 0) + int(count)
            for name, count in zip(settled.names, counts, strict=True)
        },
        next_row=intake.next_row,
        nameless=before.nameless + encoder.nameless,
        dropped=before.dropped + encoder.dropped,
    )


def _staying(task: Task, merge: Merge) -> list[SegmentEntry]:
    entries = enumerate(task.state.manifest.segments)
    return [_bereft(task, merge, number, entry) for number, entry in entries if number not in merge.gone]


def _bereft(task: Task, merge: Merge, number: int, entry: SegmentEntry) -> SegmentEntry:
    """Mark the walks of a segment that move on."""
    moved = merge.dead.get(number)
    if moved is None or not len(moved):
        return entry
    segment = task.state.segments[number]
    dead = np.zeros(entry.customers, np.bool_) if segment.alive is None else ~segment.alive
    dead[moved] = True
    fault_point("walks.before_dead")
    stored = write_bytes(task.stem.with_name(f"{task.stem.name}-dead-{number}.bits"), dead_bits(dead))
    fault_point("walks.after_dead")
    return msgspec.structs.replace(
        entry,
        dead=stored,
        dead_customers=int(dead.sum()),
        dead_events=entry.dead_events + int(segment.index.lengths[moved].sum()),
    )


def _write_names(task: Task, vocabulary: Vocabulary) -> tuple[Stored, ...]:
    """Write the names that are new; all of them where there are many files, or some are no longer wanted."""
    known, files = task.state.vocabulary, task.state.manifest.dictionaries
    is_kept = known.properties.keys() <= vocabulary.properties.keys() and len(files) < _MOST_DICTIONARIES
    more = vocabulary.beyond(known if is_kept else Vocabulary())
    if is_kept and more.is_empty:
        return files
    fault_point("walks.before_names")
    stored = write_bytes(task.stem.with_name(f"{task.stem.name}-names.json"), msgspec.json.encode(more))
    fault_point("walks.after_names")
    return (*files, stored) if is_kept else (stored,)
