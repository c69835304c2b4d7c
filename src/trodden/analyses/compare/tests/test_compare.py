from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import compare as oracle
from tests.oracles import transitions as moves
from tests.support.logs import AS_OF, CUSTOMERS, REGIONS, catalog_of, customer_of, logs, walks_of
from tests.support.walks import walks_from_text
from trodden.analyses.compare.answer import Compared, CompareQuestion, Difference
from trodden.analyses.compare.pairing import pairs_of
from trodden.analyses.overview.answer import OverviewQuestion
from trodden.asking import Asker
from trodden.methods.journeys.maps import parse_map
from trodden.methods.stats.compare import as_estimate
from trodden.model.errors import QuestionError
from trodden.model.question import Period

if TYPE_CHECKING:
    from trodden.model.event import Event


MAP = """
name: Two
flow: [search, buy]
scope: {also: [x]}
bounds: {silence: 30d}
"""


def compare(text: str, **fields: object) -> Compared:
    snapshot = walks_from_text(text, as_of=AS_OF)
    question = CompareQuestion(**{"analysis": "overview", **fields})  # type: ignore[arg-type]
    catalog = catalog_of(snapshot, (parse_map(MAP, "two.yaml"),))
    answer = Asker(snapshot, catalog).ask(question)
    assert isinstance(answer, Compared)
    return answer


def named(answer: Compared, name: str) -> Difference:
    return next(one for one in answer.differences if one.name == name)


def crowd(prefix: str, region: str, buyers: int, others: int) -> str:
    walks = [f"{prefix}{i} search{{region={region}}} 10:00" for i in range(buyers + others)]
    return " | ".join([*walks, *(f"{prefix}{i} buy{{region={region}}} 11:00" for i in range(buyers))])


def test_a_segment_is_compared_with_everybody_else() -> None:
    answer = compare(
        f"{crowd('n', 'north', 30, 10)} | {crowd('s', 'south', 10, 50)}", segment="region = north"
    )
    assert (answer.first.units, answer.second.units) == (40, 60)
    bought = named(answer, "buy, units")
    assert (bought.first.value, bought.second.value) == (0.75, pytest.approx(1 / 6))
    assert bought.verdict == "higher"
    assert named(answer, "search, units").verdict == "no clear difference"


def test_what_one_side_never_did_counts_as_nought() -> None:
    answer = compare(
        f"{crowd('n', 'north', 30, 10)} | {crowd('s', 'south', 0, 50)}", segment="region = north"
    )
    assert named(answer, "buy, units").second.value == 0.0


def test_fewer_than_ten_on_a_side_are_too_few_to_say() -> None:
    answer = compare(f"{crowd('n', 'north', 9, 0)} | {crowd('s', 'south', 0, 50)}", segment="region = north")
    assert named(answer, "buy, units").verdict == "too few to say"


@pytest.mark.parametrize("top", [1, 2, 3])
def test_what_stands_beyond_the_top_of_one_side_is_looked_up(top: int) -> None:
    """Everybody on both sides was at ``t``, last of three touchpoints here and first of one there."""
    north = [f"n{i} {name}{{region=north}} 10:00" for i in range(20) for name in ("p", "p", "q", "q", "t")]
    south = [f"s{i} t{{region=south}} 10:00" for i in range(20)]
    answer = compare(" | ".join([*north, *south]), segment="region = north", fields={"top": top})
    there = named(answer, "t, units")
    assert (there.first.value, there.second.value) == (1.0, 1.0)
    assert there.verdict == "no clear difference"


def test_a_share_that_may_lie_beyond_the_longest_list_is_left_out() -> None:
    """Where something was left out even of the longest list, what is not in it may be anything."""
    north = walks_from_text(" | ".join(f"n{i} {name} 10:00" for i in range(20) for name in ("p", "p", "t")))
    south = walks_from_text(" | ".join(f"s{i} t 10:00" for i in range(20)))
    first, second = (Asker(one, catalog_of(one)).ask(OverviewQuestion(top=1)) for one in (north, south))
    pairs, left_out = pairs_of((first, first), (second, second))
    shares = {pair.name: (as_estimate(pair.first).value, as_estimate(pair.second).value) for pair in pairs}
    assert shares["p, units"] == (1.0, 0.0)
    assert "t, units" not in shares
    assert left_out == 1


def journeys(prefix: str, region: str, by_way: int, straight: int, still_open: int) -> str:
    where = f"{{region={region}}}"
    walks: list[str] = []
    for i in range(by_way + straight):
        walks.append(f"{prefix}{i} search{where} 10:00")
        walks += [f"{prefix}{i} x{where} 10:01"] if i < by_way else []
        walks.append(f"{prefix}{i} buy{where} 10:02")
    walks += [f"{prefix}o{i} search{where} 2026-05-03T10:00" for i in range(still_open)]
    return " | ".join(walks)


@pytest.mark.parametrize("still_open", [0, 10])
def test_a_deviation_nobody_has_on_one_side_is_none_of_its_closed_journeys(still_open: int) -> None:
    """Deviations are told of closed journeys, so open ones must not hide the largest of all differences."""
    text = f"{journeys('n', 'north', 50, 0, still_open)} | {journeys('s', 'south', 0, 50, still_open)}"
    answer = compare(text, analysis="deviations", map="Two", segment="region = north")
    by_way = next(one for one in answer.differences if "ad hoc" in one.name and one.name.endswith("journeys"))
    assert (by_way.first.value, by_way.first.n) == (1.0, 50)
    assert (by_way.second.value, by_way.second.n) == (0.0, 50)
    assert by_way.verdict == "higher"


def test_variants_are_compared_by_their_steps_and_not_by_their_rank() -> None:
    """The most frequent variant of one side is the rarer one of the other."""
    text = f"{journeys('n', 'north', 30, 10, 0)} | {journeys('s', 'south', 10, 30, 0)}"
    answer = compare(text, analysis="variants", map="Two", segment="region = north")
    shares = {
        one.name: (one.first.value, one.second.value)
        for one in answer.differences
        if one.name.endswith("share")
    }
    assert shares == {
        "search > x > buy, share": (0.75, 0.25),
        "search > buy, share": (0.25, 0.75),
    }


def test_equal_steps_of_a_funnel_are_compared_each_with_its_own() -> None:
    text = " | ".join(
        f"{region[0]}{i} search{{region={region}}} {hour}:00"
        for region, often in (("north", 2), ("south", 1))
        for i in range(12)
        for hour in range(10, 10 + often)
    )
    fields = {"steps": ["search", "search"]}
    answer = compare(text, analysis="funnel", fields=fields, segment="region = north")
    shares = {one.name: (one.first.value, one.second.value) for one in answer.differences}
    assert shares["search, of previous"] == (1.0, 1.0)
    assert shares["search, (2), of previous"] == (1.0, 0.0)


sides = st.sampled_from([{"north"}, {"north", "south"}])


def halves(log: list[Event], regions: set[str]) -> tuple[list[Event], list[Event]]:
    region = {who: REGIONS[place % len(REGIONS)] for place, who in enumerate(CUSTOMERS)}
    first = [event for event in log if region[customer_of(event)] in regions]
    return first, [event for event in log if region[customer_of(event)] not in regions]


def asked(log: list[Event], regions: set[str], analysis: str, fields: dict[str, Any]) -> Compared:
    snapshot = walks_of(log)
    segment = f"region in ({', '.join(sorted(regions))})"
    question = CompareQuestion(analysis=analysis, fields=fields, segment=segment)
    answer = Asker(snapshot, catalog_of(snapshot)).ask(question)
    assert isinstance(answer, Compared)
    return answer


def counts(answer: Compared, what: str) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    """Return the counts behind the shares of this name that are known on both sides."""
    return {
        one.name: ((_count(one.first), one.first.n), (_count(one.second), one.second.n))
        for one in answer.differences
        if one.name.endswith(f", {what}") and one.first.n and one.second.n
    }


def _count(share: Any) -> int:  # noqa: ANN401 - an estimate
    return round(share.value * share.n)


@settings(deadline=None)
@given(log=logs(), regions=sides, top=st.integers(1, 4))
def test_touchpoints_are_paired_as_by_plain_loops(log: list[Event], regions: set[str], top: int) -> None:
    if not any("region" in event.properties for event in log):
        return
    answer = asked(log, regions, "overview", {"top": top})
    assert counts(answer, "units") == oracle.touchpoint_shares(halves(log, regions), AS_OF, top)


@settings(deadline=None)
@given(log=logs(), regions=sides, limit=st.integers(1, 6))
def test_moves_are_paired_as_by_plain_loops(log: list[Event], regions: set[str], limit: int) -> None:
    if not any("region" in event.properties for event in log):
        return
    answer = asked(log, regions, "transitions", {"limit": limit})
    expected = oracle.move_shares(halves(log, regions), AS_OF, limit, 30 * 86_400)
    assert counts(answer, "share") == expected


def test_segments_that_share_customers_are_refused() -> None:
    with pytest.raises(QuestionError, match="share customers"):
        compare(
            "a x{region=north,plan=plus} 10:00 | b x{region=south,plan=plus} 10:00",
            segment="region = north",
            other_segment="plan = plus",
        )


@settings(deadline=None)
@given(log=logs(), regions=sides, limit=st.integers(1, 6))
def test_medians_of_moves_rest_on_the_gaps_of_plain_loops(
    log: list[Event], regions: set[str], limit: int
) -> None:
    if not any("region" in event.properties for event in log):
        return
    answer = asked(log, regions, "transitions", {"limit": limit})
    expected = oracle.move_gaps(halves(log, regions), AS_OF, limit, 30 * 86_400)
    told = {
        one.name.removesuffix(", median"): (one.first, one.second)
        for one in answer.differences
        if one.name.endswith(", median") and one.first.n and one.second.n
    }
    assert set(told) == set(expected)
    for name, medians in told.items():
        for median, gaps in zip(medians, expected[name], strict=True):
            assert (median.n, median.value) == (len(gaps), moves.quantile(gaps, 5))


def slow_and_quick(slow: int, quick: int) -> str:
    """Return 40 customers in the north who buy after about ``slow`` minutes, and as many in the south."""
    walks: list[str] = []
    for region, minutes in (("north", slow), ("south", quick)):
        for i in range(40):
            clock = f"{10 + (minutes + i % 9) // 60}:{(minutes + i % 9) % 60:02}"
            walks.append(f"{region[0]}{i} search{{region={region}}} +{i} 10:00")
            walks.append(f"{region[0]}{i} buy{{region={region}}} +{i} {clock}")
    return " | ".join(walks)


@pytest.mark.parametrize(
    ("analysis", "fields", "name"),
    [
        ("transitions", {}, "search, buy, median"),
        ("funnel", {"steps": ["search", "buy"]}, "buy, median"),
        ("transitions", {}, "search, buy, p90"),
    ],
)
def test_times_of_moves_and_steps_are_compared(analysis: str, fields: dict[str, Any], name: str) -> None:
    answer = compare(slow_and_quick(100, 20), analysis=analysis, fields=fields, segment="region = north")
    time = named(answer, name)
    assert (time.unit, time.first.n, time.second.n) == ("s", 40, 40)
    assert time.first.value - time.second.value == time.difference.value  # type: ignore[operator]
    assert time.verdict == "higher"
    assert time.difference.value == pytest.approx(80 * 60, rel=0.02)


def test_one_side_alone_is_refused() -> None:
    with pytest.raises(QuestionError, match="only one side"):
        compare("a x{region=north} 10:00")


@pytest.mark.parametrize(
    ("segment", "other"), [("region = north", "region = north"), (None, "region = north")]
)
def test_a_side_that_is_part_of_the_other_is_refused(segment: str | None, other: str) -> None:
    with pytest.raises(QuestionError, match="share customers"):
        compare("a x{region=north} 10:00 | b x{region=south} 10:00", segment=segment, other_segment=other)


@pytest.mark.parametrize(
    ("period", "other"),
    [
        (Period("2026-01-01", "2026-02-01"), Period("2026-01-01", "2026-02-01")),
        (Period("2026-01-01", "2026-02-01"), Period("2026-01-31", "2026-03-03")),
        (None, Period("2026-01-01", "2026-02-01")),
        (Period(None, "2026-02-01"), Period(None, "2026-01-01")),
    ],
)
def test_periods_that_overlap_are_refused(period: Period | None, other: Period) -> None:
    with pytest.raises(QuestionError, match="overlap"):
        compare("a x 10:00 | b x +40 10:00", period=period, other_period=other)


def test_a_period_that_has_not_begun_is_refused() -> None:
    with pytest.raises(QuestionError, match="has not begun"):
        compare(
            "a x 10:00", period=Period("2026-01-01", "2026-01-02"), other_period=Period("2027-01-01", None)
        )


def test_of_a_longer_period_only_the_last_part_is_compared() -> None:
    """January has three days more than February: its first three are left out, and the answer says so."""
    text = "a x 2026-01-03T23:00 | b x 2026-01-04T00:00 | c x 2026-01-31T23:00 | d x 2026-02-02T10:00"
    answer = compare(
        text, period=Period("2026-01-01", "2026-02-01"), other_period=Period("2026-02-01", "2026-03-01")
    )
    assert (answer.first.units, answer.second.units) == (2, 1)
    assert (
        "Of 2026-01-01..2026-02-01 only the last 28 d are compared: the other side is no longer."
        in answer.about.notes
    )


def test_a_time_without_a_zone_is_one_of_the_workspace() -> None:
    text = "a x{region=north} 10:00 | b x{region=south} 10:00 | b y{region=south} 12:00"
    naive = compare(text, segment="region = north", as_of=datetime(2026, 1, 1, 11))  # noqa: DTZ001 - the point
    assert naive.about.as_of.isoformat() == "2026-01-01T11:00:00+00:00"
    assert naive.about.events == 2


def test_both_periods_are_followed_for_the_same_length() -> None:
    """The second period ends 33 hours before the record does, so the first is told as it was then, too."""
    last = AS_OF.date()
    second = Period(str(last - timedelta(days=2)), str(last - timedelta(days=1)))
    answer = compare(
        "a search 2026-02-01T12:00 | a buy 2026-02-03T12:00 | b search 2026-05-02T12:00",
        period=Period("2026-02-01", "2026-02-02"),
        other_period=second,
    )
    assert answer.followed_s == timedelta(days=1, hours=9).total_seconds()
    assert answer.first.as_of.isoformat() == "2026-02-03T09:00:00+00:00"
    assert not any(one.name.startswith("buy") for one in answer.differences)


def test_a_comparison_of_comparisons_is_refused() -> None:
    with pytest.raises(QuestionError, match="cannot be compared"):
        compare("a x{region=north} 10:00", analysis="compare", segment="region = north")


def test_another_analysis_gives_other_differences() -> None:
    text = f"{crowd('n', 'north', 30, 10)} | {crowd('s', 'south', 10, 50)}"
    first = compare(text, segment="region = north")
    funnel = {"analysis": "funnel", "fields": {"steps": ["search", "buy"]}}
    assert {one.name for one in compare(text, segment="region = north", **funnel).differences} != {
        one.name for one in first.differences
    }


def test_what_follows_from_other_figures_costs_no_correction() -> None:
    text = f"{crowd('n', 'north', 30, 10)} | {crowd('s', 'south', 10, 50)}"
    steps = {"analysis": "funnel", "fields": {"steps": ["search", "buy"]}}
    told = [one.name for one in compare(text, segment="region = north", **steps).differences]
    assert "buy, of previous" in told
    assert not [name for name in told if name.endswith((", of first", ", p75", ", p95"))]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_world_against_itself_differs_in_one_of_twenty() -> None:
    """1,000 random halves of one world: the interval of a difference holds 0 in 93 to 97 % of them."""
    random = Random(7)
    held = 0
    for _ in range(1_000):
        text = []
        for i in range(200):
            half = random.choice(("north", "south"))
            text.append(f"c{i} search{{region={half}}} 10:00")
            if random.random() < 0.4:
                text.append(f"c{i} buy{{region={half}}} 11:00")
        bought = named(compare(" | ".join(text), segment="region = north"), "buy, units").difference
        held += bought.low is not None and bought.high is not None and bought.low <= 0 <= bought.high
    assert 930 <= held <= 970
