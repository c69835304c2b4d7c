"""Importing files: read, make events, store, report."""

from __future__ import annotations

import hashlib
import os
import shlex
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from trodden.collect.importers.build import Built, Recipe, build, renumber
from trodden.collect.importers.chunks import Chunk, Reader, Reject
from trodden.collect.importers.overlap import with_overlap
from trodden.collect.importers.plan import Prepared, checked_paths, prepare
from trodden.collect.importers.rejects import Rejects
from trodden.collect.importers.remarks import remarks
from trodden.collect.importers.report import FileReport, ImportOptions, ImportReport, OnProgress, Progress
from trodden.methods.rows.repeats import Repeats
from trodden.model.errors import DataError, KnownFileError, UnreadableFileError
from trodden.model.words import SOURCE, keep, speaking
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.imports import ImportLedger, Origin, standing_of
from trodden.store.loader import LoadReport, store_events
from trodden.store.undo import moments_since, resume_undos
from trodden.store.walks import WalkStore

_HASH_BLOCK: Final = 1 << 22
_SHOWN: Final = 20


def import_files(
    workspace: Workspace | None,
    paths: Sequence[Path | str],
    options: ImportOptions | None = None,
    progress: OnProgress | None = None,
) -> ImportReport:
    """Import files of events, one after another, and bring the walks up to date.

    A file imported before adds nothing; a grown one adds its new rows; an interrupted import can be run
    again. Rows that cannot be events are kept aside with the reason, and the rest goes on.

    Parameters
    ----------
    workspace
        Where the events go; a dry run needs none.
    paths
        The files. Each is a source of its own, named as the file is without its folder.
    options
        What is known about the files, and whether this is a dry run.
    progress
        Called after every chunk, from this thread.

    Raises
    ------
    MappingError
        If a file's columns cannot be told; nothing of any file is stored then.
    UnreadableFileError, RefusedFileError, KnownFileError
        If a file cannot be read at all, reading it is not safe, or its contents were imported before under
        another source name. Files before it are imported.
    StoreError
        If the workspace cannot be written.
    """
    options = options or ImportOptions()
    prepared = [prepare(path, options) for path in checked_paths(paths, options)]
    if options.dry_run or workspace is None:
        counted = tuple(_count(workspace, one, options, progress) for one in prepared)
        return ImportReport(files=counted, is_dry_run=True)
    with workspace.lock():
        resume_undos(workspace)
        try:
            reports = [_import(workspace, one, options, progress) for one in prepared]
        except DataError:
            WalkStore(workspace).refresh()  # the files before it are in
            raise
        WalkStore(workspace).refresh()
    told = (with_overlap(workspace, one, report) for one, report in zip(prepared, reports, strict=True))
    return ImportReport(files=tuple(told))


def _count(
    workspace: Workspace | None, prepared: Prepared, options: ImportOptions, progress: OnProgress | None
) -> FileReport:
    """Read a file without storing anything; refuse what would be refused."""
    if workspace is not None and workspace.imports_db.exists() and not options.again:
        with closing(ImportLedger(workspace.imports_db)) as ledger:
            refuse_known(prepared, content_hash_of(prepared.opening.path), ledger)
    folder = Path(options.rejects_folder) if options.rejects_folder else None
    rejects = Rejects(prepared.recipe.source, folder, options.limits.kept_rejects if folder else 0)
    run = Run(_job(prepared), rejects, threads=options.threads, progress=progress)
    known = _known(workspace, run)
    rejects.finish()
    report = run.report(LoadReport(duplicates=known))
    return report if workspace is None else with_overlap(workspace, prepared, report)


def _known(workspace: Workspace | None, run: Run) -> int:
    """Read everything; return how many of the events are there already."""
    with closing(EventStore(workspace)) if workspace else nullcontext() as store:
        return sum(store.known(table) if store else 0 for table in run.tables())


def _import(
    workspace: Workspace, prepared: Prepared, options: ImportOptions, progress: OnProgress | None
) -> FileReport:
    path = prepared.opening.path
    content = content_hash_of(path)
    job = _job(prepared, _moment_of_receipt(workspace, prepared, content, options))
    recipe = job.recipe
    lay = options.called or str(path.resolve())
    rejects = Rejects(recipe.source, workspace.rejects, options.limits.kept_rejects, lay)
    run = Run(job, rejects, threads=options.threads, progress=progress)
    shown = os.fsencode(lay).decode("utf-8", "backslashreplace")
    origin = Origin(shown, content, recipe.received_us, rejects.told, options.brought_by)
    try:
        loaded = store_events(
            workspace,
            recipe.source,
            run.tables(),
            file_hash=fingerprint_of(content, recipe),
            origin=origin,
        )
        return run.report(loaded)
    finally:
        rejects.abandon()


def _moment_of_receipt(workspace: Workspace, prepared: Prepared, content: str, options: ImportOptions) -> int:
    """Return a time of receipt that no import of the source has; refuse contents known under another name."""
    recipe = prepared.recipe
    with closing(ImportLedger(workspace.imports_db)) as ledger:
        if not options.again:
            refuse_known(prepared, content, ledger)
        untold = ledger.has_untold(recipe.source)
        others = moments_since(workspace, recipe.source, recipe.received_us) if untold else ()
        return ledger.free_moment(recipe.source, recipe.received_us, others)


def refuse_known(prepared: Prepared, content: str, ledger: ImportLedger) -> None:
    """Refuse a file whose contents an import brought under another name: each event would count twice.

    Raises
    ------
    KnownFileError
        Naming that import.
    """
    path, source = prepared.opening.path, prepared.recipe.source
    known = ledger.known_as(content, source)
    if known is None:
        return
    is_all_there = standing_of(known, ledger.imports()) in ("whole", "made good")
    todo = (
        f"Nothing needs doing. To take the first back: `trodden imports undo {known.id}`."
        if is_all_there
        else f"That import is not whole. To bring in the rest: `--source {shlex.quote(known.source)}`."
    )
    raise KnownFileError(
        f"{path} holds the very bytes of {known.source!r}, which import {known.id} brought on "
        f"{known.begun_at[:10]}. As {source!r} each of its events would count twice.",
        hint=f"{todo} To store the events twice all the same: --again.",
    )


def fingerprint_of(content_hash: str, recipe: Recipe) -> str:
    """Return a hash of a file's bytes and of how they are read, for the ledger of imports."""
    return hashlib.blake2b(recipe.mapping.fingerprint() + content_hash.encode(), digest_size=16).hexdigest()


def content_hash_of(path: Path) -> str:
    """Return a hash of a file's bytes.

    Raises
    ------
    UnreadableFileError
        If they cannot be read.
    """
    state = hashlib.blake2b(digest_size=16)
    try:
        with path.open("rb", buffering=0) as file:
            while block := file.read(_HASH_BLOCK):
                state.update(block)
    except OSError as error:
        raise UnreadableFileError(f"{path} cannot be read: {error.strerror}.") from error
    return state.hexdigest()


@dataclass(frozen=True)
class Job:
    """Something to be read: ``size`` is in bytes, 0 where it is not known."""

    name: str
    size: int
    recipe: Recipe
    open: Callable[[], Reader]
    notes: tuple[str, ...] = ()


def _job(prepared: Prepared, received_us: int | None = None) -> Job:
    opening, recipe = prepared.opening, prepared.recipe
    if received_us is not None:
        recipe = replace(recipe, received_us=received_us)
    return Job(str(opening.path), opening.size, recipe, opening.reader, prepared.notes)


class Run:
    """One file or frame being read."""

    def __init__(
        self, job: Job, rejects: Rejects, *, threads: int = 0, progress: OnProgress | None = None
    ) -> None:
        self._job = job
        self._rejects = rejects
        self._progress = progress
        self._threads = threads or os.cpu_count() or 1
        self._rows = Repeats()
        self._customers = Repeats()
        self._moments = Repeats()
        self._counts: Counter[str] = Counter()
        self._unknown: dict[str, Counter[str]] = {}
        self._damage = ""
        self._last = 0
        self._begun = time.monotonic()

    def tables(self) -> Iterator[Any]:
        """Yield the events of the file, in its order."""
        reader, recipe = self._job.open(), self._job.recipe
        with closing(reader):
            for built in ahead(self._work(reader), self._threads):
                renumber(built, self._rows.count(built.keys), recipe)
                self._note(built)
                self._report_progress(reader)
                if built.rows:
                    yield built.table()
        self._rejects.add(self._damage_reject())

    def _work(self, reader: Reader) -> Iterator[Callable[[], Built]]:
        """Yield the work of each chunk; where the file turns out to be damaged, stop and remember why."""
        recipe = self._job.recipe
        has_any = False
        try:
            for task in reader.tasks():
                has_any = True
                yield both(task, recipe)
        except UnreadableFileError as error:
            if not has_any:
                raise
            with speaking(SOURCE):  # kept with the import, and said again to each reader
                self._damage = error.message

    def _note(self, built: Built) -> None:
        self._last = built.last
        self._rejects.add(built.rejects)
        self._counts += built.counts
        self._counts["kept"] += built.rows
        self._customers.count(built.customers)
        self._counts["equal_times"] += int(np.count_nonzero(self._moments.count(built.moments)))
        for role, texts in built.unknown.items():
            self._unknown.setdefault(role, Counter()).update(texts)

    def _damage_reject(self) -> list[Reject]:
        if not self._damage:
            return []
        self._last += 1
        return [Reject(self._last, "damaged-file", self._damage)]

    def _report_progress(self, reader: Reader) -> None:
        if self._progress is None:
            return
        size, read = self._job.size, reader.position()
        seconds = time.monotonic() - self._begun
        left = seconds * (size - read) / read if read else None
        self._progress(
            Progress(
                file=self._job.name,
                rows=self._last,
                read=read,
                size=size,
                rate=self._last / seconds if seconds else 0.0,
                seconds_left=left,
            )
        )

    def _remarks(self) -> Iterator[str]:
        rejected = self._rejects.counts.total()
        told = {**self._counts, "repeated_rows": self._repeated_rows, "rejected": rejected}
        recipe = self._job.recipe
        return remarks(told, self._unknown, recipe.mapping.timezone, recipe.limits.kept_rejects)

    @property
    def _repeated_rows(self) -> int:
        return self._counts["kept"] - self._rows.distinct

    def report(self, loaded: LoadReport | None = None) -> FileReport:
        """Return what became of the file."""
        loaded = loaded or LoadReport()
        counts, recipe = self._counts, self._job.recipe
        mapping = recipe.mapping
        return FileReport(
            path=self._job.name,
            source=recipe.source,
            format=mapping.format,
            mapping=mapping,
            import_id=loaded.import_id,
            rows=self._last,
            kept=counts["kept"],
            customers=self._customers.distinct,
            stored=loaded.stored,
            duplicates=loaded.duplicates,
            refused=loaded.refused,
            is_repeat=loaded.is_repeat,
            repeated_rows=self._repeated_rows,
            equal_times=counts["equal_times"],
            rejected=dict(self._rejects.counts.most_common()),
            rejects_file=str(self._rejects.file or ""),
            examples=tuple(self._rejects.examples),
            local_times=counts["local_times"],
            ambiguous_times=counts["ambiguous_times"],
            moved_times=counts["moved_times"],
            ambiguous_dates=counts["ambiguous_dates"],
            unknown={role: dict(texts.most_common(_SHOWN)) for role, texts in self._unknown.items()},
            notes=(*self._job.notes, *self._remarks(), *_of_known(loaded.duplicates, recipe.source)),
            damage=self._damage,
            seconds=time.monotonic() - self._begun,
        )


def _of_known(rows: int, source: str) -> Iterator[str]:
    """Say what becomes of rows that were imported before: nothing, and how to read them otherwise."""
    if rows:
        yield keep(
            "{n} rows were known already as {source} and stay as they were first read, whatever the "
            "mapping or zone is now. To read them otherwise, take their import back (`trodden imports undo`) "
            "and import the file again.",
            n=f"{rows:,}",
            source=repr(source),
        )


def both(task: Callable[[], Chunk], recipe: Recipe) -> Callable[[], Built]:
    """Return the work of making a chunk and then events of it."""
    return lambda: build(task(), recipe)


def ahead(work: Iterator[Callable[[], Built]], threads: int) -> Iterator[Built]:
    """Do work in threads, a few pieces ahead of what is asked for; yield the results in order."""
    under_way: deque[Future[Built]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="import")
    try:
        for one in work:
            under_way.append(pool.submit(one))
            if len(under_way) > threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
