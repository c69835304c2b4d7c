"""Questions that take longer than a visitor likes to look at nothing: their progress is shown meanwhile.

Visitors who ask the same thing of the same walks wait for one run. Each has a ticket; the run stops when
none of them waits any more, because they said so or were not heard of for a while.
"""

from __future__ import annotations

import logging
import secrets
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Lock, Timer
from time import monotonic
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from trodden.engines.threads import Cancel, wish_around
from trodden.web.security import loggable
from trodden.web.workspaces import within

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.model.catalog import Catalog
    from trodden.model.question import Answer, Question

log = logging.getLogger("trodden.web")

FORGOTTEN_S: Final = 90.0
"""Who was not heard of for so long waits no more; browsers ask hidden pages anew but once a minute."""
AT_ONCE: Final = 8
"""Questions worked on at the same time; more of them queue."""


class Wanted(Cancel):
    """Asked as soon as nobody waits for the answer.

    Attributes
    ----------
    waiting
        When each visitor was last heard of, by ticket, on the clock of this process.
    """

    def __init__(self, ticket: str) -> None:
        super().__init__()
        self.waiting = {ticket: monotonic()}

    @property
    def is_asked(self) -> bool:
        """Say whether nobody waits any more; who comes back later begins anew."""
        oldest = monotonic() - FORGOTTEN_S
        if not any(heard > oldest for heard in tuple(self.waiting.values())):
            self.ask()
        return super().is_asked


@dataclass(frozen=True, slots=True)
class Run:
    """One question being answered.

    The catalog is a new one whenever walks, maps or segments have changed. ``readers`` says who may read the
    answer: of which workspace and of which customers it is, and whether it names any.
    """

    question: Question
    catalog: Catalog
    cancel: Wanted
    answer: Future[Answer]
    readers: tuple[type[StoredWalks], str, str]

    def asks(self, question: Question, found: StoredWalks) -> bool:
        """Say whether it answers this question to such readers."""
        return self.question == question and self.readers == readers_of(found)

    def is_of(self, question: Question, found: StoredWalks) -> bool:
        """Say whether it answers this question, of walks and maps as they stand, to such readers."""
        return self.asks(question, found) and self.catalog is found.catalog


def readers_of(found: StoredWalks) -> tuple[type[StoredWalks], str, str]:
    """Return what readers of answers have in common: workspace, segment, and whether they may read names."""
    return type(found), found.workspace.name, found.segment


class Runs:
    """The runs of this process that somebody waits for.

    An answer stays as long as somebody who waited for it was heard of lately, so that it can be shown.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._runs: list[Run] = []
        self._timer: Timer | None = None
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="trodden-question")

    def join(self, found: StoredWalks, question: Question) -> tuple[str, Run]:
        """Return a ticket and the run that answers: one under way, or one begun now."""
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            for run in self._wanted():
                if run.is_of(question, found):
                    run.cancel.waiting[ticket] = monotonic()
                    return ticket, run
            self._look_later()
            self._runs.append(self._begun(found, question, ticket))
            return ticket, self._runs[-1]

    def _begun(self, found: StoredWalks, question: Question, ticket: str) -> Run:
        catalog, cancel = found.catalog, Wanted(ticket)
        answer = self._pool.submit(_asked, found, question, cancel)
        return Run(question, catalog, cancel, answer, readers_of(found))

    def _look_later(self) -> None:
        """See to it that runs nobody waits for are forgotten though nobody asks anything more."""
        if self._timer is None:
            self._timer = Timer(FORGOTTEN_S, self._look)
            self._timer.daemon = True
            self._timer.start()

    def _look(self) -> None:
        with self._lock:
            self._timer = None
            if self._wanted():
                self._look_later()

    def find(self, ticket: str) -> Run | None:
        """Return the run a ticket waits for, having heard of its visitor; None where it waits for none."""
        with self._lock:
            for run in self._wanted():
                if ticket in run.cancel.waiting:
                    run.cancel.waiting[ticket] = monotonic()
                    return run
        return None

    def leave(self, ticket: str) -> Run | None:
        """Wait no more under this ticket, and return what it waited for; the run stops after its last one."""
        with self._lock:
            for run in self._wanted():
                if run.cancel.waiting.pop(ticket, None):
                    self._wanted()
                    return run
        return None

    def stop(self) -> None:
        """Let nobody wait any more."""
        with self._lock:
            for run in self._runs:
                run.cancel.ask()

    def _wanted(self) -> list[Run]:
        """Forget the runs nobody waits for, and return the others."""
        self._runs = [run for run in self._runs if not run.cancel.is_asked]
        return self._runs


def _asked(found: StoredWalks, question: Question, cancel: Wanted) -> Answer:
    with within(found.workspace.name):
        return found.ask(question, cancel=cancel)


RUNS: Final = Runs()


class Visit(Cancel):
    """A request under way: what it asks stops when its connection closes, or when this process is to end."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        _visits.add(self)

    def abandon(self) -> None:
        """Stop what it asks, and say so where that is not all read."""
        self.ask()
        if self.pieces_read < self.pieces:
            log.info("question.abandoned path=%s", loggable(self._path))


_visits: WeakSet[Visit] = WeakSet()


def stop_all() -> None:
    """Stop every question of this process: it is about to end."""
    RUNS.stop()
    for visit in tuple(_visits):
        visit.abandon()


def answered(found: StoredWalks, question: Question, patience_s: float, ticket: str = "") -> Answer | str:
    """Return the answer, or after ``patience_s`` the ticket under which it is waited for.

    Who comes with the ticket of a run that has ended gets its answer, whatever has changed since.

    Raises
    ------
    TroddenError
        The question cannot be answered.
    """
    ended = RUNS.find(ticket) if ticket else None
    if ended and ended.answer.done() and ended.asks(question, found):
        return ended.answer.result()
    ticket, run = RUNS.join(found, question)
    _wait(run, ticket, patience_s)
    if not run.answer.done():
        return ticket
    RUNS.leave(ticket)
    return run.answer.result()


def _wait(run: Run, ticket: str, patience_s: float) -> None:
    """Wait for the answer as a visitor who is heard of, until the connection closes."""
    visit, until = wish_around(), monotonic() + patience_s
    while not run.answer.done() and not visit.is_asked and (left := until - monotonic()) > 0:
        wait([run.answer], min(left, FORGOTTEN_S / 3))
        RUNS.find(ticket)
