"""What takes long on the pages of journeys: waited for, one at a time, or told where it is remembered."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Final

from trodden.engines.threads import Cancel
from trodden.model.errors import CancelledError
from trodden.web.addresses import number_in
from trodden.web.journeys.pages import DETAILS

if TYPE_CHECKING:
    from trodden.api import StoredWalks
    from trodden.model.question import Answer, Question

DETAIL: Final = 80
"""Per cent of all deviations that are drawn at first."""

_judging: Final = Lock()


def answered(found: StoredWalks, question: Question) -> Answer:
    """Answer what takes long; one at a time, so that a page opened twice does not work twice."""
    with _judging:
        return found.ask(question)


def remembered(found: StoredWalks, question: Question) -> Answer | None:
    """Answer where nothing has to be counted for it, as it was asked before."""
    stop = Cancel()
    stop.ask()
    try:
        return found.ask(question, cancel=stop)
    except CancelledError:
        return None


def detail_in(text: str) -> int:
    """Return how much of what differs is drawn, in per cent; the usual part for what is none."""
    found = number_in(text, min(DETAILS), max(DETAILS))
    return found if found in DETAILS else DETAIL
