"""Finding out how a file is to be read, and showing it before anything is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from trodden.collect.importers.arrow import STRING, pa
from trodden.collect.importers.build import Recipe, build
from trodden.collect.importers.chunks import Cells, Chunk, Reject
from trodden.collect.importers.formats import Opening, find_opening
from trodden.collect.importers.mapping import Mapping, check_mapping
from trodden.collect.importers.moments import Order, order_told
from trodden.collect.importers.report import ColumnSummary, FilePlan, ImportOptions, ImportPlan, PlannedEvent
from trodden.collect.importers.settle import Settled, present, settle
from trodden.model.errors import CallerError, UnreadableFileError

SHOWN: Final = 20
_SAMPLE_ROWS: Final = 20_000
_SAMPLE_CHUNKS: Final = 16


SPREAD: Final = 300
"""Rows of a file's beginning that are kept to be looked up among those of other sources."""


@dataclass(frozen=True)
class Prepared:
    """A file of which everything is known that the import needs."""

    opening: Opening
    settled: Settled
    spread: Chunk
    """Rows of the file's beginning, evenly spaced, `SPREAD` at most."""

    @property
    def recipe(self) -> Recipe:
        """Return how rows become events."""
        return self.settled.recipe

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what is worth knowing about how the file is read."""
        return (*self.opening.notes, *self.settled.notes)


@dataclass(frozen=True)
class _Sample:
    chunk: Chunk
    rejects: tuple[Reject, ...]


def plan_import(paths: Sequence[Path | str], options: ImportOptions | None = None) -> ImportPlan:
    """Find out how files are to be read, without storing anything.

    A file whose columns cannot be told gets a plan with a ``problem``; `import_files` raises it.

    Raises
    ------
    UnreadableFileError, RefusedFileError
        If a file cannot be read at all, or reading it would not be safe.
    MappingError
        If what the mapping says is impossible.
    """
    options = options or ImportOptions()
    return ImportPlan(tuple(_plan(path, options) for path in checked_paths(paths, options)))


def prepare(path: Path, options: ImportOptions) -> Prepared:
    """Find out everything the import of one file needs.

    Raises
    ------
    MappingError
        If the columns cannot be told; it lists the candidates and what would settle them.
    UnreadableFileError, RefusedFileError
        As `plan_import`.
    """
    found, _ = _found_out(path, options)
    found.settled.require(str(path))
    return found


LONGEST_SOURCE: Final = 255
"""Characters; it stands beside every event while a file is read."""


def checked_paths(paths: Sequence[Path | str], options: ImportOptions) -> list[Path]:
    """Return the paths; refuse none, and a source name for several."""
    if not paths:
        raise CallerError("No file is named.", hint="Name at least one.")
    if options.source and len(paths) > 1:
        raise CallerError("A source name can be given to one file only.", hint="Import the files one by one.")
    if len(options.source) > LONGEST_SOURCE:
        raise CallerError(
            f"A source name of {len(options.source):,} characters is too long.",
            hint=f"Use at most {LONGEST_SOURCE}.",
        )
    check_mapping(options.mapping)
    return [Path(path) for path in paths]


def _found_out(path: Path, options: ImportOptions) -> tuple[Prepared, _Sample]:
    opening = find_opening(path, options.mapping, options.limits)
    sample = _sampled(opening)
    settled = settle(
        sample.chunk, opening.mapping, options.source or path.name, options, partial(_told_later, opening)
    )
    settled_opening = replace(opening, mapping=settled.recipe.mapping)
    return Prepared(settled_opening, settled, _spread(sample.chunk)), sample


def _sampled(opening: Opening) -> _Sample:
    """Read the first rows of a file, in one chunk.

    Raises
    ------
    UnreadableFileError
        If the file has no rows.
    """
    reader = opening.reader()
    try:
        chunks, rejects = _first_chunks(reader.tasks(), opening)
    finally:
        reader.close()
    if not any(len(chunk.rows) for chunk in chunks) and not rejects:
        raise UnreadableFileError(f"{opening.path} has no rows.", hint="Export it again.")
    return _Sample(_joined(chunks), tuple(rejects))


def _first_chunks(tasks: Iterator[Any], opening: Opening) -> tuple[list[Chunk], list[Reject]]:
    chunks: list[Chunk] = []
    rejects: list[Reject] = []
    rows = 0
    try:
        for task in islice(tasks, _SAMPLE_CHUNKS):
            chunk: Chunk = task()
            chunks.append(chunk)
            rejects += chunk.rejects
            rows += len(chunk.rows)
            if rows >= _SAMPLE_ROWS or opening.size == 0:
                break
    except UnreadableFileError:
        if not rows:
            raise
    return chunks, rejects


def _joined(chunks: Sequence[Chunk]) -> Chunk:
    """Join chunks of one file; the last has all columns."""
    names = max((chunk.names for chunk in chunks), key=len)
    rows = np.concatenate([chunk.rows for chunk in chunks])[:_SAMPLE_ROWS]
    cells = [
        _joined_cells([_or_missing(chunk, place) for chunk in chunks], len(rows))
        for place in range(len(names))
    ]
    return Chunk(names, cells, rows)


def _or_missing(chunk: Chunk, place: int) -> Cells:
    if place < len(chunk.cells):
        return chunk.cells[place]
    return Cells(pa.nulls(len(chunk.rows), STRING))


def _joined_cells(parts: Sequence[Cells], rows: int) -> Cells:
    values = pa.concat_arrays([part.values for part in parts]).slice(0, rows)
    if all(part.is_literal is None for part in parts):
        return Cells(values)
    flags = [
        np.zeros(len(part.values), np.bool_) if part.is_literal is None else part.is_literal for part in parts
    ]
    return Cells(values, np.concatenate(flags)[:rows])


def _told_later(opening: Opening, mapping: Mapping) -> Order | None:
    reader = opening.reader()
    try:
        chunks = (task() for task in reader.tasks())
        for cells in (present(chunk, mapping.time) for chunk in chunks):
            told = order_told(cells) if cells else None
            if told is not None:
                return told
        return None
    except UnreadableFileError:  # the part that can be read tells nothing
        return None
    finally:
        reader.close()


def _plan(path: Path, options: ImportOptions) -> FilePlan:
    prepared, sample = _found_out(path, options)
    chunk, settled = sample.chunk, prepared.settled
    head = _head(chunk)
    events, rejects = ((), ()) if settled.problem else _previewed(head, prepared.recipe)
    problem, hint = settled.problem or ("", "")
    return FilePlan(
        path=str(path),
        source=prepared.recipe.source,
        size=prepared.opening.size,
        mapping=prepared.recipe.mapping,
        columns=tuple(_summary(name, cells) for name, cells in zip(chunk.names, chunk.cells, strict=True)),
        guesses=settled.guesses,
        rows=tuple(zip(*(cells.text.to_pylist() for cells in head.cells), strict=True)),
        events=events,
        rejects=(*sample.rejects, *rejects)[:SHOWN],
        notes=prepared.notes,
        problem=problem,
        hint=hint,
    )


def _head(chunk: Chunk) -> Chunk:
    keep = np.arange(len(chunk.rows)) < SHOWN
    return chunk.take(keep)


def _previewed(head: Chunk, recipe: Recipe) -> tuple[tuple[PlannedEvent, ...], tuple[Reject, ...]]:
    built = build(head, recipe)
    rows: list[dict[str, Any]] = built.table().to_pylist()
    return tuple(_planned(row) for row in rows), built.rejects


def _spread(chunk: Chunk) -> Chunk:
    keep = np.zeros(len(chunk.rows), np.bool_)
    keep[np.linspace(0, len(keep) - 1, min(SPREAD, len(keep))).astype(np.intp)] = True
    return chunk.take(keep)


def spread_events(prepared: Prepared) -> list[PlannedEvent]:
    """Return the events of rows of a file's beginning, evenly spaced."""
    return list(_previewed(prepared.spread, prepared.recipe)[0])


def _planned(row: dict[str, Any]) -> PlannedEvent:
    return PlannedEvent(
        row=row["seq"],
        customer=row["ids"][0]["value"],
        touchpoint=row["name"],
        occurred_at=row["occurred_at"],
        channel=row["channel"],
        outcome=row["outcome"],
        properties=row["properties"],
    )


def _summary(name: str, cells: Cells) -> ColumnSummary:
    counts = Counter(text for text in cells.text.to_pylist() if text)
    examples = tuple(text[:80] for text, _ in counts.most_common(3))
    return ColumnSummary(
        name=name, examples=examples, distinct=len(counts), empty=len(cells.values) - counts.total()
    )
