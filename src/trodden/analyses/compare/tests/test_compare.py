from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest

from tests.support.logs import AS_OF, catalog_of
from tests.support.walks import walks_from_text
from trodden.analyses.compare.answer import Compared, CompareQuestion, Difference
from trodden.asking import Asker
from trodden.model.errors import QuestionError
from trodden.model.question import Period


def compare(text: str, **fields: object) -> Compared:
    snapshot = walks_from_text(text, as_of=AS_OF)
    question = CompareQuestion(**{"analysis": "overview", **fields})  # type: ignore[arg-type]
    answer = Asker(snapshot, catalog_of(snapshot)).ask(question)
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


def test_segments_that_share_customers_are_refused() -> None:
    with pytest.raises(QuestionError, match="share 1 customers"):
        compare(
            "a x{region=north,plan=plus} 10:00 | b x{region=south,plan=plus} 10:00",
            segment="region = north",
            other_segment="plan = plus",
        )


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


@pytest.mark.slow
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
