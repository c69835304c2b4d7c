"""What is said of a deviation: one sentence for each kind, wherever it is shown."""

from __future__ import annotations

from typing import Final

from trodden.model.words import phrase

SENTENCES: Final = {
    "missing": phrase("Skip {what}"),
    "departed": phrase("Leave after {source}"),
    "repeated": phrase("{what} again"),
    "ad hoc": phrase("By way of {what}"),
    "wrong branch": phrase("{what} as well as the other way"),
    "out of order": phrase("{what} out of turn"),
    "failing": phrase("{what} fails"),
    "forced switch": phrase("Had to switch channel for {what}"),
    "paused": phrase("Wait too long for {what}"),
}
"""``what`` is the step or touchpoint it is about, ``source`` the place it comes after."""

DATA: Final = (
    # deviations
    *(
        phrase("missing"),
        phrase("departed"),
        phrase("repeated"),
        phrase("ad hoc"),
        phrase("wrong branch"),
        phrase("out of order"),
        phrase("failing"),
        phrase("forced switch"),
        phrase("paused"),
    ),
    # ends of units
    *(
        phrase("open"),
        phrase("reached"),
        phrase("abandoned"),
        phrase("silent"),
    ),
    # verdicts
    *(
        phrase("a better way"),
        phrase("worse"),
        phrase("better"),
        phrase("different but equal"),
        phrase("too few to say"),
        phrase("higher"),
        phrase("lower"),
        phrase("no clear difference"),
        phrase("no clear association"),
        phrase("goes with success"),
        phrase("goes with failure"),
        phrase("always before it"),
        phrase("more often"),
        phrase("less often"),
        phrase("held"),
        phrase("above"),
        phrase("below"),
        phrase("unclear"),
    ),
    # what was compared
    *(
        phrase("met"),
        phrase("met from the fork"),
        phrase("time"),
        phrase("contacts"),
        phrase("effort"),
        phrase("price"),
        phrase("score"),
    ),
    # changes of mind, and how they went
    *(
        phrase("back"),
        phrase("other branch"),
        phrase("edit"),
        phrase("cancel"),
        phrase("return"),
        phrase("ping-pong"),
        phrase("rework"),
        phrase("done"),
        phrase("not told"),
        phrase("refused by an error"),
        phrase("no way offered"),
        phrase("sent to another channel"),
    ),
    # what came next
    *(
        phrase("designed next step"),
        phrase("same channel"),
        phrase("nothing"),
        phrase("END"),
        phrase("START"),
        phrase("OPEN"),
        phrase("Other"),
    ),
    # what is counted
    *(
        phrase("attempts"),
        phrase("days after"),
        phrase("weeks after"),
        phrase("months after"),
        phrase("quarters after"),
        phrase("years after"),
        phrase("period"),
        phrase("day"),
        phrase("week"),
        phrase("month"),
        phrase("quarter"),
        phrase("year"),
        phrase("weeks"),
        phrase("months"),
    ),
)
"""Words of answers: data, which stay English and are said with `tr` where they are shown."""
