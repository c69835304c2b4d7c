"""Judge a workspace after a fault, in a process of its own, reading only as any reader does."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec

import trodden
from tests.faults.victims import GONE, WRONG_US
from tests.support.events import events, received
from trodden.model.errors import NotAWorkspaceError, TroddenError
from trodden.store.events import EventStore
from trodden.store.folder import Workspace
from trodden.store.imports import ImportLedger


class Verdict(msgspec.Struct):
    """What a reader found wrong; empty lists where nothing is.

    ``lost`` were acknowledged and are not there; ``twice`` are there more than once; ``unknown`` were
    never sent; ``changed`` differ from what was sent; ``half`` says how much of an undone import is left;
    ``walks`` says how the walks disagree.
    """

    found: int = 0
    lost: list[int] = []
    twice: list[int] = []
    unknown: list[int] = []
    changed: list[int] = []
    half: str = ""
    walks: str = ""
    ledger: str = ""
    error: str = ""

    @property
    def faults(self) -> dict[str, object]:
        """Return what is wrong, by kind."""
        every = {name: getattr(self, name) for name in self.__struct_fields__ if name != "found"}
        return {name: value for name, value in every.items() if value}


class Expectation(msgspec.Struct, frozen=True):
    """What must hold: events of ``sent`` may be there, those of ``acked`` must.

    ``is_erased``: the customer `GONE` has been erased, so none of theirs may be there. ``None``: the
    erasure was begun, so theirs may or may not be. ``has_walks``: walks tell the same as events.
    ``wrong``: the events from this one on came with the import that is taken back; ``is_undone`` says of it
    what ``is_erased`` says, but that they must be there all or not at all.
    """

    sent: int
    acked: list[tuple[int, int]] = []
    is_erased: bool | None = False
    has_walks: bool = False
    wrong: int = 0
    is_undone: bool | None = False

    @property
    def undone(self) -> range:
        """Return the numbers of the events of the import that is taken back."""
        return range(self.wrong or self.sent, self.sent)


def judge(home: str, expectation: Expectation, answer: str) -> None:
    """Read the workspace and write the verdict to the file ``answer``."""
    try:
        verdict = _verdict(Workspace.open(home), expectation)
    except NotAWorkspaceError:
        verdict = Verdict(lost=sorted(_numbers(expectation.acked)))
    except TroddenError as error:
        verdict = Verdict(error=f"{type(error).__name__}: {error}")
    Path(answer).write_bytes(msgspec.json.encode(verdict))


def _verdict(workspace: Workspace, expectation: Expectation) -> Verdict:
    found = EventStore(workspace).read().to_pylist()
    rows = {row["seq"]: row for row in found}
    undone = expectation.undone
    right, wrong = events(range(undone.start)), received(events(undone), WRONG_US)
    sent = {row["seq"]: row for row in (*right.to_pylist(), *wrong.to_pylist())}
    theirs = {number for number, row in sent.items() if row["ids"][0]["value"] == GONE}
    required = _numbers(expectation.acked)
    if expectation.is_erased is not False:
        required -= theirs
    if expectation.is_undone is not False:
        required -= set(undone)
    allowed = set(sent) - theirs if expectation.is_erased else set(sent)
    if expectation.is_undone:
        allowed -= set(undone)
    left = len(set(undone) & set(rows))
    return Verdict(
        found=len(found),
        lost=sorted(required - set(rows)),
        twice=sorted(number for number, count in Counter(row["seq"] for row in found).items() if count > 1),
        unknown=sorted(set(rows) - allowed),
        changed=sorted(number for number in set(rows) & set(sent) if rows[number] != sent[number]),
        half=f"{left} of {len(undone)} are left" if 0 < left < len(undone) else "",
        walks=_walks_say(workspace, rows) if expectation.has_walks else "",
        ledger=_ledger_says(workspace, len(_numbers(expectation.acked))),
    )


def _numbers(ranges: list[tuple[int, int]]) -> set[int]:
    return {number for first, last in ranges for number in range(first, last)}


def _ledger_says(workspace: Workspace, acked: int) -> str:
    """Compare the ledger with what was acknowledged: it may be one batch ahead, never behind."""
    ledger = ImportLedger(workspace.imports_db)
    noted = sum(one.stored + one.duplicates + one.refused for one in ledger.imports())
    ledger.close()
    return "" if noted >= acked else f"the ledger holds {noted} events, {acked} were acknowledged"


def _walks_say(workspace: Workspace, rows: dict[int, dict[str, object]]) -> str:
    snapshot = trodden.open(workspace.home).snapshot
    walked = sorted(
        (key, int(moment))
        for bucket in snapshot.buckets()
        for key, start, end in zip(bucket.keys, bucket.starts, bucket.ends, strict=True)
        for moment in bucket.occurred_at[start:end]
    )
    stored = sorted((row["ids"][0]["value"], _micros(row["occurred_at"])) for row in rows.values())  # type: ignore[index]
    return "" if walked == stored else f"{len(walked)} steps in walks, {len(stored)} events"


def _micros(moment: object) -> int:
    return round(moment.timestamp() * 1_000_000)  # type: ignore[attr-defined]
