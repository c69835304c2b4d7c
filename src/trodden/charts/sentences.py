"""What is said of a deviation: one sentence for each kind, wherever it is shown."""

from __future__ import annotations

from typing import Final

SENTENCES: Final = {
    "missing": "Skip {what}",
    "departed": "Leave after {source}",
    "repeated": "{what} again",
    "ad hoc": "By way of {what}",
    "wrong branch": "{what} as well as the other way",
    "out of order": "{what} out of turn",
    "failing": "{what} fails",
    "forced switch": "Had to switch channel for {what}",
    "paused": "Wait too long for {what}",
}
"""``what`` is the step or touchpoint it is about, ``source`` the place it comes after."""
