"""Reading Parquet and spreadsheets in a process of their own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

import msgspec
import numpy as np

from trodden.collect.importers.arrow import BOOL, DOUBLE, INT64, LOCAL, STRING, UTC, ints, ipc, pa, pc
from trodden.collect.importers.child import ALL, CODES, GAVE_UP, LITERAL, TOTAL
from trodden.collect.importers.chunks import ROWS, Cells, Chunk, Task, reject
from trodden.collect.importers.limits import GIB, Limits
from trodden.collect.importers.plain import CODED
from trodden.collect.importers.screen import REASONS
from trodden.model.errors import RefusedFileError, TroddenError, UnreadableFileError

if TYPE_CHECKING:
    from trodden.methods.rows.arrays import Ints, Mask

_PIPE_BYTES: Final = 1 << 20
_SET_PIPE_SIZE: Final = 1031
"""F_SETPIPE_SZ of Linux."""
_TYPES: Final = frozenset({STRING, INT64, DOUBLE, BOOL, LOCAL, UTC, CODED})
_RATIO: Final = 2_000
_FLOOR: Final = 2 * GIB


class _Message(msgspec.Struct):
    error: str = ""
    message: str = ""


class SandboxReader:
    """A Parquet file or a spreadsheet, read by another process that may crash, hang or ask for too much."""

    def __init__(self, path: Path, kind: str, sheet: str, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._size = path.stat().st_size
        self._share = 0.0
        self._seen = 0
        rows = ROWS if kind == "parquet" else ROWS // 8
        command = [sys.executable, "-P", "-m", "trodden.collect.importers.child", kind, str(path), sheet]
        self._process = subprocess.Popen(
            [*command, str(limits.sandbox_bytes), str(limits.cell_bytes), str(rows)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        _widen(cast("IO[bytes]", self._process.stdout))

    def tasks(self) -> Iterator[Task]:
        """Yield the work of each chunk.

        Raises
        ------
        UnreadableFileError
            If the file is damaged, or its reader crashed or hung.
        RefusedFileError
            If the file asks for more memory, columns or bytes than allowed.
        """
        last = 0
        for batch in self._batches():
            self._note(batch, last + batch.num_rows)
            yield partial(_chunk, batch, last)
            last += batch.num_rows
        self._finish()

    def position(self) -> int:
        """Return how many bytes of the file stand for the rows read so far."""
        return int(self._size * self._share)

    def close(self) -> None:
        """End the other process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdout, self._process.stderr):
            cast("IO[bytes]", pipe).close()

    def _batches(self) -> Iterator[Any]:
        try:
            with self._watched():
                stream = ipc.open_stream(self._process.stdout)
            self._check_schema(stream.schema)
            self._rows = int(cast("dict[bytes, bytes]", stream.schema.metadata or {}).get(TOTAL, b"0"))
            while True:
                with self._watched():
                    batch = stream.read_next_batch()
                batch.validate(full=True)
                yield batch
        except StopIteration:
            return
        except (pa.ArrowException, OSError, EOFError, ValueError) as error:
            raise self._failure(str(error)) from error

    @contextlib.contextmanager
    def _watched(self) -> Generator[None]:
        """Kill the other process if it is silent for too long."""
        timer = threading.Timer(self._limits.sandbox_stall, self._process.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _check_schema(self, schema: Any) -> None:  # noqa: ANN401 -- Arrow has no types
        if len(schema) > self._limits.columns * 2:
            raise too_many_columns(str(self._path), len(schema), self._limits)
        odd = [field.name for field in schema if field.type not in _TYPES]
        if odd:
            raise self._failure(f"unexpected types of {odd[:5]}")

    def _note(self, batch: Any, last: int) -> None:  # noqa: ANN401 -- Arrow has no types
        self._share = min(1.0, last / self._rows) if self._rows > 0 else 0.0
        self._seen += batch.nbytes + sum(_unpacked(one) for one in batch.columns if one.type == CODED)
        if self._seen > _FLOOR and self._seen > _RATIO * self._size:
            raise RefusedFileError(
                f"{self._path} unpacks to more than {_RATIO} times its size.",
                hint="Write it as CSV yourself if you trust it, and import that.",
            )

    def _finish(self) -> None:
        if self._process.wait(timeout=self._limits.sandbox_stall) != 0:
            raise self._failure("its reader gave up at the end")

    def _failure(self, fallback: str) -> TroddenError:
        """Say why the other process gave up, as well as it can be known."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        status = self._process.poll()
        told = _message(cast("IO[bytes]", self._process.stderr)) if status == GAVE_UP else _Message()
        if told.error == "MemoryError" or "malloc" in told.message:
            return RefusedFileError(
                f"{self._path} asks for more than {self._limits.sandbox_bytes >> 20} MiB of memory.",
                hint="It may be damaged, or made to do harm.",
            )
        reason = told.message or (f"its reader was stopped ({status})" if status else fallback)
        return UnreadableFileError(
            f"{self._path} cannot be read: {reason}.", hint="It may be damaged; copy it again."
        )


def too_many_columns(name: str, columns: int, limits: Limits) -> RefusedFileError:
    """Return the error for a file with too many columns."""
    return RefusedFileError(
        f"{name} has {columns} columns; at most {limits.columns} are read.",
        hint="An event table has one row for each event; this one may need to be turned.",
    )


def _message(complaints: IO[bytes]) -> _Message:
    """Return what an ended process wrote last."""
    text = complaints.read().strip().rpartition(b"\n")[2]
    try:
        return msgspec.json.decode(text, type=_Message)
    except msgspec.MsgspecError:
        return _Message()


def _widen(pipe: IO[bytes]) -> None:
    """Give the pipe more room, where the system allows it."""
    import fcntl

    with contextlib.suppress(OSError):
        fcntl.fcntl(pipe.fileno(), _SET_PIPE_SIZE, _PIPE_BYTES)


def _chunk(batch: Any, last: int) -> Chunk:  # noqa: ANN401 -- Arrow has no types
    names: list[str] = []
    cells: list[Cells] = []
    flags: set[int] = set()
    for place, field in enumerate(batch.schema):
        metadata = cast("dict[bytes, bytes]", field.metadata or {})
        mark = metadata.get(LITERAL)
        if CODES not in metadata and place not in flags:
            names.append(field.name)
            cells.append(Cells(_decoded(batch.column(place)), _literal(batch, mark)))
            flags |= {int(mark)} if mark and mark != ALL else set()
    count = int(batch.num_rows)
    chunk = Chunk(names, cells, last + 1 + np.arange(count), last=last + count)
    codes = ints(batch.column(len(batch.schema) - 1))
    return _sound(chunk, codes) if codes.any() else chunk


def _unpacked(column: Any) -> int:  # noqa: ANN401 -- Arrow has no types
    """Return the bytes of the texts a dictionary stands for."""
    return pc.sum(pc.binary_length(column.dictionary).take(column.indices)).as_py() or 0


def _decoded(column: Any) -> Any:  # noqa: ANN401 -- Arrow has no types
    return column.dictionary_decode() if column.type == CODED else column


def _literal(batch: Any, mark: bytes | None) -> Mask | None:  # noqa: ANN401 -- Arrow has no types
    if mark is None:
        return None
    return np.ones(int(batch.num_rows), np.bool_) if mark == ALL else ints(batch.column(int(mark))) > 0


def _sound(chunk: Chunk, codes: Ints) -> Chunk:
    """Leave out the rows that cannot be had, and say why."""
    rejects = [
        reject(int(chunk.rows[place]), REASONS[int(codes[place])], chunk.original(place))
        for place in np.flatnonzero(codes).tolist()
    ]
    return replace(chunk.take(codes == 0), rejects=tuple(rejects))
