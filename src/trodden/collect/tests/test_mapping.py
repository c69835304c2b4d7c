"""A mapping is kept as a file people can read, and says no when it makes no sense."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trodden.collect.importers import (
    Mapping,
    dump_mapping,
    load_mapping,
    mapping_of,
    read_mapping,
    save_mapping,
)
from trodden.collect.tests.helpers import read_text, walk, write
from trodden.model.errors import MappingError, UnreadableFileError
from trodden.model.event import CHANNELS

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
MAPPINGS = st.builds(
    Mapping,
    customer=NAMES,
    touchpoint=NAMES,
    time=st.lists(NAMES, max_size=2).map(tuple),
    skip=st.lists(NAMES, max_size=2).map(tuple),
    ids=st.dictionaries(NAMES, NAMES, max_size=2),
    channels=st.dictionaries(NAMES, st.sampled_from(CHANNELS), max_size=3),
    nulls=st.lists(NAMES, max_size=3).map(tuple),
    header=st.sampled_from([None, True, False]),
    date_order=st.sampled_from(["", "dmy"]),
)


@given(MAPPINGS)
def test_what_is_saved_is_loaded(mapping: Mapping) -> None:
    text = dump_mapping(mapping)
    try:
        assert read_mapping(text.encode()) == mapping
    except MappingError as error:
        assert "both" in error.message or "again" in error.message  # noqa: PT017 -- one column for two things


def test_a_file_says_only_what_is_not_so_by_default(tmp_path: Path) -> None:
    mapping = Mapping(customer="Case ID", time=("Date", "Time"), channels={'He said "hi"': "phone"})
    save_mapping(mapping, tmp_path / "m.toml")
    assert (tmp_path / "m.toml").read_text() == (
        "# Which column means what; for `trodden import --mapping`.\n"
        'customer = "Case ID"\n'
        'time = ["Date","Time"]\n'
        "\n[channels]\n"
        '"He said \\"hi\\"" = "phone"\n'
    )
    assert load_mapping(tmp_path / "m.toml") == mapping


def test_one_time_column_needs_no_brackets() -> None:
    assert read_mapping(b'time = "when"\n').time == ("when",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("customer = ", "not TOML"),
        ("customer", "not TOML"),
        (b"customer = '\xff'", "not TOML"),
        ("a = " + "[" * 100_000, "not TOML"),
        ("header_rows = " + "9" * 5_000, "not TOML"),
        ("custommer = 'x'", "custommer"),
        ("customer = 3", "str"),
        ("time = [1]", "str"),
        ("date_order = 'dym'", "dym"),
        ("timezone = 'Nowhere/Town'", "Nowhere/Town"),
        ("timezone = '../../etc/passwd'", "passwd"),
        ("encoding = 'klingon'", "klingon"),
        ("encoding = 'hex'", "hex"),
        ("delimiter = ';;'", "one ASCII character"),
        ('delimiter = "\\n"', "one ASCII character"),
        ("quote = ','\ndelimiter = ','", "same character"),
        ("every_channel = 'pigeon'", "pigeon"),
        ("[channels]\nx = 'pigeon'", "pigeon"),
        ("[outcomes]\nx = 'odd'", "odd"),
        ("customer = 'a'\ntouchpoint = 'a'", "both customer and touchpoint"),
        ("time = ['a', 'b', 'c']", "3 columns"),
        ("[ids]\ncustomer = 'x'", "again"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(text: str | bytes, message: str) -> None:
    with pytest.raises(MappingError, match=message) as caught:
        read_mapping(text.encode() if isinstance(text, str) else text, "m.toml")
    assert caught.value.code == "mapping"


def test_a_missing_or_huge_mapping_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")
    with pytest.raises(MappingError, match="larger"):
        load_mapping(write(tmp_path, "#" * (2 << 20), "huge.toml"))


def test_plain_values_make_a_mapping() -> None:
    assert mapping_of({"customer": "a", "time": "t"}) == Mapping(customer="a", time=("t",))
    with pytest.raises(MappingError, match="colour"):
        mapping_of({"colour": "red"})


def test_an_empty_file_is_an_empty_mapping() -> None:
    assert read_mapping(b"") == Mapping()
    assert read_mapping(b"\xef\xbb\xbf# nothing\n") == Mapping()


def test_a_saved_guess_reads_the_file_in_the_same_way(tmp_path: Path) -> None:
    text = "Kunde;Schritt;Datum\nana;view;03.04.2024\nana;buy;13.04.2024\n"
    events, report = read_text(tmp_path, text)
    save_mapping(report.mapping, tmp_path / "m.toml")
    again = load_mapping(tmp_path / "m.toml")
    assert again == report.mapping
    fields = {name: getattr(again, name) for name in Mapping.__struct_fields__}
    assert walk(read_text(tmp_path, text, **fields)[0]) == walk(events)


@pytest.mark.parametrize(
    "codec", ["idna", "punycode", "undefined", "rot13", "base64", "zlib", "hex", "uu", "bz2", "no such"]
)
def test_what_is_no_encoding_of_texts_is_refused(codec: str) -> None:
    with pytest.raises(MappingError, match="No encoding is called"):
        mapping_of({"encoding": codec})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_a_file_without_the_mark_its_encoding_needs_is_told(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(UnreadableFileError, match=f"cannot be read as {encoding}: .*BOM.*{encoding}-le"):
        read_text(tmp_path, "customer,event,time\nana,view,2024-01-01 10:00\n", encoding=encoding)
