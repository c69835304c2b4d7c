from __future__ import annotations

from collections import Counter
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import sequences as oracle
from tests.support.desk import desk_events
from tests.support.logs import (
    AS_OF,
    CUSTOMERS,
    REGIONS,
    SAMPLE,
    catalog_of,
    customer_of,
    logs,
    walks_of,
)
from tests.support.walks import walks_from_text
from trodden.analyses.sequences.answer import Sequences, SequencesQuestion
from trodden.analyses.sequences.chart import sequences_chart
from trodden.analyses.sequences.contrast import contrasts, ratio, score_p
from trodden.asking import Asker
from trodden.charts import Bars, Table
from trodden.methods.journeys.maps import parse_map
from trodden.methods.stats.rates import wilson
from trodden.model.errors import QuestionError, TooLargeError

if TYPE_CHECKING:
    from pathlib import Path

    from trodden.model.event import Event
    from trodden.model.walks import Snapshot

SILENCE = timedelta(days=30)
SHOP = parse_map("{name: Shop, flow: [x, y, z]}", "shop.yaml")


def asked(snapshot: Snapshot, **fields: object) -> Sequences:
    asker = Asker(snapshot, catalog_of(snapshot, (SAMPLE, SHOP)))
    answer = asker.ask(SequencesQuestion(**fields))  # type: ignore[arg-type]
    assert isinstance(answer, Sequences)
    return answer


def sequences(text: str, as_of: str | None = None, **fields: object) -> Sequences:
    return asked(walks_from_text(text, as_of=as_of), **fields)


def told(answer: Sequences) -> dict[str, int]:
    return {" ".join(one.steps): one.support.count for one in answer.sequences}


def walked(log: list[Event]) -> dict[str, list[Event]]:
    walks: dict[str, list[Event]] = {}
    for event in sorted(log, key=lambda one: (one.occurred_at, one.seq)):
        walks.setdefault(customer_of(event), []).append(event)
    return walks


def plain(log: list[Event], split: str) -> oracle.Units:
    """Return units with their groups: by an order, or by region."""
    units: oracle.Units = []
    for customer, events in walked(log).items():
        steps = [(one.name, round(one.occurred_at.timestamp())) for one in events]
        names = [name for name, _ in steps]
        group: int | None = 0
        if split == "goal" and "Order" in names:
            steps, group = steps[: names.index("Order")], 1
        elif split == "goal" and events[-1].occurred_at >= AS_OF - SILENCE:
            group = None
        elif split == "against":
            group = int(REGIONS[CUSTOMERS.index(customer) % len(REGIONS)] == "north")
        units.append((steps, group))
    return units


SPLITS: dict[str, dict[str, str]] = {
    "none": {},
    "goal": {"goal": "Order"},
    "against": {"against": "region = north"},
}


@settings(deadline=None)
@given(
    log=logs(longest=25),
    split=st.sampled_from(tuple(SPLITS)),
    max_gap=st.sampled_from((None, 0, 1)),
    wait=st.sampled_from((None, 1, 9)),
    least=st.sampled_from((0.01, 0.5)),
)
def test_supports_equal_every_choice_of_steps(
    log: list[Event], split: str, max_gap: int | None, wait: int | None, least: float
) -> None:
    longest_wait = None if wait is None else timedelta(days=wait)
    answer = asked(
        walks_of(log),
        min_support=least,
        max_gap=max_gap,
        longest_wait=longest_wait,
        shortest=1,
        limit=2_000,
        **SPLITS[split],
    )
    units = plain(log, split)
    sizes = Counter(group for _, group in units)
    expected = {
        steps: counts
        for length in (1, 2, 3)
        for steps, counts in oracle.supports(
            units, length, max_gap, None if wait is None else wait * 86_400
        ).items()
        if sum(counts) >= least * (sizes[0] + sizes[1])
    }
    assert answer.found == len(expected)
    assert answer.left_out == sizes[None]
    for one in answer.sequences:
        second, first = expected[one.steps]
        assert (one.support.count, one.support.of) == (first + second, sizes[0] + sizes[1])
        if one.contrast is not None:
            assert (one.contrast.first.count, one.contrast.first.of) == (first, sizes[1])
            assert (one.contrast.second.count, one.contrast.second.of) == (second, sizes[0])


@settings(deadline=None, max_examples=25)
@given(log=logs(), max_gap=st.sampled_from((None, 0, 2)))
def test_a_sequence_holds_as_many_as_its_pattern_selects(log: list[Event], max_gap: int | None) -> None:
    snapshot = walks_of(log)
    for one in asked(snapshot, max_gap=max_gap, limit=5).sequences:
        assert asked(snapshot, where=one.pattern).about.units == one.support.count


WALK = (
    "a x 10:00 | a y 10:10 | a x 10:20 | a z 10:30 | b x 10:00 | b n 10:01 | b y 10:02 | c x 10:00"
    " | c x 10:05 | d y 10:00"
)


def test_a_unit_counts_once_whatever_lies_between() -> None:
    answer = sequences(WALK, min_support=0.5)
    assert told(answer) == {"x x": 2, "x y": 2}
    assert answer.sequences[0].support.of == 4
    assert told(sequences(WALK, min_support=0.5, max_gap=0)) == {}
    assert told(sequences(WALK, min_support=0.5, max_gap=1)) == {"x x": 2, "x y": 2}


def test_the_nearest_neighbour_may_be_behind_the_first() -> None:
    """The first x is too far from y; the second is not."""
    text = "a x 10:00 | a n 10:01 | a n 10:02 | a x 10:03 | a y 10:04"
    assert "x y" in told(sequences(text, max_gap=0))
    assert "x y" in told(sequences(text, longest_wait=timedelta(minutes=1)))
    assert "x y" not in told(sequences(text, longest_wait=timedelta(seconds=59)))


def test_lengths_are_bounded() -> None:
    text = "a x 10:00 | a y 10:01 | a z 10:02 | a n 10:03"
    assert told(sequences(text, longest=4, shortest=4)) == {"x y z n": 1}
    assert set(told(sequences(text, longest=1, shortest=1))) == set("xyzn")
    with pytest.raises(QuestionError, match="shortest: 4 is more than longest, 3"):
        sequences(text, shortest=4)


def test_units_are_read_up_to_the_goal_and_open_ones_left_out() -> None:
    text = f"{WALK} | e x 10:00 | e z 10:01 | e y 10:02 | f x +40 10:00"
    answer = sequences(text, goal="z", shortest=1, min_support=0.01)
    found = {" ".join(one.steps): one.contrast for one in answer.sequences if one.contrast}
    assert answer.groups == ("z", "never did")
    assert answer.left_out == 1
    assert "z" not in found
    assert (found["x"].first.count, found["x"].second.count) == (2, 2)
    assert (found["x y"].first.count, found["x y"].first.of) == (1, 2)


def test_journeys_are_compared_by_the_goal_of_their_map() -> None:
    text = "a x 10:00 | a y 10:10 | a z 10:20 | b x 10:00 | b y 11:00 | c x +40 10:00"
    answer = sequences(text, map="Shop", shortest=1, min_support=0.01)
    assert answer.groups == ("reached the goal", "did not")
    assert answer.left_out == 1
    assert told(answer) == {"x": 2, "x y": 2, "y": 2}
    assert sequences(text, map="Shop", unit="customer").groups == ()


def crowd(with_help: int, without: int, *, buy: bool, name: str) -> str:
    walks = []
    for place in range(with_help + without):
        steps = ["x", "help", "y"] if place < with_help else ["x", "y"]
        steps += ["buy"] if buy else []
        walks += [f"{name}{place} {step} 10:0{at}" for at, step in enumerate(steps)]
    return " | ".join(walks)


def test_clear_differences_come_first() -> None:
    text = f"{crowd(30, 10, buy=True, name='a')} | {crowd(10, 40, buy=False, name='b')}"
    answer = sequences(text, as_of="2026-06-01", goal="buy", max_gap=0)
    assert (answer.tested, answer.found) == (4, 4)
    assert [(" ".join(one.steps), one.contrast.reading) for one in answer.sequences if one.contrast] == [
        ("x y", "less often"),
        ("help y", "more often"),
        ("x help", "more often"),
        ("x help y", "more often"),
    ]
    chart = sequences_chart(answer)
    assert isinstance(chart, Table)
    assert chart.title.startswith("x, y: less often in the first group, by \N{MINUS SIGN}55 points [")
    assert "4 sequences were tested" in " ".join(chart.notes)


def test_too_few_are_not_tested() -> None:
    text = f"{crowd(3, 1, buy=True, name='a')} | {crowd(1, 4, buy=False, name='b')}"
    answer = sequences(text, as_of="2026-06-01", goal="buy")
    assert answer.tested == 0
    assert {one.contrast.reading for one in answer.sequences if one.contrast} == {"too few to say"}
    assert all(one.contrast.adjusted_p is None for one in answer.sequences if one.contrast)


def test_the_score_test_and_the_ratio_are_as_published() -> None:
    """Pearson's chi-squared of 30/40 against 10/50 is 27.225; Katz's interval by hand."""
    first, second = wilson(30, 40), wilson(10, 50)
    assert score_p(first, second) == pytest.approx(1.81e-7, rel=0.01)
    found = ratio(first, second)
    assert (found.value, found.low, found.high) == pytest.approx((3.75, 2.0943, 6.7145), rel=1e-3)
    assert ratio(first, wilson(0, 50)).value is None
    assert ratio(wilson(0, 40), second).low is None


def test_p_is_adjusted_over_what_was_tested_only() -> None:
    one, two, rare = contrasts([(10, 30), (25, 20), (1, 0)], (50, 40, 0))
    assert one is not None
    assert two is not None
    assert rare is not None
    assert one.adjusted_p == pytest.approx(2 * score_p(one.first, one.second))
    assert two.adjusted_p == pytest.approx(score_p(two.first, two.second))
    assert rare.adjusted_p is None


def test_where_nothing_differs_a_clear_reading_is_rare() -> None:
    """400 worlds of 20 sequences without any difference: at most one in twenty reads clear, chance aside."""
    random = Random(7)
    clear = 0
    for _ in range(400):
        counts = [
            (sum(random.random() < 0.3 for _ in range(60)), sum(random.random() < 0.3 for _ in range(50)))
            for _ in range(20)
        ]
        found = contrasts(counts, (60, 50, 0))
        clear += any(one.reading != "no clear difference" for one in found if one)
    assert clear <= 400 * 0.07


def test_what_cannot_be_asked_says_why() -> None:
    with pytest.raises(QuestionError, match="goal and against"):
        sequences(WALK, goal="x", against="region = north")
    with pytest.raises(QuestionError, match="longest_wait"):
        sequences(WALK, longest_wait=timedelta(-1))


def test_more_candidates_than_can_be_counted_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trodden.methods.journeys.sequences.MOST_CANDIDATES", 3)
    with pytest.raises(TooLargeError, match="2 frequent sequences of length 1 make 4 possible ones"):
        sequences(WALK, min_support=0.5)


def test_without_groups_the_chart_shows_supports() -> None:
    chart = sequences_chart(sequences(WALK, min_support=0.5))
    assert isinstance(chart, Bars)
    assert chart.title == "x, x: 50 % of 4 customers walk so"
    assert sequences_chart(sequences(WALK, min_support=1.0)).title == "No sequence of steps is that frequent"


def test_the_help_desks_sequences(shared: Path) -> None:
    """Counted from the rows, customer by customer, over every choice of up to three steps in a row."""
    log = desk_events(shared)
    answer = asked(
        walks_of(log, max(one.occurred_at for one in log)), max_gap=0, min_support=0.01, limit=2_000
    )
    counts = Counter[tuple[str, ...]]()
    for events in walked(log).values():
        names = [one.name for one in events]
        runs = {tuple(names[at : at + length]) for length in (2, 3) for at in range(len(names) - length + 1)}
        counts.update(runs)
    expected = {" ".join(steps): many for steps, many in counts.items() if many >= 0.01 * 3_804}
    assert told(answer) == expected
    assert list(told(answer).items())[:3] == GOLDEN


GOLDEN = [("1 8", 3_483), ("8 6", 3_171), ("1 8 6", 2_680)]
