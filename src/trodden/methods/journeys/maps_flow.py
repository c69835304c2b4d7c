"""The flow of a map file: its short forms turned into the tree of the model.

A bare text is a step. ``choice`` and ``parallel`` hold branches, each a list, a step's id, or, in a
choice, ``{flow: [...], share: 0.6}``. ``optional`` holds a list. ``loop`` holds a list, or
``{flow: [...], again: [...]}``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from trodden.methods.journeys.maps_yaml import Listed, Mapped, Node, Scalar
from trodden.model.errors import MapError
from trodden.model.journey_map import Branch, Choice, Loop, Optional, Parallel, StepRef

if TYPE_CHECKING:
    from trodden.methods.journeys.flow import Flow
    from trodden.model.journey_map import FlowItem

ITEMS: Final = ("choice", "parallel", "optional", "loop")
LONGEST_NAME: Final = 200
_BRANCHES: Final = 2


@dataclass(slots=True)
class FlowReader:
    """Reads a flow; ``lines`` takes down where each step stands, as ``flow:ID``."""

    file: str
    lines: dict[str, int]

    def flow(self, node: Node, path: str) -> Flow:
        """Read a sequence: a list of items, or one alone.

        Raises
        ------
        MapError
            An item is none of those a flow is made of, or a step's id stands twice.
        """
        items = node.items if isinstance(node, Listed) else (node,)
        if not items:
            raise self._error(node, path, "found an empty list, expected at least one step")
        return tuple(self._item(item, path) for item in items)

    def _item(self, node: Node, path: str) -> FlowItem:
        if isinstance(node, Scalar):
            return self._step(node, path)
        if isinstance(node, Mapped) and len(node.entries) == 1:
            [(kind, below)] = node.entries.items()
            if kind in ITEMS:
                return self._composed(kind, below, f"{path}.{kind}")
            near = get_close_matches(kind, ITEMS, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(ITEMS)}."
            raise self._error(
                node, path, f"found {kind!r}, expected a step or one of {', '.join(ITEMS)}", hint
            )
        raise self._error(
            node, path, "expected a step's id or one of choice, parallel, optional, loop with its flow"
        )

    def _step(self, node: Scalar, path: str) -> StepRef:
        if node.is_null or not 0 < len(node.text) <= LONGEST_NAME:
            raise self._error(
                node, path, f"found an id of {len(node.text)} characters, expected 1 to {LONGEST_NAME}"
            )
        if f"flow:{node.text}" in self.lines:
            first = self.lines[f"flow:{node.text}"]
            raise self._error(
                node,
                path,
                f"step {node.text!r} already stands on line {first}; one id stands in one place",
                "Give the second place an id of its own with the same `match`, or use `loop`.",
            )
        self.lines[f"flow:{node.text}"] = node.line
        return StepRef(node.text)

    def _composed(self, kind: str, node: Node, path: str) -> FlowItem:
        match kind:
            case "choice":
                branches = self._branches(node, path)
                return self._shared(Choice(tuple(self._branch(one, path) for one in branches)), node, path)
            case "parallel":
                return Parallel(tuple(self.flow(one, path) for one in self._branches(node, path)))
            case "optional":
                return Optional(self.flow(node, path))
            case _:
                return self._loop(node, path)

    def _branches(self, node: Node, path: str) -> tuple[Node, ...]:
        if not isinstance(node, Listed) or len(node.items) < _BRANCHES:
            raise self._error(node, path, "expected a list of two branches or more")
        return node.items

    def _branch(self, node: Node, path: str) -> Branch:
        if not (isinstance(node, Mapped) and "flow" in node.entries):
            return Branch(self.flow(node, path))
        self._refuse_unknown(node, ("flow", "share"), path)
        share = node.entries.get("share")
        return Branch(
            self.flow(node.entries["flow"], path), None if share is None else self._share(share, path)
        )

    def _share(self, node: Node, path: str) -> float:
        try:
            share = float(node.text) if isinstance(node, Scalar) else math.nan
        except ValueError:
            share = math.nan
        if not 0 <= share <= 1:
            raise self._error(node, f"{path}.share", "expected a share from 0 to 1")
        return share

    def _shared(self, choice: Choice, node: Node, path: str) -> Choice:
        """Refuse shares that leave a branch out or do not add up."""
        shares = [branch.share for branch in choice.branches if branch.share is not None]
        if shares and len(shares) < len(choice.branches):
            raise self._error(
                node,
                path,
                f"found a share on {len(shares)} of {len(choice.branches)} branches, expected all or none",
            )
        if shares and not math.isclose(sum(shares), 1, abs_tol=1e-6):
            raise self._error(node, path, f"the shares add up to {sum(shares):g}, expected 1")
        return choice

    def _loop(self, node: Node, path: str) -> Loop:
        if not (isinstance(node, Mapped) and "flow" in node.entries):
            return Loop(self.flow(node, path))
        self._refuse_unknown(node, ("flow", "again"), path)
        flow = self.flow(node.entries["flow"], path)
        again = node.entries.get("again")
        return Loop(flow, () if again is None else self.flow(again, path))

    def _refuse_unknown(self, node: Mapped, known: tuple[str, ...], path: str) -> None:
        for name in node.entries:
            if name not in known:
                raise self._error(
                    node, f"{path}.{name}", f"there is no such key; known here: {', '.join(known)}"
                )

    def _error(self, node: Node, path: str, problem: str, hint: str = "") -> MapError:
        return MapError(f"`{path}`: {problem}.", hint=hint, file=self.file, line=node.line)
