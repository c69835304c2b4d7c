"""The quick way to a running server reads what is typed as the command that answers by itself does."""

from pathlib import Path

import pytest

from trodden.cli.asked import Typed, typed


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["overview"], Typed("overview")),
        (["funnel", "--steps", "a", "--steps=b"], Typed("funnel", {"steps": ["a", "b"]})),
        (
            ["pauses", "--as-of", "2026-01-01", "--csv"],
            Typed("pauses", {"as_of": ["2026-01-01"]}, form="csv"),
        ),
        (["pauses", "--json", "--table"], Typed("pauses", form="table")),
        (["flow", "--anchor", "--json"], Typed("flow", {"anchor": ["--json"]})),
        (["flow", "--anchor="], Typed("flow", {"anchor": [""]})),
        (
            ["flow", "--question", "q.json", "--chart", "c.svg"],
            Typed("flow", file=Path("q.json"), chart=Path("c.svg")),
        ),
    ],
)
def test_fields_and_forms_are_read(arguments: list[str], expected: Typed) -> None:
    assert typed(arguments) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--help"],
        ["overview", "--help"],
        ["overview", "-h"],
        ["overview", "top", "3"],
        ["overview", "--top"],
    ],
)
def test_anything_else_is_left_to_the_command_itself(arguments: list[str]) -> None:
    assert typed(arguments) is None


@pytest.mark.parametrize(
    ("form", "chart", "forms"),
    [
        (None, None, ["table"]),
        ("csv", None, ["csv"]),
        (None, "c.svg", ["svg"]),
        ("json", "c.svg", ["svg", "json"]),
    ],
)
def test_the_table_is_written_where_nothing_else_is_asked_for(
    form: str | None, chart: str | None, forms: list[str]
) -> None:
    assert Typed("flow", form=form, chart=Path(chart) if chart else None).forms == forms
