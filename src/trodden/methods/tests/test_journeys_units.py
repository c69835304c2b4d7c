from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import units as oracle
from trodden.methods.journeys import kernels_units
from trodden.methods.journeys.maps import parse_map
from trodden.methods.journeys.periods import microseconds, moment
from trodden.methods.journeys.select import Selection, resolve_selection, select
from trodden.methods.journeys.select_bounds import alone_steps
from trodden.methods.journeys.units import ABANDONED, OPEN, REACHED, SILENT, Units, count_units
from trodden.methods.tests.buckets import bucket_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.catalog import Catalog
from trodden.model.errors import MapError, QuestionError, UnknownNameError
from trodden.model.event import OUTCOMES
from trodden.model.question import Period, Question
from trodden.model.walks import TIE, Dictionaries, PropertyDictionary

if TYPE_CHECKING:
    from trodden.model.walks import Bucket

NAMES = "abcdx"
MINUTE = 60_000_000
HOUR = 60 * MINUTE
STATES = {OPEN: "open", REACHED: "reached", ABANDONED: "abandoned", SILENT: "silent"}

Steps = list[tuple[str, int, int]]


def _timed(steps: Steps) -> Steps:
    minutes = np.cumsum([gap for _, gap, _ in steps]).tolist()
    return [(name, int(at) * MINUTE, channel) for (name, _, channel), at in zip(steps, minutes, strict=True)]


walks = st.lists(
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from((0, 0, 30, 31, 60, 120, 121)), st.integers(0, 1)),
        max_size=12,
    ).map(_timed),
    min_size=1,
    max_size=4,
)


def bucket(logs: list[Steps], **columns: Any) -> Bucket:  # noqa: ANN401 - any column
    channels = np.array([channel for walk in logs for _, _, channel in walk], dtype=np.uint8)
    coded = [[(NAMES.index(name), at) for name, at, _ in walk] for walk in logs]
    return bucket_of(coded, **{"channel_outcome": channels, **columns})


def catalog(*maps: str, **fields: Any) -> Catalog:  # noqa: ANN401 - any field of a catalog
    found = [parse_map(text, "test.yaml") for text in maps]
    given: dict[str, Any] = {
        "snapshot": "s",
        "as_of": moment(0) + timedelta(days=1_000),
        "dictionaries": Dictionaries(touchpoints=tuple(NAMES)),
        "maps": {one.key: one for one in found},
    }
    return Catalog(**{**given, **fields})


def told(units: Units) -> list[tuple[int, list[int], str, int]]:
    """Return customer, rows, state and (unless open) end of each unit."""
    return [
        (
            int(units.customer[u]),
            units.rows[units.offsets[u] : units.offsets[u + 1]].tolist(),
            STATES[int(units.state[u])],
            0 if units.state[u] == OPEN else int(units.closed_at[u]),
        )
        for u in range(len(units))
    ]


def wanted(logs: list[Steps], cut: Any) -> list[tuple[int, list[int], str, int]]:  # noqa: ANN401 - a function of a walk
    base = np.cumsum([0, *(len(walk) for walk in logs)]).tolist()
    return [
        (who, [base[who] + place for place in places], state, 0 if state == "open" else closed)
        for who, walk in enumerate(logs)
        for places, state, closed in cut(walk)
    ]


def columns_agree(units: Units, found: Bucket) -> bool:
    same = ("occurred_at", "touchpoint", "channel_outcome")
    return all(np.array_equal(getattr(units, name), getattr(found, name)[units.rows]) for name in same)


as_ofs = st.sampled_from((0, 60, 150, 240, 400, 2_000)).map(lambda minutes: minutes * MINUTE)
scopes = st.sampled_from(("", "a", "ab", "abcdx"))
EVERYTHING = frozenset(NAMES)


@settings(deadline=None, max_examples=200)
@given(logs=walks, as_of=as_ofs)
def test_customers_are_cut_at_as_of(logs: list[Steps], as_of: int) -> None:
    found, silence = bucket(logs), 2 * HOUR
    units = select(found, Selection(unit="customer", as_of=as_of, silence=silence))
    assert told(units) == wanted(logs, lambda walk: oracle.customers(walk, EVERYTHING, silence, as_of))
    assert columns_agree(units, found)


@settings(deadline=None, max_examples=200)
@given(logs=walks, as_of=as_ofs)
def test_sessions_are_events_of_one_channel_without_a_long_gap(logs: list[Steps], as_of: int) -> None:
    found, gap = bucket(logs), 30 * MINUTE
    units = select(found, Selection(unit="session", as_of=as_of, silence=gap))
    assert told(units) == wanted(logs, lambda walk: oracle.sessions(walk, EVERYTHING, gap, as_of))
    assert columns_agree(units, found)


bounds = st.tuples(
    st.sets(st.sampled_from("abc"), min_size=1, max_size=2).map(sorted),
    st.sets(st.sampled_from("abcd"), min_size=1, max_size=2).map(sorted),
    st.sets(st.sampled_from("abd"), max_size=2).map(sorted),
)


@settings(deadline=None, max_examples=400)
@given(logs=walks, names=bounds, as_of=as_ofs, also=st.booleans())
def test_journeys_equal_plain_loops(
    logs: list[Steps], names: tuple[list[str], list[str], list[str]], as_of: int, *, also: bool
) -> None:
    start, reached, abandoned = names
    text = (
        f"{{name: m, flow: [a, b, c], scope: {{also: [{'x' if also else ''}]}}, bounds: {{silence: 2h,"
        f" start: {start}, reached: {reached}, abandoned: {abandoned}}}}}"
    )
    selection = resolve_selection(Question(map="m", as_of=moment(as_of)), catalog(text))
    limits = oracle.Bounds(
        scope=frozenset("abc").union(*names, "x" if also else ""),
        start=frozenset(start),
        reached=frozenset(reached),
        abandoned=frozenset(abandoned),
        again=frozenset(start),
    )
    found = bucket(logs)
    units = select(found, selection)
    assert told(units) == wanted(logs, lambda walk: oracle.journeys(walk, limits, 2 * HOUR, as_of))
    assert columns_agree(units, found)


def walk_of(text: str) -> Steps:
    """Read ``a0 b60``: touchpoint and minute, all on channel 0."""
    return [(step[0], int(step[1:]) * MINUTE, 0) for step in text.split()]


def journeys(text: str, map_text: str, as_of: int = 10_000, **columns: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - any column
    """Return the steps and the state of every journey."""
    found = bucket([walk_of(text)], **columns)
    asked = Question(map="m", as_of=moment(as_of * MINUTE))
    units = select(found, resolve_selection(asked, catalog(map_text)))
    return [("".join(text.split()[row][0] for row in rows), state) for _, rows, state, _ in told(units)]


CHAIN = "{name: m, flow: [a, b, c], bounds: {silence: 60min}}"


@pytest.mark.parametrize(
    ("walk", "map_text", "expected"),
    [
        ("x0 b1 a2 b3 c4 b5", CHAIN, [("abc", "reached")]),
        ("a0 b60 c120", CHAIN, [("abc", "reached")]),
        ("a0 b61 c120", CHAIN, [("a", "silent")]),
        ("a0 x50 b61", CHAIN, [("a", "silent")]),
        ("a0 a1 c2 a3", CHAIN, [("aac", "reached"), ("a", "silent")]),
        ("a0 c1", "{name: m, flow: [a, b, c], bounds: {reached: [c], abandoned: [c]}}", [("ac", "reached")]),
        ("a0 d1", "{name: m, flow: [a, b, c], bounds: {abandoned: [d]}}", [("ad", "abandoned")]),
        ("a0 a1 b2", "{name: m, flow: [a, b], bounds: {start: [a], reached: [b], abandoned: [a]}}",
         [("aa", "abandoned"), ("ab", "reached")]),
        ("a0 b1 a2 b3 a4", "{name: m, steps: [{id: z, match: [a]}], flow: [a, b, z], bounds: {silence: 2d}}",
         [("aba", "reached"), ("aba", "reached"), ("a", "silent")]),
        ("a0 a1", "{name: m, flow: [a]}", [("a", "reached"), ("a", "reached")]),
        ("a0 b1 b2", "{name: m, flow: [optional: [a], b]}", [("ab", "reached"), ("b", "reached")]),
        ("a0 b1", "{name: m, flow: [parallel: [[a], [b]]]}", [("ab", "reached")]),
        ("a0 b1 x2 c3", "{name: m, flow: [a, b, c], scope: {only: [a, c]}}", [("ac", "reached")]),
    ],
)  # fmt: skip
def test_worked_journeys(walk: str, map_text: str, expected: list[tuple[str, str]]) -> None:
    assert journeys(walk, map_text) == expected


def test_a_journey_is_open_until_its_silence_limit_has_passed() -> None:
    assert journeys("a0", CHAIN, as_of=60) == [("a", "open")]
    assert journeys("a0", CHAIN, as_of=61) == [("a", "silent")]


def test_a_step_that_tests_its_outcome_is_left_to_the_flow() -> None:
    text = "{name: m, steps: [{id: c, outcome: [ok]}], flow: [a, c]}"
    failed, ok = (OUTCOMES.index(name) << 4 for name in ("failed", "ok"))
    outcomes = np.array([0, failed, ok, ok], dtype=np.uint8)
    assert journeys("a0 c1 c2 c3", text, channel_outcome=outcomes) == [("acc", "reached")]


def test_a_step_that_tests_a_property_is_left_to_the_flow() -> None:
    text = "{name: m, steps: [{id: c, where: {how: [card]}}], flow: [a, c]}"
    how = PropertyDictionary("how", "string", ("cash", "card"))
    found = bucket([walk_of("a0 c1 c2")], properties={"how": np.array([0, 1, 2], dtype=np.uint16)})
    names = Dictionaries(touchpoints=tuple(NAMES), properties=(how,))
    selection = resolve_selection(Question(map="m"), catalog(text, dictionaries=names))
    assert told(select(found, selection)) == [(0, [0, 1, 2], "reached", 2 * MINUTE)]


def test_an_outcome_there_is_not_is_refused() -> None:
    text = "{name: m, steps: [{id: c, outcome: [great]}], flow: [a, c]}"
    with pytest.raises(MapError, match="great"):
        resolve_selection(Question(map="m"), catalog(text))


@pytest.mark.parametrize(
    ("flow", "alone"),
    [
        ("[a]", "a"),
        ("[a, b]", ""),
        ("[optional: [a], b]", "b"),
        ("[optional: [a], optional: [b]]", "ab"),
        ("[choice: [[a], [b, c]]]", "a"),
        ("[parallel: [[a], [b]]]", ""),
        ("[parallel: [[a], [optional: [b]]]]", "a"),
        ("[loop: {flow: [a], again: [b]}]", "a"),
        ("[loop: {flow: [optional: [a]], again: [b]}]", "ab"),
    ],
)
def test_steps_that_are_a_whole_run(flow: str, alone: str) -> None:
    assert alone_steps(parse_map(f"{{name: m, flow: {flow}}}", "test.yaml").flow) == frozenset(alone)


def test_a_tie_is_kept_only_with_the_step_before() -> None:
    flags = np.array([0, TIE, TIE, TIE], dtype=np.uint8)
    found = bucket([walk_of("a0 x0 b0 c0")], flags=flags)
    text = "{name: m, flow: [a, b, c]}"
    units = select(found, resolve_selection(Question(map="m"), catalog(text)))
    assert units.flags.tolist() == [0, 0, TIE]


def test_rows_of_no_live_customer_are_left_out() -> None:
    found = bucket([walk_of("a0 b1"), walk_of("c0"), walk_of("d0")])
    columns = {
        name: getattr(found, name) for name in ("occurred_at", "touchpoint", "channel_outcome", "flags")
    }
    live = bucket_of([], **columns, starts=np.array([0, 3]), ends=np.array([2, 4]))
    units = select(live, Selection(unit="customer", as_of=HOUR, silence=HOUR))
    assert told(units) == [(0, [0, 1], "open", 0), (1, [3], "open", 0)]


def test_customers_are_not_copied_where_every_row_is_wanted() -> None:
    found = bucket([walk_of("a0 b1"), walk_of("c0")])
    units = select(found, Selection(unit="customer", as_of=HOUR, silence=HOUR))
    assert np.shares_memory(units.occurred_at, found.occurred_at)
    assert np.shares_memory(units.touchpoint, found.touchpoint)
    assert units.rows.tolist() == [0, 1, 2]


def test_all_arrays_are_read_only() -> None:
    found = bucket([walk_of("a0 b1 c2")])
    for unit in ("customer", "session", "journey"):
        asked = Question(unit=unit, map="m" if unit == "journey" else None, where="a")
        units = select(found, resolve_selection(asked, catalog(CHAIN)))
        assert not any(getattr(units, name).flags.writeable for name in Units.__slots__)


@pytest.mark.parametrize(
    ("period", "starts"),
    [
        (Period("1970-01-02"), [2, 3]),
        (Period(None, "1970-01-02"), [0, 1]),
        (Period("1970-01-01T12:00", "1970-01-02T00:00:00.000001"), [1, 2]),
    ],
)
def test_units_are_selected_by_their_start_and_read_whole(period: Period, starts: list[int]) -> None:
    day = 1_440
    found = bucket([walk_of(f"a0 b{9 * day}"), walk_of("a720"), walk_of(f"a{day}"), walk_of(f"a{day + 1}")])
    units = select(found, resolve_selection(Question(period=period), catalog()))
    assert units.customer.tolist() == starts
    assert len(units.rows) == len(starts) + (0 in starts)


def test_a_period_is_in_the_zone_of_the_workspace() -> None:
    found = bucket([walk_of("a1379"), walk_of("a1380")])
    asked = Question(period=Period("1970-01-02"))
    units = select(found, resolve_selection(asked, catalog(time_zone="Europe/Vienna")))
    assert units.customer.tolist() == [1]


def test_units_are_those_that_contain_the_pattern() -> None:
    found = bucket([walk_of("a0 b1"), walk_of("b0 a1"), walk_of("a0 x1 b2")])
    for where, customers in (("a->b", [0]), ("a->.*->b", [0, 2]), ("^b", [1])):
        units = select(found, resolve_selection(Question(where=where), catalog()))
        assert units.customer.tolist() == customers


def test_counts_add_up() -> None:
    found = bucket([walk_of("a0 b0"), walk_of("a0")], flags=np.array([0, TIE, 0], dtype=np.uint8))
    counted = count_units(select(found, Selection(unit="customer", as_of=0, silence=0)))
    assert (counted.units, counted.customers, counted.events, counted.open, counted.ties) == (2, 2, 3, 2, 1)
    assert (counted + counted).events == 6


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        (Question(unit="journey"), QuestionError, "names none"),
        (Question(map="n"), UnknownNameError, "no map called 'n'"),
        (Question(segment="region = north"), UnknownNameError, "promote"),
        (Question(where="a->nowhere"), UnknownNameError, "nowhere"),
        (Question(period=Period("2026-01-02", "2026-01-02")), QuestionError, "empty"),
        (Question(period=Period("soon")), QuestionError, "soon"),
    ],
)
def test_what_cannot_be_asked_says_why(asked: Question, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        resolve_selection(asked, catalog(CHAIN))


def test_the_latest_version_of_a_map_is_taken() -> None:
    maps = catalog("{name: m, version: 9, flow: [a]}", "{name: m, version: 10, flow: [b]}")
    assert resolve_selection(Question(map="m"), maps).map == "m@10"
    assert resolve_selection(Question(map="m@9"), maps).map == "m@9"


def test_a_selection_pickles_small_and_equal() -> None:
    asked = Question(map="m", where="a->.*->c", period=Period("2026-01-01"))
    selection = resolve_selection(asked, catalog(CHAIN))
    sent = pickle.dumps(selection)
    assert pickle.loads(sent) == selection  # noqa: S301 - our own bytes
    assert len(sent) < 5_000


def test_a_naive_as_of_is_local() -> None:
    asked = Question(as_of=datetime(2026, 1, 1, 1))  # noqa: DTZ001 - naive on purpose
    selection = resolve_selection(asked, catalog(time_zone="Europe/Vienna"))
    assert selection.as_of == microseconds(datetime(2026, 1, 1, tzinfo=UTC))


MUTANTS = [
    ("occurred_at[found[customer] - 1] > as_of", "occurred_at[found[customer] - 1] >= as_of"),
    ("- latest[channel] > gap", "- latest[channel] >= gap"),
    ("latest[channel] = walks.occurred_at[row]\n            numbers", "numbers"),
    ("at - latest > silence:", "at - latest >= silence:"),
    ("SILENT if as_of - latest > silence", "SILENT if as_of - latest >= silence"),
    ("        latest = at\n    if is_open", "    if is_open"),
    ("if kind & REACHES:\n        return REACHED\n    return ABANDONED if kind & ABANDONS else OPEN",
     "if kind & ABANDONS:\n        return ABANDONED\n    return REACHED if kind & REACHES else OPEN"),
    ("if not kind & AGAIN or kind & ALONE:", "if True:"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [("", ""), *MUTANTS])
def test_a_changed_kernel_cuts_otherwise(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    plain = plain_module(kernels_units, old, new)
    for name in ("cut_ends", "session_numbers", "journeys"):
        monkeypatch.setattr(kernels_units, name, getattr(plain, name))
    log = [walk_of("a0 b60 a60 c121 a121 d181 a182 b242 c302 a304")]
    text = "{name: m, flow: [a, b, c], bounds: {silence: 60min, start: [a], reached: [c], abandoned: [c, a]}}"
    limits = oracle.Bounds(
        scope=frozenset("abc"),
        start=frozenset("a"),
        reached=frozenset("c"),
        abandoned=frozenset("ca"),
        again=frozenset("a"),
    )
    agrees = True
    for as_of in (60, 181, 304, 363, 364):
        at = as_of * MINUTE
        asked = resolve_selection(Question(map="m", as_of=moment(at)), catalog(text))
        found = told(select(bucket(log), asked))
        agrees &= found == wanted(log, lambda walk, at=at: oracle.journeys(walk, limits, HOUR, at))
        asked = Selection(unit="session", as_of=at, silence=HOUR)
        found = told(select(bucket(log), asked))
        agrees &= found == wanted(log, lambda walk, at=at: oracle.sessions(walk, EVERYTHING, HOUR, at))
    assert agrees == (old == "")


ROWS, ENDS = np.array([0, 1, 3, 4]), np.array([0, 3, 4])
TIED = kernels_units.Columns(
    np.arange(5) * 10, np.arange(5, dtype=np.uint16), np.full(5, 7, np.uint8), np.full(5, 3, np.uint8)
)


def gathered(kernels: ModuleType) -> list[list[int]]:
    return [column.tolist() for column in kernels.gather(TIED, ENDS, ROWS)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("row == before + 1", "row != before"),
        ("before = row", "before = row - 1"),
        ("columns.touchpoint[row]", "columns.touchpoint[step]"),
        ("        before = -1\n", "        before = before if unit else -1\n"),
    ],
)
def test_gathered_steps_keep_ties_only_with_the_step_before(old: str, new: str) -> None:
    whole = [[0, 10, 30, 40], [0, 1, 3, 4], [7, 7, 7, 7], [2, 3, 2, 2]]
    assert gathered(kernels_units) == whole
    assert gathered(plain_module(kernels_units, old, new)) != whole
