import msgspec
import pytest

from trodden.charts import Column, Lines, Series, Table
from trodden.charts.export import csv_of
from trodden.charts.formats import format_value
from trodden.charts.html import figure
from trodden.charts.svg import draw
from trodden.charts.tables import table_of
from trodden.charts.tests.samples import BEHIND, DAY, NOON, charts
from trodden.charts.text import text_of
from trodden.model.words import speaking

ALL = charts()


@pytest.mark.parametrize("kind", ALL)
def test_every_chart_has_a_table_whose_rows_fit_its_columns(kind: str) -> None:
    table = table_of(ALL[kind])
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.columns)}
    assert (table.title, table.n, table.notes) == (ALL[kind].title, ALL[kind].n, ALL[kind].notes)


def test_an_overlay_says_every_step_move_route_and_pause() -> None:
    rows = table_of(ALL["overlay"]).rows
    assert ("step", "Quote", "", 900, "Quote") in rows
    assert ("as designed", "Tariff page", "Quote", 900, "") in rows
    assert ("missing", "Tariff page", "Sign up", 120, "120 skip Quote") in rows
    assert ("departed", "Quote", "(end)", 160, "160 leave, Quote, gone 110") in rows
    assert ("paused", "Sign up", "First bill", 120, "half longer than 9.9 d, over 3 d is a pause") in rows


def test_a_row_keeps_the_link_of_its_mark() -> None:
    table = table_of(ALL["bars"])
    assert table.links == (BEHIND, None)
    assert table_of(ALL["matrix"]).links == ()


def test_intervals_and_parts_get_columns_only_where_there_are_any() -> None:
    labels = [column.label for column in table_of(ALL["dots"]).columns]
    assert labels == ["step", "share", "from", "to"]
    labels = [column.label for column in table_of(ALL["bars"]).columns]
    assert labels == ["Quote", "Quote", "of these", "detail"]


def test_a_table_stays_itself() -> None:
    assert isinstance(ALL["table"], Table)
    assert table_of(ALL["table"]) is ALL["table"]


@pytest.mark.parametrize(
    ("value", "kind", "said"),
    [
        (None, "count", "\u2013"),
        ("", "text", "\u2013"),
        (True, "text", "yes"),
        (9480, "count", "9,480"),
        (0.463, "share", "46 %"),
        (-0.132, "points", "\u221213"),
        (0.9961, "share", "99.6 %"),
        (0.0001, "share", "<0.1 %"),
        (9.9 * DAY, "duration", "9.9 d"),
        (-1.5 * DAY, "duration", "\u221236 h"),
        ("2026-06-30T12:00:00+00:00", "time", "30 Jun 2026, 12:00"),
        (float("nan"), "number", "\u2013"),
        (0.01234, "number", "0.0123"),
    ],
)
def test_a_value_is_written_by_the_kind_of_its_column(value: object, kind: str, said: str) -> None:
    assert format_value(value, kind) == said


def test_every_rendering_writes_times_in_the_zone_of_the_chart_and_names_it() -> None:
    """Noon of 30 June in UTC is eight in the evening in Singapore; the table's own cells stay moments."""
    chart = msgspec.structs.replace(charts()["timeline"], as_of=NOON, time_zone="Asia/Singapore")
    for said in (text_of(chart), figure(chart), draw(chart), draw(table_of(chart))):
        assert "30 Jun 2026, 20:00" in said
        assert "Asia/Singapore" in said
        assert "UTC" not in said
        assert "30 Jun 2026, 12:00" not in said
    assert "2026-06-30T12:00:00+00:00" in csv_of(chart)


def test_a_head_that_is_a_name_is_shown_as_it_is_in_every_language() -> None:
    table = Table(title="Sides", columns=(Column("Order"), Column("Order", is_name=True)), rows=(("a", "b"),))
    with speaking("de"):
        shown = [render(table) for render in (text_of, figure, draw)]
    assert all("Reihenfolge" in one and "Order" in one for one in shown)


def test_an_axis_of_times_names_its_zone() -> None:
    series = Series(label="s", x=(NOON.timestamp(), NOON.timestamp() + 9 * DAY), y=(1, 2))
    chart = Lines(
        title="t", series=(series,), x_axis="day", y_axis="n", x_kind="time", time_zone="Asia/Singapore"
    )
    assert "day (Asia/Singapore)" in draw(chart)
    assert "30 Jun 2026, 20:00" in draw(chart)
