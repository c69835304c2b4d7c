"""How far this process has proved the chain of the log, so that a page proves only what was added since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from trodden.web.audit.log import FIRST, follow
from trodden.web.audit.models import Entry

if TYPE_CHECKING:
    from trodden.web.audit.log import End


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether the chain holds. ``broken_at``: the number of the entry where it does not, None where it does.

    ``up_to``: how many entries were read and hold; ``whole_at``: when all of them were last read in one go.
    """

    broken_at: int | None
    up_to: int
    whole_at: datetime


class Chain:
    """What is known of the chain in this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._end: End = (0, FIRST)
        self._whole_at: datetime | None = None

    def prove(self, *, whole: bool = False) -> Proof:
        """Prove what was added since the last time, or with ``whole`` the chain from its first entry on.

        Where the last entry that was proved is no longer there as it was, all of them are read.
        """
        with self._lock:
            if whole or self._whole_at is None or not self._stands():
                self._end, self._whole_at = (0, FIRST), datetime.now(UTC)
            entries = Entry.objects.filter(number__gt=self._end[0]).order_by("number")
            broken, self._end = follow(entries.iterator(), self._end)
            return Proof(broken, self._end[0], self._whole_at)

    def _stands(self) -> bool:
        number, seal = self._end
        return number == 0 or Entry.objects.filter(number=number, seal=seal).exists()


CHAIN: Final = Chain()
