from __future__ import annotations

from itertools import groupby, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import variants as oracle
from trodden.methods.journeys import kernels_variants, variants
from trodden.methods.journeys.units import OPEN, SILENT, Units, frozen
from trodden.methods.journeys.variants import (
    VariantTally,
    count_variants,
    keys_of_units,
    no_variants,
    tally_variants,
)
from trodden.methods.stats.logbins import BINS, bin_of
from trodden.methods.tests.buckets import units_of
from trodden.methods.tests.mutants import plain_module
from trodden.model.errors import TooLargeError

NAMES = ("a", "b", "c")
MINUTE = 60_000_000


def units_from(walks: list[str]) -> Units:
    """Return units a minute a step, every second of the customer of the one before, every third open."""
    steps = [[(NAMES.index(name), place * MINUTE) for place, name in enumerate(walk)] for walk in walks]
    units = units_of(steps, [OPEN if place % 3 == 1 else SILENT for place in range(len(walks))])
    object.__setattr__(units, "customer", frozen(np.arange(len(walks)) // 2))
    return units


def plain_units(walks: list[str]) -> list[oracle.Unit]:
    return [
        (str(place // 2), [(name, at * MINUTE) for at, name in enumerate(walk)], place % 3 == 1)
        for place, walk in enumerate(walks)
    ]


def tally_of(walks: list[str], *, collapse: bool = False) -> VariantTally:
    units = units_from(walks)
    return tally_variants(keys_of_units(units, NAMES, collapse=collapse), units.state == OPEN)


def key_of(steps: tuple[str, ...], names: tuple[str, ...] = NAMES) -> tuple[int, ...]:
    if not steps:
        return ()
    units = units_of([[(names.index(name), 0) for name in steps]])
    return tuple(keys_of_units(units, names, collapse=False)[0].tolist())


logs = st.lists(st.text("abc", min_size=1, max_size=5), min_size=1, max_size=8)


def test_different_sequences_have_different_keys_and_names_alone_make_them() -> None:
    every = [steps for length in range(1, 8) for steps in product(NAMES, repeat=length)]
    assert len({key_of(steps) for steps in every}) == len(every)
    assert len({key_of(steps)[1] for steps in every}) == len(every)
    assert key_of(("a", "c")) == key_of(("a", "c"), ("c", "b", "new", "a"))


def test_a_key_begins_with_the_number_of_steps() -> None:
    assert key_of(("a", "b", "a"))[0] >> 48 == 3
    long = units_of([[(0, 0)] * 70_000])
    assert keys_of_units(long, NAMES, collapse=False)[0, 0] >> np.uint64(48) == 0xFFFF
    assert keys_of_units(long, NAMES, collapse=True)[0].tolist() == list(key_of(("a",)))


def agrees(walks: list[str], *, collapse: bool, limit: int) -> bool:
    """Tell whether both passes say what plain loops do."""
    plain = oracle.variants(plain_units(walks), collapse=collapse)
    units = units_from(walks)
    keys = keys_of_units(units, NAMES, collapse=collapse)
    counted = tally_variants(keys, units.state == OPEN)
    first = {key_of(steps): [len(one.customers), one.open] for steps, one in plain.items()}
    if dict(zip(map(tuple, counted.keys.tolist()), counted.counts.tolist(), strict=True)) != first:
        return False
    shown = counted.top(limit, 1)
    found, _ = count_variants(units, keys, shown, collapse=collapse)
    names = {group: tuple(NAMES[code] for code in codes) for group, codes in found.sequences.items()}
    if [list(key_of(names.get(group, ()))) for group in range(len(shown))] != shown.tolist():
        return False
    wanted = [plain[names[group]] for group in range(len(shown))]
    wanted.append(oracle.together([one for steps, one in plain.items() if steps not in names.values()]))
    return all(same(found, group, one) for group, one in enumerate(wanted))


def same(found: variants.VariantGroups, group: int, one: oracle.Variant) -> bool:
    bins = bin_of(np.array(one.seconds, dtype=np.int64) * 1_000)
    times = found.times.within(group * BINS, (group + 1) * BINS)
    told = np.repeat(times.keys - group * BINS, times.counts)
    return (
        found.units[group].tolist() == [len(one.customers), one.open]
        and found.customers[group] == len(set(one.customers))
        and told.tolist() == sorted(bins.tolist())
    )


@settings(deadline=None, max_examples=300)
@given(walks=logs, collapse=st.booleans(), limit=st.sampled_from((1, 2, 100)))
def test_variants_equal_plain_loops(walks: list[str], *, collapse: bool, limit: int) -> None:
    assert agrees(walks, collapse=collapse, limit=limit)


@settings(deadline=None, max_examples=100)
@given(parts=st.lists(logs, min_size=2, max_size=4))
def test_tallies_add_up_in_any_order(parts: list[list[str]]) -> None:
    tallies = [tally_of(walks) for walks in parts]
    one, other = sum(tallies, no_variants()), sum(tallies[::-1], no_variants())
    assert one.keys.tolist() == other.keys.tolist()
    assert one.counts.tolist() == other.counts.tolist()
    found = {tuple(key): counts for key, counts in zip(one.keys.tolist(), one.counts.tolist(), strict=True)}
    plain: dict[tuple[int, ...], list[int]] = {}
    for walks in parts:
        for steps, variant in oracle.variants(plain_units(walks)).items():
            before = plain.setdefault(key_of(steps), [0, 0])
            plain[key_of(steps)] = [before[0] + len(variant.customers), before[1] + variant.open]
    assert found == plain


def test_the_top_is_by_count_then_by_length() -> None:
    tally = tally_of(["ab", "c", "abc", "ab", "a", "b"])
    assert [key[0] >> 48 for key in tally.top(1, 1).tolist()] == [2]
    assert sorted(key[0] >> 48 for key in tally.top(3, 1).tolist()) == [1, 2, 3]
    assert len(tally.top(5, 2)) == 1


def test_too_many_different_sequences_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "MOST_VARIANTS", 2)
    assert len((tally_of(["a"]) + tally_of(["b"])).keys) == 2
    with pytest.raises(TooLargeError, match="more than 2 different sequences"):
        tally_of(["a", "b"]) + tally_of(["c"])


def test_collapsed_sequences_are_those_without_repeats() -> None:
    walk = "aabbba"
    collapsed = "".join(name for name, _ in groupby(walk))
    assert tally_of([walk], collapse=True).keys.tolist() == [list(key_of(tuple(collapsed)))]


MUTANTS = [
    ("if collapse and code == before:", "if collapse:"),
    ("mixed = (lane ^ salt) * factor", "mixed = lane ^ salt"),
    ("length, before = length + 1, code", "length = length + 1"),
    ("counts[used] += second_counts[other]\n            other += 1", "other += 1"),
    ("if is_less(shown, middle, keys, unit):", "if not is_less(keys, unit, shown, middle):"),
    ("else len(shown)", "else 0"),
    ("found.customers[group] += last[group] != walked.customer[unit]", "found.customers[group] += 1"),
    ("if walked.state[unit] == OPEN_UNIT:", "if walked.state[unit] != OPEN_UNIT:"),
    ("end = walked.offsets[unit + 1] - 1", "end = walked.offsets[unit]"),
]


@pytest.mark.parametrize(("old", "new"), [("", ""), *MUTANTS])
def test_a_changed_kernel_counts_otherwise(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    plain = plain_module(kernels_variants, old, new)
    random = Random(3)
    walks = ["".join(random.choices("abc", k=random.randint(1, 4))) for _ in range(40)]
    for name in ("keys_of", "add_keys", "groups_of", "count_groups"):
        monkeypatch.setattr(kernels_variants, name, getattr(plain, name))
    with np.errstate(over="ignore"):
        assert everything_agrees(walks) == (old == "")


def everything_agrees(walks: list[str]) -> bool:
    keys = {key_of(steps) for length in range(1, 5) for steps in product(NAMES, repeat=length)}
    halves, whole = tally_of(walks[:21]) + tally_of(walks[21:]), oracle.variants(plain_units(walks))
    added = int(halves.counts.sum()) == len(walks) and len(halves.keys) == len(whole)
    told_apart = len(keys) == 3 + 9 + 27 + 81
    counted = all(agrees(walks, collapse=collapse, limit=9) for collapse in (True, False))
    return added and told_apart and counted
