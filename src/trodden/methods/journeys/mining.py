"""A first draft of a map, mined from what was walked most."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from trodden.methods.journeys.automaton_graph import FlowError, Graph, build_graph
from trodden.methods.journeys.flow import Flow, step_ids
from trodden.methods.journeys.mining_cuts import Miner
from trodden.methods.journeys.select_units import select
from trodden.methods.journeys.units import OPEN
from trodden.model.errors import QuestionError
from trodden.model.journey_map import JourneyMap, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trodden.methods.journeys.select import Selection
    from trodden.model.walks import Snapshot

    Variants = Mapping[tuple[str, ...], int]


def mine_map(variants: Variants, share: float = 0.8, name: str = "Mined") -> JourneyMap:
    """Draft a map that at least this share of the walked journeys fit, one step a touchpoint.

    The most frequent variants (equal counts in alphabetical order) are taken until they make up
    ``share`` of all journeys; an inductive miner turns exactly these into a flow they all fit: it looks
    for the first cut of the directly-follows graph that holds (choice, sequence, parallel, loop) and
    goes on with each part. Where none holds, the part becomes a loop over a choice of its steps. Parallel
    parts are given up where the flow would have too many states. A choice expects the shares walked.

    ``variants``: journeys as tuples of touchpoints, with how many there are of each.

    Raises
    ------
    QuestionError
        There is nothing to mine from, or ``share`` is not in (0, 1].

    References
    ----------
    Leemans, S., Fahland, D., van der Aalst, W. (2013). Discovering block-structured process models from event
    logs: a constructive approach. Petri Nets 2013, LNCS 7927, 311-329.
    """
    if not 0 < share <= 1:
        raise QuestionError(
            f"A share of {share:g} cannot be asked for.", hint="Ask for one above 0 and up to 1."
        )
    kept = most_frequent(variants, share)
    if not kept:
        raise QuestionError(
            "There is no journey to mine a map from.", hint="Import events, or widen the question."
        )
    flow, graph = _drafted(kept)
    ids = step_ids(flow)
    fitting = sum(count for variant, count in variants.items() if fits(graph, ids, variant))
    used = f"{len(kept):,} of {len(variants):,} variants were used"
    return JourneyMap(
        name=name,
        flow=flow,
        steps=tuple(Step(id=id_, evidence="observed") for id_ in ids),
        evidence=f"Mined: {fitting:,} of {sum(variants.values()):,} journeys fit; {used}.",
    )


def mine_way(variants: Variants, share: float = 0.8, name: str = "Mined", goal: str = "") -> JourneyMap:
    """Draft a map of the ways to a goal: its journeys end there, and nowhere before.

    Every walk that comes to the goal is cut after its first time there; at least ``share`` of these ways fit
    the map. Without a goal it is the touchpoint at which most walks of two or more different ones end.

    Raises
    ------
    QuestionError
        Nobody comes to the goal, or no walk leads anywhere.
    """
    from msgspec.structs import replace

    end = goal or most_frequent_end(variants)
    mined = mine_map(ways_to(variants, end), share, name)
    return replace(mined, bounds=replace(mined.bounds, reached=(end,)))


def most_frequent_end(variants: Variants) -> str:
    """Return where most walks end, those at a single touchpoint left out; ties go to the first name.

    Raises
    ------
    QuestionError
        No walk leads from one touchpoint to another.
    """
    ends = Counter[str]()
    for walk, count in variants.items():
        if len(set(walk)) > 1:
            ends[walk[-1]] += count
    if not ends:
        raise QuestionError("No walk leads from one touchpoint to another: there is no way to draw.")
    return min(ends, key=lambda touchpoint: (-ends[touchpoint], touchpoint))


def ways_to(variants: Variants, goal: str) -> dict[tuple[str, ...], int]:
    """Return the walks that come to the goal, each up to its first time there, with how many there are.

    Raises
    ------
    QuestionError
        Nobody comes to the goal by way of another touchpoint.
    """
    ways = Counter[tuple[str, ...]]()
    for walk, count in variants.items():
        if goal in walk[1:]:
            ways[walk[: walk.index(goal, 1) + 1]] += count
    if not ways:
        raise QuestionError(
            f"Nobody came to {goal!r} from somewhere else.", hint="Name another goal, or none."
        )
    return dict(ways)


def most_frequent(variants: Variants, share: float) -> dict[tuple[str, ...], int]:
    """Return the fewest variants that make up ``share`` of all journeys, most frequent first."""
    wanted = share * sum(variants.values())
    kept: dict[tuple[str, ...], int] = {}
    have = 0
    for variant, count in sorted(variants.items(), key=lambda item: (-item[1], item[0])):
        if have >= wanted:
            break
        if variant and count > 0:
            kept[variant] = count
        have += count
    return kept


def _drafted(kept: Variants) -> tuple[Flow, Graph]:
    """Mine a flow and compile it; without steps in any order where those would be too many."""
    for with_parallel in (True, False):
        flow = Miner(with_parallel=with_parallel).mine(dict(kept))
        try:
            return flow, build_graph(flow)
        except FlowError:
            continue
    raise QuestionError(
        "The journeys hold more touchpoints than one map can.",
        hint="Ask for a smaller share, or for fewer touchpoints.",
    )


def fits(graph: Graph, ids: tuple[str, ...], variant: tuple[str, ...]) -> bool:
    """Tell whether a journey is a complete run of a map whose steps are called like its touchpoints."""
    numbers = {id_: number for number, id_ in enumerate(ids)}
    state: int | None = 0
    for touchpoint in variant:
        state = graph.moves[state].get(numbers.get(touchpoint, -1))
        if state is None:
            return False
    return state in graph.ends


def walked_variants(snapshot: Snapshot, selection: Selection) -> dict[tuple[str, ...], int]:
    """Count the closed units of a selection by the touchpoints they walked.

    Open ones may go on yet and are left out, unless there are no others.
    """
    closed, still_open = Counter[bytes](), Counter[bytes]()
    for bucket in snapshot.buckets():
        units = select(bucket, selection)
        walked, width = units.touchpoint.tobytes(), units.touchpoint.itemsize
        ends = (units.offsets * width).tolist()
        for is_open, first, last in zip((units.state == OPEN).tolist(), ends, ends[1:], strict=False):
            (still_open if is_open else closed)[walked[first:last]] += 1
    names = snapshot.dictionaries.touchpoints
    counts = closed or still_open
    return {tuple(names[code] for code in memoryview(codes).cast("H")): n for codes, n in counts.items()}
