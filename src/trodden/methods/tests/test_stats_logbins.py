import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import stats as oracle
from trodden.methods.stats import kernels_logbins, logbins
from trodden.methods.tests.mutants import mutated

durations = st.one_of(st.integers(-5, 400_000), st.integers(0, 2**43))
BORDERS = [0, 499, 500, 127_499, 127_500, 255_499, 255_500, 256_999, 511_499, 511_500, 2**43, -7_000]


@given(st.lists(durations, min_size=1, max_size=50))
@settings(max_examples=300)
def test_bins_equal_a_walk_through_the_octaves(ms: list[int]) -> None:
    expected = [oracle.bin_of(one) for one in ms]
    assert logbins.bin_of(np.array(ms)).tolist() == expected
    assert [kernels_logbins.bin_of_ms(one) for one in ms] == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("SECOND // 2", "0"),
        ("while rest:", "while rest > 1:"),
        ("min(seconds, LONGEST)", "seconds"),
        ("seconds >> octave", "seconds"),
    ],
)
def test_a_changed_kernel_is_noticed(old: str, new: str) -> None:
    mutant = mutated(kernels_logbins.bin_of_ms, old, new)
    assert [mutant(ms) for ms in BORDERS] != [oracle.bin_of(ms) for ms in BORDERS]
    assert [kernels_logbins.bin_of_ms(ms) for ms in BORDERS] == [oracle.bin_of(ms) for ms in BORDERS]


def test_kernel_and_module_state_the_same_longest_duration() -> None:
    assert kernels_logbins.LONGEST == logbins.LONGEST_SECONDS
    assert kernels_logbins.bin_of_ms(2**62) == logbins.BINS - 1


def test_every_second_lies_between_the_edges_of_its_bin_and_bins_leave_no_gap() -> None:
    border = 0
    for number in range(logbins.BINS):
        first, last = logbins.edges(number)
        assert first == border
        border = last + 1
    assert border == logbins.LONGEST_SECONDS + 1


@given(st.integers(0, 1_000 * (2**32 - 1)))
@settings(max_examples=300)
def test_what_is_told_is_off_by_half_a_second_or_by_four_in_a_thousand(ms: int) -> None:
    told = logbins.middle(oracle.bin_of(ms))
    assert abs(told - ms / 1_000) <= max(0.5, 0.004 * ms / 1_000)


@given(
    st.lists(st.integers(0, 200), min_size=1, max_size=60),
    st.sampled_from(["0.5", "0.9", "0.75", "0.05", "1"]),
)
@settings(max_examples=300)
def test_a_quantile_is_the_smallest_value_a_share_does_not_exceed(seconds: list[int], share: str) -> None:
    counts = np.bincount(seconds)
    expected = oracle.quantile_of([float(one) for one in seconds], share)
    assert logbins.quantile(counts, float(share)) == expected
    bins = np.flatnonzero(counts)
    assert logbins.quantile(counts[bins], float(share), bins) == expected


def test_the_quantile_of_nothing_is_unknown() -> None:
    assert logbins.quantile(np.zeros(4, dtype=np.int64), 0.5) is None


def test_nine_tenths_of_thirty_is_the_27th() -> None:
    assert [logbins.rank_of(0.9, n) for n in (10, 30, 10**9)] == [9, 27, 900_000_000]
    assert logbins.rank_of(0.0, 7) == 1


def test_values_of_one_bin_are_spread_evenly_over_it() -> None:
    counts, bins = np.array([2, 4]), np.array([10, 300])
    low, last = logbins.edges(300)
    assert logbins.spread_value(counts.cumsum(), 1, bins) == (9.75, 1.0)
    assert logbins.spread_value(counts.cumsum(), 3, bins) == (low - 0.5 + 2 / 8, 2.0)
    assert logbins.spread_value(counts.cumsum(), 6, bins) == (last + 0.5 - 2 / 8, 2.0)
