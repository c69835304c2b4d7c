from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from trodden.model.errors import QuestionError
from trodden.model.question import Period, Question
from trodden.questions import fields_of, question_from, read_question, write_question


class Pair(msgspec.Struct, frozen=True):
    first: str
    second: int = 0


class Everything(Question, frozen=True, kw_only=True):
    steps: Annotated[tuple[str, ...], Meta(min_length=1, description="Touchpoints, in order.")]
    within: timedelta = timedelta(days=7)
    order: Literal["open", "strict"] = "open"
    most: Annotated[int, Meta(ge=1)] = 5
    flagged: bool = False
    pairs: tuple[Pair, ...] = ()
    rules: dict[str, Any] = msgspec.field(default_factory=dict[str, Any])


def test_each_kind_of_field_is_read_from_its_text() -> None:
    question = read_question(
        Everything,
        {
            "steps": 'search,"one, two",buy',
            "within": "2h 30min",
            "order": "strict",
            "most": "7",
            "flagged": "true",
            "pairs": '[{"first": "a", "second": 2}]',
            "period": "2026-04-01..",
            "as_of": "2026-05-01T00:00:00+02:00",
            "segment": "region = north",
        },
    )
    assert question.steps == ("search", "one, two", "buy")
    assert question.within == timedelta(hours=2.5)
    assert (question.order, question.most, question.flagged) == ("strict", 7, True)
    assert question.pairs == (Pair("a", 2),)
    assert question.period == Period("2026-04-01", None)
    assert question.as_of == datetime(2026, 4, 30, 22, tzinfo=UTC)


def test_a_repeated_field_is_a_longer_list() -> None:
    assert read_question(Everything, {"steps": ["a", "b,c"]}).steps == ("a", "b", "c")


def test_empty_texts_count_as_not_given() -> None:
    assert read_question(Everything, {"steps": "a", "within": "", "segment": "  "}) == Everything(
        steps=("a",)
    )


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ({"steps": "a", "stpes": "b"}, "There is no field called 'stpes'"),
        ({"steps": "a\nb"}, "steps: a name in the list breaks its line"),
        ({"steps": "a", "within": "soon"}, "within: 'soon' is not a duration"),
        ({"steps": "a", "period": "yesterday"}, "period: 'yesterday' is not a period"),
        ({"steps": "a", "pairs": "[{"}, "pairs: '[{' is not JSON"),
        ({"steps": "a", "order": "any"}, r"order"),
        ({"steps": "a", "most": "0"}, r"most"),
        ({}, "steps"),
    ],
)
def test_what_does_not_fit_is_said_with_the_fields_name(texts: dict[str, str], said: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read_question(Everything, texts)
    assert said.replace("\\", "") in caught.value.message
    assert caught.value.hint or "'" in caught.value.message


names = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)
    .map(str.strip)
    .filter(bool)
)


@given(
    question=st.builds(
        Everything,
        steps=st.lists(names, min_size=1, max_size=4).map(tuple),
        within=st.timedeltas(timedelta(0), timedelta(days=4000)),
        order=st.sampled_from(("open", "strict")),
        most=st.integers(1, 10**6),
        flagged=st.booleans(),
        pairs=st.lists(st.builds(Pair, names, st.integers(-5, 5)), max_size=3).map(tuple),
        segment=st.none() | names,
        period=st.none() | st.builds(Period, st.none() | st.just("2026-01-01"), st.just("2026-02-01T10:00")),
        as_of=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_a_written_question_reads_back_as_itself(question: Everything) -> None:
    assert read_question(Everything, write_question(question)) == question


def test_values_and_texts_make_the_same_question() -> None:
    values = question_from(
        Everything, {"steps": ["a", "b"], "within": timedelta(days=2), "period": Period("2026-01-01")}
    )
    assert values == question_from(Everything, {"steps": "a,b", "within": "2d", "period": "2026-01-01.."})


def test_a_form_shows_own_fields_first_with_their_kinds() -> None:
    fields = fields_of(Everything)
    assert [(field.name, field.kind) for field in fields[:7]] == [
        ("steps", "list"),
        ("within", "duration"),
        ("order", "choice"),
        ("most", "number"),
        ("flagged", "switch"),
        ("pairs", "json"),
        ("rules", "json"),
    ]
    assert fields[0].required
    assert fields[0].description == "Touchpoints, in order."
    assert fields[1].default == "7d"
    assert fields[2].choices == ("open", "strict")
    assert fields[-1].name == "as_of"
