"""Events of a file or a data frame in memory, for the library."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping as MappingOf
from functools import partial
from pathlib import Path
from typing import Any, Final

import narwhals
import numpy as np

from trodden.collect.importers.arrow import Table, pa
from trodden.collect.importers.chunks import ROWS, Cells, Chunk, Task
from trodden.collect.importers.engine import Job, Run
from trodden.collect.importers.mapping import Mapping, mapping_of
from trodden.collect.importers.moments import Order, order_told
from trodden.collect.importers.naming import distinct_names
from trodden.collect.importers.plain import plain_columns
from trodden.collect.importers.plan import prepare
from trodden.collect.importers.rejects import EXPLANATIONS, Rejects
from trodden.collect.importers.report import ImportOptions
from trodden.collect.importers.settle import present, settle
from trodden.model.errors import UnreadableFileError
from trodden.store.schema import EVENT_SCHEMA

_SOURCE: Final = "frame"


def events_of(
    data: Any,  # noqa: ANN401 -- any frame narwhals or Arrow knows
    *,
    time_zone: str = "UTC",
    columns: MappingOf[str, str] | None = None,
) -> Table:
    """Read a file or a frame as a table of `EVENT_SCHEMA`, in the order of its rows.

    Rows that cannot be events are left out, with a warning that says how many and why.

    Parameters
    ----------
    data
        A path, or a pandas, polars, Arrow or DuckDB frame.
    time_zone
        Zone of times without one.
    columns
        Fields of a mapping, such as ``{"customer": "CaseID"}``.

    Raises
    ------
    MappingError
        If a column cannot be told, or a field of the mapping is unknown.
    UnreadableFileError
        If the data is neither a file that can be read nor a frame.
    """
    options = ImportOptions(mapping=mapping_of({"timezone": time_zone, **(columns or {})}))
    job = _file_job(Path(data), options) if isinstance(data, str | Path) else _frame_job(data, options)
    rejects = Rejects(job.recipe.source, None, 0)
    run = Run(job, rejects)
    tables = list(run.tables())
    _warn(rejects.counts, run.report().rows)
    return pa.concat_tables(tables) if tables else EVENT_SCHEMA.empty_table()


def _file_job(path: Path, options: ImportOptions) -> Job:
    prepared = prepare(path, options)
    return Job(str(path), prepared.opening.size, prepared.recipe, prepared.opening.reader, prepared.notes)


def _frame_job(data: object, options: ImportOptions) -> Job:
    reader = FrameReader(_table(data))
    settled = settle(reader.sample(), options.mapping, _SOURCE, options, reader.order_told)
    settled.require(_SOURCE)
    return Job(_SOURCE, 0, settled.recipe, lambda: reader, settled.notes)


def _table(data: Any) -> Table:  # noqa: ANN401 -- any frame narwhals or Arrow knows
    """Return a frame as an Arrow table."""
    if hasattr(data, "__arrow_c_stream__") or isinstance(data, pa.RecordBatchReader):
        return pa.table(data)
    try:
        frame: Any = narwhals.from_native(data)
    except TypeError as error:
        raise UnreadableFileError(
            f"{type(data).__name__} is neither a path nor a data frame.",
            hint="Give a path, or a pandas, polars, Arrow or DuckDB frame.",
        ) from error
    return (frame.collect() if isinstance(frame, narwhals.LazyFrame) else frame).to_arrow()


class FrameReader:
    """An Arrow table, read as files are."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._names = distinct_names(table.column_names)

    def tasks(self) -> Iterator[Task]:
        """Yield the work of each chunk."""
        for start in range(0, self._table.num_rows, ROWS):
            yield partial(self._chunk, start)

    def sample(self) -> Chunk:
        """Return the first rows."""
        return self._chunk(0)

    def order_told(self, mapping: Mapping) -> Order | None:
        """Return the first order of dates that any row tells."""
        for task in self.tasks():
            cells = present(task(), mapping.time)
            told = order_told(cells) if cells else None
            if told is not None:
                return told
        return None

    def position(self) -> int:
        """Return 0: a frame has no bytes."""
        return 0

    def close(self) -> None:
        """Let go of nothing."""

    def _chunk(self, start: int) -> Chunk:
        part = self._table.slice(start, ROWS)
        found = [
            plain
            for name, column in zip(self._names, part.columns, strict=True)
            for plain in plain_columns(name, column)
        ]
        literal = np.ones(part.num_rows, np.bool_)
        cells = [Cells(plain.values, literal if plain.is_literal else None) for plain in found]
        count = int(part.num_rows)
        names = distinct_names([one.name for one in found])
        return Chunk(names, cells, start + 1 + np.arange(count), last=start + count)


def _warn(rejected: Counter[str], rows: int) -> None:
    if rejected:
        reasons = ", ".join(
            f"{count} have {EXPLANATIONS[reason]}" for reason, count in rejected.most_common()
        )
        warnings.warn(
            f"{rejected.total()} of {rows} rows are left out: {reasons}.", UserWarning, stacklevel=3
        )
