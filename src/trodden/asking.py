"""From a question to its answer: plan, run over the walks, finish, remember."""

from __future__ import annotations

import hashlib
import io
import pickle
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from trodden.engines.threads import ThreadEngine
from trodden.model.errors import QuestionError
from trodden.model.words import SOURCE, speaking
from trodden.registry import Registration, find_by_question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trodden.engines import Engine
    from trodden.model.catalog import Catalog
    from trodden.model.question import Answer, Question
    from trodden.model.walks import Snapshot

DEEPEST_NEED = 4


class Cache(Protocol):
    """Remembers answers by a key that holds everything they depend on."""

    def get(self, key: str, answer: type[Answer]) -> Answer | None:
        """Return what was remembered under ``key``, or None."""
        ...

    def put(self, key: str, answer: Answer) -> None:
        """Remember it."""
        ...


class NoCache:
    """Remembers nothing."""

    def get(self, key: str, answer: type[Answer]) -> Answer | None:  # noqa: ARG002 - there is nothing to look up
        """Return None."""
        return None

    def put(self, key: str, answer: Answer) -> None:
        """Forget it."""


class Asker:
    """Answers questions about one snapshot with one catalog."""

    def __init__(
        self,
        snapshot: Snapshot,
        catalog: Catalog,
        *,
        engine: Engine | None = None,
        cache: Cache | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.catalog = catalog
        self.engine = engine or ThreadEngine()
        self.cache = cache or NoCache()

    def ask(self, question: Question) -> Answer:
        """Answer, by the analysis that takes this type of question.

        Raises
        ------
        QuestionError, UnknownNameError
            The question cannot be asked as it stands.
        CancelledError
            Somebody asked to stop.
        """
        with speaking(SOURCE):  # an answer is data: sentences kept in it are said again to each reader
            return self._ask(question, depth=0)

    def _ask(self, question: Question, depth: int) -> Answer:
        if depth > DEEPEST_NEED:
            raise QuestionError("The question needs answers that need answers without end.")
        registration = find_by_question(question)
        needed = registration.analysis.needs(question, self.catalog)
        needs = {name: self._ask(need, depth + 1) for name, need in needed.items()}
        plan = registration.analysis.plan(question, self.catalog, needs)
        return _in_zone(self._run(registration, plan), self.catalog.time_zone)

    def _run(self, registration: Registration, plan: object) -> Answer:
        key = cache_key(registration.name, plan, self.snapshot.name)
        remembered = self.cache.get(key, registration.answer)
        if remembered is not None:
            return remembered
        state = self.engine.run(registration.analysis, plan, self.snapshot)
        answer: Answer = registration.analysis.finish(plan, state)
        self.cache.put(key, answer)
        return answer


def _in_zone(answer: Answer, time_zone: str) -> Answer:
    about = msgspec.structs.replace(answer.about, time_zone=time_zone)
    return msgspec.structs.replace(answer, about=about)


def cache_key(analysis: str, plan: object, snapshot: str) -> str:
    """Return a name for the answer: equal plans on equal snapshots, by the same code, have equal ones."""
    return _digest((analysis.encode(), _bytes_of(plan), snapshot.encode(), _code()))


def _bytes_of(plan: object) -> bytes:
    """Return equal bytes for equal plans: what stands in one twice is written twice, be it one object or two.

    A plan made of remembered answers shares other objects than the same plan made of answers just worked out.
    """
    written = io.BytesIO()
    pickler = pickle.Pickler(written, protocol=5)
    pickler.fast = True
    pickler.dump(plan)
    return written.getvalue()


@cache
def _code() -> bytes:
    return state_of(Path(__file__).parent)


def state_of(folder: Path) -> bytes:
    """Return what tells this state of the code from another: an update may mend a number."""
    found = ((path, path.stat()) for path in sorted(folder.rglob("*.py")))
    told = (f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}".encode() for path, stat in found)
    return _digest(told).encode()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
