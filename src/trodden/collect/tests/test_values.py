"""Columns of channels, outcomes, money and durations are understood cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from trodden.collect.importers.aliases import channel_of, outcome_of
from trodden.collect.tests.helpers import parquet, properties, read, read_text
from trodden.model.event import CHANNEL_ALIASES, CHANNELS, OUTCOMES

START = "customer,event,time,"


def rows(column: str, *cells: str) -> str:
    lines = [f'c{number},view,2024-01-01,"{cell}"' for number, cell in enumerate(cells)]
    return START + column + "\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", CHANNELS)
def test_every_channel_is_known_by_its_name(name: str) -> None:
    assert channel_of(name) == channel_of(name.upper()) == name


@pytest.mark.parametrize(("alias", "name"), CHANNEL_ALIASES.items())
def test_every_alias_is_known(alias: str, name: str) -> None:
    assert channel_of(alias) == name


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_is_known_by_its_name(name: str) -> None:
    assert outcome_of(name) == name


def test_spaces_dashes_and_accents_do_not_matter() -> None:
    assert [channel_of(text) for text in ("E-Mail", "Self service", "call centre", "Téléphone", "")] == [
        "email",
        "web",
        "phone",
        "phone",
        None,
    ]


def test_unknown_channels_are_other_and_kept_as_a_property(tmp_path: Path) -> None:
    events, report = read_text(tmp_path, rows("channel", "Web", "Pigeon", "", "Pigeon"))
    assert [event["channel"] for event in events] == ["web", "other", "other", "other"]
    assert properties(events) == [{}, {"channel": "Pigeon"}, {}, {"channel": "Pigeon"}]
    assert report.unknown == {"channel": {"Pigeon": 2}}


def test_a_mapping_says_what_unknown_texts_mean(tmp_path: Path) -> None:
    events, report = read_text(
        tmp_path, rows("channel", "Web", "Pigeon"), channels={"Pigeon": "social", "Web": "app"}
    )
    assert [event["channel"] for event in events] == ["app", "social"]
    assert report.unknown == {}


def test_outcomes_are_understood(tmp_path: Path) -> None:
    events, report = read_text(tmp_path, rows("outcome", "OK", "Resolved", "cancelled", "odd", ""))
    assert [event["outcome"] for event in events] == ["ok", "ok", "abandoned", "unknown", "unknown"]
    assert properties(events)[3] == {"outcome": "odd"}
    assert report.unknown == {"outcome": {"odd": 1}}


def test_one_channel_for_every_event(tmp_path: Path) -> None:
    events, _ = read_text(tmp_path, rows("note", "a"), every_channel="ticket")
    assert events[0]["channel"] == "ticket"


def test_amounts_become_minor_units(tmp_path: Path) -> None:
    events, report = read_text(tmp_path, rows("amount", "12.5", "", "$3", "odd", "1,000.00 EUR"))
    assert [event["value_minor"] for event in events] == [1250, None, 300, None, 100_000]
    assert [event["currency"] for event in events] == ["", "", "USD", "", "EUR"]
    assert properties(events)[3] == {"amount": "odd"}
    assert report.unknown == {"value": {"odd": 1}}


def test_a_column_of_currencies_counts_where_the_amount_says_none(tmp_path: Path) -> None:
    lines = ["ana,pay,2024-01-01,12.5,jpy", "ben,pay,2024-01-01,3 EUR,JPY", "cem,pay,2024-01-01,,USD"]
    events, _ = read_text(tmp_path, "\n".join([START + "amount,currency", *lines]))
    assert [event["value_minor"] for event in events] == [13, 300, None]
    assert [event["currency"] for event in events] == ["JPY", "EUR", ""]


def test_plain_and_written_amounts_agree(tmp_path: Path) -> None:
    cells = ["0.01", "1.1", "2.25", "1024.35", "-7", "999999999999.99", "19.99", "4.35"]
    plain, _ = read_text(tmp_path, rows("amount", *cells))
    mixed, _ = read_text(tmp_path, rows("amount", *cells, "€ 1"))
    assert [event["value_minor"] for event in plain] == [event["value_minor"] for event in mixed[:-1]]


def test_amounts_of_a_typed_file(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        customer=["a", "b", "c"],
        event=["pay"] * 3,
        time=["2024-01-01"] * 3,
        amount=[12.5, None, float("nan")],
    )
    events, _ = read(path, value="amount", every_currency="EUR")
    assert [(event["value_minor"], event["currency"]) for event in events] == [
        (1250, "EUR"),
        (None, ""),
        (None, ""),
    ]


def test_durations_become_milliseconds(tmp_path: Path) -> None:
    events, report = read_text(tmp_path, rows("duration", "1.5", "00:01:00", "PT2S", "", "odd", "-4"))
    assert [event["duration_ms"] for event in events] == [1_500, 60_000, 2_000, None, None, None]
    assert report.unknown == {"duration": {"odd": 1, "-4": 1}}


def test_plain_durations_below_nothing_are_not_understood(tmp_path: Path) -> None:
    events, report = read_text(tmp_path, rows("duration", "1.5", "-4", "2"), duration_unit="min")
    assert [event["duration_ms"] for event in events] == [90_000, None, 120_000]
    assert report.unknown == {"duration": {"-4": 1}}
    assert properties(events)[1] == {"duration": "-4"}


def test_texts_addresses_kinds_and_sessions(tmp_path: Path) -> None:
    text = (
        "customer,event,time,comment,url,kind,session_id\n"
        'ana,rate,2024-01-01,"It was fine, thanks a lot",https://x.example/a,page,s1\n'
        "ben,rate,2024-01-01,Too slow for my taste today,https://x.example/b,track,s2\n"
    )
    events, _ = read_text(tmp_path, text)
    assert events[0]["text"] == "It was fine, thanks a lot"
    assert events[0]["url"] == "https://x.example/a"
    assert [event["kind"] for event in events] == ["page", "track"]
    assert properties(events) == [{"session": "s1"}, {"session": "s2"}]


def test_a_row_without_a_touchpoint_needs_an_address(tmp_path: Path) -> None:
    text = "customer,event,time,url\nana,,2024-01-01,https://x.example/a\nben,,2024-01-01,\ncem,view,2024-01-01,\n"
    events, report = read_text(tmp_path, text, url="url")
    assert [(event["name"], event["url"]) for event in events] == [("", "https://x.example/a"), ("view", "")]
    assert report.rejected == {"no-touchpoint": 1}


def test_properties_leave_out_what_says_nothing(tmp_path: Path) -> None:
    events, _ = read_text(
        tmp_path, "customer,event,time,b,a\nana,view,2024-01-01,?,x\nben,view,2024-01-01,-,\n"
    )
    assert [event["properties"] for event in events] == ['{"a":"x"}', "{}"]


def test_what_says_nothing_can_be_set(tmp_path: Path) -> None:
    events, _ = read_text(tmp_path, rows("label", "?", "n/a", ""), nulls=("n/a",))
    assert properties(events) == [{"label": "?"}, {}, {"label": ""}]


def test_identifiers_survive_as_they_are(tmp_path: Path) -> None:
    names = ["NA", "null", "0012", "12", "1e3", "?", "-", " x ", "TRUE", "2024-01-01"]
    lines = "".join(f"{name},view,2024-01-01\n" for name in names)
    events, _ = read_text(tmp_path, "customer,event,time\n" + lines)
    assert [event["ids"][0]["value"] for event in events] == names


def test_whole_numbers_of_typed_files_are_plain_digits(tmp_path: Path) -> None:
    path = parquet(tmp_path, customer=[12, 10**15, 7], event=["a", "b", "a"], time=["2024-01-01"] * 3)
    assert [event["ids"][0]["value"] for event in read(path)[0]] == ["12", "1000000000000000", "7"]
    path = parquet(tmp_path, customer=[12.0, 1e15, None], event=["a", "b", "a"], time=["2024-01-01"] * 3)
    events, report = read(path, customer="customer")
    assert [event["ids"][0]["value"] for event in events] == ["12", "1000000000000000"]
    assert report.rejected == {"no-customer": 1}


def test_further_identifiers_follow_the_customer(tmp_path: Path) -> None:
    text = "customer,event,time,mail,device\nana,view,2024-01-01,a@x.example,\nben,view,2024-01-01,,d1\n"
    events, _ = read_text(tmp_path, text, ids={"email": "mail", "device": "device"}, customer_kind="user_id")
    assert [[(one["kind"], one["value"]) for one in event["ids"]] for event in events] == [
        [("user_id", "ana"), ("email", "a@x.example")],
        [("user_id", "ben"), ("device", "d1")],
    ]
    assert properties(events) == [{}, {}]


def test_names_that_are_too_long_are_rejected(tmp_path: Path) -> None:
    long = "x" * 4_097
    text = f"customer,event,time\n{long},view,2024-01-01\nana,{long},2024-01-01\nben,{long[:-1]},2024-01-01\n"
    events, report = read_text(tmp_path, text, customer="customer", touchpoint="event", time=("time",))
    assert len(events) == 1
    assert report.rejected == {"id-too-long": 1, "name-too-long": 1}
